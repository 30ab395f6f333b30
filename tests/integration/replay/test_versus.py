"""The same events to two targets, and only what differs."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pytest

from inspector.domain.attempt import Attempt
from inspector.domain.event import EventId
from inspector.replay.outgoing import outgoing_of
from inspector.replay.plan import Captured, Options, plan
from inspector.replay.replayer import Replayer
from inspector.replay.run import Run
from inspector.replay.sender import Sender
from inspector.replay.versus import Versus, to_csv, to_json, totals
from inspector.settings import Settings
from inspector.store.store import Store
from tests.fakes import Behaviour, a_target, answering
from tests.integration.store.making import a_draft, opened

pytestmark = pytest.mark.asyncio


def said(body: bytes, status: int = 200, *lines: bytes) -> Behaviour:
    head = b"\r\n".join([b"HTTP/1.1 %d X" % status, b"Content-Length: %d" % len(body), *lines])
    return answering(head + b"\r\n\r\n" + body)


JSON = b"Content-Type: application/json"


async def _compared(folder: Path, a: Behaviour, b: Behaviour, events: int = 1) -> tuple[Versus, Store]:
    async with opened(folder) as store, a_target(a) as one, a_target(b) as other:
        ids = [(await store.append(a_draft())).id for _ in range(events)]
        replayer = Replayer(store, None, Sender(), Settings)

        async def send_to(event_id: EventId, target: str) -> Attempt:
            return await replayer.send(event_id, outgoing_of(replayer.event(event_id).request, target))

        versus = Versus(one.url, other.url, send_to)
        sendings = plan([Captured(event_id, 0) for event_id in ids], Options(at_once=4))
        await Run(sendings, Options(at_once=4), versus.send).run()
        assert all(len(store.attempts(event_id)) == 2 for event_id in ids)
        return versus, store


async def test_equal_answers_are_no_difference_however_they_are_written(tmp_path: Path) -> None:
    packed = said(gzip.compress(b'{"ok": true}'), 200, JSON, b"Content-Encoding: gzip")
    versus, _store = await _compared(tmp_path, said(b'{"ok":true}', 200, JSON), packed, events=5)
    assert len(versus.rows) == 5
    assert versus.differences == []


async def test_a_status_and_a_body_that_differ_are_told(tmp_path: Path) -> None:
    versus, _store = await _compared(
        tmp_path, said(b'{"ok":true,"id":1}', 200, JSON), said(b'{"ok":false,"id":1}', 202, JSON)
    )
    (row,) = versus.differences
    assert (row.a.status, row.b.status, row.body) == (200, 202, "1 field")
    assert row.status_differs


async def test_texts_and_bytes_are_compared_too(tmp_path: Path) -> None:
    versus, _store = await _compared(tmp_path, said(b"one"), said(b"three"))
    assert versus.rows[0].body == "3 and 5 bytes"


async def test_two_targets_that_are_down_alike_do_not_differ(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        event_id = (await store.append(a_draft())).id
        replayer = Replayer(store, None, Sender(), Settings)

        async def send_to(event_id: EventId, target: str) -> Attempt:
            return await replayer.send(event_id, outgoing_of(replayer.event(event_id).request, target))

        versus = Versus("http://localhost:1/", "http://localhost:2/", send_to)
        attempt = await versus.send(event_id)
        assert not attempt.ok
        assert versus.rows[0].same


async def test_the_grid_is_exported_as_csv_and_json(tmp_path: Path) -> None:
    versus, _store = await _compared(tmp_path, said(b"a"), said(b"b"), events=3)
    rows = list(csv.DictReader(io.StringIO(to_csv(versus.rows))))
    assert [row["body"] for row in rows] == ["from byte 0 on"] * 3
    told = json.loads(to_json(versus.rows, versus.a, versus.b))
    assert (told["events"], told["same"], told["body_differs"], len(told["rows"])) == (3, 0, 3, 3)
    assert totals(versus.rows).a_median_ms is not None
