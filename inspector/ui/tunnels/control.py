"""Tunnel and window: its chip, menu, banners and bands kept true, and what the user asks of it done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QMetaObject, QObject, QPoint, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from inspector.app import App
from inspector.store.spans import read_spans
from inspector.tunnels.state import HostKeyChanged, Outage, TunnelState, TunnelStatus
from inspector.ui.dialogs.question import Question, ask
from inspector.ui.tunnels.consent import agreed
from inspector.ui.tunnels.words import down_text
from inspector.ui.widgets.banner import BannerContent

if TYPE_CHECKING:
    from inspector.ui.main_window import MainWindow
    from inspector.ui.tunnels.log_dialog import TunnelLogDialog

DOWN, CHANGED, RELAY = "tunnel", "public address", "relay"
LOOK_AFTER_MS = 1200
PAST_DAYS = 7
COUNT_MS = 1000


class TunnelControl:
    """Connects the program's tunnel with the window."""

    def __init__(self, window: MainWindow, app: App) -> None:
        self._window, self._app = window, app
        self._programs: dict[str, str] = {}
        self._looked = False
        self._told = TunnelState()
        self._dismissed: set[str] = set()
        self._asked = False
        self._past: tuple[Outage, ...] = ()
        self._began_us = int(datetime.now(UTC).timestamp() * 1e6)
        self._log: TunnelLogDialog | None = None
        self._looking = QTimer(window, singleShot=True, interval=LOOK_AFTER_MS)
        self._looking.timeout.connect(self._settle)
        self._counting = QTimer(window, interval=COUNT_MS)
        self._counting.timeout.connect(lambda: self._show_down(self._told))
        bar = window.top_bar
        bar.tunnel.menu_requested.connect(self._fill_menu)
        bar.tunnel.question_requested.connect(self._answer)
        bar.all_copied_requested.connect(self.copy_all)
        window.first_run.tunnel_requested.connect(self._first_run_start)
        window.first_run.install_requested.connect(lambda page: QDesktopServices.openUrl(QUrl(page)))
        window.banners.dismissed.connect(self._on_dismissed)
        # However the new address is copied (Copy, the shortcut, a menu), it has been taken note of.
        self._clipboard: QMetaObject.Connection | None = QGuiApplication.clipboard().dataChanged.connect(
            self._on_copied
        )
        self._unsubscribe = app.tunnels.changed.subscribe(self._changed)

    def start(self) -> None:
        """Show how the tunnel is; look for helper programs once the window has settled."""
        self._changed(self._app.tunnels.state)
        self._looking.start()

    def close(self) -> None:
        """Stop listening to the tunnel."""
        self._looking.stop()
        self._counting.stop()
        self._unsubscribe()
        clipboard, self._clipboard = self._clipboard, None
        if clipboard is not None:
            QObject.disconnect(clipboard)
        if self._log is not None:
            self._log.close()

    # -- what can be asked for ----------------------------------------------------------------------------------

    def do(self, key: str) -> None:
        """Do what a row of the menu says (see menu.py)."""
        from inspector.ui.tunnels.menu import START

        if key.startswith(START):
            self.begin(key.removeprefix(START))
            return
        tunnels, tasks = self._app.tunnels, self._window.tasks
        deeds: dict[str, Callable[[], object]] = {
            "stop": lambda: tasks.start(tunnels.stop(), "Stop the tunnel"),
            "restart": tunnels.restart,
            "probe": tunnels.probe,
            "copy": self.copy_address,
            "log": self.show_log,
            "doctor": lambda: self._window.commands.open_doctor(),
            "answer": self._answer,
            "settings": lambda: self._window.commands.open_settings("tunnel"),
        }
        deeds[key]()

    def begin(self, kind: str) -> None:
        """Start a kind of tunnel, after the user has agreed to who carries the traffic."""
        self._window.tasks.start(self._begin(kind), "Start the tunnel")

    def open_menu(self) -> None:
        """Open the tunnel's menu where its chip is."""
        self._window.top_bar.tunnel.click()

    def copy_address(self) -> None:
        """Copy the public address of the endpoint in view, and take note of it."""
        tunnels = self._app.tunnels
        url = tunnels.url_of(self._window.endpoints.current) or tunnels.state.public_url
        QGuiApplication.clipboard().setText(url)
        tunnels.note_address()
        self._window.notices.tell("Public address copied", "copy")

    def copy_all(self) -> None:
        """Copy the address of every endpoint, a line each."""
        endpoints = self._window.endpoints
        lines = []
        for endpoint in self._app.directory.all():
            choices, shown = endpoints.addresses(endpoint)
            lines.append(f"{endpoint.name}\t{next(item.url for item in choices if item.kind == shown)}")
        QGuiApplication.clipboard().setText("\n".join(lines))
        self._window.notices.tell("Addresses copied" if len(lines) > 1 else "Address copied", "copy")

    def show_log(self) -> None:
        """Open the log, or bring it to the front."""
        from inspector.ui.tunnels.log_dialog import TunnelLogDialog

        if self._log is None:
            self._log = TunnelLogDialog(self._window.theme, self._window.icons, self._app.tunnels, self._window)
            self._log.finished.connect(self._on_log_closed)
        self._log.show()
        self._log.raise_()
        self._log.activateWindow()

    def look(self) -> None:
        """Look for helper programs."""
        self._window.tasks.start(self._look(), "Look for tunnel programs")

    def _settle(self) -> None:
        self.look()
        self._window.tasks.start(self._load_past(), "Read earlier outages")

    # -- doing --------------------------------------------------------------------------------------------------

    async def _begin(self, key: str) -> None:
        tunnels, settings = self._app.tunnels, self._app.settings.current
        kind = next(item for item in tunnels.kinds() if item.key == key)
        if kind.missing(settings):
            self._app.settings.change(tunnel_kind=key)
            self._window.notices.tell(kind.missing(settings), "cable")
            self._window.commands.open_settings("tunnel")
            return
        if not await agreed(self._window.theme, self._window.icons, tunnels, key, self._window):
            return
        self._dismissed.clear()
        await tunnels.start(key, endpoint=self._window.endpoints.current)

    async def _look(self) -> None:
        tunnels = self._app.tunnels
        self._programs = await asyncio.to_thread(
            lambda: {kind.key: tunnels.program_of(kind) for kind in tunnels.kinds() if kind.programs}
        )
        self._looked = True
        self._show_first_run(tunnels.state)

    def _fill_menu(self) -> None:
        from inspector.ui.tunnels.menu import fill_menu, menu_rows

        state = self._app.tunnels.state
        rows = menu_rows(state, self._app.tunnels.kinds(), self._programs)
        fill_menu(self._window.top_bar.tunnel_menu, state, rows, datetime.now(UTC), self.do)
        self.look()  # for the next time: looking through the PATH may take a while

    def _first_run_start(self, kind: str) -> None:
        if kind:
            self.begin(kind)
            return
        self._fill_menu()
        button = self._window.first_run.tunnel
        self._window.top_bar.tunnel_menu.popup(button.mapToGlobal(QPoint(0, button.height() + 4)))

    def _answer(self) -> None:
        if not self._asked:
            self._window.tasks.start(self._ask_about_key(), "Ask about the host key")

    async def _ask_about_key(self) -> None:
        shown = self._app.tunnels.state.question
        if shown is None:
            return
        self._asked = True
        text = (
            f"This computer has not met {shown.host} before. It shows the {shown.key_type} key\n\n{shown.fingerprint}"
            "\n\nCompare it with what the server's administrator or the service publishes. It is remembered, and "
            "refused if it ever changes."
        )
        question = Question(
            self._window.theme, self._window.icons, f"Is this really {shown.host}?", text, "Accept key", self._window
        )
        try:
            accepted = await ask(question) is not None
        finally:
            self._asked = False
        if self._app.tunnels.state.question == shown:
            self._app.tunnels.answer(accepted)

    def _forget_key(self) -> None:
        self._window.tasks.start(self._ask_to_forget(), "Forget the host key")

    async def _ask_to_forget(self) -> None:
        error = self._app.tunnels.state.error
        if not isinstance(error, HostKeyChanged):
            return
        question = Question(
            self._window.theme,
            self._window.icons,
            f"Forget the key of {error.host}?",
            "Only do that when you know why it changed: somebody between here and the server could show a key of "
            "their own. You are asked about the new one next.",
            "Forget old key",
            self._window,
            danger=True,
        )
        if await ask(question) is not None:
            await asyncio.to_thread(self._app.tunnels.forget_host_key, error.host, error.port)
            self._app.tunnels.retry()

    # -- showing ------------------------------------------------------------------------------------------------

    def _changed(self, state: TunnelState) -> None:
        before, self._told = self._told, state
        self._window.top_bar.tunnel.set_state(state)
        self._show_down(state)
        self._show_changed(state)
        if state.note != before.note:
            self._show_relay(state)
        self._show_first_run(state)
        if (before.public_url, before.alive) != (state.public_url, state.alive) or before.kind != state.kind:
            self._window.scopes.show_addresses()
        if before.down_since != state.down_since or not state.wanted:
            self._show_bands()
        if state.question is not None and before.question is None:
            self._answer()

    def _show_bands(self) -> None:
        self._window.page.table.bands.set_outages((*self._past, *self._app.tunnels.outages()))

    async def _load_past(self) -> None:
        """Read when the tunnel was down before this start, as the monitor noted it."""
        now = datetime.now(UTC)
        from_us = int((now - timedelta(days=PAST_DAYS)).timestamp() * 1e6)
        rows = await self._app.store.figures.read(lambda connection: read_spans(connection, from_us))
        self._past = tuple(
            Outage(_moment(row.from_us), _moment(row.until_us), "the tunnel was down")
            for row in rows
            if row.kind == "tunnel" and row.state == "down" and row.until_us < self._began_us
        )
        self._show_bands()

    def _show_down(self, state: TunnelState) -> None:
        banners = self._window.banners
        failed = state.error is not None and state.status in (TunnelStatus.DOWN, TunnelStatus.CONNECTING)
        counts = failed and state.retry_at is not None
        if counts != self._counting.isActive():
            self._counting.start() if counts else self._counting.stop()
        if not failed or DOWN in self._dismissed:
            banners.remove(DOWN)
            return
        actions = [("Restart now", self._app.tunnels.retry), ("Show log", self.show_log)]
        if isinstance(state.error, HostKeyChanged):
            actions.insert(0, ("Forget old key…", self._forget_key))
        banners.put(
            BannerContent(
                DOWN,
                "warn",
                "unplug",
                "Tunnel down: the public address does not reach you",
                down_text(state, datetime.now(UTC)),
                tuple(actions),
            )
        )

    def _show_changed(self, state: TunnelState) -> None:
        banners = self._window.banners
        if not state.changed_from or state.changed_from in self._dismissed:
            banners.remove(CHANGED)
            return
        text = "Paste the new one into your provider, or events go nowhere."
        actions = (("Copy new address", self.copy_address),)
        banners.put(BannerContent(CHANGED, "warn", "link", "The public address changed", text, actions))

    def _on_copied(self) -> None:
        state = self._told
        if state.changed_from and QGuiApplication.clipboard().text().startswith(state.public_url):
            self._app.tunnels.note_address()

    def _show_relay(self, state: TunnelState) -> None:
        """Warn once that what the relay hands on is not what the provider signed."""
        from inspector.tunnels.smee import REWRITTEN

        if state.note != REWRITTEN or RELAY in self._dismissed:
            self._window.banners.remove(RELAY)
            return
        title = f"{state.carrier} rewrites what providers send"
        self._window.banners.put(BannerContent(RELAY, "warn", "triangle-alert", title, state.note))

    def _on_dismissed(self, key: str) -> None:
        if key in (DOWN, RELAY):
            self._dismissed.add(key)
        elif key == CHANGED:
            self._dismissed.add(self._told.changed_from)
            self._app.tunnels.note_address()

    def _show_first_run(self, state: TunnelState) -> None:
        page = self._window.first_run
        if state.status is TunnelStatus.UP:
            page.set_tunnel("", f"{state.title} leads to this computer. {state.note}".strip(), offered=False, done=True)
        elif state.wanted:
            words = str(state.error) if state.error is not None else f"Starting {state.title}…"
            page.set_tunnel("", words, offered=False, done=False)
        else:
            kind, words = self._offer()
            install = self._to_install() if self._looked and not kind else ("", "")
            page.set_tunnel(kind, words, offered=self._looked, done=False, install=install)

    def _offer(self) -> tuple[str, str]:
        """Return the kind to start with one click and the sentence about it; "" where the user has to choose."""
        from inspector.ui.tunnels.menu import FIRST

        if not self._looked:
            return "", "Behind a proxy or a tunnel program of yours, enter the address it has."
        for kind in self._app.tunnels.kinds():
            if kind.key in FIRST and self._programs.get(kind.key):
                who = kind.who(self._app.settings.current)
                return kind.key, f"{kind.programs[0]} found. Events will pass through {who}."
        return "", "Install cloudflared or ngrok, or choose one of the ways that need no program."

    def _to_install(self) -> tuple[str, str]:
        """Return the program to get where none is there, the one that asks for no account, and the page it is on."""
        from inspector.ui.tunnels.menu import FIRST

        kind = next(kind for kind in self._app.tunnels.kinds() if kind.key in FIRST)
        return kind.programs[0], kind.install

    def _on_log_closed(self) -> None:
        log, self._log = self._log, None
        if log is not None:
            log.deleteLater()


def _moment(time_us: int) -> datetime:
    return datetime.fromtimestamp(time_us / 1e6, UTC)
