"""The commands as processes, beside a running program and alone."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inspector.cli import COMMANDS, main
from inspector.commands.command import Command
from tests.end_to_end.program import ROOT, Serving, inspector, serving
from tests.fakes import a_target, answering


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a data folder in which the program has run once."""
    folder = tmp_path / "data"
    assert inspector("endpoints", "add", "Shop", "--secret", "a secret", "--data-dir", str(folder)).returncode == 0
    return folder


@pytest.fixture
def running(folder: Path) -> Iterator[Serving]:
    """Return the program, running."""
    with serving(folder) as program:
        yield program


def test_send_reaches_the_running_program_signed(running: Serving) -> None:
    done = inspector("send", "message.failed", "--data-dir", str(running.folder))
    event = running.line()
    assert done.returncode == 0
    assert done.stdout.decode().splitlines()[1].startswith("200 OK")
    assert (event["event"], event["verdict"], event["error_code"]) == ("message.failed", "valid", "4102")


def test_send_with_another_secret_is_refused(running: Serving) -> None:
    done = inspector("send", "--data-dir", str(running.folder), "--secret", "another")
    assert done.returncode == 1
    assert running.line()["verdict"] == "invalid"


def test_send_lists_what_can_be_sent(folder: Path) -> None:
    done = inspector("send", "--list", "--data-dir", str(folder))
    assert done.returncode == 0
    assert "message.optout" in done.stdout.decode()


def test_send_without_a_running_program_says_what_to_do(folder: Path) -> None:
    done = inspector("send", "--data-dir", str(folder))
    assert done.returncode == 2
    assert done.stderr.decode().startswith("inspector: The program is not receiving.")


def test_send_goes_to_any_address(folder: Path) -> None:
    async def send() -> tuple[int, list[bytes]]:
        async with a_target() as target:
            done = await asyncio.to_thread(inspector, "send", "--to", target.url, "--data-dir", str(folder))
            return done.returncode, target.requests

    code, requests = asyncio.run(send())
    assert code == 0
    assert requests[0].startswith(b"POST /hook HTTP/1.1\r\n")
    assert b"X-Webhook-Signature: " in requests[0]


def test_replay_beside_the_running_program_keeps_the_attempt(running: Serving) -> None:
    folder = str(running.folder)
    inspector("send", "--data-dir", folder)
    running.line()

    async def replay(*arguments: str) -> tuple[int, str]:
        async with a_target(answering(b"HTTP/1.1 503 Busy\r\nX-A: 1\r\nContent-Length: 5\r\n\r\nlater")) as target:
            done = await asyncio.to_thread(
                inspector, "replay", "#1", "--to", target.url, "--data-dir", folder, *arguments
            )
            return done.returncode, done.stdout.decode()

    code, text = asyncio.run(replay())
    assert code == 1
    assert "503 Busy" in text
    assert "  X-A: 1" in text
    assert text.endswith("later\n")
    code, text = asyncio.run(replay("--json"))
    attempt = json.loads(text)
    assert (code, attempt["id"], attempt["status"], attempt["body"]) == (1, 2, 503, "later")


def test_many_are_replayed_signed_again_and_reported(running: Serving, tmp_path: Path) -> None:
    folder = str(running.folder)
    for _ in range(3):
        inspector("send", "--data-dir", folder)
        running.line()
    report = tmp_path / "report.csv"
    options = ("--sign", "--order", "reversed", "--repeat", "2", "--at-once", "3", "--report", str(report), "--json")

    async def replay() -> tuple[int, dict[str, Any], list[bytes]]:
        async with a_target() as target:
            done = await asyncio.to_thread(
                inspector, "replay", "--filter", "type:delivered", "--to", target.url, "--data-dir", folder, *options
            )
            return done.returncode, json.loads(done.stdout), target.requests

    code, figures, requests = asyncio.run(replay())
    assert code == 0
    assert len(requests) == 6
    assert (figures["sent"], figures["answered_2xx"], figures["outcomes"]) == (6, 6, {"200": 6})
    assert len(report.read_text().splitlines()) == 7


