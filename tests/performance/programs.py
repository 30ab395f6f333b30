"""The programs the bench measures, each a process of its own: the references, ours headless, ours with its window."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, cast

from tests.family import children_of
from tests.performance.load import Order, Outcome

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
PATIENCE_S = 30.0
POLL_S = 0.002

QUIET_SHARE = 0.05
"""A program is quiet when it uses less than this share of a core."""


class Program:
    """A running process that receives; `secret` is what events to `url` are signed with."""

    def __init__(self, process: subprocess.Popen[str], url: str, secret: str = "") -> None:
        self.process = process
        self.url = url
        self.secret = secret
        self._next = 1

    def load(self, **order: Any) -> Outcome:
        """Send events from a process of its own until it is done; every event is new to this program."""
        outcome = read_outcome(start_load(self.order(**order)))
        self._next = outcome.next
        return outcome

    def order(self, **order: Any) -> Order:
        """Return an order for this program."""
        return Order(**{"url": self.url, "secret": self.secret, "first": self._next, **order})

    def go_on_at(self, number: int) -> None:
        """Number the next events from here."""
        self._next = number

    def ask(self, command: str) -> dict[str, Any]:
        """Send a word to the window host and return what it says."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return read_json_line(self.process, self.process.stdout)

    def cpu_s(self) -> float | None:
        """Return the processor time used so far, the writer's process included, where the system tells."""
        family = (self.process.pid, *children_of(self.process.pid))
        found = [ticks for pid in family if (ticks := ticks_of(pid)) is not None]
        return sum(found) / os.sysconf("SC_CLK_TCK") if found else None

    def memory_mb(self) -> float | None:
        """Return the resident memory, where `ps` tells."""
        command = ["ps", "-o", "rss=", "-p", str(self.process.pid)]
        with contextlib.suppress(OSError, ValueError):
            return int(subprocess.run(command, capture_output=True, text=True, check=False).stdout) / 1024
        return None

    def own_memory_mb(self) -> float | None:
        """Return the part of it that is not pages of files, which the system takes back when it needs them."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
            return int(status.partition("RssAnon:")[2].split()[0]) / 1024
        return None

    def settle(self, patience_s: float = 30.0) -> None:
        """Wait until the program has done what it does behind an answer: indexing, checkpoints, counting."""
        ends = time.monotonic() + patience_s
        before, used = time.monotonic(), self.cpu_s()
        while time.monotonic() < ends:
            time.sleep(0.5)
            now, used_now = time.monotonic(), self.cpu_s()
            if used is None or used_now is None or (used_now - used) / (now - before) < QUIET_SHARE:
                return
            before, used = now, used_now

    def stop(self) -> None:
        """End the process in order."""
        stop(self.process)

    def kill(self) -> None:
        """End the process without a word."""
        self.process.kill()
        self.process.wait(PATIENCE_S)


def ticks_of(pid: int) -> int | None:
    """Return the clock ticks a process has used, None where it is gone or the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[11]) + int(fields[12])


def stop(process: subprocess.Popen[str]) -> None:
    """End a process in order (the window host ends with its stdin), by force where it does not listen."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    elif process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(PATIENCE_S)
    if process.stdout is not None:
        process.stdout.close()


def start_load(order: Order) -> subprocess.Popen[str]:
    """Start the process that sends events."""
    command = [sys.executable, str(HERE / "load.py"), json.dumps(asdict(order))]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def read_outcome(process: subprocess.Popen[str]) -> Outcome:
    """Wait for the process that sends events and return what it found."""
    said, _ = process.communicate()
    if process.returncode:
        raise RuntimeError("The load ended with an error")
    return Outcome(**json.loads(said))


@contextmanager
def reference(kind: str, folder: Path) -> Iterator[Program]:
    """Run one of the references, "bare" or "commit"."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(HERE / "reference.py"), kind, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Program(process, f"http://127.0.0.1:{int(process.stdout.readline())}/in/reference")
    finally:
        stop(process)


@contextmanager
def headless(folder: Path, port: int = 0) -> Iterator[Program]:
    """Run `main.py serve` on a folder; what it prints goes to a file, as it would in a script."""
    program = start_headless(folder, port)
    try:
        program.url, program.secret = wait_for_endpoint(program.process, folder)
        yield program
    finally:
        program.stop()


def start_headless(folder: Path, port: int = 0) -> Program:
    """Start `main.py serve` without waiting for it."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, str(ROOT / "main.py"), "serve", "--data-dir", str(folder), "--port", str(port)]
    with printed(folder).open("w") as out:
        return Program(subprocess.Popen(command, stdout=out, text=True, env=environment(), cwd=ROOT), "")


def printed(folder: Path) -> Path:
    """Return the file with what `serve` printed."""
    return folder / "printed.jsonl"


def wait_for_endpoint(process: subprocess.Popen[str], folder: Path) -> tuple[str, str]:
    """Return the first endpoint's URL, as printed, and its secret."""

    def first_line() -> str:
        with printed(folder).open(encoding="utf-8") as file:
            return line if (line := file.readline()).endswith("\n") else ""

    endpoint = json.loads(until(first_line, process))["endpoints"][0]
    return str(endpoint["url"]), secret_in(folder)


def secret_in(folder: Path) -> str:
    """Return the one secret of a folder, from the file where INSPECTOR_SECRETS=file has it kept."""
    (secret,) = json.loads((folder / "secrets.json").read_text("utf-8")).values()
    return str(secret)


@contextmanager
def window(folder: Path, display: Mapping[str, str], rows: int = 0) -> Iterator[Program]:
    """Run the program with its window, and a probe in it; `rows` are stored already and expected in the list."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.performance.window_host", str(folder), str(time.time()), str(rows)]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**environment(), **display},
        cwd=ROOT,
    )
    try:
        assert process.stdout is not None
        hello = read_json_line(process, process.stdout)
        yield Program(process, hello["url"], hello["secret"])
    finally:
        stop(process)


def read_json_line(process: subprocess.Popen[str], stream: IO[str]) -> dict[str, Any]:
    """Return the next JSON object a process prints."""
    line = stream.readline()
    if not line:
        raise RuntimeError(f"A measured program ended with code {process.wait(PATIENCE_S)}")
    return cast("dict[str, Any]", json.loads(line))


def environment() -> dict[str, str]:
    """Return the environment of a measured program: secrets in a file, and compiled modules kept as for any user."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, "INSPECTOR_SECRETS": "file"}


def until(condition: Callable[[], str], process: subprocess.Popen[str]) -> str:
    """Poll for a text while a process runs."""
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends and process.poll() is None:
        if found := condition():
            return found
        time.sleep(POLL_S)
    raise RuntimeError("A measured program did not start")


def stored_events(folder: Path) -> int:
    """Count the events on disk, on a connection of our own."""
    with contextlib.closing(sqlite3.connect(folder / "events.sqlite3")) as database:
        return int(database.execute("SELECT count(*) FROM events").fetchone()[0])


@contextmanager
def display_of_our_own() -> Iterator[dict[str, str] | None]:
    """Run an Xvfb and yield the environment that leads to it; None where there is none to run."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    with ExitStack() as stack:
        stack.callback(os.close, reading)
        try:
            process = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL, text=True)
        except OSError:
            os.close(writing)
            yield None
            return
        os.close(writing)
        stack.callback(stop, process)
        with os.fdopen(os.dup(reading)) as said:
            number = said.readline().strip()
        yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"} if number else None
