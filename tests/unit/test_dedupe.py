"""What makes two events the same event, from the surest sign down."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.dedupe import dedupe_key
from inspector.domain.endpoint import DuplicateKey, DuplicateRule
from inspector.domain.event import DedupeKey, DuplicateLevel
from inspector.domain.report import Kind, Report
from inspector.domain.request import Headers
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.providers.mapping import REPORT_LIMIT, normalise
from inspector.providers.profile import Profile
from inspector.resources import resource_path
from tests.builders import NOON, a_request, headers_of

CATALOGUE = load_catalogue([resource_path("providers")])
DELIVERED = Report(Kind.DELIVERED, "message.delivered", "msg_1", "+1", NOON)


def provider(name: str) -> Profile:
    found = CATALOGUE.get(name)
    assert found is not None
    return found


def key_of(
    *reports: Report,
    by: str = "rcs-events",
    body: bytes = b"{}",
    rule: DuplicateKey = DuplicateKey.AUTO,
) -> DedupeKey | None:
    request = a_request(body)
    profile = CATALOGUE.get(by)
    return dedupe_key(profile, DuplicateRule(rule), request, Payload(request), reports)


def digest_of(*reports: Report, by: str = "rcs-events", body: bytes = b"{}") -> bytes:
    key = key_of(*reports, by=by, body=body)
    assert key is not None
    return key.digest


def test_the_rcs_guides_events_are_known_by_message_event_and_timestamp() -> None:
    key = key_of(DELIVERED)
    assert key is not None
    assert key.level is DuplicateLevel.COMPOSITE
    assert key.words == "Same message ID, event and timestamp"
    assert key.digest == digest_of(DELIVERED, body=b'{"other":"bytes"}')
    for change in (
        {"message_id": "msg_2"},
        {"name": "message.read"},
        {"occurred_at": NOON + timedelta(seconds=1)},
        {"occurred_at": None},
    ):
        assert digest_of(replace(DELIVERED, **change)) != key.digest


def test_read_is_no_repeat_of_delivered() -> None:
    read = replace(DELIVERED, kind=Kind.READ, name="message.read")
    for name in ("rcs-events", "rcs-client", "twilio", "sinch", "meta", ""):
        assert digest_of(read, by=name) != digest_of(DELIVERED, by=name)


def test_the_rcs_clients_events_are_known_by_message_and_status() -> None:
    later = replace(DELIVERED, occurred_at=NOON + timedelta(seconds=9))
    assert digest_of(DELIVERED, by="rcs-client") == digest_of(later, by="rcs-client")


def test_a_true_event_id_counts_before_everything_else() -> None:
    first = key_of(replace(DELIVERED, event_id="evt_1"), body=b"1")
    assert first is not None
    assert (first.level, first.words) == (DuplicateLevel.EVENT_ID, "Same event ID")
    other = replace(DELIVERED, event_id="evt_1", message_id="msg_9", name="x")
    assert digest_of(other, body=b"2") == first.digest
    assert digest_of(replace(DELIVERED, event_id="evt_2")) != first.digest


def test_google_asks_for_event_id_and_phone_number_together() -> None:
    report = replace(DELIVERED, event_id="e1")
    assert digest_of(report, by="google-rbm") != digest_of(replace(report, recipient="+2"), by="google-rbm")
    key = key_of(report, by="google-rbm")
    assert key is not None
    assert key.words == "Same event ID and phone number"


@pytest.mark.parametrize(
    ("name", "headers", "words"),
    [
        ("github", [("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "d1")], "Same X-GitHub-Delivery"),
        ("standard-webhooks", [("webhook-id", "msg_1")], "Same webhook-id"),
        (
            "twilio",
            [("Content-Type", "application/x-www-form-urlencoded"), ("I-Twilio-Idempotency-Token", "t1")],
            "Same I-Twilio-Idempotency-Token",
        ),
    ],
)
def test_a_providers_own_header_is_its_event_id(name: str, headers: list[tuple[str, str]], words: str) -> None:
    def seen(body: bytes, lines: Headers) -> DedupeKey | None:
        request = a_request(body, headers=lines)
        payload = Payload(request)
        reports = normalise(provider(name), request, payload)
        return dedupe_key(provider(name), DuplicateRule(), request, payload, reports)

    first, again = (seen(b"MessageSid=1&MessageStatus=sent" + tail, headers_of(headers)) for tail in (b"", b"&x=2"))
    assert first is not None
    assert (first.level, first.words) == (DuplicateLevel.EVENT_ID, words)
    assert first == again


def test_without_a_message_id_the_body_decides() -> None:
    template = Report(Kind.TEMPLATE_APPROVED, "template.approved", template="t1", occurred_at=NOON)
    key = key_of(template, body=b"a")
    assert key is not None
    assert (key.level, key.words) == (DuplicateLevel.BODY, "Same body")
    assert digest_of(template, body=b"a") == key.digest != digest_of(template, body=b"b")


def test_all_reports_of_a_batch_count() -> None:
    other = replace(DELIVERED, message_id="msg_2")
    both = digest_of(DELIVERED, other)
    assert both not in (digest_of(DELIVERED), digest_of(other), digest_of(other, DELIVERED, other))
    nameless = key_of(DELIVERED, replace(other, message_id=""))
    assert nameless is not None
    assert nameless.level is DuplicateLevel.BODY


def test_a_batch_too_long_to_be_told_is_known_by_its_body() -> None:
    key = key_of(*[DELIVERED] * REPORT_LIMIT)
    assert key is not None
    assert key.level is DuplicateLevel.BODY


def test_the_endpoints_rule_is_honoured() -> None:
    assert key_of(DELIVERED, rule=DuplicateKey.OFF) is None
    key = key_of(replace(DELIVERED, event_id="evt_1"), rule=DuplicateKey.BODY)
    assert key is not None
    assert key.level is DuplicateLevel.BODY


def test_a_request_that_says_nothing_is_never_a_repeat() -> None:
    assert key_of(Report(Kind.OTHER), body=b"") is None
    assert key_of(body=b"", rule=DuplicateKey.BODY) is None


def test_an_endpoint_without_a_provider_uses_message_and_kind() -> None:
    key = key_of(DELIVERED, by="")
    assert key is not None
    assert (key.level, key.words) == (DuplicateLevel.COMPOSITE, "Same message ID and event")


def test_where_one_text_ends_and_the_next_begins_counts() -> None:
    first, second = (
        Report(Kind.OTHER, name=name, message_id=id, occurred_at=NOON) for id, name in (("a", "bc"), ("ab", "c"))
    )
    assert digest_of(first, by="") != digest_of(second, by="")


def test_an_unknown_event_counts_as_the_same_only_with_its_time() -> None:
    unknown = Report(Kind.OTHER, "message", "m1", occurred_at=NOON)
    assert digest_of(unknown, by="", body=b"1") == digest_of(unknown, by="", body=b"2")
    assert digest_of(replace(unknown, occurred_at=NOON + timedelta(seconds=1)), by="") != digest_of(unknown, by="")
    for vague in (replace(unknown, occurred_at=None), replace(unknown, name="")):
        key = key_of(vague, by="")
        assert key is not None
        assert key.level is DuplicateLevel.BODY


def placed(place: str, body: bytes = b'{"data":{"id":"e1"},"n":7}', headers: Headers | None = None) -> DedupeKey | None:
    request = a_request(body, headers=headers)
    rule = DuplicateRule(DuplicateKey.FIELD, place=place)
    return dedupe_key(provider("rcs-events"), rule, request, Payload(request), (DELIVERED,))


@pytest.mark.parametrize(
    ("place", "words"),
    [("json:data.id", "Same data.id"), ("json:n", "Same n"), ("header:X-Request-Id", "Same X-Request-Id")],
)
def test_an_endpoint_may_name_the_place_that_tells_events_apart(place: str, words: str) -> None:
    one, other = (headers_of([("x-request-id", id)]) for id in ("r1", "r2"))
    key = placed(place, headers=one)
    assert key is not None
    assert (key.level, key.words) == (DuplicateLevel.EVENT_ID, words)
    assert placed(place, b'{"data":{"id":"e1"},"n":7,"attempt":2}', one) == key
    assert placed(place, b'{"data":{"id":"e2"},"n":8}', other) != key


def test_a_form_field_tells_events_apart() -> None:
    form = headers_of([("Content-Type", "application/x-www-form-urlencoded")])
    key = placed("form:MessageSid", b"MessageSid=SM1&MessageStatus=sent", form)
    assert key is not None
    assert placed("form:MessageSid", b"MessageStatus=read&MessageSid=SM1", form) == key
    assert placed("form:MessageSid", b"MessageSid=SM2", form) not in (key, None)


@pytest.mark.parametrize("place", ["json:data.nothing", "header:X-None", "form:id", "", "nowhere", "field:t"])
def test_an_event_without_the_chosen_value_is_no_repeat_of_anything(place: str) -> None:
    assert placed(place) is None


def test_a_repeated_header_counts_with_all_its_values() -> None:
    def of(*values: str) -> DedupeKey | None:
        return placed("header:X-Id", headers=headers_of([("X-Id", value) for value in values]))

    assert len({key.digest for key in (of("a", "b"), of("b", "a"), of("ab"), of("a")) if key}) == 4
    assert of("") is None


def test_two_places_with_the_same_value_are_two_keys() -> None:
    body = b'{"a":"1","b":"1"}'
    assert placed("json:a", body) != placed("json:b", body)


def test_the_event_id_alone_is_asked_for_and_nothing_in_its_stead() -> None:
    key = key_of(replace(DELIVERED, event_id="evt_1"), rule=DuplicateKey.EVENT_ID)
    assert key is not None
    assert key.digest == digest_of(replace(DELIVERED, event_id="evt_1"))
    assert key_of(DELIVERED, rule=DuplicateKey.EVENT_ID) is None


def test_digests_stay_the_same_from_version_to_version() -> None:
    # Sightings of the last days are kept by digest: an update must not take every retry for a new event.
    assert digest_of(DELIVERED).hex() == "23b1c3ed837ffeffb208d62b5a3a516c"
    assert digest_of(replace(DELIVERED, message_id="msg_\udce9")).hex() == "b11daef1dee381dbe61c1903a3bf3cc0"
    assert digest_of(replace(DELIVERED, event_id="evt_1")).hex() == "9ee75a83d311ad35fddbe6e7245d626d"


@given(st.text(max_size=12), st.binary(max_size=30))
def test_no_place_and_no_body_breaks_it(place: str, body: bytes) -> None:
    for kind in ("header", "json", "form", "query", "formjson", "field"):
        placed(f"{kind}:{place}", body)
    placed(place, body)


@given(st.lists(st.tuples(st.text(max_size=4), st.text(max_size=4)), min_size=1, max_size=3))
def test_different_pairs_never_share_a_digest(pairs: list[tuple[str, str]]) -> None:
    reports = [Report(Kind.OTHER, name=name or "n", message_id=f"m{id}", occurred_at=NOON) for id, name in pairs]
    shifted = [
        replace(reports[0], message_id=f"{reports[0].message_id}1", name=reports[0].name[1:] or "q"),
        *reports[1:],
    ]
    assert digest_of(*reports, by="") != digest_of(*shifted, by="")


def test_the_same_moment_written_differently_is_the_same_event() -> None:
    digests = set()
    for written in ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000Z", "2026-03-01T13:00:00+01:00"):
        body = orjson.dumps({"event": "message.read", "message_id": "m", "timestamp": written})
        request = a_request(body)
        payload = Payload(request)
        profile = provider("rcs-events")
        key = dedupe_key(profile, DuplicateRule(), request, payload, normalise(profile, request, payload))
        assert key is not None
        digests.add(key.digest)
    assert len(digests) == 1
