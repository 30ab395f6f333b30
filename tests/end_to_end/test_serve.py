"""`inspector serve` as a process: the main story from the first line to a clean end."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from inspector.instance import running_receiver
from tests.builders import DELIVERED
from tests.end_to_end.program import ROOT, inspector, serving


def secret_of(folder: Path) -> str:
    """Return the first endpoint's secret, as the command line shows it."""
    listed = inspector("endpoints", "--show-secrets", "--json", "--data-dir", str(folder))
    return str(json.loads(listed.stdout)[0]["secrets"][0])


def openssl_signature(secret: str, body: bytes) -> str:
    """Sign with a program that is not ours."""
    done = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", secret, "-hex"], input=body, capture_output=True, check=True
    )
    return done.stdout.decode().rpartition("= ")[2].strip()


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Send with a client that is not ours and return the status."""
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_signed_event_is_received_shown_replayed_and_still_there_after_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with serving(folder) as program:
        signature = openssl_signature(secret_of(folder), DELIVERED)
        headers = {"Content-Type": "application/json", "X-Webhook-Signature": signature}
        assert post(program.url, DELIVERED, headers) == 200
        event = program.line()
        assert (event["id"], event["event"], event["verdict"]) == (1, "message.delivered", "valid")
        assert (event["message_id"], event["answer"], event["peer"]) == ("msg_7f3a", 200, "127.0.0.1")

        assert post(program.url, DELIVERED, headers) == 200
        assert program.line()["repeat"] == "duplicate"
        assert post(program.url, DELIVERED + b" ", headers) == 401
        assert program.line()["verdict"] == "invalid"
        assert post(program.url.rpartition("/")[0] + "/nobody", b"{}", {}) == 404
        refused = program.line()
        assert (refused["refusal"], refused["reason"]) == (
            "unknown_endpoint",
            "No endpoint has the path /in/nobody.",
        )

        replayed = inspector("replay", "1", "--to", program.url, "--data-dir", str(folder), "--json")
        assert replayed.returncode == 0
        assert json.loads(replayed.stdout)["status"] == 200
        assert program.line()["repeat_no"] == 4
        assert program.stop() == 0
    with serving(folder) as program:
        assert post(program.url, DELIVERED, headers) == 200
        again = program.line()
        assert (again["id"], again["repeat_no"]) == (6, 5)
        assert program.stop() == 0
        assert program.errors == ""


def test_serve_loads_no_qt(tmp_path: Path) -> None:
    code = (
        "import sys, inspector.cli; code = inspector.cli.main(); "
        "loaded = {name.partition('.')[0] for name in sys.modules}; "
        "sys.exit(code or bool(loaded & {'PySide6', 'qasync', 'shiboken6'}))"
    )
    with serving(tmp_path / "data", code=code) as program:
        post(program.url, DELIVERED, {})
        program.line()
        assert program.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_cleanly_and_takes_the_notes_away(tmp_path: Path, number: signal.Signals) -> None:
    folder = tmp_path / "data"
    with serving(folder) as program:
        post(program.url, DELIVERED, {})
        program.line()
        os.kill(program.process.pid, number)
        assert program.ended() == 0
        assert program.errors == ""
    left = {path.name for path in folder.iterdir()}
    assert not left & {"receiver.json", "instance.json", "events.sqlite3-wal"}


def test_while_it_runs_the_folder_says_where_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with serving(folder) as program:
        inspector("send", "--data-dir", str(folder))
        program.line()
        running = running_receiver(folder)
        assert running is not None
        assert (running.pid, running.port, running.url) == (
            program.process.pid,
            program.port,
            program.first["receiving"],
        )
        assert stat.S_IMODE((folder / "instance.json").stat().st_mode) == 0o600


def test_a_second_serve_on_the_same_folder_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with serving(folder) as program:
        second = inspector("serve", "--data-dir", str(folder), "--port", "0")
        assert second.returncode == 2
        assert str(program.process.pid) in second.stderr.decode()
        assert b"Traceback" not in second.stderr
        assert post(program.url, DELIVERED, {}) == 401


def test_a_port_that_was_asked_for_and_is_taken_is_an_error(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = inspector("serve", "--data-dir", str(tmp_path / "data"), "--port", str(port))
    assert done.returncode == 2
    assert f"Port {port} is taken. Another program" in done.stderr.decode()


def test_the_output_may_go_to_a_reader_that_stops_reading(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with serving(folder) as program:
        assert program.process.stdout is not None
        path = program.path
    command = f"{sys.executable} {ROOT}/main.py serve --port 0 --data-dir {folder} | head -n 1"
    shell = subprocess.Popen(
        command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        assert shell.stdout is not None
        base = json.loads(shell.stdout.readline())["receiving"]
        assert [post(base + path, DELIVERED, {}) for _ in range(5)] == [401] * 5
        running = running_receiver(folder)
        assert running is not None
        os.kill(running.pid, signal.SIGTERM)
        _, errors = shell.communicate(timeout=30)
        assert errors == b""
    finally:
        shell.kill()
        shell.wait()
