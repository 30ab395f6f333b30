"""Sends one request over a connection of its own, byte for byte, and times it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from time import perf_counter
from typing import TYPE_CHECKING

from inspector.domain.attempt import Outgoing, Response, Tls
from inspector.replay.failures import Trouble, trouble_of
from inspector.replay.outgoing import addressed, wire_bytes
from inspector.replay.response_reader import MAX_LINE, ProtocolProblem, read_response
from inspector.replay.target import Target, parse_target

if TYPE_CHECKING:
    from inspector.replay.target_options import TargetOptions

NEXT_ADDRESS_S = 2.0
"""How long one of several addresses may take to accept before the next is tried."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a sending ended: `response` or `trouble`. `remote` is "127.0.0.1:5000", `tls` None for a plain connection.

    Durations are milliseconds: until connected, until the request was handed to the system, until the response's first
    byte, until its last; `total_ms` is their sum.
    """

    sent: Outgoing
    response: Response | None = None
    trouble: Trouble | None = None
    connect_ms: float = 0.0
    wait_ms: float = 0.0
    total_ms: float = 0.0
    remote: str = ""
    send_ms: float = 0.0
    download_ms: float = 0.0
    tls: Tls | None = None


class _Progress:
    """How far one sending has come, also when it is cut short."""

    def __init__(self) -> None:
        self.started = perf_counter()
        self.reached = False  # the target took the connection; what encrypts it is still to come
        self.connected_at: float | None = None
        self.sent_at: float | None = None
        self.answered_at: float | None = None
        self.remote = ""
        self.tls: Tls | None = None

    def split_ms(self) -> tuple[float, float, float, float]:
        """Return how long connecting, sending, waiting and downloading took until now; what has not begun took 0."""
        moments = [self.started]
        for moment in (self.connected_at, self.sent_at, self.answered_at):
            if moment is None:
                break
            # A target may answer before it has taken all of the request.
            moments.append(max(moment, moments[-1]))
        moments.append(max(perf_counter(), moments[-1]))
        spans = [(later - earlier) * 1000 for earlier, later in pairwise(moments)]
        connect, send, wait, download = (*spans, 0.0, 0.0, 0.0)[:4]
        return connect, send, wait, download


class Sender:
    """Sends requests; redirects are not followed, since a provider would not follow them either."""

    def __init__(self, tls: ssl.SSLContext | None = None, options: Callable[[], Sequence[str]] = tuple) -> None:
        """`options` returns what single targets need, as the settings keep it (target_options.py)."""
        self._tls = tls
        self._options = options
        self._trusting: dict[str, ssl.SSLContext] = {}

    async def send(self, outgoing: Outgoing, *, timeout_s: float) -> Result:
        """Send and wait for the whole response, `timeout_s` seconds in all.

        Raises UsageError for an unusable URL, and where the certificate chosen for the target cannot be read.
        """
        target = parse_target(outgoing.url)
        options = self._options_for(target)
        sent = _with_host(addressed(outgoing, target), options)
        context = await self._context(options) if target.secure else None
        progress = _Progress()
        response: Response | None = None
        trouble: Trouble | None = None
        try:
            async with asyncio.timeout(timeout_s):
                response = await self._exchange(
                    sent, target, _Encryption(context, _name_for(target, options)), progress
                )
        except (OSError, ProtocolProblem, asyncio.IncompleteReadError) as error:
            connected = progress.connected_at is not None
            encrypting = progress.reached and not connected and target.secure
            trouble = trouble_of(error, target, connected=connected, timeout_s=timeout_s, encrypting=encrypting)
        connect, send, wait, download = progress.split_ms()
        return Result(
            sent,
            response,
            trouble,
            connect_ms=connect,
            send_ms=send,
            wait_ms=wait,
            download_ms=download,
            total_ms=connect + send + wait + download,
            remote=progress.remote,
            tls=progress.tls,
        )

    async def _exchange(
        self, outgoing: Outgoing, target: Target, encryption: _Encryption, progress: _Progress
    ) -> Response:
        reader, transport = await self._connect(target, encryption, progress)
        progress.connected_at = perf_counter()
        progress.remote = _name_of(transport.get_extra_info("peername"))
        try:
            progress.tls = tls_of(transport.get_extra_info("ssl_object"))
            # Nothing waits for the request to be taken whole: a target may answer (413) and close before that.
            transport.set_write_buffer_limits(0)
            transport.write(wire_bytes(outgoing, target.path))
            if transport.get_write_buffer_size() == 0:
                progress.sent_at = perf_counter()
            return await read_response(reader, outgoing.method)
        finally:
            # Aborting rather than closing: there is nothing left to say, and a TLS goodbye could wait for ever.
            transport.abort()

    async def _connect(
        self, target: Target, encryption: _Encryption, progress: _Progress
    ) -> tuple[asyncio.StreamReader, asyncio.Transport]:
        """Try the target's addresses one after the other; where none accepts, raise the most telling error.

        The first address that takes a connection is the target, whatever becomes of the connection then.
        """
        addresses = await addresses_of(target)
        errors: list[OSError] = []
        for address in addresses:
            others_left = len(errors) + 1 < len(addresses)
            try:
                async with asyncio.timeout(NEXT_ADDRESS_S if others_left else None):
                    taken = await _reach(address, target.port)
            except OSError as error:
                errors.append(error)
                continue
            progress.reached = True
            return await _open(taken, encryption, progress)
        raise next((error for error in errors if isinstance(error, ConnectionRefusedError)), errors[0])

    async def trust(self, target: Target) -> tuple[ssl.SSLContext, str]:
        """Return what is trusted of a target, and the name its certificate must be for. Raises UsageError."""
        options = self._options_for(target)
        return await self._context(options), _name_for(target, options)

    async def _context(self, options: TargetOptions | None) -> ssl.SSLContext:
        # Reading the system's certificates takes about 20 ms.
        if options is not None and options.ca_file:
            from inspector.replay.target_options import trusting

            if options.ca_file not in self._trusting:
                self._trusting[options.ca_file] = await asyncio.to_thread(trusting, options.ca_file)
            return self._trusting[options.ca_file]
        if self._tls is None:
            self._tls = await asyncio.to_thread(ssl.create_default_context)
        return self._tls

    def _options_for(self, target: Target) -> TargetOptions | None:
        texts = self._options()
        if not texts:
            return None
        from inspector.replay.target_options import options_for

        return options_for(target.url, texts)


def _name_for(target: Target, options: TargetOptions | None) -> str:
    """Return the name the target's certificate must be for."""
    if options is None or not options.host:
        return target.host
    return parse_target(f"https://{options.host}").host


