"""What the sidebar lists: all endpoints, each endpoint, and the saved views, with their counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from inspector.domain.endpoint import EndpointId
from inspector.ui.endpoints.saved_views import SAVED_VIEWS, SavedView
from inspector.ui.events.wording import short_count
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.marks import DotState

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NO_INDEX = QModelIndex()

STATE_WORDS: Mapping[DotState, str] = {
    "receiving": "receiving",
    "paused": "paused",
    "error": "not receiving",
    "idle": "never used",
}


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """One endpoint as the sidebar shows it; `failures` are wrong signatures nobody has looked at yet.

    `forwards_fail` says that one of its forward rules fails again and again.
    """

    id: EndpointId
    name: str
    path: str
    state: DotState = "receiving"
    events: int = 0
    failures: int = 0
    colour: str = ""
    forwards_fail: bool = False

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        said = f"{self.name}, {STATE_WORDS[self.state]}, {_events(self.events)}"
        if self.failures:
            said += f", {self.failures} unseen signature failure{'' if self.failures == 1 else 's'}"
        return f"{said}, forwarding fails" if self.forwards_fail else said


@dataclass(frozen=True, slots=True)
class AllRow:
    """The row of all endpoints."""

    events: int = 0

    name = "All endpoints"

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        return f"{self.name}, {_events(self.events)}"


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view with how many events of the scope it finds; None while that is not known."""

    view: SavedView
    events: int | None = None

    @property
    def name(self) -> str:
        """The view's name."""
        return self.view.name

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        return self.name if self.events is None else f"{self.name}, {_events(self.events)}"


SidebarRow = AllRow | EndpointRow | ViewRow


def _events(count: int) -> str:
    return f"{grouped(count)} event{'' if count == 1 else 's'}"


class SidebarModel(QAbstractListModel):
    """A list of rows of the sidebar; in the `rail` the tool tips are what the rows say otherwise.

    Signals:
        renamed(int, str): the user gave an endpoint another name; the list shows it once it is stored.
    """

    renamed = Signal(int, str)

    def __init__(self, rows: Sequence[SidebarRow], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = tuple(rows)
        self.rail = False

    def initial(self, place: int) -> str:
        """Return the letter that stands for a row in the rail."""
        return initials([row.name for row in self._rows[1:]])[place - 1]

    @property
    def rows(self) -> tuple[SidebarRow, ...]:
        """What is listed."""
        return self._rows

    def set_rows(self, rows: Sequence[SidebarRow]) -> None:
        """List something else; the same rows with other figures keep selection and place."""
        new, old = tuple(rows), self._rows
        if [_identity(row) for row in new] != [_identity(row) for row in old]:
            self.beginResetModel()
            self._rows = new
            self.endResetModel()
            return
        self._rows = new
        for place in (place for place, row in enumerate(new) if row != old[place]):
            self.dataChanged.emit(self.index(place, 0), self.index(place, 0))

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role in {Role.DisplayRole, Role.EditRole}:
            return row.name
        if role == Role.AccessibleTextRole:
            return row.spoken
        if role == Role.ToolTipRole:
            return _rail_tip(row) if self.rail else _tip(row)
        return None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        row = self._rows[index.row()] if index.isValid() else None
        name = str(value).strip()
        if role != Role.EditRole or not isinstance(row, EndpointRow) or name in {"", row.name}:
            return False
        self.renamed.emit(row.id, name)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and isinstance(self._rows[index.row()], EndpointRow):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags


def _identity(row: SidebarRow) -> object:
    return row.id if isinstance(row, EndpointRow) else row.name


def _tip(row: SidebarRow) -> str:
    if isinstance(row, EndpointRow):
        return f"{row.spoken}\n{row.path}"
    if isinstance(row, ViewRow):
        return f"{row.spoken}\n{row.view.search}"
    return row.spoken


def initials(names: Sequence[str]) -> tuple[str, ...]:
    """Return one letter for each name, a different one where its words allow: "RCS production", "RCS staging": R, S."""
    taken: set[str] = set()
    letters: list[str] = []
    for name in names:
        offered = [word[0].upper() for word in name.split()] or ["?"]
        letter = next((item for item in offered if item not in taken), offered[0])
        taken.add(letter)
        letters.append(letter)
    return tuple(letters)


def _rail_tip(row: SidebarRow) -> str:
    said = row.name if row.events is None else f"{row.name}, {short_count(row.events)}"
    failures = row.failures if isinstance(row, EndpointRow) else 0
    said = f"{said}, {failures} signature failures" if failures else said
    return f"{said}, forwarding fails" if isinstance(row, EndpointRow) and row.forwards_fail else said


def view_rows(counts: Mapping[str, int]) -> tuple[ViewRow, ...]:
    """Return the rows of the saved views; `counts` are events by the view's key."""
    return tuple(ViewRow(view, counts.get(view.key)) for view in SAVED_VIEWS)
