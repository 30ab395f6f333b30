"""What a provider says inside an event, in one vocabulary for all providers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What happened; the names follow the RCS guide, widened by what the other providers report."""

    QUEUED = "message.queued"
    SENT = "message.sent"
    DELIVERED = "message.delivered"
    READ = "message.read"
    FAILED = "message.failed"
    EXPIRED = "message.expired"
    DELETED = "message.deleted"
    FALLBACK = "message.fallback"
    INBOUND = "message.inbound"
    CLICKED = "message.clicked"
    TYPING = "user.typing"
    OPTIN = "user.optin"
    OPTOUT = "user.optout"
    COMPLAINED = "user.complained"
    CONVERSATION = "conversation.started"
    TEMPLATE_APPROVED = "template.approved"
    TEMPLATE_REJECTED = "template.rejected"
    AGENT_STATUS = "agent.status"
    CHALLENGE = "webhook.challenge"
    OTHER = "other"

    @property
    def category(self) -> Category:
        """The segment of the events page that shows this kind."""
        return _CATEGORY.get(self, Category.OTHER)


class Category(StrEnum):
    """The four groups the guide sorts events into."""

    STATUS = "status"
    ENGAGEMENT = "engagement"
    TEMPLATE = "template"
    OTHER = "other"


_STATUS = (Kind.QUEUED, Kind.SENT, Kind.DELIVERED, Kind.READ, Kind.FAILED, Kind.EXPIRED, Kind.DELETED, Kind.FALLBACK)
_ENGAGEMENT = (Kind.INBOUND, Kind.CLICKED, Kind.TYPING, Kind.OPTIN, Kind.OPTOUT, Kind.COMPLAINED, Kind.CONVERSATION)
_TEMPLATE = (Kind.TEMPLATE_APPROVED, Kind.TEMPLATE_REJECTED)
_CATEGORY: dict[Kind, Category] = {
    **dict.fromkeys(_STATUS, Category.STATUS),
    **dict.fromkeys(_ENGAGEMENT, Category.ENGAGEMENT),
    **dict.fromkeys(_TEMPLATE, Category.TEMPLATE),
}


@dataclass(frozen=True, slots=True)
class Report:
    """One thing a provider says. Texts are kept as sent; "" means the provider did not say.

    `name` is the provider's own word for the kind ("message.optout", "DELIVERED"), `recipient` the end user's number
    as sent, `event_id` a true event id (the same on every redelivery), `text` what a user wrote or tapped, or why a
    template was rejected.
    """

    kind: Kind
    name: str = ""
    message_id: str = ""
    recipient: str = ""
    occurred_at: datetime | None = None
    event_id: str = ""
    error_code: str = ""
    error_text: str = ""
    channel: str = ""
    carrier: str = ""
    campaign: str = ""
    template: str = ""
    text: str = ""

    @property
    def label(self) -> str:
        """What the list shows: the provider's word where it has the form `noun.verb`, else our kind."""
        if self.kind is Kind.OTHER:
            return self.name or self.kind.value
        if self.kind is Kind.CHALLENGE and " " in self.name:
            return self.name  # a sentence of ours: whose set-up request was answered
        noun, dot, verb = self.name.partition(".")
        own_words = dot and noun in {"message", "template"} and verb.isalpha() and verb.islower()
        return self.name if own_words else self.kind.value
