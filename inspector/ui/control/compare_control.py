"""Comparing events: finds what an event can be compared with, reads it, and keeps which fields are left out."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from inspector.app import App
from inspector.domain.errors import StoreError
from inspector.domain.event import EventId, EventSummary
from inspector.domain.query import Query, Term
from inspector.payload.diff_ignore import HEADER
from inspector.providers.changing import changing_fields
from inspector.signatures.engine import signature_headers
from inspector.ui.detail.diff_others import Against, Other
from inspector.ui.detail.sizes import spell_number
from inspector.ui.dialogs.question import TextQuestion, ask_text

if TYPE_CHECKING:
    from inspector.ui.detail.detail_view import DetailView
    from inspector.ui.detail.diff_view import DiffView
    from inspector.ui.main_window import MainWindow

NEITHER = "Select one or two events"
LOOKED_BACK = 50
"""Events that a search finds before this one, looked at for the very same value: a search finds parts too."""


class CompareControl:
    """Serves the Diff view, and brings it into sight for what was selected in the list."""

    def __init__(self, window: MainWindow, app: App) -> None:
        self._window, self._app = window, app
        self._looking: asyncio.Task[None] | None = None
        window.pane.when_made("diff", self._attend)
        window.page.compare_requested.connect(self.compare)
        window.page.compare_original_requested.connect(lambda event_id: self._open(event_id, Against.ORIGINAL))
        window.pane.compare_many_requested.connect(self.compare)

    @property
    def view(self) -> DiffView:
        """The view, made if it was not open yet."""
        from inspector.ui.detail.diff_view import DiffView

        view = self._window.pane.view("diff")
        assert isinstance(view, DiffView)
        return view

    def _attend(self, _made: DetailView) -> None:
        view, window = self.view, self._window
        view.others_wanted.connect(self._find_others)
        view.other_wanted.connect(self._read)
        view.choose_requested.connect(lambda event_id: window.tasks.start(self._choose(event_id), "Choose an event"))
        view.ignore_requested.connect(self.ignore)
        view.compare_requested.connect(self.tell_again)

    def compare(self, ids: Sequence[EventId]) -> None:
        """Show how the later of two events differs from the earlier, or one event from the usual other."""
        if len(ids) == 2:
            earlier, later = sorted(ids)
            self._open(later, Against.PICKED, earlier)
        elif len(ids) == 1:
            self._open(ids[0], Against.USUAL)
        else:
            self._window.notices.tell(NEITHER)

    def _open(self, event_id: EventId, against: Against, other: EventId | None = None) -> None:
        window = self._window
        if window.side.isHidden():
            window.actions_table["show_inspector"].trigger()
        shown = window.pane.event_shown
        if shown is None or shown.id != event_id:
            window.events.show(event_id)
        # The focus stays in the list, so that the arrow keys go on from event to event.
        window.pane.compare(against, other)

    # -- what there is to compare with ----------------------------------------------------------------------------

    def _find_others(self, event_id: EventId) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._looking = self._window.tasks.start(self._find(event_id), "Find events to compare with")

    async def _find(self, event_id: EventId) -> None:
        summary = self._app.store.summary(event_id)
        if summary is None:
            self.view.show_others(event_id, ())
            return
        try:
            found = {
                Against.ORIGINAL: summary.original_id,
                Against.KIND: await self._previous_of_kind(summary),
                Against.MESSAGE: await self._previous_of_message(summary),
            }
        except StoreError:
            return  # the program is closing
        rows = {row.id: row for row in self._app.store.page([other for other in found.values() if other is not None])}
        others = [
            Other(against, other, rows[other].label)
            for against, other in found.items()
            if other is not None and other in rows
        ]
        self.view.show_others(event_id, others)

    async def _previous_of_message(self, summary: EventSummary) -> EventId | None:
        """Return the last event before this one that tells of the same message.

        Messages are put together a moment after an event is stored, so the list is asked too; that in turn knows only
        the first message of an event.
        """
        detail = await self._app.store.messages.of_event(summary.id)
        told = [item.event_id for item in detail.reports if item.event_id < summary.id] if detail is not None else []
        listed = await self._last_before(summary, "msg", summary.message_id, lambda row: row.message_id)
        return max([*told, *([listed] if listed is not None else [])], default=None)

    async def _previous_of_kind(self, summary: EventSummary) -> EventId | None:
        """Return the event of the same type at the same endpoint that came last before this one."""
        return await self._last_before(summary, "type", summary.label, lambda row: row.label)

    async def _last_before(
        self, summary: EventSummary, field: str, value: str, of: Callable[[EventSummary], str]
    ) -> EventId | None:
        """Return the last event of the endpoint before one in which `of` is just this value."""
        if not value:
            return None
        ids = await self._app.store.ids(Query(summary.endpoint_id, terms=(Term(field, (value.lower(),)),)))
        place = bisect_left(ids, summary.id)
        before = [EventId(item) for item in ids[max(0, place - LOOKED_BACK) : place]]
        rows = (row for row in self._app.store.page(before) if row.endpoint_id == summary.endpoint_id)
        return max((row.id for row in rows if of(row) == value and row.refusal is None), default=None)

    def _read(self, event_id: EventId, other_id: EventId) -> None:
        self.view.show_other(event_id, self._app.store.event(other_id), self._ignored(event_id))

    async def _choose(self, event_id: EventId) -> None:
        window = self._window
        question = TextQuestion(
            window.theme,
            window.icons,
            f"Compare {spell_number(event_id)} with",
            "The number of another event, as the list and the inspector show it.",
            "Compare",
            window,
            placeholder="#12,457",
            check=lambda text: self._problem(text, event_id),
        )
        reply = await ask_text(question)
        number = number_in(reply.text) if reply is not None else None
        if number is not None:
            self._open(event_id, Against.PICKED, EventId(number))

    def _problem(self, text: str, event_id: EventId) -> str:
        number = number_in(text)
        if number is None:
            return "Write a number, like 12457."
        if number == event_id:
            return "This is the event itself."
        return "" if self._app.store.summary(EventId(number)) is not None else f"There is no event #{number:,}."

    # -- what is left out -----------------------------------------------------------------------------------------

    def _ignored(self, event_id: EventId) -> tuple[str, ...]:
        """Return what is left out for an event: ids and times of its provider, and what the user says."""
        settings = self._app.settings.current
        summary = self._app.store.summary(event_id)
        profile = self._app.catalogue.get(summary.provider) if summary is not None and summary.provider else None
        signed = signature_headers(profile.recipes) if profile is not None else ()
        usual = (*changing_fields(profile), *(HEADER + name for name in signed))
        again = {entry.lower() for entry in settings.diff_compared}
        return (*(entry for entry in usual if entry.lower() not in again), *settings.diff_ignored)

    def ignore(self, entry: str) -> None:
        """Leave fields out of every comparison from now on."""
        settings = self._app.settings.current
        self._app.settings.change(
            diff_ignored=tuple(dict.fromkeys((*settings.diff_ignored, entry))),
            diff_compared=tuple(item for item in settings.diff_compared if item.lower() != entry.lower()),
        )
        self._show_ignored()

    def tell_again(self, entries: Sequence[str]) -> None:
        """Tell fields again that these entries leave out."""
        settings = self._app.settings.current
        own = [item for item in entries if item not in settings.diff_ignored]
        self._app.settings.change(
            diff_ignored=tuple(item for item in settings.diff_ignored if item not in entries),
            diff_compared=tuple(dict.fromkeys((*settings.diff_compared, *own))),
        )
        self._show_ignored()

    def _show_ignored(self) -> None:
        shown = self._window.pane.event_shown
        if shown is not None:
            self.view.set_ignored(self._ignored(shown.id))


def number_in(text: str) -> int | None:
    """Return the number of an event as it is shown or typed (#12,457), None for other texts."""
    digits = "".join(char for char in text if char.isascii() and char.isdigit())
    rest = text.strip().lstrip("#")
    allowed = set("0123456789.,' \u00a0\u202f\u2019")
    return int(digits) if digits and set(rest) <= allowed and len(digits) < 19 else None
