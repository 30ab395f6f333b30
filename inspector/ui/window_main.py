"""From the command line to the window and back: the loop, the program, the window, and a clean end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from inspector.app import App, AppOptions, open_app
from inspector.collector import settle_after_start
from inspector.domain.errors import InspectorError, StoreBusy
from inspector.instance import ask_to_show
from inspector.ui.dialogs.base import PlainDialog, shown
from inspector.ui.gui import make_application
from inspector.ui.icons import Icons
from inspector.ui.loop import AppLoop
from inspector.ui.main_window import MainWindow
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import PrimaryButton
from inspector.ui.widgets.labels import Label

SIGNAL_POLL_MS = 200

_log = logging.getLogger(__name__)

Ready = Callable[[App, MainWindow], Awaitable[None]]


def run_window(folder: Path, options: AppOptions, *, in_tray: bool = False, ready: Ready | None = None) -> int:
    """Open the window on a data folder and return the exit code once it is closed.

    A second start on the same folder brings the first one's window to the front and returns 0. `ready` is awaited
    once the window is on screen; its end closes the window (for benches and trials). `in_tray` leaves the window off
    the screen where closing it goes to the tray.
    """
    application = make_application(sys.argv[:1])
    with asyncio.Runner(loop_factory=lambda: AppLoop(application)) as runner:
        return runner.run(_main(application, folder, options, in_tray, ready))


async def _main(
    application: QApplication, folder: Path, options: AppOptions, in_tray: bool, ready: Ready | None
) -> int:
    stop = asyncio.Event()
    _stop_on_signals(application, stop)
    theme = Theme()
    theme.apply(application)
    theme.changed.connect(lambda: theme.apply(application))
    icons = Icons(theme)
    try:
        async with open_app(folder, options) as app:
            theme.set_mode(app.settings.current.theme)  # type: ignore[arg-type]  # checked by its choices
            window = MainWindow(app, theme, icons)
            window.closing.connect(stop.set)
            window.start()
            if not (in_tray and await window.tray.begins()):
                window.show()
            settle_after_start()
            if ready is not None:
                await ready(app, window)
            else:
                await stop.wait()
            await window.finish()
    except StoreBusy as error:
        if await asyncio.to_thread(ask_to_show, folder):
            _log.info("Another window of this data folder was brought to the front.")
            return 0
        await _tell(theme, icons, error)
        return 2
    except InspectorError as error:
        await _tell(theme, icons, error)
        return 2
    return 0


async def _tell(theme: Theme, icons: Icons, error: InspectorError) -> None:
    """Say why the program cannot start, and wait until it was read."""
    print(error, file=sys.stderr)
    dialog = PlainDialog(theme, icons, "Webhook Inspector", None, heading=error.what)
    dialog.body.addWidget(Label(theme, f"{error.why} {error.todo}".strip(), color="text2", wrap=True))
    close = PrimaryButton(theme, icons, "Close")
    close.clicked.connect(dialog.accept)
    dialog.set_footer([close])
    dialog.fit(440)
    await shown(dialog)


def _stop_on_signals(application: QApplication, stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    signals = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    try:
        for number in signals:
            loop.add_signal_handler(number, stop.set)
    except NotImplementedError:
        # Windows: Python only runs a handler when the interpreter gets a turn, so a timer gives it one.
        for number in signals:
            with contextlib.suppress(ValueError, OSError):
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
        waker = QTimer(application, interval=SIGNAL_POLL_MS)
        waker.timeout.connect(lambda: None)
        waker.start()
