"""Shapes met in the senders' own libraries, documents and public parsers that no sample shows."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from inspector.domain.report import Kind
from tests.rcs_bodies import FORM, MOMENT, one, told

USER = "+15551230001"


@pytest.mark.parametrize(
    ("event", "more", "kind", "text"),
    [
        ("MO", {"message": "hello"}, Kind.INBOUND, "hello"),
        ("ATTACHMENT", {"attachments": '[{"payload":{"url":"https://x/y"}}]'}, Kind.INBOUND, "https://x/y"),
        ("postback", {"postback": "clicked"}, Kind.CLICKED, "clicked"),
        ("Location", {"latitude": "1", "longitude": "2"}, Kind.INBOUND, ""),
    ],
)
def test_imiconnect_names_no_transaction(event: str, more: dict[str, str], kind: Kind, text: str) -> None:
    body = {"tid": "t1", "channel": "rcs", "messageId": "m1", "msisdn": USER, "ts": "2026-03-01T12:00:00.250Z"}
    report = one("webex-connect", body | more | {"event": event})
    assert (report.kind, report.message_id, report.recipient, report.text) == (kind, "m1", USER, text)
    assert report.occurred_at == MOMENT


@pytest.mark.parametrize("turned", [False, True])
def test_an_mms_by_infobip_keeps_its_text_wherever_it_stands(turned: bool) -> None:
    parts = [{"contentType": "image/jpeg", "url": "https://x/1"}, {"contentType": "text/plain", "value": "Hi"}]
    item = {"from": "385916242493", "messageId": "m1", "receivedAt": "2026-03-01T12:00:00.250+0000"}
    report = one("infobip", {"results": [item | {"message": parts[::-1] if turned else parts}]})
    assert (report.kind, report.message_id, report.recipient) == (Kind.INBOUND, "m1", "385916242493")
    assert report.text == "Hi"


def test_a_capability_check_by_infobip_also_comes_flat() -> None:
    report = one("infobip", {"bulkId": "b", "messageId": "m1", "phoneNumber": "441134960001", "code": "ENABLED"})
    assert (report.name, report.message_id, report.recipient) == ("capability.ENABLED", "m1", "441134960001")


SMS_STATUS = (
    "msisdn=447700900000&to=AcmeInc&network-code=23410&messageId=m1&price=0.03&status={}&scts=2603011200&err-code=6"
    "&client-ref=spring&message-timestamp=2026-03-01+12%3A00%3A00.250"
)


@pytest.mark.parametrize("form", ["form", "query", "json"])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("accepted", Kind.SENT),
        ("buffered", Kind.QUEUED),
        ("delivered", Kind.DELIVERED),
        ("failed", Kind.FAILED),
        ("rejected", Kind.FAILED),
        ("expired", Kind.EXPIRED),
        ("unknown", Kind.OTHER),
    ],
)
def test_a_status_of_vonages_sms_api_is_about_the_msisdn(form: str, status: str, kind: Kind) -> None:
    report = _in_form("vonage", SMS_STATUS.format(status), form)
    assert (report.kind, report.message_id, report.recipient) == (kind, "m1", "447700900000")
    assert report.occurred_at == MOMENT
    assert (report.channel, report.carrier, report.campaign) == ("sms", "23410", "spring")
    assert report.error_code == ("6" if kind in (Kind.FAILED, Kind.EXPIRED, Kind.OTHER) else "")


@pytest.mark.parametrize("form", ["form", "query", "json"])
def test_an_inbound_sms_of_vonages_sms_api_is_from_the_msisdn(form: str) -> None:
    fields = "msisdn=447700900001&to=447700900000&messageId=m1&text=Hello&type=text&keyword=HELLO"
    report = _in_form("vonage", f"{fields}&message-timestamp=2026-03-01+12%3A00%3A00.250", form)
    assert (report.kind, report.recipient, report.text) == (Kind.INBOUND, "447700900001", "Hello")
    assert report.occurred_at == MOMENT


@pytest.mark.parametrize(
    ("fields", "message_id"),
    [
        ("body=Hi&id=m1&CreatedDatetime=2026-03-01T12%3A00%3A00.250%2B00%3A00", "m1"),
        ("message=Hi&id=x&mid=m2&receive_datetime=20260301120000250", "m2"),
        (
            "message=Hi&id=x&message_id=m3&mediaURLs=https%3A%2F%2Fx%2F1&CreatedDatetime=2026-03-01T12%3A00%3A00.250Z",
            "m3",
        ),
    ],
)
def test_an_inbound_sms_by_messagebird_is_from_the_originator(fields: str, message_id: str) -> None:
    report = one("messagebird", f"receiver=1800&recipient=18005551515&originator=18885551515&{fields}", FORM)
    assert (report.kind, report.message_id, report.recipient) == (Kind.INBOUND, message_id, "18885551515")
    assert (report.text, report.occurred_at) == ("Hi", MOMENT)


def test_clickatells_platform_api_writes_one_flat_message() -> None:
    body = {
        "messageId": "m1",
        "fromNumber": "250788383383",
        "timestamp": 1772366400250,
        "text": "Hi",
        "charset": "UTF-8",
    }
    report = one("clickatell", body)
    assert (report.kind, report.message_id, report.recipient) == (Kind.INBOUND, "m1", "250788383383")
    assert (report.text, report.occurred_at) == ("Hi", MOMENT)


def _messaging(item: dict[str, Any]) -> dict[str, Any]:
    people = {"sender": {"id": "user"}, "recipient": {"id": "page"}, "timestamp": 1772366400250}
    return {"object": "page", "entry": [{"id": "page", "messaging": [people | item]}]}


def test_a_messenger_delivery_tells_every_message_it_names() -> None:
    reports = told("meta", _messaging({"delivery": {"mids": ["m1", "m2"], "watermark": 1772366400250}}))
    assert [(report.kind, report.message_id, report.recipient) for report in reports] == [
        (Kind.DELIVERED, "m1", "user"),
        (Kind.DELIVERED, "m2", "user"),
    ]
    assert {report.occurred_at for report in reports} == {MOMENT}


def test_a_messenger_echo_went_to_its_recipient() -> None:
    people = {"sender": {"id": "page"}, "recipient": {"id": "user"}}
    report = one("meta", _messaging(people | {"message": {"mid": "m1", "is_echo": True, "text": "Hi"}}))
    assert (report.kind, report.message_id, report.recipient) == (Kind.SENT, "m1", "user")


def test_a_message_taken_back_by_its_user_is_no_new_one() -> None:
    report = one("meta", _messaging({"message": {"mid": "m1", "is_deleted": True}}))
    assert (report.kind, report.message_id, report.recipient) == (Kind.DELETED, "m1", "user")


def test_a_messenger_referral_is_told_by_its_name() -> None:
    report = one("meta", _messaging({"referral": {"ref": "spring", "source": "ADS", "type": "OPEN_THREAD"}}))
    assert (report.kind, report.name, report.recipient, report.text) == (Kind.OTHER, "referral", "user", "spring")


def _whatsapp(**value: Any) -> dict[str, Any]:
    change = {"field": "messages", "value": {"messaging_product": "whatsapp"} | value}
    return {"object": "whatsapp_business_account", "entry": [{"id": "w", "changes": [change]}]}


def test_a_whatsapp_user_without_a_number_is_told_by_the_user_id() -> None:
    message = {"from_user_id": "US.1234", "id": "m1", "timestamp": "1772366400", "type": "text", "text": {"body": "Hi"}}
    status = {"recipient_user_id": "US.1234", "id": "m1", "timestamp": "1772366400", "status": "read"}
    assert one("meta", _whatsapp(messages=[message])).recipient == "US.1234"
    assert one("meta", _whatsapp(statuses=[status])).recipient == "US.1234"


def test_what_went_wrong_at_whatsapp_without_a_message_is_told() -> None:
    report = one("meta", _whatsapp(errors=[{"code": 130429, "title": "Limit", "error_data": {"details": "too many"}}]))
    assert (report.kind, report.name, report.channel) == (Kind.OTHER, "errors", "whatsapp")
    assert (report.error_code, report.error_text) == ("130429", "too many")


def _sinch(**notification: Any) -> dict[str, Any]:
    return {"app_id": "a", "project_id": "p", "accepted_time": "2026-03-01T12:00:00.250Z"} | notification


CONTACT = {"id": "c", "channel_identities": [{"channel": "RCS", "identity": USER}]}


@pytest.mark.parametrize(
    ("name", "inner", "recipient", "channel"),
    [
        ("contact_delete_notification", {"contact": CONTACT}, USER, ""),
        ("contact_merge_notification", {"deleted_contact": {}, "preserved_contact": CONTACT}, USER, ""),
        ("duplicated_contact_identities_notification", {"duplicated_identities": [{"channel": "RCS"}]}, "", ""),
        ("smart_conversation_notification", {"channel_identity": USER, "channel": "RCS"}, USER, "RCS"),
        ("conversation_stop_notification", {"conversation": {"active_channel": "RCS"}}, "", "RCS"),
        ("conversation_delete_notification", {"conversation": {"active_channel": "RCS"}}, "", "RCS"),
    ],
)
def test_sinch_notifications_tell_whom_they_are_about(
    name: str, inner: dict[str, Any], recipient: str, channel: str
) -> None:
    report = one("sinch", _sinch(**{name: inner}))
    assert (report.name, report.recipient, report.channel) == (name, recipient, channel)
    assert report.occurred_at == MOMENT


def test_a_failed_capability_check_by_sinch_tells_why() -> None:
    reason = {"code": "RECIPIENT_NOT_REACHABLE", "description": "no RCS"}
    report = one("sinch", _sinch(capability_notification={"identity": USER, "channel": "RCS", "reason": reason}))
    assert (report.error_code, report.error_text) == ("RECIPIENT_NOT_REACHABLE", "no RCS")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ({"type": "queued"}, Kind.QUEUED),
        ({"type": "delivered"}, Kind.DELIVERED),
        ({"type": "displayed"}, Kind.READ),
        ({"type": "failed", "code": 2, "reason": "no RCS"}, Kind.FAILED),
        ({"type": "aborted", "revoked": False, "expired": True}, Kind.EXPIRED),
        ({"type": "aborted", "revoked": True, "expired": False}, Kind.DELETED),
        ({"type": "fallback_dispatched", "external_ref": "b1"}, Kind.FALLBACK),
        ({"type": "sms_delivered"}, Kind.FALLBACK),
        ({"type": "sms_failed"}, Kind.FAILED),
    ],
)
def test_the_rcs_rest_api_of_sinch_reports_every_status(status: dict[str, Any], kind: Kind) -> None:
    body = {"type": "status_report_rcs", "message_id": "m1", "at": "2026-03-01T12:00:00.250Z", "status_report": status}
    report = one("sinch", body)
    assert (report.kind, report.message_id, report.occurred_at) == (kind, "m1", MOMENT)
    if "reason" in status:
        assert (report.error_code, report.error_text) == ("2", "no RCS")


@pytest.mark.parametrize(
    ("message", "kind", "text"),
    [
        ({"type": "text", "text": "Hi"}, Kind.INBOUND, "Hi"),
        ({"type": "suggestion_response", "postback_data": "yes"}, Kind.CLICKED, "yes"),
        ({"type": "file", "file_uri": "https://x/1"}, Kind.INBOUND, "https://x/1"),
        ({"type": "location", "latitude": 1, "longitude": 2}, Kind.INBOUND, ""),
    ],
)
def test_the_rcs_rest_api_of_sinch_tells_what_the_user_sent(message: dict[str, Any], kind: Kind, text: str) -> None:
    report = one(
        "sinch", {"type": "user_agent_message_rcs", "message_id": "m1", "from": "4655123456", "message": message}
    )
    assert (report.kind, report.message_id, report.recipient, report.text) == (kind, "m1", "4655123456", text)
    typing = one("sinch", {"type": "user_agent_event_rcs", "from": "4655123456", "event": {"type": "composing"}})
    assert (typing.kind, typing.recipient) == (Kind.TYPING, "4655123456")


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("queued", Kind.QUEUED),
        ("dispatched", Kind.QUEUED),
        ("sent", Kind.SENT),
        ("delivered", Kind.DELIVERED),
        ("read", Kind.READ),
        ("deleted", Kind.DELETED),
        ("failed", Kind.FAILED),
        ("no_opt_in", Kind.FAILED),
        ("no_capability", Kind.FAILED),
    ],
)
def test_the_older_whatsapp_api_of_sinch_is_told_by_its_state(state: str, kind: Kind) -> None:
    status = {"status": "success", "state": state, "message_id": "m1", "recipient": USER}
    report = one("sinch", {"type": "whatsapp", "statuses": [status | {"timestamp": "2026-03-01T12:00:00.250Z"}]})
    assert (report.kind, report.message_id, report.recipient, report.occurred_at) == (kind, "m1", USER, MOMENT)
    note = {"from": USER, "to": "bot", "message_id": "m2", "message": {"type": "text", "body": "Hi"}}
    inbound = one("sinch", {"type": "whatsapp", "notifications": [note]})
    assert (inbound.kind, inbound.recipient, inbound.text) == (Kind.INBOUND, USER, "Hi")


FAILED = {"senderPhoneNumber": USER, "eventType": "FAILED", "reason": "too many requests", "messageId": "m1"}


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_carriers_hub_adds_failures_to_googles_events(wrapped: bool) -> None:
    data = base64.b64encode(json.dumps(FAILED).encode()).decode()
    report = one(
        "google-rbm", {"message": {"data": data, "messageId": "1"}, "subscription": "s"} if wrapped else FAILED
    )
    assert (report.kind, report.message_id, report.recipient) == (Kind.FAILED, "m1", USER)
    assert report.error_text == "too many requests"


def test_a_tap_that_a_worker_hands_on_without_its_time_is_a_tap() -> None:
    tap = {"postbackData": "yes", "text": "Yes please"}
    report = one("google-rbm", {"senderPhoneNumber": USER, "messageId": "m1", "suggestionResponse": tap})
    assert (report.kind, report.message_id, report.recipient, report.text) == (Kind.CLICKED, "m1", USER, "Yes please")


def test_a_hubs_own_error_code_is_told() -> None:
    entity = {"eventType": "SEND_MESSAGE_FAILURE", "messageId": "m1", "error": {"errCode": 24, "errMsg": "opted out"}}
    report = one("rbm-hub", {"userPhoneNumber": USER, "botId": "b", "entityType": "STATUS_EVENT", "entity": entity})
    assert (report.kind, report.error_code, report.error_text) == (Kind.FAILED, "24", "opted out")


@pytest.mark.parametrize(("status", "kind"), [("Sent", Kind.SENT), ("Not sent", Kind.FAILED), ("Read", Kind.READ)])
def test_netcore_sends_several_events_at_once(status: str, kind: Kind) -> None:
    item = {"message_id": "m1", "mobile": USER, "event_time": 1772366400, "channel": "RCS", "last_channel": ""}
    reports = told("netcore", [item | {"status": status}, item | {"message_id": "m2", "status": "Delivered"}])
    assert [(report.kind, report.message_id) for report in reports] == [(kind, "m1"), (Kind.DELIVERED, "m2")]


@pytest.mark.parametrize(
    ("code", "kind"), [("REJECTED", Kind.FAILED), ("DELETED", Kind.DELETED), ("VERIFIED", Kind.OTHER)]
)
def test_zenvia_told_the_message_only_by_its_id_before(code: str, kind: Kind) -> None:
    status = {"code": code, "timestamp": "2026-03-01T12:00:00.250Z"}
    report = one("zenvia", {"id": "e1", "type": "MESSAGE_STATUS", "messageId": "m1", "messageStatus": status})
    assert (report.kind, report.message_id, report.event_id, report.occurred_at) == (kind, "m1", "e1", MOMENT)


def test_telnyx_is_known_without_the_name_of_the_record() -> None:
    tap = {"suggestion_response": {"postback_data": "visit", "text": "Explore"}}
    payload = {"id": "m1", "direction": "inbound", "type": "RCS", "from": {"phone_number": USER}, "body": tap}
    report = one("telnyx", {"data": {"event_type": "message.received", "payload": payload}})
    assert (report.kind, report.message_id, report.recipient, report.text) == (Kind.CLICKED, "m1", USER, "Explore")
    sent = {
        "id": "m2",
        "to": [{"phone_number": USER, "status": "delivery_failed"}],
        "errors": [{"title": "Unreachable"}],
    }
    report = one("telnyx", {"data": {"event_type": "message.finalized", "payload": sent}})
    assert (report.kind, report.message_id, report.error_text) == (Kind.FAILED, "m2", "Unreachable")


def test_a_call_by_pinnacle_is_told_by_its_state() -> None:
    call = {"id": "call_1", "from": "+15551112222", "to": USER, "direction": "OUTBOUND", "status": "ANSWERED"}
    report = one("pinnacle", {"type": "CALL.STATUS", "sender": "+15551112222", "call": call})
    assert (report.kind, report.name, report.message_id) == (Kind.OTHER, "CALL.STATUS.ANSWERED", "call_1")
    assert report.recipient == USER


def _in_form(provider: str, fields: str, form: str) -> Any:
    if form == "query":
        return one(provider, "", FORM, target=f"/in/abc?{fields}", method="GET")
    return one(provider, dict(parse_qsl(fields))) if form == "json" else one(provider, fields, FORM)
