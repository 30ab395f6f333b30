"""The grid of two targets: an event a row, with both statuses, what differs in the body, and both times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector.domain.event import EventId
from inspector.replay.failures import short_title
from inspector.replay.versus import VersusRow, VersusSide
from inspector.ui.detail.sizes import spell_number
from inspector.ui.widgets.badges import duration

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its caption, its width (0: what the others leave), its text, the colour of that, where it stands."""

    title: str
    width_px: int
    text: Callable[[VersusRow, str], str]
    color: Callable[[VersusRow], str]
    right: bool = False
    mono: bool = False


def status_text(side: VersusSide) -> str:
    """Return a status, or in a word or two why there is none."""
    return str(side.status) if side.status is not None else short_title(side.failure)


def status_color(side: VersusSide) -> str:
    """Return the colour of a status."""
    if side.status is None or side.status >= 400:
        return "failFg"
    return "passFg" if side.status < 300 else "warnFg"


def slower_words(row: VersusRow) -> str:
    """Return by how much the second was slower or quicker; "" where one gave no response."""
    if row.a.status is None or row.b.status is None:
        return ""
    sign = "" if abs(row.slower_ms) < 0.5 else "+" if row.slower_ms > 0 else "−"
    return f"{sign}{duration(abs(row.slower_ms))}"


def body_words(row: VersusRow) -> str:
    """Return what differs in the bodies."""
    if row.a.status is None or row.b.status is None:
        return "no response" if row.a.status is None and row.b.status is None else "one response"
    return row.body or "same"


def _quiet(_row: VersusRow) -> str:
    return "text2"


COLUMNS: tuple[Column, ...] = (
    Column("Event", 92, lambda row, _label: spell_number(row.event_id), lambda _row: "text"),
    Column("Type", 0, lambda _row, label: label, lambda _row: "text"),
    Column("Status A", 112, lambda row, _label: status_text(row.a), lambda row: status_color(row.a)),
    Column("Status B", 112, lambda row, _label: status_text(row.b), lambda row: status_color(row.b)),
    Column("Body", 112, lambda row, _label: body_words(row), lambda row: "warnFg" if row.body else "text2"),
    Column("Time A", 72, lambda row, _label: duration(row.a.total_ms), _quiet, right=True),
    Column("Time B", 72, lambda row, _label: duration(row.b.total_ms), _quiet, right=True),
    Column("B slower", 80, lambda row, _label: slower_words(row), _quiet, right=True),
)


class VersusModel(QAbstractTableModel):
    """Rows are added while the run goes on; `only_differences` leaves out those whose sides say the same."""

    def __init__(self, label_of: Callable[[EventId], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._label_of = label_of
        self._labels: dict[EventId, str] = {}
        self._all: Sequence[VersusRow] = ()
        self._taken = 0
        self._only = False
        self.rows: list[VersusRow] = []

    @property
    def only_differences(self) -> bool:
        """Whether rows that say the same are left out."""
        return self._only

    def set_source(self, rows: Sequence[VersusRow]) -> None:
        """Show the rows of another run; the sequence may grow, `take` takes over what is new."""
        self._all = rows
        self._refill()

    def set_only_differences(self, only: bool) -> None:
        """Leave out rows whose sides say the same, or show all."""
        if only != self._only:
            self._only = only
            self._refill()

    def take(self) -> int:
        """Take over the rows that have come, and return how many are shown now."""
        new = [row for row in self._all[self._taken :] if self._shows(row)]
        self._taken = len(self._all)
        if new:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(new) - 1)
            self.rows += new
            self.endInsertRows()
        return len(self.rows)

    def _refill(self) -> None:
        self.beginResetModel()
        self.rows = [row for row in self._all if self._shows(row)]
        self._taken = len(self._all)
        self.endResetModel()

    def _shows(self, row: VersusRow) -> bool:
        return not (self._only and row.same)

    def label(self, row: VersusRow) -> str:
        """Return the type of a row's event."""
        if row.event_id not in self._labels:
            self._labels[row.event_id] = self._label_of(row.event_id)
        return self._labels[row.event_id]

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        wanted = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return COLUMNS[section].title if wanted and 0 <= section < len(COLUMNS) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return COLUMNS[index.column()].text(row, self.label(row))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(row)
        return None

    def spoken(self, row: VersusRow) -> str:
        """Return a row in words."""
        cells = (f"{column.title} {column.text(row, self.label(row))}" for column in COLUMNS)
        return f"{'Same' if row.same else 'Differs'}: {', '.join(cells)}"
