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


class DuplicateKey(StrEnum):
    """What makes two events the same event."""

    AUTO = "auto"  # the provider's own rule: true event id, else message and kind, else the body
    BODY = "body"  # the same bytes
    OFF = "off"


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """How an endpoint recognises a repeat: by which key, within how many seconds of the first."""

    key: DuplicateKey = DuplicateKey.AUTO
    window_s: int = 72 * 3600


@dataclass(frozen=True, slots=True)
class SecretRef:
    """A secret's name and where to find it; the secret itself lives in the system keyring under `key`.

    `ending` is its last four characters (of secrets of at least 12), to tell one from another on screen.
    """

    key: str
    name: str
    added_at: datetime
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Signing:
    """How the provider proves that an event is real.

    `secrets` are tried in order, any match passes. `tolerance_s` overrides the scheme's time window; None keeps it.
    `public_url` is the address as the provider knows it, for schemes that sign it; "" means the local one.
    """

    secrets: tuple[SecretRef, ...] = ()
    tolerance_s: int | None = None
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path we receive on. `provider` is a provider's id, "" where signatures are not checked."""

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


def ending_of(secret: str) -> str:
    """Return the last four characters of a secret long enough to keep the rest secret, else ""."""
    return secret[-4:] if len(secret) >= 12 else ""
