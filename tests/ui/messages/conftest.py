"""A window whose store tells of messages, and the page alone on a database."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest_asyncio
from pytestqt.qtbot import QtBot

from inspector.store.message_reader import MessageReader
from inspector.store.opening import open_database
from inspector.store.reading_thread import ReadingThread
from inspector.store.schema import connect_reader
from inspector.ui.icons import Icons
from inspector.ui.messages.page import MessagesPage
from inspector.ui.theme import Theme
from tests.ui.messages.story import MOMENT_US, tell
from tests.ui.waiting import until


@dataclass
class Runner:
    """Runs coroutines and keeps what went wrong."""

    running: set[asyncio.Task[Any]] = field(default_factory=set)
    failed: list[BaseException] = field(default_factory=list)

    def start(self, coroutine: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self.running.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failed.append(error)


@dataclass
class Shown:
    """The page on screen, with the database it reads and its clock."""

    page: MessagesPage
    connection: sqlite3.Connection
    reader: MessageReader
    runner: Runner
    now_us: list[int]

    def row(self, name: str) -> int | None:
        """Return the row of a message, None while it is not shown."""
        for row in range(self.page.model.rowCount()):
            found = self.page.model.message(row)
            if found is not None and found.message_id == name:
                return row
        return None

    def names(self) -> list[str]:
        """Return the messages that are shown, from the top down."""
        found = [self.page.model.message(row) for row in range(self.page.model.rowCount())]
        return [row.message_id for row in found if row is not None]

    async def listed(self, count: int) -> None:
        """Wait until so many messages are listed and read."""
        await until(lambda: self.page.model.rowCount() == count and len(self.names()) == count)


@pytest_asyncio.fixture
async def shown(tmp_path: Path, qtbot: QtBot, dressed: Theme) -> AsyncIterator[Shown]:
    """The page on the gallery's messages."""
    connection = open_database(tmp_path, synchronous="OFF").connection
    tell(connection)
    now_us = [MOMENT_US]
    thread = ReadingThread(connect_reader(tmp_path / "events.sqlite3"), "messages")
    reader, runner = MessageReader(thread, lambda: now_us[0]), Runner()
    page = MessagesPage(dressed, Icons(dressed), reader, runner)
    page.resize(746, 900)
    page.search.setParent(page)
    unsubscribe = reader.changed.subscribe(lambda _: page.news())
    page.start()
    page.show()
    yield Shown(page, connection, reader, runner, now_us)
    unsubscribe()
    page.hide()
    await until(lambda: not runner.running)
    assert not runner.failed
    thread.stop()
    connection.close()
