"""The chip in the top bar: whether the public address leads here; opens the tunnel's menu."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QMenu, QWidget

from inspector.tunnels.state import TunnelState, TunnelStatus
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.tunnels.words import ChipWords, chip_words
from inspector.ui.widgets.buttons import ButtonLook, ThemedButton
from inspector.ui.widgets.marks import paint_state
from inspector.ui.widgets.paint import draw_text, text_width
from inspector.ui.widgets.spinner import Turning, paint_spinner

LOOK = ButtonLook("text", hover="hover", font="label", padding_px=6)
MARK_PX = 14
MARK_X_PX = 12
TEXT_X_PX = 24
GAP_PX = 6
END_PX = 8
COMPACT_PX = 30
COUNT_MS = 500


def _utc_now() -> datetime:
    return datetime.now(UTC)


class TunnelChip(ThemedButton):
    """A mark with words, a mark alone where the window is narrow.

    Signals:
        menu_requested: it was clicked, before its menu opens.
        question_requested: it was clicked while the tunnel waits for an answer.
    """

    menu_requested = Signal()
    question_requested = Signal()

    def __init__(
        self, theme: Theme, icons: Icons, parent: QWidget | None = None, *, now: Callable[[], datetime] = _utc_now
    ) -> None:
        super().__init__(theme, icons, "", "", parent, look=LOOK, size_name="controlTop")
        self._now = now
        self._state = TunnelState()
        self._words = ChipWords("")
        self._compact = False
        self._menu: QMenu | None = None
        self._turning = Turning(theme, self)
        self._turning.turned.connect(self.update)
        self._counting = QTimer(self, interval=COUNT_MS)
        self._counting.timeout.connect(self._tell)
        self.setAccessibleDescription("Opens tunnel menu")
        self.clicked.connect(self._open)
        self.set_state(self._state)

    @property
    def words(self) -> ChipWords:
        """What it says."""
        return self._words

    def set_state(self, state: TunnelState) -> None:
        """Show how the tunnel is."""
        self._state = state
        self._turning.set_running(state.status is TunnelStatus.CONNECTING)
        if state.status is TunnelStatus.DOWN and state.retry_at is not None:
            self._counting.start()
        else:
            self._counting.stop()
        self._tell()

    def set_compact(self, compact: bool) -> None:
        """Show the mark alone."""
        self._compact = compact
        self._on_theme()

    def set_menu(self, menu: QMenu) -> None:
        """Open this menu on a click; the caller keeps it."""
        self._menu = menu

    def _tell(self) -> None:
        words = chip_words(self._state, self._now())
        more = str(self._state.error or self._state.note)
        self.setToolTip(f"{words.spoken}. {more}" if more else words.spoken)
        if words == self._words:
            return
        wider = words.spoken != self._words.spoken
        self._words = words
        self.setText(words.spoken)
        self.setAccessibleName(words.spoken)
        if wider:
            self.updateGeometry()
        self.update()

    def _open(self) -> None:
        if self._state.status is TunnelStatus.ASKING:
            self.question_requested.emit()
            return
        self.menu_requested.emit()
        if self._menu is not None:
            self._menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def sizeHint(self) -> QSize:
        height = self._theme.size("controlTop")
        if self._compact:
            return QSize(COMPACT_PX, height)
        wide = text_width(self._words.words, self._theme.font("label"))
        if self._words.detail:
            wide += GAP_PX + text_width(self._words.detail, self._detail_font())
        return QSize(TEXT_X_PX + wide + END_PX, height)

    def _detail_font(self) -> QFont:
        return self._theme.font("label" if self._offers else "body")

    @property
    def _offers(self) -> bool:
        """Whether the detail is something to do."""
        return self._state.status in (TunnelStatus.OFF, TunnelStatus.ASKING)

    def _paint_content(self, painter: QPainter, rect: QRectF, _ink: QColor) -> None:
        tokens = self._theme.tokens
        middle = rect.height() / 2
        center = QPointF(rect.width() / 2 if self._compact else MARK_X_PX, middle)
        self._paint_mark(painter, center)
        if self._compact:
            return
        room = QRectF(TEXT_X_PX, 0, rect.width() - TEXT_X_PX - END_PX + 2, rect.height())
        ink = self._theme.color(self._words.color)
        width = draw_text(painter, room, self._words.words, self._theme.font("label"), ink)
        if self._words.detail:
            place = room.adjusted(width + GAP_PX, 0, 0, 0)
            tint = tokens.accent if self._offers else tokens.text2
            draw_text(painter, place, self._words.detail, self._detail_font(), tint)

    def _paint_mark(self, painter: QPainter, center: QPointF) -> None:
        status = self._state.status
        if status is TunnelStatus.CONNECTING:
            paint_spinner(painter, self._icons, center, MARK_PX, "text2", self._turning.degrees)
        elif status in (TunnelStatus.UP, TunnelStatus.OFF):
            mark = "receiving" if status is TunnelStatus.UP else "idle"
            paint_state(painter, center, mark, self._theme, self._icons)  # type: ignore[arg-type]  # the Literal
        else:
            icon = "key-round" if status is TunnelStatus.ASKING else "unplug"
            tint = self._theme.color(self._words.color)
            corner = (round(center.x() - MARK_PX / 2), round(center.y() - MARK_PX / 2))
            self._icons.paint(painter, icon, tint, *corner, MARK_PX)
