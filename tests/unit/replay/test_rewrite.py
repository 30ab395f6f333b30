"""As whom an event goes out, and whether its receiver takes it for real."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from inspector.directory import Resolved
from inspector.domain.attempt import Outgoing
from inspector.domain.errors import UsageError
from inspector.domain.identity import Identity
from inspector.domain.request import Request, header_text
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.providers.mapping import normalise
from inspector.replay.new_ids import NewIds
from inspector.replay.rewrite import Signing, depends_on_signature, ids_of, rewritten, signed_again, why_not
from inspector.resources import resource_path
from inspector.signatures.asymmetric import new_key_pair
from inspector.signatures.engine import verify
from inspector.simulator.prepare import prepared
from inspector.simulator.samples import Values
from inspector.simulator.test_event import merged_samples, usual_sample
from tests.builders import DELIVERED, NOON, a_request, an_endpoint, headers_of

CATALOGUE = load_catalogue([resource_path("providers")])
URL = "http://localhost:5000/webhooks"
LATER = NOON + timedelta(days=30)
SECRETS = {
    "standard-webhooks": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "svix": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
}
SIGNING = ("github", "meta", "rcs-client", "rcs-events", "slack", "standard-webhooks", "stripe", "twilio", "sinch")


def resolved_of(provider: str, secret: str = "") -> Resolved:
    """Return an endpoint of a provider with a secret."""
    value = secret or SECRETS.get(provider, "a-secret-of-some-length")
    secrets = (Secret(value, "", value[-4:]),)
    return Resolved(an_endpoint(provider=provider), CATALOGUE.get(provider), secrets)


def captured_of(provider: str, resolved: Resolved) -> Request:
    """Return a provider's usual event, as it was received and signed a month before LATER."""
    sample = usual_sample(merged_samples((resource_path("samples"),), provider))
    sent = prepared(sample, Values.fresh(Random(7), NOON), resolved, "http://127.0.0.1:8787/in/abc", NOON)
    return as_request(sent)


def as_request(sent: Outgoing) -> Request:
    """Return a request as its receiver gets it."""
    path = "/" + sent.url.split("/", 3)[3]
    return Request(sent.method, path, sent.headers, sent.body, received_at=LATER)


def verdict(sent: Outgoing, resolved: Resolved) -> Verdict:
    """Return what our own receiver says, a second after LATER."""
    assert resolved.profile is not None
    request = as_request(sent)
    return verify(
        request,
        Payload(request),
        resolved.profile.recipes,
        resolved.secrets,
        scheme=resolved.profile.id,
        url=sent.url,
        now=LATER + timedelta(seconds=1),
        facts=resolved.facts,
    ).verdict


@pytest.mark.parametrize("provider", SIGNING)
@pytest.mark.parametrize("identity", [Identity.SIGNED, Identity.NEW_IDS])
def test_what_is_signed_again_is_valid(provider: str, identity: Identity) -> None:
    resolved = resolved_of(provider)
    made = rewritten(captured_of(provider, resolved), URL, identity, now=LATER, resolved=resolved)
    assert verdict(made.outgoing, resolved) is Verdict.VALID
    assert "signed again" in made.note


@pytest.mark.parametrize("provider", ["slack", "stripe", "standard-webhooks"])
def test_what_is_sent_as_captured_has_grown_stale(provider: str) -> None:
    resolved = resolved_of(provider)
    made = rewritten(captured_of(provider, resolved), URL, Identity.CAPTURED, now=LATER)
    assert verdict(made.outgoing, resolved) is Verdict.STALE
    assert made.note == ""


def test_signing_again_leaves_body_and_other_lines_alone() -> None:
    resolved = resolved_of("rcs-events")
    captured = captured_of("rcs-events", resolved)
    made = rewritten(captured, URL, Identity.SIGNED, now=LATER, resolved=resolved).outgoing
    assert made.body == captured.body
    signature = b"x-webhook-signature"

    def others(lines: tuple[tuple[bytes, bytes], ...]) -> list[tuple[bytes, bytes]]:
        return [line for line in lines if line[0].lower() not in (signature, b"host", b"content-length")]

    assert others(made.headers) == others(captured.headers)


def test_the_signed_text_is_shown() -> None:
    resolved = resolved_of("stripe")
    captured = captured_of("stripe", resolved)
    made = rewritten(captured, URL, Identity.SIGNED, now=LATER, resolved=resolved)
    assert made.signed_text == b"%d." % LATER.timestamp() + captured.body


