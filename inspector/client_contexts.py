"""Importing aiohttp without the two TLS contexts its client makes on the spot.

WORKAROUND aiohttp 3.14 (aiohttp/connector.py, _make_ssl_context) loads the system's certificates twice when it is
imported, for clients that name no context of their own. That is a tenth of our start; our clients name theirs.
"""

from __future__ import annotations

import ssl
from typing import Any


def import_aiohttp() -> None:
    """Import aiohttp; afterwards a client of it has to be given its TLS context."""
    made = ssl.create_default_context

    def empty(*_arguments: Any, **_options: Any) -> ssl.SSLContext:
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    ssl.create_default_context = empty
    try:
        import aiohttp  # noqa: F401 - for what it does
    finally:
        ssl.create_default_context = made
