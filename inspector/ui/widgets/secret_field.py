"""A field for a secret: covered but for its last characters, so that one can be told from another."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QWidget

from inspector.ui.theme import Theme
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.paint import draw_text, text_width

ENDING_CHARS = 4
LEAST_CHARS = 16  # a shorter secret would be given away by a quarter of it
DOT = "•"
_PADDING_PX = 11


def covered(secret: str) -> str:
    """Return a secret as dots and, where it is long enough, its last four characters."""
    if len(secret) < LEAST_CHARS:
        return DOT * len(secret)
    return DOT * (len(secret) - ENDING_CHARS) + secret[-ENDING_CHARS:]


class SecretField(TextField):
    """Edits like a password field; without the focus it shows dots and the ending."""

    def __init__(self, theme: Theme, text: str = "", parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(theme, text, parent, name=name, placeholder="Paste the secret", mono=True)
        self._look = theme
        self.setEchoMode(QLineEdit.EchoMode.Password)

    def set_shown(self, shown: bool) -> None:
        """Show the secret as it is, or cover it again."""
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)

    def shown_text(self, room_px: float) -> str:
        """Return what stands in the covered field: as many dots as fit before the ending."""
        text, font = covered(self.text()), self._look.font("mono")
        most = max(ENDING_CHARS, int(room_px // max(1, text_width(DOT, font))))
        return text[-most:]

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.hasFocus() or not self.text() or self.echoMode() != QLineEdit.EchoMode.Password:
            super().paintEvent(event)
            return
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        painter = QPainter(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option, painter, self)
        room = QRectF(self.rect()).adjusted(_PADDING_PX, 0, -_PADDING_PX, 0)
        tokens = self._look.tokens
        ink = tokens.text if self.isEnabled() else tokens.text3
        draw_text(painter, room, self.shown_text(room.width()), self._look.font("mono"), ink)
        painter.end()
