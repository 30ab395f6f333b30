"""Is a target there, and what is in the way? Names, both kinds of addresses, encryption, HTTP, and what to try.

Nothing is asked of a handler that could change anything: one OPTIONS request (a safe method, RFC 9110 section 9.2.1).
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from time import perf_counter

from inspector.domain.attempt import Outgoing, Tls
from inspector.domain.request import header_text
from inspector.replay.failures import Trouble, trouble_of
from inspector.replay.response_reader import ProtocolProblem
from inspector.replay.sender import Result, Sender, addresses_of, tls_of
from inspector.replay.target import Target, parse_target
from inspector.replay.target_advice import Finding, advice

CONNECT_S = 3.0
HTTP_S = 10.0
PEEK_BYTES = 80


@dataclass(frozen=True, slots=True)
class AddressCheck:
    """One address: whether it accepts, after how long, and in words why not ("" where it does)."""

    address: str
    family: str  # "IPv4" or "IPv6"
    accepts: bool
    connect_ms: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TlsCheck:
    """How the target encrypts. `problem` says what is wrong with its certificate, "" where it is trusted."""

    tls: Tls | None
    names: tuple[str, ...] = ()
    problem: str = ""
    days_left: int | None = None


@dataclass(frozen=True, slots=True)
class HttpCheck:
    """What it said to OPTIONS: the status line and a few telling lines, or in words why there was nothing."""

    status: int | None
    reason: str = ""
    server: str = ""
    allow: str = ""
    total_ms: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TargetReport:
    """Everything that was found, and what to try: sentences, the likeliest first.

    `dns_problem` is "" where the name was found; `answering` is the address that a replay would reach.
    """

    url: str
    dns_problem: str
    addresses: tuple[AddressCheck, ...]
    answering: str
    tls: TlsCheck | None
    http: HttpCheck | None
    advice: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether a replay will be heard: something answers in HTTP, over a connection that is trusted if encrypted."""
        return self.http is not None and self.http.status is not None


