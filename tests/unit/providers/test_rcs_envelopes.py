"""RCS senders whose events lie in an envelope or are told by the key that is there: Sinch, Google, Gupshup and more."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from inspector.domain.report import Kind
from tests.rcs_bodies import (
    AT,
    MOMENT,
    one,
    told,
)

SINCH = {"app_id": "a", "project_id": "p", "accepted_time": AT, "event_time": AT}
IDENTITY = {"channel": "RCS", "identity": "44", "app_id": ""}


def wrote(**content: Any) -> dict[str, Any]:
    return {"message": {"id": "m1", "channel_identity": IDENTITY, "contact_message": content}}


def happened(**content: Any) -> dict[str, Any]:
    return {"event": {"id": "e", "channel_identity": IDENTITY} | content}


@pytest.mark.parametrize(
    ("more", "kind", "message_id"),
    [
        (wrote(text_message={"text": "hi"}), Kind.INBOUND, "m1"),
        (wrote(choice_response_message={"postback_data": "y"}), Kind.CLICKED, "m1"),
        ({"message_submit_notification": {"message_id": "m1", "channel_identity": IDENTITY}}, Kind.SENT, "m1"),
        (happened(contact_event={"composing_event": {}}), Kind.TYPING, ""),
        (happened(contact_message_event={"reaction_event": {"message_id": "m1", "emoji": "!"}}), Kind.INBOUND, "m1"),
        ({"opt_in_notification": {"identity": "44", "channel": "RCS", "status": "OPT_IN_SUCCEEDED"}}, Kind.OPTIN, ""),
        ({"opt_in_notification": {"identity": "44", "channel": "RCS", "status": "OPT_IN_FAILED"}}, Kind.OTHER, ""),
        ({"opt_out_notification": {"identity": "44", "channel": "RCS"}}, Kind.OPTOUT, ""),
        ({"message_redaction": {"id": "m1", "channel_identity": IDENTITY}}, Kind.OTHER, "m1"),
        ({"capability_notification": {"identity": "44", "channel": "RCS"}}, Kind.OTHER, ""),
        ({"event_delivery_report": {"event_id": "e", "channel_identity": IDENTITY}}, Kind.OTHER, ""),
    ],
)
def test_sinchs_callbacks_are_told_by_the_key_that_is_there(more: dict[str, Any], kind: Kind, message_id: str) -> None:
    report = one("sinch", SINCH | more)
    assert (report.kind, report.message_id, report.recipient) == (kind, message_id, "44")
    assert report.occurred_at == MOMENT


def test_sinchs_sms_reports_read_too() -> None:
    body = {"type": "recipient_delivery_report_sms", "batch_id": "m1", "recipient": "44", "code": 402, "at": AT}
    report = one("sinch", body | {"status": "Aborted"})
    assert (report.kind, report.message_id, report.error_code, report.occurred_at) == (Kind.FAILED, "m1", "402", MOMENT)
    inbound = one("sinch", {"type": "mo_text", "id": "m2", "from": "44", "to": "1", "body": "hi", "received_at": AT})
    assert (inbound.kind, inbound.message_id, inbound.recipient, inbound.text) == (Kind.INBOUND, "m2", "44", "hi")


def test_the_rcs_clients_other_events_are_read() -> None:
    recipient = {"from": "9190", "user": {"phone": "9190"}}
    message = {"type": "image", "payload": {"url": "https://x/a.png", "caption": "look", "filename": ""}}
    body = {"id": "m1", "channels": [{"name": "rcs", "to": "b"}], "recipient": recipient, "message": message}
    inbound = one("rcs-client", {"event": "rcs:message:in", "payload": body})
    assert (inbound.kind, inbound.message_id, inbound.recipient, inbound.text) == (Kind.INBOUND, "m1", "9190", "look")
    flat = {"id": 73, "receiver": "9170", "type": "all", "value": "*", "created_at": "2026-03-01T12:00:00.250000Z"}
    optout = one("mobtexting", flat | {"status": "Unsubscriber created successfully"})
    assert (optout.kind, optout.recipient, optout.occurred_at) == (Kind.OPTOUT, "9170", MOMENT)


def rbm(inner: dict[str, Any], **message: Any) -> dict[str, Any]:
    data = base64.b64encode(json.dumps(inner).encode()).decode()
    return {"message": {"data": data, "messageId": "9", "publishTime": AT} | message, "subscription": "projects/x"}


RBM_EVENTS = [
    ("DELIVERED", Kind.DELIVERED),
    ("READ", Kind.READ),
    ("IS_TYPING", Kind.TYPING),
    ("SUBSCRIBE", Kind.OPTIN),
    ("UNSUBSCRIBE", Kind.OPTOUT),
    ("TTL_EXPIRATION_REVOKED", Kind.EXPIRED),
    ("TTL_EXPIRATION_REVOKE_FAILED", Kind.OTHER),
]


@pytest.mark.parametrize(("event", "kind"), RBM_EVENTS)
@pytest.mark.parametrize("number", ["senderPhoneNumber", "phoneNumber"])
def test_every_event_of_google_rbm_has_its_kind(event: str, kind: Kind, number: str) -> None:
    report = one("google-rbm", rbm({number: "+44", "eventType": event, "eventId": "e1", "messageId": "m1"}))
    assert (report.kind, report.message_id, report.recipient, report.event_id) == (kind, "m1", "+44", "e1")


@pytest.mark.parametrize("provider", ["google-rbm", "google-pubsub"])
@pytest.mark.parametrize(
    ("inner", "kind", "event_id"),
    [
        ({"senderPhoneNumber": "+44", "eventType": "READ", "eventId": "e1", "messageId": "m1"}, Kind.READ, "e1"),
        ({"senderPhoneNumber": "+44", "messageId": "m1", "text": "hi"}, Kind.INBOUND, "m1"),
        (
            {"senderPhoneNumber": "+44", "messageId": "m1", "userFile": {"payload": {"fileUri": "x"}}},
            Kind.INBOUND,
            "m1",
        ),
        ({"senderPhoneNumber": "+44", "messageId": "m1", "location": {"latitude": 1}}, Kind.INBOUND, "m1"),
        ({"senderPhoneNumber": "+44", "messageId": "m1", "suggestionResponse": {"text": "Yes"}}, Kind.CLICKED, "m1"),
    ],
)
def test_googles_events_read_the_same_by_webhook_and_pub_sub(
    provider: str, inner: dict[str, Any], kind: Kind, event_id: str
) -> None:
    report = one(provider, rbm(inner | {"sendTime": "2026-03-01T12:00:00.250000000Z"}))
    assert (report.kind, report.message_id, report.recipient, report.event_id) == (kind, "m1", "+44", event_id)
    assert (report.occurred_at, report.channel) == (MOMENT, "rcs")


def test_googles_event_without_its_wrapper_reads_the_same() -> None:
    inner = {"senderPhoneNumber": "+44", "eventType": "READ", "eventId": "e1", "messageId": "m1", "sendTime": AT}
    assert one("google-rbm", inner) == one("google-rbm", rbm(inner))


def test_a_pub_sub_message_of_another_topic_keeps_its_id() -> None:
    body = rbm({"kind": "storage#object"}, attributes={"eventType": "OBJECT_FINALIZE"})
    report = one("google-pubsub", body)
    assert (report.kind, report.name, report.event_id) == (Kind.OTHER, "OBJECT_FINALIZE", "9")


def test_gupshups_enterprise_reports_come_in_arrays() -> None:
    item = {
        "externalId": "m1",
        "eventType": "FAILED",
        "destAddr": "9190",
        "eventTs": "1772366400250",
        "errorCode": "004",
        "cause": "UNKNOWN",
    }
    for body in ([item, item | {"externalId": "m2"}], {"response": [item, item | {"externalId": "m2"}]}):
        reports = told("gupshup", body)
        assert [(r.kind, r.message_id, r.error_code, r.occurred_at) for r in reports] == [
            (Kind.FAILED, "m1", "004", MOMENT),
            (Kind.FAILED, "m2", "004", MOMENT),
        ]