def test_new_ids_change_what_is_sent_and_are_told(running: Serving) -> None:
    folder = str(running.folder)
    inspector("send", "--data-dir", folder)
    running.line()

    async def replay() -> tuple[dict[str, Any], list[bytes]]:
        async with a_target() as target:
            done = await asyncio.to_thread(
                inspector, "replay", "1", "--new-ids", "--to", target.url, "--data-dir", folder, "--json"
            )
            captured = await asyncio.to_thread(inspector, "replay", "1", "--to", target.url, "--data-dir", folder)
            assert captured.returncode == 0
            return json.loads(done.stdout), [request.partition(b"\r\n\r\n")[2] for request in target.requests]

    attempt, bodies = asyncio.run(replay())
    assert attempt["identity"] == "new_ids"
    assert "signed again" in attempt["note"]
    assert bodies[0] != bodies[1]
    assert len(bodies[0]) == len(bodies[1])


def test_a_replay_to_nobody_is_told_and_ends_with_1(running: Serving) -> None:
    folder = str(running.folder)
    inspector("send", "--data-dir", folder)
    running.line()
    done = inspector("replay", "1", "--to", "localhost:1", "--data-dir", folder)
    assert done.returncode == 1
    assert "Nothing is listening on localhost:1. Is your server running?" in done.stdout.decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ("7", "--to", "localhost:1"),
        ("x", "--to", "localhost:1"),
        ("1",),
        ("-1", "--to", "localhost:1"),
        ("--to", "localhost:1"),
        ("--filter", "type:none-such", "--to", "localhost:1"),
        ("--filter", "sgi:1", "--to", "localhost:1"),
        ("1", "--drop", "101", "--to", "localhost:1"),
        ("1", "--spacing", "soon", "--to", "localhost:1"),
    ],
)
def test_a_replay_of_nothing_is_unusable(folder: Path, arguments: tuple[str, ...]) -> None:
    done = inspector("replay", *arguments, "--data-dir", str(folder))
    assert done.returncode == 2
    assert done.stderr
    assert b"Traceback" not in done.stderr


def test_endpoints_are_added_listed_and_removed(folder: Path) -> None:
    where = ("--data-dir", str(folder))
    added = inspector(
        "endpoints", "add", "Pay", "--provider", "stripe", "--secret-env", "S", "--json", *where, env={"S": "whsec_1"}
    )
    listed = json.loads(inspector("endpoints", "--show-secrets", "--json", *where).stdout)
    assert json.loads(added.stdout) == {name: value for name, value in listed[1].items() if name != "secrets"}
    assert [(row["name"], row["provider"], row["secrets"]) for row in listed] == [
        ("Shop", "rcs-events", ["a secret"]),
        ("Pay", "stripe", ["whsec_1"]),
    ]
    assert inspector("endpoints", "remove", "Pay", *where).returncode == 0
    assert [row["name"] for row in json.loads(inspector("endpoints", "--json", *where).stdout)] == ["Shop"]


def test_secrets_are_listed_only_when_asked_for(folder: Path) -> None:
    done = inspector("endpoints", "--data-dir", str(folder))
    assert b"a secret" not in done.stdout


def test_endpoints_can_be_read_but_not_changed_beside_the_running_program(running: Serving) -> None:
    where = ("--data-dir", str(running.folder))
    listed = inspector("endpoints", "--json", *where)
    assert json.loads(listed.stdout)[0]["url"] == running.url
    for action in ("add", "remove"):
        refused = inspector("endpoints", action, "Shop", *where)
        assert refused.returncode == 2
        assert "while the program is running" in refused.stderr.decode()


def test_an_unknown_endpoint_is_unusable_and_the_known_ones_are_named(folder: Path) -> None:
    done = inspector("send", "--endpoint", "Nobody", "--to", "localhost:1", "--data-dir", str(folder))
    assert done.returncode == 2
    assert "Shop (1)" in done.stderr.decode()


