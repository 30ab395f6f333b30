"""The selection of the event table by event ids: it outlives a list that is filled anew."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, Signal

from inspector.domain.event import EventId
from inspector.ui.events.columns import COLUMNS
from inspector.ui.events.table_model import EventTableModel

MOST_KEPT = 10_000
"""A larger selection is given up when the list is filled anew: finding its rows would take too long."""

_Flag = QItemSelectionModel.SelectionFlag


class SelectionById(QObject):
    """Reads and sets what is selected in terms of event ids.

    Signals:
        changed(list[int]): ids of the selected events, from the top down.
        current_changed(object): id of the event to show, or None: the one the keyboard stands on if it is selected.
    """

    changed = Signal(object)  # Signal(list) would copy every number into a QVariant and back
    current_changed = Signal(object)

    def __init__(self, events: EventTableModel, rows: QItemSelectionModel, parent: QObject) -> None:
        super().__init__(parent)
        self._events = events
        self._rows = rows
        self._told: tuple[list[EventId], EventId | None] = ([], None)
        self._kept: tuple[list[EventId], EventId | None] = ([], None)
        self._refilling = False
        rows.selectionChanged.connect(self._tell)
        rows.currentRowChanged.connect(self._tell)
        events.modelAboutToBeReset.connect(self._keep)
        events.modelReset.connect(self._restore)

    def ids(self) -> list[EventId]:
        """Return the ids of the selected events, from the top down."""
        found: list[EventId] = []
        below = 0  # runs may overlap
        for first, last in sorted(set(self._runs())):
            if last >= below:
                found.extend(self._events.ids_between(max(first, below), last))
                below = last + 1
        return found

    def current(self) -> EventId | None:
        """Return the id of the event the keyboard stands on."""
        row = self._rows.currentIndex().row()
        return self._events.id_at(row) if 0 <= row < self._events.rowCount() else None

    def select_row(self, row: int) -> None:
        """Select one row alone and stand on it."""
        self._rows.setCurrentIndex(self._events.index(row, 0), _Flag.ClearAndSelect | _Flag.Rows)

    def stand_on(self, row: int) -> None:
        """Put the keyboard on a row without selecting it."""
        self._rows.setCurrentIndex(self._events.index(row, 0), _Flag.NoUpdate)

    def _runs(self) -> Iterator[tuple[int, int]]:
        selection = self._rows.selection()
        for place in range(selection.count()):
            part = selection.at(place)
            yield part.top(), part.bottom()

    def _tell(self) -> None:
        if self._refilling:
            return  # what is selected in between is no news
        ids, current = self.ids(), self.current()
        if not self._rows.isRowSelected(self._rows.currentIndex().row()):
            current = ids[0] if ids else None
        before, self._told = self._told, (ids, current)
        if self._told[0] != before[0]:
            self.changed.emit(self._told[0])
        if self._told[1] != before[1]:
            self.current_changed.emit(self._told[1])

    def _keep(self) -> None:
        self._refilling = True
        rows = sum(last - first + 1 for first, last in set(self._runs()))
        self._kept = (self.ids() if rows <= MOST_KEPT else [], self.current())

    def _restore(self) -> None:
        (selected, current), self._kept = self._kept, ([], None)
        selection = QItemSelection()
        for row in (self._events.row_of(event_id) for event_id in selected):
            if row is not None:
                selection.select(self._events.index(row, 0), self._events.index(row, len(COLUMNS) - 1))
        row = self._events.row_of(current) if current is not None else None
        if row is not None:
            self.stand_on(row)
        self._rows.select(selection, _Flag.ClearAndSelect)
        self._refilling = False
        self._tell()
