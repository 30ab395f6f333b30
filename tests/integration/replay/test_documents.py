"""Documents are fetched from where the provider's definition says, and from nowhere else."""

from __future__ import annotations

import datetime
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from inspector.domain.errors import UsageError
from inspector.replay.documents import fetch_document

HOST = "keys.example.com"
URL = f"https://{HOST}/certificate.pem"
PATTERNS = (f"https://{HOST}/*.pem",)

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class To(AbstractResolver):
    """Finds every host at one local port."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host="127.0.0.1", port=self.port, family=socket.AF_INET, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def trusted(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the contexts of a server called HOST and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "both.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@asynccontextmanager
async def a_host(answer: Answer, tls: ssl.SSLContext) -> AsyncIterator[To]:
    """Serve every path by `answer`; yield the resolver that leads there."""
    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    assert site._server is not None
    try:
        yield To(site._server.sockets[0].getsockname()[1])  # type: ignore[attr-defined]
    finally:
        await runner.cleanup()


async def fetched(answer: Answer, trusted: tuple[ssl.SSLContext, ssl.SSLContext], url: str = URL) -> str:
    async with a_host(answer, trusted[0]) as resolver:
        return await fetch_document(url, PATTERNS, tls=trusted[1], resolver=resolver)


@pytest.mark.asyncio
async def test_the_document_comes_as_text_and_nothing_of_ours_goes_out(
    trusted: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    seen: list[web.Request] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        seen.append(request)
        return web.Response(text="-----BEGIN CERTIFICATE-----")

    assert await fetched(answer, trusted) == "-----BEGIN CERTIFICATE-----"
    assert [request.path for request in seen] == ["/certificate.pem"]
    assert not {"Cookie", "Authorization"} & set(seen[0].headers)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com/certificate.pem",
        "http://keys.example.com/certificate.pem",
        "https://keys.example.com@evil.example.com/certificate.pem",
        "https://keys.example.com:8443/certificate.pem",
        "https://keys.example.com/../secret.pem",
    ],
)
async def test_an_address_outside_the_definition_is_never_asked(
    url: str, trusted: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        raise AssertionError("it was asked")

    with pytest.raises(UsageError, match="not fetched"):
        await fetched(answer, trusted, url)


@pytest.mark.asyncio
async def test_a_redirect_is_not_followed(trusted: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.path == "/certificate.pem"
        raise web.HTTPFound("https://keys.example.com/elsewhere.pem")

    with pytest.raises(UsageError, match="answered 302"):
        await fetched(answer, trusted)


@pytest.mark.asyncio
async def test_a_document_without_end_is_cut_off(trusted: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"x" * 8192)
        except ConnectionError:
            return response

    with pytest.raises(UsageError, match="too large"):
        await fetched(answer, trusted)


@pytest.mark.asyncio
async def test_bytes_that_are_no_text_are_refused(trusted: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"\xff\xfe\x00")

    with pytest.raises(UsageError, match="is no text"):
        await fetched(answer, trusted)


@pytest.mark.asyncio
async def test_a_host_whose_certificate_is_not_trusted_is_not_believed(
    trusted: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(text="forged")

    with pytest.raises(UsageError, match="could not be reached"):
        await fetched(answer, (trusted[0], ssl.create_default_context()))
