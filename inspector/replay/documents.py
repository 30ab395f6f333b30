"""Fetches a provider's certificate or key set: when the user said so, and only from where the provider keeps it."""

from __future__ import annotations

import asyncio
import ssl

import aiohttp
from aiohttp.abc import AbstractResolver

from inspector.document_store import LARGEST_BYTES
from inspector.domain.errors import UsageError
from inspector.signatures.documents import is_allowed

TIMEOUT_S = 10.0


async def fetch_document(
    url: str,
    patterns: tuple[str, ...],
    *,
    tls: ssl.SSLContext | None = None,
    resolver: AbstractResolver | None = None,
) -> str:
    """Return the text at an address that fits one of the provider's patterns.

    Only https, no redirects, at most 64 KiB within 10 s, no cookies and no credentials. `tls` says what is trusted
    and `resolver` where hosts are; None is the system's own. Raises UsageError where it cannot be had.
    """
    if not is_allowed(url, patterns):
        raise UsageError("This address is not fetched.", "It is not one of the provider's.", "Paste the document.")
    host = url.partition("://")[2].partition("/")[0]
    paste = "Try again, or paste the document."
    trusted: ssl.SSLContext = tls if tls is not None else await asyncio.to_thread(ssl.create_default_context)
    try:
        async with (
            asyncio.timeout(TIMEOUT_S),
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=resolver, ssl=trusted),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=True,
            ) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            if response.status != 200:
                raise UsageError(f"{host} answered {response.status}.", "", paste)
            data = b""
            async for piece in response.content.iter_chunked(8192):
                data += piece
                if len(data) > LARGEST_BYTES:
                    raise UsageError(f"The document at {host} is too large.", "", "Paste the part that is needed.")
    except TimeoutError as error:
        raise UsageError(f"{host} did not answer within {TIMEOUT_S:.0f} s.", "", paste) from error
    except (aiohttp.ClientError, OSError) as error:
        raise UsageError(f"{host} could not be reached.", f"{error}.", paste) from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"The document at {host} is no text.", "", "Paste it in PEM or JSON form.") from error
