"""`inspector check`: exit codes, what is printed, and the reports it writes."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from inspector.cli import main
from inspector.simulator.check.checks import CHECKS
from tests.end_to_end.program import MAIN, ROOT
from tests.integration.check import schemes
from tests.integration.check.handlers import SECRET, Handler, served


@contextmanager
def running(handler: Handler) -> Iterator[str]:
    """Serve a handler from a thread of its own, since the command has its own loop."""
    ready, done = threading.Event(), asyncio.Event()
    found: list[str] = []
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with served(handler) as base:
            found.append(base)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield found[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
        loop.close()


def check(base: str, folder: Path, *arguments: str) -> int:
    """Run the command against a served handler."""
    target = ["--target", f"{base}/hook", "--provider", "rcs-events", "--secret", SECRET]
    return main(["check", "--data-dir", str(folder), *target, *arguments])


def test_a_good_handler_gives_exit_code_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running(Handler(schemes.rcs)) as base:
        assert check(base, tmp_path, "--only", "1-6") == 0
    printed = capsys.readouterr().out
    assert "Invalid signature is rejected" in printed
    assert "6 passed. Slowest answer" in printed


def test_a_fault_gives_exit_code_1_with_advice_for_the_framework(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(Handler(schemes.none)) as base:
        assert check(base, tmp_path, "--only", "1,6", "--framework", "express") == 1
    printed = capsys.readouterr().out
    assert "Your handler accepted a forged event" in printed
    assert "crypto.timingSafeEqual" in printed
    assert SECRET not in printed


def test_what_cannot_be_told_is_no_success(tmp_path: Path) -> None:
    with running(Handler(schemes.rcs)) as base:
        target = ["--target", f"{base}/hook", "--secret", "another", "--only", "6"]
        assert main(["check", "--data-dir", str(tmp_path), *target]) == 1


def test_a_target_that_is_down_gives_exit_code_2_and_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check("http://127.0.0.1:9", tmp_path) == 2
    told = capsys.readouterr()
    assert told.err.count("\n") == 1
    assert "Nothing is listening on 127.0.0.1:9" in told.err
    assert told.out.split() == ["Playing", "RCS", "events", "against", "http://127.0.0.1:9/hook"]


def test_a_handler_that_is_still_starting_is_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        starting = threading.Timer(0.5, held.listen)
        starting.start()
        base = f"http://127.0.0.1:{port}"
        codes: list[int] = []
        checking = threading.Thread(target=lambda: codes.append(check(base, tmp_path, "--only", "1", "--wait", "10")))
        checking.start()
        starting.join()
        connection, _ = held.accept()  # the one that only looked
        connection.close()
        connection, _ = held.accept()
        assert connection.recv(65536).startswith(b"POST /hook")
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        checking.join(10)
        connection.close()
    assert codes == [0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "There is nothing to check"),
        (["--target", "localhost", "--secret", "x", "--provider", "nobody"], "There is no provider"),
        (["--target", "localhost", "--secret-env", "NOT_SET_ANYWHERE"], "holds no secret"),
        (["--target", "localhost", "--provider", "stripe"], "no secret to sign events of Stripe"),
        (["--target", "localhost", "--secret", "x", "--only", "99"], "There is no check '99'"),
        (["--target", "localhost", "--secret", "x", "--only", ","], "names no check"),
        (["--target", "localhost", "--secret", "x", "--wait", "-1"], "--wait -1 cannot be used"),
        (["--target", "localhost", "--secret", "x", "--report", "no-such-folder/a.xml"], "There is no folder"),
        (["--target", "localhost", "--secret", "x", "--framework", "rails"], "There is no advice for 'rails'"),
        (["--target", "localhost", "--secret", "x", "--report", "a.pdf"], "names no kind of report"),
        (["--target", "ftp://x", "--secret", "x"], "is not a target address"),
    ],
)
def test_what_cannot_be_run_gives_exit_code_2(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--data-dir", str(tmp_path), *arguments]) == 2
    assert words in capsys.readouterr().err


def test_the_secret_comes_from_the_environment_and_reports_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HANDLER_SECRET", SECRET)
    files = [tmp_path / name for name in ("a.html", "a.md", "a.xml", "a.json")]
    with running(Handler(schemes.rcs)) as base:
        given = ["--target", f"{base}/hook", "--secret-env", "HANDLER_SECRET", "--probe", f"{base}/probe"]
        reports = [word for file in files for word in ("--report", str(file))]
        code = main(["check", "--data-dir", str(tmp_path), *given, "--only", "1,duplicate", "--json", *reports])
    assert code == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads(files[3].read_text("utf-8"))
    assert [one["state"] for one in printed["checks"]] == ["passed", "passed"]
    assert all(file.stat().st_size > 300 for file in files)


def test_the_list_names_all_checks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(CHECKS) == 28
    assert lines[5].split()[:2] == ["6", "invalid-signature"]


def _hear_ctrl_c() -> None:
    """Take Ctrl+C as a terminal's programs do; a test run in the background has been told to ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is sent as a signal")
def test_ctrl_c_tells_and_writes_what_was_found_until_then(tmp_path: Path) -> None:
    report = tmp_path / "found.json"
    with running(Handler(schemes.rcs)) as base:
        given = ["--target", f"{base}/hook", "--secret", SECRET, "--data-dir", str(tmp_path), "--report", str(report)]
        process = subprocess.Popen(
            [*MAIN, "check", *given, "--only", "1-7"], cwd=ROOT, stdout=subprocess.PIPE, preexec_fn=_hear_ctrl_c
        )
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(b" 6 "):
                break
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read().decode()
        process.stdout.close()
        assert process.wait(20) == 130
    assert "6 passed." in rest
    assert len(json.loads(report.read_text("utf-8"))["checks"]) == 6
