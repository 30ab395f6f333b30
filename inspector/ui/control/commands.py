"""What each entry of the menus and the palette does, and when it can."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

from inspector.app import App
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.receiver.state import Status
from inspector.ui.events.context_menu import Chosen, reason_against
from inspector.ui.events.list_keys import Command as ListCommand
from inspector.ui.page_head import EVENTS, MESSAGES
from inspector.ui.panes import Place

if TYPE_CHECKING:
    from inspector.ui.doctor.control import DoctorControl
    from inspector.ui.main_window import MainWindow
    from inspector.ui.palette import CommandPalette

TEXT_STEP = 10
TEXT_LIMITS = (90, 150)
ENDPOINT_KEYS = range(1, 10)
NEEDS_EVENT = "Select an event first"
NOTHING_DELETED = "Nothing was deleted"
NOT_RECEIVING = "Nothing is being received now"
NO_INSPECTOR = "The Monitor page has none"
NEEDS_MONITOR = "Open the Monitor page first"
NEEDS_EVENTS_PAGE = "Open the Events page first"

_ON_EVENT: dict[str, ListCommand] = {
    "replay": ListCommand.REPLAY,
    "replay_to": ListCommand.REPLAY_TO,
    "copy_body": ListCommand.COPY_BODY,
    "copy_curl": ListCommand.COPY_CURL,
    "open_original": ListCommand.OPEN_ORIGINAL,
    "show_message": ListCommand.MESSAGE,
    "compare": ListCommand.COMPARE,
    "compare_original": ListCommand.COMPARE_ORIGINAL,
    "star": ListCommand.STAR,
    "unread": ListCommand.UNREAD,
    "delete": ListCommand.DELETE,
}

_COPY_AS = ("httpie", "http", "python", "javascript")
"""The forms of `FORMATS` that the Edit menu has beside cURL, as copy_FORM."""

_ON_SELECTION = ("check_again", "sibling", "compare_targets", "fast_clock")
"""More that needs an event, and that the list has no key for."""


class WindowCommands:
    """Connects the table of actions with the parts of the window."""

    def __init__(self, window: MainWindow, app: App) -> None:
        self._window, self._app = window, app
        self._shortcuts: list[QShortcut] = []
        self._palette: CommandPalette | None = None
        self.doctor: DoctorControl | None = None
        for key, slot in self._slots().items():
            window.actions_table[key].triggered.connect(lambda _checked=False, slot=slot: slot())
        for number in ENDPOINT_KEYS:
            shortcut = QShortcut(QKeySequence(f"Ctrl+Shift+{number}"), window)
            shortcut.activated.connect(partial(self._show_endpoint, number - 1))
            self._shortcuts.append(shortcut)
        window.panes.moved.connect(self._on_moved)
        window.page.own_window_requested.connect(self._inspector_window)
        window.page.live_changed.connect(lambda state: self.show_live(state.held))
        window.top_bar.pause_requested.connect(window.receiving.toggle_pause)
        window.top_bar.restart_requested.connect(window.receiving.restart)
        window.top_bar.port_requested.connect(window.receiving.choose_port)
        window.top_bar.network_requested.connect(window.receiving.listen_on_network)
        window.top_bar.check_requested.connect(window.checks.open)
        window.top_bar.settings_requested.connect(self.open_settings)
        window.top_bar.https_requested.connect(lambda: self.open_settings("https"))
        window.top_bar.doctor_requested.connect(self.open_doctor)
        window.first_run.doctor_requested.connect(self.open_doctor)
        window.endpoints.settings_wanted = self.open_settings
        self.update()

    def _slots(self) -> dict[str, Callable[[], object]]:
        window = self._window
        slots: dict[str, Callable[[], object]] = {
            "new_endpoint": window.endpoints.add,
            "endpoint_settings": window.endpoints.open_settings,
            "settings": self.open_settings,
            "close_window": window.close,
            "quit": window.quit,
            "copy_address": window.endpoints.copy_address,
            "copy_https": window.endpoints.copy_https_address,
            "copy_curl_test": window.endpoints.copy_curl,
            "find": self._find,
            "clear_filter": window.page.clear_filter,
            "show_sidebar": lambda: self._toggle("sidebar_shown", window.sidebar),
            "show_inspector": self._toggle_inspector,
            "inspector_below": self._inspector_below,
            "inspector_window": self._inspector_window,
            "events": lambda: window.messages.show_page(EVENTS),
            "messages": lambda: window.messages.show_page(MESSAGES),
            "live": window.page.table.toggle_live,
            "next_pane": lambda: self._move_focus(1),
            "previous_pane": lambda: self._move_focus(-1),
            "focus_address": lambda: window.top_bar.address.setFocus(),
            "monitor": window.monitor.open,
            "figures_csv": window.monitor.export_csv,
            "figures_picture": window.monitor.export_picture,
            "all_endpoints": lambda: window.select_endpoint(None),
            "text_larger": lambda: self._set_text(self._app.settings.current.text_percent + TEXT_STEP),
            "text_smaller": lambda: self._set_text(self._app.settings.current.text_percent - TEXT_STEP),
            "text_normal": lambda: self._set_text(100),
            "mask_recipients": self._mask,
            "full_screen": self._full_screen,
            "send_test": window.endpoints.send_test,
            "compose": window.simulators.compose,
            "campaign": window.simulators.open_campaign,
            "sibling": lambda: window.simulators.sibling(window.events.selected),
            "compare_targets": lambda: window.replays.open_versus(window.events.selected, everything=self._listed()),
            "fast_clock": lambda: window.replays.open_fast_clock(window.events.selected),
            "handler_check": window.checks.open,
            "pause": window.receiving.toggle_pause,
            "restart_receiver": window.receiving.restart,
            "choose_port": window.receiving.choose_port,
            "local_network": lambda: window.receiving.listen_on_network(not window.receiving.on_network),
            "tunnel": window.tunnel.open_menu,
            "tunnel_log": window.tunnel.show_log,
            "next_issue": lambda: window.page.do(ListCommand.NEXT_ISSUE),
            "previous_issue": lambda: window.page.do(ListCommand.PREVIOUS_ISSUE),
            "check_again": lambda: window.signatures.check_again(window.events.selected),
            "undo_delete": window.events.undo_delete,
            "palette": self.open_palette,
            "forwarding": window.forwards.open,
            "outage": window.outages.open,
            "test_target": lambda: window.forwards.test_target(window.endpoints.current.target, window),
            "doctor": self.open_doctor,
            "by_hand": window.by_hand.open,
            "alerts": window.alerts.show_history,
            "show_data_folder": lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._app.folder))),
            "shortcuts": self._open_shortcuts,
            "about": lambda: self.open_settings("about"),
        }
        slots |= {key: partial(window.page.do, command) for key, command in _ON_EVENT.items()}
        slots |= {f"copy_{form}": partial(window.page.commands.copy_as, form) for form in _COPY_AS}
        return slots

    def update(self) -> None:
        """Enable what can be done now, and say of the rest why not."""
        window, actions = self._window, self._window.actions_table
        elsewhere = window.shows_messages or window.shows_monitor
        chosen = None if elsewhere else window.page.commands.chosen()
        for key, reason in _reasons(chosen).items():
            self._allow(key, reason)
        self._allow("undo_delete", "" if window.events.can_undo else NOTHING_DELETED)
        for key in ("live", "next_issue", "previous_issue"):
            self._allow(key, NEEDS_EVENTS_PAGE if elsewhere else "")
        status = self._app.receiver.state.status
        actions.set_text("pause", "Resume receiving" if status is Status.PAUSED else "Pause receiving")
        actions["pause"].setEnabled(status in (Status.RECEIVING, Status.PAUSED))
        actions["pause"].setToolTip("" if actions["pause"].isEnabled() else NOT_RECEIVING)
        actions["local_network"].setChecked(window.receiving.on_network)
        actions["show_sidebar"].setChecked(not window.sidebar.isHidden())
        actions["show_inspector"].setChecked(not window.side.isHidden())
        actions["inspector_below"].setChecked(window.panes.place == "below")
        actions["inspector_window"].setChecked(window.panes.place == "window")
        for key in ("show_inspector", "inspector_below", "inspector_window"):
            self._allow(key, NO_INSPECTOR if window.shows_monitor else "")
        for key in ("figures_csv", "figures_picture"):
            self._allow(key, "" if window.shows_monitor else NEEDS_MONITOR)
        actions["mask_recipients"].setChecked(self._app.settings.current.mask_recipients)
        actions["full_screen"].setChecked(window.isFullScreen())

    def _allow(self, key: str, reason: str) -> None:
        """Enable an action, or say in its tool tip why it cannot work now."""
        action = self._window.actions_table[key]
        action.setEnabled(not reason)
        action.setToolTip(reason)

    def show_live(self, held: bool) -> None:
        """Name what the key L does now."""
        self._window.actions_table.set_text("live", "Follow the newest events" if held else "Hold the list")

    def open_settings(self, page: str = "general") -> None:
        """Open the program's settings."""
        from inspector.ui.settings.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._window.theme, self._window.icons, self._app, self._window, page=page or "general")
        dialog.receiver_changed.connect(self._window.receiving.restart)
        dialog.finished.connect(lambda _result: dialog.deleteLater())
        dialog.open()

    def open_doctor(self) -> None:
        """Find out why nothing arrives at the endpoint in view."""
        from inspector.ui.doctor.control import DoctorControl

        if self.doctor is None:
            self.doctor = DoctorControl(self._window, self._app)
        scope = self._app.settings.current.scope
        self.doctor.open(EndpointId(scope) if scope else None)

    def open_palette(self) -> None:
        """Open the command palette."""
        from inspector.ui.palette import Command, CommandPalette

        window = self._window
        self.update()
        commands = [
            Command(
                spec.key,
                window.actions_table[spec.key].text().partition("\t")[0],
                f"{spec.menu} {spec.words}",
                spec.keys[0] if spec.keys else spec.list_key,
                spec.icon,
                "" if window.actions_table[spec.key].isEnabled() else self._reason(spec.key),
            )
            for spec in window.actions_table.specs
            if spec.key != "palette"
        ]
        commands += [
            Command(f"endpoint:{place}", f"Show {endpoint.name}", "endpoint go to", icon="inbox")
            for place, endpoint in enumerate(self._app.directory.all())
        ]
        self._palette = CommandPalette(window.theme, window.icons, commands, window)
        self._palette.chosen.connect(self.run)
        self._palette.open_over(window)

    def _listed(self) -> list[EventId]:
        """Return every event of the list as it is filtered."""
        model = self._window.page.model
        return model.ids_between(0, model.rowCount() - 1) if model.rowCount() else []

    def _reason(self, key: str) -> str:
        """Return why an action cannot be done now, as its tool tip says."""
        return self._window.actions_table[key].toolTip()

    def run(self, key: str) -> None:
        """Do what a line of the palette says."""
        kind, colon, place = key.partition(":")
        if colon and kind == "endpoint":
            self._show_endpoint(int(place))
        else:
            self._window.actions_table[key].trigger()

    def _show_endpoint(self, place: int) -> None:
        endpoints = self._app.directory.all()
        if place < len(endpoints):
            self._window.select_endpoint(endpoints[place].id)

    def _find(self) -> None:
        if self._window.shows_monitor:
            self._window.messages.show_page(EVENTS)
        search = self._window.search_in_view
        search.setFocus()
        search.selectAll()

    def _toggle(self, setting: str, part: QWidget) -> None:
        shown = part.isHidden()
        part.setVisible(shown)
        self._app.settings.change(**{setting: shown})
        self.update()

    def _toggle_inspector(self) -> None:
        window = self._window
        shown = window.side.isHidden()
        window.panes.show_inspector(shown)
        self._app.settings.change(inspector_shown=shown)
        self.update()

    def _inspector_below(self) -> None:
        """Move the inspector below the list, or back beside it."""
        self._put_inspector("right" if self._window.panes.place == "below" else "below")

    def _inspector_window(self) -> None:
        """Give the inspector a window of its own, or put it back where it was."""
        docked: Place = "below" if self._app.settings.current.inspector_place == "below" else "right"
        self._put_inspector(docked if self._window.panes.place == "window" else "window")

    def _put_inspector(self, place: Place) -> None:
        if self._window.shows_monitor:
            return
        if self._window.side.isHidden():
            self._toggle_inspector()
        self._window.panes.put_inspector(place)

    def _on_moved(self, place: str) -> None:
        if place != "window":
            self._app.settings.change(inspector_place=place)
        self.update()

    def _set_text(self, percent: int) -> None:
        smallest, largest = TEXT_LIMITS
        self._app.settings.change(text_percent=min(max(percent, smallest), largest))

    def _mask(self) -> None:
        self._app.settings.change(mask_recipients=not self._app.settings.current.mask_recipients)

    def _full_screen(self) -> None:
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()
        self.update()

    def _move_focus(self, step: int) -> None:
        window = self._window
        panes: list[QWidget] = [window.top_bar, window.sidebar, window.list_in_view, window.side]
        shown = [pane for pane in panes if pane.isVisible()]
        focus = QApplication.focusWidget()
        here = next(
            (place for place, pane in enumerate(shown) if (focus and pane.isAncestorOf(focus)) or pane is focus), 0
        )
        entry = {window.top_bar: window.top_bar.address, window.sidebar: window.sidebar.scopes}
        pane = shown[(here + step) % len(shown)]
        pane.activateWindow()
        entry.get(pane, pane).setFocus()

    def _open_shortcuts(self) -> None:
        from inspector.ui.dialogs.shortcuts import ShortcutsDialog

        dialog = ShortcutsDialog(self._window.theme, self._window.icons, self._window.actions_table.specs, self._window)
        dialog.finished.connect(lambda _result: dialog.deleteLater())
        dialog.open()


def _reasons(chosen: Chosen | None) -> dict[str, str]:
    """Return why each action on the selected events cannot work now, "" where it can."""
    if chosen is None:
        return dict.fromkeys((*_ON_EVENT, *_ON_SELECTION, *(f"copy_{form}" for form in _COPY_AS)), NEEDS_EVENT)
    reasons = {key: reason_against(command, chosen) for key, command in _ON_EVENT.items()}
    reasons |= dict.fromkeys(_ON_SELECTION, "")
    reasons["sibling"] = reason_against(ListCommand.SIBLING, chosen)
    return reasons | {f"copy_{form}": reasons["copy_curl"] for form in _COPY_AS}
