"""Asks an address over the network, with a time limit, and says what came back: the doctor's hands."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import urlsplit

from inspector.client_contexts import import_aiohttp

MOST_BYTES = 16 * 1024
AGENT_HEADERS = {
    # ngrok and localtunnel show browsers a page of their own first; a program says that it is none.
    "ngrok-skip-browser-warning": "1",
    "bypass-tunnel-reminder": "1",
    "Cache-Control": "no-store",
    "Accept-Encoding": "identity",
}


class Trouble(StrEnum):
    """Why there was no answer."""

    REFUSED = "refused"
    TIMEOUT = "timeout"
    NAME = "name"
    CERTIFICATE = "certificate"
    TLS = "tls"
    BROKEN = "broken"  # connected, and cut off


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back. Without an answer `status` is 0 and `trouble` says why; `words` are the system's own.

    `date` is the answer's Date header, `sent_at` and `ms` frame when it was made.
    """

    url: str
    status: int = 0
    text: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    trouble: Trouble | None = None
    words: str = ""
    ms: float = 0.0
    sent_at: datetime | None = None
    date: datetime | None = None

    def header(self, name: str) -> str:
        """Return a header's value, "" without one."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


async def fetch(url: str, *, limit_s: float, trust: ssl.SSLContext | None = None, outside: bool = False) -> Heard:
    """GET an address; redirects are not followed.

    `trust` is for certificates of our own, None for what the system trusts. `outside` takes the proxy of the
    environment, as other programs of this computer would.
    """
    import_aiohttp()
    import aiohttp

    context = trust if trust is not None else await asyncio.to_thread(ssl.create_default_context)
    connector = aiohttp.TCPConnector(ssl=context, force_close=True)
    clock, sent_at = asyncio.get_running_loop().time, datetime.now(UTC)
    begun = clock()
    try:
        async with (
            asyncio.timeout(limit_s),
            aiohttp.ClientSession(connector=connector, trust_env=outside) as http,
            http.get(url, headers=AGENT_HEADERS, allow_redirects=False) as answer,
        ):
            text = (await answer.content.read(MOST_BYTES)).decode("utf-8", "replace").strip()
            headers = tuple((key, value) for key, value in answer.headers.items())
            heard = Heard(url, answer.status, text, headers)
    except (aiohttp.ClientError, OSError, ValueError) as error:  # TimeoutError is an OSError
        return Heard(url, trouble=_trouble(error), words=_words(error), ms=(clock() - begun) * 1000, sent_at=sent_at)
    ms = (clock() - begun) * 1000
    return Heard(url, heard.status, text, headers, ms=ms, sent_at=sent_at, date=_date(heard.header("Date")))


def _trouble(error: BaseException) -> Trouble:
    import aiohttp

    if isinstance(error, aiohttp.ClientConnectorDNSError | socket.gaierror):
        return Trouble.NAME
    if isinstance(error, TimeoutError):
        return Trouble.TIMEOUT
    if isinstance(error, aiohttp.ClientConnectorCertificateError | ssl.SSLCertVerificationError):
        return Trouble.CERTIFICATE
    if isinstance(error, aiohttp.ClientConnectorSSLError | ssl.SSLError):
        return Trouble.TLS
    if isinstance(error, aiohttp.ClientConnectorError | ConnectionRefusedError):
        return Trouble.REFUSED
    return Trouble.BROKEN


def _words(error: BaseException) -> str:
    inner = getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error
    words = getattr(inner, "verify_message", "") or getattr(inner, "strerror", "") or str(inner)
    if isinstance(inner, OSError) and inner.errno and str(words).startswith("Connect call failed"):
        words = os.strerror(inner.errno)  # asyncio puts words of its own in place of the system's
    return str(words or type(error).__name__).rstrip(".")


def _date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def resolve(host: str, limit_s: float) -> tuple[str, ...]:
    """Return the addresses of a name, IPv4 first. Raises OSError, and TimeoutError past the limit."""
    try:
        return (str(ipaddress.ip_address(host.strip("[]"))),)
    except ValueError:
        async with asyncio.timeout(limit_s):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    addresses = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found)
    return tuple(sorted(addresses, key=lambda address: ":" in address))


@dataclass(frozen=True, slots=True)
class PublicTls:
    """How the public address encrypts: the version, who issued the certificate and until when, or what is wrong."""

    version: str = ""
    issuer: str = ""
    not_after: datetime | None = None
    trouble: Trouble | None = None
    words: str = ""


async def shake_hands(url: str, limit_s: float, trust: ssl.SSLContext | None = None) -> PublicTls:
    """Shake hands with an https address the way a provider would."""
    parts = urlsplit(url)
    context = trust or await asyncio.to_thread(ssl.create_default_context)
    host, port = parts.hostname or "", parts.port or 443
    try:
        async with asyncio.timeout(limit_s):
            _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
    except OSError as error:
        return PublicTls(trouble=_trouble(error), words=_words(error))
    try:
        tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
        certificate = tls.getpeercert() or {}
        return PublicTls(tls.version() or "", _issuer(certificate), _end(certificate))
    finally:
        writer.transport.abort()


def _issuer(certificate: object) -> str:
    parts = certificate.get("issuer", ()) if isinstance(certificate, dict) else ()
    names = {key: value for part in parts for key, value in part}
    return str(names.get("organizationName") or names.get("commonName") or "")


def _end(certificate: object) -> datetime | None:
    text = certificate.get("notAfter") if isinstance(certificate, dict) else None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC) if isinstance(text, str) else None
