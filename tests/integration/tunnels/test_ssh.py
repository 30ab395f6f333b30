"""SSH forwarding against real far ends: OpenSSH's sshd, and asyncssh playing the public services."""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import os
import stat
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import asyncssh
import pytest

from inspector.tunnels import localhost_run, pinggy, serveo
from inspector.tunnels.ssh_service import Service
from inspector.tunnels.state import HostKeyQuestion, TunnelStatus
from tests.integration.tunnels.kit import ENDPOINT, SOON_S, SSHD, Desk, Sshd, a_desk, free_port
from tests.waiting import until

pytestmark = pytest.mark.asyncio

needs_sshd = pytest.mark.skipif(SSHD is None, reason="OpenSSH's sshd is not installed")


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    server = Sshd(tmp_path / "sshd")
    server.start()
    yield server
    server.kill()


def use(desk: Desk, server: Sshd, **changes: Any) -> None:
    """Fill in the settings for a server."""
    desk.settings.change(
        **{
            "tunnel_ssh_host": "127.0.0.1",
            "tunnel_ssh_port": server.port,
            "tunnel_ssh_user": server.user,
            "tunnel_ssh_sign_in": "key",
            "tunnel_ssh_key": str(server.key),
            **changes,
        }
    )


async def accept(desk: Desk) -> HostKeyQuestion:
    """Wait for the question about the server's key and say yes."""
    state = await desk.reaches(TunnelStatus.ASKING)
    assert state.question is not None
    desk.tunnels.answer(True)
    return state.question


async def post(url: str) -> int:
    async with aiohttp.ClientSession() as http, http.post(url, data=b"hello") as answer:
        return answer.status


@needs_sshd
async def test_a_port_of_sshd_leads_to_the_receiver_once_its_key_was_accepted(tmp_path: Path, sshd: Sshd) -> None:
    async with a_desk(tmp_path) as desk:
        use(desk, sshd)
        await desk.begin("ssh")
        question = await accept(desk)
        assert question.fingerprint == sshd.fingerprint
        assert (question.key_type, question.port) == ("ED25519", sshd.port)
        state = await desk.reaches(TunnelStatus.UP)
        await until(lambda: desk.tunnels.state.latency_ms is not None)
        assert await post(desk.tunnels.url_of(ENDPOINT)) == 200
        (request,) = desk.receiver.requests
        assert request.startswith(b"POST /in/abc ")
        assert request.endswith(b"hello")
        kept = tmp_path / "tunnel_known_hosts"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert kept.read_text().startswith(f"[127.0.0.1]:{sshd.port} ssh-ed25519 ")
        assert state.public_url.startswith("http://127.0.0.1:")


@needs_sshd
async def test_a_known_server_is_not_asked_about_again(tmp_path: Path, sshd: Sshd) -> None:
    async with a_desk(tmp_path) as desk:
        use(desk, sshd)
        await desk.begin("ssh")
        await accept(desk)
        await desk.reaches(TunnelStatus.UP)
        await desk.tunnels.stop()
        desk.states.clear()
        await desk.begin("ssh")
        await desk.reaches(TunnelStatus.UP)
        assert TunnelStatus.ASKING not in desk.statuses


@needs_sshd
async def test_a_key_that_is_not_accepted_ends_the_try_and_is_not_remembered(tmp_path: Path, sshd: Sshd) -> None:
    async with a_desk(tmp_path) as desk:
        use(desk, sshd)
        await desk.begin("ssh")
        await desk.reaches(TunnelStatus.ASKING)
        desk.tunnels.answer(False)
        state = await desk.reaches(TunnelStatus.DOWN)
        assert state.retry_at is None
        assert not (tmp_path / "tunnel_known_hosts").exists()


@needs_sshd
async def test_a_changed_host_key_is_refused_until_the_old_one_is_forgotten(tmp_path: Path, sshd: Sshd) -> None:
    async with a_desk(tmp_path) as desk:
        use(desk, sshd)
        await desk.begin("ssh")
        await accept(desk)
        await desk.reaches(TunnelStatus.UP)
        old = sshd.fingerprint
        sshd.kill()
        await desk.reaches(TunnelStatus.DOWN, within_s=SOON_S)
        sshd.new_host_key()
        sshd.start()
        await until(lambda: desk.tunnels.state.error is not None and "has changed" in str(desk.tunnels.state.error))
        state = desk.tunnels.state
        assert state.status is TunnelStatus.DOWN
        assert state.retry_at is None, "a changed key is not tried again by itself"
        assert sshd.fingerprint in str(state.error)
        assert sshd.fingerprint != old
        desk.tunnels.forget_host_key("127.0.0.1", sshd.port)
        desk.tunnels.retry()
        await accept(desk)
        await desk.reaches(TunnelStatus.UP)


