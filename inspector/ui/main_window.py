"""The window: its parts, where they stand, and which one hears what."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QByteArray, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from inspector.app import App
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.receiver.state import ReceiverState
from inspector.settings import Settings
from inspector.ui.actions import ACTIONS, Actions
from inspector.ui.bridge import Bridge
from inspector.ui.control.adviser import Adviser
from inspector.ui.control.alert_control import AlertControl
from inspector.ui.control.by_hand_control import ByHandControl
from inspector.ui.control.check_control import CheckControl
from inspector.ui.control.commands import WindowCommands
from inspector.ui.control.compare_control import CompareControl
from inspector.ui.control.deed_control import DeedControl
from inspector.ui.control.endpoint_control import EndpointControl
from inspector.ui.control.event_control import EventControl, Look
from inspector.ui.control.forward_control import ForwardControl
from inspector.ui.control.monitor_control import MonitorControl
from inspector.ui.control.outage_control import OutageControl
from inspector.ui.control.payload_control import PayloadControl
from inspector.ui.control.quit_control import QuitControl
from inspector.ui.control.receiver_control import ReceiverControl
from inspector.ui.control.replay_control import ReplayControl
from inspector.ui.control.room_control import RoomControl
from inspector.ui.control.scope_control import ScopeControl
from inspector.ui.control.series_control import SeriesControl
from inspector.ui.control.signature_control import SignatureControl
from inspector.ui.control.tray_control import TrayControl
from inspector.ui.detail.pane import DetailPane
from inspector.ui.endpoints.sidebar import Sidebar
from inspector.ui.events.page import EventsPage
from inspector.ui.events.view_menu import ViewChoice
from inspector.ui.first_run import FirstRun
from inspector.ui.fonts import system_family
from inspector.ui.icons import Icons
from inspector.ui.messages.control import MessageControl
from inspector.ui.messages.page import MessagesPage
from inspector.ui.messages.pane import MessagePane
from inspector.ui.notices import Notices
from inspector.ui.page_head import EVENTS, MESSAGES, MONITOR, PageHead
from inspector.ui.panes import Panes
from inspector.ui.settings.https_banner import HttpsBanner
from inspector.ui.simulator.control import SimulatorControl
from inspector.ui.start_page import StartPage
from inspector.ui.status_bar import StatusBar
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.times import TIME_STYLES
from inspector.ui.top_bar import NARROW_PX, TopBar
from inspector.ui.tunnels.control import TunnelControl
from inspector.ui.widgets.banner import BannerHost
from inspector.ui.widgets.toast import Toasts

SMALLEST = QSize(960, 600)
USUAL = QSize(1440, 900)


class MainWindow(QMainWindow):
    """Everything the user sees.

    Signals:
        closing: the user closed the window; the program ends and calls `finish`.
    """

    closing = Signal()

    def __init__(self, app: App, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._app, self.theme, self.icons = app, theme, icons
        self.setWindowTitle("Webhook Inspector")
        self.setMinimumSize(SMALLEST)
        self._finished = False
        self._quitting = False
        self.toasts = Toasts(theme, icons, self, bottom_px=theme.size("statusBar"))
        self.notices = Notices(self.toasts)
        self.tasks = Tasks(self.notices.error)
        self._build()
        self._control()
        self._restore(app.settings.current)

    # -- parts --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        theme, icons = self.theme, self.icons
        self.actions_table = Actions(self)
        self._shortcuts: tuple[str, ...] = ()
        self.actions_table.fill(self.menuBar(), theme, icons)
        theme.changed.connect(self._fit_menu_bar)
        self._fit_menu_bar()
        self.top_bar = TopBar(theme, icons)
        self.banners = BannerHost(theme, icons)
        self.sidebar = Sidebar(theme, icons)
        self.page = EventsPage(theme, icons, self._app.store, self.tasks)
        self.first_run = FirstRun(theme, icons, self._app.catalogue)
        self.start_page = StartPage(theme, icons, self.first_run)
        self.page.set_empty_widget(self.start_page)
        self.messages_page = MessagesPage(theme, icons, self._app.store.messages, self.tasks)
        searches: dict[str, QLineEdit] = {EVENTS: self.page.search, MESSAGES: self.messages_page.search}
        self.head = PageHead(theme, icons, searches)
        self._searches = searches
        self.adviser = Adviser(self._app, self.tasks, lambda event_id: self.deeds.show_again(event_id))
        self.payloads = PayloadControl(
            self._app, theme, icons, self.tasks, self.notices, self, lambda event_id: self.deeds.show_again(event_id)
        )
        self.pane = DetailPane(theme, icons, Look(self._app), advise=self.adviser.notes, facts=self.payloads.facts)
        self.message_pane = MessagePane(theme, icons)
        self.side = QStackedWidget()
        self.side.addWidget(self.pane)
        self.side.addWidget(self.message_pane)
        self.status = StatusBar(theme, icons)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.page)
        self.pages.addWidget(self.messages_page)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.pages, 1)
        self.panes = Panes(theme, self.sidebar, middle, self.side)
        self.panes.moved.connect(lambda _place: self._fit_pane())
        whole = QWidget()
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.top_bar)
        rows.addWidget(self.banners)
        across = QHBoxLayout()
        across.addWidget(self.panes)
        rows.addLayout(across, 1)
        rows.addWidget(self.status)
        self.setCentralWidget(whole)

    def _fit_menu_bar(self) -> None:
        self.menuBar().setFixedHeight(self.theme.size("menuBar"))

    def _control(self) -> None:
        app, theme, icons, tasks = self._app, self.theme, self.icons, self.tasks
        self.bridge = Bridge(app.store, self)
        self.bridge.added.connect(self.page.add)  # first: whatever hears of an event finds it in the list
        self.events = EventControl(app, self.page, self.pane, tasks, self.notices, self._on_selection)
        self.replays = ReplayControl(app, theme, icons, tasks, self.notices, self, self._show_replays, self.status)
        self.series = SeriesControl(self, app)
        self.endpoints = EndpointControl(
            app,
            theme,
            icons,
            tasks,
            self.notices,
            self,
            self.select_endpoint,
            self._reload,
            selected=self.page.table.current_id,
        )
        self.deeds = DeedControl(app, self.adviser, theme, icons, tasks, self.notices, self.pane, self)
        self.signatures = SignatureControl(
            app, self.pane, theme, icons, tasks, self.notices, self, lambda number: self.select_endpoint(number)
        )
        self.scopes = ScopeControl(self, app)
        self.receiving = ReceiverControl(
            app, theme, icons, tasks, self.banners, self, self._on_receiver, self._show_folder, self.start_page
        )
        self.room = RoomControl(self, app, self._show_folder)
        self.messages = MessageControl(
            self, app.store.messages, app.directory, tasks, self.messages_page, self.message_pane
        )
        self.compares = CompareControl(self, app)
        self.simulators = SimulatorControl(self, app)
        self.tunnel = TunnelControl(self, app)
        self.checks = CheckControl(self, app)
        self.forwards = ForwardControl(self, app)
        self.outages = OutageControl(self, app)
        self.monitor = MonitorControl(self, app)
        self.alerts = AlertControl(self, app)
        self.by_hand = ByHandControl(self, app)
        self.tray = TrayControl(self, app, self.alerts)
        self.leaving = QuitControl(self, app)
        self.commands = WindowCommands(self, app)
        self.https_banner = HttpsBanner(app, self.banners, self.commands.open_settings)
        self.bridge.changed.connect(self.events.refresh)
        self.bridge.rate.connect(self.scopes.show_rate)
        self.page.counted.connect(self.scopes.on_counted)
        self.page.states.currentChanged.connect(lambda _place: self._fit_first_run())
        self.page.live_changed.connect(lambda _state: self.scopes.update_hint())
        self.page.replay_requested.connect(self.replays.replay)
        self.page.replay_to_requested.connect(self.replays.replay_to)
        self.page.all_endpoints_requested.connect(lambda: self.select_endpoint(None))
        self.page.view_changed.connect(self._keep_view)
        self.page.search.recent_changed.connect(lambda recent: app.settings.change(recent_searches=recent))
        self.pane.replay_requested.connect(lambda event_id: self.replays.replay([event_id]))
        self.pane.replay_to_requested.connect(lambda event_id: self.replays.replay_to([event_id]))
        self.pane.replay_many_requested.connect(self.replays.replay)
        self.pane.shortcuts_requested.connect(lambda: self.actions_table["shortcuts"].trigger())
        self.pane.attempt_cancel_requested.connect(self.replays.cancel)
        self.pane.deed_requested.connect(self.deeds.do)
        self.pane.wishes.pick_requested.connect(self.payloads.do)
        self.pane.wishes.save_requested.connect(self.payloads.save)
        self.pane.edit_secret_requested.connect(lambda number: self.endpoints.open_settings(EndpointId(number)))
        self.page.sibling_requested.connect(lambda event_id: self.simulators.sibling([EventId(event_id)]))
        self.replays.composing = self.simulators.like
        app.simulator.through = lambda endpoint: (
            app.tunnels.url_of(endpoint) if self.top_bar.address.kind == "public" else ""
        )
        self._unsubscribe = (
            app.directory.changed.subscribe(lambda _: self.scopes.reload()),
            app.settings.changed.subscribe(self._on_settings),
            app.instance.raise_requested.subscribe(lambda _: self.to_front()),
            self.https_banner.close,
        )

    def start(self) -> None:
        """Read the lists and show the endpoint the user saw last."""
        self.scopes.reload()
        self.receiving.start()
        self.room.start()
        self.tunnel.start()
        self.alerts.start()
        self.tray.start()
        self.page.start()
        self.messages.start()
        self.scopes.count_soon()
        self.forwards.start()
        self.outages.start()
        self.replays.start()

    # -- pages --------------------------------------------------------------------------------------------------

    @property
    def shows_messages(self) -> bool:
        """Whether the Messages page is in view."""
        return self.head.tabs.current == MESSAGES

    @property
    def shows_monitor(self) -> bool:
        """Whether the Monitor page is in view, which has no list and no pane beside it."""
        return self.head.tabs.current == MONITOR

    @property
    def search_in_view(self) -> QLineEdit:
        """The search field of the page in view, or that of the events."""
        return self._searches.get(self.head.tabs.current, self.page.search)

    @property
    def list_in_view(self) -> QWidget:
        """The list of the page in view, or the page itself."""
        if self.shows_monitor and self.monitor.page is not None:
            return self.monitor.page
        messages = self.messages_page if self.shows_messages else None
        return self.page.table if messages is None else messages.table

    def show_page(self, key: str) -> None:
        """Bring a page with its pane into view."""
        shown = self._app.settings.current.inspector_shown and not self.starting
        self.panes.show_inspector(shown and key != MONITOR)
        if key == MONITOR:
            self.monitor.show()
        elif key == MESSAGES:
            self.pages.setCurrentWidget(self.messages_page)
            self.side.setCurrentWidget(self.message_pane)
        else:
            self.pages.setCurrentWidget(self.page)
            self.side.setCurrentWidget(self.pane)
            self.status.set_messages(None)
            self.scopes.count_soon()
        self.commands.update()

    def select_endpoint(self, endpoint_id: EndpointId | None) -> None:
        """Show one endpoint's events, or all."""
        self.scopes.select(endpoint_id)

    def _reload(self) -> None:
        self.bridge.flush()  # news that waits for its frame may be of events that are gone by now
        self.page.reload()
        self.scopes.count_soon()

    # -- hearing ------------------------------------------------------------------------------------------------

    def _on_receiver(self, state: ReceiverState) -> None:
        self.scopes.show_receiver(state, on_network=self.receiving.on_network)

    def _on_selection(self, count: int) -> None:
        self.scopes.show_selected(count)
        self.commands.update()

    def _on_settings(self, settings: Settings) -> None:
        self.theme.set_mode(settings.theme)  # type: ignore[arg-type]  # checked by its choices
        self.theme.reduced_motion = settings.reduce_motion
        self.theme.set_families(system_family() if settings.ui_font == "system" else "", settings.mono_font)
        self.theme.set_times(TIME_STYLES[settings.times])
        if round(self.theme.text_scale * 100) != settings.text_percent:
            self.theme.set_text_scale(settings.text_percent / 100)
        self.page.set_masked(settings.mask_recipients)
        self.messages_page.set_masked(settings.mask_recipients)
        self.messages_page.set_scope(EndpointId(settings.scope) if settings.scope else None)
        self.messages_page.table.letters = settings.single_keys
        self.page.set_letters(settings.single_keys)
        if settings.shortcuts != self._shortcuts:
            self._take_shortcuts(settings.shortcuts)
        choice = self.page.view.choice
        if choice.density != settings.density:
            self.page.view.set_choice(replace(choice, density=settings.density))  # type: ignore[arg-type]
        self.commands.update()

    def _take_shortcuts(self, stored: tuple[str, ...]) -> None:
        from inspector.ui.shortcut_keys import changed_keys, with_keys

        self._shortcuts = stored
        self.actions_table.set_keys(with_keys(ACTIONS, changed_keys(stored)))

    @property
    def starting(self) -> bool:
        """Whether the first steps stand in the place of the list."""
        return self.page.states.currentWidget() is self.start_page

    def _fit_first_run(self) -> None:
        """Leave out what has nothing to show yet while the first steps are in view."""
        self.scopes.fit_sidebar()
        self.page.filters.setVisible(not self.starting)
        shown = self._app.settings.current.inspector_shown and not self.shows_monitor
        self.panes.show_inspector(not self.starting and shown)
        if self.starting:
            self.head.tabs.set_current(EVENTS)
        self.panes.fit(self.width())

    def _keep_view(self, choice: ViewChoice) -> None:
        self._app.settings.change(columns=choice.columns, density=choice.density)

    def _show_replays(self, event_id: int) -> None:
        self.events.open(event_id)
        self.pane.show_view("replays")

    def _show_folder(self, folder: str) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(folder))

    def to_front(self) -> None:
        """Show the window over all others."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    # -- size and end -------------------------------------------------------------------------------------------

    def _restore(self, settings: Settings) -> None:
        self.resize(USUAL)
        if settings.window:
            self.restoreGeometry(QByteArray.fromBase64(settings.window.encode()))
        self.panes.restore(settings.panes)
        if settings.columns:
            density = settings.density
            self.page.view.set_choice(ViewChoice(settings.columns, density))  # type: ignore[arg-type]
        self.page.search.set_recent(settings.recent_searches)
        self.sidebar.setVisible(settings.sidebar_shown)
        self.panes.put_inspector(settings.inspector_place)  # type: ignore[arg-type]  # checked by its choices
        self.panes.show_inspector(settings.inspector_shown)
        self._on_settings(settings)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up what has no room: words of buttons, the sidebar's names, badges."""
        super().resizeEvent(event)
        width = event.size().width()
        narrow = width < NARROW_PX
        self.top_bar.fit(width)
        self.sidebar.set_rail(narrow)
        self.head.set_short(narrow)
        self._fit_pane()
        self.panes.fit(width)

    def _fit_pane(self) -> None:
        """Let the inspector leave out what has no room beside the list; elsewhere it has room."""
        self.pane.set_narrow(self.width() < NARROW_PX and self.panes.place == "right")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask the program to end; the window closes once everything is written."""
        if self._finished:
            event.accept()
            return
        event.ignore()
        quitting, self._quitting = self._quitting, False
        if (not quitting and self.tray.holds_close()) or self.leaving.holds_quit():
            return
        self.hide()
        self.closing.emit()

    def quit(self) -> None:
        """End the program, also where closing the window does not."""
        self._quitting = True
        self.close()

    async def finish(self) -> None:
        """Keep the window's shape, let go of the program's news, and close."""
        self._app.settings.change(
            window=bytes(self.saveGeometry().toBase64().data()).decode(),
            panes=self.panes.kept(),
        )
        self.bridge.close()
        for part in (self.monitor, self.series, self.replays, self.tunnel, self.events, self.receiving, self.scopes):
            part.close()
        self.forwards.close()
        self.outages.close()
        for owner in (self.alerts, self.by_hand, self.tray, self.room):
            owner.close()
        self.adviser.close()
        self.payloads.close()
        self.messages.close()
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        await self.tasks.close()
        self._finished = True
        self.close()
