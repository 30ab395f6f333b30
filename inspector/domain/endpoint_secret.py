"""The name of a secret: what an endpoint keeps in place of the secret itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
