"""What a running program tells others on this computer: where it receives, and how to bring its window to the front.

Two small files in the data folder. `receiver.json` lies there while the receiver listens and says where.
`instance.json` (readable by its owner only) lies there while the program runs; it names a loopback port and a token
that a second start uses to call the first one's window to the front.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from inspector.feed import Feed

RECEIVER_FILE = "receiver.json"
INSTANCE_FILE = "instance.json"
SHOW = "show"
PATIENCE_S = 2.0
MAX_LINE = 4096

_log = logging.getLogger(__name__)


class Listening(Protocol):
    """What is told about the receiver; nothing listens while `url` is empty."""

    @property
    def host(self) -> str:
        """The host setting."""

    @property
    def port(self) -> int:
        """The port."""

    @property
    def url(self) -> str:
        """Scheme, host and port."""

    @property
    def inner_url(self) -> str:
        """The same for plain HTTP on this computer."""

    @property
    def inner_port(self) -> int:
        """Its port."""


class ReceiverNews(Protocol):
    """The part of the receiver this file watches."""

    @property
    def state(self) -> Listening:
        """What it is doing now."""

    @property
    def changed(self) -> Feed[Any]:
        """Published with every change of `state`."""


@dataclass(frozen=True, slots=True)
class RunningReceiver:
    """Where a running program of this data folder receives."""

    pid: int
    host: str
    port: int
    url: str


class Instance:
    """This program as others see it.

    `answers` are commands other processes of the same user may give, each with a coroutine function that takes the
    message and returns what is told them (plain values). Feeds: `raise_requested` when a second start asks for the
    window.
    """

    def __init__(self, folder: Path, receiver: ReceiverNews) -> None:
        self.raise_requested: Feed[None] = Feed()
        self.answers: dict[str, Callable[[dict[str, Any]], Awaitable[Any]]] = {}
        self._folder = folder
        self._receiver = receiver
        self._token = secrets.token_urlsafe(24)
        self._news = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path, receiver: ReceiverNews) -> AsyncIterator[Instance]:
        """Announce this program in `folder` until the block ends. The caller holds the folder's lock."""
        instance = cls(folder, receiver)
        server = await asyncio.start_server(instance._serve, "127.0.0.1", 0, limit=MAX_LINE)
        port = server.sockets[0].getsockname()[1]
        note = {"pid": os.getpid(), "port": port, "token": instance._token}
        await asyncio.to_thread(_write_private, folder / INSTANCE_FILE, note)
        instance._news.set()
        unsubscribe = receiver.changed.subscribe(lambda _: instance._news.set())
        keeper = asyncio.create_task(instance._keep_receiver_file(), name="receiver.json")
        try:
            yield instance
        finally:
            unsubscribe()
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
            server.close()
            await asyncio.to_thread(_remove, folder / RECEIVER_FILE, folder / INSTANCE_FILE)

    async def _keep_receiver_file(self) -> None:
        """Write or remove receiver.json as the receiver comes and goes; never two at a time."""
        path = self._folder / RECEIVER_FILE
        while True:
            await self._news.wait()
            self._news.clear()
            state = self._receiver.state
            if state.url:
                # Commands of this computer speak plain HTTP, also where all others have to use HTTPS.
                note = {"pid": os.getpid(), "port": state.inner_port, "host": state.host, "url": state.inner_url}
                await asyncio.to_thread(_write_private, path, note)
            else:
                await asyncio.to_thread(_remove, path)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one line of JSON, {"token": …, "command": "show"}, with another."""
        known = False
        try:
            async with asyncio.timeout(PATIENCE_S):
                message = self._understood(await reader.readline())
            command = message.get("command", "")
            known = command == SHOW and self.raise_requested.heard  # without a window nobody listens
            answer: dict[str, Any] = {"ok": known}
            if command in self.answers:
                answer = {"ok": True, "answer": await self.answers[command](message)}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        except (OSError, ValueError):
            known = False
        finally:
            writer.close()
        if known:
            self.raise_requested.publish(None)

    def _understood(self, line: bytes) -> dict[str, Any]:
        """Return a message that has our token, {} for any other."""
        try:
            message = json.loads(line)
        except ValueError:
            return {}
        if not isinstance(message, dict):
            return {}
        is_ours = hmac.compare_digest(str(message.get("token", "")).encode(), self._token.encode())
        return message if is_ours else {}


def ask_to_show(folder: Path) -> bool:
    """Ask the program that runs in `folder` to bring its window to the front; False where none answers."""
    note = _read(folder / INSTANCE_FILE)
    try:
        with socket.create_connection(("127.0.0.1", int(note["port"])), PATIENCE_S) as connection:
            connection.settimeout(PATIENCE_S)
            message = {"token": note["token"], "command": SHOW}
            connection.sendall(json.dumps(message).encode() + b"\n")
            answer = json.loads(connection.recv(MAX_LINE))
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return isinstance(answer, dict) and answer.get("ok") is True


def ask_running(folder: Path, command: str, patience_s: float, **values: Any) -> Any:
    """Give the program that runs in `folder` a command and return its answer, None where none answers."""
    note = _read(folder / INSTANCE_FILE)
    try:
        with socket.create_connection(("127.0.0.1", int(note["port"])), PATIENCE_S) as connection:
            connection.settimeout(patience_s)
            message = {**values, "token": note["token"], "command": command}
            connection.sendall(json.dumps(message).encode() + b"\n")
            with connection.makefile("rb") as lines:
                answer = json.loads(lines.readline())
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return answer.get("answer") if isinstance(answer, dict) else None


def running_receiver(folder: Path) -> RunningReceiver | None:
    """Return where the program that runs in `folder` says it receives, or None; it may have died since."""
    note = _read(folder / RECEIVER_FILE)
    try:
        return RunningReceiver(int(note["pid"]), str(note["host"]), int(note["port"]), str(note["url"]))
    except (KeyError, TypeError, ValueError):
        return None


def _read(path: Path) -> dict[str, Any]:
    try:
        note = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _write_private(path: Path, note: dict[str, Any]) -> None:
    """Write a file whole or not at all, for its owner's eyes only; a full disk is only logged."""
    draft = path.with_suffix(".tmp")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(note) + "\n")
        os.replace(draft, path)
    except OSError as error:
        _log.warning("%s was not written: %s", path.name, error)


def _remove(*paths: Path) -> None:
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()
