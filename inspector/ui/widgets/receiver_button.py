"""The receiver button: whether webhooks come in, on which port, how many a second; opens the receiver menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QMenu, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import ButtonLook, ThemedButton
from inspector.ui.widgets.marks import paint_state
from inspector.ui.widgets.paint import draw_text, text_width
from inspector.ui.widgets.spinner import Turning, paint_spinner

ReceiverState = Literal["receiving", "paused", "stopped", "starting"]

WIDTH_PX = 160
COMPACT_WIDTH_PX = 48
BURST_PER_S = 50.0
_LOOK = ButtonLook("text", fill="surface", line="borderStrong", font="label")
_MARK_X_PX = 17
_TEXT_X_PX = 31
_CHEVRON_PX = 14
_CHEVRON_RIGHT_PX = 8
_GAP_PX = 6
_AFTER_PORT_PX = 7


@dataclass(frozen=True, slots=True)
class _StateWords:
    words: str
    spoken: str


_WORDS: dict[str, _StateWords] = {
    "receiving": _StateWords("Receiving", "receiving on port {port}"),
    "paused": _StateWords("Paused", "paused"),
    "stopped": _StateWords("Not receiving", "not receiving"),
    "starting": _StateWords("Starting", "starting"),
}


class ReceiverButton(ThemedButton):
    """160 px wide with words, 48 px without.

    Signals:
        menu_requested: it was clicked, before its menu opens.
    """

    menu_requested = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(theme, icons, "", "", parent, look=_LOOK, size_name="controlTop")
        self._state: ReceiverState = "starting"
        self._port = 0
        self._rate = 0.0
        self._compact = False
        self._menu: QMenu | None = None
        self._turning = Turning(theme, self)
        self._turning.turned.connect(self.update)
        self.setAccessibleDescription("Opens receiver menu")
        self.clicked.connect(self._open_menu)
        self.set_state("starting")

    @property
    def state(self) -> ReceiverState:
        """What the receiver does."""
        return self._state

    def set_state(self, state: ReceiverState, port: int = 0) -> None:
        """Show what the receiver does, and its port."""
        self._state, self._port = state, port or self._port
        self.updateGeometry()
        self._turning.set_running(state == "starting")
        row = _WORDS[state]
        self.setText(row.words)
        self.setAccessibleName(f"Receiver: {row.spoken.format(port=self._port)}")
        self.setToolTip(self.accessibleName())
        self.update()

    def set_rate(self, per_s: float) -> None:
        """Tell the events per second; over 50 they are shown instead of the port."""
        if per_s != self._rate:
            self._rate = per_s
            self.update()

    def set_compact(self, compact: bool) -> None:
        """Show the mark without words where the window is narrow."""
        self._compact = compact
        self._on_theme()

    def set_menu(self, menu: QMenu) -> None:
        """Open this menu on a click; the caller keeps it."""
        self._menu = menu

    def detail(self) -> str:
        """Return the small text after the words: the port, or the rate in a burst."""
        if self._state != "receiving":
            return ""
        return f"{self._rate:.0f}/s" if self._rate > BURST_PER_S else f":{self._port}" if self._port else ""

    def _open_menu(self) -> None:
        self.menu_requested.emit()
        if self._menu is not None:
            self._menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def sizeHint(self) -> QSize:
        height = self._theme.size("controlTop")
        if self._compact:
            return QSize(COMPACT_WIDTH_PX, height)
        words = max(text_width(row.words, self._theme.font("label")) for row in _WORDS.values())
        port = text_width(_WORDS["receiving"].words, self._theme.font("label")) + _GAP_PX
        port += text_width(f":{self._port}", self._theme.font("monoSmall")) + _AFTER_PORT_PX
        chevron = _CHEVRON_PX + _CHEVRON_RIGHT_PX
        return QSize(max(WIDTH_PX, _TEXT_X_PX + max(words, port) + chevron), height)

    def _paint_content(self, painter: QPainter, rect: QRectF, ink: QColor) -> None:
        center = QPointF(_MARK_X_PX, rect.height() / 2)
        if self._state == "starting":
            paint_spinner(painter, self._icons, center, 14, "text2", self._turning.degrees)
        else:
            mark = "error" if self._state == "stopped" else self._state
            paint_state(painter, center, mark, self._theme, self._icons, halo=True)
        right = rect.right() - _CHEVRON_RIGHT_PX - _CHEVRON_PX
        top = round((rect.height() - _CHEVRON_PX) / 2)
        self._icons.paint(painter, "chevron-down", "text2", right + 1, top, _CHEVRON_PX)
        if self._compact:
            return
        room = QRectF(_TEXT_X_PX, 0, right - _TEXT_X_PX - 4, rect.height())
        width = draw_text(painter, room, self._shown_text(), self._theme.font("label"), ink)
        detail = self.detail()
        if detail:
            font = self._theme.font("monoSmall")
            wide = text_width(detail, font)
            if room.left() + width + 4 + wide <= right:
                place = QRectF(right - wide - _AFTER_PORT_PX, 0, wide + 1, rect.height())
                draw_text(painter, place, detail, font, self._theme.tokens.text3)
