"""Series in the window: which belong to an event, how they stand, and stopping them; views hear of every change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from inspector.app import App
from inspector.domain.attempt import Attempt, SeriesId
from inspector.domain.event import EventId
from inspector.domain.series import BY_HAND, Series
from inspector.replay.replayer import Running
from inspector.store.series import RuleKey
from inspector.ui.detail.detail_view import DetailView

if TYPE_CHECKING:
    from inspector.ui.detail.replays_view import ReplaysView
    from inspector.ui.main_window import MainWindow

GATHER_MS = 60
"""Changes are told together after so long: a schedule without waits makes hundreds in a second."""


class SeriesControl:
    """Reads series for the views that show attempts, and tells these what has changed."""

    def __init__(self, window: MainWindow, app: App) -> None:
        self._window, self._app = window, app
        self._touched: set[EventId] = set()
        self._view: ReplaysView | None = None
        self._clock = QTimer(window)
        self._clock.setSingleShot(True)
        self._clock.setInterval(GATHER_MS)
        self._clock.timeout.connect(self._tell)
        self._listens = False
        self._unsubscribe = [
            app.replayer.running.subscribe(self._on_running),
            app.replayer.finished.subscribe(self._on_finished),
        ]
        window.replays.source = self
        window.pane.when_made("replays", self._attend)

    def close(self) -> None:
        """Stop listening."""
        self._clock.stop()
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    # -- what views ask for -------------------------------------------------------------------------------------

    def series_of(self, event_id: EventId) -> Sequence[Series]:
        """Return the series of an event, newest first."""
        if not self._listens:  # whom nobody has shown a series to need not hear of changes: the book is made here
            self._listens = True
            self._unsubscribe.append(self._app.store.series.changed.subscribe(self._on_changed))
        return self._app.store.series.of_event(event_id)

    def rule_name(self, series: Series) -> str:
        """Return the name of the rule that began a series, "" for none or where it is gone."""
        resolved = self._app.directory.by_id(series.endpoint_id) if series.endpoint_id is not None else None
        rules = resolved.endpoint.forwards if resolved is not None else ()
        place = next((place for place, rule in enumerate(rules, 1) if rule.id == series.rule_id), 0)
        return (rules[place - 1].name or f"rule {place}") if place else ""

    def is_paused(self, series: Series) -> bool:
        """Whether the rule of a series waits."""
        if series.rule_id == BY_HAND or series.endpoint_id is None:
            return False
        return self._app.courier.is_paused(RuleKey(series.endpoint_id, series.rule_id))

    def is_running(self, series: Series) -> bool:
        """Whether a try of a series is under way."""
        if not series.state.is_open:
            return False
        now = self._app.replayer.running_now
        return any(one.event_id == series.event_id and one.target == series.target for one in now)

    def stop(self, series_id: SeriesId) -> None:
        """Stop a series; a try that is under way ends, and is kept."""
        self._window.tasks.start(self._app.courier.stop([series_id]), "Stop a series")

    # -- hearing ------------------------------------------------------------------------------------------------

    def _attend(self, made: DetailView) -> None:
        from inspector.ui.detail.replays_view import ReplaysView

        assert isinstance(made, ReplaysView)
        self._view = made
        made.serve(self)

    def _on_changed(self, changed: Sequence[Series]) -> None:
        self._touch(one.event_id for one in changed)

    def _on_running(self, running: Sequence[Running]) -> None:
        self._touch(one.event_id for one in running)

    def _on_finished(self, attempt: Attempt) -> None:
        if attempt.series_id is not None:
            self._touch((attempt.event_id,))

    def _touch(self, ids: Iterable[EventId]) -> None:
        """Note the events somebody looks at; the others are nobody's business now."""
        shown = self._window.pane.event_shown
        watched = {*self._window.replays.shown_in_dialogs, *([shown.id] if shown is not None else [])}
        self._touched |= watched & set(ids)
        if self._touched and not self._clock.isActive():
            self._clock.start()

    def _tell(self) -> None:
        touched, self._touched = self._touched, set()
        shown = self._window.pane.event_shown
        if self._view is not None and shown is not None and shown.id in touched and self._view.isVisible():
            self._view.refresh_soon()
        self._window.replays.refresh_dialogs(touched)
