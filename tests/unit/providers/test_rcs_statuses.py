"""Every status of every RCS sender in our words, with its message, recipient, error and time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspector.domain.report import Kind
from tests.rcs_bodies import (
    MOMENT,
    aws,
    bandwidth,
    bird,
    cm,
    enablex,
    gupshup,
    hub,
    infobip,
    kaleyra,
    messagebird,
    meta,
    one,
    pinnacle,
    rcs_client,
    sinch,
    telnyx,
    told,
    vonage,
    webex,
)

STATUSES = [
    *[("infobip", infobip(group, name), kind) for group, name, kind in (
        ("ACCEPTED", "MESSAGE_ACCEPTED", Kind.QUEUED),
        ("PENDING", "PENDING_ACCEPTED", Kind.QUEUED),
        ("PENDING", "PENDING_ENROUTE", Kind.SENT),
        ("DELIVERED", "DELIVERED_TO_HANDSET", Kind.DELIVERED),
        ("DELIVERED", "DELIVERED_TO_OPERATOR", Kind.DELIVERED),
        ("UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED", Kind.FAILED),
        ("REJECTED", "REJECTED_DESTINATION", Kind.FAILED),
        ("EXPIRED", "EXPIRED_DLR_UNKNOWN", Kind.EXPIRED),
    )],
    *[("vonage", vonage(status), kind) for status, kind in (
        ("submitted", Kind.SENT),
        ("delivered", Kind.DELIVERED),
        ("read", Kind.READ),
        ("rejected", Kind.FAILED),
        ("undeliverable", Kind.FAILED),
    )],
    *[("telnyx", telnyx(event, status), kind) for event, status, kind in (
        ("message.sent", "queued", Kind.QUEUED),
        ("message.sent", "sending", Kind.QUEUED),
        ("message.sent", "sent", Kind.SENT),
        ("message.finalized", "sent", Kind.SENT),
        ("message.finalized", "delivered", Kind.DELIVERED),
        ("message.finalized", "delivery_unconfirmed", Kind.SENT),
        ("message.finalized", "sending_failed", Kind.FAILED),
        ("message.finalized", "delivery_failed", Kind.FAILED),
        ("message.finalized", "expired", Kind.EXPIRED),
        ("message.finalized", "read", Kind.READ),
        ("message.read", "read", Kind.READ),
    )],
    *[("bandwidth", bandwidth(event), kind) for event, kind in (
        ("message-sending", Kind.QUEUED),
        ("message-sent", Kind.SENT),
        ("message-delivered", Kind.DELIVERED),
        ("message-read", Kind.READ),
        ("message-failed", Kind.FAILED),
    )],
    *[("kaleyra", kaleyra(event), kind) for event, kind in (
        ("SENT", Kind.SENT),
        ("DELIVERED", Kind.DELIVERED),
        ("READ", Kind.READ),
        ("ERROR", Kind.FAILED),
    )],
    *[("cm-com", cm(code), kind) for code, kind in (
        (0, Kind.SENT),
        ("1", Kind.FAILED),
        (2, Kind.DELIVERED),
        ("3", Kind.FAILED),
        (4, Kind.READ),
    )],
    *[("enablex", enablex(status), kind) for status, kind in (
        ("SENT", Kind.SENT),
        ("FAILED", Kind.FAILED),
        ("REVOKED", Kind.EXPIRED),
        ("DELIVERED", Kind.DELIVERED),
        ("READ", Kind.READ),
    )],
    *[("aws-end-user-messaging", aws(event, status), kind) for event, status, kind in (
        ("RCS_DELIVERED", "PENDING", Kind.SENT),
        ("RCS_DELIVERED", "DELIVERED", Kind.DELIVERED),
        ("RCS_DELIVERED", "REJECTED", Kind.FAILED),
        ("RCS_READ", "READ", Kind.READ),
        ("TTL_EXPIRATION_REVOKED", "TTL_EXPIRED", Kind.EXPIRED),
        ("RCS_TTL_EXPIRATION_REVOKED", "", Kind.EXPIRED),
        ("TTL_EXPIRATION_REVOKE_FAILED", "", Kind.OTHER),
        ("RCS_FALLBACK_SENT", "", Kind.FALLBACK),
        ("TEXT_SUCCESSFUL", "SUCCESSFUL", Kind.SENT),
        ("TEXT_DELIVERED", "DELIVERED", Kind.DELIVERED),
        ("TEXT_CARRIER_BLOCKED", "CARRIER_BLOCKED", Kind.FAILED),
        ("MEDIA_PENDING", "PENDING", Kind.SENT),
        ("MEDIA_FILE_TYPE_UNSUPPORTED", "FILE_TYPE_UNSUPPORTED", Kind.FAILED),
    )],
    *[("webex-connect", webex(status), kind) for status, kind in (
        ("Submitted", Kind.SENT),
        ("Delivered", Kind.DELIVERED),
        ("Read", Kind.READ),
        ("Failed", Kind.FAILED),
    )],
    *[("pinnacle", pinnacle(status), kind) for status, kind in (
        ("QUEUED", Kind.QUEUED),
        ("PENDING", Kind.QUEUED),
        ("SENT", Kind.SENT),
        ("SEND_FAILED", Kind.FAILED),
        ("DELIVERED", Kind.DELIVERED),
        ("DELIVERY_FAILED", Kind.FAILED),
        ("READ", Kind.READ),
        ("FALLBACK_SENT", Kind.FALLBACK),
    )],
    *[("bird", bird(status), kind) for status, kind in (
        ("accepted", Kind.QUEUED),
        ("processing", Kind.QUEUED),
        ("sent", Kind.SENT),
        ("delivered", Kind.DELIVERED),
        ("read", Kind.READ),
        ("sending_failed", Kind.FAILED),
        ("delivery_failed", Kind.FAILED),
        ("rejected", Kind.FAILED),
        ("deleted", Kind.DELETED),
    )],
    *[("messagebird", messagebird(status), kind) for status, kind in (
        ("accepted", Kind.QUEUED),
        ("sent", Kind.SENT),
        ("delivered", Kind.DELIVERED),
        ("read", Kind.READ),
        ("rejected", Kind.FAILED),
        ("failed", Kind.FAILED),
        ("deleted", Kind.DELETED),
    )],
    *[("sinch", sinch(*status), kind) for status, kind in (
        (("QUEUED_ON_CHANNEL",), Kind.QUEUED),
        (("DELIVERED",), Kind.DELIVERED),
        (("READ",), Kind.READ),
        (("FAILED",), Kind.FAILED),
        (("FAILED", "DELIVERY_TIMED_OUT"), Kind.EXPIRED),
        (("SWITCHING_CHANNEL",), Kind.FALLBACK),
    )],
    *[("meta", meta(status), kind) for status, kind in (
        ("sent", Kind.SENT),
        ("delivered", Kind.DELIVERED),
        ("read", Kind.READ),
        ("failed", Kind.FAILED),
        ("deleted", Kind.DELETED),
    )],
    *[("rcs-client", rcs_client(status), kind) for status, kind in (
        ("sent", Kind.SENT),
        ("delivered", Kind.DELIVERED),
        ("read", Kind.READ),
        ("failed", Kind.FAILED),
        ("deleted", Kind.DELETED),
    )],
    *[("gupshup", gupshup(status), kind) for status, kind in (
        ("enqueued", Kind.QUEUED),
        ("sent", Kind.SENT),
        ("delivered", Kind.DELIVERED),
        ("read", Kind.READ),
        ("failed", Kind.FAILED),
        ("deleted", Kind.DELETED),
    )],
    *[("rbm-hub", hub(event), kind) for event, kind in (
        ("SEND_MESSAGE_SUCCESS", Kind.SENT),
        ("MESSAGE_DELIVERED", Kind.DELIVERED),
        ("MESSAGE_READ", Kind.READ),
        ("SEND_MESSAGE_FAILURE", Kind.FAILED),
        ("TTL_EXPIRATION_REVOKED", Kind.EXPIRED),
        ("IS_TYPING", Kind.TYPING),
    )],
]  # fmt: skip


@pytest.mark.parametrize(("provider", "body", "kind"), STATUSES)
def test_every_status_of_a_sender_has_its_kind_message_recipient_and_time(provider: str, body: Any, kind: Kind) -> None:
    report = one(provider, body)
    assert report.kind is kind
    assert report.message_id == "m1"
    assert report.recipient == "441134960001"
    assert report.occurred_at == MOMENT
    if kind is Kind.FAILED and '"why"' in json.dumps(body):
        assert report.error_text == "why" or provider == "infobip"


@pytest.mark.parametrize(("provider", "body", "kind"), STATUSES)
def test_a_status_nobody_has_seen_keeps_its_message(provider: str, body: Any, kind: Kind) -> None:
    words = {"delivered", "DELIVERED", "Delivered", "message-delivered", "MESSAGE_DELIVERED"}
    text = json.dumps(body)
    for word in words:
        text = text.replace(f'"{word}"', '"teleported"').replace(f'\\"{word}\\"', '\\"teleported\\"')
    assert all(report.message_id in ("m1", "e1") for report in told(provider, text))
