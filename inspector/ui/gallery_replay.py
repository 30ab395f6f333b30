"""The replay dialog's pictures: a handler that fails first, an edited body, the smallest size."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from inspector.ui.gallery_handlers import answering
from inspector.ui.replay.dialog import SMALLEST, ReplayDialog

if TYPE_CHECKING:
    from inspector.ui.gallery import Stage

SETTLE_S = 0.35
OK_BODY = b'{"ok":true,"duplicate":false,"queued_job":"job_51c09e","received_at":"2024-12-20T14:24:13.198Z"}'
ANSWERS = (
    (b"503 Service Unavailable", b'{"error":"database is starting"}'),
    (b"200 OK", OK_BODY),
)


async def edited(stage: Stage) -> QWidget | None:
    """Show a body that was edited and signed again, after two attempts."""
    return await _opened(stage, _edit)


async def captured(stage: Stage) -> QWidget | None:
    """Show an event that was sent as captured, and what became of its header lines."""
    return await _opened(stage, _lines)


async def smallest(stage: Stage) -> QWidget | None:
    """Show the dialog as small as it gets."""
    return await _opened(stage, _shrink)


async def many(stage: Stage) -> QWidget | None:
    """Show a run that has ended, with what came of it."""
    server = await asyncio.start_server(answering(ANSWERS), "127.0.0.1", 0)
    dialog = stage.window.replays.open_many(stage.ids)
    dialog.target.field.setText(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/webhooks/rcs")
    dialog.form.order.set_current("shuffled")
    dialog.form.duplicate.setText("10")
    dialog.form.at_once.setText("4")
    dialog.start()
    await asyncio.sleep(4 * SETTLE_S)
    server.close()
    return dialog


def _edit(dialog: ReplayDialog) -> None:
    area = dialog.request.body
    area.replace(area.text.replace('"rcs"', '"sms"', 1))


def _lines(dialog: ReplayDialog) -> None:
    dialog.request.tabs.set_current("lines")
    dialog.outcome.tabs.set_current("compare")


def _shrink(dialog: ReplayDialog) -> None:
    dialog.resize(SMALLEST)
    _edit(dialog)


async def _opened(stage: Stage, change: Callable[[ReplayDialog], None]) -> QWidget | None:
    server = await asyncio.start_server(answering(ANSWERS), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    stage.window.page.table.select_event(stage.ids[-1])
    dialog = stage.window.replays.open_dialog(stage.ids[-1])
    assert dialog is not None
    dialog.target.field.setText(f"http://127.0.0.1:{port}/webhooks/rcs")
    await asyncio.sleep(SETTLE_S)
    change(dialog)
    await asyncio.sleep(SETTLE_S)
    for _ in ANSWERS:
        dialog.send()
        await asyncio.sleep(SETTLE_S)
    server.close()
    return dialog
