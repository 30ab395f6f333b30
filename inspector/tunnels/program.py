"""Runs a helper program without a shell, hands on every line it says, and ends it with us."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from inspector.tunnels.addresses import plain
from inspector.tunnels.orphans import GRACE_S, Guard, ask_to_end, group_options, kill
from inspector.tunnels.state import TunnelError, system_words

LONGEST_LINE = 64 * 1024
LAST_WORDS_S = 0.3
"""How long output may still come after the program itself has ended: a child may hold the pipe open for ever."""

KEPT_LINES = 5
SHOWN_CHARS = 200


def find_program(names: Sequence[str], path: str = "") -> str:
    """Return where a helper program lies: at `path` where the user set one, else on the PATH; "" where it is not."""
    if path:
        expanded = os.path.expanduser(path)
        found = shutil.which(expanded)
        return found or (expanded if Path(expanded).is_file() and os.access(expanded, os.X_OK) else "")
    return next((found for name in names if (found := shutil.which(name))), "")


class LastWords:
    """The last lines a program said, for the sentence that tells why it ended."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def add(self, line: str) -> None:
        """Keep one line."""
        if line.strip():
            self._lines = [*self._lines[1 - KEPT_LINES :], line.strip()]

    def reason(self) -> str:
        """Return the line that most likely tells the reason: the last one that speaks of an error, else the last."""
        telling = [line for line in self._lines if any(word in line.lower() for word in ("err", "fail", "unable"))]
        line = (telling or self._lines or [""])[-1]
        return line if len(line) <= SHOWN_CHARS else f"{line[:SHOWN_CHARS]}…"


async def run_program(
    argv: Sequence[str], on_line: Callable[[str], None], environment: Mapping[str, str] | None = None
) -> int:
    """Run a program until it ends and return its exit code; `on_line` gets each line of its output.

    Cancelled, it ends the program with all its children first. Raises TunnelError where it cannot be started.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            limit=LONGEST_LINE,
            env={**os.environ, "NO_COLOR": "1", **(environment or {})},
            **group_options(),
        )
    except (OSError, ValueError) as error:
        name = os.path.basename(argv[0])
        why = f"The system says: {system_words(error)}"
        raise TunnelError(f"{name} cannot be started.", why, "Check its path.", lasting=True) from error
    guard = Guard(process.pid)
    reading = asyncio.create_task(_read(process, on_line), name="tunnel-output")
    try:
        await guard.watch()
        code = await process.wait()
        await asyncio.wait({reading}, timeout=LAST_WORDS_S)
        return code
    finally:
        await asyncio.shield(asyncio.create_task(_end(process, guard, reading), name="tunnel-end"))


async def _end(process: asyncio.subprocess.Process, guard: Guard, reading: asyncio.Task[None]) -> None:
    """End whatever is left of the program and its children."""
    running = process.returncode is None
    ask_to_end(process)
    if running:
        try:
            async with asyncio.timeout(GRACE_S):
                await process.wait()
        except TimeoutError:
            pass
        kill(process)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GRACE_S):
                await process.wait()
    elif sys.platform != "win32":
        kill(process)
    reading.cancel()
    await asyncio.wait({reading})
    await guard.release()
    # WORKAROUND https://github.com/python/cpython/issues/88050: the pipe of a child's child stays open otherwise.
    transport = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()


async def _read(process: asyncio.subprocess.Process, on_line: Callable[[str], None]) -> None:
    assert process.stdout is not None
    while True:
        try:
            line = await process.stdout.readuntil(b"\n")
        except asyncio.IncompleteReadError as end:
            line = end.partial
            if not line:
                return
        except asyncio.LimitOverrunError as error:
            line = await process.stdout.readexactly(max(error.consumed, 1))
        text = plain(line.decode("utf-8", "replace"))
        if text.strip():
            on_line(text)


def ended(title: str, code: int, last: LastWords) -> TunnelError:
    """Return the error that tells how a program ended."""
    how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    reason = last.reason()
    return TunnelError(f"{title} {how}.", f"It said: {reason}" if reason else "It said nothing.")