def _with_host(outgoing: Outgoing, options: TargetOptions | None) -> Outgoing:
    if options is None or not options.host:
        return outgoing
    host = options.host.encode("ascii")
    lines = tuple((name, host if name.lower() == b"host" else value) for name, value in outgoing.headers)
    return replace(outgoing, headers=lines)


@dataclass(frozen=True, slots=True)
class _Encryption:
    """With what a connection is encrypted (None: not at all), and whose certificate is expected."""

    context: ssl.SSLContext | None
    name: str


class Incoming(asyncio.StreamReader):
    """A stream that can be read to its end although the other side reset the connection while we were sending."""

    def set_exception(self, exc: Exception) -> None:
        if isinstance(exc, ConnectionError):
            self.feed_eof()
        else:
            super().set_exception(exc)


class _Conversation(asyncio.StreamReaderProtocol):
    """Notes when the request has left and when the response began."""

    def __init__(self, reader: Incoming, progress: _Progress, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(reader, loop=loop)
        self._progress = progress

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._progress.sent_at is None:
            self._progress.sent_at = perf_counter()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._progress.answered_at is None:
            self._progress.answered_at = perf_counter()
            # What is answered has been read as far as the target cares.
            self._progress.sent_at = self._progress.sent_at or self._progress.answered_at


async def _reach(address: str, port: int) -> socket.socket:
    """Return a connection to an address. Raises OSError."""
    taken = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    taken.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(taken, (address, port))
    except BaseException:
        taken.close()
        raise
    return taken


async def _open(
    taken: socket.socket, encryption: _Encryption, progress: _Progress
) -> tuple[asyncio.StreamReader, asyncio.Transport]:
    """Speak over a connection, encrypted where that is wanted. Raises OSError."""
    loop = asyncio.get_running_loop()
    reader = Incoming(limit=MAX_LINE, loop=loop)
    transport, _ = await loop.create_connection(
        lambda: _Conversation(reader, progress, loop),
        sock=taken,
        ssl=encryption.context,
        server_hostname=encryption.name if encryption.context else None,
    )
    return reader, transport


async def addresses_of(target: Target) -> Sequence[str]:
    """Return the addresses to try. `localhost` is both loopback addresses, whatever the system's hosts file says:
    a server may listen on either only.
    """
    if target.host == "localhost" or target.host.endswith(".localhost"):
        return ("127.0.0.1", "::1")
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(item[4][0]) for item in found))


def _name_of(peer: object) -> str:
    """Return a socket address as "127.0.0.1:5000" or "[::1]:5000"."""
    if not isinstance(peer, tuple) or len(peer) < 2:
        return ""
    return f"[{peer[0]}]:{peer[1]}" if ":" in str(peer[0]) else f"{peer[0]}:{peer[1]}"


def tls_of(connection: object) -> Tls | None:
    """Return how a connection is encrypted; the certificate's facts are there where it was checked."""
    if not isinstance(connection, ssl.SSLObject | ssl.SSLSocket):
        return None
    cipher = connection.cipher()
    certificate = connection.getpeercert() or {}
    return Tls(
        connection.version() or "",
        cipher[0] if cipher else "",
        _common_name(certificate.get("subject")),
        _common_name(certificate.get("issuer")),
        str(certificate.get("notAfter", "")),
    )


def _common_name(name: object) -> str:
    """Return the common name of a certificate's subject or issuer, else its organisation."""
    parts = {key: value for group in name for key, value in group} if isinstance(name, tuple) else {}
    return str(parts.get("commonName") or parts.get("organizationName") or "")
