"""Opens the doctor over the window, and does what its findings offer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from inspector.app import App
from inspector.doctor.check import Check
from inspector.doctor.doctor import Doctor
from inspector.doctor.finding import Action, Deed, Finding
from inspector.doctor.scene import Scene
from inspector.domain.endpoint import EndpointId
from inspector.tunnels.sender import can_trust, trusting
from inspector.ui.doctor.dialog import DoctorDialog

if TYPE_CHECKING:
    from inspector.ui.main_window import MainWindow

AGAIN_MS = 600
"""So long after something was mended everything is checked again."""

MENDS = frozenset(
    {
        *(Deed.RESTART_RECEIVER, Deed.RESUME, Deed.LISTEN_ON_NETWORK, Deed.RESTART_TUNNEL),
        *(Deed.RESUME_ENDPOINT, Deed.TRUST_TUNNEL),
    }
)
"""Deeds that are done at once; the others open something first."""


class DoctorControl:
    """One dialog at a time; asking for it again brings it to the front."""

    def __init__(self, window: MainWindow, app: App) -> None:
        self._window, self._app = window, app
        self.dialog: DoctorDialog | None = None
        self._later = QTimer(window)
        self._later.setSingleShot(True)
        self._later.setInterval(AGAIN_MS)
        self._later.timeout.connect(self._again)

    def open(self, endpoint_id: EndpointId | None = None) -> None:
        """Show the dialog and check everything."""
        if self.dialog is None:
            self.dialog = self._made(endpoint_id)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        self.dialog.check_all()

    def _made(self, endpoint_id: EndpointId | None) -> DoctorDialog:
        app, window = self._app, self._window

        def news(check: Check, finding: Finding | None) -> None:
            if self.dialog is not None:
                self.dialog.show_news(check, finding)

        scene = Scene.of(app, endpoint_id)
        dialog = DoctorDialog(
            window.theme, window.icons, window.tasks, Doctor(scene, news), app.directory.all(), window
        )
        dialog.wanted.connect(self.do)
        dialog.gone.connect(self._gone)
        return dialog

    def _gone(self) -> None:
        self._later.stop()
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _again(self) -> None:
        if self.dialog is not None:
            self.dialog.check_all()

    # -- what findings offer ------------------------------------------------------------------------------------

    def do(self, action: Action) -> None:
        """Do what a finding offers."""
        self._deeds()[action.deed](action.detail)
        if action.deed in MENDS:
            self._later.start()

    def _deeds(self) -> dict[Deed, Callable[[str], object]]:
        window, app = self._window, self._app
        settings = window.commands.open_settings
        return {
            Deed.RESTART_RECEIVER: lambda _: window.receiving.restart(),
            Deed.RESUME: lambda _: window.receiving.toggle_pause(),
            Deed.CHOOSE_PORT: lambda _: window.receiving.choose_port(),
            Deed.LISTEN_ON_NETWORK: lambda _: window.receiving.listen_on_network(True),
            Deed.RECEIVER_SETTINGS: lambda _: settings("receiver"),
            Deed.HTTPS_SETTINGS: lambda _: settings("https"),
            Deed.START_TUNNEL: lambda _: self._open_tunnel_menu(),
            Deed.RESTART_TUNNEL: lambda _: app.tunnels.restart(),
            Deed.TUNNEL_SETTINGS: lambda _: settings("tunnel"),
            Deed.ENDPOINT_SETTINGS: lambda number: window.endpoints.open_settings(EndpointId(int(number))),
            Deed.RESUME_ENDPOINT: lambda number: window.tasks.start(
                self._resume(EndpointId(int(number))), "Resume the endpoint"
            ),
            Deed.TRUST_TUNNEL: lambda detail: window.tasks.start(self._trust(detail), "Trust the tunnel's header"),
            Deed.SHOW_REFUSED: self._show_events,
            Deed.SHOW_FOLDER: lambda folder: QDesktopServices.openUrl(QUrl.fromLocalFile(folder)),
            Deed.COPY_ADDRESS: self._copy,
        }

    async def _resume(self, number: EndpointId) -> None:
        resolved = self._app.directory.by_id(number)
        if resolved is not None:
            await self._app.directory.save(replace(resolved.endpoint, paused=False))

    async def _trust(self, detail: str) -> None:
        number, _, header = detail.partition(" ")
        resolved = self._app.directory.by_id(EndpointId(int(number)))
        if resolved is not None and can_trust(resolved.endpoint.access, header):
            rule = trusting(resolved.endpoint.access, header)
            await self._app.directory.save(replace(resolved.endpoint, access=rule))
            self._window.notices.tell(f"Senders through the tunnel are told by {header} now", "check", "pass")

    def _open_tunnel_menu(self) -> None:
        """Offer every kind of tunnel, where its chip is."""
        self._window.raise_()
        self._window.activateWindow()
        self._window.tunnel.open_menu()

    def _show_events(self, search: str) -> None:
        window = self._window
        window.select_endpoint(None)
        window.page.set_search(search)

    def _copy(self, address: str) -> None:
        QGuiApplication.clipboard().setText(address)
        self._window.notices.tell("Address copied", "check", "pass")
