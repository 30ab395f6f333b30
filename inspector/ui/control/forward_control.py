"""Forwarding and window: the dialog, the test of a target, and the mark in the sidebar where a rule keeps failing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from inspector.app import App
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.domain.series import BY_HAND, Series, SeriesState

if TYPE_CHECKING:
    from inspector.ui.forwarding.dialog import ForwardDialog
    from inspector.ui.forwarding.tester_dialog import TargetDialog
    from inspector.ui.main_window import MainWindow

FAILING_TRIES = 3
"""So many tries of a target in a row that failed, and its endpoint is marked."""

SEED_MS = 3_000
"""So long after the start what was kept is looked at: the start itself is not to wait for it."""

Place = tuple[EndpointId, str, str]


class ForwardWatch:
    """Counts for every target of every rule the tries in a row that failed; `told` is called where a mark changes."""

    def __init__(self, app: App, told: Callable[[frozenset[EndpointId]], None]) -> None:
        self._app, self._told = app, told
        self._failed: dict[Place, int] = {}
        self._latest: dict[Place, datetime] = {}
        self._marked: frozenset[EndpointId] = frozenset()
        self._listening = False
        self._unsubscribe = [
            app.store.planned.subscribe(lambda _series: self._listen()),
            app.directory.changed.subscribe(lambda _: self._tell()),
        ]

    @property
    def has_rules(self) -> bool:
        """Whether anything is forwarded at all."""
        return any(endpoint.forwards for endpoint in self._app.directory.all())

    async def seed(self) -> None:
        """Take over what the store knows of the time before."""
        self._listen()
        from inspector.store.series import RuleKey

        for endpoint in self._app.directory.all():
            for rule in endpoint.forwards:
                for one in await self._app.store.series.figures(RuleKey(endpoint.id, rule.id), 0):
                    place = (endpoint.id, rule.id, one.target)
                    self._failed.setdefault(place, one.failed_in_row)
                    if one.last_failed_at is not None:
                        self._latest.setdefault(place, one.last_failed_at)
        self._tell()

    def _listen(self) -> None:
        if not self._listening:
            self._listening = True
            self._unsubscribe.append(self._app.store.series.changed.subscribe(self._on_changed))

    def _on_changed(self, changed: Sequence[Series]) -> None:
        crossed = False
        for series in changed:
            if series.rule_id == BY_HAND or series.endpoint_id is None:
                continue
            place = (series.endpoint_id, series.rule_id, series.target)
            before = self._failed.get(place, 0)
            if series.state is SeriesState.DONE:
                self._failed[place] = 0
            elif series.failed_at is not None and series.failed_at > self._latest.get(place, series.created_at):
                self._latest[place] = series.failed_at
                self._failed[place] = before + 1
            crossed |= (before >= FAILING_TRIES) != (self._failed.get(place, 0) >= FAILING_TRIES)
        if crossed:
            self._tell()

    def _tell(self) -> None:
        marked = frozenset(
            endpoint.id
            for endpoint in self._app.directory.all()
            for rule in endpoint.forwards
            if rule.enabled
            for target in rule.targets
            if self._failed.get((endpoint.id, rule.id, target), 0) >= FAILING_TRIES
        )
        if marked != self._marked:
            self._marked = marked
            self._told(marked)

    def close(self) -> None:
        """Listen no more."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()


class ForwardControl:
    """One dialog at a time; asking for another endpoint's rules shows them in it."""

    def __init__(self, window: MainWindow, app: App) -> None:
        self._window, self._app = window, app
        self.dialog: ForwardDialog | None = None
        self.watch = ForwardWatch(app, window.scopes.show_failing_forwards)
        self._later = QTimer(window, singleShot=True, interval=SEED_MS)
        self._later.timeout.connect(self._seed)
        window.sidebar.forwarding_requested.connect(lambda number: self.open(EndpointId(number)))

    def start(self) -> None:
        """Look at what was kept, a while after the start."""
        self._later.start()

    def _seed(self) -> None:
        if self.watch.has_rules:
            self._window.tasks.start(self.watch.seed(), "Look at forwarding")

    def open(self, endpoint_id: EndpointId | None = None) -> ForwardDialog:
        """Show the rules of an endpoint; None is the one in view."""
        from inspector.ui.forwarding.desk import ForwardDesk
        from inspector.ui.forwarding.dialog import ForwardDialog

        window, wanted = self._window, endpoint_id or self._window.endpoints.current.id
        if self.dialog is None:
            desk = ForwardDesk(self._app, self._show_event, self._edit, self.test_target)
            self.dialog = ForwardDialog(window.theme, window.icons, window.tasks, desk, wanted, window)
            self.dialog.finished.connect(lambda _result: self._gone())
        self.dialog.look_at(wanted)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        return self.dialog

    def _gone(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _show_event(self, event_id: EventId) -> None:
        self._window.head.tabs.set_current("events")
        self._window.events.open(event_id)

    def _edit(self, endpoint_id: EndpointId) -> None:
        self._window.endpoints.open_settings(endpoint_id, "forwarding")

    def test_target(self, url: str, over: QWidget | None = None) -> TargetDialog:
        """Test a target, over the dialog that asks for it."""
        from inspector.ui.forwarding.tester_desk import open_tester

        window = self._window
        return open_tester(self._app, window.theme, window.icons, window.tasks, url, over or self.dialog or window)

    def close(self) -> None:
        """Listen no more."""
        self._later.stop()
        self.watch.close()