def test_an_endpoint_of_an_unknown_provider_is_not_added(tmp_path: Path) -> None:
    done = inspector("endpoints", "add", "Shop", "--provider", "nobody", "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 2
    assert "inspector providers" in done.stderr.decode()
    assert not (tmp_path / "data").exists()


def test_a_folder_the_program_has_not_run_with_is_told(tmp_path: Path) -> None:
    endpoints = inspector("endpoints", "--data-dir", str(tmp_path))
    replay = inspector("replay", "1", "--to", "localhost:1", "--data-dir", str(tmp_path))
    assert (endpoints.returncode, replay.returncode) == (2, 2)
    assert endpoints.stderr.decode().startswith("inspector: There are no endpoints yet. The program has not run with")
    assert "use `inspector endpoints add NAME`" in endpoints.stderr.decode()
    assert replay.stderr.decode().startswith("inspector: There are no stored events.")


def test_the_data_folder_may_be_named_before_or_after_the_command(folder: Path) -> None:
    before = inspector("--data-dir", str(folder), "endpoints")
    after = inspector("endpoints", "--data-dir", str(folder))
    assert before.stdout == after.stdout != b""


@pytest.mark.parametrize("arguments", [["--version"], ["endpoints", "--help"], ["verify", "no/such/file"]])
def test_a_command_loads_neither_window_nor_server(arguments: list[str]) -> None:
    code = (
        f"import sys, inspector.cli; inspector.cli.main({arguments!r}); "
        "loaded = {name.partition('.')[0] for name in sys.modules}; sys.exit(bool(loaded & {'PySide6', 'aiohttp'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=30)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_loaded_by_its_own_name(name: str) -> None:
    assert COMMANDS[name]().name == name


@pytest.mark.parametrize(
    ("line", "loaded"),
    [
        ("", "none"),
        ("--port 9000 --host ::1", "none"),
        ("--data-dir serve", "none"),
        ("serve", "serve"),
        ("--port 9000 serve --port 1", "serve"),
        ("--data-dir doctor check --target x", "check"),
        ("--help", "all"),
        ("nosuch", "all"),
        ("--port x", "all"),
    ],
)
def test_only_the_command_that_is_meant_is_loaded(
    line: str, loaded: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []

    def telling(name: str, load: Callable[[], Command]) -> Callable[[], Command]:
        def tell() -> Command:
            said.append(name)
            return replace(load(), run=lambda options: 0)

        return tell

    monkeypatch.setattr("inspector.cli.COMMANDS", {name: telling(name, load) for name, load in COMMANDS.items()})
    monkeypatch.setattr("inspector.cli._window", lambda options: 0)
    main(line.split())
    assert said == ([] if loaded == "none" else list(COMMANDS) if loaded == "all" else [loaded])


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_teaches_with_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*([command] if command else []), "--help"]) == 0
    out = capsys.readouterr().out
    assert "examples:" in out
    assert f"inspector {command}".rstrip() in out
    assert "--data-dir" in out


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("Webhook Inspector ")


@pytest.mark.parametrize(
    "arguments", [("bogus",), ("serve", "--bogus"), ("endpoints", "add"), ("serve", "--port", "x")]
)
def test_a_wrong_command_line_ends_with_2(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_a_file_is_no_data_folder(tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("not a folder")
    needed = {"replay": ["1", "--to", "localhost:1"], "check": ["--target", "localhost:1"], "verify": ["x.http"]}
    words = [command] if command else []
    assert main([*words, *needed.get(command, []), "--data-dir", str(tmp_path / "file")]) == 2
    assert f"The data folder cannot be used. {tmp_path / 'file'} is a file." in capsys.readouterr().err


def test_doctor_tells_in_words_that_the_data_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = inspector("doctor", "--data-dir", str(tmp_path / "file" / "data"))
    assert done.returncode == 2
    assert "The data folder cannot be made." in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize("command", [("serve",), ()], ids=["serve", "window"])
def test_a_data_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = inspector(*command, "--data-dir", str(tmp_path / "file" / "data"))
    assert done.returncode == 2
    told = done.stderr.decode()
    assert "The data folder cannot be used." in told
    assert "Choose a folder you may write to." in told
    assert "Traceback" not in told
