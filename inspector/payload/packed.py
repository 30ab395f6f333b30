"""What the readers of binary bodies share: their error, and how bytes without a meaning are shown."""

from __future__ import annotations

SHOWN_BYTES = 32


class PackedError(ValueError):
    """A binary body is not what it says; the text is a sentence for a person."""


def show_bytes(data: bytes) -> str:
    """Return bytes as a person reads them: "3 bytes: 00 01 ff", cut after the first few."""
    if not data:
        return "0 bytes"
    count = f"{len(data):,} byte{'' if len(data) == 1 else 's'}"
    return f"{count}: {data[:SHOWN_BYTES].hex(' ')}{' …' if len(data) > SHOWN_BYTES else ''}"
