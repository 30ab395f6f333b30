"""Rows of a name, a bar and a figure: why deliveries failed, how retries went, how far a campaign got."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from inspector.ui.theme import Theme
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.paint import draw_text, fill_box, text_width

ROW_PX = 27
_BAR_PX = 7
_BAR_GAP_PX = 14
_LEAST_BAR_PX = 40


@dataclass(frozen=True, slots=True)
class BarRow:
    """One row. `share` (0 to 1) fills the bar in a token's colour, None paints a mark for what is still waited for.

    A `search` makes it a button that shows the events it counts; `spoken` is for a screen reader.
    """

    name: str
    share: float | None
    figure: str
    color: str
    search: str = ""
    quiet: bool = False
    spoken: str = ""


class BarRows(QWidget):
    """Rows below one another, their bars in one column; `name_share` of the width is the names'.

    Signals:
        chosen(str): show the events that a row's search finds.
    """

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, name_share: float = 0.5, strong: bool = False
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name_share, self._strong = name_share, strong
        self.rows: list[_Row] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[BarRow]) -> None:
        """Show these rows; those that stay keep the focus."""
        while len(self.rows) < len(rows):
            row = _Row(self._theme, self)
            row.clicked.connect(lambda _checked=False, row=row: self.chosen.emit(row.content.search))
            self.rows.append(row)
            self._column.addWidget(row)
        figure_px = max((text_width(row.figure, self._font()) for row in rows), default=0)
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(rows))
            if place < len(rows):
                row.show_row(rows[place], figure_px, self._name_share, self._strong, last=place == len(rows) - 1)

    def _font(self) -> QFont:
        return self._theme.font("column" if self._strong else "small", numbers=True)


class _Row(QAbstractButton):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.content = BarRow("", None, "", "chart")
        self._measures = (0, 0.5, False, False)
        self._ring = FocusWatch(self)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_theme)

    def show_row(self, content: BarRow, figure_px: int, name_share: float, strong: bool, *, last: bool) -> None:
        measures = (figure_px, name_share, strong, last)
        if content == self.content and measures == self._measures:
            return
        self.content, self._measures = content, measures
        self.setAccessibleName(content.spoken or f"{content.name}: {content.figure}")
        linked = bool(content.search)
        self.setEnabled(linked)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if linked else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if linked else Qt.CursorShape.ArrowCursor)
        self.setToolTip("Show these events" if linked else "")
        self.update()

    def _on_theme(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, max(ROW_PX, self._theme.font("small").pixelSize() + 15))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        content, theme, tokens = self.content, self._theme, self._theme.tokens
        figure_px, name_share, strong, last = self._measures
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if content.search and self.underMouse():
            fill_box(painter, rect.adjusted(-4, 0, 4, -1), theme.radius("control"), tokens.hover)
        figures = theme.font("column" if strong else "small", numbers=True)
        ink = tokens.text3 if content.quiet else tokens.text
        draw_text(painter, rect, content.figure, figures, ink, align=Qt.AlignmentFlag.AlignRight)
        names_px = round(rect.width() * name_share)
        bar = QRectF(names_px, 0, rect.width() - names_px - figure_px - 3 * _BAR_GAP_PX, _BAR_PX)
        if bar.width() < _LEAST_BAR_PX:
            names_px = round(rect.width() - figure_px - _BAR_GAP_PX)
        else:
            bar.moveTop(round((rect.height() - _BAR_PX) / 2))
            self._paint_bar(painter, bar)
        room = QRectF(0, 0, names_px - _BAR_GAP_PX, rect.height())
        draw_text(painter, room, content.name, theme.font("small"), tokens.text)
        if not last:
            painter.fillRect(QRectF(0, rect.height() - 1, rect.width(), 1), tokens.grid)
        if self._ring.visible:
            paint_ring(painter, rect, theme.radius("control"), tokens.focus)
        painter.end()

    def _paint_bar(self, painter: QPainter, bar: QRectF) -> None:
        content, tokens = self.content, self._theme.tokens
        fill_box(painter, bar, 2, tokens.neutBg)
        if content.share is None:
            fill_box(painter, QRectF(bar.left(), bar.top(), 3, bar.height()), 1.5, tokens.borderStrong)
        elif content.share > 0:
            width = max(4.0, bar.width() * min(content.share, 1.0))
            fill_box(painter, QRectF(bar.left(), bar.top(), width, bar.height()), 2, self._theme.color(content.color))