@needs_sshd
async def test_a_killed_sshd_is_noticed_at_once_and_used_again_when_it_is_back(tmp_path: Path, sshd: Sshd) -> None:
    port = free_port()
    async with a_desk(tmp_path) as desk:
        use(desk, sshd, tunnel_ssh_remote_port=port)
        await desk.begin("ssh")
        await accept(desk)
        up = await desk.reaches(TunnelStatus.UP)
        sshd.kill()
        down = await desk.reaches(TunnelStatus.DOWN, within_s=SOON_S)
        assert down.retry_at is not None
        await until(lambda: sum("failed" in line.text for line in desk.tunnels.log) >= 1)
        sshd.start()
        again = await desk.reaches(TunnelStatus.UP)
        await until(lambda: desk.tunnels.state.latency_ms is not None, SOON_S)
        assert again.public_url == up.public_url == f"http://127.0.0.1:{port}"
        assert again.changed_from == ""
        assert await post(desk.tunnels.url_of(ENDPOINT)) == 200


@needs_sshd
async def test_another_port_after_the_loss_is_another_address(tmp_path: Path, sshd: Sshd) -> None:
    async with a_desk(tmp_path) as desk:
        use(desk, sshd, tunnel_ssh_url="https://hooks.example.com/{port}")
        await desk.begin("ssh")
        await accept(desk)
        first = await desk.reaches(TunnelStatus.UP)
        assert first.public_url.startswith("https://hooks.example.com/")
        sshd.kill()
        await desk.reaches(TunnelStatus.DOWN)
        sshd.start()
        again = await desk.reaches(TunnelStatus.UP)
        assert again.changed_from == first.public_url


@needs_sshd
async def test_a_wrong_key_is_told_and_not_tried_again(tmp_path: Path, sshd: Sshd) -> None:
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)], check=True)  # noqa: ASYNC221
    async with a_desk(tmp_path) as desk:
        use(desk, sshd, tunnel_ssh_key=str(other))
        await desk.begin("ssh")
        await accept(desk)
        state = await desk.reaches(TunnelStatus.DOWN)
        assert "did not let" in str(state.error)
        assert state.retry_at is None


@needs_sshd
async def test_an_encrypted_key_file_needs_its_passphrase(tmp_path: Path, sshd: Sshd) -> None:
    subprocess.run(  # noqa: ASYNC221
        ["ssh-keygen", "-q", "-p", "-P", "", "-N", "open sesame", "-f", str(sshd.key)], check=True
    )
    async with a_desk(tmp_path) as desk:
        use(desk, sshd)
        await desk.begin("ssh")
        state = await desk.reaches(TunnelStatus.DOWN)
        assert "key file cannot be used" in str(state.error)
        desk.secrets.put("tunnel/ssh-passphrase", "open sesame")
        desk.tunnels.retry()
        await accept(desk)
        await desk.reaches(TunnelStatus.UP)


