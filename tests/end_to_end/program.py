"""The program as a process of its own, the way a user starts it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MAIN = [sys.executable, str(ROOT / "main.py")]
PATIENCE_S = 60.0


class Serving:
    """A running `inspector serve`; `first` is the line that tells where it receives."""

    def __init__(self, folder: Path, *arguments: str, code: str = "") -> None:
        start = [sys.executable, "-c", code] if code else MAIN
        self.folder = folder
        self._errors = folder.parent / f"{folder.name}-errors.txt"
        with self._errors.open("ab") as errors:
            self.process = subprocess.Popen(
                [*start, "serve", "--data-dir", str(folder), *arguments],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.first = self.line()

    @property
    def url(self) -> str:
        """The address of the first endpoint."""
        return str(self.first["endpoints"][0]["url"])

    @property
    def path(self) -> str:
        """The path of the first endpoint."""
        return "/" + self.url.split("/", 3)[3]

    @property
    def port(self) -> int:
        """Where it receives."""
        return int(self.first["receiving"].rpartition(":")[2])

    @property
    def errors(self) -> str:
        """Everything it has written to standard error."""
        return self._errors.read_text("utf-8")

    def line(self) -> dict[str, Any]:
        """Return the next line of JSON that is no alert: those come when they come."""
        while "alert" in (value := self.any_line()):
            continue
        return value

    def alert(self) -> dict[str, Any]:
        """Return the next line about an alert."""
        while "alert" not in (value := self.any_line()):
            continue
        return value

    def any_line(self) -> dict[str, Any]:
        """Return the next line of JSON."""
        line = self._lines.get(timeout=PATIENCE_S)
        assert line, f"serve ended: {self.errors}"
        value: dict[str, Any] = json.loads(line)
        return value

    def stop(self) -> int:
        """Ask it to end, as Ctrl+C or a service manager does, and return its exit code."""
        self.process.terminate()
        return self.ended()

    def kill(self) -> None:
        """End it without a warning."""
        self.process.kill()
        self.ended()

    def ended(self) -> int:
        """Wait for its end and return its exit code."""
        code = self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(b"")


@contextlib.contextmanager
def serving(folder: Path, *arguments: str, code: str = "") -> Iterator[Serving]:
    """Run `serve` on a port of the system's choice, or as the arguments say."""
    program = Serving(folder, *(arguments or ("--port", "0")), code=code)
    try:
        yield program
    finally:
        if program.process.poll() is None:
            program.kill()


def inspector(
    *arguments: str, stdin: bytes = b"", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run one command of the program to its end."""
    return subprocess.run(
        [*MAIN, *arguments],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        timeout=PATIENCE_S,
        env={**os.environ, **(env or {})},
    )
