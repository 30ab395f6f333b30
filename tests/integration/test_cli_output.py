"""Whatever a command's output is connected to, it says what it can and never ends in a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.program import MAIN, ROOT, inspector
from tests.integration.check import schemes
from tests.integration.check.handlers import SECRET, Handler
from tests.integration.check.test_command import running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a data folder with an endpoint whose name few code pages can write."""
    folder = tmp_path / "data"
    done = inspector("endpoints", "add", "Łódź 🙂", "--secret", "a long secret of mine", "--data-dir", str(folder))
    assert done.returncode == 0
    return folder


def run(*arguments: str, encoding: str) -> subprocess.CompletedProcess[bytes]:
    """Run the program with an output of one encoding, as a pipe on Windows or a plain terminal has it."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    return subprocess.run([*MAIN, *arguments], cwd=ROOT, env=environment, capture_output=True, check=False, timeout=60)


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "cp1252"])
def test_letters_an_output_cannot_write_are_question_marks(folder: Path, encoding: str) -> None:
    done = run("endpoints", "--data-dir", str(folder), encoding=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert " ?  (rcs-events)" in done.stdout.decode(encoding)


@pytest.mark.parametrize("encoding", ["ascii", "cp437", "cp1252"])
def test_json_loses_nothing_where_the_output_has_few_letters(folder: Path, encoding: str) -> None:
    done = run("endpoints", "--json", "--data-dir", str(folder), encoding=encoding)
    assert "Łódź 🙂" in [row["name"] for row in json.loads(done.stdout.decode(encoding))]


def test_a_check_is_told_in_ascii_with_signs_that_look_alike(tmp_path: Path) -> None:
    with running(Handler(schemes.rcs)) as base:
        given = ["--target", f"{base}/hook", "--secret", SECRET, "--data-dir", str(tmp_path), "--only", "1,9"]
        told = run("check", *given, encoding="ascii")
        plain = run("check", *given, "--json", encoding="ascii")
    assert (told.returncode, told.stderr) == (0, b"")
    assert 'body "OK"' in told.stdout.decode("ascii")
    assert "body “OK”" in json.loads(plain.stdout)["checks"][0]["got"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("command", [("providers",), ("providers", "--json"), ("check", "--list")])
def test_a_full_disk_is_told_in_words(command: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*MAIN, *command], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.decode() == "inspector: The output cannot be written. No space left on device.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell that closes the output")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_command_without_an_output_does_its_work(closed: str) -> None:
    line = f'"$0" "$1" check --target localhost:1 --secret x --only 1 {closed}'
    done = subprocess.run(["sh", "-c", line, *MAIN], cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert done.returncode == 2  # nothing is listening there
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe that is closed at its other end")
@pytest.mark.parametrize("command", ["providers", "providers --json", "check --list", "simulate --list", "--help"])
def test_a_reader_that_has_seen_enough_is_no_error(command: str) -> None:
    line = f'{{ "$0" "$1" {command}; echo "ended $?" >&2; }} | head -1'
    done = subprocess.run(["sh", "-c", line, *MAIN], cwd=ROOT, capture_output=True, check=False, timeout=60)
    assert done.stderr == b"ended 0\n"
