"""The two references of the bench: a bare aiohttp handler, and one that commits to SQLite for every request.

`python reference.py bare|commit FOLDER` prints its port and serves on plain asyncio until it is terminated.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web


async def bare(request: web.Request) -> web.Response:
    """Read the body and answer."""
    await request.read()
    return web.Response(text="OK")


Handler = Callable[[web.Request], Awaitable[web.Response]]


def committing(folder: Path) -> Handler:
    """Return a handler that makes one insert and one commit per request: WAL, synchronous NORMAL."""
    database = sqlite3.connect(folder / "reference.sqlite3", isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, at REAL, path TEXT, headers TEXT, body BLOB)")

    async def handle(request: web.Request) -> web.Response:
        body = await request.read()
        database.execute("BEGIN")
        database.execute(
            "INSERT INTO events (at, path, headers, body) VALUES (?, ?, ?, ?)",
            (time.time(), request.path, repr(request.raw_headers), body),
        )
        database.execute("COMMIT")
        return web.Response(text="OK")

    return handle


async def serve(kind: str, folder: Path) -> None:
    """Serve for ever."""
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app.router.add_route("*", "/{tail:.*}", bare if kind == "bare" else committing(folder))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2])))
