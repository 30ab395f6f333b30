"""Reads what the messages page shows off the window's thread, and follows what changes without reading it all again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from inspector.store.message_query import MessageQuery
from inspector.ui.events.rows import Cancellable, Starter
from inspector.ui.messages.rows import Messages

FOLLOW_MS = 250
"""Changes are read at most this often."""

COUNT_MS = 500
IDLE_COUNT_MS = 2000
"""While nobody looks only the tab's count is kept up to date."""

SLOW_FOLLOW_MS = 1500
"""A list that is searched or grouped is read anew instead, and less often."""


class MessageLoader(QObject):
    """Asks the store; a newer query ends the older.

    Signals:
        listed(object): MessageList of the query.
        changed(object): MessageChanges since the list or the last change.
        counted(object): MessageCounts of the query.
        rows_read(object): rows that were wanted.
        templates_read(object): TemplateReports of the scope.
    """

    listed = Signal(object)
    changed = Signal(object)
    counted = Signal(object)
    rows_read = Signal(object)
    templates_read = Signal(object)

    def __init__(self, messages: Messages, tasks: Starter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages, self._tasks = messages, tasks
        self.query = MessageQuery()
        self.active = False
        self.loading = False
        self.with_templates = False
        self._revision: int | None = None
        self._stale = False
        self._list_task: Cancellable | None = None
        self._count_task: Cancellable | None = None
        self._wanted: dict[int, None] = {}
        self._rows_soon = QTimer(self, singleShot=True, interval=0)
        self._rows_soon.timeout.connect(self._read_rows)
        self._follow_soon = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._follow_soon.timeout.connect(self._follow)
        self._count_soon = QTimer(self, singleShot=True, interval=COUNT_MS)
        self._count_soon.timeout.connect(self.count)

    def load(self, query: MessageQuery) -> None:
        """Read the list and the counts of a query."""
        self.query = query
        self._stale = False
        self._revision = None
        self._follow_soon.stop()
        if self._list_task is not None:
            self._list_task.cancel()
        self.loading = True
        self._list_task = self._tasks.start(self._load(query), "Reading the list of messages")
        self.count()

    async def _load(self, query: MessageQuery) -> None:
        try:
            found = await self._messages.ids(query)
        finally:
            if query == self.query:
                self.loading = False
        if query == self.query:
            self._revision = found.revision
            self.listed.emit(found)

    def news(self) -> None:
        """Messages changed: read what did, soon; while nobody looks it is only noted."""
        if not self.active:
            self._stale = True
        elif not self._follow_soon.isActive():
            self._follow_soon.setInterval(SLOW_FOLLOW_MS if self._reads_anew else FOLLOW_MS)
            self._follow_soon.start()
        if not self._count_soon.isActive():
            self._count_soon.start(COUNT_MS if self.active else IDLE_COUNT_MS)

    def wake(self) -> None:
        """Somebody looks again."""
        self.active = True
        if self._stale or self._revision is None:
            self.load(self.query)

    @property
    def _reads_anew(self) -> bool:
        return self.query.by_campaign or bool(self.query.words)

    def _follow(self) -> None:
        if self._reads_anew or self._revision is None:
            self.load(self.query)
        else:
            self._tasks.start(self._read_changes(self.query, self._revision), "Following messages")
        if self.with_templates:
            self.read_templates()

    async def _read_changes(self, query: MessageQuery, revision: int) -> None:
        changes = await self._messages.changes(query, revision)
        if query != self.query or self._revision != revision:
            return
        if changes.reload:
            self.load(query)
            return
        self._revision = changes.revision
        if changes.found or changes.others:
            self.changed.emit(changes)

    def count(self) -> None:
        """Count now."""
        self._count_soon.stop()
        if self._count_task is not None:
            self._count_task.cancel()
        self._count_task = self._tasks.start(self._count(self.query), "Counting messages")

    async def _count(self, query: MessageQuery) -> None:
        counts = await self._messages.counts(query)
        if query == self.query:
            self.counted.emit(counts)

    def read_templates(self) -> None:
        """Read what became of the templates."""
        self._tasks.start(self._read_templates(self.query), "Reading templates")

    async def _read_templates(self, query: MessageQuery) -> None:
        found = await self._messages.templates(query.endpoint_id)
        if query.endpoint_id == self.query.endpoint_id:
            self.templates_read.emit(found)

    def want_rows(self, ids: Sequence[int]) -> None:
        """Read these rows in this turn of the loop, together with others that are wanted."""
        self._wanted.update(dict.fromkeys(ids))
        self._rows_soon.start()

    def _read_rows(self) -> None:
        ids, self._wanted = list(self._wanted), {}
        self._tasks.start(self._rows(ids), "Reading messages")

    async def _rows(self, ids: Sequence[int]) -> None:
        self.rows_read.emit(await self._messages.rows(ids))