@needs_sshd
async def test_a_key_of_the_agent_signs_in(tmp_path: Path, sshd: Sshd, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = subprocess.run(["ssh-agent", "-s"], capture_output=True, check=True).stdout.decode()  # noqa: ASYNC221
    variables = dict(part.split("=") for part in shown.replace("\n", "").split(";") if "=" in part)
    monkeypatch.setenv("SSH_AUTH_SOCK", variables["SSH_AUTH_SOCK"])
    try:
        subprocess.run(["ssh-add", "-q", str(sshd.key)], check=True)  # noqa: ASYNC221
        async with a_desk(tmp_path) as desk:
            use(desk, sshd, tunnel_ssh_sign_in="agent", tunnel_ssh_key="")
            await desk.begin("ssh")
            await accept(desk)
            await desk.reaches(TunnelStatus.UP)
    finally:
        os.kill(int(variables["SSH_AGENT_PID"]), 15)


@needs_sshd
async def test_a_server_that_allows_no_forwarding_says_so(tmp_path: Path) -> None:
    server = Sshd(tmp_path / "strict", "DisableForwarding yes")
    server.start()
    try:
        async with a_desk(tmp_path) as desk:
            use(desk, server)
            await desk.begin("ssh")
            await accept(desk)
            state = await desk.reaches(TunnelStatus.DOWN)
            assert "does not forward the port" in str(state.error)
            assert state.retry_at is not None
    finally:
        server.kill()


# -- asyncssh as the public services --------------------------------------------------------------------------------


@dataclass
class FarEnd:
    """What a far end of asyncssh saw and does."""

    port: int = 0
    users: list[str] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)
    forwards: list[tuple[str, int]] = field(default_factory=list)
    terminals: int = 0
    agents: int = 0
    password: str = ""
    banner: str = ""
    says: str = ""
    listens: bool = False  # as a server does, instead of as a service that shares one port
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)

    def drop(self) -> None:
        """Cut every connection."""
        for connection in self.connections:
            connection.abort()


class _Server(asyncssh.SSHServer):
    def __init__(self, end: FarEnd) -> None:
        self.end = end

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.connection = conn
        self.end.connections.append(conn)

    def begin_auth(self, username: str) -> bool:
        self.end.users.append(username)
        if self.end.banner:
            self.connection.send_auth_banner(self.end.banner)
        return bool(self.end.password)

    def password_auth_supported(self) -> bool:
        return bool(self.end.password)

    def validate_password(self, username: str, password: str) -> bool:
        return password == self.end.password

    def server_requested(self, listen_host: str, listen_port: int) -> Any:
        self.end.forwards.append((listen_host, listen_port))
        if self.end.listens:
            return True
        return _Shared()  # a service listens on one port for everybody


class _Shared(asyncssh.SSHListener):
    """A listener of a service, which serves many at one port."""

    def get_port(self) -> int:
        return 80

    def close(self) -> None:
        return

    async def wait_closed(self) -> None:
        return


@asynccontextmanager
async def a_far_end(**how: Any) -> AsyncIterator[FarEnd]:
    end = FarEnd(**how)
    key = asyncssh.generate_private_key("ssh-ed25519")

    async def talk(process: asyncssh.SSHServerProcess[str]) -> None:
        end.asked.append(process.command)
        end.terminals += process.term_type is not None
        end.agents += process.channel.get_agent_path() is not None
        process.stdout.write(end.says)
        with contextlib.suppress(asyncssh.Error, asyncio.CancelledError):
            await process.stdin.read()

    server = await asyncssh.listen(
        "127.0.0.1", 0, server_factory=lambda: _Server(end), server_host_keys=[key], process_factory=talk
    )
    end.port = server.sockets[0].getsockname()[1]
    try:
        yield end
    finally:
        end.drop()
        server.close()
        await server.wait_closed()


SERVICES = (
    (
        localhost_run.SERVICE,
        "=====\nWelcome to localhost.run!\nTo set up an account see https://admin.localhost.run/\n=====\n"
        "\x1b[1m8ff0a1b2c3d4e5.lhr.life\x1b[0m tunneled with tls termination, https://8ff0a1b2c3d4e5.lhr.life\n",
        "https://8ff0a1b2c3d4e5.lhr.life",
    ),
    (
        serveo.SERVICE,
        "Warning: no TXT records found\nForwarding HTTP traffic from \x1b[32mhttps://abitus.serveo.net\x1b[0m\n",
        "https://abitus.serveo.net",
    ),
    (
        pinggy.SERVICE,
        "You are not authenticated.\nYour tunnel will expire in 60 minutes. Upgrade at https://dashboard.pinggy.io\n"
        "http://rnabc-1-2-3-4.a.free.pinggy.link\nhttps://rnabc-1-2-3-4.a.free.pinggy.link\n",
        "https://rnabc-1-2-3-4.a.free.pinggy.link",
    ),
)


