"""`inspector serve --tunnel` as a process: its public address, its end, and that nothing is left behind."""

from __future__ import annotations

import contextlib
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.program import Serving, inspector, serving
from tests.family import is_running

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a #! line")

SCRIPT = """#!{python}
import os, sys, time
print("pid", os.getpid(), flush=True)
open(sys.argv[2], "w").write(str(os.getpid()))
print("open: http://127.0.0.1:" + sys.argv[1], flush=True)
time.sleep(600)
"""


def helper(folder: Path) -> tuple[str, Path]:
    """Write a tunnel program that gives loopback as the public address; returns its command and its pid's file."""
    program, pid = folder / "mytunnel", folder / "pid"
    program.write_text(SCRIPT.format(python=sys.executable))
    program.chmod(0o755)
    return f"command={program} {{port}} {pid}", pid


def options(folder: Path) -> tuple[list[str], Path]:
    command, pid = helper(folder)
    pattern = "pattern=open: (\\S+)"
    return ["--port", "0", "--tunnel", "command", "--tunnel-option", command, "--tunnel-option", pattern], pid


def wait_for(look: Callable[[], Any]) -> Any:
    """Look again until something is there."""
    deadline = time.monotonic() + 60
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


def tunnel_line(program: Serving, status: str) -> dict[str, Any]:
    """Return the next line that tells this status of the tunnel."""
    while True:
        line = program.line()
        if line.get("tunnel", {}).get("status") == status:
            return line


def test_the_public_address_is_a_line_and_leads_to_the_endpoint(tmp_path: Path) -> None:
    arguments, _ = options(tmp_path)
    with serving(tmp_path / "data", *arguments) as program:
        line = tunnel_line(program, "up")
        assert line["tunnel"]["public_url"] == f"http://127.0.0.1:{program.port}"
        url = line["endpoints"][0]["url"]
        request = urllib.request.Request(url, data=b"{}", method="POST")
        with contextlib.suppress(urllib.error.HTTPError):  # it is not signed
            urllib.request.urlopen(request, timeout=10).close()
        event = program.line()
        while "tunnel" in event:
            event = program.line()
        assert event["endpoint"] == line["endpoints"][0]["name"]
        assert "the service that mytunnel uses" in program.errors
        assert program.stop() == 0


def test_the_helper_ends_with_the_program_that_was_asked_to_end(tmp_path: Path) -> None:
    arguments, file = options(tmp_path)
    with serving(tmp_path / "data", *arguments) as program:
        tunnel_line(program, "up")
        pid = int(file.read_text())
        assert is_running(pid)
        assert program.stop() == 0
    assert not is_running(pid)


def test_the_helper_ends_with_the_program_that_was_killed(tmp_path: Path) -> None:
    arguments, file = options(tmp_path)
    with serving(tmp_path / "data", *arguments) as program:
        tunnel_line(program, "up")
        pid = int(file.read_text())
        program.kill()
    wait_for(lambda: not is_running(pid))


def test_an_unknown_kind_is_refused_with_those_there_are(tmp_path: Path) -> None:
    done = inspector("serve", "--port", "0", "--data-dir", str(tmp_path), "--tunnel", "wormhole")
    assert done.returncode == 2
    assert b"Choose one of cloudflared, ngrok" in done.stderr


def test_an_option_that_is_none_is_refused_with_those_there_are(tmp_path: Path) -> None:
    done = inspector("serve", "--port", "0", "--data-dir", str(tmp_path), "--tunnel-option", "colour=red")
    assert done.returncode == 2
    assert b"'colour=red' is no option of a tunnel." in done.stderr
    assert b"ssh_host" in done.stderr
    done = inspector("serve", "--port", "0", "--data-dir", str(tmp_path), "--tunnel-option", "ssh_port=many")
    assert done.returncode == 2
    assert b"takes a number" in done.stderr
