"""How an answer leaves over a connection: whole, after a wait, or wrong on purpose."""

from __future__ import annotations

import asyncio

from aiohttp import web

from inspector.domain.answer import Answer, Fault
from inspector.receiver.answering import wire_bytes
from inspector.receiver.faults import SILENT_S, first_half, reset
from inspector.receiver.protocol import ENDS, GOES_ON, GONE, Connection, still_there


async def send(request: web.BaseRequest, answer: Answer, *, last: bool, closes: asyncio.Event) -> web.StreamResponse:
    """Write an answer, or let it go wrong as it says; returns how the connection goes on.

    With `last` the connection ends after it. A client that is never answered is let go when the receiver `closes`.
    """
    connection = request.protocol
    half_closed = isinstance(connection, Connection) and connection.half_closed and not connection.has_more
    unread = not request.content.is_eof() and "Expect" in request.headers
    keep_alive = request.keep_alive and not (last or half_closed or unread or answer.fault)
    version = "1.0" if request.version < (1, 1) else "1.1"
    if answer.fault is Fault.RESET:
        reset(request.transport)
        return GONE
    if answer.fault is Fault.SILENT:
        await wait_or_end(request, SILENT_S, closes)
        reset(request.transport)
        return GONE
    data = wire_bytes(answer, method=request.method, keep_alive=keep_alive, http_version=version)
    try:
        await request.writer.write(first_half(data) if answer.fault is Fault.HALF else data)
        if half_closed and not await still_there(request.transport):
            return GONE
    except ConnectionError:
        return GONE
    return GOES_ON if keep_alive else ENDS


async def wait_or_end(request: web.BaseRequest, seconds: float | None, closes: asyncio.Event) -> None:
    """Wait so many seconds (None: for ever), but no longer than the client stays and the receiver does not close."""
    connection = request.protocol
    ends = (connection.gone, closes) if isinstance(connection, Connection) else (closes,)
    waits = [asyncio.ensure_future(event.wait()) for event in ends]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
