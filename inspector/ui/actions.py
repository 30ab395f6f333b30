"""Everything the menu bar, the shortcuts and the command palette offer, as one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenuBar, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.menu import Menu, decorate

MENUS = ("File", "Edit", "View", "Capture", "Event", "Tools", "Help")


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing the user can do.

    `keys` are shortcuts of the whole window. `list_key` is a key that only works while the event list has focus (the
    list itself handles it); it is shown beside the text. `group` numbers the sections of its menu.
    """

    key: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    list_key: str = ""
    icon: str = ""
    group: int = 0
    checkable: bool = False
    words: str = ""  # more words the palette finds it by


ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("new_endpoint", "File", "New endpoint", ("Ctrl+N",), icon="plus"),
    ActionSpec(
        "endpoint_settings", "File", "Endpoint settings…", ("Ctrl+I",), icon="settings-2", words="secret answer"
    ),
    ActionSpec("settings", "File", "Settings…", ("Ctrl+,",), icon="settings", group=1, words="preferences options"),
    ActionSpec(
        "figures_csv", "File", "Export figures as CSV…", icon="table", group=1, words="monitor table spreadsheet"
    ),
    ActionSpec(
        "figures_picture", "File", "Save picture of the Monitor page…", icon="image", group=1, words="png export"
    ),
    ActionSpec("close_window", "File", "Close window", ("Ctrl+W",), group=2),
    ActionSpec("quit", "File", "Quit", ("Ctrl+Q",), icon="x", group=2, words="exit"),
    ActionSpec("copy_address", "Edit", "Copy address", ("Ctrl+Shift+U",), icon="copy", words="url link"),
    ActionSpec("copy_https", "Edit", "Copy HTTPS address", icon="lock", words="url tls ssl encrypted"),
    ActionSpec("copy_curl_test", "Edit", "Copy a curl test command", icon="terminal", words="openssl example"),
    ActionSpec("copy_body", "Edit", "Copy body", list_key="Ctrl+C", icon="copy", group=1),
    ActionSpec("copy_curl", "Edit", "Copy as cURL", list_key="Ctrl+Shift+C", icon="terminal", group=1),
    ActionSpec("copy_httpie", "Edit", "Copy as HTTPie", icon="terminal", group=1, words="command"),
    ActionSpec("copy_http", "Edit", "Copy as raw HTTP", icon="code", group=1, words="request"),
    ActionSpec("copy_python", "Edit", "Copy as Python", icon="code", group=1, words="requests code"),
    ActionSpec("copy_javascript", "Edit", "Copy as JavaScript", icon="code", group=1, words="fetch code node"),
    ActionSpec("find", "Edit", "Search", ("Ctrl+F",), icon="search", group=2, words="filter find"),
    ActionSpec("clear_filter", "Edit", "Clear filter", icon="x", group=2),
    ActionSpec("show_sidebar", "View", "Sidebar", ("Ctrl+B",), checkable=True),
    ActionSpec("show_inspector", "View", "Inspector", ("Ctrl+J",), checkable=True),
    ActionSpec(
        "inspector_below", "View", "Inspector below the list", ("Ctrl+Shift+J",), checkable=True, words="bottom right"
    ),
    ActionSpec(
        "inspector_window",
        "View",
        "Inspector in its own window",
        list_key="Ctrl+Return",
        checkable=True,
        words="detach separate",
    ),
    ActionSpec("next_pane", "View", "Next pane", ("F6",), group=1),
    ActionSpec("previous_pane", "View", "Previous pane", ("Shift+F6",), group=1),
    ActionSpec("focus_address", "View", "Go to the address", ("Ctrl+L",), group=1),
    ActionSpec("events", "View", "Events", ("Ctrl+1",), icon="webhook", group=2, words="list page"),
    ActionSpec("messages", "View", "Messages", ("Ctrl+2",), icon="message-circle", group=2, words="lifecycle page"),
    ActionSpec(
        "monitor", "View", "Monitor", ("Ctrl+3",), icon="chart-column", group=2, words="figures charts rate alerts page"
    ),
    ActionSpec("all_endpoints", "View", "All endpoints", ("Ctrl+Shift+0",), icon="inbox", group=2),
    ActionSpec("live", "View", "Hold the list", list_key="L", icon="pause", group=2, words="live held follow newest"),
    ActionSpec("text_larger", "View", "Larger text", ("Ctrl++", "Ctrl+="), group=3),
    ActionSpec("text_smaller", "View", "Smaller text", ("Ctrl+-",), group=3),
    ActionSpec("text_normal", "View", "Normal text", ("Ctrl+0",), group=3),
    ActionSpec("mask_recipients", "View", "Mask recipients", ("Ctrl+Shift+M",), checkable=True, group=4),
    ActionSpec("full_screen", "View", "Full screen", ("F11",), checkable=True, group=5),
    ActionSpec("send_test", "Capture", "Send test event", ("Ctrl+T",), icon="send", words="simulate sample"),
    ActionSpec(
        "compose",
        "Capture",
        "Edit before sending…",
        ("Ctrl+Shift+T",),
        icon="pencil",
        words="compose test event sample",
    ),
    ActionSpec("campaign", "Capture", "Run a campaign…", icon="route", words="simulate scenario load funnel"),
    ActionSpec(
        "handler_check", "Capture", "Handler check…", ("Ctrl+Shift+H",), icon="list-checks", words="test scenarios"
    ),
    ActionSpec(
        "outage", "Capture", "Rehearse an outage…", icon="unplug", words="down fail 503 time out retries provider"
    ),
    ActionSpec("pause", "Capture", "Pause receiving", ("Ctrl+Shift+P",), icon="pause", group=1, words="resume stop"),
    ActionSpec("restart_receiver", "Capture", "Restart receiver", icon="rotate-cw", group=1),
    ActionSpec("by_hand", "Capture", "Answer by hand…", icon="hand", group=1, words="waiting reply manual"),
    ActionSpec("choose_port", "Capture", "Port…", icon="plug", group=2),
    ActionSpec("local_network", "Capture", "Listen on the local network", icon="network", group=2, checkable=True),
    ActionSpec(
        "tunnel", "Capture", "Tunnel…", icon="cable", group=2, words="public address internet cloudflared ngrok"
    ),
    ActionSpec("tunnel_log", "Capture", "Tunnel log", icon="scroll-text", group=2, words="outages helper program"),
    ActionSpec("replay", "Event", "Replay", list_key="R", icon="repeat-2", words="resend send again"),
    ActionSpec(
        "replay_to", "Event", "Edit and replay…", list_key="Shift+R", icon="sliders-horizontal", words="sign ids many"
    ),
    ActionSpec(
        "compare_targets", "Event", "Compare two targets…", icon="arrow-left-right", words="a/b versus handler response"
    ),
    ActionSpec("fast_clock", "Event", "Fast clock…", icon="timer", words="rehearse retry schedule days minute outage"),
    ActionSpec("show_message", "Event", "Show message", list_key="M", icon="message-circle", group=1, words="timeline"),
    ActionSpec("open_original", "Event", "Open original", list_key="O", icon="layers-2", group=1),
    ActionSpec(
        "compare", "Event", "Compare", ("Ctrl+D",), icon="git-compare", group=1, words="diff difference previous"
    ),
    ActionSpec("compare_original", "Event", "Compare with original", list_key="D", icon="git-compare", group=1),
    ActionSpec("next_issue", "Event", "Next issue", list_key="N", icon="triangle-alert", group=1),
    ActionSpec("previous_issue", "Event", "Previous issue", list_key="Shift+N", icon="triangle-alert", group=1),
    ActionSpec("check_again", "Event", "Check signature again", icon="shield", group=1, words="verify recheck"),
    ActionSpec("sibling", "Event", "Make a sibling…", icon="pencil", group=1, words="similar copy compose new ids"),
    ActionSpec("star", "Event", "Star", list_key="S", icon="star", group=2),
    ActionSpec("unread", "Event", "Mark as unread", list_key="U", icon="circle-dot", group=2),
    ActionSpec("delete", "Event", "Delete", list_key="Del", icon="trash-2", group=3),
    ActionSpec("undo_delete", "Event", "Undo delete", ("Ctrl+Z",), group=3),
    ActionSpec("palette", "Tools", "Command palette…", ("Ctrl+K",), icon="search"),
    ActionSpec(
        "forwarding", "Tools", "Forwarding…", icon="corner-down-right", words="forward rules targets fan out health log"
    ),
    ActionSpec("test_target", "Tools", "Test a target…", icon="plug-zap", words="reach connection dns tls certificate"),
    ActionSpec(
        "doctor", "Tools", "Nothing arrived?…", icon="route", words="doctor diagnose why reach public address check"
    ),
    ActionSpec("alerts", "Tools", "Alerts…", icon="bell", words="monitor rules history notification webhook"),
    ActionSpec(
        "show_data_folder", "Tools", "Show data folder", icon="hard-drive", group=1, words="database storage log"
    ),
    ActionSpec("shortcuts", "Help", "Keyboard shortcuts", ("F1", "Ctrl+/"), icon="circle-dot"),
    ActionSpec("about", "Help", "About Webhook Inspector", icon="webhook", group=1, words="version licence"),
)


