"""Where a writer runs: a process of its own, or a thread; this end of the socket it is reached by.

Nothing heavy is imported here: a program that wants its window soon starts the writer before it loads anything else.
"""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple, Protocol

WRITER_FLAG = "--store-writer"
"""The argument that makes the packaged program a writer (main.py)."""

_log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]

_START = "import sys; sys.path.insert(0, sys.argv[1]); from inspector.store.writing import main; sys.exit(main())"


class Host(Protocol):
    """Where a writer runs."""

    def join(self) -> None:
        """Wait for its end, blocking."""


class Started(NamedTuple):
    """A writer that waits for its first message at the other end of a socket."""

    near: socket.socket
    host: Host

    def end(self) -> None:
        """Send it away before it has done anything; blocks until it is gone."""
        self.near.close()
        self.host.join()


def in_thread() -> Started:
    """Start a writer in a thread of this process."""
    from inspector.store.writing import Wire, write_for

    near, far = socket.socketpair()
    thread = threading.Thread(target=write_for, args=(Wire(far),), name="store-writer", daemon=True)
    thread.start()
    return Started(near, thread)


class _Process:
    """A writer in a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def join(self) -> None:
        """Wait until the process is over."""
        self._process.wait()


def in_process() -> Started:
    """Start a writer in a process of its own, or in a thread where the system allows no process."""
    near, far = socket.socketpair()
    try:
        process = _spawned(far)
    except OSError as error:
        _log.warning("The writer gets a thread instead of a process: %s", error)
        near.close()
        return in_thread()
    return Started(near, _Process(process))


def _spawned(far: socket.socket) -> subprocess.Popen[bytes]:
    with far:
        errors = None if sys.stderr is not None else subprocess.DEVNULL
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
            process = subprocess.Popen(
                _command(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors, creationflags=flags
            )
            assert process.stdin is not None
            with process.stdin:
                process.stdin.write(far.share(process.pid).hex().encode() + b"\n")
            return process
        return subprocess.Popen(
            [*_command(), str(far.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=(far.fileno(),),
            start_new_session=True,
        )


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, WRITER_FLAG]
    return [sys.executable, "-c", _START, str(ROOT)]
