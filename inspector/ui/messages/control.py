"""The Messages page and the window: which page is in view, which message is shown, and the way from and to events."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from inspector.directory import Directory
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.domain.values import MICROSECOND
from inspector.store.message_reader import MessageCounts
from inspector.ui.messages.page import MessagesPage
from inspector.ui.messages.pane import MessagePane
from inspector.ui.messages.rows import Messages
from inspector.ui.page_head import EVENTS, MESSAGES
from inspector.ui.tasks import Tasks
from inspector.ui.widgets.menu import Menu

if TYPE_CHECKING:
    from inspector.ui.detail.detail_view import DetailView
    from inspector.ui.detail.timeline_view import TimelineView
    from inspector.ui.main_window import MainWindow

REFRESH_MS = 250
FOLLOWED_S = 3.0
"""Messages follow their events a moment later; so long one is waited for."""


class MessageControl:
    """Keeps list, pane and events together."""

    def __init__(
        self,
        window: MainWindow,
        messages: Messages,
        directory: Directory,
        tasks: Tasks,
        page: MessagesPage,
        pane: MessagePane,
    ) -> None:
        self._window, self._messages, self._tasks = window, messages, tasks
        self._directory = directory
        self._page, self._pane = page, pane
        self._shown: int | None = None
        self._menu: Menu | None = None
        self._timeline: TimelineView | None = None
        window.pane.when_made("timeline", self._attend)
        window.head.tabs.changed.connect(self._on_tab)
        window.page.message_requested.connect(self._open_of_event)
        window.pane.wishes.message_requested.connect(self._open_of_event)
        window.sidebar.view_chosen.connect(lambda _key, _search: self.show_page(EVENTS))
        page.current_changed.connect(self._on_current)
        page.opened.connect(self._open_first)
        page.event_chosen.connect(self.open_event)
        page.menu_requested.connect(self._open_menu)
        page.counted.connect(self._on_counted)
        page.ticked.connect(lambda: pane.tick(page.model.style))
        page.test_requested.connect(window.endpoints.send_test)
        page.all_endpoints_requested.connect(lambda: window.select_endpoint(None))
        pane.event_chosen.connect(self.open_event)
        pane.events_requested.connect(self._list_events)
        pane.menu_requested.connect(lambda place: self._open_menu(self._shown, place))
        self._refresh_soon = QTimer(window, singleShot=True, interval=REFRESH_MS)
        self._refresh_soon.timeout.connect(self._refresh)
        self._unfollow = directory.changed.subscribe(lambda _: self._take_limits())
        self._unsubscribe = messages.changed.subscribe(lambda _: self._on_changed())

    def _attend(self, view: DetailView) -> None:
        from inspector.ui.detail.timeline_view import TimelineView

        assert isinstance(view, TimelineView)
        self._timeline = view
        view.message_wanted.connect(self._read_for_event)
        view.message_chosen.connect(self.open_message)

    def close(self) -> None:
        """Stop listening."""
        self._unsubscribe()
        self._unfollow()
        self._refresh_soon.stop()

    @property
    def reader(self) -> Messages:
        """Where messages are read from."""
        return self._messages

    @property
    def in_view(self) -> bool:
        """Whether the Messages page is in view."""
        return self._window.head.tabs.current == MESSAGES

    def start(self) -> None:
        """Count for the first time."""
        self._take_limits()
        self._page.start()

    def _take_limits(self) -> None:
        endpoints = self._directory.all()
        self._page.set_limits({int(item.id): item.stuck_after_s * MICROSECOND for item in endpoints})
        self._page.set_masked_endpoints(frozenset(int(item.id) for item in endpoints if item.storage.mask_recipients))

    def set_scope(self, endpoint_id: EndpointId | None) -> None:
        """Show the messages of one endpoint, or of all."""
        self._page.set_scope(endpoint_id)

    # Pages

    def show_page(self, key: str) -> None:
        """Open a page; the events page stands where the first steps are shown."""
        if not self._window.starting or key == EVENTS:
            self._window.head.tabs.set_current(key)

    def _on_tab(self, key: str) -> None:
        self._window.show_page(key)
        if key == MESSAGES:
            self._page.table.setFocus()

    def find(self) -> QWidget:
        """Return the search field of the page in view."""
        return self._page.search if self.in_view else self._window.page.search

    def open_event(self, event_id: int) -> None:
        """Show an event on the events page."""
        self.show_page(EVENTS)
        self._window.events.open(event_id)

    def open_message(self, id: int) -> None:
        """Show a message on its page, whatever its endpoint."""
        self._tasks.start(self._open_message(id), "Opening a message")

    async def _open_message(self, id: int) -> None:
        detail = await self._messages.message(id)
        if detail is None:
            return
        self.show_page(MESSAGES)
        scope = self._window.endpoints.scope
        if scope is not None and scope != detail.row.endpoint_id:
            self._window.select_endpoint(detail.row.endpoint_id)
        self._page.reveal(id)

    def _open_of_event(self, event_id: int) -> None:
        self._tasks.start(self._open_message_of(EventId(event_id)), "Opening the message of an event")

    async def _open_message_of(self, event_id: EventId) -> None:
        detail = await self._messages.of_event(event_id)
        ends = time.monotonic() + FOLLOWED_S
        while detail is None and self._names_message(event_id) and time.monotonic() < ends:
            await asyncio.sleep(REFRESH_MS / 1000)
            detail = await self._messages.of_event(event_id)
        if detail is None:
            self._window.notices.tell("The event names no message.")
        else:
            await self._open_message(detail.row.id)

    def _names_message(self, event_id: EventId) -> bool:
        shown = self._window.pane.event_shown
        return shown is None or shown.id != event_id or any(report.message_id for report in shown.reports)

    def _open_first(self, id: int) -> None:
        self._tasks.start(self._open_first_event(id), "Opening the first event")

    async def _open_first_event(self, id: int) -> None:
        detail = await self._messages.message(id)
        if detail is not None and detail.reports:
            self.open_event(min(item.event_id for item in detail.reports))

    def _list_events(self) -> None:
        if self._pane.detail is not None:
            name = self._pane.detail.row.message_id
            quoted = f'"{name}"' if set(name) & set(" ,") else name
            self.show_page(EVENTS)
            self._window.page.set_search(f"msg:{quoted}")

    # What is shown

    def _on_current(self, id: int | None) -> None:
        self._shown = id
        if self.in_view:
            self._window.status.set_messages(len(self._page.model.ids), int(id is not None))
        if id is None:
            self._pane.show_message(None, self._page.model.style)
        else:
            self._tasks.start(self._show(id), "Reading a message")

    async def _show(self, id: int) -> None:
        detail = await self._messages.message(id)
        if id == self._shown:
            self._pane.show_message(detail, self._page.model.style)

    def _on_changed(self) -> None:
        self._page.news()
        if not self._refresh_soon.isActive():
            self._refresh_soon.start()

    def _refresh(self) -> None:
        """Read the message that is shown again, at most so often."""
        if self.in_view and self._shown is not None:
            self._tasks.start(self._show(self._shown), "Reading a message")
        if self._timeline is not None:
            self._timeline.refresh()

    def _on_counted(self, counts: MessageCounts) -> None:
        if not self._page.query.words:  # the tab tells of the scope, not of the search
            self._window.head.set_messages(counts.total)
        if self.in_view:
            self._window.status.set_messages(counts.total, int(self._shown is not None))

    def _read_for_event(self, event_id: int) -> None:
        self._tasks.start(self._show_for_event(event_id), "Reading the message of an event")

    async def _show_for_event(self, event_id: int) -> None:
        detail = await self._messages.of_event(EventId(event_id))
        if self._timeline is not None:
            self._timeline.show_message(event_id, detail, self._messages.now_us())

    # The menu of a message

    def _open_menu(self, id: int | None, place: QPoint) -> None:
        detail = self._pane.detail
        if id is None or detail is None or detail.row.id != id:
            return
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = menu = Menu(self._window.theme, self._window.icons, self._window)
        row = detail.row
        menu.add("Show its events", "list-filter", self._list_events)
        menu.line()
        menu.add("Copy message ID", "copy", lambda: _copy(row.message_id))
        if row.recipient:
            menu.add("Copy recipient", "copy", lambda: _copy(row.recipient))
            menu.add("Messages to this recipient", "search", lambda: self._page.search.setText(row.recipient))
        if row.campaign:
            menu.add("Messages of this campaign", "search", lambda: self._page.search.setText(row.campaign))
        menu.popup(place)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
