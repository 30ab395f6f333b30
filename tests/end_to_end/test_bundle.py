"""The packaged program, started as its user starts it: a window on an X display, nothing of this checkout at hand."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import pytest

import dev

PROGRAM = dev.ROOT / "dist" / "webhook-inspector" / "webhook-inspector"
SOURCES = ("main.py", "inspector.spec", "requirements.txt", "inspector", "resources")
START_S = 30.0
Found = TypeVar("Found")

pytestmark = [
    pytest.mark.bundle,
    pytest.mark.slow,
    pytest.mark.display,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="drives the window under Xvfb"),
    pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed"),
]


def newest_source() -> float:
    """Return when the packaged files last changed; compiled Python does not count."""
    tops = [dev.ROOT / name for name in SOURCES]
    files = [path for top in tops for path in ([top] if top.is_file() else top.rglob("*"))]
    return max(path.stat().st_mtime for path in files if path.is_file() and path.suffix != ".pyc")


def wait_for(look: Callable[[], Found | None], what: str, process: subprocess.Popen[bytes]) -> Found:
    """Return what `look` finds once it finds something; fail if `process` ends or START_S seconds pass before."""
    give_up = time.monotonic() + START_S
    while (found := look()) is None:
        assert process.poll() is None, f"the program ended with {process.returncode} before {what}"
        assert time.monotonic() < give_up, f"no {what} after {START_S} s"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def program() -> Path:
    """Return the packaged program, built anew unless it is younger than its sources."""
    if PROGRAM.exists() and PROGRAM.stat().st_mtime > newest_source():
        return PROGRAM
    if missing := dev.missing_for_packaging():
        pytest.skip(f"PyInstaller needs {' and '.join(missing)}")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "inspector.spec"]
    built = subprocess.run(command, cwd=dev.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if "Python shared library" in built.stdout and built.returncode:
        pytest.skip("PyInstaller needs a Python that was built with its shared library")
    assert built.returncode == 0, built.stdout
    return PROGRAM


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """Run an X server of our own on a free display; return its name."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as number:
        name = number.readline().strip()  # comes when the server is ready
    try:
        assert name, "Xvfb did not start"
        yield f":{name}"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def surroundings(tmp_path: Path, display: str) -> dict[str, Any]:
    """Return cwd and environment of somebody who only has the program."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8", "DISPLAY": display}
    return {"cwd": tmp_path, "env": {**env, "INSPECTOR_SECRETS": "file"}}


def receiver_of(folder: Path) -> dict[str, Any] | None:
    """Return what a listening program writes into its data folder, or None."""
    try:
        told: dict[str, Any] = json.loads((folder / "receiver.json").read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return told


def deliver(url: str, secret: str, body: bytes) -> int:
    """Send a signed event as RCS platforms do, hex HMAC-SHA256 over the body; return the answer's status."""
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Webhook-Signature": signature}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as answer:
        status: int = answer.status
    return status


def test_a_signed_event_reaches_the_packaged_window_and_is_kept(
    program: Path, surroundings: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    body = b'{"event":"message.delivered","message_id":"msg_0001","to":"+15550100","timestamp":"2026-01-02T03:04:05Z"}'
    errors = (tmp_path / "errors.txt").open("wb")
    with errors, subprocess.Popen([program, "--data-dir", folder, "--port", "0"], stderr=errors, **surroundings) as run:
        try:
            told = wait_for(lambda: receiver_of(folder), "receiver.json", run)
            assert told["pid"] == run.pid
            listing: list[str | Path] = ["endpoints", "--json", "--show-secrets", "--data-dir", folder]
            listed = subprocess.run(
                [program, *listing], stdout=subprocess.PIPE, check=True, timeout=START_S, **surroundings
            )
            endpoint = json.loads(listed.stdout)[0]
            assert endpoint["url"].startswith(told["url"])
            assert deliver(endpoint["url"], endpoint["secrets"][0], body) == 200
            run.send_signal(signal.SIGTERM)
            run.wait(timeout=START_S)
        finally:
            run.kill()
    assert run.returncode == 0, (tmp_path / "errors.txt").read_text()
    with closing(sqlite3.connect(folder / "events.sqlite3")) as database:
        kept = database.execute("SELECT verdict, body FROM events JOIN payloads ON event_id = events.id").fetchall()
    assert kept == [("valid", body)]


def test_the_packaged_program_is_not_much_larger_than_what_it_uses(program: Path) -> None:
    folder = program.parent
    assert not list(folder.rglob("*QtQml*")), "no QML"
    assert not list(folder.rglob("libgtk*")), "no GTK"
    assert not list(folder.rglob("qtbase_*.qm")), "no translations"
    assert not [link for link in folder.rglob("*") if link.is_symlink() and not link.exists()], "no link into nothing"
    size = sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_symlink())
    assert size < 160e6
