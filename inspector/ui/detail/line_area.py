"""Rows of text of any number: only those in sight are made and painted. Serves hex dumps and very long bodies."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from inspector.ui.theme import Theme
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.paint import baseline

_LEFT_PX = 16
_GAP_PX = 14
_TOP_PX = 8
_LINE_SHARE = 1.75


class Rows(Protocol):
    """What is shown: a number of rows, each with a label at its left."""

    @property
    def row_count(self) -> int:
        """How many rows there are."""

    def row(self, row: int) -> str:
        """Return a row's text."""

    def label(self, row: int) -> str:
        """Return what stands before a row, "" for nothing."""


class LineArea(QAbstractScrollArea):
    """Scrolls by wheel, bar and keyboard; `marked` is a row that is highlighted.

    Signals:
        row_changed(int): another row is at the top.
    """

    row_changed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: Rows | None = None
        self._columns = 0
        self._label_chars = 0
        self._marked = -1
        self._ring = FocusWatch(self)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.verticalScrollBar().valueChanged.connect(self._on_scroll)
        self.horizontalScrollBar().valueChanged.connect(self.viewport().update)
        theme.changed.connect(self._on_theme)

    @property
    def row_px(self) -> int:
        """The height of a row."""
        return round(self._theme.font("mono").pixelSize() * _LINE_SHARE)

    @property
    def char_px(self) -> float:
        """The width of a character."""
        return QFontMetricsF(self._theme.font("mono")).horizontalAdvance("0")

    def columns_in_sight(self) -> int:
        """Return how many characters fit beside each other, labels not counted."""
        return int((self.viewport().width() - 2 * _LEFT_PX) / self.char_px)

    def set_rows(self, rows: Rows | None, columns: int) -> None:
        """Show other rows; `columns` is the width of the widest in characters."""
        self._rows = rows
        self._columns = columns
        self._marked = -1
        count = rows.row_count if rows is not None else 0
        self._label_chars = len(rows.label(count - 1)) if rows is not None and count else 0
        if rows is not None and count and not self._label_chars:
            self._label_chars = len(str(count)) if rows.label(0) else 0
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)
        self._fit()
        self.viewport().update()

    def go_to(self, row: int) -> None:
        """Mark a row and bring it into sight."""
        self._marked = row
        bar = self.verticalScrollBar()
        if not bar.value() <= row < bar.value() + bar.pageStep() - 1:
            bar.setValue(max(0, row - bar.pageStep() // 3))
        self.viewport().update()

    def _text_left(self) -> float:
        return _LEFT_PX + (self._label_chars * self.char_px + _GAP_PX if self._label_chars else 0)

    def _fit(self) -> None:
        count = self._rows.row_count if self._rows is not None else 0
        page = max(1, (self.viewport().height() - _TOP_PX) // self.row_px)
        self.verticalScrollBar().setPageStep(page)
        self.verticalScrollBar().setRange(0, max(0, count - page))
        width = round(self._text_left() + self._columns * self.char_px + _LEFT_PX)
        self.horizontalScrollBar().setPageStep(self.viewport().width())
        self.horizontalScrollBar().setSingleStep(round(self.char_px * 4))
        self.horizontalScrollBar().setRange(0, max(0, width - self.viewport().width()))

    def _on_theme(self) -> None:
        self._fit()
        self.viewport().update()

    def _on_scroll(self, value: int) -> None:
        self.viewport().update()
        self.row_changed.emit(value)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        if event.key() == Qt.Key.Key_Home:
            bar.setValue(0)
        elif event.key() == Qt.Key.Key_End:
            bar.setValue(bar.maximum())
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and isinstance(event, QPaintEvent):
            self._paint(event)
            return True
        return super().viewportEvent(event)

    def _paint(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        tokens = self._theme.tokens
        painter.fillRect(event.rect(), tokens.surface)
        if self._rows is not None:
            first = self.verticalScrollBar().value()
            last = min(self._rows.row_count, first + self.viewport().height() // self.row_px + 2)
            for row in range(first, last):
                self._paint_row(painter, row, _TOP_PX + (row - first) * self.row_px)
        if self._ring.visible:
            paint_ring(painter, QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1), 4, tokens.focus)
        painter.end()

    def _paint_row(self, painter: QPainter, row: int, top: int) -> None:
        assert self._rows is not None
        tokens = self._theme.tokens
        font = self._theme.font("mono")
        rect = QRectF(0, top, self.viewport().width(), self.row_px)
        if row == self._marked:
            painter.fillRect(rect, tokens.warnBg)
        y = baseline(rect, font)
        shift = self.horizontalScrollBar().value()
        painter.setFont(font)
        painter.setPen(tokens.text3)
        label = self._rows.label(row)
        left = _LEFT_PX + (self._label_chars - len(label)) * self.char_px - shift
        painter.drawText(round(left), round(y), label)
        painter.setPen(tokens.text)
        painter.drawText(round(self._text_left()) - shift, round(y), self._rows.row(row))