class Actions:
    """The table's QActions by key, and the menu bar made of them."""

    def __init__(self, owner: QWidget, specs: Iterable[ActionSpec] = ACTIONS) -> None:
        self.specs = tuple(specs)
        self._menus: list[Menu] = []
        self._actions: dict[str, QAction] = {}
        for spec in self.specs:
            words = translate(spec.text)
            action = QAction(f"{words}\t{spec.list_key}" if spec.list_key else words, owner)
            action.setObjectName(spec.key)
            action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
            action.setCheckable(spec.checkable)
            decorate(action, spec.icon, danger=spec.key == "delete")
            if spec.key == "quit":
                action.setMenuRole(QAction.MenuRole.QuitRole)
            owner.addAction(action)
            self._actions[spec.key] = action

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    def by_key(self) -> Mapping[str, QAction]:
        """Return every action under its key."""
        return self._actions

    def set_text(self, key: str, text: str) -> None:
        """Say what an action does now, keeping the key shown beside it."""
        _words, tab, list_key = self._actions[key].text().partition("\t")
        self._actions[key].setText(f"{text}{tab}{list_key}")

    def set_keys(self, specs: Iterable[ActionSpec]) -> None:
        """Take over the keys of a changed table; nothing else of it may differ."""
        new = tuple(specs)
        for before, spec in zip(self.specs, new, strict=True):
            if spec.keys != before.keys:
                self._actions[spec.key].setShortcuts([QKeySequence(keys) for keys in spec.keys])
        self.specs = new

    def fill(self, bar: QMenuBar, theme: Theme, icons: Icons) -> None:
        """Build the menus into `bar`."""
        for name in MENUS:
            menu = Menu(theme, icons, bar, translate(name))
            self._menus.append(menu)
            bar.addMenu(menu)
            group = 0
            for spec in (item for item in self.specs if item.menu == name):
                if spec.group != group:
                    menu.line()
                    group = spec.group
                menu.addAction(self._actions[spec.key])


def translate(text: str) -> str:
    """Return a menu text in the user's language."""
    return QCoreApplication.translate("Menu", text)
