"""Makes sure that a helper program ends when we do, however we end.

A helper runs in a process group of its own, so that it and its children are ended together. For the case that we are
killed, POSIX systems get a second process that waits on a pipe whose other end only we hold: when we are gone it
reads the end and ends the group. On Windows a job object does the same, which the system closes with our process.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from typing import Any

GRACE_S = 2.0
"""How long a helper may take to end when it is asked to; then it is killed."""

# $1 is the group. `read` returns when we write a line (all is well) or when our end of the pipe is gone.
_WATCH = 'read -r word; [ "$word" = done ] && exit; kill -s TERM -- "-$1"; sleep 2; kill -s KILL -- "-$1"'


def group_options() -> dict[str, Any]:
    """Return what a helper has to be started with, so that its whole group can be ended."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


class Guard:
    """Watches over one helper; `release` once it is over."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._watcher: asyncio.subprocess.Process | None = None
        self._job: Any = None

    async def watch(self) -> None:
        """Begin. A system that allows no watcher still has the usual way: we end the helper when we end."""
        if sys.platform == "win32":
            from inspector.tunnels.windows_job import Job

            self._job = Job(self._pid)
            return
        with contextlib.suppress(OSError):
            self._watcher = await asyncio.create_subprocess_exec(
                "/bin/sh",
                "-c",
                _WATCH,
                "tunnel-watch",
                str(self._pid),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    async def release(self) -> None:
        """End the watch: the helper is over."""
        if self._job is not None:
            self._job.close()
        watcher, self._watcher = self._watcher, None
        if watcher is None or watcher.stdin is None:
            return
        with contextlib.suppress(ConnectionError, OSError):
            watcher.stdin.write(b"done\n")
            watcher.stdin.close()
        try:
            async with asyncio.timeout(GRACE_S):
                await watcher.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                watcher.kill()


def ask_to_end(process: asyncio.subprocess.Process) -> None:
    """Ask a helper and its children to end."""
    _signal(process, signal.SIGTERM)


def kill(process: asyncio.subprocess.Process) -> None:
    """End a helper and its children at once."""
    _signal(process, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.terminate()
        else:
            os.killpg(process.pid, number)
