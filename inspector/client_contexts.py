"""Importing aiohttp without the two TLS contexts its client makes on the spot.

WORKAROUND aiohttp 3.14 (aiohttp/connector.py, _make_ssl_context) loads the system's certificates twice when it is
imported, for clients that name no context of their own. That is a tenth of our start; our clients name theirs.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def import_aiohttp() -> None:
    """Import aiohttp; afterwards a client of it has to be given its TLS context."""
    with _no_certificates_loaded():
        import aiohttp  # noqa: F401 - for what it does


@contextmanager
def _no_certificates_loaded() -> Iterator[None]:
    made = ssl.create_default_context

    def empty(*_arguments: Any, **_options: Any) -> ssl.SSLContext:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def nothing(_context: ssl.SSLContext) -> None:
        """Stand in for what ssl.SSLContext has from the class below it, in C."""

    ssl.create_default_context = empty
    ssl.SSLContext.set_default_verify_paths = nothing  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        ssl.create_default_context = made
        del ssl.SSLContext.set_default_verify_paths
