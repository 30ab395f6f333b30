"""The table of a rule's log: painted rows, the newest on top; a click shows the event."""

from __future__ import annotations

from itertools import chain, islice

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from inspector.domain.series import Series
from inspector.ui.events.kit import CellKit, Face
from inspector.ui.forwarding.log_model import COLUMNS, LogModel, time_text
from inspector.ui.forwarding.words import LOOKS
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.painted_table import PaintedTable, paint_ground

LEFT_PX = 12
GAP_PX = 8
ICON_PX = 14
ROW = "eventRow"
NARROW_PX = 560
"""Below this width the table does without the time, and other columns are narrower."""

NARROWER_PX = {"status": 74, "state": 148}
EMPTY = "Nothing forwarded yet. Events that arrive from now on appear here."


class LogDelegate(QStyledItemDelegate):
    """Paints everything itself."""

    def __init__(self, model: LogModel, kit: CellKit, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model, self._kit = model, kit

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(40, self._kit.theme.size(ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        series = self._model.series(index.row())
        if series is not None:
            paint_ground(painter, option, index, self._kit.theme)
            self._cell(painter, option.rect, series, index.column())

    def _cell(self, painter: QPainter, rect: QRect, series: Series, place: int) -> None:
        column, tokens, kit = COLUMNS[place], self._kit.theme.tokens, self._kit
        text = self._model.text(series, column)
        if column.key == "time":
            whole, part = time_text(series)
            face = kit.face("mono")
            self._text(painter, rect, whole, face, tokens.text, left=LEFT_PX)
            self._text(painter, rect, part, face, tokens.text3, left=LEFT_PX + round(face.width(whole)))
        elif column.key == "state":
            look = LOOKS[series.state]
            top = rect.top() + (rect.height() - 1 - ICON_PX) // 2
            kit.icons.paint(painter, look.icon, look.color, rect.left(), top, ICON_PX)
            ink = getattr(tokens, look.color)
            self._text(painter, rect, text, kit.face("small", numbers=True), ink, left=ICON_PX + 6)
        elif column.key == "status":
            failed = bool(series.failure)
            face = kit.face("monoStrong" if failed else "mono") if series.status is not None else kit.face("small")
            self._text(painter, rect, text, face, tokens.failFg if failed else tokens.text2)
        else:
            mono = column.key == "target"
            face = kit.face("mono") if mono else kit.face("small", numbers=True)
            left = LEFT_PX if rect.left() <= 0 else 0
            ink = tokens.text2 if mono else tokens.text
            self._text(painter, rect, text, face, ink, left=left, right=column.right)

    @staticmethod
    def _text(
        painter: QPainter,
        rect: QRect,
        text: str,
        face: Face,
        color: QColor,
        *,
        left: int = 0,
        right: bool = False,
    ) -> None:
        room = rect.width() - left - (2 * GAP_PX if right else GAP_PX)
        if face.width(text) > room:
            text = face.metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, room))
        x = rect.left() + left + (room - face.width(text) if right else 0)
        painter.setFont(face.font)
        painter.setPen(color)
        painter.drawText(QPointF(x, rect.top() + round((rect.height() - 1 + face.cap_px) / 2)), text)


class LogTable(PaintedTable):
    """Rows can be chosen together.

    Signals:
        event_wanted(int): a row was clicked, or Enter pressed on it; the event's number.
        chosen_changed: other rows are chosen.
    """

    event_wanted = Signal(object)
    chosen_changed = Signal()

    def __init__(self, model: LogModel, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(model, COLUMNS, theme, "Log of the rule", parent)
        self._log = model
        self._kit = CellKit(theme, icons)
        self.empty_text = EMPTY
        self.setItemDelegate(LogDelegate(model, self._kit, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.clicked.connect(self._on_click)
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())
        model.rowsInserted.connect(self._on_inserted)
        self.fit_theme()

    def fit_theme(self) -> None:
        self._kit.refresh()
        super().fit_theme()

    @property
    def _is_narrow(self) -> bool:
        return self.viewport().width() < NARROW_PX * self.text_scale

    def width_of(self, place: int) -> int | None:
        column = COLUMNS[place]
        if not self._is_narrow:
            return column.width_px
        return None if column.key == "time" else NARROWER_PX.get(column.key, column.width_px)

    def margins_of(self, place: int) -> tuple[int, int]:
        first = int(self._is_narrow)
        return LEFT_PX if place == first else 0, 2 * GAP_PX if COLUMNS[place].right else 4

    @property
    def at_top(self) -> bool:
        """Whether the newest row is in view."""
        return self.verticalScrollBar().value() == 0

    def _ranges(self) -> list[range]:
        """Return the chosen rows from top to bottom; Qt's list of indexes takes seconds for 100,000 of them."""
        chosen = self.selectionModel().selection()
        parts = [chosen.at(place) for place in range(chosen.count())]
        ranges = sorted({(one.top(), one.bottom()) for one in parts})
        return [range(top, bottom + 1) for top, bottom in ranges]

    @property
    def chosen_count(self) -> int:
        """How many rows are chosen."""
        return sum(map(len, self._ranges()))

    def chosen(self, most: int | None = None) -> list[Series]:
        """Return the series of the chosen rows, from top to bottom; the first `most` of them."""
        rows = islice(chain.from_iterable(self._ranges()), most)
        return [series for row in rows if (series := self._log.series(row)) is not None]

    def _on_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        """Leave what is read in its place while rows come on top."""
        bar = self.verticalScrollBar()
        if first == 0 and bar.value() > 0:
            value = bar.value() + (last - first + 1) * self.verticalHeader().defaultSectionSize()
            self.updateGeometries()
            bar.setValue(value)

    def _on_click(self, index: QModelIndex) -> None:
        if self.chosen_count == 1:
            self._show(index.row())

    def _show(self, row: int) -> None:
        series = self._log.series(row)
        if series is not None:
            self.event_wanted.emit(series.event_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._show(self.currentIndex().row())
        else:
            super().keyPressEvent(event)
