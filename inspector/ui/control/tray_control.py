"""The tray and the window: the icon's state and menu, and what closing the window means where there is a tray."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from inspector.app import App
from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import InspectorError
from inspector.receiver.state import Status
from inspector.ui.dialogs.base import PlainDialog, shown
from inspector.ui.widgets.buttons import PrimaryButton, SecondaryButton
from inspector.ui.widgets.labels import Label

if TYPE_CHECKING:
    from inspector.ui.control.alert_control import AlertControl
    from inspector.ui.main_window import MainWindow
    from inspector.ui.tray import Tray, TrayState

MAKE_MS = 2_500
"""The icon comes so long after the start: asking the desktop for its tray may take a while."""

LOOKS, LOOK_S = 20, 0.5
"""How often, and how many seconds apart, a start at login looks for the tray before it shows the window instead."""

ASK, YES, NO = "ask", "yes", "no"
WIDTH_PX = 440


class CloseQuestion(PlainDialog):
    """Asked once, when the window is closed for the first time: go on in the tray, or quit; Escape does neither."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.theme, window.icons, "Close the window", window, heading="Go on receiving in the tray?")
        text = "With the window closed events are still received and answered. The settings can change this later."
        self.body.addWidget(Label(self.theme, text, color="text2", wrap=True))
        self.choice = ""
        self.quit = SecondaryButton(self.theme, self.icons, "Quit", parent=self)
        self.keep = PrimaryButton(self.theme, self.icons, "Go on in the tray", parent=self)
        self.quit.clicked.connect(lambda: self._choose(NO))
        self.keep.clicked.connect(lambda: self._choose(YES))
        self.keep.setDefault(True)
        self.set_footer([self.quit, self.keep])
        self.fit(WIDTH_PX)

    def _choose(self, choice: str) -> None:
        self.choice = choice
        self.accept()


class TrayControl:
    """Without a tray nothing is there, and closing the window quits."""

    def __init__(self, window: MainWindow, app: App, alerts: AlertControl) -> None:
        self._window, self._app, self._alerts = window, app, alerts
        self.tray: Tray | None = None
        self._rate = 0.0
        self._asking = False
        self._make = QTimer(window, singleShot=True, interval=MAKE_MS)
        self._make.timeout.connect(self._look)
        self._unsubscribe = (
            app.receiver.changed.subscribe(lambda _: self.update()),
            app.monitor.news.subscribe(lambda _: self.update()),
            app.store.trouble.subscribe(lambda _: self.update()),
        )
        window.bridge.rate.connect(self._on_rate)

    def start(self) -> None:
        """Make the icon a moment after the start."""
        self._make.start()

    async def begins(self) -> bool:
        """Make the icon at once and tell whether the window may begin in the tray: closing it would go there.

        At sign-in the desktop's tray may come a while after us; it is waited for.
        """
        from inspector.ui.tray import Tray

        if self._app.settings.current.close_to_tray != YES:
            return False
        for _look in range(LOOKS):
            if Tray.is_there():
                self.make()
                return True
            await asyncio.sleep(LOOK_S)
        return False

    def close(self) -> None:
        """Take the icon away and stop listening."""
        self._make.stop()
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        if self.tray is not None:
            self._alerts.notifier.messenger = None
            self.tray.close()
            self.tray = None

    def _look(self) -> None:
        from inspector.ui.tray import Tray

        if Tray.is_there():
            QTimer.singleShot(0, self._window, self.make)  # what is received goes first

    def make(self) -> None:
        """Make the icon, where the system has a tray."""
        from inspector.ui.tray import Tray

        if self.tray is not None or not Tray.is_there():
            return
        window = self._window
        self.tray = tray = Tray(window.theme, window.icons, window)
        tray.opened.connect(window.to_front)
        tray.menu_wanted.connect(self._fill)
        tray.pause_wanted.connect(window.receiving.toggle_pause)
        tray.mute_wanted.connect(self._alerts.mute_all)
        tray.quit_wanted.connect(window.quit)
        tray.copy_wanted.connect(lambda number: window.endpoints.copy_address(EndpointId(number)))
        tray.message_clicked.connect(self._alerts.notifier.open_cause)
        self._alerts.notifier.messenger = tray
        self._fill()
        self.update()

    def update(self) -> None:
        """Show what the receiver and the alerts say now."""
        if self.tray is not None:
            self.tray.set_state(self.state, self.words)

    @property
    def state(self) -> TrayState:
        """What the icon has to say."""
        from inspector.ui.tray import TrayState

        status = self._app.receiver.state.status
        if status is Status.PAUSED:
            return TrayState.PAUSED
        failed = status in (Status.FAILED, Status.STOPPED) or self._app.store.in_trouble is not None
        if self._alerts.loud or failed:
            return TrayState.TROUBLE
        return TrayState.RECEIVING

    @property
    def words(self) -> str:
        """The state in words: "Receiving on port 8787, 2 alerts open"."""
        state, count = self._app.receiver.state, len(self._alerts.loud)
        words = {
            Status.RECEIVING: f"Receiving on port {state.port}",
            Status.PAUSED: "Paused",
            Status.STARTING: "Starting",
        }.get(state.status, "Not receiving")
        alerts = f", {count} alert{'' if count == 1 else 's'} open" if count else ""
        trouble = ", events cannot be stored" if self._app.store.in_trouble is not None else ""
        return f"{words}{trouble}{alerts}"

    def _on_rate(self, rate: float) -> None:
        self._rate = rate

    def _fill(self) -> None:
        if self.tray is None:
            return
        status = self._app.receiver.state.status
        rate = f", {self._rate:.1f}/s" if status is Status.RECEIVING else ""
        endpoints = [(int(endpoint.id), endpoint.name) for endpoint in self._app.directory.all()]
        paused, mutes = status is Status.PAUSED, bool(self._alerts.loud)
        self.tray.fill(f"{self.words}{rate}", endpoints, paused=paused, mutes=mutes)
        self._window.tasks.start(self._count(f"{self.words}{rate}"), "Count events for the tray")

    async def _count(self, caption: str) -> None:
        try:
            counts = await self._app.store.scope_counts()
        except InspectorError:  # the caption does without
            return
        if self.tray is not None:
            events = sum(item.events for item in counts)
            self.tray.caption.setText(f"{caption}, {events:,} event{'' if events == 1 else 's'}")

    # -- closing the window -------------------------------------------------------------------------------------

    def holds_close(self) -> bool:
        """Whether the window only goes from the screen, or a question is open; else closing it quits.

        When the user logs out, nothing may stand in the way.
        """
        choice = self._app.settings.current.close_to_tray
        application = QGuiApplication.instance()
        logs_out = isinstance(application, QGuiApplication) and application.isSavingSession()
        if self.tray is None or choice == NO or logs_out:
            return False
        if choice == YES:
            self._window.hide()
        elif not self._asking:
            self._asking = True
            self._window.tasks.start(self._ask(), "Ask what closing means")
        return True

    async def _ask(self) -> None:
        question = CloseQuestion(self._window)
        try:
            await shown(question)
        finally:
            self._asking = False
        if question.choice:
            self._app.settings.change(close_to_tray=question.choice)
            self._window.close()
