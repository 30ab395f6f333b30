"""One path we receive on, with its token, provider, secrets and rules."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from inspector.domain.answer import AnswerRule

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
    """

    key: DuplicateKey = DuplicateKey.AUTO
    window_s: int = 72 * 3600
    place: str = ""


@dataclass(frozen=True, slots=True)
class SecretRef:
    """A secret's name and where to find it; the secret itself lives in the system keyring under `key`.

    `ending` is its last four characters (of secrets of at least 12), to tell one from another on screen. `until` is
    when it stops being accepted, None for never: a replaced secret stays good for a while, because a provider may
    still sign retries with it, and after that it only helps to explain a failure.
    """

    key: str
    name: str
    added_at: datetime
    ending: str = ""
    until: datetime | None = None

    def accepted(self, now: datetime) -> bool:
        """Whether a signature made with it still counts."""
        return self.until is None or now < self.until


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
class Endpoint:
    """One path we receive on. `provider` is a provider's id, "" where signatures are not checked.

    `stuck_after_s` is how long a message may be sent and not delivered before it counts as stuck.
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
