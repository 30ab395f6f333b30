"""A payload's tree for Qt: rows are numbers in the tree's tables, and long arrays give their rows when asked."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector.payload.grove import Graft, Grove
from inspector.payload.insides import Inside, inside_of
from inspector.payload.node import ROOT, NodeKind, Tree
from inspector.payload.tree_search import Kept
from inspector.payload.values import note_on, shown
from inspector.ui.detail.payload_facts import TAGS

ROWS_PER_FETCH = 400
DEEPEST_TAG = 24
NAME, VALUE = 0, 1
NODE_ROLE = int(Qt.ItemDataRole.UserRole)

Index = QModelIndex | QPersistentModelIndex


class PayloadModel(QAbstractItemModel):
    """Two columns, name and value. The root's children are the top rows; a body that is one value is one row.

    An index carries the node's number, so no object is made for a row. A text that holds something has children once
    `open_inside` was given them; until then it only says that it has.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tree: Grove | None = None
        self.received_at = datetime(1970, 1, 1, tzinfo=UTC)
        self._kept: Kept | None = None
        self._given: dict[int, int] = {}
        self._insides: dict[int, Inside | None] = {}
        self._fields: Mapping[str, str] = {}
        self._tags: dict[int, str] = {}

    def set_tree(self, tree: Tree | None, received_at: datetime | None = None) -> None:
        """Show another tree; times in it are told relative to `received_at`."""
        self.beginResetModel()
        self.tree = Grove(tree) if tree is not None else None
        self.received_at = received_at or self.received_at
        self._kept = None
        self._given.clear()
        self._insides.clear()
        self._fields = {}
        self._tags.clear()
        self.endResetModel()

    def set_fields(self, fields: Mapping[str, str]) -> None:
        """Mark the values that fed a column, by their paths."""
        self._fields = fields
        self._tags.clear()

    def inside(self, node: int) -> Inside | None:
        """Return what a value holds that can be opened, None for a plain one."""
        if node not in self._insides:
            assert self.tree is not None
            kind = self.tree.kind(node)
            self._insides[node] = None if kind.is_container else inside_of(kind, self.tree.text(node))
        return self._insides[node]

    def can_open(self, node: int) -> bool:
        """Whether a value holds something that is not opened yet."""
        return self.tree is not None and not self.tree.is_open(node) and self.inside(node) is not None

    def shut(self, node: int) -> None:
        """Take back that a value can be opened: it does not hold what it seemed to."""
        self._insides[node] = None
        index = self.index_of(node)
        self.dataChanged.emit(index, index.siblingAtColumn(VALUE))

    def open_inside(self, graft: Graft) -> None:
        """Put what a value holds under it."""
        assert self.tree is not None
        parent = self.index_of(graft.node)
        rows = min(graft.count, ROWS_PER_FETCH)
        if rows and parent.isValid():
            self.beginInsertRows(parent, 0, rows - 1)
            self.tree.join(graft)
            self.endInsertRows()
        else:
            self.tree.join(graft)

    def tag(self, node: int) -> str:
        """Return the word of the column a value fed, "" for none."""
        assert self.tree is not None
        if not self._fields or self.tree.kind(node).is_container:
            return ""
        if node not in self._tags:
            deep = len(self.tree.ancestors(node)) > DEEPEST_TAG
            self._tags[node] = "" if deep else TAGS.get(self._fields.get(self.tree.path(node), ""), "")
        return self._tags[node]

    def set_kept(self, kept: Kept | None) -> None:
        """Show only what a search left over, None for everything."""
        self.beginResetModel()
        self._kept = kept
        self._given.clear()
        self.endResetModel()

    @property
    def is_single(self) -> bool:
        """Whether the body is one value without structure."""
        return self.tree is not None and self.tree.kinds[ROOT] > NodeKind.ARRAY

    def node(self, index: Index) -> int:
        """Return the number of the node an index stands for, ROOT for an invalid one."""
        return int(index.internalId()) if index.isValid() else ROOT

    def index_of(self, node: int) -> QModelIndex:
        """Return the index of a node, making the rows up to it; invalid for the root and for hidden nodes."""
        if self.tree is None or (node == ROOT and not self.is_single):
            return QModelIndex()
        index = self.createIndex(0, NAME, ROOT) if self.is_single else QModelIndex()
        way = [*self.tree.ancestors(node)[1:], node] if node != ROOT else []
        for part in way:
            row = self._row_of(part)
            if not 0 <= row < self._total(self.node(index)):
                return QModelIndex()
            while row >= self._given_rows(self.node(index)):
                self.fetchMore(index)
            index = self.createIndex(row, NAME, part)
        return index

    def _row_of(self, node: int) -> int:
        assert self.tree is not None
        parent = self.tree.parents[node]
        if self._kept is not None and parent in self._kept:
            row = bisect_left(self._kept[parent], node)
            return row if self._kept[parent][row : row + 1] == array("i", [node]) else -1
        return self.tree.rows[node]

    def _total(self, node: int) -> int:
        if self.tree is None:
            return 0
        if self._kept is not None and (node in self._kept or node == ROOT):
            return len(self._kept.get(node, ()))
        return self.tree.counts[node]

    def _children(self, node: int, limit: int) -> array[int]:
        assert self.tree is not None
        if self._kept is not None and node in self._kept:
            return self._kept[node]
        return self.tree.children(node, limit)

    def index(self, row: int, column: int, parent: Index | None = None) -> QModelIndex:
        if row < 0 or not NAME <= column <= VALUE or self.tree is None:
            return QModelIndex()
        if parent is not None and parent.isValid() and parent.column() != NAME:
            return QModelIndex()
        node = self.node(parent) if parent is not None else ROOT
        if self.is_single and (parent is None or not parent.isValid()):
            return QModelIndex() if row > 0 else self.createIndex(0, column, ROOT)
        if row >= self._given_rows(node):
            return QModelIndex()
        return self.createIndex(row, column, self._children(node, row + 1)[row])

    def parent(self, index: Index | None = None) -> QModelIndex:  # type: ignore[override]
        if index is None or not index.isValid() or self.tree is None:
            return QModelIndex()
        parent = self.tree.parents[int(index.internalId())]
        if parent == ROOT and self.is_single:
            return self.createIndex(0, NAME, ROOT)
        return self.createIndex(self._row_of(parent), NAME, parent) if parent > ROOT else QModelIndex()

    def _given_rows(self, node: int) -> int:
        return self._given.get(node, min(self._total(node), ROWS_PER_FETCH))

    def rowCount(self, parent: Index | None = None) -> int:
        if self.tree is None or (parent is not None and parent.column() > NAME):
            return 0
        if self.is_single and (parent is None or not parent.isValid()):
            return 0 if self._kept is not None and ROOT not in self._kept else 1
        return self._given_rows(self.node(parent) if parent is not None else ROOT)

    def hasChildren(self, parent: Index | None = None) -> bool:
        if self.rowCount(parent) > 0:
            return True
        return parent is not None and parent.isValid() and parent.column() == NAME and self.can_open(self.node(parent))

    def columnCount(self, _parent: Index | None = None) -> int:
        return 2

    def canFetchMore(self, parent: Index) -> bool:
        if self.tree is None or parent.column() > NAME or (self.is_single and not parent.isValid()):
            return False
        node = self.node(parent)
        return self._given_rows(node) < self._total(node)

    def fetchMore(self, parent: Index) -> None:
        node = self.node(parent)
        given = self._given_rows(node)
        more = min(ROWS_PER_FETCH, self._total(node) - given)
        if more <= 0:
            return
        self.beginInsertRows(parent, given, given + more - 1)
        self._given[node] = given + more
        self.endInsertRows()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self.tree is None:
            return None
        node = self.node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return self.name_text(node) if index.column() == NAME else self.value_text(node)
        if role == NODE_ROLE:
            return node
        if role == Qt.ItemDataRole.AccessibleTextRole:
            tag = self.tag(node)
            fed = f"column {tag}" if tag else ""
            parts = (self.name_text(node), self.value_text(node), self.note(node), fed)
            return ", ".join(part for part in parts if part)
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == VALUE:
            text = self.tree.text(node)
            return text[:1000] if len(text) > 40 else None
        return None

    def name_text(self, node: int) -> str:
        """Return what stands in the first column: a member's name, or an element's index."""
        assert self.tree is not None
        return "value" if node == ROOT else str(self.tree.key(node))

    def value_text(self, node: int) -> str:
        """Return what stands in the second column: the value, or how many children there are."""
        assert self.tree is not None
        kind = self.tree.kind(node)
        if kind.is_container:
            return ("{%s}" if kind is NodeKind.OBJECT else "[%s]") % f"{self.tree.counts[node]:,}"
        return shown(kind, self.tree.text(node))

    def note(self, node: int) -> str:
        """Return the grey note beside the value."""
        assert self.tree is not None
        inside = self.inside(node)
        if inside is not None and inside.words:
            return inside.words
        return note_on(self.tree.kind(node), self.tree.text(node), self.received_at)

    def breadth_first(self, limit: int) -> Iterator[QModelIndex]:
        """Yield the containers from the top down, level by level, until opening the next would show over `limit` rows.

        Rows beyond those already given are not made.
        """
        rows = self.rowCount()
        level = [QModelIndex()]
        while level:
            following: list[QModelIndex] = []
            for parent in level:
                for row in range(self.rowCount(parent)):
                    index = self.index(row, NAME, parent)
                    count = self.rowCount(index)
                    if count:
                        rows += count
                        if rows > limit:
                            return
                        yield index
                        following.append(index)
            level = following
