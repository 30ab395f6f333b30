"""Where a replay goes: the parts of its address, and whether it leaves this computer."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from inspector.domain.errors import UsageError

DEFAULT_PORTS = {"http": 80, "https": 443}

_AS_IS = "!#$%&'()*+,/:;=?@[]~"
"""Characters of a path and query that stay as typed; what is left (blanks, letters beyond ASCII) is percent-encoded."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True, slots=True)
class Target:
    """A target address, ready to connect to. `host` is in ASCII, without brackets; `path` holds the query too."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def secure(self) -> bool:
        """Whether the connection is encrypted."""
        return self.scheme == "https"

    @property
    def authority(self) -> str:
        """Host and port as they stand in a Host header: the scheme's own port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def name(self) -> str:
        """Host and port for a person."""
        return self.authority

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The address in full."""
        return f"{self.origin}{self.path}"


def parse_target(text: str) -> Target:
    """Return the parts of a target address; `localhost:5000/hook` means http.

    The address is used as given: a captured sub-path or query is not added to it. Raises UsageError.
    """
    wanted = text.strip()
    if not _SCHEME.match(wanted):
        wanted = f"http://{wanted}"
    try:
        parts = urlsplit(wanted)
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError as error:
        raise _unusable(text, f"{str(error).rstrip('.')}.") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise _unusable(text, "A target begins with http:// or https://.")
    if not host:
        raise _unusable(text, "It names no host.")
    if parts.username is not None:
        raise _unusable(text, "A user name does not belong there: the captured headers are sent as they are.")
    path = quote(parts.path or "/", safe=_AS_IS)
    query = f"?{quote(parts.query, safe=_AS_IS)}" if parts.query or wanted.partition("#")[0].endswith("?") else ""
    return Target(parts.scheme, host, DEFAULT_PORTS[parts.scheme] if port is None else port, path + query)


def _unusable(text: str, why: str) -> UsageError:
    return UsageError(f"{text.strip() or 'An empty text'} is not a target address.", why, "Try http://localhost:5000.")


def _ascii_host(host: str) -> str:
    if re.search(r"[\s/\\<>\"^`{|}]", host):
        raise ValueError("The host holds a character that no host has")
    try:
        return host if ":" in host else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError("The host is not a valid name") from error


def is_this_computer(host: str) -> bool:
    """Tell whether a host is this computer for certain: a loopback address or name, or the computer's own name."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == socket.gethostname().lower()
