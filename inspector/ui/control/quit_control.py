"""Quitting while something is not done: events that are only in memory, replays that run or wait to be tried again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from inspector.app import App
from inspector.ui.dialogs.base import PlainDialog, shown
from inspector.ui.widgets.buttons import PrimaryButton, SecondaryButton
from inspector.ui.widgets.labels import Label

if TYPE_CHECKING:
    from inspector.ui.main_window import MainWindow

WIDTH_PX = 460


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What is not done: events held in memory, replays that run, replays that wait to be tried again."""

    held: int = 0
    running: int = 0
    waiting: int = 0

    def words(self) -> tuple[str, str] | None:
        """Return what to ask about the gravest of them, as title and text; None where quitting harms nobody."""
        if self.held:
            title = f"{_number(self.held, 'event')} held in memory only"
            return title, (
                "The disk is full. Quitting tries once more to write them; what does not fit then is lost. "
                "Free some space first. Providers were asked to send them again."
            )
        if self.waiting:
            title = f"{_number(self.waiting, 'replay')} waiting to retry"
            return title, "Nothing is sent after you quit. They go on when the program is started again."
        if self.running:
            title = f"{_number(self.running, 'replay')} still running"
            return title, "What is not sent yet stays unsent when you quit."
        return None


class QuitQuestion(PlainDialog):
    """What is not done, and Cancel, Keep running in the tray (where there is one) or Quit; `keep` is set for the tray.

    Escape quits nothing.
    """

    def __init__(self, window: MainWindow, title: str, text: str, *, with_tray: bool) -> None:
        super().__init__(window.theme, window.icons, "Quit", window, heading=title)
        self.body.addWidget(Label(self.theme, text, color="text2", wrap=True))
        self.keep = False
        self.cancel = SecondaryButton(self.theme, self.icons, "Cancel", parent=self)
        self.quit = SecondaryButton(self.theme, self.icons, "Quit", parent=self, danger=True)
        self.stay = PrimaryButton(self.theme, self.icons, "Keep running in the tray", parent=self)
        self.stay.setVisible(with_tray)
        self.cancel.clicked.connect(self.reject)
        self.quit.clicked.connect(self.accept)
        self.stay.clicked.connect(self._keep)
        (self.stay if with_tray else self.cancel).setDefault(True)
        self.set_footer([self.cancel, self.quit, *([self.stay] if with_tray else [])])
        self.fit(WIDTH_PX)

    def _keep(self) -> None:
        self.keep = True
        self.accept()


class QuitControl:
    """Asks before the program ends, where that harms somebody."""

    def __init__(self, window: MainWindow, app: App) -> None:
        self._window, self._app = window, app
        self._asking = False
        self._agreed = False

    def holds_quit(self) -> bool:
        """Whether a question is open first. When the user logs out, nothing may stand in the way."""
        application = QGuiApplication.instance()
        logs_out = isinstance(application, QGuiApplication) and application.isSavingSession()
        words = self._unfinished().words()
        if self._agreed or logs_out or words is None:
            return False
        if not self._asking:
            self._asking = True
            self._window.to_front()
            self._window.tasks.start(self._ask(*words), "Ask before quitting")
        return True

    def _unfinished(self) -> Unfinished:
        running, waiting = self._window.replays.unfinished
        return Unfinished(self._app.store.held.events, running, waiting)

    async def _ask(self, title: str, text: str) -> None:
        question = QuitQuestion(self._window, title, text, with_tray=self._window.tray.tray is not None)
        try:
            agreed = await shown(question)
        finally:
            self._asking = False
        if not agreed:
            return
        if question.keep:
            self._window.hide()
        else:
            self._agreed = True
            self._window.quit()


def _number(count: int, noun: str) -> str:
    return f"1 {noun} is" if count == 1 else f"{count:,} {noun}s are"
