"""A database with made-up events, a clock that is told the time, and an engine over both."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from inspector.directory import Directory
from inspector.domain.attempt import Outgoing, Response
from inspector.domain.endpoint import Endpoint
from inspector.domain.values import to_us
from inspector.feed import Feed
from inspector.monitor.alerts import AlertNews
from inspector.monitor.engine import Engine
from inspector.monitor.webhook import Sent
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.secret_store import MemorySecrets
from inspector.store.figure_steps import advance_figures
from inspector.store.figure_store import FigureStore
from inspector.store.opening import open_database
from inspector.store.packing import pack_headers
from tests.builders import NOON, an_endpoint

SECOND = 1_000_000
NOON_US = to_us(NOON)
LIMITS = {"rcs-events": 5 * SECOND}
BODY = b'{"event":"message.delivered","message_id":"m"}'


class Endpoints:
    """A directory of a few endpoints."""

    def __init__(self, *endpoints: Endpoint) -> None:
        self.kept = endpoints or (an_endpoint(1),)

    def all(self) -> tuple[Endpoint, ...]:
        return self.kept


class Result:
    """How a sending ended."""

    trouble = None

    def __init__(self, status: int) -> None:
        self.response: Response | None = Response(status, "", (), b"no_service" if status != 200 else b"ok")


class Slack:
    """Takes what is posted."""

    def __init__(self) -> None:
        self.posted: list[Outgoing] = []
        self.status = 200

    async def send(self, outgoing: Outgoing, *, timeout_s: float) -> Sent:
        self.posted.append(outgoing)
        return Result(self.status)


class Bench:
    """The database, the clock and the engine; `tell` keeps every piece of news."""

    def __init__(self, folder: Path, directory: Endpoints) -> None:
        self.directory = directory
        opened = open_database(folder, synchronous="OFF")
        self.connection = opened.connection
        self.now_us = NOON_US
        self.figures = FigureStore(opened.path, self._write)
        self.slack = Slack()
        self.secrets = MemorySecrets()
        self.news: list[AlertNews] = []
        feed: Feed[AlertNews] = Feed()
        feed.subscribe(self.news.append)
        catalogue = load_catalogue([resource_path("providers")])
        self.engine = Engine(
            self.figures,
            cast(Directory, directory),
            catalogue,
            self.slack,
            self.secrets,
            feed,
            Feed(),
            lambda: self.now_us,
        )
        self.last_id = 0

    async def _write(self, work: Callable[..., Any], *values: Any) -> Any:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(self.connection, *values)
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")
        return result

    def event(self, received_us: int, *, status: int = 200, answer_us: int | None = 9_000, **others: Any) -> int:
        """Store an event; the names of the rest are columns of `events`, and `body`."""
        self.last_id += 1
        body = others.pop("body", BODY)
        values: dict[str, Any] = {
            "id": self.last_id,
            "endpoint_id": 1,
            "received_us": received_us,
            "issue": 0,
            "checked": 1,
            "answer_status": status,
            "answer_us": answer_us,
            "repeat_no": 1,
            "report_count": 1,
            "size": len(body),
            "category": "status",
            "verdict": "valid",
            "covers": "body",
            "method": "POST",
            "kind": "message.delivered",
            "label": "message.delivered",
            "message_id": "m",
            "recipient": "",
            "peer": "10.0.0.1",
            "provider": "rcs-events",
            "carrier": "",
            "campaign": "",
            "error_code": "",
            **others,
        }
        names = ", ".join(values)
        self.connection.execute(
            f"INSERT INTO events ({names}) VALUES ({', '.join('?' * len(values))})", tuple(values.values())
        )
        self.connection.execute(
            "INSERT INTO payloads (event_id, target, http_version, headers, answer_headers, answer_body, "
            "answer_delay_ms, body) VALUES (?, x'2f', '1.1', ?, ?, x'', 0, ?)",
            (self.last_id, pack_headers(()), pack_headers(()), body),
        )
        return self.last_id

    def attempt(self, event_id: int, sent_us: int, status: int | None, total_ms: float, **others: Any) -> None:
        """Store an attempt to send an event on."""
        values: dict[str, Any] = {
            "event_id": event_id,
            "sent_us": sent_us,
            "method": b"POST",
            "url": b"http://localhost/",
            "headers": b"",
            "status": status,
            "truncated": 0,
            "failure": None if status is not None else "refused",
            "failure_title": "",
            "failure_hint": "",
            "connect_ms": 0,
            "wait_ms": 0,
            "total_ms": total_ms,
            "remote": "",
            **others,
        }
        self.connection.execute(
            f"INSERT INTO attempts ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",
            tuple(values.values()),
        )

    def follow(self, until_id: int | None = None) -> None:
        """Count what came into the kept figures, up to an event."""
        advance_figures(self.connection, LIMITS, self.now_us, self.last_id if until_id is None else until_id)

    def count(self, condition: str = "1", *values: Any) -> int:
        """Count events in plain SQL."""
        return int(self.connection.execute(f"SELECT count(*) FROM events WHERE {condition}", values).fetchone()[0])

    async def check(self, at_us: int) -> list[AlertNews]:
        """Check the rules at a moment and return the news of it."""
        self.now_us = at_us
        self.news.clear()
        self.engine.note_change()
        await self.engine.check(at_us)
        return list(self.news)

    def reader(self) -> sqlite3.Connection:
        """Return the connection, for looking at rows."""
        return self.connection


@asynccontextmanager
async def bench(folder: Path, *endpoints: Endpoint) -> AsyncIterator[Bench]:
    """Make a bench with endpoint 1, or with these."""
    made = Bench(folder, Endpoints(*endpoints))
    try:
        yield made
    finally:
        await made.engine.close()
        made.figures.close()
        with contextlib.suppress(sqlite3.Error):
            made.connection.close()