def test_ids_are_new_and_the_same_across_a_selection() -> None:
    resolved = resolved_of("rcs-events")
    ids = NewIds("seed")
    first = a_request(DELIVERED)
    second = a_request(DELIVERED.replace(b"delivered", b"read"))
    made = [
        rewritten(request, URL, Identity.NEW_IDS, now=LATER, resolved=resolved, ids=ids).outgoing
        for request in (first, second)
    ]
    told = [normalise(resolved.profile, as_request(item), Payload(as_request(item)))[0].message_id for item in made]
    assert told[0] == told[1] != "msg_7f3a"
    assert made[0].body == DELIVERED.replace(b"msg_7f3a", told[0].encode())


def test_an_id_in_a_header_changes_too() -> None:
    resolved = resolved_of("standard-webhooks")
    captured = captured_of("standard-webhooks", resolved)
    made = rewritten(captured, URL, Identity.NEW_IDS, now=LATER, resolved=resolved)
    assert header_text(made.outgoing.headers, "webhook-id") != captured.header("webhook-id")
    assert captured.header("webhook-id") in dict(made.ids)


@pytest.mark.parametrize("provider", ["google-rbm", "twilio", "meta", "sinch", "infobip", "rcs-client"])
def test_no_id_of_a_captured_event_is_left(provider: str) -> None:
    resolved = resolved_of(provider)
    captured = captured_of(provider, resolved)
    made = rewritten(captured, URL, Identity.NEW_IDS, now=LATER, resolved=resolved)
    before, after = ids_of(captured, resolved.profile), ids_of(as_request(made.outgoing), resolved.profile)
    assert before
    assert len(after) == len(before)
    assert not set(before) & set(after)


def test_a_packed_body_stays_packed_when_signed_again() -> None:
    resolved = resolved_of("rcs-events")
    body = gzip.compress(DELIVERED)
    headers = headers_of([("Content-Type", "application/json"), ("Content-Encoding", "gzip")])
    made = rewritten(a_request(body, headers=headers), URL, Identity.SIGNED, now=LATER, resolved=resolved)
    assert made.outgoing.body == body
    assert verdict(made.outgoing, resolved) is Verdict.VALID


def test_a_public_key_cannot_sign_and_says_so() -> None:
    resolved = resolved_of("telnyx", "e5VhKyfoQ5S1XUMIBLWeT5uLTuPRxKi0jTvCqXZqfMU=")
    with pytest.raises(UsageError, match="private key"):
        rewritten(a_request(DELIVERED), URL, Identity.SIGNED, now=LATER, resolved=resolved)


def test_a_pair_of_keys_signs() -> None:
    resolved = resolved_of("telnyx")
    assert resolved.profile is not None
    private, public = (Secret(key) for key in new_key_pair(resolved.profile.recipes[0]))
    resolved = replace(resolved, secrets=(private, public))
    made = rewritten(a_request(DELIVERED), URL, Identity.SIGNED, now=LATER, resolved=resolved)
    assert verdict(made.outgoing, replace(resolved, secrets=(public,))) is Verdict.VALID


def test_why_an_event_cannot_be_signed_again_is_said() -> None:
    resolved = resolved_of("rcs-events")
    assert why_not(resolved) == ""
    assert "no longer exists" in why_not(None)
    assert "no secret" in why_not(replace(resolved, secrets=()))
    assert "checks no signatures" in why_not(replace(resolved, profile=None))
    with pytest.raises(UsageError, match="no secret"):
        rewritten(a_request(), URL, Identity.SIGNED, now=LATER, resolved=replace(resolved, secrets=()))


def test_an_endpoint_that_checks_nothing_gets_new_ids_unsigned() -> None:
    resolved = Resolved(an_endpoint(provider=""), None, ())
    made = rewritten(a_request(DELIVERED), URL, Identity.NEW_IDS, now=LATER, resolved=resolved)
    assert made.outgoing.body != DELIVERED
    assert made.signed_text is None


def test_an_edit_that_breaks_the_signature_is_noticed() -> None:
    resolved = resolved_of("rcs-events")
    captured = captured_of("rcs-events", resolved)
    same = rewritten(captured, URL, Identity.CAPTURED, now=LATER).outgoing
    assert depends_on_signature(captured, same, resolved.profile) == ""
    assert depends_on_signature(captured, replace(same, body=b"{}"), resolved.profile) == "body"
    bare = replace(same, headers=same.headers[:1])
    assert depends_on_signature(captured, bare, resolved.profile) == "X-Webhook-Signature"
    assert depends_on_signature(captured, replace(same, body=b"{}"), None) == ""


def test_the_address_is_signed_for_the_target() -> None:
    resolved = resolved_of("twilio")
    assert resolved.profile is not None
    captured = captured_of("twilio", resolved)
    outgoing = rewritten(captured, URL, Identity.CAPTURED, now=LATER).outgoing
    made = signed_again(outgoing, Signing(resolved.profile.recipes, resolved.secrets[0]), LATER)
    assert made.signed_text is not None
    assert made.signed_text.startswith(URL.encode())
