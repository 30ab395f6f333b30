"""The rows of the Headers view: painted, steered by keyboard, with masked secrets and a copy button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from inspector.ui.detail.header_groups import MASK, HeaderLine
from inspector.ui.detail.keys import claim
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.badges import Badge, badge_width, paint_badge
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.paint import draw_text, text_width

ROW_PX = 28
NAME_WIDTH_PX = 168
_PAD_PX = 16
_COPY_PX = 32


class HeaderRows(QWidget):
    """The lines of one group. Up and Down move, Enter shows a masked value, Ctrl+C copies.

    Signals:
        copy_requested(HeaderLine): copy this line's value.
        menu_requested(HeaderLine, QPoint): open a context menu at a point of the screen.
    """

    copy_requested = Signal(object)
    menu_requested = Signal(object, QPoint)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self.lines: tuple[HeaderLine, ...] = ()
        self._badge: Badge | None = None
        self._bare: set[int] = set()
        self._current = -1
        self._hovered = -1
        self._ring = FocusWatch(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_lines(self, title: str, lines: tuple[HeaderLine, ...], badge: Badge | None) -> None:
        """Show other lines; what was bare is masked again."""
        self.lines, self._badge = lines, badge
        self._bare.clear()
        self._current = self._hovered = -1
        self.setAccessibleName(title)
        self._describe()
        self.updateGeometry()
        self.update()

    def _describe(self) -> None:
        spoken = (f"{line.name}: {self.shown_value(row)}" for row, line in enumerate(self.lines))
        self.setAccessibleDescription("; ".join(spoken))

    def shown_value(self, row: int) -> str:
        """Return a line's value as it is shown: masked while it is a secret nobody asked to see."""
        line = self.lines[row]
        return MASK if line.secret and row not in self._bare else line.value

    def toggle(self, row: int) -> None:
        """Show a masked value, or mask it again."""
        if 0 <= row < len(self.lines) and self.lines[row].secret:
            self._bare ^= {row}
            self._describe()
            self.update()

    @property
    def _row_px(self) -> int:
        return max(ROW_PX, self._theme.size("keyValueRow") + 2)

    def sizeHint(self) -> QSize:
        return QSize(360, self._row_px * len(self.lines))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self._row_px * len(self.lines))

    def _row_at(self, point: QPoint) -> int:
        row = point.y() // self._row_px
        return row if 0 <= row < len(self.lines) else -1

    def row_rect(self, row: int) -> QRect:
        """Return where a row is painted."""
        return QRect(0, row * self._row_px, self.width(), self._row_px)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        first = max(0, event.rect().top() // self._row_px)
        last = min(len(self.lines), event.rect().bottom() // self._row_px + 1)
        for row in range(first, last):
            self._paint_row(painter, row)
        painter.end()

    def _paint_row(self, painter: QPainter, row: int) -> None:
        tokens, line = self._theme.tokens, self.lines[row]
        rect = QRectF(self.row_rect(row))
        chosen = row == self._current and self.hasFocus()
        active = chosen or row == self._hovered
        if active:
            painter.fillRect(rect, tokens.selected if chosen else tokens.hover)
        elif row + 1 < len(self.lines):
            painter.fillRect(QRectF(_PAD_PX, rect.bottom() - 1, rect.width() - 2 * _PAD_PX, 1), tokens.grid)
        right = rect.right() - _PAD_PX
        if active:
            right = rect.right() - _COPY_PX
            self._icons.paint(painter, "copy", "text2", right + 2, rect.top() + (rect.height() - 15) / 2, 15)
            right -= 10
        if line.signature and self._badge is not None:
            width = badge_width(self._badge, self._theme)
            place = QRect(round(right) - width, round(rect.top()), width, round(rect.height()))
            paint_badge(painter, place, self._badge, self._theme, self._icons)
            right -= width + 14
        elif line.secret:
            icon = "eye-off" if row in self._bare else "eye"
            self._icons.paint(painter, icon, "text3", right - 15, rect.top() + (rect.height() - 15) / 2, 15)
            right -= 25
        name = QRectF(_PAD_PX, rect.top(), NAME_WIDTH_PX - 8, rect.height())
        draw_text(painter, name, line.name, self._theme.font("small"), tokens.text2)
        left = _PAD_PX + NAME_WIDTH_PX
        value = QRectF(left, rect.top(), right - left, rect.height())
        shown = self.shown_value(row)
        ink = tokens.text3 if shown == MASK else tokens.text
        draw_text(painter, value, shown[:500], self._theme.font("mono"), ink)
        if chosen and self._ring.visible:
            paint_ring(painter, rect, 4, tokens.focus)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().toPoint())
        if row != self._hovered:
            self._hovered = row
            self.update()

    def leaveEvent(self, _event: QEvent) -> None:
        self._hovered = -1
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().toPoint())
        if row < 0:
            return
        self._current = row
        self.update()
        if event.button() is Qt.MouseButton.LeftButton:
            if event.position().x() >= self.width() - _COPY_PX - 4:
                self.copy_requested.emit(self.lines[row])
            else:
                self.toggle(row)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        row = self._row_at(event.pos()) if by_mouse else self._current
        if 0 <= row < len(self.lines):
            self._current = row
            place = event.globalPos() if by_mouse else self.mapToGlobal(self.row_rect(row).bottomLeft())
            self.menu_requested.emit(self.lines[row], place)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._current < 0 and self.lines:
            backward = event.reason() is Qt.FocusReason.BacktabFocusReason
            self._current = len(self.lines) - 1 if backward else 0
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() in steps and 0 <= self._current + steps[Qt.Key(event.key())] < len(self.lines):
            self._current += steps[Qt.Key(event.key())]
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.toggle(self._current)
        elif event.matches(QKeySequence.StandardKey.Copy) and 0 <= self._current < len(self.lines):
            self.copy_requested.emit(self.lines[self._current])
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if claim(event, QKeySequence.StandardKey.Copy):
            return True
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            row = self._row_at(event.pos())
            QToolTip.showText(event.globalPos(), self._tip(row) if row >= 0 else "", self)
            return True
        return super().event(event)

    def _tip(self, row: int) -> str:
        shown = self.shown_value(row)
        if shown == MASK:
            return "Click to show"
        room = self.width() - NAME_WIDTH_PX - 2 * _PAD_PX - 30
        return shown if text_width(shown[:500], self._theme.font("mono")) > room else ""
