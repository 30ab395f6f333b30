"""The card of alerts on the monitor page: what is open, what is quiet, and the ways to the rules and the history."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inspector.app import App
from inspector.domain.errors import InspectorError
from inspector.monitor.alerts import Alert
from inspector.ui.icons import Icons
from inspector.ui.monitor.alert_words import Line, in_scope, lines, wall_us
from inspector.ui.monitor.alerts_card_entry import TEXT_LEFT_PX, AlertEntry
from inspector.ui.monitor.card import BOTTOM_PX, SIDE_PX, CardHead, MonitorCard, card_column
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import LinkButton

REFRESH_MS = 20_000
HISTORY_READ = 100

_log = logging.getLogger(__name__)


class AlertsCard(MonitorCard):
    """Follows the monitor, the rules and the endpoint in view by itself; while it is hidden it does nothing.

    Signals:
        events_wanted(object): show the events of this Alert.
        mute_wanted(object, int): mute this Alert for so many seconds, 0 ends it.
        rules_wanted: edit the rules.
        history_wanted: list all alerts.
        doctor_wanted: find out why nothing arrives.
    """

    events_wanted = Signal(object)
    mute_wanted = Signal(object, int)
    rules_wanted = Signal()
    history_wanted = Signal()
    doctor_wanted = Signal()

    def __init__(self, theme: Theme, icons: Icons, app: App, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._icons, self._app = icons, app
        self._tasks = Tasks(lambda error: _log.info("Alerts cannot be read: %s", error))
        self._history: tuple[Alert, ...] = ()
        self._reading = False
        self._stale = True
        self.entries: dict[str, AlertEntry] = {}
        self.setAccessibleName("Alerts")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._build()
        self._timer = QTimer(self, interval=REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        unsubscribes = (
            app.monitor.news.subscribe(lambda _: self._on_news()),
            app.monitor.rules_changed.subscribe(lambda _: self._on_news()),
            app.settings.changed.subscribe(lambda _: self.refresh()),
            app.directory.changed.subscribe(lambda _: self.refresh()),
        )
        self._task: list[asyncio.Task[None]] = []
        self.destroyed.connect(partial(_leave, unsubscribes, self._task))

    def _build(self) -> None:
        theme, icons = self._theme, self._icons
        self.head = CardHead(theme, "Alerts", self)
        self.history = LinkButton(theme, icons, "History", "", self.head)
        self.history.setAccessibleName("History of alerts")
        self.history.clicked.connect(self.history_wanted)
        self.rules = LinkButton(theme, icons, "Edit rules", "", self.head)
        self.rules.setAccessibleName("Edit the rules of alerts")
        self.rules.clicked.connect(self.rules_wanted)
        self.head.add_tool(self.history)
        self.head.add_tool(self.rules)
        self.more = LinkButton(theme, icons, "", "", self)
        self.more.clicked.connect(self.history_wanted)
        self.more.hide()
        self._column = QVBoxLayout()
        self._column.setContentsMargins(SIDE_PX, 0, SIDE_PX, 0)
        self._column.setSpacing(0)
        last = QHBoxLayout()
        last.setContentsMargins(SIDE_PX + TEXT_LEFT_PX, 0, SIDE_PX, 0)
        last.addWidget(self.more)
        last.addStretch(1)
        column = card_column(self, bottom_px=BOTTOM_PX)
        column.addWidget(self.head)
        column.addLayout(self._column)
        column.addLayout(last)
        column.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self.refresh()
        self.read_again()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _on_news(self) -> None:
        self.refresh()  # what is open is known at once, what was has to be read
        self.read_again()

    def read_again(self) -> None:
        """Read the history again, now or when the card is next shown."""
        self._stale = True
        if self.isVisible() and not self._reading:
            self._reading = True
            self._task[:] = [self._tasks.start(self._read(), "Reading alerts")]

    async def _read(self) -> None:
        try:
            while self._stale:
                self._stale = False
                self._history = await self._app.monitor.history(limit=HISTORY_READ)
        except InspectorError as error:
            _log.info("The history of alerts cannot be read: %s", error)
        finally:
            self._reading = False
        self.refresh()

    def refresh(self) -> None:
        """Show what is known now."""
        if not self.isVisible():
            return
        monitor, now_us = self._app.monitor, wall_us()
        scope = self._app.settings.current.scope
        shown, left = lines(
            [alert for alert in monitor.open_alerts if in_scope(alert, scope)],
            monitor.rules,
            [alert for alert in self._history if in_scope(alert, scope)],
            now_us,
        )
        self._show_lines(shown, now_us)
        self.more.setText(f"{left} more open")
        self.more.setVisible(left > 0)

    def _show_lines(self, shown: tuple[Line, ...], now_us: int) -> None:
        names = {int(endpoint.id): endpoint.name for endpoint in self._app.directory.all()}
        for key in [key for key in self.entries if key not in {line.key for line in shown}]:
            entry = self.entries.pop(key)
            self._column.removeWidget(entry)
            entry.hide()
            entry.deleteLater()
        for place, line in enumerate(shown):
            entry = self.entries.get(line.key) or self._made(line)
            if self._column.indexOf(entry) != place:
                self._column.removeWidget(entry)
                self._column.insertWidget(place, entry)
            entry.show_line(line, names, now_us, last=place == len(shown) - 1)
        self.entries = {line.key: self.entries[line.key] for line in shown}

    def _made(self, line: Line) -> AlertEntry:
        entry = AlertEntry(self._theme, self._icons, line, self)
        entry.events_wanted.connect(self.events_wanted)
        entry.mute_wanted.connect(self.mute_wanted)
        entry.doctor_wanted.connect(self.doctor_wanted)
        entry.folded.connect(self.updateGeometry)
        self.entries[line.key] = entry
        return entry


def _leave(unsubscribes: tuple[Callable[[], None], ...], tasks: list[asyncio.Task[None]], *_gone: object) -> None:
    for unsubscribe in unsubscribes:
        unsubscribe()
    for task in tasks:
        task.cancel()