async def check_target(
    url: str, sender: Sender | None = None, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> TargetReport:
    """Try a target and return what was found; takes up to some ten seconds. Raises UsageError for an unusable URL."""
    target = parse_target(url)
    sender = sender or Sender()
    finding = Finding(target)
    addresses: Sequence[str] = ()
    try:
        addresses = await addresses_of(target)
    except OSError as error:
        trouble = trouble_of(error, target, connected=False, timeout_s=CONNECT_S)
        finding.dns_problem = trouble.title
    checks = await asyncio.gather(*(_check_address(address, target) for address in addresses))
    answering = next((check.address for check in checks if check.accepts), "")
    finding.accepting = tuple(check.address for check in checks if check.accepts)
    finding.refused = tuple(check.address for check in checks if not check.accepts)
    tls: TlsCheck | None = None
    http: HttpCheck | None = None
    if answering:
        if target.secure:
            tls = await _check_tls(answering, target, sender, now())
        http, result = await _check_http(target, sender)
        finding.trouble = result.trouble
        finding.response = result.response
        finding.tls_problem = tls.problem if tls is not None else ""
        finding.names = tls.names if tls is not None else ()
        if result.response is None:
            finding.speaks_other = await _speaks(answering, target)
    else:
        finding.other_ports = await _other_ports(target, addresses)
    return TargetReport(target.url, finding.dns_problem, tuple(checks), answering, tls, http, advice(finding))


async def _check_address(address: str, target: Target) -> AddressCheck:
    family = "IPv6" if ":" in address else "IPv4"
    started = perf_counter()
    try:
        async with asyncio.timeout(CONNECT_S):
            _reader, writer = await asyncio.open_connection(address, target.port)
    except OSError as error:
        return AddressCheck(address, family, False, problem=_refusal_words(error))
    took_ms = (perf_counter() - started) * 1000
    writer.transport.abort()
    return AddressCheck(address, family, True, took_ms)


def _refusal_words(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {CONNECT_S:g} s"
    if isinstance(error, ConnectionRefusedError):
        return "nothing is listening"
    return (error.strerror or str(error)).lower()


async def _check_tls(address: str, target: Target, sender: Sender, now: datetime) -> TlsCheck:
    """Look at a target's certificate, trusted or not."""
    problem = ""
    trusted: Tls | None = None
    strict, name = await sender.trust(target)
    try:
        trusted, _certificate = await handshake(address, target.port, strict, name)
    except ssl.SSLError as error:
        trouble: Trouble = trouble_of(error, target, connected=False, timeout_s=CONNECT_S)
        problem = f"{trouble.title}. {trouble.hint}"
    except (OSError, EOFError) as error:
        return TlsCheck(None, problem=f"The connection ended during the TLS handshake: {_refusal_words_of(error)}.")
    try:
        plain, der = await handshake(address, target.port, trusting_all(), name)
    except (OSError, EOFError):
        return TlsCheck(None, problem=problem or "It does not speak TLS.")
    subject, issuer, names, until = await asyncio.to_thread(read_certificate, der)
    tls = Tls(plain.version, plain.cipher, subject, issuer, until.isoformat() if until else "")
    days = None if until is None else (until - now).days
    return TlsCheck(trusted or tls, names, problem, days)


def _refusal_words_of(error: Exception) -> str:
    return _refusal_words(error) if isinstance(error, OSError) else "it was closed"


def trusting_all() -> ssl.SSLContext:
    """Return what accepts any certificate: to look at one, never to send anything over."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def handshake(address: str, port: int, context: ssl.SSLContext, name: str) -> tuple[Tls, bytes]:
    """Return how a connection is encrypted, and the certificate the other side shows, in DER. Raises OSError."""
    async with asyncio.timeout(HTTP_S):
        _reader, writer = await asyncio.open_connection(address, port, ssl=context, server_hostname=name)
    try:
        connection = writer.get_extra_info("ssl_object")
        return tls_of(connection) or Tls("", ""), connection.getpeercert(binary_form=True) or b""
    finally:
        writer.transport.abort()


def read_certificate(der: bytes) -> tuple[str, str, tuple[str, ...], datetime | None]:
    """Return subject, issuer, names and the end of a certificate; what cannot be read is empty."""
    from cryptography import x509

    try:
        certificate = x509.load_der_x509_certificate(der)
    except ValueError:
        return "", "", (), None
    names: tuple[str, ...] = ()
    with contextlib.suppress(x509.ExtensionNotFound, ValueError):
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(str(name.value) for name in found)
    return (
        certificate.subject.rfc4514_string(),
        certificate.issuer.rfc4514_string(),
        names,
        certificate.not_valid_after_utc,
    )


async def _check_http(target: Target, sender: Sender) -> tuple[HttpCheck, Result]:
    headers = ((b"Accept", b"*/*"), (b"User-Agent", b"Webhook Inspector"))
    result = await sender.send(Outgoing("OPTIONS", target.url, headers, b""), timeout_s=HTTP_S)
    response = result.response
    if response is None:
        words = "" if result.trouble is None else f"{result.trouble.title}. {result.trouble.hint}"
        return HttpCheck(None, total_ms=result.total_ms, problem=words), result
    server = header_text(response.headers, "Server")
    allow = header_text(response.headers, "Allow")
    return HttpCheck(response.status, response.reason, server, allow, result.total_ms), result


async def _speaks(address: str, target: Target) -> str:
    """Return what a port speaks instead: "https" where http was asked for, "http", or what it says by itself."""
    if not target.secure:
        with contextlib.suppress(OSError, EOFError):
            await handshake(address, target.port, trusting_all(), target.host)
            return "https"
    ask = f"OPTIONS / HTTP/1.0\r\nHost: {target.authority}\r\n\r\n".encode("ascii")
    with contextlib.suppress(OSError, EOFError, ProtocolProblem):
        async with asyncio.timeout(CONNECT_S):
            reader, writer = await asyncio.open_connection(address, target.port)
            try:
                # A server that greets (SSH, SMTP, MySQL) does it before it is asked.
                greeting = await _greeting(reader)
                if not greeting:
                    writer.write(ask)
                    greeting = await reader.read(PEEK_BYTES)
            finally:
                writer.transport.abort()
        if greeting.startswith(b"HTTP/"):
            return "http"
        return "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in greeting[:40]).strip("·")
    return ""


async def _greeting(reader: asyncio.StreamReader) -> bytes:
    try:
        async with asyncio.timeout(0.5):
            return await reader.read(PEEK_BYTES)
    except TimeoutError:
        return b""


async def _other_ports(target: Target, addresses: Sequence[str]) -> tuple[int, ...]:
    """Return usual ports of development servers that do listen on this computer, where a local target does not."""
    if not addresses or not all(_is_loopback(address) for address in addresses):
        return ()
    usual = [port for port in (3000, 4567, 5000, 5173, 8000, 8080, 8888, 9000) if port != target.port]
    found = await asyncio.gather(*(_listens(addresses[0], port) for port in usual))
    return tuple(port for port, listens in zip(usual, found, strict=True) if listens)


async def _listens(address: str, port: int) -> bool:
    try:
        async with asyncio.timeout(0.5):
            _reader, writer = await asyncio.open_connection(address, port)
    except OSError:
        return False
    writer.transport.abort()
    return True


def _is_loopback(address: str) -> bool:
    return ip_address(address.partition("%")[0]).is_loopback
