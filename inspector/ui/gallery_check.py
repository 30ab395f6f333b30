"""The handler check's pictures: a forged event accepted while the retry is awaited, all ended, a request, down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from inspector.ui.check.dialog import SMALLEST, CheckDialog
from inspector.ui.gallery_handlers import Serve, forbearing

if TYPE_CHECKING:
    from inspector.ui.gallery import Stage

SETTLE_S = 0.35
ENDED_S = 30.0


async def running(stage: Stage) -> QWidget | None:
    """Show six results, one of them bad, while the retry is awaited."""
    async with _handler(_accepts_forged) as url:
        dialog = _opened(stage, url)
        dialog.run_all()
        await _until(lambda: any(line.until for line in dialog.model.lines))
        await asyncio.sleep(SETTLE_S)
    return dialog


async def smallest(stage: Stage) -> QWidget | None:
    """Show the same as small as it gets."""
    dialog = await running(stage)
    assert isinstance(dialog, CheckDialog)
    dialog.resize(SMALLEST)
    await asyncio.sleep(SETTLE_S)
    return dialog


async def ended(stage: Stage) -> QWidget | None:
    """Show all checks at their end, the folded ones open."""
    async with _handler(_careless) as url:
        dialog = _opened(stage, url)
        dialog.run_all()
        await _until(lambda: dialog.model.lines[-1].outcome is not None)
        await asyncio.sleep(SETTLE_S)
    dialog.model.set_open(True)
    dialog.rows.show_key("malformed-json")
    dialog.rows.scrollTo(dialog.model.index(7))
    await asyncio.sleep(SETTLE_S)
    return dialog


async def request(stage: Stage) -> QWidget | None:
    """Show what one check sent."""
    async with _handler(_accepts_forged) as url:
        dialog = _opened(stage, url)
        dialog.run_one("invalid-signature")
        await _until(lambda: not dialog.is_running)
    dialog.rows.show_key("invalid-signature")
    dialog.show_request()
    await asyncio.sleep(SETTLE_S)
    return dialog


async def fresh(stage: Stage) -> QWidget | None:
    """Show the dialog before anything was run."""
    dialog = _opened(stage, "http://localhost:5000/webhooks/rcs")
    await asyncio.sleep(SETTLE_S)
    return dialog


async def down(stage: Stage) -> QWidget | None:
    """Show a target that is not there."""
    dialog = _opened(stage, "http://127.0.0.1:9/webhooks/rcs")
    dialog.run_all()
    await _until(lambda: not dialog.is_running)
    await asyncio.sleep(SETTLE_S)
    return dialog


def _opened(stage: Stage, url: str) -> CheckDialog:
    stage.window.checks.open()
    dialog = stage.window.checks.dialog
    assert dialog is not None
    dialog.setup.target.field.setText(url)
    dialog.setup.target.field.setCursorPosition(0)
    return dialog


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(ENDED_S):
        while not condition():  # noqa: ASYNC110 - the pictures wait for what they show
            await asyncio.sleep(0.05)


@asynccontextmanager
async def _handler(serve: Serve) -> AsyncIterator[str]:
    server = await asyncio.start_server(forbearing(serve), "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/webhooks/rcs"
    server.close()


async def _accepts_forged(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer OK to whatever comes, after a moment."""
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.sleep(0.03)
    await _answer(writer, b"200 OK", b"OK")


async def _careless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Check nothing but that the body is JSON, and crash where it is not."""
    head = await reader.readuntil(b"\r\n\r\n")
    sent = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), b":0")
    body = await reader.readexactly(int(sent.partition(b":")[2]))
    good = body.rstrip().endswith(b"}")
    await _answer(writer, b"200 OK" if good else b"500 Internal Server Error", b"OK" if good else b"KeyError")


async def _answer(writer: asyncio.StreamWriter, status: bytes, body: bytes) -> None:
    writer.write(b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body))
    await writer.drain()
    writer.close()
