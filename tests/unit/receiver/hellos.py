"""First messages of TLS clients, made by OpenSSL itself."""

from __future__ import annotations

import ssl
from functools import cache


@cache
def client_hello(name: str = "hooks.example.com", newest: str = "TLSv1_3", protocols: tuple[str, ...] = ()) -> bytes:
    """Return the bytes of a ClientHello for `name`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.maximum_version = ssl.TLSVersion[newest]
    if protocols:
        context.set_alpn_protocols(list(protocols))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname=name)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()
    raise AssertionError("a handshake without a server")
