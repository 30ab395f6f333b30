"""The bar over everything: receiver, pause, address, test event, settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSpacerItem, QWidget

from inspector.receiver.state import ReceiverState, Status
from inspector.ui.icons import Icons, kind_look
from inspector.ui.theme import Theme
from inspector.ui.tunnels.chip import TunnelChip
from inspector.ui.widgets.address_field import AddressField, AddressKind
from inspector.ui.widgets.buttons import IconButton, SecondaryButton
from inspector.ui.widgets.menu import Menu
from inspector.ui.widgets.receiver_button import ReceiverButton
from inspector.ui.widgets.split_button import SplitButton

NARROW_PX = 1100
FULL_PX = 1280
SIDE_PX, NARROW_SIDE_PX = 12, 8
GAP_PX, NARROW_GAP_PX = 19, 4
CHECK_WORDS = "Handler check"
LINE_PX = 1  # the line below is not part of the height in the tokens


@dataclass(frozen=True, slots=True)
class TestItem:
    """One line of the test event menu; `group` starts a caption where it changes."""

    key: str
    title: str
    group: str
    kind: str = ""
    mark: tuple[str, str] | None = None  # icon and its colour where the kind has none

    __test__ = False  # pytest looks for classes of this name


@dataclass(frozen=True, slots=True)
class AddressChoice:
    """One address an endpoint can be reached at."""

    kind: AddressKind
    url: str


_STATES = {
    Status.STARTING: "starting",
    Status.RECEIVING: "receiving",
    Status.PAUSED: "paused",
    Status.STOPPED: "stopped",
    Status.FAILED: "stopped",
}


class TopBar(QWidget):
    """Shows the receiver's state and the address of the endpoint in view.

    Signals:
        pause_requested, restart_requested, port_requested: from the receiver's button and menu.
        network_requested(bool): listen on the local network, or on this computer only.
        https_requested, doctor_requested: from the receiver's menu.
        check_requested: check a handler.
        settings_requested, test_requested(str): "" sends the last used test event again.
        own_address_requested, curl_requested: from the address menu.
        all_copied_requested: copy the address of every endpoint.
        copied(str): an address went to the clipboard.
        kind_chosen(str): show the public, the local or the network address.
    """

    pause_requested = Signal()
    restart_requested = Signal()
    port_requested = Signal()
    network_requested = Signal(bool)
    settings_requested = Signal()
    check_requested = Signal()
    https_requested = Signal()
    doctor_requested = Signal()
    test_requested = Signal(str)
    own_address_requested = Signal()
    curl_requested = Signal()
    all_copied_requested = Signal()
    copied = Signal(str)
    kind_chosen = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self._width_px = 0
        self._fit()
        self.receiver = ReceiverButton(theme, icons, self)
        self.pause = IconButton(theme, icons, "pause", "Pause receiving", self, shortcut="Ctrl+Shift+P")
        self.address = AddressField(theme, icons, self)
        self.tunnel = TunnelChip(theme, icons, self)
        self.test = SplitButton(
            theme, icons, "Send test event", "send", self, size_name="controlTop", menu_name="Choose a test event"
        )
        self.check = SecondaryButton(theme, icons, CHECK_WORDS, "list-checks", self, size_name="controlTop")
        self.check.setAccessibleName(CHECK_WORDS)
        self.check.clicked.connect(self.check_requested)
        self.settings = IconButton(theme, icons, "settings", "Settings", self, shortcut="Ctrl+,")
        self._receiver_menu = Menu(theme, icons, self)
        self._address_menu = Menu(theme, icons, self)
        self._copy_menu = Menu(theme, icons, self)
        self._test_menu = Menu(theme, icons, self)
        self.tunnel_menu = Menu(theme, icons, self)
        self.tunnel.set_menu(self.tunnel_menu)
        self.receiver.set_menu(self._receiver_menu)
        self.address.set_kind_menu(self._address_menu)
        self.test.set_menu(self._test_menu)
        left = QHBoxLayout()
        left.setSpacing(5)
        left.addWidget(self.receiver)
        left.addWidget(self.pause)
        self._gap = QSpacerItem(GAP_PX, 0)
        row = QHBoxLayout(self)
        row.setSpacing(8)
        row.addLayout(left)
        row.addSpacerItem(self._gap)
        row.addWidget(self.address, 1)
        row.addSpacing(4)
        row.addWidget(self.tunnel)
        row.addSpacing(4)
        row.addWidget(self.test)
        row.addWidget(self.check)
        row.addWidget(self.settings)
        self._row = row
        self.set_narrow(False)
        self.pause.clicked.connect(self.pause_requested)
        self.settings.clicked.connect(self.settings_requested)
        self.test.clicked.connect(lambda: self.test_requested.emit(""))
        self.address.copied.connect(self.copied)
        theme.changed.connect(self._fit)

    def _fit(self) -> None:
        self.setFixedHeight(self._theme.size("topBar") + LINE_PX)
        if self._width_px:
            self.fit(self._width_px)
        self.update()

    def set_receiver(self, state: ReceiverState, *, on_network: bool) -> None:
        """Show the receiver's state and fill its menu."""
        paused = state.status is Status.PAUSED
        self.receiver.set_state(_STATES[state.status], state.port)  # type: ignore[arg-type]  # values of the Literal
        self.pause.set_icon_name("play" if paused else "pause")
        self.pause.set_name("Resume receiving" if paused else "Pause receiving", "Ctrl+Shift+P")
        self.pause.setEnabled(state.status in (Status.RECEIVING, Status.PAUSED))
        menu = self._receiver_menu
        menu.clear()
        words, icon = ("Resume receiving", "play") if paused else ("Pause receiving", "pause")
        menu.add(
            words,
            icon,
            self.pause_requested.emit,
            shortcut="Ctrl+Shift+P",
            reason="" if self.pause.isEnabled() else "Nothing is being received now.",
        )
        menu.add("Restart receiver", "rotate-cw", self.restart_requested.emit)
        menu.line()
        menu.add(f"Port {state.port}…" if state.port else "Port…", "plug", self.port_requested.emit)
        menu.add(
            "Listen on the local network",
            "network",
            lambda: self.network_requested.emit(not on_network),
            detail="On" if on_network else "Off",
        )
        menu.add("HTTPS…", "lock", self.https_requested.emit, detail="On" if state.https_url else "Off")
        menu.line()
        menu.add("Nothing arrived?…", "route", self.doctor_requested.emit)

    def set_addresses(self, choices: Sequence[AddressChoice], shown: AddressKind) -> None:
        """Show one endpoint's address and offer the others; the menu also copies a command that tests it."""
        current = next((item for item in choices if item.kind == shown), choices[0])
        self.address.set_copy_menu(None)
        self.address.set_address(current.kind, current.url)
        menu = self._address_menu
        menu.clear()
        for item in choices:
            icon = {"public": "globe", "local": "house", "network": "network"}[item.kind]
            mark = "check" if item is current else icon
            words = {"public": "Public", "local": "Local", "network": "Network"}[item.kind]
            menu.add(words, mark, partial(self.kind_chosen.emit, item.kind), detail=_host(item.url))
        if not any(item.kind == "network" for item in choices):
            menu.add("Network", "network", partial(self.network_requested.emit, True), detail="off, turn on")
        menu.line()
        menu.add("Copy all endpoint addresses", "copy", self.all_copied_requested.emit)
        menu.add("Copy a curl test command", "terminal", self.curl_requested.emit)
        menu.add("Use my own address…", "pencil", self.own_address_requested.emit)

    def set_all_endpoints(self, base: str, endpoints: Sequence[tuple[str, str]], kind: AddressKind = "local") -> None:
        """Show the receiver's address while all endpoints are in view; Copy offers each endpoint by name."""
        self.address.set_address(kind, f"{base}/in/…")
        self._address_menu.clear()
        self._copy_menu.clear()
        self._address_menu.caption("Copy the address of")
        for name, url in endpoints:
            for menu in (self._copy_menu, self._address_menu):
                menu.add(name, "copy", partial(self._copy, url))
        self.address.set_copy_menu(self._copy_menu)

    def set_tests(self, endpoint_name: str, items: Sequence[TestItem], last: str) -> None:
        """Offer these test events; the last used one shows the shortcut."""
        menu = self._test_menu
        menu.clear()
        menu.caption(f"Send to {endpoint_name}")
        group = items[0].group if items else ""
        for item in items:
            if item.group != group:
                menu.line()
                menu.caption(item.group)
                group = item.group
            look = kind_look(item.kind)
            icon, tint = item.mark or (look.icon, look.color)
            menu.add(
                item.title,
                icon,
                partial(self.test_requested.emit, item.key),
                tint=tint,
                shortcut="Ctrl+T" if item.key == last else "",
            )
        self.test.setEnabled(bool(items))

    def set_rate(self, per_s: float) -> None:
        """Show the events per second while there are many."""
        self.receiver.set_rate(per_s)

    def fit(self, width_px: int) -> None:
        """Leave out words for a window so wide: larger text makes every window narrower, and the address needs room."""
        self._width_px = width_px
        room = width_px / max(1.0, self._theme.text_scale)
        self.set_narrow(room < NARROW_PX, check_as_icon=room < FULL_PX)

    def set_narrow(self, narrow: bool, *, check_as_icon: bool = False) -> None:
        """Show receiver and test event as icons where the window is narrow; the handler check may be one before."""
        side = NARROW_SIDE_PX if narrow else SIDE_PX
        self._row.setContentsMargins(side, 0, SIDE_PX, LINE_PX)
        self._gap.changeSize(NARROW_GAP_PX if narrow else GAP_PX, 0)
        self._row.invalidate()
        self.receiver.set_compact(narrow)
        self.test.set_compact(narrow)
        self.check.setText("" if narrow or check_as_icon else CHECK_WORDS)
        self.check.setToolTip(f"{CHECK_WORDS} (Ctrl+Shift+H)")
        self.check.updateGeometry()
        self.tunnel.set_compact(narrow)

    @property
    def address_menu(self) -> Menu:
        """The menu behind the kind of the address; the first-run page opens it too."""
        return self._address_menu

    def _copy(self, url: str) -> None:
        QGuiApplication.clipboard().setText(url)
        self.address.show_copied()
        self.copied.emit(url)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.window)
        painter.fillRect(0, self.height() - LINE_PX, self.width(), LINE_PX, self._theme.tokens.border)
        painter.end()


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]
