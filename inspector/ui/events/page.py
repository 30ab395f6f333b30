"""The events page: filter row, list and its states, and everything that can be asked for from them."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId, EventSummary
from inspector.domain.query import Query, Term
from inspector.ui.events.columns import COLUMN_KEYS, TIME
from inspector.ui.events.commands import Commands
from inspector.ui.events.filter_row import SEGMENTS, FilterRow
from inspector.ui.events.list_keys import Command
from inspector.ui.events.list_loader import ListLoader
from inspector.ui.events.list_states import ListStates
from inspector.ui.events.live import LiveState
from inspector.ui.events.news import News
from inspector.ui.events.problem_strip import ProblemStrip
from inspector.ui.events.rows import Counts, EventRows, Starter
from inspector.ui.events.search_field import EventSearchField
from inspector.ui.events.search_reading import SearchReading
from inspector.ui.events.table_model import EventTableModel
from inspector.ui.events.table_view import EventsTable
from inspector.ui.events.view_control import ViewControl
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.second_ticker import SecondTicker


class EventsPage(QWidget):
    """Shows what a query finds and what comes in. Its search field is made here and placed by the window.

    Signals:
        selection_changed(list[int]): ids of the selected events, from the top down.
        current_changed(object): id of the event to show, or None.
        activated(int): Enter on an event.
        own_window_requested: show the event in a window of its own, or no longer so.
        replay_requested(list[int]), replay_to_requested(list[int]): send events to the target, or choose one.
        star_requested(list[int], bool), unread_requested(list[int], bool): set or take away a mark.
        delete_requested(list[int]), copy_body_requested(int), copy_curl_requested(int).
        copy_as_requested(int, str): put an event on the clipboard in a form of `FORMATS`.
        open_original_requested(int): show the event with this id, the first of a row of repeats.
        compare_requested(list[int]): show how two events differ, or one from the usual other.
        sibling_requested(int): compose an event like this one.
        message_requested(int): show the message an event tells of.
        compare_original_requested(int): show how an event differs from the one it is a repeat of.
        filter_changed(Query): another query is shown.
        all_endpoints_requested: show all endpoints.
        counted(Counts): how many events the scope and the search have.
        view_changed(ViewChoice): columns, row height or order were chosen.
        hint_requested(str): why a key did nothing.
        live_changed(LiveState): the list follows or stands still.
    """

    selection_changed = Signal(object)
    current_changed = Signal(object)
    activated = Signal(int)
    own_window_requested = Signal()
    replay_requested = Signal(object)
    replay_to_requested = Signal(object)
    star_requested = Signal(object, bool)
    unread_requested = Signal(object, bool)
    delete_requested = Signal(object)
    copy_body_requested = Signal(int)
    copy_curl_requested = Signal(int)
    copy_as_requested = Signal(int, str)
    open_original_requested = Signal(int)
    compare_requested = Signal(object)
    compare_original_requested = Signal(int)
    message_requested = Signal(int)
    sibling_requested = Signal(int)
    filter_changed = Signal(object)
    all_endpoints_requested = Signal()
    counted = Signal(object)
    view_changed = Signal(object)
    hint_requested = Signal(str)
    live_changed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        rows: EventRows,
        tasks: Starter,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._rows = rows
        self._tasks = tasks
        self._scope: EndpointId | None = None
        self._terms: tuple[Term, ...] = ()
        self._pending: list[EventSummary] = []
        self._started = False
        self._first_shown = False
        self._keep_place = False
        self.model = EventTableModel(rows, self)
        self.table = EventsTable(self.model, theme, icons, self)
        self.loader = ListLoader(rows, tasks, self)
        self.search = EventSearchField(theme, icons, tasks, facets=self._count_values)
        self.filters = FilterRow(theme, icons, self)
        self.problem = ProblemStrip(theme, icons, self)
        self.states = ListStates(self.table, theme, icons, self)
        self.view = ViewControl(self, self.model, self.table, self.filters, self.search, theme, icons)
        self.commands = Commands(self, theme, icons)
        self._news = News(self)
        self._ticker = SecondTicker(self.table, self._tell_time)
        self._theme = theme
        self._arrange()
        self._connect()
        self._write_times()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filters)
        column.addWidget(self.problem)
        column.addWidget(self.states, 1)
        self.setTabOrder(self.filters.view, self.table)

    def _connect(self) -> None:
        self.filters.changed.connect(self._requery)
        self.filters.live_clicked.connect(self.table.toggle_live)
        self.search.searched.connect(self._on_searched)
        self.search.left.connect(self.table.setFocus)
        self.problem.fix_chosen.connect(self.search.search_for)
        self.loader.first.connect(self._on_first)
        self.loader.done.connect(self._on_done)
        self.loader.caught_up.connect(self._on_found)
        self.loader.counted.connect(self._on_counted)
        self.loader.slow.connect(self.table.set_dimmed)
        self.table.selection_changed.connect(self.selection_changed)
        self.table.current_changed.connect(self.current_changed)
        self.table.activated_event.connect(lambda _id: self.own_window_requested.emit())
        self.table.command.connect(self.commands.do)
        self.table.menu_requested.connect(self.commands.open_menu)
        self.table.live_changed.connect(self._on_live)
        self.states.clear_chosen.connect(self.clear_filter)
        self.states.all_endpoints_chosen.connect(self.all_endpoints_requested)
        self.view.chosen.connect(self.view_changed)
        self.view.turned.connect(self._on_turned)
        self._news.said.connect(self._announce)
        self._theme.times_changed.connect(self._write_times)

    # The query

    @property
    def query(self) -> Query:
        """What is shown, or being looked up."""
        return self.loader.query

    def start(self) -> None:
        """Read the list for the first time."""
        self._started = True
        self._load(self._wanted())

    def set_scope(self, endpoint_id: EndpointId | None, name: str = "") -> None:
        """Show one endpoint, or all of them; the filters stay."""
        self._scope = endpoint_id
        self.table.setAccessibleName(f"Events, {name}" if name else "Events, all endpoints")
        self._requery()

    def set_search(self, text: str) -> None:
        """Make a search, for example that of a saved view."""
        self.search.search_for(text)

    def clear_filter(self) -> None:
        """Show every event of the scope."""
        self.filters.reset()
        self.search.search_for("")
        self._requery()

    def reload(self) -> None:
        """Read the same list again, as after an undone deletion; the reader keeps the place."""
        if self._started:
            self._keep_place = self.table.live.held
            self._load(self._wanted())

    def _wanted(self) -> Query:
        return Query(
            endpoint_id=self._scope,
            category=self.filters.category,
            issues=self.filters.issues_only,
            terms=self._terms,
            oldest_first=self.model.oldest_first,
        )

    def _on_searched(self, reading: SearchReading) -> None:
        self.problem.show_problem(reading.problem)
        if reading.problem is None:  # else the last good result stays
            self._terms = reading.terms
            self._requery()

    def _requery(self) -> None:
        if self._started and self._wanted() != self.query:
            self._keep_place = False
            self._load(self._wanted())
            self.filter_changed.emit(self.query)

    def _on_turned(self) -> None:
        self.loader.note_order(oldest_first=self.model.oldest_first)
        if self._started:
            self.filter_changed.emit(self.query)

    def _load(self, query: Query) -> None:
        self._pending.clear()
        self._first_shown = False
        self.search.forget_counts()
        self.loader.load(query)

    async def _count_values(self, field: str) -> Mapping[str, int]:
        # The filter that is being typed does not narrow its own counts.
        query = replace(self.query, terms=tuple(term for term in self.query.terms if term.field != field))
        return {facet.value: facet.count for facet in await self._rows.facets(query, field)}

    # Rows that are read and rows that come in

    def _on_first(self, ids: array[int]) -> None:
        self._first_shown = True
        self._show_ids(ids)

    def _on_done(self, ids: array[int]) -> None:
        if self._first_shown:
            self.model.complete(ids)
            self.table.add(self._pending)
        else:
            self._show_ids(ids)
        self._pending.clear()
        self._show_state()

    def _show_ids(self, ids: array[int]) -> None:
        place = self.table.following.place() if self._keep_place else None
        self.model.show(ids, oldest_first=self.model.oldest_first)
        self.table.add(self._pending)
        if place is None:
            self.table.follow()
        else:
            self.table.following.return_to(place)
        self._show_state()

    def _sorted_out(self, batch: Sequence[EventSummary]) -> tuple[Sequence[EventSummary], list[EventId]]:
        """Return those that the query finds, and the ids of those of which only the database can tell."""
        query = self.query
        if query.finds_all:
            return batch, []
        told = [(row, self._rows.matches(query, row)) for row in batch]
        return [row for row, fits in told if fits], [row.id for row, fits in told if fits is None]

    def add(self, batch: Sequence[EventSummary]) -> None:
        """Take new events in; those the query finds join the list, and the counts follow."""
        if not self._started:
            return
        fitting, unsure = self._sorted_out(batch)
        if self.loader.loading:
            self._pending += fitting
        elif fitting:
            self.table.add(fitting)
            self._show_state()
        if unsure:
            self.loader.look_up(unsure)
        self._news.add(fitting)
        self.search.forget_counts()
        self.loader.count_soon()

    def _on_found(self, ids: array[int]) -> None:
        self.table.add_ids(ids)
        self._show_state()

    def refresh(self, ids: Sequence[int]) -> None:
        """Show what changed about events."""
        self.table.refresh(ids)
        self.loader.count_soon()

    def remove(self, ids: Sequence[int]) -> None:
        """Take deleted events out of the list."""
        self.table.remove(ids)
        self._show_state()
        self.loader.count_soon()

    # States

    def set_empty_widget(self, widget: QWidget | None) -> None:
        """Show this where the scope has no events at all; None shows the empty table."""
        self.states.set_empty_widget(widget)
        self._show_state()

    def _show_state(self) -> None:
        if self.model.rowCount() or self.loader.loading or not self._started:
            self.states.show_list()
        elif not self.query.is_filtered:
            self.states.show_empty()
        elif self.states.show_no_match(self.query, self.filter_words):
            self._tasks.start(self._count_hidden(self.query), "Counting hidden events")

    async def _count_hidden(self, query: Query) -> None:
        total = (await self._rows.counts(Query(endpoint_id=query.endpoint_id))).total
        if query == self.query:
            self.states.tell_hidden(total)

    @property
    def filter_words(self) -> str:
        """The filter in words: the search as typed, the segment, and whether issues alone are shown."""
        segment = "" if self.filters.category is None else dict(SEGMENTS)[self.filters.category.value]
        issues = "Issues" if self.filters.issues_only else ""
        return " · ".join(part for part in (self.search.text().strip(), segment, issues) if part)

    def _on_counted(self, counts: Counts) -> None:
        self.filters.set_counts(counts)
        order = "oldest first" if self.model.oldest_first else "newest first"
        self.table.setAccessibleDescription(f"{grouped(self.model.rowCount())} events, {order}")
        self.counted.emit(counts)

    def _on_live(self, state: LiveState) -> None:
        self.filters.live.set_held(state.held)
        self.live_changed.emit(state)

    def _announce(self, words: str) -> None:
        announce(self.table, words)

    # What the user asks for

    def set_target(self, words: str) -> None:
        """Name the target of a one-click replay in the menu; "" while there is none."""
        self.commands.target = words

    def do(self, command: Command) -> None:
        """Do what a key of the list does, for menus and the palette."""
        self.commands.do(command)

    def filter_by(self, words: str) -> None:
        """Narrow the list by one more filter."""
        self.search.search_for(f"{self.search.text()} {words}".strip())

    def reveal(self, event_id: int) -> bool:
        """Select an event and bring it into view; False when the list does not have it."""
        found = self.table.select_event(event_id)
        if found and event_id != self.model.newest_id:
            self.table.hold()
        return found

    def go_to_issue(self, step: int) -> None:
        """Select the next issue below (1) or above (-1) the current row."""
        self._tasks.start(self._go_to_issue(step), "Finding the next issue")

    async def _go_to_issue(self, step: int) -> None:
        query = self.query
        ids = await self._rows.ids(replace(query, issues=True))
        current = self.table.current_id()
        if query != self.query or not ids:
            self.hint_requested.emit("There are no issues in this list")
            return
        upwards = (step < 0) != self.model.oldest_first  # towards larger ids
        here = current if current is not None and self.table.selected_ids() else (-1 if upwards else ids[-1] + 1)
        place = bisect_right(ids, here) if upwards else bisect_left(ids, here) - 1
        if 0 <= place < len(ids) and self.reveal(ids[place]):
            return
        self.hint_requested.emit("No more issues in this direction")

    # How it looks

    def _write_times(self) -> None:
        times = self._theme.times
        self.model.set_style(replace(self.model.style, zone=times.zone, relative=times.relative))
        self._ticker.set_on(times.relative)

    def _tell_time(self) -> None:
        """Paint the column of times again, and nothing else."""
        view, place = self.table.viewport(), COLUMN_KEYS.index(TIME.key)
        view.update(self.table.columnViewportPosition(place), 0, self.table.columnWidth(place), view.height())

    def set_masked(self, masked: bool) -> None:
        """Cover the middle of recipients, or show them as sent."""
        self.model.set_style(replace(self.model.style, mask_recipients=masked))

    def set_masked_endpoints(self, masked: frozenset[EndpointId]) -> None:
        """Mask the recipients of these endpoints whatever holds for the others."""
        if masked != self.model.style.masked_endpoints:
            self.model.set_style(replace(self.model.style, masked_endpoints=masked))

    def set_endpoint_names(self, names: Mapping[EndpointId, str]) -> None:
        """Tell the endpoints' names for their column."""
        self.model.set_style(replace(self.model.style, endpoint_names=dict(names)))

    def set_letters(self, on: bool) -> None:
        """Switch the single-letter keys of the list on or off."""
        self.table.letters = on

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.view.fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.view.fit()
