"""Every verdict with the steps and sentences a person reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, StepState, Verdict, Verification
from inspector.payload.body import Payload
from inspector.signatures.engine import sign, verify
from inspector.signatures.recipe import Recipe, parse_recipe
from tests.builders import DELIVERED, NOON, a_request, headers_of

CURRENT = Secret("3f9a0c7e5b1d4f2a8c6e", "", "8c6e")
PREVIOUS = Secret("77f07bfa0e9d4a51b2c3", "", "b2c3")


def recipe(**table: Any) -> Recipe:
    return parse_recipe({"signature": "header:X-Webhook-Signature", "signed": "{body}"} | table, "x.toml: signing")


PLAIN = recipe()
STRIPE_LIKE: dict[str, Any] = {
    "signature": "header:Stripe-Signature",
    "signed": "{field:t}.{body}",
    "items": ",",
    "pair": "=",
    "field": "v1",
    "time": {"from": "field:t", "tolerance": 300, "future": False},
}
SLACK_LIKE: dict[str, Any] = {
    "signature": "header:X-Slack-Signature",
    "signed": "v0:{header:X-Slack-Request-Timestamp}:{body}",
    "prefix": "v0=",
    "time": {"from": "header:X-Slack-Request-Timestamp", "tolerance": 300},
}


def check(
    request: Request,
    recipes: Recipe | tuple[Recipe, ...] = PLAIN,
    secrets: Sequence[Secret] = (CURRENT,),
    *,
    later: float = 0,
    tolerance_s: int | None = None,
    url: str = "",
) -> Verification:
    chosen = recipes if isinstance(recipes, tuple) else (recipes,)
    now = NOON + timedelta(seconds=later)
    payload = Payload(request)
    return verify(request, payload, chosen, secrets, scheme="x", url=url, now=now, tolerance_s=tolerance_s)


def signed(recipe: Recipe = PLAIN, secret: Secret = CURRENT, body: bytes = DELIVERED, url: str = "") -> Request:
    return sign(a_request(body), (recipe,), secret, url=url, now=NOON)


def with_header(request: Request, name: str, value: str) -> Request:
    kept = tuple(line for line in request.headers if line[0].lower() != name.lower().encode())
    return a_request(request.body, target=request.target, headers=(*kept, *headers_of([(name, value)])))


def steps_of(found: Verification) -> list[tuple[str, StepState, str]]:
    return [(step.name, step.state, step.detail) for step in found.steps]


def test_a_valid_signature_names_scheme_header_and_secret() -> None:
    found = check(signed())
    assert found.verdict is Verdict.VALID
    assert found.covers is Covers.BODY
    assert found.title == "Signed by the provider."
    assert found.summary == "HMAC-SHA256 of the raw body, header X-Webhook-Signature, secret ending 8c6e."
    assert found.secret_hint == "8c6e"
    assert steps_of(found) == [
        ("Header present", StepState.PASSED, "X-Webhook-Signature"),
        ("Format", StepState.PASSED, "64 hex characters"),
        ("SHA-256 of raw body, current secret", StepState.PASSED, "match"),
    ]


def test_a_flipped_byte_is_invalid_and_shows_both_signatures() -> None:
    request = signed()
    came = request.header("X-Webhook-Signature")
    found = check(a_request(DELIVERED.replace(b"delivered", b"deliveree", 1), headers=request.headers))
    assert found.verdict is Verdict.INVALID
    assert found.title == "The signature does not match"
    assert found.summary == "Well formed, but not made with this endpoint’s current secret."
    step = found.steps[-1]
    assert (step.name, step.state, step.detail) == ("SHA-256 of raw body, current secret", StepState.FAILED, "no match")
    assert step.got == came
    assert len(step.expected) == 64
    assert step.expected != came


def test_the_previous_secret_passes_after_the_current_one_did_not() -> None:
    found = check(signed(secret=PREVIOUS), secrets=(CURRENT, PREVIOUS))
    assert found.verdict is Verdict.VALID
    assert found.secret_hint == "b2c3"
    assert steps_of(found)[2:] == [
        ("SHA-256 of raw body, current secret", StepState.FAILED, "no match"),
        ("SHA-256 of raw body, previous secret", StepState.PASSED, "match"),
    ]


def test_a_named_secret_is_called_by_its_name() -> None:
    found = check(signed(), secrets=(Secret(CURRENT.value, "Staging", "8c6e"),))
    assert found.steps[-1].name == "SHA-256 of raw body, secret Staging"


def test_a_missing_header_is_unsigned() -> None:
    found = check(a_request())
    assert found.verdict is Verdict.UNSIGNED
    assert found.title == "No signature was sent."
    assert found.summary == "Expected the header X-Webhook-Signature. Is signing switched on at the provider?"


def test_an_empty_header_is_invalid() -> None:
    found = check(with_header(a_request(), "X-Webhook-Signature", ""))
    assert found.verdict is Verdict.INVALID
    assert found.summary == "Expected 64 hex characters, got nothing."


def test_a_signature_in_base64_is_not_readable_where_hex_is_expected() -> None:
    other = signed(recipe(encoding="base64"))
    found = check(other)
    assert found.verdict is Verdict.INVALID
    assert found.title == "The signature is not readable"
    assert found.summary == "Expected 64 hex characters, got 44 characters of base64."
    assert found.steps[-1].name == "Format"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("sha1=" + "0" * 40, "Expected sha256= and 64 hex characters, got sha1= and 40 hex characters."),
        ("0" * 64, "Expected sha256= and 64 hex characters, got 64 hex characters."),
        ("sha256=" + "0" * 63, "Expected sha256= and 64 hex characters, got sha256= and 63 hex characters."),
        ("hello there", "Expected sha256= and 64 hex characters, got 11 characters."),
    ],
)
def test_a_malformed_signature_says_what_was_expected_and_what_came(value: str, said: str) -> None:
    scheme = recipe(prefix="sha256=")
    found = check(with_header(a_request(), "X-Webhook-Signature", value), scheme)
    assert found.verdict is Verdict.INVALID
    assert found.summary == said


def test_a_wrong_label_on_the_right_digest_is_invalid() -> None:
    scheme = recipe(prefix="sha256=")
    request = signed(scheme)
    value = request.header("X-Webhook-Signature").replace("sha256=", "sha1=")
    assert check(with_header(request, "X-Webhook-Signature", value), scheme).verdict is Verdict.INVALID


@pytest.mark.parametrize("length", [1, 32, 62, 63])
def test_a_truncated_digest_is_invalid(length: int) -> None:
    request = signed()
    value = request.header("X-Webhook-Signature")[:length]
    assert check(with_header(request, "X-Webhook-Signature", value)).verdict is Verdict.INVALID


@pytest.mark.parametrize("place", [0, 31, 63])
def test_one_wrong_character_anywhere_in_the_digest_is_invalid(place: int) -> None:
    request = signed()
    value = request.header("X-Webhook-Signature")
    changed = value[:place] + ("0" if value[place] != "0" else "1") + value[place + 1 :]
    assert check(with_header(request, "X-Webhook-Signature", changed)).verdict is Verdict.INVALID


def test_upper_case_hex_is_accepted() -> None:
    request = signed()
    value = request.header("X-Webhook-Signature").upper()
    assert check(with_header(request, "X-Webhook-Signature", value)).verdict is Verdict.VALID


def test_base64_may_lack_its_padding_but_nothing_else() -> None:
    scheme = recipe(encoding="base64")
    request = signed(scheme)
    value = request.header("X-Webhook-Signature")
    assert check(with_header(request, "X-Webhook-Signature", value.rstrip("=")), scheme).verdict is Verdict.VALID
    for changed in (value + "=", " " + value[1:], value[:-2] + chr(ord(value[-2]) + 1) + "="):
        assert check(with_header(request, "X-Webhook-Signature", changed), scheme).verdict is Verdict.INVALID


def test_without_a_secret_a_signed_event_cannot_be_checked() -> None:
    for secrets in ((), (Secret(""),)):
        found = check(signed(), secrets=secrets)
        assert found.verdict is Verdict.NO_SECRET
        assert found.title == "Cannot check: no secret for this endpoint."
    assert check(a_request(), secrets=()).verdict is Verdict.UNSIGNED


def test_a_secret_in_the_wrong_form_is_invalid_and_says_so() -> None:
    scheme = recipe(key="hex")
    found = check(signed(), scheme, (Secret("not hex at all"),))
    assert found.verdict is Verdict.INVALID
    assert found.title == "The stored secret is not usable"
    assert found.steps[-1].expected == "hex"


def test_an_endpoint_without_a_scheme_says_that_it_checks_nothing() -> None:
    found = check(signed(), ())
    assert found.verdict is Verdict.UNSIGNED
    assert found.covers is Covers.NONE
    assert "does not check signatures" in found.summary


def test_the_same_header_twice_counts_twice() -> None:
    request = signed()
    doubled = a_request(headers=(*headers_of([("X-Webhook-Signature", "0" * 64)]), *request.headers))
    assert check(doubled).verdict is Verdict.VALID


def test_a_header_is_found_in_any_case() -> None:
    request = signed()
    lowered = a_request(headers=tuple((name.lower(), value) for name, value in request.headers))
    assert check(lowered).verdict is Verdict.VALID


# Timestamps


@pytest.mark.parametrize("table", [STRIPE_LIKE, SLACK_LIKE], ids=["in the header", "in a header of its own"])
def test_a_right_signature_that_is_too_old_is_stale(table: dict[str, Any]) -> None:
    scheme = recipe(**table)
    found = check(signed(scheme), scheme, later=720)
    assert found.verdict is Verdict.STALE
    assert found.title == "Genuine, but 12 min old"
    assert found.summary == "Limit is 5 min. A late retry, a replay by someone else, or a wrong clock."
    assert found.age_s == 720
    assert ("Timestamp", StepState.FAILED, "12 min old, limit 5 min") in steps_of(found)
    assert steps_of(found)[-1][2] == "match"


def test_the_edge_of_the_window_is_still_valid() -> None:
    scheme = recipe(**SLACK_LIKE)
    assert check(signed(scheme), scheme, later=300).verdict is Verdict.VALID
    assert check(signed(scheme), scheme, later=300.01).verdict is Verdict.STALE


def test_a_timestamp_ahead_of_the_clock_is_stale_unless_the_scheme_accepts_the_future() -> None:
    both_ways, future_accepted = recipe(**SLACK_LIKE), recipe(**STRIPE_LIKE)
    found = check(signed(both_ways), both_ways, later=-301)
    assert found.verdict is Verdict.STALE
    assert found.title == "Genuine, but 5 min in the future"
    assert check(signed(future_accepted), future_accepted, later=-301).verdict is Verdict.VALID


def test_the_endpoints_own_tolerance_wins_and_zero_means_no_limit() -> None:
    scheme = recipe(**SLACK_LIKE)
    assert check(signed(scheme), scheme, later=20, tolerance_s=10).verdict is Verdict.STALE
    assert check(signed(scheme), scheme, later=10_000, tolerance_s=20_000).verdict is Verdict.VALID
    assert check(signed(scheme), scheme, later=10_000_000, tolerance_s=0).verdict is Verdict.VALID


def test_an_old_and_wrong_signature_is_invalid_not_stale() -> None:
    scheme = recipe(**SLACK_LIKE)
    found = check(signed(scheme), scheme, (PREVIOUS,), later=720)
    assert found.verdict is Verdict.INVALID
    assert found.title == "The signature does not match"


def test_an_unreadable_timestamp_is_invalid_with_a_step_that_says_so() -> None:
    scheme = recipe(**SLACK_LIKE)
    found = check(with_header(signed(scheme), "X-Slack-Request-Timestamp", "yesterday"), scheme)
    assert found.verdict is Verdict.INVALID
    assert found.title == "The timestamp is not readable"
    step = next(step for step in found.steps if step.name == "Timestamp")
    assert (step.state, step.expected, step.got) == (StepState.FAILED, "seconds since 1970", "yesterday")


def test_a_missing_signed_header_is_invalid_and_named() -> None:
    scheme = recipe(**SLACK_LIKE)
    request = signed(scheme)
    headers = tuple(line for line in request.headers if line[0] != b"X-Slack-Request-Timestamp")
    found = check(a_request(headers=headers), scheme)
    assert found.verdict is Verdict.INVALID
    assert found.summary == "Expected the header X-Slack-Request-Timestamp, which is signed too."


def test_the_timestamp_is_signed_as_sent() -> None:
    scheme = recipe(signed="{header:X-Time}{body}", time={"from": "header:X-Time", "unit": "iso", "tolerance": 60})
    for written in ("2026-03-01T12:00:00.123456789Z", "2026-03-01T13:00:00+01:00", "2026-03-01 12:00:00"):
        request = with_header(a_request(), "X-Time", written)
        unchanged = sign(request, (recipe(signed="{header:X-Time}{body}"),), CURRENT, url="", now=NOON)
        assert unchanged.header("X-Time") == written
        assert check(unchanged, scheme).verdict is Verdict.VALID


# Items


def test_unknown_items_are_skipped_and_their_order_does_not_matter() -> None:
    scheme = recipe(**STRIPE_LIKE)
    request = signed(scheme)
    time_item, signature = request.header("Stripe-Signature").split(",")
    for value in (
        f"{signature}, {time_item}",
        f"v0=abc,{time_item},{signature},v9=x",
        f"{time_item},v1={'0' * 64},{signature}",
        f"junk,{time_item},{signature}",
    ):
        assert check(with_header(request, "Stripe-Signature", value), scheme).verdict is Verdict.VALID, value


def test_a_header_without_the_wanted_item_is_not_readable() -> None:
    scheme = recipe(**STRIPE_LIKE)
    request = signed(scheme)
    value = request.header("Stripe-Signature").replace("v1=", "v0=")
    found = check(with_header(request, "Stripe-Signature", value), scheme)
    assert found.verdict is Verdict.INVALID
    assert found.steps[-1].expected == "an item v1= with 64 hex characters"


def test_a_missing_item_that_is_signed_is_invalid_and_named() -> None:
    scheme = recipe(**STRIPE_LIKE)
    request = signed(scheme)
    value = request.header("Stripe-Signature").split(",")[1]
    found = check(with_header(request, "Stripe-Signature", value), scheme)
    assert found.verdict is Verdict.INVALID
    assert "the item t of the signature header" in found.summary


def test_a_second_header_passes_where_the_first_lacks_its_timestamp() -> None:
    scheme = recipe(**STRIPE_LIKE)
    request = signed(scheme)
    broken = headers_of([("Stripe-Signature", f"v1={'0' * 64}")])
    assert check(a_request(headers=(*broken, *request.headers)), scheme).verdict is Verdict.VALID


def test_a_key_name_that_was_not_sent_shows_what_was() -> None:
    scheme = recipe(items=",", pair="/SHA256/", field_extra=True)
    request = with_header(a_request(), "X-Webhook-Signature", "1/SHA256/00")
    found = check(request, scheme, (Secret("2:key"),))
    assert found.verdict is Verdict.INVALID
    assert found.steps[-1].got == "1/SHA256/00"


def test_a_second_secret_is_called_what_the_provider_calls_it() -> None:
    scheme = recipe(extra_secrets=["secondary key"])
    found = check(signed(secret=PREVIOUS), scheme, (CURRENT, PREVIOUS))
    assert found.steps[-1].name == "SHA-256 of raw body, secondary key"


def test_a_note_of_the_scheme_stands_behind_a_valid_verdict() -> None:
    scheme = recipe(note="The key is no secret.")
    assert check(signed(scheme), scheme).summary.endswith("secret ending 8c6e. The key is no secret.")


def test_a_missing_further_value_is_named() -> None:
    scheme = recipe(signed="{url}", also={"query:hash": "{sha256.hex(body)}"}, covers="body")
    made = sign(a_request(), (scheme,), CURRENT, url="https://a.example/x", now=NOON)
    assert check(made, scheme, url="https://a.example/x").verdict is Verdict.VALID
    bare = sign(a_request(), (recipe(signed="{url}"),), CURRENT, url="https://a.example/x", now=NOON)
    found = check(bare, scheme, url="https://a.example/x")
    assert found.verdict is Verdict.INVALID
    assert found.summary == "Expected the query parameter hash, which is signed too."


# Choosing among several schemes


def test_the_scheme_whose_condition_holds_is_used() -> None:
    first = recipe(when={"header:X-Version": "1"}, prefix="one=")
    second = recipe(when={"header:X-Version": ["2", "3*"]}, prefix="two=")
    request = with_header(a_request(), "X-Version", "31")
    made = sign(request, (first, second), CURRENT, url="", now=NOON)
    assert made.header("X-Webhook-Signature").startswith("two=")
    assert check(made, (first, second)).verdict is Verdict.VALID
    assert check(with_header(made, "X-Version", "1"), (first, second)).verdict is Verdict.INVALID


def test_any_fitting_scheme_may_pass_and_the_best_verdict_counts() -> None:
    both = (recipe(signature="header:X-Old", alg="sha1"), recipe(signature="header:X-New"))
    made = sign(a_request(), both[1:], CURRENT, url="", now=NOON)
    assert check(made, both).verdict is Verdict.VALID
    assert check(a_request(b"other", headers=made.headers), both).verdict is Verdict.INVALID
    assert check(a_request(), both).verdict is Verdict.UNSIGNED


# What is protected


def test_a_form_scheme_covers_nothing_of_a_body_that_is_no_form() -> None:
    scheme = recipe(signed="{url}{form.sorted}")
    assert scheme.covers is Covers.BODY
    found = check(signed(scheme, url="https://a.example/x"), scheme, url="https://a.example/x")
    assert found.verdict is Verdict.VALID
    assert found.covers is Covers.NONE
    assert "does not protect the body" in found.summary


def test_a_token_is_compared_and_protects_nothing() -> None:
    scheme = parse_recipe({"kind": "token", "signature": "header:X-Token", "prefix": "Bearer "}, "x.toml: signing")
    assert scheme.covers is Covers.NONE
    right = sign(a_request(), (scheme,), CURRENT, url="", now=NOON)
    assert right.header("X-Token") == f"Bearer {CURRENT.value}"
    found = check(right, scheme)
    assert found.verdict is Verdict.VALID
    assert "not that the body is unchanged" in found.summary
    wrong = check(with_header(right, "X-Token", "Bearer nonsense"), scheme)
    assert wrong.verdict is Verdict.INVALID
    assert wrong.title == "The token does not match"
    assert CURRENT.value not in repr(wrong)


def test_a_value_the_user_told_must_be_that_value() -> None:
    scheme = recipe(require={"header:X-App": "{fact:app_id}"})
    request = with_header(signed(scheme), "X-App", "one")
    for facts, verdict in (
        ({}, Verdict.VALID),
        ({"app_id": "one"}, Verdict.VALID),
        ({"app_id": "two"}, Verdict.INVALID),
    ):
        found = verify(request, Payload(request), (scheme,), [CURRENT], scheme="x", url="", now=NOON, facts=facts)
        assert found.verdict is verdict
    made = sign(a_request(), (scheme,), CURRENT, url="", now=NOON, facts={"app_id": "two"})
    assert made.header("X-App") == "two"


def test_a_fact_that_is_signed_and_not_told_is_asked_for() -> None:
    scheme = recipe(signed="{fact:callback_url}{body}")
    facts = {"callback_url": "https://a.example"}
    request = sign(a_request(), (scheme,), CURRENT, url="", now=NOON, facts=facts)
    payload = Payload(request)
    assert (
        verify(request, payload, (scheme,), [CURRENT], scheme="x", url="", now=NOON, facts=facts).verdict
        is Verdict.VALID
    )
    found = check(request, scheme)
    assert found.verdict is Verdict.NO_SECRET
    assert found.title == "Cannot check: no callback URL for this endpoint."


def test_the_name_of_a_key_may_be_told_beside_the_secret() -> None:
    scheme = recipe(items="&", pair="|", field_extra=True)
    for secret, facts in (("key1:s3cret", {}), ("s3cret", {"key_id": "key1"}), ("key1:s3cret", {"key_id": "key1"})):
        request = sign(a_request(), (scheme,), Secret(secret), url="", now=NOON, facts=facts)
        assert request.header("X-Webhook-Signature").startswith("key1|")
        for other, told in (("key1:s3cret", {}), ("s3cret", {"key_id": "key1"})):
            found = verify(
                request, Payload(request), (scheme,), [Secret(other)], scheme="x", url="", now=NOON, facts=told
            )
            assert found.verdict is Verdict.VALID
