"""Pictures of the doctor and of the HTTPS page, each of a program in a state of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from inspector.ui.doctor.dialog import DoctorDialog
    from inspector.ui.gallery import Stage

SETTLE_S = 0.3
LIMIT_S = 30.0


async def doctor(stage: Stage) -> QWidget | None:
    """Show a program that works and has no public address."""
    return await _examined(stage)


async def doctor_trouble(stage: Stage) -> QWidget | None:
    """Show a paused receiver behind an address that leads nowhere."""
    stage.app.settings.change(tunnel_own_url="https://127.0.0.1:9")
    await stage.app.tunnels.start("own")
    await stage.app.receiver.pause()
    try:
        return await _examined(stage)
    finally:
        await stage.app.tunnels.stop()
        await stage.app.receiver.resume()


async def doctor_small(stage: Stage) -> QWidget | None:
    """Show the smallest dialog."""
    dialog = await _examined(stage)
    dialog.resize(dialog.minimumSize())
    await asyncio.sleep(SETTLE_S)
    return dialog


async def https(stage: Stage) -> QWidget | None:
    """Show HTTPS with a certificate made here."""
    return await _page(stage, source="authority")


async def https_own(stage: Stage) -> QWidget | None:
    """Show a certificate of the user's own that is not there."""
    return await _page(stage, source="own", certificate="/etc/ssl/hooks.example.com/fullchain.pem")


async def _examined(stage: Stage) -> DoctorDialog:
    stage.window.commands.open_doctor()
    control = stage.window.commands.doctor
    assert control is not None
    dialog = control.dialog
    assert dialog is not None
    await asyncio.sleep(SETTLE_S)
    await _until(dialog.again.isEnabled)
    await asyncio.sleep(SETTLE_S)
    return dialog


async def _page(stage: Stage, *, source: str, certificate: str = "") -> QWidget | None:
    from inspector.ui.settings.settings_dialog import SettingsDialog

    app, window = stage.app, stage.window
    app.settings.change(https_mode="beside", https_port=0, https_source=source, https_certificate=certificate)
    await _until(lambda: bool(app.receiver.state.https_url or app.receiver.state.https_error))
    dialog = SettingsDialog(window.theme, window.icons, app, window, page="https")
    dialog.open()
    await asyncio.sleep(SETTLE_S)
    return dialog


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110 - a value, nobody could set an event
            await asyncio.sleep(0.02)
