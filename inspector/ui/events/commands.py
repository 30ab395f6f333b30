"""Turns keys and menu entries of the list into what the page asks for, on the events that are selected."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

from inspector.domain.event import EventId, EventSummary
from inspector.domain.query import Term
from inspector.search import words
from inspector.ui.events.context_menu import Chosen, Deeds, build_menu, entries, reason_against
from inspector.ui.events.list_keys import Command
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.menu import Menu

if TYPE_CHECKING:
    from inspector.ui.events.page import EventsPage

MOST_LOOKED_AT = 200
"""Marks of a larger selection are judged by its first rows."""


class Commands:
    """`target` is what a one-click replay goes to, in words; "" while there is none.

    `body_kept` tells of an event whether its body is still there to be sent and copied.
    """

    def __init__(self, page: EventsPage, theme: Theme, icons: Icons) -> None:
        self._page = page
        self._theme = theme
        self._icons = icons
        self._menu: Menu | None = None
        self._deeds = Deeds(self.do, self._filter_by, self.copy_as)
        self.target = ""
        self.body_kept: Callable[[EventId], bool] = lambda _event_id: True

    def chosen(self) -> Chosen | None:
        """Return what is selected, None for nothing."""
        ids = self._page.table.selected_ids()
        rows = self._summaries(ids[:MOST_LOOKED_AT])
        if not rows:
            return None
        current = self._page.table.current_id()
        row = next((item for item in rows if item.id == current), rows[0])
        return Chosen(
            row,
            len(ids),
            all(item.starred for item in rows),
            all(item.unread for item in rows),
            self.target,
            len(ids) > 1 or self.body_kept(row.id),
        )

    def _summaries(self, ids: list[EventId]) -> list[EventSummary]:
        model = self._page.model
        rows = (model.row_of(event_id) for event_id in ids)
        found = (model.summary(row) for row in rows if row is not None)
        return [item for item in found if item is not None]

    def open_menu(self, place: QPoint) -> Menu | None:
        """Show the context menu; None where nothing is selected."""
        chosen = self.chosen()
        if chosen is None:
            return None
        self._menu = build_menu(self._theme, self._icons, self._page, entries(chosen), self._deeds)
        self._menu.popup(place)
        return self._menu

    def _filter_by(self, term: Term) -> None:
        self._page.filter_by(words((term,)))

    def copy_as(self, form: str) -> None:
        """Ask for the selected event in a form to copy; where it cannot be, say why."""
        chosen = self.chosen()
        reason = "Select an event first" if chosen is None else reason_against(Command.COPY_CURL, chosen)
        if chosen is None or reason:
            self._page.hint_requested.emit(reason)
        else:
            self._page.copy_as_requested.emit(chosen.row.id, form)

    def do(self, command: Command) -> None:
        """Ask for what a key or an entry says; where it cannot work, say why."""
        page = self._page
        if command in {Command.NEXT_ISSUE, Command.PREVIOUS_ISSUE}:
            page.go_to_issue(1 if command is Command.NEXT_ISSUE else -1)
            return
        if command is Command.HOLD:
            page.table.toggle_live()
            return
        if command is Command.CLEAR_SEARCH:
            page.search.search_for("")
            return
        if command is Command.OWN_WINDOW:
            page.own_window_requested.emit()
            return
        chosen = self.chosen()
        if chosen is None:
            page.hint_requested.emit("Select an event first")
        elif reason := reason_against(command, chosen):
            page.hint_requested.emit(reason)
        else:
            self._ask(command, chosen, page.table.selected_ids())

    def _ask(self, command: Command, chosen: Chosen, ids: list[EventId]) -> None:
        page = self._page
        if command is Command.STAR:
            page.star_requested.emit(ids, not chosen.all_starred)
        elif command is Command.UNREAD:
            page.unread_requested.emit(ids, not chosen.all_unread)
        elif command is Command.OPEN_ORIGINAL:
            page.open_original_requested.emit(chosen.row.original_id)
        elif command is Command.COMPARE:
            page.compare_requested.emit(ids)
        elif command is Command.COMPARE_ORIGINAL:
            page.compare_original_requested.emit(chosen.row.id)
        elif command in _ABOUT_ONE:
            {
                Command.OPEN: page.activated,
                Command.MESSAGE: page.message_requested,
                Command.SIBLING: page.sibling_requested,
                Command.COPY_BODY: page.copy_body_requested,
                Command.COPY_CURL: page.copy_curl_requested,
            }[command].emit(chosen.row.id)
        else:
            {
                Command.REPLAY: page.replay_requested,
                Command.REPLAY_TO: page.replay_to_requested,
                Command.DELETE: page.delete_requested,
            }[command].emit(ids)


_ABOUT_ONE = frozenset({Command.OPEN, Command.MESSAGE, Command.SIBLING, Command.COPY_BODY, Command.COPY_CURL})
