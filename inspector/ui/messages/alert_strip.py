"""The alert over the list: messages that were sent to somebody who had opted out."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import faded
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import LinkButton
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.labels import ElidingLabel

_ICON_PX = 16
_LEFT_PX = 14
_TEXT_LEFT_PX = 40
_HEIGHT_PX = 36


class AlertStrip(QWidget):
    """Hidden while there is nothing to alert of.

    Signals:
        toggled(bool): show only those messages, or all again.
    """

    toggled = Signal(bool)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self._count = 0
        self._only = False
        self.words = ElidingLabel(theme, "", self, font="strong", color="failFg")
        self.button = LinkButton(theme, icons, "Show", "", self)
        self.button.clicked.connect(lambda: self.toggled.emit(not self._only))
        row = QHBoxLayout(self)
        row.setContentsMargins(_TEXT_LEFT_PX, 0, 14, 0)
        row.setSpacing(12)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self.setFixedHeight(_HEIGHT_PX)
        self.hide()
        theme.changed.connect(self.update)

    @property
    def only(self) -> bool:
        """Whether only the messages that were sent after an opt-out are shown."""
        return self._only

    def show_count(self, count: int) -> None:
        """Tell how many there are; the first of them is announced."""
        if count and not self._count:
            announce(self, _words(count))
        self._count = count
        self.words.setText(_words(count))
        self.setVisible(count > 0 or self._only)

    def set_only(self, only: bool) -> None:
        """Take note of what the list shows."""
        self._only = only
        self.button.setText("Show all messages" if only else "Show")
        self.button.updateGeometry()
        self.setVisible(self._count > 0 or only)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.surface)
        painter.fillRect(self.rect(), tokens.failBg)
        painter.fillRect(0, self.height() - 1, self.width(), 1, faded(tokens.failFg, 0.25))
        top = (self.height() - _ICON_PX) / 2
        self._icons.paint(painter, "user-minus", tokens.failFg, _LEFT_PX, top, _ICON_PX)
        painter.end()


def _words(count: int) -> str:
    if count == 1:
        return "1 message was sent after its recipient opted out or reported spam"
    return f"{grouped(count)} messages were sent after their recipients opted out or reported spam"
