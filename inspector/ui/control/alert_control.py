"""Alerts and window: the dot on the Monitor tab, the ways from an alert to its cause, and what is notified."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from inspector.app import App
from inspector.domain.errors import StoreError
from inspector.receiver.state import ReceiverState, Status
from inspector.store.room_words import trouble_words
from inspector.ui.page_head import EVENTS, MONITOR

if TYPE_CHECKING:
    from inspector.monitor.alerts import Alert, AlertNews
    from inspector.ui.main_window import MainWindow
    from inspector.ui.monitor.alerts_card import AlertsCard
    from inspector.ui.monitor.alerts_card_banner import AlertBanner
    from inspector.ui.monitor.history_dialog import AlertHistoryDialog
    from inspector.ui.monitor.page import MonitorPage
    from inspector.ui.notify import Notifier
    from inspector.ui.replay.runs import RunOver

BEGIN_MS = 2_000
"""So long after the start the monitor has read what an earlier run left open."""

CHECK_MS = 10_000
"""So often an alert's mute is looked at while one is open."""

LONG_S = 30.0
"""A replay that took longer is one nobody sits and waits for."""


class AlertControl:
    """Keeps the dot true, and does what alerts offer wherever they are shown.

    What alerts and notifications are made of is loaded when there is the first one: most starts have none.
    """

    def __init__(self, window: MainWindow, app: App) -> None:
        self._window, self._app = window, app
        self._dialog: AlertHistoryDialog | None = None
        self._badge = 0
        self._notifier: Notifier | None = None
        self._store_failed = app.store.in_trouble is not None
        self._timer = QTimer(window, interval=CHECK_MS)
        self._timer.timeout.connect(self.update)
        self._begin = QTimer(window, singleShot=True, interval=BEGIN_MS)
        self._begin.timeout.connect(lambda: window.tasks.start(self._load(), "Read open alerts"))
        window.monitor.made.connect(self._on_page)
        window.monitor.alerts_requested.connect(self.show_history)
        self._unsubscribe = (
            app.monitor.news.subscribe(self._on_news),
            app.receiver.changed.subscribe(self._on_receiver),
            app.store.trouble.subscribe(self._on_store),
            window.replays.over.subscribe(self._on_replayed),
        )

    @property
    def notifier(self) -> Notifier:
        """What tells while nobody looks."""
        if self._notifier is None:
            from inspector.ui.notify import Notifier

            settings = self._app.settings
            self._notifier = Notifier(self._in_front, lambda: settings.current.alert_notify, self._window)
        return self._notifier

    def start(self) -> None:
        """Show what an earlier run left open, as soon as it is known."""
        self._begin.start()

    def close(self) -> None:
        """Stop listening."""
        self._timer.stop()
        self._begin.stop()
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def attach(self, part: AlertsCard | AlertBanner) -> None:
        """Do what a card or banner of alerts asks for."""
        part.events_wanted.connect(self.show_events)
        part.mute_wanted.connect(self.mute)
        part.doctor_wanted.connect(lambda: self._window.commands.open_doctor())

    def _on_page(self, page: MonitorPage) -> None:
        self.attach(page.banner)
        self.attach(page.alerts)
        page.alerts.rules_wanted.connect(self.edit_rules)
        page.alerts.history_wanted.connect(self.show_history)

    # -- what alerts offer --------------------------------------------------------------------------------------

    def show_events(self, alert: Alert) -> None:
        """Show the events an alert is about; one that is about none leads to the Monitor page."""
        from inspector.ui.monitor.alert_words import answer_limit_s, events_search

        search = events_search(alert, self._app.monitor.rules, answer_limit_s(self._app, alert))
        window = self._window
        if not search:
            self.show_page()
            return
        window.select_endpoint(alert.endpoint_id)
        window.head.tabs.set_current(EVENTS)
        window.page.set_search(search)

    def show_page(self) -> None:
        """Bring the Monitor page into view."""
        self._window.head.tabs.set_current(MONITOR)

    def mute(self, alert: Alert, seconds: int) -> None:
        """Hide an alert but for its entry, or (0) show it again."""
        self._window.tasks.start(self._app.monitor.mute(alert.id, seconds), "Mute an alert")

    def mute_all(self) -> None:
        """Hide every open alert but for its entry."""
        from inspector.monitor.alerts import MUTE_S

        for alert in self.loud:
            self.mute(alert, MUTE_S)

    def edit_rules(self) -> None:
        """Open the settings at the rules."""
        self._window.commands.open_settings("alerts")

    def show_history(self) -> None:
        """List all alerts there have been."""
        from inspector.ui.monitor.history_dialog import AlertHistoryDialog

        if self._dialog is None:
            window = self._window
            self._dialog = AlertHistoryDialog(window.theme, window.icons, self._app, window.tasks, window)
            self._dialog.events_wanted.connect(self.show_events)
            self._dialog.mute_wanted.connect(self.mute)
            self._dialog.rules_wanted.connect(self.edit_rules)
            self._dialog.doctor_wanted.connect(lambda: window.commands.open_doctor())
            self._dialog.gone.connect(self._forget_dialog)
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    def _forget_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    # -- hearing ------------------------------------------------------------------------------------------------

    @property
    def loud(self) -> list[Alert]:
        """The open alerts that are not muted."""
        now_us = time.time_ns() // 1000
        return [alert for alert in self._app.monitor.open_alerts if not alert.is_muted(now_us)]

    def update(self) -> None:
        """Show or hide the dot and the count of the dock."""
        count = len(self.loud)
        self._window.head.set_alerting(bool(count))
        page = self._window.monitor.page
        if page is not None:
            page.banner.refresh()  # a mute that is over makes no news
        if count != self._badge:
            self._badge = count
            QGuiApplication.instance().setBadgeNumber(count)  # type: ignore[union-attr]
        if self._app.monitor.open_alerts:
            self._timer.start()
        else:
            self._timer.stop()

    async def _load(self) -> None:
        await self._app.monitor.history(limit=1)  # waits until the monitor is there
        self.update()

    def _on_news(self, news: AlertNews) -> None:
        from inspector.monitor.alerts import NewsKind, RuleId
        from inspector.ui.monitor.alert_words import detail

        self.update()
        alert = news.alert
        if news.kind is not NewsKind.OPENED:
            return
        if self._app.settings.current.alert_sound:
            QApplication.beep()
        kind = alert.subject if alert.rule is RuleId.ENDPOINT_DOWN else "alert"
        self._tell(kind, alert.title, detail(alert), partial(self._open_cause, alert), partial(self._is_open, alert))

    def _on_receiver(self, state: ReceiverState) -> None:
        if state.status is Status.FAILED:
            what = state.error.what if state.error is not None else ""
            text = what or "Providers get no answer."
            self._tell("receiver", "Not receiving", text, self._window.to_front, self._has_failed)

    def _on_store(self, error: StoreError | None) -> None:
        """Tell once that the trouble began: on a full disk every event tells it again."""
        failed, self._store_failed = self._store_failed, error is not None
        if error is not None and not failed:
            title, text = trouble_words(error, self._app.store.held)
            self._tell("disk", title, text, self._window.to_front, lambda: self._store_failed)

    def _on_replayed(self, over: RunOver) -> None:
        if over.seconds >= LONG_S:
            show = partial(self._open_results, over)
            self._tell("replay", "Replay finished", over.summary.text, show, lambda: True)

    def _open_results(self, over: RunOver) -> None:
        self._window.to_front()
        over.show()

    def _tell(
        self, kind: str, title: str, text: str, open_cause: Callable[[], object], holds: Callable[[], bool]
    ) -> None:
        from inspector.ui.notify import Note

        self.notifier.tell(Note(kind, title, text, open_cause, holds))

    def _has_failed(self) -> bool:
        return self._app.receiver.state.status is Status.FAILED

    def _is_open(self, alert: Alert) -> bool:
        return any(item.id == alert.id for item in self.loud)

    def _open_cause(self, alert: Alert) -> None:
        self._window.to_front()
        self.show_events(alert)

    def _in_front(self) -> bool:
        return self._window.isVisible() and QApplication.activeWindow() is not None
