"""One SSH connection that forwards a port of the server to the receiver: checked, signed in, and watched.

Nothing else is ever asked of the server: no agent forwarding, no X11, no terminal; a session is opened only where a
service prints its address there. The user's own SSH configuration is not read, so that it cannot add any of these.
asyncssh takes a tenth of a second and more to import, so that only this file does, when a tunnel is started.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.tunnels.addresses import plain
from inspector.tunnels.host_keys import HostKeys
from inspector.tunnels.kind import Reporter
from inspector.tunnels.state import HostKeyChanged, HostKeyQuestion, TunnelError, system_words

if TYPE_CHECKING:
    import asyncssh

CONNECT_S = 10.0
SIGN_IN_S = 20.0
ALIVE_EVERY_S = 5.0
ALIVE_TRIES = 3
"""A server that does not answer this often in a row is gone."""

OWN_KEY = "tunnel_key"

Says = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect and as whom. `sign_in` is agent, key, password or anyone (services without accounts).

    `secret` is the password, or the passphrase of the key file, "" for none.
    """

    host: str
    port: int
    user: str
    sign_in: str
    key_file: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Forward:
    """What the server shall listen on and where it leads; `remote_port` 0 lets the server choose.

    With `session` a session is opened to read what the service says, `command` is what it is asked to run ("" for
    the service's own greeting).
    """

    bind: str
    remote_port: int
    host: str
    port: int
    session: bool = False
    command: str = ""


@dataclass(frozen=True, slots=True)
class Presented:
    """The key a server showed."""

    key: str
    key_type: str
    fingerprint: str


async def keep_open(
    server: Server, forward: Forward, folder: Path, tell: Reporter, opened: Callable[[int], None], says: Says
) -> None:
    """Connect, forward, and wait until the connection ends; raises TunnelError then and whenever something fails.

    `opened` gets the server's port once it listens, `says` each line the service prints.
    """
    # Takes several hundred milliseconds the first time: a thread's work, so that the loop goes on.
    asyncssh = await asyncio.to_thread(importlib.import_module, "asyncssh")
    asyncssh.set_log_level("WARNING")  # what matters of it is told in the tunnel's own log
    connection = await _connected(server, folder, tell, says)
    try:
        listener = await _listening(connection, forward)
        tell.log(f"The server listens on port {listener.get_port()}.")
        opened(listener.get_port())
        if forward.session:
            await _read_session(connection, forward.command, says)
        await connection.wait_closed()
    except asyncssh.ChannelListenError as error:
        raise TunnelError(
            "The server does not forward the port.",
            f"It says: {error}." if str(error) else "It may not allow forwarding, or the port is taken.",
            "Choose another remote port, or allow TCP forwarding on the server.",
        ) from error
    except (asyncssh.Error, OSError) as error:
        raise _lost(server, error) from error
    finally:
        connection.abort()
        with contextlib.suppress(Exception):
            await connection.wait_closed()
    raise TunnelError(f"The connection to {server.host} ended.", "The server closed it.")


async def _connected(server: Server, folder: Path, tell: Reporter, says: Says) -> asyncssh.SSHClientConnection:
    """Return a signed-in connection to a server whose key is known; a new one is asked about first."""
    keys = HostKeys(folder)
    known = await asyncio.to_thread(keys.known, server.host, server.port)
    tell.log(f"Connecting to {server.host}:{server.port} as {server.user or 'nobody in particular'}.")
    result = await _try(server, known, folder, says)
    if not isinstance(result, Presented):
        return result
    if known:
        raise _changed(server, result)
    tell.log(f"{server.host} is new and shows the {result.key_type} key {result.fingerprint}.")
    question = HostKeyQuestion(server.host, server.port, result.key_type, result.fingerprint)
    if not await tell.ask(question):
        raise TunnelError(
            f"The key of {server.host} was not accepted.",
            "",
            "Compare the fingerprint, then start again.",
            lasting=True,
        )
    await asyncio.to_thread(keys.remember, server.host, server.port, result.key)
    result = await _try(server, (result.key,), folder, says)
    if isinstance(result, Presented):
        raise _changed(server, result)
    return result


async def _try(
    server: Server, known: tuple[str, ...], folder: Path, says: Says
) -> asyncssh.SSHClientConnection | Presented:
    """Connect with these keys known; returns the key the server showed where it is none of them."""
    import asyncssh

    client = _client(says)
    options = await _sign_in_options(server, folder)
    try:
        async with asyncio.timeout(CONNECT_S + SIGN_IN_S):
            connection, _ = await asyncssh.create_connection(
                lambda: client,
                server.host,
                server.port,
                config=None,
                known_hosts=([asyncssh.import_public_key(key) for key in known], [], []),
                username=server.user or "anyone",
                agent_forwarding=False,
                x509_trusted_certs=None,
                gss_host=None,
                keepalive_interval=ALIVE_EVERY_S,
                keepalive_count_max=ALIVE_TRIES,
                connect_timeout=CONNECT_S,
                login_timeout=SIGN_IN_S,
                **options,
            )
        return connection
    except asyncssh.HostKeyNotVerifiable as error:
        if client.presented is not None:
            return client.presented  # type: ignore[no-any-return]  # made by _client below
        raise _lost(server, error) from error
    except asyncssh.KeyExchangeFailed as error:
        if known and (shown := await _any_key(server)) is not None and shown.key not in known:
            return shown
        raise _lost(server, error) from error
    except asyncssh.PermissionDenied as error:
        raise _not_let_in(server, error) from error
    except (asyncssh.Error, OSError, TimeoutError) as error:
        raise _lost(server, error) from error


