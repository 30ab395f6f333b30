"""The Monitor page and the window: built when first shown, read again while it is in view, and its ways out."""

from __future__ import annotations

import asyncio
import importlib
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMetaMethod, QObject, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from inspector.app import App
from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import StoreError, UsageError
from inspector.settings import Settings
from inspector.ui.page_head import EVENTS, MONITOR
from inspector.ui.theme import Theme

if TYPE_CHECKING:
    from inspector.monitor.board import Board, MeasuredAt, Span
    from inspector.ui.main_window import MainWindow
    from inspector.ui.monitor.head_tools import HeadTools
    from inspector.ui.monitor.page import MonitorPage

REFRESH_MS = 3000
SHARE = 10
"""Reading takes at most a tenth of the time."""

TROUBLED_MS = 15_000

PARTS = (
    "inspector.monitor.board",
    "inspector.monitor.alerts",
    "inspector.ui.monitor.head_tools",
    "inspector.ui.widgets.chart_data",
    "inspector.ui.widgets.chart",
    "inspector.ui.monitor.chart_card",
    "inspector.ui.monitor.alerts_card",
    "inspector.ui.monitor.alerts_card_banner",
    "inspector.ui.monitor.tiles",
    "inspector.ui.monitor.charts",
    "inspector.ui.monitor.lower_cards",
    "inspector.ui.monitor.page",
)
"""What the page is made of, in the order it is loaded: each a piece, so that events are answered between them."""

ReadBoard = Callable[[EndpointId | None, "Span", "MeasuredAt"], Awaitable["Board"]]

_log = logging.getLogger(__name__)


