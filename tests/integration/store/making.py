"""Drafts and stores for the tests of this folder."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from inspector.domain.answer import Answer
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import DedupeKey, Draft, DuplicateLevel, EventId
from inspector.domain.report import Kind, Report
from inspector.domain.verification import Covers, Step, StepState, Verdict, Verification
from inspector.resources import ROOT
from inspector.store.schema import DATABASE_NAME
from inspector.store.store import Store
from tests.builders import DELIVERED, NOON, a_request
from tests.waiting import PATIENCE_S

OK = Answer()
UNAUTHORISED = Answer(401, body=b"Invalid signature")


def a_key(name: str) -> DedupeKey:
    """Return the key of an event that is known by its id."""
    return DedupeKey(DuplicateLevel.EVENT_ID, hashlib.sha256(name.encode()).digest(), f"event id {name}")


def a_report(kind: Kind = Kind.DELIVERED, message_id: str = "msg_7f3a", **others: Any) -> Report:
    """Return one report of a message."""
    others.setdefault("recipient", "+14155550132")
    return Report(kind, others.pop("name", kind.value), message_id, **others)


def a_verification(verdict: Verdict = Verdict.VALID) -> Verification:
    """Return a verification of one step."""
    state = StepState.PASSED if verdict is Verdict.VALID else StepState.FAILED
    step = Step("Compare", state, "constant time", "aa", "bb", "The secret differs.")
    return Verification(verdict, "rcs-events", Covers.BODY, "Title", "Summary", (step,), "1a2b", 0.25)


def a_draft(body: bytes = DELIVERED, *, key: str | None = None, received_at: datetime = NOON, **others: Any) -> Draft:
    """Return a delivered message that was answered 200; `key` makes it recognisable for three days."""
    request = others.pop("request", None) or a_request(body, received_at=received_at)
    values: dict[str, Any] = {
        "answer": OK,
        "endpoint_id": EndpointId(1),
        "provider": "rcs-events",
        "verification": a_verification(),
        "reports": (a_report(),),
        "key": None if key is None else a_key(key),
        "window_s": 72 * 3600,
        "size": len(request.body),
    }
    return Draft(request, **(values | others))


def numbers(*ids: int) -> list[EventId]:
    """Return event ids."""
    return [EventId(event_id) for event_id in ids]


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Store]:
    """Open a store and close it whatever happens."""
    store = await Store.open(folder)
    try:
        yield store
    finally:
        await store.close()


async def eventually(read: Callable[[], Awaitable[object]], wanted: object) -> None:
    """Wait until a reading is what it should be."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while (found := await read()) != wanted:
        assert asyncio.get_running_loop().time() < deadline, f"still {found!r} after {PATIENCE_S} s"
        await asyncio.sleep(0.01)


def fact(folder: Path, name: str) -> int:
    """Return one of the numbers a folder's database keeps about itself."""
    connection = sqlite3.connect(folder / DATABASE_NAME)
    try:
        return int(connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()[0])
    finally:
        connection.close()


def indexed_id(folder: Path) -> int:
    """Return up to which event a folder's search index reaches."""
    return fact(folder, "indexed_id")


def python(program: str, *arguments: object) -> subprocess.Popen[bytes]:
    """Start a Python program beside the test."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT.parent)
