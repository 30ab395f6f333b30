"""A port of its own that answers `GET /metrics`, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from inspector.domain.errors import ListenError, StoreError

if TYPE_CHECKING:
    from aiohttp import web

PATH = "/metrics"


@asynccontextmanager
async def serve_metrics(host: str, port: int, text: Callable[[], Awaitable[str]]) -> AsyncIterator[int]:
    """Serve what `text` returns until left; yields the port, which the system chooses where 0 was asked for.

    Raises ListenError where the port cannot be had.
    """
    from aiohttp import web

    from inspector.monitor.metrics import CONTENT_TYPE

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.path != PATH:
            return web.Response(status=404, text=f"Only {PATH} is here.\n")
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        try:
            return web.Response(body=(await text()).encode(), headers={"Content-Type": CONTENT_TYPE})
        except StoreError as error:
            return web.Response(status=503, text=f"{error}\n")

    server = web.Server(answer, access_log=None)
    try:
        listening = await asyncio.get_running_loop().create_server(server, host, port)
    except (OSError, OverflowError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).rstrip(".")
        raise ListenError(
            f"Metrics cannot be offered on {host}:{port}.", f"{reason}.", "Choose another port."
        ) from error
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        await server.shutdown(1.0)
        await listening.wait_closed()
