"""Taking a port: listening sockets for a host, the next free port, and who has a taken one."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import socket
import sys
from pathlib import Path

from inspector.domain.errors import ListenError

BACKLOG = 1024
TRIES = 20
"""How many ports above the wanted one are tried before giving up."""

MAX_PORT = 65535
FIRST_FREE_PORT = 1024
"""Below this a program needs administrator rights on most systems."""

_PROC = Path("/proc")


def addresses_of(host: str) -> tuple[str, ...]:
    """Return the addresses a host setting stands for.

    `localhost` is both loopback addresses, `::` every network by IPv4 and IPv6, `0.0.0.0` every network by IPv4.
    """
    return {"localhost": ("127.0.0.1", "::1"), "::": ("0.0.0.0", "::"), "": ("0.0.0.0",)}.get(host, (host,))


def listening_sockets(host: str, port: int, *, fallback: bool = False) -> list[socket.socket]:
    """Return bound, listening sockets for `host`, all on one port; 0 lets the system choose it.

    With `fallback` a taken port gives way to the first free one of the TRIES above it. Blocks (names are looked up,
    /proc is read), so the loop calls it in a thread. Raises ListenError, with `taken` where another program has it.
    """
    if not 0 <= port <= MAX_PORT:
        raise ListenError(f"{port} is not a port", "", "Choose a port from 1 to 65535.", port=port)
    try:
        return _bind(host, port)
    except OSError as error:
        if fallback and error.errno == errno.EADDRINUSE:
            for candidate in _above(port):
                with contextlib.suppress(OSError):
                    return _bind(host, candidate)
        raise listen_error(host, port, error) from error


def next_free_port(host: str, port: int) -> int | None:
    """Return the first port above `port` that can be taken right now, within TRIES, or None."""
    for candidate in _above(port):
        with contextlib.suppress(OSError):
            for opened in _bind(host, candidate):
                opened.close()
            return candidate
    return None


def _above(port: int) -> range:
    return range(port + 1, min(port + TRIES, MAX_PORT) + 1)


def _bind(host: str, port: int) -> list[socket.socket]:
    """Open the sockets of every address of a host; one that the system has not (`::1`) is left out but the first."""
    sockets: list[socket.socket] = []
    for address in addresses_of(host):
        try:
            sockets.append(_listen(address, sockets[0].getsockname()[1] if sockets else port))
        except OSError as error:
            if sockets and error.errno != errno.EADDRINUSE:
                continue
            for opened in sockets:
                opened.close()
            raise
    return sockets


def _listen(address: str, port: int) -> socket.socket:
    family, kind, protocol, _, where = socket.getaddrinfo(
        address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    opened = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            # A port whose old connections are still closing (TIME_WAIT) can be taken again at once. On Windows the
            # same option would let two programs share a port.
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        elif exclusive := getattr(socket, "SO_EXCLUSIVEADDRUSE", None):
            opened.setsockopt(socket.SOL_SOCKET, exclusive, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind(where)
        opened.listen(BACKLOG)
        opened.setblocking(False)
    except BaseException:
        opened.close()
        raise
    return opened


def listen_error(host: str, port: int, error: OSError) -> ListenError:
    """Return what went wrong in words for a person."""
    if error.errno == errno.EADDRINUSE:
        who = who_listens(port)
        why = f"Another program{f' ({who})' if who else ''} is listening on it."
        todo = "Events sent meanwhile come back only if the provider retries."
        return ListenError(f"Port {port} is taken", why, todo, port=port, taken=True)
    if error.errno in (errno.EACCES, errno.EPERM):
        if port < FIRST_FREE_PORT:
            todo = "Choose a port from 1024 up, or use a tunnel."
            return ListenError(f"Port {port} needs administrator rights", "", todo, port=port)
        return ListenError(f"Port {port} is not allowed", "The system reserves it.", "Choose another.", port=port)
    if isinstance(error, socket.gaierror) or error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
        why = "No network of this computer has that address."
        return ListenError(f"Cannot listen on {host}", why, "127.0.0.1 always works.", port=port)
    return ListenError(f"Cannot listen on {host}:{port}", f"{error.strerror or error}.", port=port)


def who_listens(port: int) -> str | None:
    """Return the program that listens on a TCP port as "node, PID 41822", or None where the system does not tell.

    Linux only: /proc/net/tcp names the listening socket's inode, and /proc/PID/fd the process that holds it; processes
    of other users stay unknown.
    """
    if not sys.platform.startswith("linux"):
        return None
    inodes = {inode for name in ("tcp", "tcp6") for inode in _listening_inodes(_PROC / "net" / name, port)}
    if not inodes:
        return None
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for folder in sorted(_PROC.glob("[0-9]*"), key=lambda path: int(path.name)):
        if _holds(folder / "fd", wanted):
            return f"{_program_name(folder)}, PID {folder.name}"
    return None


def _listening_inodes(table: Path, port: int) -> set[str]:
    try:
        rows = [line.split() for line in table.read_text().splitlines()[1:]]
    except OSError:
        return set()
    # Columns 1, 3 and 9: local address as HEX:PORT, state (0A is LISTEN), inode.
    return {row[9] for row in rows if len(row) > 9 and row[3] == "0A" and int(row[1].rpartition(":")[2], 16) == port}


def _holds(folder: Path, links: set[str]) -> bool:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                if os.readlink(entry.path) in links:
                    return True
    return False


def _program_name(folder: Path) -> str:
    try:
        return re.sub(r"[^\x20-\x7e]", "?", (folder / "comm").read_text().strip())
    except OSError:
        return "unknown"
