"""The rows of the message table: ids in one array, the few rows that are looked at, and headers of campaigns.

An entry above zero is a message, -1 - n is the header of group n. A row that is not in memory is wished for with
`rows_wanted` and shown when it comes; until then it is an empty line, so nothing here waits for the disk.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import accumulate, filterfalse
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from inspector.store.message_reader import CampaignGroup
from inspector.timeline.row import MessageRow
from inspector.ui.messages.columns import COLUMNS
from inspector.ui.messages.wording import NO_CAMPAIGN, MessageStyle
from inspector.ui.widgets.counts import grouped

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NO_INDEX = QModelIndex()

PAGE_ROWS = 64
MOST_ROWS = 20_000

_ROLES = frozenset({Role.DisplayRole, Role.ToolTipRole, Role.AccessibleTextRole})


class MessageModel(QAbstractTableModel):
    """Messages as rows, COLUMNS as columns.

    Signals:
        rows_wanted(list[int]): ids of messages whose rows are not in memory.
    """

    rows_wanted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: array[int] = array("q")
        self._groups: tuple[CampaignGroup, ...] = ()
        self._closed: set[str] = set()
        self._entries: array[int] = array("q")
        self._rows: OrderedDict[int, MessageRow] = OrderedDict()
        self._asked: set[int] = set()
        self.style = MessageStyle()

    @property
    def ids(self) -> array[int]:
        """Every message of the list, also those in a closed group."""
        return self._ids

    @property
    def is_grouped(self) -> bool:
        """Whether messages stand under their campaigns."""
        return bool(self._groups)

    def show(self, ids: array[int], groups: Sequence[CampaignGroup] = ()) -> None:
        """Show other messages; rows in memory are kept."""
        self.beginResetModel()
        self._ids, self._groups = ids, tuple(groups)
        self._entries = self._make_entries()
        self._asked.clear()
        self.endResetModel()

    def _make_entries(self) -> array[int]:
        if not self._groups:
            return self._ids
        entries: array[int] = array("q")
        ends = list(accumulate(group.messages for group in self._groups))
        for number, (group, end) in enumerate(zip(self._groups, ends, strict=True)):
            entries.append(-1 - number)
            if group.campaign not in self._closed:
                entries.extend(self._ids[end - group.messages : end])
        return entries

    def toggle_group(self, row: int) -> None:
        """Open or close the group whose header is in a row."""
        group = self.group(row)
        if group is not None:
            self._closed ^= {group.campaign}
            self.beginResetModel()
            self._entries = self._make_entries()
            self.endResetModel()

    def apply(self, found: Sequence[int], others: Sequence[int], *, sort: bool) -> None:
        """Take over what changed: new messages come to the top, and with `sort` all that changed does.

        What no longer belongs here leaves. Rows in memory that changed are read again.
        """
        gone, changed = set(others), set(found)
        self._asked -= gone | changed
        if sort:
            # Filtered without a turn of the interpreter per id: there may be a hundred thousand.
            ids = array("q", found) + array("q", filterfalse((gone | changed).__contains__, self._ids))
        else:
            new = changed.difference(self._ids)
            ids = array("q", [id for id in found if id in new]) + self._ids
            if not gone.isdisjoint(self._ids):
                ids = array("q", filterfalse(gone.__contains__, ids))
        if ids != self._ids:
            self.show(ids, self._groups)
        self._want([id for id in found if id in self._rows])

    def forget_rows(self) -> None:
        """Read every row again when it is next looked at."""
        self._rows.clear()
        self._asked.clear()

    def put(self, rows: Iterable[MessageRow]) -> None:
        """Take rows in; those in view are painted anew."""
        for row in rows:
            self._rows[row.id] = row
            self._rows.move_to_end(row.id)
            self._asked.discard(row.id)
        while len(self._rows) > MOST_ROWS:
            self._rows.popitem(last=False)
        if self._entries:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._entries) - 1, len(COLUMNS) - 1))

    def id_at(self, row: int) -> int | None:
        """Return the id of the message in a row, None for a header."""
        return self._entries[row] if 0 <= row < len(self._entries) and self._entries[row] > 0 else None

    def group(self, row: int) -> CampaignGroup | None:
        """Return the group whose header is in a row, None for a message."""
        entry = self._entries[row] if 0 <= row < len(self._entries) else 0
        return self._groups[-1 - entry] if entry < 0 else None

    def is_closed(self, group: CampaignGroup) -> bool:
        """Whether a group's messages are hidden."""
        return group.campaign in self._closed

    def row_of(self, id: int) -> int | None:
        """Return the row of a message, None when it is not shown."""
        try:
            return self._entries.index(id)
        except ValueError:
            return None

    def message(self, row: int) -> MessageRow | None:
        """Return a row's message, None for a header and while it is being read."""
        id = self.id_at(row)
        if id is None:
            return None
        found = self._rows.get(id)
        if found is None and id not in self._asked:
            self._want(entry for entry in self._page_around(row) if entry > 0)
        return found

    def _page_around(self, row: int) -> array[int]:
        start = row // PAGE_ROWS * PAGE_ROWS
        return self._entries[start : start + PAGE_ROWS]

    def _want(self, ids: Iterable[int]) -> None:
        wanted = [id for id in ids if id not in self._asked]
        if wanted:
            self._asked.update(wanted)
            self.rows_wanted.emit(wanted)

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid() or role not in _ROLES:
            return None
        group = self.group(index.row())
        if group is not None:
            return group_words(group, closed=self.is_closed(group)) if role != Role.ToolTipRole else None
        row, column = self.message(index.row()), COLUMNS[index.column()]
        if row is None:
            return None
        if role == Role.AccessibleTextRole:
            return column.spoken(row, self.style)
        return column.text(row, self.style) or None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Role.ToolTipRole:
            return COLUMNS[section].tip
        return COLUMNS[section].title if role in {Role.DisplayRole, Role.AccessibleTextRole} else None


def group_words(group: CampaignGroup, *, closed: bool) -> str:
    """Say a group in words."""
    parts = [group.campaign or NO_CAMPAIGN, f"{grouped(group.messages)} messages"]
    parts += [f"{grouped(group.failed)} failed"] if group.failed else []
    parts += [f"{grouped(group.gaps)} with gaps"] if group.gaps else []
    return ", ".join([*parts, "closed" if closed else "open"])
