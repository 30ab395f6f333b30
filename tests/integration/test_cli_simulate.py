"""`inspector simulate` as a process: beside a running program, and against a handler of the user's own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.program import ROOT, Serving, inspector, serving
from tests.fakes import Target, a_target, answering

SMALL = ("--recipients", "30", "--rate", "1000", "--speed", "fast")


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


def compared(told: dict[str, Any], what: str) -> tuple[int, int | None]:
    return next((line["declared"], line["recognised"]) for line in told["comparison"] if line["what"] == what)


def test_a_campaign_to_the_running_program_is_recognised_as_declared(running: Serving) -> None:
    done = inspector("simulate", "duplicates-storm", *SMALL, "--json", "--data-dir", str(running.folder))
    told = json.loads(done.stdout)
    assert done.returncode == 0
    assert told["agrees"] is True
    assert told["answers"] == {"200": told["sent"]}
    declared, recognised = compared(told, "Duplicates")
    assert declared == recognised == told["duplicates"] > 10
    assert compared(told, "Valid signatures") == (told["sent"], told["sent"])


def test_the_same_seed_sends_the_same_and_is_known_from_before(running: Serving) -> None:
    first, second = (
        json.loads(
            inspector(
                "simulate", "normal-campaign", *SMALL, "--seed", "7", "--json", "--data-dir", str(running.folder)
            ).stdout
        )
        for _ in range(2)
    )
    assert first["run"] == second["run"]
    assert first["kinds"] == second["kinds"]
    assert second["agrees"] is True
    assert compared(second, "Known from an earlier run")[0] == second["events"]


def test_it_tells_a_person_what_was_sent_and_how_to_repeat_it(running: Serving) -> None:
    done = inspector("simulate", "bad-list", *SMALL, "--seed", "5", "--data-dir", str(running.folder))
    text = done.stdout.decode()
    assert done.returncode == 0
    assert "Everything was recognised as declared." in text
    assert "The same again: --seed 5 --start 2026-01-05T09:00:00Z" in text
    assert "Its events: campaign:imported_list_07 after:" in text


def to_target(target: Target, folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "main.py", "simulate", *arguments, "--to", target.url, "--data-dir", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60)


@pytest.mark.asyncio
async def test_a_campaign_goes_to_a_handler_signed_and_nothing_is_stored(folder: Path) -> None:
    async with a_target() as target:
        done = await asyncio.to_thread(to_target, target, folder, "normal-campaign", *SMALL, "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0
    assert told["agrees"] is None
    assert len(target.requests) == told["sent"]
    assert all(b"X-Webhook-Signature: " in request for request in target.requests)


@pytest.mark.asyncio
async def test_another_providers_campaign_needs_no_endpoint_but_a_secret(folder: Path) -> None:
    async with a_target() as target:
        done = await asyncio.to_thread(to_target, target, folder, "stripe-shop-day", *SMALL, "--secret", "whsec_x")
    assert done.returncode == 0
    assert all(b"Stripe-Signature: " in request for request in target.requests)


@pytest.mark.asyncio
async def test_a_handler_that_refuses_everything_ends_with_1_after_the_retries(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        'title = "Own"\nrecipients = 3\nspeed = "fast"\nrate = 1000\n[retries]\nspeed = 100000\n'
    )
    async with a_target(answering(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")) as target:
        done = await asyncio.to_thread(to_target, target, folder, str(tmp_path / "own.toml"), "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert told["sent"] == 5 * told["events"]
    assert told["gave_up"] == told["not_taken"] == told["events"]


def test_the_scenarios_are_listed_with_ones_own(folder: Path) -> None:
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "mine.toml").write_text('title = "Mine"\nabout = "My own."\n')
    (folder / "scenarios" / "broken.toml").write_text("rate = -1\n")
    done = inspector("simulate", "--list", "--data-dir", str(folder))
    assert done.returncode == 0
    assert "mine" in done.stdout.decode()
    assert "black-friday" in done.stdout.decode()
    assert "broken.toml, line 1: rate must be" in done.stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("nobody",), "There is no scenario 'nobody'."),
        (("../normal-campaign",), "There is no scenario '../normal-campaign'."),
        (("normal-campaign", "--rate", "5000"), "--rate 5000 cannot be used."),
        (("normal-campaign", "--speed", "quick"), "'quick' is no speed."),
        (("normal-campaign",), "The program is not receiving."),
        (("twilio-campaign",), "There is no endpoint of twilio."),
    ],
)
def test_what_cannot_be_done_is_told_and_ends_with_2(folder: Path, arguments: tuple[str, ...], what: str) -> None:
    done = inspector("simulate", *arguments, "--data-dir", str(folder))
    assert done.returncode == 2
    assert done.stderr.decode().startswith(f"inspector: {what}")
