"""Reads an event nobody has described, by the key names that providers commonly use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inspector.domain.report import Kind, Report
from inspector.domain.request import Request
from inspector.payload.body import Payload
from inspector.payload.selector import MISSING
from inspector.providers.document import form_of, unpack
from inspector.providers.moments import parse_moment
from inspector.providers.source import to_text

DEPTH = 4
WIDTH = 40
"""Objects looked into on each level: beyond that an unknown body is a list of data rather than an event."""

_INSIDE = (
    *("payload", "data", "message", "msg", "body", "event", "resource", "object", "results", "result", "detail"),
    *("messages", "events", "statuses", "status", "Message", "report", "reports", "notification", "entry", "changes"),
    *("value", "item", "items", "delivery", "receipt", "attributes", "content", "properties", "metadata"),
)
"""What a provider calls the part of a body that holds the event proper."""

_INSIDE_RANK = {name: rank for rank, name in enumerate(_INSIDE)}

_NAME = (
    *("event", "event_type", "eventType", "type", "event_name", "eventName", "topic", "action", "status"),
    *("message_status", "messageStatus", "MessageStatus", "statusName", "state", "notification_type", "kind"),
)
_MESSAGE_ID = (
    *("message_id", "messageId", "message_uuid", "messageUuid", "MessageUUID", "MessageSid", "messageSid", "msg_id"),
    *("msgId", "msgid", "messageid", "MessageId", "MessageID", "messageID", "message_sid", "sms_id", "smsId"),
    *("SmsSid", "wamid", "gsId", "gs_id", "transaction_id", "transactionId", "transid", "request_id", "requestId"),
)
_RECIPIENT = (
    *("recipient", "to", "To", "phone_number", "phoneNumber", "msisdn", "destination", "phone", "MSISDN", "mobile"),
    *("recipient_id", "recipientId", "destinationPhoneNumber", "destination_number", "to_number", "toNumber"),
    *("senderPhoneNumber", "userPhoneNumber", "userPhone", "destAddr", "destination_address", "dest", "customerNumber"),
)
_MOMENT = (
    *("timestamp", "occurred_at", "occurredAt", "event_time", "eventTime", "eventTimestamp", "event_timestamp"),
    *("sendTime", "statusDate", "status_date", "sent_at", "sentAt", "created_at", "createdAt", "time", "created"),
    *("date", "datetime", "dateTime", "ts", "timeUtc", "updated_at", "updatedAt", "received_at", "receivedAt"),
    *("Timestamp", "doneAt", "done_at", "publishTime", "DeliveryReportTime", "MessageTime", "deliveredAt", "readAt"),
)
_ERROR_CODE = ("error_code", "errorCode", "ErrorCode", "err_code", "errCode", "failure_code", "failureCode", "err")
_ERROR_TEXT = (
    *("error_message", "errorMessage", "ErrorMessage", "error_description", "errorDescription", "failure_reason"),
    *("failureReason", "error_text", "errorText", "error_reason", "errorReason", "statusDescription"),
)
_ERROR_CODES = ("code", "id", "name")
_ERROR_TEXTS = ("message", "description", "detail", "title")
_CHANNEL = ("channel", "Channel", "channel_type", "channelType")
_CAMPAIGN = ("campaign_id", "campaignId", "campaign")
_NAME_HEADERS = (
    *("X-Event-Type", "X-Event-Name", "X-Webhook-Event", "X-Webhook-Topic"),
    *("X-Event-Key", "X-Topic", "ce-type"),
)
# Only names that mean one event and stay the same when it is sent again. An "event_id" in an unknown body may be a
# concert and an X-Webhook-Id the subscription: taken for the event's own id they would make every event a repeat.
_ID_HEADERS = ("webhook-id", "svix-id", "X-Event-Id", "X-Request-UUID", "ce-id")


_ROLES = {
    "name": _NAME,
    "message_id": _MESSAGE_ID,
    "recipient": _RECIPIENT,
    "occurred_at": _MOMENT,
    "error_code": _ERROR_CODE,
    "error_text": _ERROR_TEXT,
    "channel": _CHANNEL,
    "campaign": _CAMPAIGN,
}
_ROLE_OF = {name: (role, rank) for role, names in _ROLES.items() for rank, name in enumerate(names)}
"""What a key may mean, and how much better than the others of the same meaning (0 is best)."""

Found = dict[str, list[tuple[int, int, Any]]]


def read_anything(request: Request, payload: Payload, document: Any = MISSING) -> Report:
    """Return one report of the kind OTHER with whatever could be read; never raises.

    `document` is the body as objects, lists and values where it is not JSON but was read all the same.
    """
    sent = {line[0].lower() for line in request.headers}
    name, event_id = _header(request, sent, _NAME_HEADERS), _header(request, sent, _ID_HEADERS)
    found: Found = {}
    for depth, level in enumerate(_levels(payload, payload.json if document is MISSING else document)):
        for key, value in level.items():
            role = _ROLE_OF.get(key)
            if role is not None:
                found.setdefault(role[0], []).append((depth, role[1], value))
            elif key in ("error", "errors"):
                _read_error(found, depth, value)
    moments = (moment for value in _ranked(found, "occurred_at") if (moment := parse_moment(value)))
    return Report(
        Kind.OTHER,
        name=name or _text(found, "name"),
        message_id=_text(found, "message_id"),
        recipient=_text(found, "recipient"),
        occurred_at=next(moments, None),
        event_id=event_id,
        error_code=_text(found, "error_code"),
        error_text=_text(found, "error_text"),
        channel=_text(found, "channel"),
        campaign=_text(found, "campaign"),
    )


def _header(request: Request, sent: set[bytes], names: tuple[str, ...]) -> str:
    return next((text for name in names if name.lower().encode() in sent and (text := request.header(name))), "")


def _read_error(found: Found, depth: int, error: Any) -> None:
    """Note what an error object says, after every key that names the code or the text outright."""
    for inner in _objects(error):
        for role, names in (("error_code", _ERROR_CODES), ("error_text", _ERROR_TEXTS)):
            for rank, name in enumerate(names):
                if name in inner:
                    found.setdefault(role, []).append((DEPTH + depth, rank, inner[name]))


def _ranked(found: Found, role: str) -> list[Any]:
    return [value for *_rank, value in sorted(found.get(role, ()), key=_rank)]


def _rank(item: tuple[int, int, Any]) -> tuple[int, int]:
    return item[:2]


def _text(found: Found, role: str) -> str:
    return next((text for value in _ranked(found, role) if (text := to_text(value))), "")


def _levels(payload: Payload, document: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects worth looking into: the form or the top of the document, then some levels down.

    A text that holds JSON counts as the object it holds, as do the parameters of a request without a body.
    """
    form = form_of(payload)
    if form:
        yield form
        return
    if document is MISSING and not payload.plain:
        yield dict(reversed(payload.query))
        return
    following = [document]
    for depth in range(DEPTH):
        objects = list(_objects(*following))[:WIDTH]
        if depth == 0 and not objects:
            return
        yield from objects
        following = [inner for item in objects for value in _held(item) if (inner := _opened(value)) is not None]
        if depth == 0 and not following:
            # An envelope around the event proper: the only objects there are, whatever they are called.
            following = [inner for inner in objects[0].values() if isinstance(inner, dict | list)][:2]


def _held(item: dict[str, Any]) -> list[Any]:
    """Return what an object holds under names of inner parts, the likeliest first."""
    ranks = sorted([(_INSIDE_RANK[key], key) for key in item if key in _INSIDE_RANK])
    return [item[key] for _rank, key in ranks]


def _opened(value: Any) -> Any:
    if isinstance(value, dict | list):
        return value
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        found = unpack(value)
        return None if found is MISSING else found
    return None


def _objects(*values: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects among some values; of a list its first."""
    for value in values:
        item = value[0] if isinstance(value, list) and value else value
        if isinstance(item, dict):
            yield item
