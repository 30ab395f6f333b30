"""Which endpoint is looked at, and everything that says so: sidebar, addresses, first-run page, counts, status bar."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from inspector.app import App
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.event import EventSummary
from inspector.domain.query import Query
from inspector.domain.verification import Verdict
from inspector.receiver.state import ReceiverState, Status
from inspector.ui.bridge import BURST_PER_S, RUSH_PER_S
from inspector.ui.control.endpoint_control import EndpointControl
from inspector.ui.endpoints.saved_views import SAVED_VIEWS
from inspector.ui.endpoints.sidebar_model import EndpointRow
from inspector.ui.events.rows import Counts
from inspector.ui.events.search_reading import read_search
from inspector.ui.widgets.address_field import AddressKind
from inspector.ui.widgets.marks import DotState

if TYPE_CHECKING:
    from inspector.ui.main_window import MainWindow

COUNT_MS = 500
COUNT_SHARE = 10  # counting takes at most a tenth of the time
IDLE_HINT_S = 600
HINT_MS = 30_000

_TONES = {
    Status.STARTING: "neut",
    Status.RECEIVING: "pass",
    Status.PAUSED: "warn",
    Status.STOPPED: "fail",
    Status.FAILED: "fail",
}


class ScopeControl:
    """Connects the sidebar with whatever depends on the endpoint in view."""

    def __init__(self, window: MainWindow, app: App) -> None:
        self._window, self._app = window, app
        self._names: dict[EndpointId, str] = {}
        self._events: dict[EndpointId | None, tuple[int, int]] = {}
        self._counted = 0
        self._selected = 0
        self._stored: int | None = None
        self._rate = 0.0
        self._counting = False
        self._last_event = time.monotonic()
        self._seen_any = False
        self._coach = False
        self._kind: AddressKind | None = None
        self._told: tuple[Status, str, int, bool, str] | None = None
        self._failing_forwards: frozenset[EndpointId] = frozenset()
        self._timer = QTimer(window, singleShot=True, interval=COUNT_MS)
        self._timer.timeout.connect(self._count)
        self._hints = QTimer(window, interval=HINT_MS)
        self._hints.timeout.connect(self.update_hint)
        self._hints.start()
        self._connect()

    def _connect(self) -> None:
        window = self._window
        sidebar, endpoints, first_run, bar = window.sidebar, window.endpoints, window.first_run, window.top_bar
        sidebar.scope_changed.connect(self.select)
        sidebar.view_chosen.connect(lambda _key, search: window.page.set_search(search))
        sidebar.add_requested.connect(endpoints.add)
        sidebar.rename_requested.connect(lambda number, name: endpoints.rename(EndpointId(number), name))
        sidebar.copy_address_requested.connect(lambda number: endpoints.copy_address(EndpointId(number)))
        sidebar.settings_requested.connect(lambda number: endpoints.open_settings(EndpointId(number)))
        sidebar.clear_requested.connect(lambda number: endpoints.clear(EndpointId(number)))
        sidebar.delete_requested.connect(lambda number: endpoints.delete(EndpointId(number)))
        sidebar.pause_requested.connect(lambda number, _paused: endpoints.toggle_pause(EndpointId(number)))
        window.page.search.textChanged.connect(sidebar.show_search)
        first_run.own_address_requested.connect(endpoints.use_own_address)
        first_run.secret_given.connect(endpoints.give_secret)
        first_run.secret_help_requested.connect(endpoints.tell_where_secret_is)
        first_run.test_requested.connect(self._first_test)
        first_run.samples_requested.connect(endpoints.send_samples)
        first_run.address.set_kind_menu(bar.address_menu)
        bar.kind_chosen.connect(self._choose_kind)
        bar.test_requested.connect(endpoints.send_test)
        bar.own_address_requested.connect(endpoints.use_own_address)
        bar.curl_requested.connect(endpoints.copy_curl)
        window.bridge.added.connect(self._on_added)
        window.bridge.changed.connect(lambda _ids: self.count_soon())

    # -- the endpoint in view -----------------------------------------------------------------------------------

    def select(self, endpoint_id: EndpointId | None) -> None:
        """Show one endpoint, or all."""
        self._window.endpoints.scope = endpoint_id
        self._window.sidebar.set_scope(endpoint_id)
        self._window.page.set_scope(endpoint_id, self._names.get(endpoint_id, "") if endpoint_id is not None else "")
        self._app.settings.change(scope=int(endpoint_id or 0))
        self._show_endpoint()
        self.count_soon()

    def reload(self) -> None:
        """Take over changed endpoints."""
        endpoints = self._app.directory.all()
        first = not self._names
        self._names = {endpoint.id: endpoint.name for endpoint in endpoints}
        self._window.page.set_endpoint_names(self._names)
        masking = (item.id for item in self._app.directory.all() if item.storage.mask_recipients)
        self._window.page.set_masked_endpoints(frozenset(masking))
        self._fill_sidebar()
        scope = self._window.endpoints.scope
        if first:
            settings = self._app.settings.current
            stored = EndpointId(settings.scope if settings.restore_scope else 0)
            scope = stored if stored in self._names else (endpoints[0].id if len(endpoints) == 1 else None)
        self.select(scope if scope in self._names else None)

    def _show_endpoint(self) -> None:
        window, endpoints = self._window, self._window.endpoints
        endpoint = endpoints.current
        choices, first = endpoints.addresses(endpoint)
        shown = next((item.kind for item in choices if item.kind == self._kind), first)
        if endpoints.scope is None and len(self._names) > 1:
            every = [(item.name, _shown_address(endpoints, item)) for item in self._app.directory.all()]
            base = self._app.receiver.state.url or f"http://127.0.0.1:{self._app.settings.current.port}"
            tunnel = self._app.tunnels.state
            is_public = bool(tunnel.public_url) and not tunnel.single_endpoint and self._kind in (None, "public")
            kind: AddressKind = "public" if is_public else "local"
            window.top_bar.set_all_endpoints(tunnel.public_url if is_public else base, every, kind)
        else:
            window.top_bar.set_addresses(choices, shown)
        items, last = endpoints.tests(endpoint)
        window.top_bar.set_tests(endpoint.name, items, last)
        url = next(item.url for item in choices if item.kind == shown)
        window.first_run.set_address(shown, url, endpoint.path)
        window.first_run.set_endpoint(int(endpoint.id), endpoint.provider)
        samples = self._app.simulator.samples(endpoint)
        window.first_run.set_samples([(item.key, item.title) for item in samples], last)
        window.page.set_target(endpoint.target.partition("://")[2].partition("/")[0])

    def show_addresses(self) -> None:
        """Show the addresses as they are now."""
        if self._names:
            self._show_endpoint()

    def _fill_sidebar(self) -> None:
        failed = self._app.receiver.state.status in (Status.FAILED, Status.STOPPED)
        rows = []
        for endpoint in self._app.directory.all():
            events, failures = self._events.get(endpoint.id, (0, 0))
            state: DotState = "error" if failed else "paused" if endpoint.paused else "receiving" if events else "idle"
            fails = endpoint.id in self._failing_forwards
            row = EndpointRow(
                endpoint.id, endpoint.name, endpoint.path, state, events, failures, endpoint.colour, fails
            )
            rows.append(row)
        self._window.sidebar.set_endpoints(rows, self.everywhere)

    def show_failing_forwards(self, endpoints: frozenset[EndpointId]) -> None:
        """Mark the endpoints that have a forward rule that keeps failing."""
        self._failing_forwards = endpoints
        self._fill_sidebar()

    def _choose_kind(self, kind: AddressKind) -> None:
        self._kind = kind
        self._show_endpoint()

    def _first_test(self, key: str) -> None:
        self._coach = True
        self._window.endpoints.send_test(key)

    # -- the receiver -------------------------------------------------------------------------------------------

    def show_receiver(self, state: ReceiverState, *, on_network: bool) -> None:
        """Show what the receiver does in the top bar and the status bar."""
        window, told = self._window, (state.status, state.host, state.port, on_network, state.https_url)
        if told == self._told:  # only the count of what was turned away is another one; an open menu stays as it is
            return
        self._told = told
        window.top_bar.set_receiver(state, on_network=on_network)
        words = {
            Status.STARTING: "Starting",
            Status.RECEIVING: f"Receiving on {state.host}:{state.port}",
            Status.PAUSED: "Paused",
            Status.STOPPED: "Not receiving",
            Status.FAILED: "Not receiving",
        }
        window.status.set_receiver(words[state.status], _TONES[state.status])  # type: ignore[arg-type]
        window.commands.update()
        if self._names:
            self._fill_sidebar()
            self._show_endpoint()

    def show_rate(self, now: float, peak: float, history: list[float]) -> None:
        """Show events per second."""
        self._rate = now
        self._window.status.set_rate(history, now, peak)
        self._window.top_bar.set_rate(now)
        self.update_hint()

    @property
    def everywhere(self) -> int:
        """How many events there are, as last counted."""
        return sum(events for events, _failures in self._events.values())

    def fit_sidebar(self) -> None:
        """Leave the saved views out while there is no event anywhere."""
        self._window.sidebar.set_bare(self._window.starting and not self.everywhere)

    # -- counts -------------------------------------------------------------------------------------------------

    def on_counted(self, counts: Counts) -> None:
        """Take over how many events the list finds."""
        self._counted = counts.total
        self._show_counts()
        self.count_soon()

    def show_selected(self, count: int) -> None:
        """Show how many events are selected."""
        self._selected = count
        self._show_counts()

    def count_soon(self) -> None:
        """Count for sidebar and status bar, at most twice a second."""
        if not self._timer.isActive() and not self._counting:
            self._timer.start()

    def close(self) -> None:
        """Stop counting."""
        self._timer.stop()
        self._hints.stop()

    def update_hint(self) -> None:
        """Say in the status bar what is unusual: a burst, or a long silence."""
        status = self._window.status
        silent_s = time.monotonic() - self._last_event
        if self._rate > BURST_PER_S:
            times = 4 if self._rate > RUSH_PER_S else 12
            status.set_hint(f"Burst: list refreshes {times} times a second", icon="zap", warn=True)
        elif self._seen_any and silent_s >= IDLE_HINT_S:
            status.set_hint(f"Nothing for {int(silent_s // 60)} min. Test it?")
        else:
            status.set_hint(None)

    def _show_counts(self) -> None:
        self._window.status.set_counts(self._counted, self._selected, self._stored)

    def _on_added(self, summaries: list[EventSummary]) -> None:
        self._last_event = time.monotonic()
        self._seen_any = True
        self.count_soon()
        if self._coach and summaries:
            self._coach = False
            self._window.page.reveal(summaries[-1].id)
            if summaries[-1].verdict is Verdict.VALID:
                self._window.notices.tell("Valid: signed with this endpoint’s secret.", "shield-check", "pass")

    def _count(self) -> None:
        self._counting = True
        self._window.tasks.start(self._count_all(), "Count events")

    async def _count_all(self) -> None:
        store, scope = self._app.store, self._window.endpoints.scope
        started = time.monotonic()
        try:
            self._events = {
                item.endpoint_id: (item.events, item.unseen_failures) for item in await store.scope_counts()
            }
            views = {}
            for view in SAVED_VIEWS:
                found = await store.counts(Query(endpoint_id=scope, terms=read_search(view.search).terms))
                views[view.key] = found.total
            self._stored = await store.stored_bytes() if self.everywhere else None
        finally:
            took_ms = (time.monotonic() - started) * 1000
            self._timer.setInterval(max(COUNT_MS, round(took_ms * COUNT_SHARE)))
            self._counting = False
        self._fill_sidebar()
        self.fit_sidebar()
        in_scope = self.everywhere if scope is None else self._events.get(scope, (0, 0))[0]
        self._window.head.set_count(in_scope)
        self._window.sidebar.set_view_counts(views)
        self._show_counts()


def _shown_address(endpoints: EndpointControl, endpoint: Endpoint) -> str:
    choices, shown = endpoints.addresses(endpoint)
    return next(item.url for item in choices if item.kind == shown)
