"""Outage rehearsals and window: the dialog, the banner that counts down, and the word when it is over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from inspector.app import App
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.event import EventId
from inspector.ui.widgets.banner import BannerContent

if TYPE_CHECKING:
    from inspector.ui.main_window import MainWindow
    from inspector.ui.outage.desk import OutageDesk
    from inspector.ui.outage.dialog import OutageDialog

TICK_MS = 1_000


class OutageControl:
    """Every endpoint that is down for a rehearsal has its banner, also after the program was started again."""

    def __init__(self, window: MainWindow, app: App) -> None:
        self._window, self._app = window, app
        self.dialog: OutageDialog | None = None
        self._down: set[EndpointId] = set()
        self._hidden: set[EndpointId] = set()
        self._tick = QTimer(window, interval=TICK_MS)
        self._tick.timeout.connect(self._look)
        self._unsubscribe = app.directory.changed.subscribe(lambda _: self._look())
        window.banners.dismissed.connect(self._on_dismissed)

    def start(self) -> None:
        """Look whether a rehearsal from before goes on."""
        self._look()

    def open(self, endpoint_id: EndpointId | None = None) -> OutageDialog:
        """Show the dialog for an endpoint; None is the one in view."""
        from inspector.ui.outage.dialog import OutageDialog

        window, wanted = self._window, endpoint_id or self._window.endpoints.current.id
        if self.dialog is None:
            self.dialog = OutageDialog(window.theme, window.icons, window.tasks, self._desk(), wanted, window)
            self.dialog.finished.connect(lambda _result: self._gone())
        self.dialog.look_at(wanted)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        return self.dialog

    def _desk(self) -> OutageDesk:
        from inspector.ui.outage.desk import OutageDesk

        return OutageDesk(self._app, self._show_event, lambda text: self._window.notices.tell(text, "download"))

    def _gone(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _show_event(self, event_id: EventId) -> None:
        self._window.head.tabs.set_current("events")
        self._window.events.open(event_id)

    # -- the banner ---------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Put up a banner for each endpoint that is down, and take those away that are over."""
        now = datetime.now(UTC)
        endpoints = {endpoint.id: endpoint for endpoint in self._app.directory.all()}
        down = {number for number, endpoint in endpoints.items() if _is_down(endpoint, now)}
        for number in self._down - down:
            self._window.banners.remove(_key(number))
            self._hidden.discard(number)
            if number in endpoints:
                show = ("Show what came back", lambda number=number: self.open(number))
                self._window.notices.tell(f"{endpoints[number].name} answers as usual again", "plug", action=show)
        self._down = down
        for number in down - self._hidden:
            self._window.banners.put(self._content(endpoints[number], now))
        if bool(down) != self._tick.isActive():
            self._tick.start() if down else self._tick.stop()

    def _content(self, endpoint: Endpoint, now: datetime) -> BannerContent:
        from inspector.ui.outage.words import running_words

        assert endpoint.answers.outage is not None
        number = endpoint.id
        known = next((one for one in self._window.banners.contents() if one.key == _key(number)), None)
        title = f"Rehearsing an outage of {endpoint.name}"
        # The same links as before: a banner whose text alone is another one keeps the focus in it.
        actions = (
            known.actions
            if known is not None and known.title == title
            else (
                ("Stop", lambda: self._stop(number)),
                ("Show", lambda: self.open(number)),
            )
        )
        return BannerContent(
            _key(number), "warn", "unplug", title, running_words(endpoint.answers.outage, now), actions
        )

    def _stop(self, endpoint_id: EndpointId) -> None:
        self._window.tasks.start(self._desk().end(endpoint_id), "End the outage")

    def _on_dismissed(self, key: str) -> None:
        self._hidden |= {number for number in self._down if _key(number) == key}

    def close(self) -> None:
        """Count no more."""
        self._tick.stop()
        self._unsubscribe()


def _key(endpoint_id: EndpointId) -> str:
    return f"outage-{endpoint_id}"


def _is_down(endpoint: Endpoint, now: datetime) -> bool:
    outage = endpoint.answers.outage
    return outage is not None and outage.since <= now < outage.until
