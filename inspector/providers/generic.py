"""Reads an event nobody has described, by the key names that providers commonly use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inspector.domain.report import Kind, Report
from inspector.domain.request import Request
from inspector.payload.body import Payload
from inspector.providers.moments import parse_moment
from inspector.signatures.place import text_of

_INSIDE = ("payload", "data", "message", "body", "event", "resource", "object", "results", "result", "detail")

_NAME = ("event", "event_type", "eventType", "type", "event_name", "eventName", "topic", "action", "status")
_MESSAGE_ID = ("message_id", "messageId", "message_uuid", "MessageUUID", "MessageSid", "messageSid", "msg_id", "msgId")
_RECIPIENT = ("recipient", "to", "To", "phone_number", "phoneNumber", "msisdn", "destination", "phone")
_MOMENT = (
    *("timestamp", "occurred_at", "occurredAt", "created_at", "createdAt"),
    *("event_time", "eventTime", "time", "created"),
)
_ERROR_CODE = ("error_code", "errorCode", "ErrorCode")
_ERROR_TEXT = ("error_message", "errorMessage", "ErrorMessage", "error_description", "errorDescription")
_CHANNEL = ("channel", "Channel")
_CAMPAIGN = ("campaign_id", "campaignId", "campaign")
_NAME_HEADERS = (
    *("X-Event-Type", "X-Event-Name", "X-Webhook-Event", "X-Webhook-Topic"),
    *("X-Event-Key", "X-Topic", "ce-type"),
)
# Only names that mean one event and stay the same when it is sent again. An "event_id" in an unknown body may be a
# concert and an X-Webhook-Id the subscription: taken for the event's own id they would make every event a repeat.
_ID_HEADERS = ("webhook-id", "svix-id", "X-Event-Id", "X-Request-UUID", "ce-id")


def read_anything(request: Request, payload: Payload) -> Report:
    """Return one report of the kind OTHER with whatever could be read; never raises."""
    levels = list(_levels(payload))
    name = next((text for header in _NAME_HEADERS if (text := request.header(header))), "")
    event_id = next((text for header in _ID_HEADERS if (text := request.header(header))), "")
    return Report(
        Kind.OTHER,
        name=name or _text(levels, _NAME),
        message_id=_text(levels, _MESSAGE_ID),
        recipient=_text(levels, _RECIPIENT),
        occurred_at=next((moment for value in _values(levels, _MOMENT) if (moment := parse_moment(value))), None),
        event_id=event_id,
        error_code=_text(levels, _ERROR_CODE),
        error_text=_text(levels, _ERROR_TEXT),
        channel=_text(levels, _CHANNEL),
        campaign=_text(levels, _CAMPAIGN),
    )


def _levels(payload: Payload) -> Iterator[Mapping[str, Any]]:
    """Yield the objects worth looking into: the form or the top of the document, then one and two levels down."""
    if payload.form:
        yield dict(reversed(payload.form))
        return
    following = [payload.json]
    for _depth in range(3):
        objects = [item[0] if isinstance(item, list) and item else item for item in following]
        objects = [item for item in objects if isinstance(item, dict)]
        yield from objects
        following = [item[key] for item in objects for key in _INSIDE if isinstance(item.get(key), dict | list)]


def _values(levels: list[Mapping[str, Any]], names: tuple[str, ...]) -> Iterator[Any]:
    for level in levels:
        for name in names:
            if name in level:
                yield level[name]


def _text(levels: list[Mapping[str, Any]], names: tuple[str, ...]) -> str:
    for value in _values(levels, names):
        if not isinstance(value, dict | list):
            text = text_of(value)
            if text:
                return text
    return ""
