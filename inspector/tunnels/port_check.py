"""Whether something still listens where the receiver should."""

from __future__ import annotations

import asyncio
import contextlib
from urllib.parse import urlsplit

LIMIT_S = 2.0


async def answers(url: str) -> bool:
    """Tell whether a connection to this address is taken."""
    place = urlsplit(url)
    try:
        async with asyncio.timeout(LIMIT_S):
            _, writer = await asyncio.open_connection(place.hostname, place.port)
    except (OSError, TimeoutError, ValueError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True