@pytest.mark.parametrize(("service", "says", "url"), SERVICES, ids=[row[0].host for row in SERVICES])
@pytest.mark.parametrize("where", ["session", "banner"])
async def test_the_address_of_a_service_is_read_from_what_it_says(
    tmp_path: Path, service: Service, says: str, url: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"says": says} if where == "session" else {"banner": says}
    async with a_far_end(**said) as end, a_desk(tmp_path) as desk:
        key = _pretend(monkeypatch, service, end)
        await desk.begin(key)
        await accept(desk)
        assert (await desk.reaches(TunnelStatus.UP)).public_url == url
        assert end.users[-1] == service.user
        assert end.forwards == [("", service.remote_port)]
        assert stat.S_IMODE((tmp_path / "tunnel_key").stat().st_mode) == 0o600
        assert (end.terminals, end.agents) == (0, 0), "neither a terminal nor an agent is ever offered"


def _pretend(monkeypatch: pytest.MonkeyPatch, service: Service, end: FarEnd) -> str:
    """Let a service be at the far end of the test; returns the kind's key."""
    module = {"localhost.run": localhost_run, "serveo.net": serveo, "free.pinggy.io": pinggy}[service.host]
    monkeypatch.setattr(module, "SERVICE", replace(service, host="127.0.0.1", port=end.port))
    return module.KIND.key


async def test_a_dropped_connection_is_noticed_within_two_seconds_and_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, says, url = SERVICES[0]
    async with a_far_end(says=says) as end, a_desk(tmp_path) as desk:
        await desk.begin(_pretend(monkeypatch, service, end))
        await accept(desk)
        await desk.reaches(TunnelStatus.UP)
        end.says = says.replace("8ff0", "9ff0")
        end.drop()
        await desk.reaches(TunnelStatus.DOWN, within_s=SOON_S)
        again = await desk.reaches(TunnelStatus.UP)
        assert again.public_url == url.replace("8ff0", "9ff0")
        assert again.changed_from == url


async def test_what_a_service_forwards_under_another_name_reaches_the_receiver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, says, _ = SERVICES[0]
    async with a_far_end(says=says) as end, a_desk(tmp_path) as desk:
        await desk.begin(_pretend(monkeypatch, service, end))
        await accept(desk)
        await desk.reaches(TunnelStatus.UP)
        reader, writer = await end.connections[-1].open_connection("8ff0a1b2c3d4e5.lhr.life", 443, encoding=None)
        writer.write(b"POST /in/abc HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello")
        assert (await reader.read()).startswith(b"HTTP/1.1 200 OK")
        writer.close()
        assert desk.receiver.requests == [b"POST /in/abc HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"]


async def test_a_server_of_asyncssh_forwards_loses_and_forwards_again(tmp_path: Path) -> None:
    async with a_far_end(password="sesame", listens=True) as end, a_desk(tmp_path) as desk:
        desk.settings.change(tunnel_ssh_host="127.0.0.1", tunnel_ssh_port=end.port, tunnel_ssh_sign_in="password")
        desk.secrets.put("tunnel/ssh-password", "sesame")
        await desk.begin("ssh")
        await accept(desk)
        await desk.reaches(TunnelStatus.UP)
        await until(lambda: desk.tunnels.state.latency_ms is not None)
        assert await post(desk.tunnels.url_of(ENDPOINT)) == 200
        end.drop()
        await desk.reaches(TunnelStatus.DOWN, within_s=SOON_S)
        await desk.reaches(TunnelStatus.UP)
        assert await post(desk.tunnels.url_of(ENDPOINT)) == 200
        assert len(desk.receiver.requests) == 2


async def test_a_password_comes_from_the_secret_store(tmp_path: Path) -> None:
    async with a_far_end(password="sesame") as end, a_desk(tmp_path) as desk:
        desk.settings.change(
            tunnel_ssh_host="127.0.0.1",
            tunnel_ssh_port=end.port,
            tunnel_ssh_sign_in="password",
            tunnel_ssh_url="https://hooks.example.com",
        )
        desk.secrets.put("tunnel/ssh-password", "wrong")
        await desk.begin("ssh")
        await accept(desk)
        state = await desk.reaches(TunnelStatus.DOWN)
        assert "The password was not accepted." in str(state.error)
        desk.secrets.put("tunnel/ssh-password", "sesame")
        desk.tunnels.retry()
        await desk.reaches(TunnelStatus.UP)
        assert end.users[-1] == getpass.getuser()
        assert not any("sesame" in line.text for line in desk.tunnels.log)
