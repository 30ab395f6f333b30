"""Events and window: which one the inspector shows, and what the user does with the selected ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from PySide6.QtCore import QMimeData, QTimer
from PySide6.QtGui import QGuiApplication

from inspector.app import App
from inspector.domain.attempt import Attempt
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.errors import UsageError
from inspector.domain.event import Event, EventId, EventSummary
from inspector.domain.verification import Verdict
from inspector.formats.curl import to_curl
from inspector.formats.formats import FORMATS
from inspector.payload.body import Payload
from inspector.replay.outgoing import outgoing_of
from inspector.replay.replayer import Running
from inspector.signatures.engine import signature_headers
from inspector.ui.control.words import counted
from inspector.ui.detail.pane import DetailPane
from inspector.ui.events.drag_out import DragOut
from inspector.ui.events.page import EventsPage
from inspector.ui.notices import Notices
from inspector.ui.tasks import Tasks

UNDO_KEPT = 20
SLICE = 250  # rows read at once; the loop goes round in between
MOST_SUMMED = 50_000
TELL_MS = 100
MOST_AT_ONCE = 1_000
"""More tries than this do not come within TELL_MS: so many of the newest are looked through for repeats."""


class Look:
    """The look-ups the inspector asks for."""

    def __init__(self, app: App) -> None:
        self._app = app

    def summary(self, event_id: EventId) -> EventSummary | None:
        """Return another event's row."""
        return self._app.store.summary(event_id)

    def endpoint(self, endpoint_id: EndpointId) -> Endpoint | None:
        """Return an endpoint."""
        resolved = self._app.directory.by_id(endpoint_id)
        return resolved.endpoint if resolved is not None else None

    def signature_headers(self, provider: str) -> tuple[str, ...]:
        """Return the headers a provider's signature is in."""
        profile = self._app.catalogue.get(provider)
        return signature_headers(profile.recipes) if profile is not None else ()


