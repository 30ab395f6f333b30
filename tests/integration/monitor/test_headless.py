"""`inspector serve` with the monitor: metrics on their own port, alerts as lines, the end of a run that was killed."""

from __future__ import annotations

import sqlite3
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from inspector.store.schema import DATABASE_NAME
from tests.end_to_end.program import Serving, serving
from tests.end_to_end.test_serve import post

SECOND = 1_000_000


def scraped(url: str) -> list[str]:
    with urllib.request.urlopen(url, timeout=30) as response:
        assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        return response.read().decode().splitlines()


def open_spans(folder: Path) -> list[tuple[int, int, int]]:
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as connection:
        return connection.execute("SELECT from_us, until_us, is_open FROM spans WHERE kind = 'receiver'").fetchall()


def test_alerts_are_lines_and_metrics_have_a_port_of_their_own(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--metrics-port", "0") as program:
        metrics_url = str(program.line()["metrics"])
        assert metrics_url.startswith("http://127.0.0.1:")
        for _ in range(25):
            assert post(program.url, b'{"event":"message.sent"}', {}) == 401
        told = [line for line in scraped(metrics_url) if 'outcome="failed"' in line]
        assert told
        assert told[0].endswith(" 25")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            scraped(metrics_url + "/more")
        alert = program.alert()
        assert (alert["alert"], alert["rule"], alert["endpoint"]) == ("opened", "failure_rate", "My endpoint")
        assert alert["title"] == "Failure rate 100 %"
        assert 'webhook_inspector_alerts_open{rule="failure_rate"} 1' in scraped(metrics_url)


def test_a_run_that_was_killed_has_listened_until_then(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    program = Serving(folder)
    started = time.time_ns() // 1000
    until = time.monotonic() + 90
    while not (folder / DATABASE_NAME).exists() or not open_spans(folder):
        assert time.monotonic() < until
        time.sleep(0.05)
    killed = time.time_ns() // 1000
    program.kill()
    while open_spans(folder)[0][2]:
        assert time.monotonic() < until
        time.sleep(0.05)
    [(from_us, until_us, _)] = open_spans(folder)
    assert from_us <= started
    assert until_us >= killed - SECOND
    with serving(folder):
        while len(open_spans(folder)) < 2:
            assert time.monotonic() < until
            time.sleep(0.05)
