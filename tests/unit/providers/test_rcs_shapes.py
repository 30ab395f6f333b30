"""The shapes RCS senders use beside plain statuses: inbound messages, batches, envelopes, forms, queries and XML."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspector.domain.report import Kind
from inspector.payload.body import Payload
from inspector.providers.mapping import normalise
from tests.builders import a_request, headers_of
from tests.rcs_bodies import (
    AT,
    CATALOGUE,
    FORM,
    JSON,
    MOMENT,
    aws,
    cm,
    infobip,
    one,
    pinnacle,
    telnyx,
    told,
    vonage,
)

TWILIO = (
    "SmsSid=SM1&MessageSid=SM1&AccountSid=AC1&From=rcs%3Ashop&To=rcs%3A%2B15551230001&ChannelPrefix=rcs&ApiVersion=2010"
)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("accepted", Kind.QUEUED),
        ("scheduled", Kind.QUEUED),
        ("queued", Kind.QUEUED),
        ("sending", Kind.QUEUED),
        ("sent", Kind.SENT),
        ("delivered", Kind.DELIVERED),
        ("read", Kind.READ),
        ("undelivered", Kind.FAILED),
        ("failed", Kind.FAILED),
        ("canceled", Kind.DELETED),
    ],
)
@pytest.mark.parametrize("get", [False, True])
def test_twilio_callbacks_read_as_forms_and_as_queries(status: str, kind: Kind, get: bool) -> None:
    fields = f"{TWILIO}&MessageStatus={status}&ErrorCode=63036&ErrorMessage=No+RCS"
    report = one("twilio", "", target=f"/in/abc?{fields}", method="GET") if get else one("twilio", fields, FORM)
    assert (report.kind, report.message_id, report.recipient) == (kind, "SM1", "rcs:+15551230001")
    assert (report.error_code, report.error_text) == (
        ("63036", "No RCS") if kind in (Kind.FAILED, Kind.DELETED) else ("", "")
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("queued", Kind.QUEUED),
        ("sent", Kind.SENT),
        ("delivered", Kind.DELIVERED),
        ("read", Kind.READ),
        ("failed", Kind.FAILED),
        ("undelivered", Kind.FAILED),
    ],
)
@pytest.mark.parametrize("get", [False, True])
def test_plivo_callbacks_read_as_forms_and_as_queries(status: str, kind: Kind, get: bool) -> None:
    fields = (
        f"From=shop&To=15551230001&MessageUUID=m1&Type=rcs&Status={status}&ErrorCode=40&Sequence=3"
        "&MessageTime=2026-03-01+12%3A00%3A00.000001&DeliveryReportTime=2026-03-01+12%3A00%3A00.250000"
    )
    report = one("plivo", "", target=f"/in/abc?{fields}", method="GET") if get else one("plivo", fields, FORM)
    assert (report.kind, report.message_id, report.recipient) == (kind, "m1", "15551230001")
    assert report.occurred_at == MOMENT
    assert report.error_code == ("40" if kind is Kind.FAILED else "")


def test_twilios_event_streams_read_each_event_of_the_array() -> None:
    def event(number: int, name: str, **data: Any) -> dict[str, Any]:
        kind = f"com.twilio.messaging.message.{name}"
        return {
            "specversion": "1.0",
            "type": kind,
            "id": f"EZ{number}",
            "data": {"messageSid": "SM1", "to": "+1"} | data,
        }

    reports = told("twilio", [event(1, "delivered", timestamp=AT), event(2, "failed", errorCode=30003)])
    assert [report.kind for report in reports] == [Kind.DELIVERED, Kind.FAILED]
    assert [report.event_id for report in reports] == ["EZ1", "EZ2"]
    assert (reports[0].occurred_at, reports[1].error_code) == (MOMENT, "30003")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"text": "hello"}, Kind.INBOUND),
        ({"user_file": {"payload": {"file_name": "a.jpg", "file_uri": "https://x/a.jpg"}}}, Kind.INBOUND),
        ({"location": {"latitude": 1, "longitude": 2}}, Kind.INBOUND),
        ({"suggestion_response": {"postback_data": "yes", "text": "Yes"}}, Kind.CLICKED),
    ],
)
def test_telnyx_inbound_bodies_have_their_kinds(body: dict[str, Any], kind: Kind) -> None:
    sender = {"phone_number": "+15551230001", "carrier": "AT&T", "line_type": "Wireless"}
    payload = {"id": "m1", "type": "RCS", "from": sender, "to": [{"agent_id": "a", "agent_name": "n"}], "body": body}
    data = {"record_type": "event", "event_type": "message.received", "id": "e1", "occurred_at": AT, "payload": payload}
    report = one("telnyx", {"data": data, "meta": {"attempt": 2, "delivered_to": "https://x"}})
    assert (report.kind, report.message_id, report.recipient) == (kind, "m1", "+15551230001")
    assert (report.event_id, report.carrier, report.occurred_at) == ("e1", "AT&T", MOMENT)


def test_a_telnyx_group_message_is_told_for_each_recipient() -> None:
    body = telnyx("message.finalized", "delivered")
    body["data"]["payload"]["to"].append({"phone_number": "+2", "status": "delivery_failed"})
    body["data"]["payload"]["errors"] = [{"code": "40008", "title": "Undeliverable"}]
    first, second = told("telnyx", body)
    assert (first.kind, first.error_code) == (Kind.DELIVERED, "")
    assert (second.kind, second.recipient, second.error_code, second.error_text) == (
        Kind.FAILED,
        "+2",
        "40008",
        "Undeliverable",
    )


def test_infobips_mixed_batch_keeps_its_order() -> None:
    delivered, failed = infobip("DELIVERED", "DELIVERED_TO_HANDSET"), infobip("UNDELIVERABLE", "UNDELIVERABLE_X")
    failed["results"][0]["error"] = {"id": 27, "name": "EC_ABSENT_SUBSCRIBER", "description": "Absent"}
    seen = {"messageId": "m2", "from": "Shop", "to": "44", "sentAt": AT, "seenAt": AT}
    typing = {"sender": "45", "to": "Shop", "receivedAt": AT, "event": {"type": "TYPING_INDICATOR"}}
    inbound = {
        "sender": "46",
        "to": "Shop",
        "receivedAt": AT,
        "messageId": "m3",
        "message": {"type": "TEXT", "text": "hi"},
    }
    body = {"results": [*delivered["results"], seen, *failed["results"], typing, inbound]}
    reports = told("infobip", body)
    assert [report.kind for report in reports] == [Kind.DELIVERED, Kind.READ, Kind.FAILED, Kind.TYPING, Kind.INBOUND]
    assert [report.recipient for report in reports] == ["441134960001", "44", "441134960001", "45", "46"]
    assert (reports[2].error_code, reports[2].error_text) == ("EC_ABSENT_SUBSCRIBER", "Absent")
    assert all(report.occurred_at == MOMENT for report in reports)


@pytest.mark.parametrize(
    ("message", "kind", "text"),
    [
        ({"type": "TEXT", "text": "hi"}, Kind.INBOUND, "hi"),
        (
            {"type": "FILE", "url": "https://x/a", "name": "a", "contentType": "image/png", "size": 1},
            Kind.INBOUND,
            "https://x/a",
        ),
        ({"type": "LOCATION", "latitude": 1, "longitude": 2}, Kind.INBOUND, ""),
        ({"type": "SUGGESTION", "text": "Yes", "postbackData": "y"}, Kind.CLICKED, "Yes"),
    ],
)
def test_infobip_inbound_messages_have_their_kinds(message: dict[str, Any], kind: Kind, text: str) -> None:
    item = {
        "sender": "44",
        "to": "Shop",
        "integrationType": "RCS",
        "receivedAt": AT,
        "messageId": "m1",
        "message": message,
    }
    report = one("infobip", {"results": [item], "messageCount": 1, "pendingMessageCount": 0})
    assert (report.kind, report.message_id, report.recipient, report.text) == (kind, "m1", "44", text)


@pytest.mark.parametrize(
    ("kind_word", "content", "kind", "text"),
    [
        ("text", {"text": "hi"}, Kind.INBOUND, "hi"),
        ("image", {"image": {"url": "https://x/a", "caption": "look"}}, Kind.INBOUND, "look"),
        ("file", {"file": {"url": "https://x/a", "name": "a.pdf"}}, Kind.INBOUND, "a.pdf"),
        ("vcard", {"vcard": {"url": "https://x/a", "name": "a.vcf"}}, Kind.INBOUND, "https://x/a"),
        ("location", {"location": {"lat": 1, "long": 2}}, Kind.INBOUND, ""),
        ("reaction", {"reaction": {"action": "react", "emoji": "!"}}, Kind.INBOUND, "!"),
        ("reply", {"reply": {"id": "r1", "title": "9am"}}, Kind.CLICKED, "9am"),
        ("button", {"button": {"payload": "p", "text": "Yes"}}, Kind.CLICKED, "Yes"),
    ],
)
def test_vonage_inbound_messages_have_their_kinds(kind_word: str, content: Any, kind: Kind, text: str) -> None:
    body = {
        "message_uuid": "m1",
        "to": "Shop",
        "from": "44",
        "timestamp": AT,
        "channel": "rcs",
        "message_type": kind_word,
    }
    report = one("vonage", body | content)
    assert (report.kind, report.message_id, report.recipient, report.text) == (kind, "m1", "44", text)


def test_vonages_error_is_its_title_and_detail() -> None:
    error = {
        "type": "https://developer.nexmo.com/api-errors/messages-olympus#1000",
        "title": 1000,
        "detail": "Throttled",
    }
    report = one("vonage", vonage("rejected") | {"error": error})
    assert (report.kind, report.error_code, report.error_text) == (Kind.FAILED, "1000", "Throttled")


@pytest.mark.parametrize(
    ("event", "content", "kind", "text"),
    [
        ("message-received", {"text": "hi"}, Kind.INBOUND, "hi"),
        ("message-received", {"text": "", "content": {"text": "rich"}}, Kind.INBOUND, "rich"),
        ("suggestion-response", {"suggestionResponse": {"text": "Yes", "postbackData": "eQ=="}}, Kind.CLICKED, "Yes"),
        ("requested-location-response", {"locationResponse": {"latitude": "1", "longitude": "2"}}, Kind.INBOUND, ""),
    ],
)
def test_bandwidths_inbound_events_are_about_who_wrote(event: str, content: Any, kind: Kind, text: str) -> None:
    message = {"id": "m1", "to": ["shop"], "from": "+44", "time": AT, "tag": ""} | content
    report = one("bandwidth", [{"time": AT, "type": event, "to": "shop", "description": "d", "message": message}])
    assert (report.kind, report.message_id, report.recipient, report.text) == (kind, "m1", "+44", text)
    assert report.occurred_at == MOMENT


def test_kaleyras_published_callback_misses_a_comma_and_is_read_all_the_same() -> None:
    body = """{
    "type": "DELIVERED",
    "eventId": "e1",
    "from": "441134960001",
    "to": "shop",
    "sentAt": "2026-03-01T12:00:00.250Z",
    "messageId": "m1"
    "ref": "r"
}"""
    report = one("kaleyra", body)
    assert (report.kind, report.message_id, report.event_id, report.recipient) == (
        Kind.DELIVERED,
        "m1",
        "e1",
        "441134960001",
    )


@pytest.mark.parametrize(
    "xml",
    [
        '<messages><msg received="2026-03-01T12:00:00.250Z"><to>441134960001</to><reference>m1</reference><status>'
        "<code>3</code><errorcode>7</errorcode><errordescription>why</errordescription></status></msg></messages>",
        "<messages><msg><received>2026-03-01T12:00:00.250Z</received><to>441134960001</to><reference>m1</reference>"
        "<status><code>3</code><errorCode>7</errorCode><errorDescription>why</errorDescription></status></msg></messages>",
        '<?xml version="1.0"?><MESSAGES SENT="2026"><MSG RECEIVED="2026-03-01T12:00:00.250Z"><TO>441134960001</TO>'
        "<REFERENCE>m1</REFERENCE><STATUS><CODE>3</CODE><ERRORCODE>7</ERRORCODE>"
        "<ERRORDESCRIPTION>why</ERRORDESCRIPTION></STATUS></MSG></MESSAGES>",
    ],
)
def test_cm_coms_xml_reads_like_its_json(xml: str) -> None:
    assert one("cm-com", xml, "application/xml") == one("cm-com", cm(3))


def test_several_messages_in_cm_coms_xml_are_several_reports() -> None:
    message = "<msg><to>{}</to><reference>{}</reference><status><code>2</code></status></msg>"
    body = f"<messages>{message.format('1', 'a')}{message.format('2', 'b')}</messages>"
    assert [(r.message_id, r.recipient) for r in told("cm-com", body, "text/xml")] == [("a", "1"), ("b", "2")]


def test_an_event_of_cm_com_has_its_own_id() -> None:
    number = {"number": "0044", "name": ""}
    body = {
        "reference": "e1",
        "messageContext": "",
        "from": number,
        "to": number,
        "event": "isTyping",
        "timeUtc": "2026-03-01T12:00:00.250",
    }
    report = one("cm-com", body)
    assert (report.kind, report.event_id, report.recipient, report.occurred_at) == (Kind.TYPING, "e1", "0044", MOMENT)


def test_aws_reads_the_same_without_the_sns_wrapper() -> None:
    wrapped = aws("RCS_DELIVERED", "REJECTED")
    inside, alone = one("aws", wrapped), one("aws", wrapped["Message"])
    assert (inside.event_id, alone.event_id) == ("e1", "")
    assert (inside.kind, inside.error_code, inside.channel) == (alone.kind, alone.error_code, alone.channel)
    assert (inside.kind, inside.error_code, inside.channel) == (Kind.FAILED, "REJECTED", "rcs")


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("hello", Kind.INBOUND, "hello"),
        ('{"type":"SUGGESTION","text":"Open","postbackData":"o"}', Kind.CLICKED, "Open"),
        ('{"type":"RCS_TYPING","receivedAt":"2026-03-01T12:00:00.250+0000"}', Kind.TYPING, ""),
        ('{"type":"CONVERSATION_STARTED","startTime":"2026-03-01T12:00:00.250+0000"}', Kind.CONVERSATION, ""),
    ],
)
def test_awss_two_way_topic_tells_what_the_user_did(body: str, kind: Kind, text: str) -> None:
    inner = {"originationNumber": "1267", "destinationNumber": "rcs-x", "messageBody": body, "inboundMessageId": "m1"}
    wrapper = {
        "Type": "Notification",
        "MessageId": "e1",
        "TopicArn": "arn",
        "Timestamp": AT,
        "Message": json.dumps(inner),
    }
    report = one("aws", wrapper)
    assert (report.kind, report.message_id, report.recipient, report.text) == (kind, "m1", "1267", text)
    assert report.occurred_at == MOMENT


def test_awss_subscription_is_a_challenge() -> None:
    body = {
        "Type": "SubscriptionConfirmation",
        "MessageId": "e1",
        "TopicArn": "a",
        "SubscribeURL": "https://x",
        "Token": "t",
    }
    assert one("aws", body).kind is Kind.CHALLENGE


@pytest.mark.parametrize(
    ("more", "kind", "text"),
    [
        ({"event": "MO", "message": "hello"}, Kind.INBOUND, "hello"),
        (
            {"event": "MO", "attachments": '[{"payload":{"url":"https://x/a"},"type":"image"}]'},
            Kind.INBOUND,
            "https://x/a",
        ),
        ({"event": "MO", "postback": "Welcome", "message": "hello"}, Kind.CLICKED, "Welcome"),
        ({"event": "SUBSCRIBE"}, Kind.OPTIN, ""),
        ({"event": "UNSUBSCRIBE"}, Kind.OPTOUT, ""),
    ],
)
def test_webex_connects_inbound_stream_has_its_kinds(more: dict[str, Any], kind: Kind, text: str) -> None:
    body = {
        "transid": "t1",
        "channel": "rcs",
        "messageId": "m1",
        "msisdn": "+44",
        "ts": "2026-03-01T17:30:00.250+05:30",
    }
    report = one("webex-connect", body | more)
    assert (report.kind, report.message_id, report.recipient, report.text) == (kind, "m1", "+44", text)
    assert report.occurred_at == MOMENT


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ({"type": "SMS", "text": "hi"}, Kind.INBOUND),
        ({"type": "RCS_TEXT", "text": "hi"}, Kind.INBOUND),
        ({"type": "RCS_MEDIA", "media": "https://x"}, Kind.INBOUND),
        ({"type": "RCS_LOCATION_DATA", "data": {"address": "a", "latitude": 1, "longitude": 2}}, Kind.INBOUND),
        ({"type": "RCS_BUTTON_DATA", "button": {"raw": {"title": "Yes"}, "payload": "y"}}, Kind.CLICKED),
    ],
)
def test_pinnacles_received_messages_are_about_who_wrote(message: dict[str, Any], kind: Kind) -> None:
    body = pinnacle("RECEIVED") | {"type": "MESSAGE.RECEIVED", "message": {"id": "m1"} | message}
    body["conversation"] = {"id": "c", "from": "+44", "to": "agent_1"}
    report = one("pinnacle", body)
    assert (report.kind, report.message_id, report.recipient) == (kind, "m1", "+44")


def test_birds_quick_reply_is_a_click_and_its_read_interaction_a_read() -> None:
    contact = {"contact": {"identifierKey": "phonenumber", "identifierValue": "+44"}}
    actions = [{"type": "postback", "postback": {"text": "Yes", "payload": "y"}}]
    body = {
        "id": "m1",
        "sender": contact,
        "body": {"type": "text", "text": {"text": "Yes", "actions": actions}},
        "createdAt": AT,
    }
    click = one("bird", {"service": "channels", "event": "rcs.inbound", "payload": body})
    assert (click.kind, click.message_id, click.recipient, click.text) == (Kind.CLICKED, "m1", "+44", "Yes")
    read = {"id": "i1", "messageId": "m1", "type": "read", "createdAt": AT}
    report = one("bird", {"service": "channels", "event": "rcs.interaction", "payload": read})
    assert (report.kind, report.message_id) == (Kind.READ, "m1")


def test_birds_new_platform_has_an_event_id_in_a_header() -> None:
    data = json.dumps({"type": "email.bounced", "timestamp": AT, "data": {"id": "m1", "to": "a@b.c"}}).encode()
    request = a_request(data, headers=headers_of([("Content-Type", JSON), ("webhook-id", "msg_1")]))
    (report,) = normalise(CATALOGUE.get("bird"), request, Payload(request), CATALOGUE)
    assert (report.kind, report.message_id, report.event_id) == (Kind.FAILED, "m1", "msg_1")
