"""What the tests of tunnels share: a receiver, helper programs that are scripts, and SSH servers at the far end."""

from __future__ import annotations

import asyncio
import getpass
import os
import shutil
import socket
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.feed import Feed
from inspector.receiver.nonces import Nonces
from inspector.secret_store import MemorySecrets
from inspector.settings import Settings, change_settings
from inspector.tunnels.state import TunnelState, TunnelStatus
from inspector.tunnels.tunnels import Tunnels
from tests.waiting import PATIENCE_S, until

SOON_S = 10.0
"""At once, on a busy machine: long before anything would be looked at again."""

ENDPOINT = Endpoint(EndpointId(1), "abc", "Shop", datetime(2026, 1, 1, tzinfo=UTC))


class Keeper:
    """Settings that are kept in memory."""

    def __init__(self) -> None:
        self.current = Settings()

    def change(self, **changes: Any) -> Settings:
        """Apply changes."""
        self.current = change_settings(self.current, **changes)
        return self.current


@dataclass
class Place:
    """Where the receiver is reached."""

    inner_url: str


@dataclass
class Receiver:
    """A receiver on a real socket that keeps requests, and answers nonces as the real one does."""

    state: Place
    changed: Feed[Any] = field(default_factory=Feed)
    nonces: Nonces = field(default_factory=Nonces)
    requests: list[bytes] = field(default_factory=list)
    _lines: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close."""
        task = asyncio.current_task()
        assert task is not None
        self._lines[task] = writer
        try:
            await self._answer(reader, writer)
        finally:
            writer.close()
            del self._lines[task]

    async def hang_up(self) -> None:
        """End every connection, those too that came at the last moment: what is left open fails some later test."""
        for _ in range(3):
            await asyncio.sleep(0)
        lines = dict(self._lines)
        for task in lines:
            task.cancel()
        await asyncio.gather(*lines, return_exceptions=True)
        await asyncio.gather(*(writer.wait_closed() for writer in lines.values()), return_exceptions=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        body = await reader.readexactly(length)
        proof = self.nonces.answer(head.split(b" ", 2)[1].decode())
        if proof is None:
            self.requests.append(head + body)
        text = (proof or "OK").encode()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))
        await writer.drain()


@dataclass
class Desk:
    """Tunnels over a receiver, with everything they said."""

    tunnels: Tunnels
    receiver: Receiver
    settings: Keeper
    secrets: MemorySecrets
    states: list[TunnelState]

    @property
    def statuses(self) -> list[TunnelStatus]:
        """Every status there was, one for each change."""
        found: list[TunnelStatus] = []
        for state in self.states:
            if not found or found[-1] is not state.status:
                found.append(state.status)
        return found

    async def begin(self, kind: str) -> None:
        """Agree to a kind's carrier and start it."""
        self.tunnels.agree(kind)
        await self.tunnels.start(kind, endpoint=ENDPOINT)

    async def reaches(self, status: TunnelStatus, within_s: float = PATIENCE_S) -> TunnelState:
        """Wait for a status and return the state."""
        try:
            await until(lambda: self.tunnels.state.status is status, within_s)
        except AssertionError:
            said = "\n".join(line.text for line in self.tunnels.log)
            raise AssertionError(f"{self.tunnels.state}\n{said}") from None
        return self.tunnels.state


@asynccontextmanager
async def a_desk(folder: Path, *, route: Callable[[], bool] = lambda: True, **how: Any) -> AsyncIterator[Desk]:
    """Tunnels in a fresh folder over a receiver on loopback."""
    receiver = Receiver(Place(""))
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.state.inner_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    settings, secrets = Keeper(), MemorySecrets()
    tunnels = Tunnels(receiver, settings, secrets, folder, route=route, **how)
    states: list[TunnelState] = []
    tunnels.changed.subscribe(states.append)
    try:
        yield Desk(tunnels, receiver, settings, secrets, states)
    finally:
        await tunnels.close()
        server.close()
        await receiver.hang_up()


# -- helper programs ------------------------------------------------------------------------------------------------


def a_program(folder: Path, name: str, script: str) -> Path:
    """Write a helper program: a Python script that is run by its name. `say(text)` prints a line at once."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    start = f"#!{sys.executable}\nimport os, re, sys, time\ndef say(text): print(text, flush=True)\n"
    path.write_text(start + textwrap.dedent(script))
    path.chmod(0o755)
    return path


# -- OpenSSH --------------------------------------------------------------------------------------------------------

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Sshd:
    """An OpenSSH server on loopback that lets one key in."""

    def __init__(self, folder: Path, extra: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.folder = folder
        self.port = free_port()
        self.user = getpass.getuser()
        self.key = folder / "key"
        self.host_key = folder / "host_key"
        self._keygen(self.key)
        self._keygen(self.host_key)
        shutil.copy(f"{self.key}.pub", folder / "authorized_keys")
        (folder / "config").write_text(
            textwrap.dedent(f"""\
            Port {self.port}
            ListenAddress 127.0.0.1
            HostKey {self.host_key}
            AuthorizedKeysFile {folder}/authorized_keys
            PidFile {folder}/pid
            StrictModes no
            UsePAM no
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            AllowTcpForwarding yes
            {extra}
            """)
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run the server."""
        assert SSHD is not None
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [SSHD, "-D", "-e", "-f", str(self.folder / "config")],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End the server and every connection it has, at once."""
        if self._process is None:
            return
        for pid in (*_children(self._process.pid), self._process.pid):
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                continue
        self._process.wait()
        self._process = None

    def new_host_key(self) -> None:
        """Give the server another key."""
        for path in (self.host_key, Path(f"{self.host_key}.pub")):
            path.unlink()
        self._keygen(self.host_key)

    @property
    def fingerprint(self) -> str:
        """What ssh-keygen calls the server's key."""
        shown = subprocess.run(["ssh-keygen", "-lf", f"{self.host_key}.pub"], capture_output=True, check=True)
        return shown.stdout.decode().split()[1]

    def _keygen(self, path: Path) -> None:
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)


def _children(pid: int) -> list[int]:
    """Return every process below this one."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            if parent == pid:
                found += [int(entry.name), *_children(int(entry.name))]
    return found