def _client(says: Says) -> Any:
    """Return asyncssh's client with our two answers: no key is taken unseen, and what is said is kept."""
    import asyncssh

    class Client(asyncssh.SSHClient):
        presented: Presented | None = None

        def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
            self.presented = _presented(key)
            return False

        def auth_banner_received(self, msg: str, lang: str) -> None:
            for line in msg.splitlines():
                if text := plain(line).strip():
                    says(text)

    return Client()


def _presented(key: asyncssh.SSHKey) -> Presented:
    text = key.export_public_key("openssh").decode().split()
    kind = key.algorithm.decode().removeprefix("ssh-").partition("-")[0].upper()
    return Presented(" ".join(text[:2]), kind, key.get_fingerprint("sha256"))


async def _any_key(server: Server) -> Presented | None:
    """Return whatever key the server shows, None where it shows none."""
    import asyncssh

    with contextlib.suppress(asyncssh.Error, OSError, TimeoutError):
        async with asyncio.timeout(CONNECT_S):
            key = await asyncssh.get_server_host_key(server.host, server.port, config=None)
        return _presented(key) if key is not None else None
    return None


async def _sign_in_options(server: Server, folder: Path) -> dict[str, Any]:
    """Return how to sign in; only the way that was chosen is tried."""
    import asyncssh

    if server.sign_in == "key":
        path = server.key_file
        try:
            key = await asyncio.to_thread(_read_key, path, server.secret)
        except (OSError, asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
            raise TunnelError(
                "The key file cannot be used.",
                f"{path}: {system_words(error)}",
                "Choose another file, or enter its passphrase.",
                lasting=True,
            ) from error
        return {"client_keys": [key], "agent_path": None, "password": None}
    if server.sign_in == "agent":
        return {"client_keys": (), "agent_path": os.environ.get("SSH_AUTH_SOCK") or (), "password": None}
    if server.sign_in == "anyone":
        own = await asyncio.to_thread(_own_key, folder)
        return {"client_keys": [own], "agent_path": None, "password": ""}
    return {"client_keys": None, "agent_path": None, "password": server.secret}


def _own_key(folder: Path) -> asyncssh.SSHKey:
    """Return this program's own key, made the first time: some services want any key, and know theirs again by it."""
    import asyncssh

    path = folder / OWN_KEY
    with contextlib.suppress(OSError, asyncssh.KeyImportError):
        return asyncssh.read_private_key(path)
    key = asyncssh.generate_private_key("ssh-ed25519")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(key.export_private_key())
    return key


def _read_key(path: str, passphrase: str) -> asyncssh.SSHKey:
    """Return a private key; takes a while where it is encrypted."""
    import asyncssh

    return asyncssh.read_private_key(os.path.expanduser(path), passphrase or None)


async def _listening(connection: asyncssh.SSHClientConnection, forward: Forward) -> asyncssh.SSHListener:
    listener = await connection.forward_remote_port(forward.bind, forward.remote_port, forward.host, forward.port)
    _accept_any_name(connection)
    return listener


class _OnlyListener(dict[Any, Any]):
    """Finds the one listener there is under whatever address the server names."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key) or next(iter(self.values()), default)


def _accept_any_name(connection: asyncssh.SSHClientConnection) -> None:
    """Take forwarded connections whatever address the server says they came to.

    WORKAROUND asyncssh 2.24 (connection.py, _process_forwarded_tcpip_open) wants the very address that was asked for;
    services that share one port among all users name their own. We only ever ask for one, so nothing is mixed up.
    """
    listeners = getattr(connection, "_remote_listeners", None)
    if isinstance(listeners, dict):
        connection._remote_listeners = _OnlyListener(listeners)


async def _read_session(connection: asyncssh.SSHClientConnection, command: str, says: Says) -> None:
    """Read what the service says until it stops; a service that wants no session has said it in its greeting."""
    import asyncssh

    try:
        process = await connection.create_process(
            command or None,
            request_pty=False,
            encoding="utf-8",
            errors="replace",
            stdin=asyncssh.DEVNULL if command else asyncssh.PIPE,
            stderr=asyncssh.STDOUT,
        )
    except asyncssh.ChannelOpenError:
        return
    async for line in process.stdout:
        if text := plain(line).strip():
            says(text)


def _changed(server: Server, shown: Presented) -> TunnelError:
    return HostKeyChanged(server.host, server.port, shown.key_type, shown.fingerprint)


def _not_let_in(server: Server, error: Exception) -> TunnelError:
    ways = {
        "agent": "No key of your SSH agent was accepted.",
        "key": f"The key {server.key_file} was not accepted.",
        "password": "The password was not accepted.",
    }
    return TunnelError(
        f"{server.host} did not let {server.user or 'us'} in.",
        ways.get(server.sign_in, f"It says: {error}."),
        "Check the user name and how to sign in.",
        lasting=True,
    )


def _lost(server: Server, error: BaseException) -> TunnelError:
    if isinstance(error, TimeoutError) and not str(error):
        return TunnelError(f"{server.host} did not answer.", f"Nothing came within {CONNECT_S + SIGN_IN_S:.0f} s.")
    return TunnelError(f"The connection to {server.host} failed.", system_words(error))
