"""`replay --retry`, `--fast` and `--versus` as a person runs them."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from inspector.domain.event import EventId
from inspector.store.beside import open_beside
from tests.end_to_end.program import inspector
from tests.fakes import OK, Behaviour, a_target, answering
from tests.integration.store.making import a_draft, opened

DOWN = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a data folder with three events."""

    async def fill() -> None:
        async with opened(tmp_path / "data") as store:
            for _ in range(3):
                await store.append(a_draft())

    asyncio.run(fill())
    return tmp_path / "data"


def answers(*responses: bytes) -> Behaviour:
    """Answer one response after the other; the last one stays."""
    left = list(responses)

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(left.pop(0) if len(left) > 1 else left[0])(reader, writer)

    return behave


def replayed(folder: Path, behave: Behaviour, *arguments: str) -> tuple[int, str, int]:
    """Run replay against a target; returns the exit code, what was printed, and how many requests came."""

    async def run() -> tuple[int, str, int]:
        async with a_target(behave) as target:
            done = await asyncio.to_thread(
                inspector, "replay", "--to", target.url, "--data-dir", str(folder), *arguments
            )
            return done.returncode, (done.stdout + done.stderr).decode(), len(target.requests)

    return asyncio.run(run())


def test_an_event_is_tried_until_the_first_2xx_and_every_try_kept(folder: Path) -> None:
    code, text, requests = replayed(folder, answers(DOWN, DOWN, OK), "1", "--retry", "rcs-events", "--speed", "1000")
    assert (code, requests) == (0, 3)
    assert "#1 try 1, at once: 503 No" in text
    assert "#1 try 2, after 1 min: 503 No" in text
    assert "#1 try 3, after 5 min: 200 OK" in text
    with open_beside(folder) as beside:
        assert [attempt.try_no for attempt in beside.attempts(EventId(1))] == [3, 2, 1]


def test_the_end_of_a_schedule_without_a_2xx_is_exit_code_1(folder: Path) -> None:
    code, text, requests = replayed(folder, answering(DOWN), "1", "2", "--retry", "0, 10ms", "--json")
    told: dict[str, Any] = json.loads(text)
    assert (code, requests) == (1, 4)
    assert (told["events"], told["got_through"], told["tries"]) == (2, 0, 4)
    assert [item["status"] for item in told["series"][0]["tries"]] == [503, 503]


def test_the_fast_clock_runs_seven_days_and_keeps_nothing(folder: Path) -> None:
    code, text, requests = replayed(folder, answering(OK), "1", "--retry", "0, 2h", "--fast", "--down", "0-1h")
    assert (code, requests) == (0, 1)
    assert "#1 through after 2 h" in text
    with open_beside(folder) as beside:
        assert beside.attempts(EventId(1)) == ()


def test_two_targets_are_compared(folder: Path, tmp_path: Path) -> None:
    async def run() -> tuple[int, str]:
        async with a_target(answering(OK)) as one, a_target(answers(OK, DOWN)) as other:
            done = await asyncio.to_thread(
                inspector,
                *("replay", "--filter", "type:delivered", "--to", one.url, "--versus", other.url),
                *("--data-dir", str(folder), "--report", str(tmp_path / "grid.csv")),
            )
            return done.returncode, (done.stdout + done.stderr).decode()

    code, text = asyncio.run(run())
    assert code == 1
    assert "#2: 200 and 503" in text
    assert "1 of 3 the same, 2 with another status" in text
    rows = list(csv.DictReader(io.StringIO((tmp_path / "grid.csv").read_text("utf-8"))))
    assert [(row["status_a"], row["status_b"]) for row in rows] == [("200", "200"), ("200", "503"), ("200", "503")]


def test_nothing_is_sent_where_an_event_that_was_named_is_gone(folder: Path) -> None:
    to_nobody = ("--to", "localhost:1", "--data-dir", str(folder))
    one = inspector("replay", "1", "99", *to_nobody)
    several = inspector("replay", "1", "98", "99", *to_nobody)
    assert (one.returncode, several.returncode) == (2, 2)
    assert "There is no event #99. Nothing was sent." in one.stderr.decode()
    assert "There are no events #98, #99. Nothing was sent." in several.stderr.decode()


def test_two_targets_that_are_both_silent_are_not_called_the_same(folder: Path) -> None:
    to_nobody = ("--to", "localhost:1", "--versus", "localhost:1", "--data-dir", str(folder))
    done = inspector("replay", "1", *to_nobody)
    assert done.returncode == 1
    assert "Neither target answered, so nothing was compared." in done.stdout.decode()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--fast",), "--fast needs a schedule"),
        (("--down", "0-2h"), "--down needs --fast"),
        (("--retry", "once", "--report", "a.csv"), "cannot be used together"),
        (("--versus", "ftp://x"), "ftp://x is not a target address"),
        (("--report", "a.pdf"), "a.pdf names no kind of report. Let it end in one of .csv, .json."),
        (("--report", "no-such-folder/a.csv"), "There is no folder no-such-folder."),
        (("--retry", "0, soon"), "'soon' is no wait"),
        (("--retry", "once", "--versus", "localhost:1"), "cannot be used together"),
        (("--retry", "once", "--down", "0-1h"), "--down needs --fast"),
        (("--retry", "once", "--fast", "--down", "5"), "no span of time"),
        (("--retry", "once", "--fast", "--down", "2h-1h"), "ends before it begins"),
    ],
)
def test_what_does_not_go_together_is_told(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    done = inspector("replay", "1", "--to", "localhost:1", "--data-dir", str(folder), *arguments)
    assert done.returncode == 2
    assert words in done.stderr.decode()
