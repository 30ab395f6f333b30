"""One path we receive on, with its token, provider, secrets and rules."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from inspector.domain.access import AccessRule
from inspector.domain.answer import AnswerRule
from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.forwarding import ForwardRule

EndpointId = NewType("EndpointId", int)

UNSIGNED_PROVIDER = ""
"""The provider id of an endpoint that does not check signatures."""

DEFAULT_PROVIDER = "rcs-events"

MIN_TOKEN_BITS = 128

STUCK_AFTER_S = 300

GRACE_S = 24 * 3600
"""How long a replaced secret stays accepted unless the user says otherwise: providers rotate within a day."""


class DuplicateKey(StrEnum):
    """What makes two events the same event."""

    AUTO = "auto"  # the provider's own rule: true event id, else message and kind, else the body
    EVENT_ID = "event_id"  # the provider's true event id, and nothing else
    FIELD = "field"  # what stands at one place of the request
    BODY = "body"  # the same bytes
    OFF = "off"


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """How an endpoint recognises a repeat: by which key, within how many seconds of the first.

    `place` is where the key FIELD looks, written as in a provider's file: `header:X-Id`, `json:data.id`, `form:id`.
    With `answer_only` a duplicate is answered 200 and not forwarded; otherwise it is only marked.
    """

    key: DuplicateKey = DuplicateKey.AUTO
    window_s: int = 72 * 3600
    place: str = ""
    answer_only: bool = False


@dataclass(frozen=True, slots=True)
class Signing:
    """How the provider proves that an event is real.

    `secrets` are tried in order, any match passes. `tolerance_s` overrides the scheme's time window; None keeps it.
    `public_url` is the address as the provider knows it, for schemes that sign it; "" means the local one. `facts` are
    what else a scheme asks for by name and nobody needs to hide: `(("audience", "https://…"), ("key_id", "7"))`.
    """

    secrets: tuple[SecretRef, ...] = ()
    tolerance_s: int | None = None
    public_url: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StorageRule:
    """How long events are kept: for `keep_days` days and at most `keep_events` of them, 0 for no limit.

    Without `keep_bodies` a body is gone once its event is answered and forwarded: its size and its reports stay.
    """

    keep_days: int = 0
    keep_events: int = 0
    keep_bodies: bool = True
    mask_recipients: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path we receive on. `provider` is a provider's id, "" where signatures are not checked.

    `stuck_after_s` is how long a message may be sent and not delivered before it counts as stuck. `colour` names one
    of the theme's marks, "" for none.
    """

    id: EndpointId
    token: str
    name: str
    created_at: datetime
    provider: str = DEFAULT_PROVIDER
    signing: Signing = field(default_factory=Signing)
    answers: AnswerRule = field(default_factory=AnswerRule)
    duplicates: DuplicateRule = field(default_factory=DuplicateRule)
    target: str = ""
    position: int = 0
    paused: bool = False
    stuck_after_s: int = STUCK_AFTER_S
    access: AccessRule = field(default_factory=AccessRule)
    forwards: tuple[ForwardRule, ...] = ()
    storage: StorageRule = field(default_factory=StorageRule)
    colour: str = ""
    notes: str = ""

    @property
    def path(self) -> str:
        """The path we receive on: `/in/<token>`."""
        return f"/in/{self.token}"

    @property
    def checks_signatures(self) -> bool:
        """Whether this endpoint asks for a signature at all."""
        return self.provider != UNSIGNED_PROVIDER


def new_token() -> str:
    """Return an unguessable token of 160 bits, safe in a URL path."""
    return secrets.token_urlsafe(20)


def new_secret() -> str:
    """Return a random signing secret of 256 bits in hex, for endpoints whose provider has not given one yet."""
    return secrets.token_hex(32)


def new_secret_key() -> str:
    """Return a fresh name under which a secret store keeps a secret."""
    return secrets.token_hex(8)


def ending_of(secret: str) -> str:
    """Return the last four characters of a secret long enough to keep the rest secret, else ""."""
    return secret[-4:] if len(secret) >= 12 else ""