class MonitorControl(QObject):
    """Connects the monitor with its page. While the page is not in view nothing is read and no timer runs.

    Signals:
        made(object): the page was just built; it is the MonitorPage.
        alerts_requested: the button Alerts; where nobody listens the page scrolls to its card.
    """

    made = Signal(object)
    alerts_requested = Signal()

    def __init__(self, window: MainWindow, app: App) -> None:
        super().__init__(window)
        self._window, self._app = window, app
        self.read: ReadBoard = app.monitor.board
        self.page: MonitorPage | None = None
        self.tools: HeadTools | None = None
        self._ground: Ground | None = None
        self._scope: EndpointId | None = None
        self._asked = 0
        self._told_trouble = False
        self._reading: asyncio.Task[None] | None = None
        self._timer = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._unsubscribe = (
            app.settings.changed.subscribe(self._on_settings),
            app.monitor.rules_changed.subscribe(lambda _: self.refresh()),
        )

    @property
    def in_view(self) -> bool:
        """Whether the Monitor page is the one in view."""
        return self._window.head.tabs.current == MONITOR

    def open(self) -> None:
        """Choose the page's tab."""
        self._window.head.tabs.set_current(MONITOR)

    def show(self) -> None:
        """Bring the page into view; the first time it is built there, from the top down."""
        if self._ground is None:
            self._ground = Ground(self._window.theme)
            self._window.pages.addWidget(self._ground)
            self._window.tasks.start(self._build(self._ground), "Building the Monitor page")
        self._window.pages.setCurrentWidget(self._ground)

    def close(self) -> None:
        """Stop reading."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._timer.stop()

    async def _build(self, ground: Ground) -> None:
        """Load and make the page piece by piece: the start of the program does not wait for charts nobody looks at."""
        for name in PARTS:
            importlib.import_module(name)
            await asyncio.sleep(0)
        from inspector.ui.monitor.head_tools import HeadTools
        from inspector.ui.monitor.page import MonitorPage

        window, settings = self._window, self._app.settings.current
        tools = HeadTools(window.theme, window.icons, window.head)
        tools.set_choice(settings.monitor_span, settings.monitor_measured_at)
        window.head.set_tools(MONITOR, tools, tools.fit)
        self._scope = scope = EndpointId(settings.scope) if settings.scope else None
        # Read meanwhile: that happens in a thread.
        first = asyncio.ensure_future(self.read(scope, tools.span, tools.measured_at))
        try:
            page = MonitorPage(window.theme, window.icons, ground)
            ground.hold(page)
            for _piece in page.build(self._app):
                await asyncio.sleep(0)
        except BaseException:
            first.cancel()
            raise
        self.page, self.tools = page, tools
        tools.changed.connect(self._on_choice)
        tools.csv_requested.connect(self.export_csv)
        tools.picture_requested.connect(self.export_picture)
        tools.alerts_requested.connect(self._show_alerts)
        page.seen.connect(self._on_seen)
        page.search_requested.connect(self.show_events)
        page.longer_requested.connect(lambda: tools.spans.set_current("24h"))
        self.made.emit(page)
        if scope == self._scope:
            self._asked += 1
            await self._read(page, self._asked, lambda: first)
        else:  # another endpoint was chosen meanwhile
            first.cancel()
            self.refresh()

    # -- reading ------------------------------------------------------------------------------------------------

    def _on_seen(self, seen: bool) -> None:
        if seen:
            self.refresh()
        else:
            self._timer.stop()
            self._asked += 1  # what is being read is of no use any more

    def _on_settings(self, settings: Settings) -> None:
        scope = EndpointId(settings.scope) if settings.scope else None
        if scope != self._scope:
            self._scope = scope
            self.refresh()

    def _on_choice(self) -> None:
        assert self.tools is not None
        self._app.settings.change(monitor_span=self.tools.span.key, monitor_measured_at=self.tools.measured_at.value)
        self.refresh()

    @property
    def waiting(self) -> bool:
        """Whether the figures will be read again by themselves."""
        return self._timer.isActive()

    def refresh(self) -> None:
        """Read now, if anybody sees it; what was asked before is answered no more."""
        page = self.page
        if page is None or not page.isVisible():
            return
        self._timer.stop()
        self._asked += 1
        assert self.tools is not None
        ask = partial(self.read, self._scope, self.tools.span, self.tools.measured_at)
        self._window.tasks.start(self._read(page, self._asked, ask), "Reading the figures")

    async def _read(self, page: MonitorPage, asked: int, ask: Callable[[], Awaitable[Board]]) -> None:
        started, pause_ms = time.monotonic(), REFRESH_MS
        try:
            board = await ask()
            took_ms = round((time.monotonic() - started) * 1000)
            pause_ms = max(REFRESH_MS, took_ms * SHARE)
            await self._show(page, board, asked)
            self._told_trouble = False
        except StoreError as error:
            pause_ms = TROUBLED_MS
            if not self._told_trouble:
                self._told_trouble = True
                self._window.notices.error(error)
            else:
                _log.info("The figures cannot be read: %s", error)
        if asked == self._asked and page.isVisible():
            self._timer.start(pause_ms)

    async def _show(self, page: MonitorPage, board: Board, asked: int) -> None:
        """Show a board piece by piece, so that no piece keeps the receiver waiting."""
        for step in page.steps(board, self._app.monitor.rules):
            if asked != self._asked:
                return
            step()
            await asyncio.sleep(0)
        if self.in_view:
            self._window.status.set_messages(0)
            self._window.status.events.setText(f"{board_words(board)}")

    # -- the ways out -------------------------------------------------------------------------------------------

    def show_events(self, search: str) -> None:
        """Show the events of a search on the Events page, in the scope that is in view."""
        self._window.head.tabs.set_current(EVENTS)
        self._window.page.filters.reset()
        self._window.page.set_search(search)
        self._window.page.table.setFocus()

    def _show_alerts(self) -> None:
        if self.isSignalConnected(QMetaMethod.fromSignal(self.alerts_requested)):
            self.alerts_requested.emit()
        elif self.page is not None:
            self.page.scroller.ensureWidgetVisible(self.page.alerts)

    # -- export -------------------------------------------------------------------------------------------------

    def export_csv(self) -> None:
        """Ask where to save the figures of the board in view."""
        if self.page is None or self.page.board is None:
            return
        from inspector.ui.monitor.csv_text import csv_text

        text = csv_text(self.page.board, self._scope_name())
        self._ask("Figures as CSV", "csv", lambda path: self.save(path, text.encode("utf-8-sig")))

    def export_picture(self) -> None:
        """Ask where to save a picture of the page."""
        self._ask("Picture of the page", "png", self.save_picture)

    def _ask(self, title: str, ending: str, save: Callable[[Path], Awaitable[None]]) -> None:
        chooser = QFileDialog(self._window, title, "")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix(ending)
        chooser.selectFile(f"monitor-{datetime.now():%Y-%m-%d-%H%M}.{ending}")

        async def write(path: str) -> None:
            await save(Path(path))

        chooser.fileSelected.connect(lambda path: self._window.tasks.start(write(path), title))
        chooser.finished.connect(lambda _result: chooser.deleteLater())
        chooser.open()

    async def save(self, path: Path, data: bytes) -> None:
        """Write a file. Raises UsageError where that is not possible."""
        try:
            await asyncio.to_thread(path.write_bytes, data)
        except OSError as error:
            raise UsageError(
                f"{path.name} was not saved.", f"{error.strerror or error}.", "Choose another place."
            ) from error
        self._window.notices.tell(f"Saved as {path.name}", "download", "pass")

    async def save_picture(self, path: Path) -> None:
        """Write the whole page as PNG. Raises UsageError where that is not possible."""
        page = self.page
        if page is None:
            return
        pieces = page.picture()
        image = next(pieces)
        for _piece in pieces:
            await asyncio.sleep(0)
        if not await asyncio.to_thread(_write_picture, image, path):
            raise UsageError(f"{path.name} was not saved.", "It cannot be written there.", "Choose another place.")
        self._window.notices.tell(f"Saved as {path.name}", "download", "pass")

    def _scope_name(self) -> str:
        names = {endpoint.id: endpoint.name for endpoint in self._app.directory.all()}
        return names.get(self._scope, "") if self._scope is not None else "All endpoints"


class Ground(QWidget):
    """What the page stands on while it is being made."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        theme.changed.connect(self.update)

    def hold(self, page: QWidget) -> None:
        """Show the page here."""
        self._column.addWidget(page)
        self.setFocusProxy(page)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.subtle)
        painter.end()


def _write_picture(image: QImage, path: Path) -> bool:
    return image.save(str(path), "PNG")  # type: ignore[call-overload, no-any-return]  # the stubs want bytes


def board_words(board: Board) -> str:
    """Return what the status bar says of a board: 11,284 deliveries in 1 h."""
    from inspector.ui.monitor.words import plural

    return f"{plural(board.deliveries, 'delivery', 'deliveries')} in {board.span.title}"
