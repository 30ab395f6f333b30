"""What a running program tells others: where it receives, and whose window to bring to the front."""

from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from inspector.feed import Feed
from inspector.instance import INSTANCE_FILE, RECEIVER_FILE, Instance, ask_to_show, running_receiver
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio


@dataclass
class State:
    """As much of a receiver's state as is told."""

    host: str = "127.0.0.1"
    port: int = 8787
    url: str = "http://127.0.0.1:8787"
    inner_url: str = "http://127.0.0.1:8787"
    inner_port: int = 8787


@dataclass
class Receiver:
    """Something that listens or does not."""

    state: State = field(default_factory=State)
    changed: Feed[Any] = field(default_factory=Feed)

    def becomes(self, state: State) -> None:
        """Change the state and tell."""
        self.state = state
        self.changed.publish(state)


async def until_there(path: Path, *, there: bool = True) -> None:
    """Wait until a file is there, or is not."""
    async with asyncio.timeout(PATIENCE_S):
        while path.exists() is not there:  # noqa: ASYNC110, ASYNC240 - a file sets no event
            await asyncio.sleep(0.005)


async def test_the_receiver_file_comes_and_goes_with_the_receiver(tmp_path: Path) -> None:
    receiver = Receiver(State(url=""))
    file = tmp_path / RECEIVER_FILE
    async with Instance.open(tmp_path, receiver):
        assert running_receiver(tmp_path) is None
        receiver.becomes(State())
        await until_there(file)
        running = running_receiver(tmp_path)
        assert running is not None
        assert (running.port, running.url) == (8787, "http://127.0.0.1:8787")
        receiver.becomes(State(url=""))
        await until_there(file, there=False)
        receiver.becomes(State())
        await until_there(file)
    assert not file.exists()
    assert not (tmp_path / INSTANCE_FILE).exists()


async def test_a_second_start_asks_for_the_window_of_the_first(tmp_path: Path) -> None:
    raised = asyncio.Event()
    async with Instance.open(tmp_path, Receiver()) as instance:
        instance.raise_requested.subscribe(lambda _: raised.set())
        assert await asyncio.to_thread(ask_to_show, tmp_path)
        async with asyncio.timeout(PATIENCE_S):
            await raised.wait()


async def test_nobody_answers_where_nothing_runs(tmp_path: Path) -> None:
    assert not await asyncio.to_thread(ask_to_show, tmp_path)
    async with Instance.open(tmp_path, Receiver()):
        left_behind = (tmp_path / INSTANCE_FILE).read_bytes()
    (tmp_path / INSTANCE_FILE).write_bytes(left_behind)
    assert not await asyncio.to_thread(ask_to_show, tmp_path)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"not json\n",
        b"[]\n",
        b'{"command":"show"}\n',
        b'{"command":"show","token":"guess"}\n',
        b'{"command":"quit","token":"TOKEN"}\n',
        b"x" * 100_000 + b"\n",
    ],
)
async def test_who_does_not_know_the_token_cannot_ask(tmp_path: Path, message: bytes) -> None:
    raised: list[None] = []
    async with Instance.open(tmp_path, Receiver()) as instance:
        instance.raise_requested.subscribe(raised.append)
        note = json.loads((tmp_path / INSTANCE_FILE).read_text())
        reader, writer = await asyncio.open_connection("127.0.0.1", note["port"])
        writer.write(message.replace(b"TOKEN", note["token"].encode()))
        writer.write_eof()
        answer = b""
        try:
            async with asyncio.timeout(PATIENCE_S):
                answer = await reader.read()
        except ConnectionError:
            pass  # closed while we were still sending
        writer.close()
        assert b"true" not in answer
        assert await asyncio.to_thread(ask_to_show, tmp_path)
    assert len(raised) == 1


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"pid": "x"}', '{"pid": 1, "host": "h", "port": "p", "url": ""}'])
async def test_a_spoiled_receiver_file_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / RECEIVER_FILE).write_text(content)
    assert running_receiver(tmp_path) is None


async def test_the_control_port_is_reachable_from_this_computer_only(tmp_path: Path) -> None:
    async with Instance.open(tmp_path, Receiver()):
        port = json.loads((tmp_path / INSTANCE_FILE).read_text())["port"]
        with socket.socket(socket.AF_INET6) as other, pytest.raises(OSError, match=r"refused|unreachable|assign"):
            other.connect(("::1", port))
