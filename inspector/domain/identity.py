"""As whom an event goes out again."""

from __future__ import annotations

from enum import StrEnum


class Identity(StrEnum):
    """As whom a captured event is sent."""

    CAPTURED = "captured"  # as it came, signature and all
    SIGNED = "signed"  # with a signature and a timestamp of now
    NEW_IDS = "new_ids"  # with other message and event ids, and signed again
