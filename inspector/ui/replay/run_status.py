"""A long replay in the status bar: how far it is, a way back to its dialog, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from inspector.ui.icons import Icons
from inspector.ui.replay.run_dialog import RunWords
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import LinkButton, link_button
from inspector.ui.widgets.paint import fill_box

BAR = QSize(64, 6)


class RunStatus(QWidget):
    """Words that open what runs, a small bar, and Stop.

    Signals:
        show_requested: what runs is to be shown.
        stop_requested: what runs is to be stopped.
    """

    show_requested = Signal()
    stop_requested = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.link: LinkButton = link_button(theme, icons, "", self.show_requested.emit, self)
        self.bar = _Bar(theme, self)
        self.stop_link = link_button(theme, icons, "Stop", self.stop_requested.emit, self)
        self.stop_link.setAccessibleName("Stop the replay")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 16, 0)
        row.setSpacing(10)
        row.addWidget(self.link)
        row.addWidget(self.bar)
        row.addWidget(self.stop_link)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.hide()

    def show_words(self, words: RunWords, shows: str) -> None:
        """Say how far it is, and what a click on the words shows."""
        self.link.setToolTip(shows)
        self.link.setText(words.text)
        self.link.updateGeometry()
        self.bar.setVisible(words.share is not None)
        self.bar.set_share(words.share or 0.0)
        self.setAccessibleName(words.text)
        self.show()


class _Bar(QWidget):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share = 0.0
        self.setFixedSize(BAR)
        theme.changed.connect(self.update)

    def set_share(self, share: float) -> None:
        self._share = min(max(share, 0.0), 1.0)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect())
        fill_box(painter, rect, 3, self._theme.tokens.neutBg)
        if self._share:
            rect.setWidth(max(rect.height(), rect.width() * self._share))
            fill_box(painter, rect, 3, self._theme.tokens.accentFill)
        painter.end()
