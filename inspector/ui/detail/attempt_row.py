"""One attempt in the list of replays: a row that opens and closes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from inspector.ui.detail.attempt_words import Outcome
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import link_button
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.labels import ElidingLabel, Label
from inspector.ui.widgets.paint import draw_text, fill_box, text_width
from inspector.ui.widgets.spinner import Spinner

ROW_PX = 48
ICON_PX = 18
_TEXT_LEFT_PX = 38
_PAD_PX = 8


class AttemptRow(QAbstractButton):
    """Target and time at the left, how it ended at the right; checked while it is open."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._url = ""
        self._when = ""
        self._outcome = Outcome("circle-x", "failFg", "", "")
        self._indent = 0
        self._is_plain = False
        self._ring = FocusWatch(self)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_attempt(self, url: str, when: str, outcome: Outcome, *, plain: bool = False, indent: int = 0) -> None:
        """Show an attempt; `plain`: its first line is words, not an address."""
        self._url, self._when, self._outcome = url, when, outcome
        self._is_plain, self._indent = plain, indent
        self.setAccessibleName(", ".join(part for part in (url, when, outcome.word, outcome.detail) if part))
        self.setToolTip("" if plain else url)
        self.update()

    def _icon_room(self) -> tuple[float, float]:
        """Return where the icon and where the text begins."""
        return _PAD_PX + 2 + self._indent, _TEXT_LEFT_PX + self._indent

    def _right_px(self) -> float:
        """Return what is kept free at the right."""
        return _PAD_PX

    def _paint_icon(self, painter: QPainter, x: float, y: float) -> None:
        self._icons.paint(painter, self._outcome.icon, self._outcome.color, x, y, ICON_PX)

    def sizeHint(self) -> QSize:
        return QSize(300, ROW_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, ROW_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self.isChecked() or self.underMouse():
            ground = tokens.selected if self.isChecked() else tokens.hover
            fill_box(painter, rect.adjusted(0, 1, 0, -1), self._theme.radius("control"), ground)
        look = self._outcome
        icon_x, text_x = self._icon_room()
        self._paint_icon(painter, icon_x, rect.center().y() - ICON_PX / 2)
        upper = QRectF(text_x, 6, rect.width() - text_x - self._right_px(), 18)
        lower = upper.translated(0, 18)
        small = self._theme.font("small", numbers=True)
        strong = self._theme.font("strong", numbers=True)
        room = text_width(look.word, strong)
        draw_text(painter, _right(upper, room), look.word, strong, self._theme.color(look.color))
        font = self._theme.font("label" if self._is_plain else "mono")
        left = upper.adjusted(0, 0, -room - 12, 0)
        mode = Qt.TextElideMode.ElideRight if self._is_plain else Qt.TextElideMode.ElideMiddle
        draw_text(painter, left, self._url, font, tokens.text, mode=mode)
        room = text_width(look.detail, small)
        draw_text(painter, _right(lower, room), look.detail, small, tokens.text2)
        draw_text(painter, lower.adjusted(0, 0, -room - 12, 0), self._when, small, tokens.text2)
        if self._ring.visible:
            paint_ring(painter, rect.adjusted(0, 1, 0, -1), self._theme.radius("control"), tokens.focus)
        painter.end()


def _right(rect: QRectF, width: float) -> QRectF:
    return QRectF(rect.right() - width, rect.top(), width + 1, rect.height())


class RunningRow(QWidget):
    """The attempt that runs: a spinner, the target, and a way to stop it."""

    def __init__(self, theme: Theme, icons: Icons, cancel: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spinner = Spinner(theme, icons, self, size_px=ICON_PX)
        self.url = ElidingLabel(theme, "", self, font="mono", mode=Qt.TextElideMode.ElideMiddle)
        self.word = Label(theme, "Running", self, font="strong", color="accent")
        self.cancel_link = link_button(theme, icons, "Cancel", cancel, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(_PAD_PX + 2, 0, _PAD_PX, 0)
        row.setSpacing(10)
        row.addWidget(self.spinner)
        row.addWidget(self.url, 1)
        row.addWidget(self.word)
        row.addWidget(self.cancel_link)
        self.setFixedHeight(ROW_PX)

    def set_target(self, url: str) -> None:
        """Say where it goes."""
        self.url.setText(url)
        self.setAccessibleName(f"Replay to {url} is running")
