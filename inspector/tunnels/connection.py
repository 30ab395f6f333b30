"""HTTP connections of the tunnels: one place for their time limits and their TLS."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

from inspector import __version__
from inspector.client_contexts import import_aiohttp

if TYPE_CHECKING:
    import aiohttp

AGENT = f"WebhookInspector/{__version__}"


async def session(
    *, total_s: float | None, connect_s: float = 10.0, read_s: float | None = None, traces: bool = False
) -> aiohttp.ClientSession:
    """Return a session with these limits, in seconds; None is no limit. Certificates are checked."""
    import_aiohttp()
    import aiohttp

    context = await asyncio.to_thread(ssl.create_default_context)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=context, limit=8),
        timeout=aiohttp.ClientTimeout(total=total_s, sock_connect=connect_s, sock_read=read_s),
        headers={"User-Agent": AGENT},
        auto_decompress=True,
        trust_env=True,
        trace_configs=[_trace()] if traces else [],
    )


def _trace() -> aiohttp.TraceConfig:
    """Return what notes when a request's head has left, so that the making of a connection is not counted."""
    import aiohttp

    async def sent(_session: object, context: object, _params: object) -> None:
        notes = getattr(context, "trace_request_ctx", None)
        if isinstance(notes, dict):
            notes["sent"] = asyncio.get_running_loop().time()

    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(sent)
    return trace
