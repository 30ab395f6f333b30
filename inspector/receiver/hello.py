"""What a client says first on an encrypted connection: the name it asks for, the versions it can."""

from __future__ import annotations

from dataclasses import dataclass

HANDSHAKE = 0x16
"""The first byte of every TLS connection (RFC 8446 section 5.1: content type handshake)."""

RECORD_HEAD = 5
LONGEST_RECORD = 2**14 + 256
"""A longer record breaks the rules (RFC 8446 section 5.2), so nobody needs to wait for its end."""

VERSIONS = {0x0300: "SSL 3", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3"}

_CLIENT_HELLO = 1
_SERVER_NAME = 0
_ALPN = 16
_SUPPORTED_VERSIONS = 43


@dataclass(frozen=True, slots=True)
class Hello:
    """What a ClientHello offers. `versions` are names, lowest first; `server_name` is "" where none was sent."""

    server_name: str = ""
    versions: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()

    @property
    def newest(self) -> str:
        """The newest version the client can, "" where it named none we know."""
        return self.versions[-1] if self.versions else ""


def is_whole(head: bytes) -> bool:
    """Tell whether the first record has arrived to its end, or never will because it is no TLS record."""
    if len(head) < RECORD_HEAD:
        return False
    size = int.from_bytes(head[3:5], "big")
    return head[1] != 3 or size > LONGEST_RECORD or len(head) >= RECORD_HEAD + size


def read_hello(head: bytes) -> Hello | None:
    """Return what the ClientHello in the first record says (RFC 8446 section 4.1.2); None where there is none."""
    record = _Reader(head[RECORD_HEAD : RECORD_HEAD + int.from_bytes(head[3:5], "big")])
    try:
        if head[0] != HANDSHAKE or record.number(1) != _CLIENT_HELLO:
            return None
        record.number(3)
        return _body(record)
    except (IndexError, ValueError):
        return None


def _body(record: _Reader) -> Hello:
    legacy = record.number(2)
    record.take(32)  # random
    record.vector(1)  # session id
    record.vector(2)  # cipher suites
    record.vector(1)  # compression methods
    name, offered = "", [legacy]
    protocols: tuple[str, ...] = ()
    extensions = _Reader(record.vector(2) if record.left else b"")
    while extensions.left:
        kind, data = extensions.number(2), _Reader(extensions.vector(2))
        if kind == _SERVER_NAME:
            name = _server_name(data)
        elif kind == _ALPN:
            protocols = _names(data)
        elif kind == _SUPPORTED_VERSIONS:
            listed = data.vector(1)
            offered = [int.from_bytes(listed[at : at + 2], "big") for at in range(0, len(listed), 2)]
    # Values that mean nothing (GREASE, RFC 8701) are sent along on purpose.
    return Hello(name, tuple(VERSIONS[number] for number in sorted(set(offered) & VERSIONS.keys())), protocols)


def _server_name(data: _Reader) -> str:
    names = _Reader(data.vector(2))
    while names.left:
        kind, value = names.number(1), names.vector(2)
        if kind == 0:
            return value.decode("ascii", "replace")
    return ""


def _names(data: _Reader) -> tuple[str, ...]:
    listed, names = _Reader(data.vector(2)), []
    while listed.left:
        names.append(listed.vector(1).decode("ascii", "replace"))
    return tuple(names)


class _Reader:
    """Takes numbers and vectors off the front of bytes; IndexError where they end too early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        if count > self.left:
            raise IndexError(count)
        self._at += count
        return self._data[self._at - count : self._at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> bytes:
        return self.take(self.number(size))
