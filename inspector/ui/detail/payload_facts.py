"""What the payload view is told about an event beside its bytes, and what it asks to be done with a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inspector.domain.event import EventId
from inspector.domain.report import Kind
from inspector.payload.contents import Contents

ENVELOPES = ("$.message.data", "$.Message", "$.payload")
"""Where Google's Pub/Sub, Amazon's SNS and forms like Slack's keep the real payload, also where no profile says so."""

TAGS: Mapping[str, str] = {
    "message_id": "Message",
    "recipient": "Recipient",
    "name": "Event",
    "kind": "Event",
    "occurred_at": "Time",
    "event_id": "Event ID",
    "error_code": "Error",
    "error_text": "Error",
    "channel": "Channel",
    "carrier": "Carrier",
    "campaign": "Campaign",
    "template": "Template",
    "text": "Text",
}
"""The word beside a value that fed a column."""

ROLES = (
    ("message_id", "Message ID"),
    ("recipient", "Recipient"),
    ("name", "Event name"),
    ("occurred_at", "Time"),
    ("error_code", "Error code"),
)
"""What a value can be said to be, as a mapping and as people call it."""

KINDS = (
    (Kind.QUEUED, "Queued"),
    (Kind.SENT, "Sent"),
    (Kind.DELIVERED, "Delivered"),
    (Kind.READ, "Read"),
    (Kind.FAILED, "Failed"),
    (Kind.EXPIRED, "Expired"),
    (Kind.INBOUND, "Received from a user"),
    (Kind.CLICKED, "Clicked"),
    (Kind.OPTOUT, "Opted out"),
    (Kind.OTHER, "Something else"),
)
"""What an event's name may mean where its word is not a common one."""


@dataclass(frozen=True, slots=True)
class PayloadFacts:
    """Which values fed which column, by their paths, and the paths of texts that hold the real payload."""

    fields: Mapping[str, str] = field(default_factory=dict)
    insides: tuple[str, ...] = ENVELOPES


@dataclass(frozen=True, slots=True)
class Pick:
    """A value the user picked: as the endpoint's duplicate key (`role` is "") or as a column of a mapping.

    `kind` says what a picked name means, None for what its word says. `place` is where a duplicate key lies.
    """

    event_id: EventId
    path: str
    role: str = ""
    kind: Kind | None = None
    place: str = ""


def place_of(path: str, contents: Contents) -> str:
    """Return a path as the place of a duplicate key (`json:data.id`, `form:MessageSid`), "" where it is none."""
    if " -> " in path or path == "$":
        return ""
    bare = path.removeprefix("$").removeprefix(".")
    if contents is Contents.JSON:
        return f"json:{bare}"
    plain = bare.replace("_", "a").isalnum()
    return f"form:{bare}" if contents is Contents.FORM and plain else ""
