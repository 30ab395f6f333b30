"""Bodies as the RCS senders write them, and what the mapping makes of a body."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from inspector.domain.report import Report
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.providers.mapping import normalise
from inspector.resources import resource_path
from tests.builders import a_request, headers_of

CATALOGUE = load_catalogue([resource_path("providers")])
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
AT = "2026-03-01T12:00:00.250+0000"
MOMENT = datetime(2026, 3, 1, 12, 0, 0, 250000, tzinfo=UTC)


def told(
    provider: str, body: Any, kind: str = JSON, *, target: str = "/in/abc", method: str = "POST"
) -> tuple[Report, ...]:
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    request = a_request(data, headers=headers_of([("Content-Type", kind)]), target=target, method=method)
    profile = CATALOGUE.get(provider)
    assert profile is not None, provider
    return normalise(profile, request, Payload(request), CATALOGUE)


def one(provider: str, body: Any, kind: str = JSON, **others: Any) -> Report:
    (report,) = told(provider, body, kind, **others)
    return report


def infobip(status: str, name: str) -> dict[str, Any]:
    return {
        "results": [
            {
                "messageId": "m1",
                "to": "441134960001",
                "doneAt": AT,
                "status": {"groupName": status, "name": name, "description": "why"},
                "error": {"groupName": "OK", "id": 0, "name": "NO_ERROR", "description": "No Error"},
            }
        ]
    }


def vonage(status: str) -> dict[str, Any]:
    return {"message_uuid": "m1", "to": "441134960001", "from": "Shop", "timestamp": AT, "status": status}


def telnyx(event: str, status: str) -> dict[str, Any]:
    to = [{"phone_number": "441134960001", "status": status}]
    payload = {"id": "m1", "type": "RCS", "direction": "outbound", "to": to, "errors": []}
    return {"data": {"record_type": "event", "id": "e1", "event_type": event, "occurred_at": AT, "payload": payload}}


def bandwidth(event: str) -> list[dict[str, Any]]:
    message = {"id": "m1", "to": ["441134960001"], "from": "agent", "channel": "RBM", "tag": ""}
    return [{"time": AT, "type": event, "to": "441134960001", "description": "why", "message": message}]


def kaleyra(event: str) -> dict[str, Any]:
    return {"type": event, "eventId": "e1", "from": "441134960001", "to": "shop", "sentAt": AT, "messageId": "m1"}


def cm(code: Any) -> dict[str, Any]:
    status = {"code": code, "errorCode": "7", "errorDescription": "why"}
    return {"messages": {"msg": {"received": AT, "to": "441134960001", "reference": "m1", "status": status}}}


def enablex(status: str) -> dict[str, Any]:
    message = {"message_id": "m1", "status": status, "failure_reason": "why"}
    return {"phone": "441134960001", "agent": "shop", "type": "message", "message": message, "timestamp": AT}


def aws(event: str, status: str) -> dict[str, Any]:
    inner = {
        "eventType": event,
        "eventTimestamp": 1772366400250,
        "destinationPhoneNumber": "441134960001",
        "messageId": "m1",
        "messageStatus": status,
        "messageStatusDescription": "why",
    }
    return {"Type": "Notification", "MessageId": "e1", "TopicArn": "arn:x", "Message": json.dumps(inner)}


def webex(status: str) -> dict[str, Any]:
    info = {"timeStamp": AT, "Description": "why", "code": "7740", "destination": "441134960001"}
    inner = {"deliveryInfo": info | {"deliveryStatus": status, "deliveryChannel": "rcs"}, "transid": "m1"}
    return {"x-wx-gtrid": "g", "deliveryInfoNotification": inner}


def pinnacle(status: str) -> dict[str, Any]:
    return {
        "type": "MESSAGE.STATUS",
        "conversation": {"id": "conv_1", "from": "agent_1", "to": "441134960001"},
        "status": status,
        "direction": "OUTBOUND",
        "segments": 1,
        "sentAt": AT,
        "deliveredAt": None,
        "message": {"type": "RCS_TEXT", "id": "m1", "quickReplies": [], "text": "Hello"},
    }


def bird(status: str) -> dict[str, Any]:
    receiver = {"contacts": [{"identifierKey": "phonenumber", "identifierValue": "441134960001"}]}
    payload = {"id": "m1", "receiver": receiver, "status": status, "reason": "why", "lastStatusAt": AT}
    return {"service": "channels", "event": "rcs.outbound", "payload": payload}


def messagebird(status: str) -> dict[str, Any]:
    message = {"id": "m1", "direction": "sent", "status": status, "updatedDatetime": AT}
    return {"type": "message.updated", "contact": {"msisdn": 441134960001}, "message": message}


def sinch(status: str, reason: str = "CHANNEL_FAILURE") -> dict[str, Any]:
    identity = {"channel": "RCS", "identity": "441134960001", "app_id": ""}
    report = {"message_id": "m1", "status": status, "channel_identity": identity}
    return {
        "app_id": "a",
        "project_id": "p",
        "accepted_time": AT,
        "event_time": AT,
        "message_delivery_report": report | {"reason": {"code": reason, "description": "why"}},
    }


def meta(status: str) -> dict[str, Any]:
    errors = [{"code": 131026, "title": "Undeliverable", "error_data": {"details": "why"}}]
    told = {"id": "m1", "status": status, "timestamp": "1772366400.250", "recipient_id": "441134960001"}
    value = {"messaging_product": "whatsapp", "statuses": [told | {"errors": errors}]}
    entry = {"id": "w", "changes": [{"field": "messages", "value": value}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def rcs_client(status: str) -> dict[str, Any]:
    payload = {"id": "m1", "channel": "rcs", "to": "441134960001", "status": status, "timestamp": AT, "reason": "why"}
    return {"event": "rcs:message:status", "payload": payload}


def gupshup(status: str) -> dict[str, Any]:
    inner = {"code": 1008, "reason": "why"}
    payload = {"id": "x", "gsId": "m1", "type": status, "destination": "441134960001", "payload": inner}
    return {"app": "Shop", "timestamp": 1772366400250, "version": 2, "type": "message-event", "payload": payload}


def hub(event: str) -> dict[str, Any]:
    entity = {"eventType": event, "messageId": "m1", "sendTime": AT, "eventId": "e1", "reason": "why"}
    return {"userPhoneNumber": "441134960001", "botId": "b", "entityType": "USER_EVENT", "entity": entity}


STATUS_BODIES = [
    infobip("DELIVERED", "DELIVERED_TO_HANDSET"),
    vonage("delivered"),
    telnyx("message.finalized", "delivered"),
    bandwidth("message-delivered"),
    kaleyra("DELIVERED"),
    cm(2),
    enablex("DELIVERED"),
    aws("RCS_DELIVERED", "DELIVERED"),
    webex("Delivered"),
    pinnacle("DELIVERED"),
    bird("delivered"),
    messagebird("delivered"),
    sinch("DELIVERED"),
    meta("delivered"),
    rcs_client("delivered"),
    gupshup("delivered"),
    hub("MESSAGE_DELIVERED"),
]
"""One body of each sender here."""
