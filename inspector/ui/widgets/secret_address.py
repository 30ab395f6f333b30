"""A field for an address that lets whoever has it post: without the focus only its host and its end can be read."""

from __future__ import annotations

from urllib.parse import urlsplit

from PySide6.QtWidgets import QWidget

from inspector.ui.theme import Theme
from inspector.ui.widgets.secret_field import DOT, ENDING_CHARS, LEAST_CHARS, SecretField

DOTS = 4
"""So many stand for the covered part: how long it is is nobody's business."""


def covered_address(url: str) -> str:
    """Return an address as its host, dots and, where the rest is long enough, its last four characters."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host:
        return DOT * DOTS if url else ""
    scheme = "" if parts.scheme == "https" else f"{parts.scheme}://"
    start = f"{scheme}{host}{f':{port}' if port else ''}"
    rest = url.partition("://")[2].partition(parts.netloc)[2]
    if rest in ("", "/"):
        return start + rest
    return f"{start}/{DOT * DOTS}{rest[-ENDING_CHARS:] if len(rest) > LEAST_CHARS else ''}"


class SecretAddressField(SecretField):
    """Edits like a field for a secret; covered it still tells where it leads."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, name: str, placeholder: str) -> None:
        super().__init__(theme, "", parent, name=name)
        self.setPlaceholderText(placeholder)

    def shown_text(self, room_px: float) -> str:
        """Return what stands in the covered field."""
        return covered_address(self.text().strip())
