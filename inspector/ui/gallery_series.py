"""The pictures of retries: a series in the dialog and in the inspector, the fast clock, and two targets compared."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from inspector.ui.gallery_handlers import Answer, answering
from inspector.ui.gallery_replay import ANSWERS, SETTLE_S
from inspector.ui.replay.dialog import SMALLEST, ReplayDialog

if TYPE_CHECKING:
    from inspector.ui.gallery import Stage


BUSY, GOOD = ANSWERS
OLD_BODY = b'{"ok":true,"duplicate":false,"received_at":"2024-12-20T14:24:13.201Z"}'


async def through(stage: Stage) -> QWidget | None:
    """Show a series that got through with its third attempt, of an edited body."""
    async with _handler(BUSY, BUSY, GOOD) as url:
        dialog = await _dialog(stage, url, speed="0")
        area = dialog.request.body
        area.replace(area.text.replace('"rcs"', '"sms"', 1))
        await asyncio.sleep(SETTLE_S)
        dialog.send()
        await _until(lambda: "Answered 200" in dialog.outcome.callout.title.text())
        await asyncio.sleep(SETTLE_S)
    return dialog


async def waiting(stage: Stage) -> QWidget | None:
    """Show a series that waits for its third attempt."""
    async with _handler(BUSY) as url:
        dialog = await _dialog(stage, url, speed="60")
        dialog.send()
        await _until(lambda: "Waiting to retry" in dialog.outcome.callout.title.text())
        await _until(lambda: len(dialog.outcome.rows) == 2 and "next in" in dialog.outcome.callout.title.text(), 4.0)
    return dialog


async def custom(stage: Stage) -> QWidget | None:
    """Show waits that cannot be read, in the smallest dialog."""
    dialog = await _dialog(stage, "http://localhost:5000/webhooks/rcs", speed="1")
    dialog.resize(SMALLEST)
    dialog.request.retry.choice.choose("0, 10s, soon")
    await asyncio.sleep(SETTLE_S)
    return dialog


async def replays(stage: Stage) -> QWidget | None:
    """Show the Replays tab with a series that waits, one that got through, and single replays."""
    done = await through(stage)
    assert done is not None
    done.close()
    dialog = await waiting(stage)
    assert dialog is not None
    dialog.close()
    stage.window.page.table.select_event(stage.ids[-1])
    stage.window.pane.show_view("replays")
    await asyncio.sleep(SETTLE_S)
    return None


async def fast_clock(stage: Stage) -> QWidget | None:
    """Show what becomes of five events while the handler is down for a good while."""
    async with _handler(BUSY, BUSY, GOOD, BUSY, GOOD) as url:
        dialog = stage.window.replays.open_fast_clock(stage.ids[-6:], url, "standard-webhooks")
        dialog.down.setChecked(True)
        dialog.down_from.setText("0")
        dialog.down_until.setText("18h")
        dialog.apart.setText("6h")
        dialog.pace.set_current("answers")
        dialog.start()
        await _until(lambda: dialog.rehearsal is not None and dialog.rehearsal.picture.is_over)
        await asyncio.sleep(SETTLE_S)
    return dialog


async def fast_clock_running(stage: Stage) -> QWidget | None:
    """Show a week after some seconds of the minute it takes."""
    async with _handler(BUSY) as url:
        dialog = stage.window.replays.open_fast_clock(stage.ids[-4:], url, "google-rbm")
        dialog.apart.setText("1d")
        dialog.start()
        await _until(lambda: dialog.clock.picture.now_s > 2.4 * 86_400, 40)
    return dialog


async def versus(stage: Stage) -> QWidget | None:
    """Show two targets of which the second answers otherwise now and then."""
    old = (b"200 OK", OLD_BODY)
    async with _handler(GOOD) as a, _handler(GOOD, old, BUSY, GOOD, old, GOOD) as b:
        dialog = stage.window.replays.open_versus(stage.ids[-8:], a, everything=stage.ids)
        dialog.targets[1].field.setText(b)
        dialog.at_once.setText("1")
        dialog.start()
        await _until(lambda: dialog.versus is not None and not dialog.is_busy)
        await asyncio.sleep(SETTLE_S)
    return dialog


async def many(stage: Stage) -> QWidget | None:
    """Show a run whose failures are tried again, closed, in the status bar."""
    async with _handler(BUSY, GOOD, GOOD) as url:
        dialog = stage.window.replays.open_many(stage.ids)
        dialog.target.field.setText(url)
        dialog.retry.switch.setChecked(True)
        dialog.start()
        await _until(lambda: dialog.series_now is not None and dialog.words().text.endswith("to retry"))
        await asyncio.sleep(SETTLE_S)
    return dialog


async def many_closed(stage: Stage) -> QWidget | None:
    """Show the window while that run waits."""
    dialog = await many(stage)
    assert dialog is not None
    dialog.close()
    await asyncio.sleep(SETTLE_S)
    return None


async def _dialog(stage: Stage, url: str, *, speed: str) -> ReplayDialog:
    stage.window.page.table.select_event(stage.ids[-1])
    dialog = stage.window.replays.open_dialog(stage.ids[-1])
    assert dialog is not None
    dialog.target.field.setText(url)
    dialog.request.retry.switch.setChecked(True)
    dialog.request.retry.speed.set_current(speed)
    await asyncio.sleep(SETTLE_S)
    return dialog


async def _until(condition: Callable[[], bool], patience_s: float = 10.0) -> None:
    loop = asyncio.get_running_loop()
    ends = loop.time() + patience_s
    while not condition() and loop.time() < ends:  # noqa: ASYNC110 - the pictures wait for what they show
        await asyncio.sleep(0.02)


@asynccontextmanager
async def _handler(*answers: Answer) -> AsyncIterator[str]:
    """Serve a handler that answers one after the other, and the last for ever."""
    server = await asyncio.start_server(answering(answers), "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/webhooks/rcs"
    finally:
        server.close()
