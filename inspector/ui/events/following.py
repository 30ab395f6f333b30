"""Keeps the list at its newest end, or the rows still under the reader's eyes, while events come in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QTableView

from inspector.ui.events.live import LiveState
from inspector.ui.events.new_events_pill import NewEventsPill
from inspector.ui.events.table_model import EventTableModel

_PILL_TOP_PX = 9

Place = tuple[int, int]
"""A place in the list: the topmost event in view, and how many of its pixels are scrolled out."""


class Following(QObject):
    """Moves the scroll bar of a table whose rows all have one height, and tells live from held by live.py's rule.

    Signals:
        changed(LiveState): the list follows or stands still, or more events wait.
    """

    changed = Signal(object)

    def __init__(self, table: QTableView, events: EventTableModel, pill: NewEventsPill) -> None:
        super().__init__(table)
        self._table = table
        self._events = events
        self._pill = pill
        self._bar = table.verticalScrollBar()
        self._moving_itself = False
        self.state = LiveState()
        self._bar.valueChanged.connect(self._on_scrolled)
        self._bar.rangeChanged.connect(self.place_pill)
        pill.clicked.connect(self.follow)

    def follow(self) -> None:
        """Go to the newest event and follow what comes in."""
        with self.moving():
            self._go_to_newest()
        self._set(self.state.follow())

    def hold(self) -> None:
        """Stand still."""
        self._set(self.state.hold())

    def added(self, count: int) -> None:
        """Rows were added at the newest end: stay there, or keep the rows in view where they are."""
        with self.moving():
            self._table.updateGeometries()
            if not self.state.held:
                self._go_to_newest()
            elif not self._events.oldest_first:
                self._bar.setValue(self._bar.value() + count * self._row_px())
        self._set(self.state.arrived(count))

    def resized(self) -> None:
        """The table has another size: what follows still shows the newest event."""
        if not self.state.held:
            with self.moving():
                self._go_to_newest()
        self.place_pill()

    def place(self) -> Place | None:
        """Return where the reader is, None in an empty list."""
        row = self._table.rowAt(0)
        return None if row < 0 else (self._events.id_at(row), -self._table.rowViewportPosition(row))

    def return_to(self, place: Place) -> None:
        """Show the list from a place that `place` told, as far as the event is still there."""
        row = self._events.row_of(place[0])
        if row is not None:
            with self.moving():
                self._table.updateGeometries()
                self._bar.setValue(row * self._row_px() + place[1])

    @contextmanager
    def moving(self) -> Iterator[None]:
        """Scroll without taking it for the reader's wish."""
        before, self._moving_itself = self._moving_itself, True
        try:
            yield
        finally:
            self._moving_itself = before

    def place_pill(self) -> None:
        """Put the pill over the newest end of the list."""
        area = self._table.viewport().geometry()
        y = area.top() + _PILL_TOP_PX
        if self._events.oldest_first:
            y = area.bottom() - self._pill.height() - _PILL_TOP_PX
        self._pill.move((self._table.width() - self._pill.width()) // 2, y)
        self._pill.raise_()

    def _row_px(self) -> int:
        return self._table.verticalHeader().defaultSectionSize()

    def _go_to_newest(self) -> None:
        self._bar.setValue(self._bar.maximum() if self._events.oldest_first else self._bar.minimum())

    def _on_scrolled(self, value: int) -> None:
        if not self._moving_itself:
            newest = value >= self._bar.maximum() if self._events.oldest_first else value <= self._bar.minimum()
            self._set(self.state.scrolled(at_newest=newest))

    def _set(self, state: LiveState) -> None:
        if state != self.state:
            self.state = state
            self._pill.show_count(state.waiting, at_bottom=self._events.oldest_first)
            self.place_pill()
            self.changed.emit(state)
