"""What an event says, in our words: each provider's shapes, alien shapes, and nonsense."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.report import Kind, Report
from inspector.domain.request import Request
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.providers.mapping import REPORT_LIMIT, normalise
from inspector.providers.profile import parse_profile
from inspector.resources import resource_path
from tests.builders import NOON, a_request, headers_of

CATALOGUE = load_catalogue([resource_path("providers")])
SIGNING = [{"signature": "header:X-Sig", "signed": "{body}"}]


def told(provider: str, body: Any, *lines: tuple[str, str], target: str = "/in/abc") -> tuple[Report, ...]:
    data = body if isinstance(body, bytes) else orjson.dumps(body)
    lines = lines or (("Content-Type", "application/json"),)
    request = a_request(data, headers=headers_of(lines), target=target)
    profile = CATALOGUE.get(provider)
    return normalise(profile, request, Payload(request), CATALOGUE)


def one(provider: str, body: Any, *lines: tuple[str, str], target: str = "/in/abc") -> Report:
    (report,) = told(provider, body, *lines, target=target)
    return report


def test_the_example_of_the_rcs_guide_reads_completely() -> None:
    body = {
        "event": "message.delivered",
        "timestamp": "2024-12-20T14:23:45Z",
        "message_id": "msg_abc123",
        "recipient": "+1234567890",
        "channel": "rcs",
        "carrier": "verizon",
        "metadata": {"campaign_id": "cart_recovery_dec", "user_id": "user_456"},
    }
    assert one("rcs-events", body) == Report(
        Kind.DELIVERED,
        name="message.delivered",
        message_id="msg_abc123",
        recipient="+1234567890",
        occurred_at=datetime(2024, 12, 20, 14, 23, 45, tzinfo=UTC),
        channel="rcs",
        carrier="verizon",
        campaign="cart_recovery_dec",
    )


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("message.queued", Kind.QUEUED),
        ("message.sent", Kind.SENT),
        ("message.delivered", Kind.DELIVERED),
        ("message.read", Kind.READ),
        ("message.failed", Kind.FAILED),
        ("message.clicked", Kind.CLICKED),
        ("message.replied", Kind.INBOUND),
        ("message.optout", Kind.OPTOUT),
        ("message.complained", Kind.COMPLAINED),
        ("template.approved", Kind.TEMPLATE_APPROVED),
        ("template.rejected", Kind.TEMPLATE_REJECTED),
    ],
)
def test_every_event_of_the_rcs_guide_has_its_kind_and_keeps_its_name(event: str, kind: Kind) -> None:
    report = one("rcs-events", {"event": event, "timestamp": "2024-12-20T14:23:45Z", "channel": "rcs"})
    assert (report.kind, report.name, report.label) == (kind, event, event)


def test_a_new_event_of_the_rcs_guide_keeps_its_name() -> None:
    report = one("rcs-events", {"event": "message.paused", "message_id": "m1"})
    assert (report.kind, report.name, report.message_id) == (Kind.OTHER, "message.paused", "m1")


@pytest.mark.parametrize(
    "error",
    [
        {"error": {"code": 4102, "message": "Unreachable"}},
        {"error_code": "4102", "error_message": "Unreachable"},
        {"errorCode": 4102, "error": "Unreachable"},
        {"code": 4102, "description": "Unreachable"},
        {"delivery": {"error": {"code": 4102, "message": "Unreachable"}}},
    ],
)
def test_a_failed_message_names_its_error_wherever_it_stands(error: dict[str, Any]) -> None:
    report = one("rcs-events", {"event": "message.failed", "message_id": "m1"} | error)
    assert (report.error_code, report.error_text) == ("4102", "Unreachable")


def test_a_delivered_message_has_no_error_even_where_a_field_looks_like_one() -> None:
    report = one("rcs-events", {"event": "message.delivered", "message_id": "m1", "code": 0, "message": "ok"})
    assert (report.error_code, report.error_text) == ("", "")


@pytest.mark.parametrize("where", [{"reason": "No opt-out"}, {"template": {"name": "t1", "reason": "No opt-out"}}])
def test_a_rejected_template_gives_its_reason(where: dict[str, Any]) -> None:
    report = one("rcs-events", {"event": "template.rejected", "template_name": "t1"} | where)
    assert (report.template, report.text) == ("t1", "No opt-out")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("sent", Kind.SENT),
        ("delivered", Kind.DELIVERED),
        ("read", Kind.READ),
        ("failed", Kind.FAILED),
        ("deleted", Kind.DELETED),
    ],
)
def test_the_rcs_clients_statuses_have_their_kinds(status: str, kind: Kind) -> None:
    body = {
        "event": "rcs:message:status",
        "payload": {
            "id": "a418d672-9781-4d97-b517-a56f7d95ad8a",
            "channel": "rcs",
            "from": "700969ca",
            "to": "919019912345",
            "status": status,
            "delivered_at": "2021-06-18T14:48:06.886358Z",
            "timestamp": "2021-06-18T14:48:06.886358Z",
            "foreign_id": "your-business-identifier",
        },
    }
    report = one("rcs-client", body)
    assert (report.kind, report.name) == (kind, status)
    assert report.message_id == "a418d672-9781-4d97-b517-a56f7d95ad8a"
    assert report.recipient == "919019912345"
    assert report.occurred_at == datetime(2021, 6, 18, 14, 48, 6, 886358, tzinfo=UTC)


def test_another_event_of_the_rcs_client_keeps_its_name() -> None:
    report = one("rcs-client", {"event": "rcs:message:incoming", "payload": {"id": "1"}})
    assert (report.kind, report.name) == (Kind.OTHER, "rcs:message:incoming")


def rbm(inner: dict[str, Any]) -> dict[str, Any]:
    data = base64.b64encode(orjson.dumps(inner)).decode()
    return {"message": {"data": data, "messageId": "9", "publishTime": "2026-03-01T12:00:00Z"}}


def test_a_failed_revocation_of_google_rbm_stays_other() -> None:
    report = one("google-rbm", rbm({"phoneNumber": "+1", "eventType": "TTL_EXPIRATION_REVOKE_FAILED", "eventId": "e"}))
    assert (report.kind, report.name, report.event_id) == (Kind.OTHER, "TTL_EXPIRATION_REVOKE_FAILED", "e")
    assert report.occurred_at == NOON


def test_a_google_message_may_carry_an_event_id_instead_of_a_message_id() -> None:
    report = one("google-rbm", rbm({"senderPhoneNumber": "+1", "text": "hi", "eventId": "e1"}))
    assert (report.kind, report.message_id, report.event_id, report.text) == (Kind.INBOUND, "", "e1", "hi")


def test_the_set_up_of_google_rbm_is_a_challenge() -> None:
    assert one("google-rbm", {"clientToken": "t", "secret": "s"}).kind is Kind.CHALLENGE


def test_the_set_up_of_meta_is_a_challenge() -> None:
    target = "/in/abc?hub.mode=subscribe&hub.verify_token=t&hub.challenge=7"
    report = one("meta", b"", target=target)
    assert (report.kind, report.name) == (Kind.CHALLENGE, "subscribe")


def test_a_batch_becomes_one_report_an_item_and_a_giant_one_is_cut() -> None:
    statuses = [{"id": f"w{number}", "status": "sent"} for number in range(REPORT_LIMIT + 50)]
    body = {"object": "x", "entry": [{"changes": [{"field": "messages", "value": {"statuses": statuses}}]}]}
    reports = told("meta", body)
    assert len(reports) == REPORT_LIMIT
    assert [report.message_id for report in reports[:2]] == ["w0", "w1"]


def test_messages_after_a_full_batch_of_statuses_are_left_out_quietly() -> None:
    value = {"statuses": [{"id": "w"}] * (REPORT_LIMIT + 1), "messages": [{"id": "m", "type": "text"}] * 2}
    body = {"object": "x", "entry": [{"changes": [{"field": "other", "value": value}] * 3}]}
    assert len(told("meta", body)) == REPORT_LIMIT


def test_an_unknown_change_of_meta_keeps_its_field() -> None:
    body = {"object": "x", "entry": [{"time": 1772366400, "changes": [{"field": "account_update", "value": {}}]}]}
    report = one("meta", body)
    assert (report.kind, report.name, report.occurred_at) == (Kind.OTHER, "account_update", NOON)


def test_a_location_from_twilio_without_text_is_inbound() -> None:
    form = ("Content-Type", "application/x-www-form-urlencoded")
    report = one("twilio", b"MessageSid=SM1&From=rcs%3A%2B1&Body=&Latitude=1&Longitude=2", form)
    assert (report.kind, report.recipient) == (Kind.INBOUND, "rcs:+1")


def test_a_shape_nobody_knows_is_read_by_common_key_names() -> None:
    body = {"type": "order.paid", "data": {"messageId": "m7", "to": "+49170", "createdAt": 1772366400}}
    report = one("rcs-events", body)
    assert report == Report(Kind.OTHER, name="order.paid", message_id="m7", recipient="+49170", occurred_at=NOON)


def test_an_unknown_batch_is_read_by_its_first_item() -> None:
    report = one("", {"results": [{"messageId": "m1", "to": "+1", "status": {"name": "DELIVERED"}}]})
    assert (report.kind, report.message_id, report.recipient) == (Kind.OTHER, "m1", "+1")


def test_an_event_name_in_a_header_is_read() -> None:
    report = one("", b"<x/>", ("X-Event-Key", "repo:push"), ("X-Request-UUID", "u1"))
    assert (report.name, report.event_id) == ("repo:push", "u1")


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"plain text", b"[]", b"null", b'"x"', b"{", b"[[[[]]]]", b"7"])
def test_a_body_that_says_nothing_is_one_report_of_no_kind(body: bytes) -> None:
    for profile in (None, *CATALOGUE):
        request = a_request(body)
        assert normalise(profile, request, Payload(request), CATALOGUE) == (Report(Kind.OTHER),)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-01T12:00:00Z", NOON),
        ("2026-03-01T12:00:00.123456789Z", NOON.replace(microsecond=123456)),
        ("2026-03-01T12:00:00.5Z", NOON.replace(microsecond=500000)),
        ("2026-03-01T12:00:00.000+0000", NOON),
        ("2026-03-01T13:00:00+01:00", NOON),
        ("2026-03-01T10:00:00-02", NOON),
        ("2026-03-01 12:00:00.250000", NOON.replace(microsecond=250000)),
        ("2026-03-01T12:00:00", NOON),
        ("2026-03-01T12:00Z", NOON),
        ("2026-03-01 12:00:00 UTC", NOON),
        ("1772366400", NOON),
        (1772366400, NOON),
        (1772366400000, NOON),
        ("1772366400000", NOON),
        (1772366400000000, NOON),
        (1772366400000000000, NOON),
        ("1772366400.000200", NOON.replace(microsecond=200)),
        ("yesterday", None),
        ("2026-13-01T12:00:00Z", None),
        ("2026-03-01", None),
        ("0001-01-01T00:00:00+14:00", None),
        (10**30, None),
        (float("inf"), None),
        (True, None),
        ({}, None),
        ("", None),
    ],
)
def test_every_form_of_timestamp_is_read(written: Any, moment: datetime | None) -> None:
    body = json.dumps({"event": "message.sent", "timestamp": written}).encode()
    assert one("rcs-events", body).occurred_at == moment


def own_mapping(**report: Any) -> Any:
    table = {"name": "Own", "signing": SIGNING, "report": [{"when": {"x": True}, "kind": "other"} | report]}
    return parse_profile("own", table)


def own(profile: Any, body: dict[str, Any]) -> tuple[Report, ...]:
    request = a_request(orjson.dumps(body))
    return normalise(profile, request, Payload(request))


def test_two_values_together_may_make_the_kind() -> None:
    values = {"finalized delivered": "message.delivered", "finalized": "message.failed"}
    profile = own_mapping(kind={"from": ["type", "to[0].status"], "values": values})
    assert own(profile, {"x": 1, "type": "finalized", "to": [{"status": "delivered"}]})[0].kind is Kind.DELIVERED
    assert own(profile, {"x": 1, "type": "finalized", "to": [{"status": "lost"}]})[0].kind is Kind.FAILED
    assert own(profile, {"x": 1, "type": "else"})[0].kind is Kind.OTHER


def test_the_key_that_exists_may_make_the_kind() -> None:
    profile = own_mapping(kind={"exists": {"a.click": "message.clicked", "a": "message.inbound"}})
    assert own(profile, {"x": 1, "a": {"click": {"b": 1}}})[0].kind is Kind.CLICKED
    assert own(profile, {"x": 1, "a": {"b": 1}})[0].kind is Kind.INBOUND
    assert own(profile, {"x": 1, "a": None})[0].kind is Kind.OTHER


def test_items_are_fanned_out_and_see_what_is_around_them() -> None:
    profile = own_mapping(
        each="groups[].items[]",
        where={"skip": False},
        message_id="id",
        campaign="parent:campaign",
        channel="root:channel",
        text="=fixed",
    )
    body = {
        "x": 1,
        "channel": "rcs",
        "groups": [
            {"campaign": "c1", "items": [{"id": "1"}, {"id": "2", "skip": 1}]},
            {"items": {"id": 3}, "campaign": "c2"},
        ],
    }
    found = [(report.message_id, report.campaign, report.channel, report.text) for report in own(profile, body)]
    assert found == [("1", "c1", "rcs", "fixed"), ("3", "c2", "rcs", "fixed")]


@pytest.mark.parametrize("wrap", [json.dumps, lambda inner: base64.b64encode(json.dumps(inner).encode()).decode()])
def test_a_document_inside_a_text_is_opened(wrap: Any) -> None:
    profile = own_mapping(inside="Message", message_id="id", when={"id": True})
    assert own(profile, {"Message": wrap({"id": "m1"})})[0].message_id == "m1"
    assert own(profile, {"Message": "nonsense"})[0].message_id == ""


KEYS = st.sampled_from(
    [
        *("event", "payload", "status", "message", "data", "type", "object", "entry", "changes", "value", "statuses"),
        *("id", "timestamp", "message_id", "eventType", "senderPhoneNumber", "message_delivery_report", "app_id"),
    ]
) | st.text(max_size=4)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from([b"Content-Type", b"webhook-id", b"X-GitHub-Event", b"Content-Encoding"])
        | st.binary(max_size=6),
        st.sampled_from([b"application/json", b"application/x-www-form-urlencoded", b"gzip"]) | st.binary(max_size=10),
    ),
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(
    body=st.binary(max_size=80)
    | st.dictionaries(KEYS, JSON_VALUES, max_size=5).map(lambda value: json.dumps(value).encode()),
    headers=HEADERS,
    target=st.text(max_size=20),
)
def test_no_request_makes_the_mapping_raise(body: bytes, headers: list[tuple[bytes, bytes]], target: str) -> None:
    for profile in (None, *CATALOGUE):
        request = Request("POST", target, tuple(headers), body, NOON)
        reports = normalise(profile, request, Payload(request), CATALOGUE)
        assert reports
        assert all(isinstance(report.label, str) for report in reports)