class EventControl:
    """Keeps list and inspector together, and marks, deletes and copies events."""

    def __init__(
        self,
        app: App,
        page: EventsPage,
        pane: DetailPane,
        tasks: Tasks,
        notices: Notices,
        on_selection: Callable[[int], None],
    ) -> None:
        self._app, self._page, self._pane = app, page, pane
        self._tasks, self._notices, self._on_selection = tasks, notices, on_selection
        self._shown: Event | None = None
        self._deleted: list[tuple[EventId, ...]] = []
        self._warned = False
        self._selection: list[EventId] = []
        self._attempts: tuple[Attempt, ...] = ()
        self._came: list[Attempt] = []
        self._telling = QTimer(page, singleShot=True, interval=TELL_MS)
        self._telling.timeout.connect(self._tell_attempts)
        self._drag = DragOut(page.table, app.store.event, tasks, notices.tell)
        page.table.dragged.connect(lambda: self._drag.begin(self.selected))
        self._unsubscribe = (
            app.replayer.finished.subscribe(self._on_attempt),
            app.replayer.running.subscribe(self._on_running),
        )
        self._connect()

    def close(self) -> None:
        """Stop listening."""
        self._telling.stop()
        self._drag.close()
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    @property
    def selected(self) -> list[EventId]:
        """The selected events, from the top down."""
        return self._page.table.selected_ids()

    @property
    def can_undo(self) -> bool:
        """Whether something was deleted that can be brought back."""
        return bool(self._deleted)

    def _body_kept(self, event_id: EventId) -> bool:
        """Tell it of the event that is shown; of any other it is not known."""
        return self._shown is None or self._shown.id != event_id or self._shown.body_kept

    @property
    def current(self) -> EventId | None:
        """The event the inspector shows."""
        return self._shown.id if self._shown is not None else None

    def _connect(self) -> None:
        page, pane = self._page, self._pane
        page.selection_changed.connect(self._on_selected)
        page.activated.connect(lambda _id: pane.focus_content())
        page.star_requested.connect(self.star)
        page.unread_requested.connect(self.mark_unread)
        page.delete_requested.connect(self.delete)
        page.copy_body_requested.connect(self.copy_body)
        page.copy_curl_requested.connect(self.copy_curl)
        page.copy_as_requested.connect(self.copy_as)
        page.commands.body_kept = self._body_kept
        page.open_original_requested.connect(self.open)
        page.hint_requested.connect(lambda text: self._notices.tell(text))
        pane.star_toggled.connect(lambda event_id, on: self.star([EventId(event_id)], on))
        pane.unread_requested.connect(lambda event_id: self.mark_unread([EventId(event_id)], True))
        pane.delete_requested.connect(lambda event_id: self.delete([event_id]))
        pane.delete_many_requested.connect(self.delete)
        pane.open_event_requested.connect(self.open)
        pane.filter_requested.connect(page.filter_by)

    # -- showing ------------------------------------------------------------------------------------------------

    def _on_selected(self, ids: list[EventId]) -> None:
        self._selection = ids
        self._show_selected(ids)
        self._on_selection(len(ids))  # last: what can be done depends on what is shown

    def _show_selected(self, ids: list[EventId]) -> None:
        if len(ids) == 1:
            self.show(ids[0])
        elif ids:
            self._shown = None
            if len(ids) <= SLICE:
                self._pane.show_many(self._app.store.page(ids))
            else:
                self._pane.show_ids(ids)
                if len(ids) <= MOST_SUMMED:
                    self._tasks.start(self._sum_up(ids), "Sum up the selection")
        else:
            self._shown = None
            self._pane.show_event(None)

    async def _sum_up(self, ids: list[EventId]) -> None:
        rows: list[EventSummary] = []
        for start in range(0, len(ids), SLICE):
            rows += self._app.store.page(ids[start : start + SLICE])
            await asyncio.sleep(0)
            if self._selection is not ids:
                return
        if len(rows) > 1:
            self._pane.show_many(rows)

    def show(self, event_id: EventId) -> None:
        """Show an event in the inspector and mark it as read."""
        event = self._app.store.event(event_id)
        self._shown = event
        self._pane.show_event(event)
        if event is None:
            return
        self._show_attempts(event.id)
        if event.summary.verdict is Verdict.INVALID and not self._warned:
            self._warned = True  # the first failure after a start opens its explanation, later ones do not
            self._pane.show_view("signature")
        if event.summary.unread:
            self._tasks.start(self._app.store.mark_read([event.id], True), "Mark as read")

    def open(self, event_id: int) -> None:
        """Select an event in the list, or show it alone where the filter hides it."""
        if not self._page.reveal(event_id):
            self.show(EventId(event_id))

    def refresh(self, ids: Sequence[EventId]) -> None:
        """Take over what changed about events."""
        self._page.refresh(ids)
        if self._shown is not None and self._shown.id in ids:
            event = self._app.store.event(self._shown.id)
            if event is not None and event.summary != self._shown.summary:
                self._shown = event
                self._pane.show_event(event)

    def _on_attempt(self, attempt: Attempt) -> None:
        if attempt.event_id != self.current:
            return
        self._came.append(attempt)
        self._tell_attempts_soon()

    def _on_running(self, running: tuple[Running, ...]) -> None:
        if self.current is not None:
            self._tell_attempts_soon()

    def _tell_attempts_soon(self) -> None:
        if not self._telling.isActive():
            self._telling.start()

    def _tell_attempts(self) -> None:
        """Tell the pane of what came since: many tries a second become one change, and nothing is read twice."""
        event_id = self.current
        if event_id is None:
            return
        came, self._came = self._came, []
        new = {attempt.id: attempt for attempt in came if attempt.event_id == event_id}
        known = {attempt.id for attempt in self._attempts[:MOST_AT_ONCE]}
        newest = sorted((one for one in new.values() if one.id not in known), key=lambda one: one.id, reverse=True)
        self._attempts = (*newest, *self._attempts)
        self._pane.set_attempts(self._attempts, self._running_to(event_id))

    def _show_attempts(self, event_id: EventId) -> None:
        self._came.clear()
        self._attempts = self._app.store.attempts(event_id)
        self._pane.set_attempts(self._attempts, self._running_to(event_id))

    def _running_to(self, event_id: EventId) -> str:
        running = (item.target for item in self._app.replayer.running_now if item.event_id == event_id)
        return next(running, "")

    # -- doing --------------------------------------------------------------------------------------------------

    def star(self, ids: Sequence[EventId], starred: bool) -> None:
        """Set or take away the star."""
        self._tasks.start(self._app.store.star(list(ids), starred), "Star")

    def mark_unread(self, ids: Sequence[EventId], unread: bool) -> None:
        """Mark as unread or read."""
        self._tasks.start(self._app.store.mark_read(list(ids), not unread), "Mark as unread")

    def delete(self, ids: Sequence[EventId]) -> None:
        """Delete without a question: it can be undone."""
        if ids:
            self._tasks.start(self._delete(tuple(EventId(item) for item in ids)), "Delete")

    async def _delete(self, ids: tuple[EventId, ...]) -> None:
        await self._app.store.set_deleted(ids, True)
        self._page.remove(ids)
        self._deleted = [*self._deleted, ids][-UNDO_KEPT:]
        self._on_selection(len(self._selection))
        self._notices.tell(f"{counted(len(ids), 'event')} deleted", "trash-2", action=("Undo", self.undo_delete))

    def undo_delete(self) -> None:
        """Bring back what was deleted last."""
        if self._deleted:
            self._tasks.start(self._undo_delete(), "Undo")

    async def _undo_delete(self) -> None:
        await self._app.store.set_deleted(self._deleted.pop(), False)
        self._page.reload()
        self._on_selection(len(self._selection))

    def copy_body(self, event_id: int) -> None:
        """Put the body on the clipboard as text; what is not text cannot go there."""
        event = self._app.store.event(EventId(event_id))
        if event is None:
            return
        if event.request.header("Content-Encoding"):
            self._tasks.start(self._unpack_and_copy(event), "Copy the body")
        else:
            self._copy_text(event.request.body, json=event.request.content_type.endswith("json"))

    async def _unpack_and_copy(self, event: Event) -> None:
        # Unpacking may take long: little can become very much.
        plain = await asyncio.to_thread(lambda: Payload(event.request).plain)
        self._copy_text(plain, json=event.request.content_type.endswith("json"))

    def _copy_text(self, body: bytes, *, json: bool) -> None:
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            self._notices.tell("The body is not text, so it was not copied. Copy as cURL keeps every byte.", "info")
            return
        copied = QMimeData()
        copied.setText(text)
        if json:
            copied.setData("application/json", body)
        QGuiApplication.clipboard().setMimeData(copied)
        self._notices.tell("Body copied", "copy")

    def copy_curl(self, event_id: int) -> None:
        """Put a command on the clipboard that sends the same bytes again."""
        event = self._app.store.event(EventId(event_id))
        if event is None:
            return
        QGuiApplication.clipboard().setText(to_curl(event.request, self._url_of(event)))
        self._notices.tell("Command copied", "terminal")

    def copy_as(self, event_id: int, form: str) -> None:
        """Put what sends the event again on the clipboard, in a form of `FORMATS`."""
        event = self._app.store.event(EventId(event_id))
        if event is None:
            return
        chosen = next(item for item in FORMATS if item.key == form)
        try:
            text = chosen.write(outgoing_of(event.request, self._url_of(event)))
        except UsageError as error:
            self._notices.error(error)
            return
        QGuiApplication.clipboard().setText(text)
        self._notices.tell(f"Copied as {chosen.name}", chosen.icon)

    def _url_of(self, event: Event) -> str:
        """Return where a copied request goes: the endpoint's target, else where the event came in."""
        number = event.summary.endpoint_id
        endpoint = self._app.directory.by_id(number) if number is not None else None
        target = endpoint.endpoint.target if endpoint is not None else ""
        return target or self._app.receiver.state.url + event.request.target
