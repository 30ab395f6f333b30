"""An event at the wrong endpoint is recognised, and a name alone is never called a proof."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.providers.detection import MOST_READ, Candidate, Detector, suggestion, switch_words
from inspector.providers.profile import Profile, parse_profile
from inspector.resources import resource_path
from inspector.signatures.engine import sign
from inspector.simulator.samples import Values, load_samples, render
from tests.builders import NOON, a_request, headers_of

CATALOGUE = load_catalogue([resource_path("providers")])
DETECTOR = Detector(CATALOGUE)
SECRET = Secret("a secret of the tests")
URL = "https://hooks.example/in/abc"


def profile_of(id: str) -> Profile:
    profile = CATALOGUE.get(id)
    assert profile is not None
    return profile


def signed_by(id: str, secret: Secret = SECRET) -> Request:
    return sign(a_request(), profile_of(id).recipes, secret, url=URL, now=NOON)


def candidates(request: Request, *secrets: Secret, detector: Detector = DETECTOR) -> tuple[Candidate, ...]:
    return detector.candidates(request, Payload(request), secrets, url=URL)


def an_acme(id: str, *, signature: str = "header:X-Shared", detect: list[str] | None = None) -> Profile:
    table: dict[str, Any] = {"name": id.title(), "signing": [{"signature": signature, "signed": "{body}"}]}
    return parse_profile(id, table | ({"detect": detect} if detect else {}))


@pytest.mark.parametrize("id", ["stripe", "slack", "github", "meta", "sinch", "twilio", "rcs-events"])
def test_the_secret_tells_who_it_is_from(id: str) -> None:
    found = candidates(signed_by(id), Secret("another"), SECRET)
    proven = [candidate for candidate in found if candidate.proven]
    assert found[: len(proven)] == tuple(proven)
    (own,) = (candidate for candidate in proven if candidate.profile.id == id)
    assert own.words == f"Verified as {own.profile.name} with this endpoint's secret."


def test_without_the_secret_it_only_looks_like_it() -> None:
    for secrets in ((), (Secret("another"),)):
        first = candidates(signed_by("stripe"), *secrets)[0]
        assert (first.profile.id, first.headers, first.proven) == ("stripe", ("Stripe-Signature",), False)
        assert first.words == "The headers look like Stripe."


def test_a_header_of_its_own_goes_before_one_that_is_shared() -> None:
    request = signed_by("github")
    request = replace(request, headers=(*request.headers, (b"x-github-event", b"push")))
    assert candidates(request)[0].profile.id == "github"
    assert candidates(signed_by("meta"), SECRET)[0].proven


def test_a_plain_request_is_from_nobody() -> None:
    assert candidates(a_request(b'{"hello": 1}'), SECRET) == ()
    assert suggestion((), None, None) is None


def test_a_right_signature_ends_the_search() -> None:
    found = candidates(signed_by("stripe"), SECRET)
    assert suggestion(found, profile_of("stripe"), Verdict.VALID) is None
    assert suggestion(found, profile_of("stripe"), Verdict.STALE) is None


def test_what_is_proven_is_offered_whatever_else_it_looks_like() -> None:
    request = signed_by("stripe")
    request = replace(request, headers=(*request.headers, *headers_of([("X-GitHub-Event", "push")])))
    offered = suggestion(candidates(request, SECRET), profile_of("github"), Verdict.UNSIGNED)
    assert offered is not None
    assert switch_words(offered, profile_of("github")) == (
        "This is Stripe, the endpoint expects GitHub",
        "Its signature is right by Stripe's scheme with this endpoint's secret.",
    )


def test_a_likeness_is_offered_where_nothing_speaks_for_the_endpoints_own_provider() -> None:
    offered = suggestion(candidates(signed_by("stripe"), Secret("no")), profile_of("slack"), Verdict.UNSIGNED)
    assert offered is not None
    assert switch_words(offered, profile_of("slack")) == (
        "This looks like Stripe, the endpoint expects Slack",
        "It carries Stripe-Signature. Whether it is genuine shows once Stripe's secret is set.",
    )
    assert switch_words(offered, None) == (
        "This looks like Stripe",
        "It carries Stripe-Signature. The endpoint checks no signatures. "
        "Whether it is genuine shows once Stripe's secret is set.",
    )
    both = replace(a_request(), headers=headers_of([("Stripe-Signature", "t=1"), ("X-Slack-Signature", "v0=1")]))
    assert suggestion(candidates(both), profile_of("slack"), Verdict.INVALID) is None


def test_a_name_that_many_use_is_no_reason_to_switch() -> None:
    twins = Detector([an_acme("one", detect=["X-Shared"]), an_acme("two", detect=["X-Shared"])])
    request = a_request(headers=headers_of([("X-Shared", "abc")]))
    found = candidates(request, detector=twins)
    assert [each.shared_by for each in found] == [2, 2]
    assert suggestion(found, None, None) is None


def test_a_signature_outside_the_headers_needs_a_proof() -> None:
    hidden = Detector([an_acme("hidden", signature="query:sig")])
    request = a_request(target="/in/abc?sig=00")
    assert candidates(request, SECRET, detector=hidden) == ()
    right = sign(a_request(), an_acme("hidden", signature="query:sig").recipes, SECRET, url=URL, now=NOON)
    (found,) = candidates(right, SECRET, detector=hidden)
    assert found.proven


def test_no_request_breaks_it() -> None:
    names = sorted({name for profile in CATALOGUE for name in profile.detect})
    for value in ("", "=", "t=,v1=", "\udcff", "a" * 5000, "v1=" + base64.b64encode(b"x" * 32).decode()):
        request = a_request(b"\xff{", headers=headers_of([(name, value) for name in names]))
        candidates(request, SECRET, Secret("x:y"))


def test_the_providers_are_gone_through_once() -> None:
    class Counted(list[Profile]):
        walks = 0

        def __iter__(self) -> Iterator[Profile]:
            self.walks += 1
            return super().__iter__()

    profiles = Counted(CATALOGUE)
    walks = profiles.walks
    detector = Detector(profiles)
    assert profiles.walks == walks
    for _ in range(3):
        candidates(signed_by("stripe"), SECRET, detector=detector)
    assert profiles.walks == walks + 1


def written_by(id: str, title: str, *lines: tuple[str, str]) -> Request:
    """Return a sample as it comes, with these headers beside."""
    sample = next(sample for sample in load_samples(resource_path("samples"), id) if sample.title == title)
    headers, body = render(sample, Values.fixed())
    return Request(sample.method, "/in/abc", (*headers, *headers_of(lines)), body, NOON)


@pytest.mark.parametrize(
    ("id", "title"),
    [("infobip", "delivered"), ("kaleyra", "read"), ("cm-com", "suggestion"), ("zenvia", "sent"), ("plivo", "queued")],
)
def test_a_body_tells_the_sender_where_the_own_provider_should_have_signed(id: str, title: str) -> None:
    found = candidates(written_by(id, title), SECRET)
    offered = suggestion(found, profile_of("rcs-events"), Verdict.UNSIGNED)
    assert offered is not None
    assert (offered.profile.id, offered.headers, offered.by_body) == (id, (), True)
    assert offered.words == f"The body looks like {offered.profile.name}."
    _title, text = switch_words(offered, profile_of("rcs-events"))
    assert text.startswith(f"Its body reads as {offered.profile.name} writes it. ")
    assert text.endswith(" cannot be checked." if not offered.profile.recipes else "secret is set.")
    for own in (None, profile_of("route-mobile"), profile_of("google-pubsub"), profile_of(id)):
        assert suggestion(found, own, Verdict.UNSIGNED) is None, own


def test_the_body_decides_between_two_who_send_the_same_header() -> None:
    request = written_by("meta", "delivered", ("X-Hub-Signature-256", "sha256=00"))
    for own in (profile_of("rcs-events"), None):
        offered = suggestion(candidates(request), own, Verdict.INVALID)
        assert offered is not None
        assert (offered.profile.id, offered.headers) == ("meta", ("X-Hub-Signature-256",))
    older = written_by("messagebird", "delivered", ("MessageBird-Signature", "AA=="))
    offered = suggestion(candidates(older), profile_of("rcs-events"), Verdict.UNSIGNED)
    assert offered is not None
    assert offered.profile.id == "messagebird"


def test_a_header_nobody_else_knows_goes_before_a_body() -> None:
    request = written_by("kaleyra", "read", ("Stripe-Signature", "t=1,v1=00"))
    offered = suggestion(candidates(request), profile_of("rcs-events"), Verdict.UNSIGNED)
    assert offered is not None
    assert offered.profile.id == "stripe"


def test_a_token_the_writer_does_not_send_speaks_against_it() -> None:
    pushed = written_by("google-pubsub", "delivered", ("Authorization", "Bearer e30.e30.AA"))
    assert suggestion(candidates(pushed), profile_of("rcs-events"), Verdict.UNSIGNED) is None


def test_a_timestamp_header_tells_nobody() -> None:
    request = written_by("smsportal", "delivered", ("X-Signature", "00"), ("X-Timestamp", "1772366400"))
    offered = suggestion(candidates(request), profile_of("rcs-events"), Verdict.UNSIGNED)
    assert offered is not None
    assert offered.profile.id == "smsportal"


def test_a_very_long_body_is_not_read_for_its_writer() -> None:
    request = replace(written_by("kaleyra", "read"), body=written_by("kaleyra", "read").body + b" " * MOST_READ)
    assert candidates(request) == ()
