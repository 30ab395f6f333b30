"""The Messages page: filter row, alert, the list and its states; the templates in its place where they are chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from inspector.domain.endpoint import EndpointId
from inspector.store.message_query import MessageQuery, Segment
from inspector.store.message_reader import MessageChanges, MessageCounts, MessageList
from inspector.timeline.row import MessageRow
from inspector.timeline.template import TemplateReport
from inspector.ui.events.rows import Starter
from inspector.ui.icons import Icons
from inspector.ui.messages.alert_strip import AlertStrip
from inspector.ui.messages.filter_row import SEGMENTS, MessageFilterRow
from inspector.ui.messages.loader import MessageLoader
from inspector.ui.messages.model import MessageModel
from inspector.ui.messages.rows import Messages
from inspector.ui.messages.table import MessagesTable
from inspector.ui.messages.template_lanes import TemplateLanes
from inspector.ui.theme import Theme
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.fields import SearchField

SEARCH_WORDS = "Search message, recipient or campaign"
TICK_MS = 1000
_SEARCH_AFTER_MS = 150


class MessagesPage(QWidget):
    """Shows what a query finds and follows what changes. Its search field is made here and placed by the window.

    Signals:
        current_changed(object): id of the message to show, or None.
        opened(int): Enter or a double-click on a message.
        event_chosen(int): show this event.
        menu_requested(int, QPoint): show a message's menu at this place of the screen.
        counted(MessageCounts): how many messages the scope and the search have.
        test_requested: send a test event.
        all_endpoints_requested: show all endpoints.
        ticked: a second went by while the page was in sight.
    """

    current_changed = Signal(object)
    opened = Signal(object)
    event_chosen = Signal(object)
    menu_requested = Signal(object, QPoint)
    counted = Signal(object)
    test_requested = Signal()
    all_endpoints_requested = Signal()
    ticked = Signal()

    def __init__(
        self, theme: Theme, icons: Icons, messages: Messages, tasks: Starter, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._messages = messages
        self._scope: EndpointId | None = None
        self._reports: tuple[TemplateReport, ...] = ()
        self._counts = MessageCounts()
        self._templates: int | None = None
        self._wished: int | None = None
        self.model = MessageModel(self)
        self.table = MessagesTable(self.model, theme, icons, self)
        self.loader = MessageLoader(messages, tasks, self)
        self.filters = MessageFilterRow(theme, icons, self)
        self.alert = AlertStrip(theme, icons, self)
        self.search = SearchField(theme, icons, SEARCH_WORDS, name="Search messages")
        self.lanes = TemplateLanes(theme, icons, self)
        self.nothing = EmptyState(theme, icons, "route", "No messages yet", parent=self)
        self.states = QStackedWidget(self)
        for part in (self.table, self.nothing, self.lanes):
            self.states.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filters)
        column.addWidget(self.alert)
        column.addWidget(self.states, 1)
        self._search_later = QTimer(self, singleShot=True, interval=_SEARCH_AFTER_MS)
        self._ticks = QTimer(self, interval=TICK_MS)
        self._connect()

    def _connect(self) -> None:
        self.filters.changed.connect(self._requery)
        self.alert.toggled.connect(self._show_violations)
        self.search.textChanged.connect(lambda _text: self._search_later.start())
        self.search.returnPressed.connect(self.table.setFocus)
        self._search_later.timeout.connect(self._requery)
        self.loader.listed.connect(self._on_list)
        self.loader.changed.connect(self._on_changes)
        self.loader.counted.connect(self._on_counts)
        self.loader.rows_read.connect(self.model.put)
        self.loader.templates_read.connect(self._on_templates)
        self.model.rows_wanted.connect(self.loader.want_rows)
        self.table.current_changed.connect(self.current_changed)
        self.table.opened.connect(self.opened)
        self.table.menu_requested.connect(self.menu_requested)
        self.lanes.event_chosen.connect(self.event_chosen)
        self._ticks.timeout.connect(self._tick)

    # The query

    @property
    def query(self) -> MessageQuery:
        """What is shown, or being looked up."""
        return self.loader.query

    def start(self) -> None:
        """Count for the first time; the list is read when the page is first seen."""
        self.loader.query = self._wanted()
        self.loader.count()
        self.loader.read_templates()

    def news(self) -> None:
        """Messages changed."""
        self.loader.news()

    def set_scope(self, endpoint_id: EndpointId | None) -> None:
        """Show one endpoint, or all of them; the filters stay."""
        self._scope = endpoint_id
        self._requery()

    def clear_filter(self) -> None:
        """Show every message of the scope."""
        self.alert.set_only(False)
        self.search.clear()
        self._search_later.stop()
        self.filters.reset()
        self._requery()

    def _show_violations(self, only: bool) -> None:
        self.alert.set_only(only)
        self._requery()

    def _wanted(self) -> MessageQuery:
        return MessageQuery(
            self._scope, self.filters.segment, self.search.text().strip(), self.filters.by_campaign, self.alert.only
        )

    def _requery(self) -> None:
        self._search_later.stop()
        self.loader.with_templates = self.filters.shows_templates
        wanted, before = self._wanted(), self.query
        if wanted != before:
            self.loader.query = wanted
            if self.loader.active:
                self.loader.load(wanted)
            else:
                self.loader.news()
                self.loader.count()
        if wanted.endpoint_id != before.endpoint_id or self.filters.shows_templates:
            self.loader.read_templates()
        self._show_state()

    # What was read

    def _on_list(self, found: MessageList) -> None:
        self._take_style()
        self.model.show(found.ids, found.groups)
        if self._wished is not None and self.table.select_message(self._wished):
            self._wished = None
        self._show_state()

    def _on_changes(self, changes: MessageChanges) -> None:
        self._take_style()
        self.model.apply(changes.found, changes.others, sort=self.table.at_top)
        self._show_state()

    def _on_counts(self, counts: MessageCounts) -> None:
        self._counts = counts
        self.filters.set_counts(counts, self._templates)
        self.filters.fit()
        self.alert.show_count(counts.violations)
        self.table.setAccessibleDescription(f"{grouped(len(self.model.ids))} messages, newest activity first")
        self.counted.emit(counts)

    def _on_templates(self, reports: tuple[TemplateReport, ...]) -> None:
        self._reports = reports
        self._templates = self.lanes.show_reports(reports, self.search.text() if self.filters.shows_templates else "")
        self.filters.set_counts(self._counts, self._templates)
        self.filters.fit()

    def reveal(self, id: int) -> None:
        """Select a message; where the filter hides it, the filter is cleared first."""
        if self.table.select_message(id):
            return
        self._wished = id
        if self.query.is_filtered or self.filters.shows_templates:
            self.clear_filter()
        elif not self.loader.loading:
            self.loader.load(self.query)

    def current_row(self) -> MessageRow | None:
        """Return the row of the selected message where it is in memory."""
        id = self.table.current_id()
        row = self.model.row_of(id) if id is not None else None
        return None if row is None else self.model.message(row)

    # States

    def _show_state(self) -> None:
        if self.filters.shows_templates:
            self.states.setCurrentWidget(self.lanes)
        elif self.model.rowCount() or self.loader.loading:
            self.states.setCurrentWidget(self.table)
        else:
            self._say_nothing()
            self.states.setCurrentWidget(self.nothing)

    def _say_nothing(self) -> None:
        for button in self.nothing.buttons:
            button.hide()  # the old ones live until the loop turns
        if not self.query.is_filtered:
            text = "Events that carry a message ID are grouped here."
            actions = [("Send test event", self.test_requested.emit)]
            self.nothing.set_content("route", "No messages yet", text, actions=actions)
            return
        actions = [("Clear filter", self.clear_filter)]
        if self._scope is not None:
            actions.append(("Search all endpoints", self.all_endpoints_requested.emit))
        self.nothing.set_content("search-x", "No messages match", code=self._filter_words(), actions=actions)

    def _filter_words(self) -> str:
        segment = "" if self.query.segment is Segment.ALL else dict(SEGMENTS)[self.query.segment.value]
        after = "sent after an opt-out" if self.query.violations else ""
        return " · ".join(part for part in (self.query.words, segment, after) if part)

    # Time

    def _take_style(self) -> None:
        self.model.style = replace(self.model.style, now_us=self._messages.now_us())

    def _tick(self) -> None:
        """Some marks change by themselves: a stage goes missing, a wait gets too long."""
        self._take_style()
        self.table.viewport().update()
        due_us = self._counts.due_us
        if due_us is not None and due_us <= self.model.style.now_us:
            self._counts = replace(self._counts, due_us=None)
            if self.query.segment is Segment.ALL:
                self.loader.count()
            else:
                self.loader.load(self.query)
        self.ticked.emit()

    def set_masked_endpoints(self, masked: frozenset[int]) -> None:
        """Mask the recipients of these endpoints whatever holds for the others."""
        self.model.style = replace(self.model.style, masked_endpoints=masked)
        self.table.viewport().update()

    def set_limits(self, limits_us: Mapping[int, int]) -> None:
        """Take how long a message of each endpoint may wait (µs)."""
        self.model.style = replace(self.model.style, limits_us=limits_us)
        self.table.viewport().update()

    def set_masked(self, masked: bool) -> None:
        """Cover the middle of recipients, or show them as sent."""
        self.model.style = replace(self.model.style, mask_recipients=masked)
        self.table.viewport().update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._take_style()
        self.loader.wake()
        self._show_state()
        self._ticks.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.loader.active = False
        self._ticks.stop()
