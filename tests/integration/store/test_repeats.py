"""The same event again: a duplicate after a 2xx answer, a retry after any other."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventSummary, Repeat
from inspector.store import repeats
from inspector.store.store import Store
from tests.builders import NOON
from tests.integration.store.making import UNAUTHORISED, a_draft, fact, opened
from tests.waiting import until

pytestmark = pytest.mark.asyncio


def _repeat(row: EventSummary) -> tuple[Repeat | None, int, int | None]:
    return row.repeat, row.repeat_no, row.original_id


async def test_the_second_sighting_after_a_2xx_answer_is_a_duplicate(store: Store) -> None:
    first = await store.append(a_draft(key="evt_1"))
    second = await store.append(a_draft(key="evt_1"))
    third = await store.append(a_draft(key="evt_1"))
    assert _repeat(first) == (None, 1, None)
    assert _repeat(second) == (Repeat.DUPLICATE, 2, first.id)
    assert _repeat(third) == (Repeat.DUPLICATE, 3, first.id)


async def test_a_sighting_after_another_answer_is_a_retry(store: Store) -> None:
    first = await store.append(a_draft(key="evt_1", answer=UNAUTHORISED))
    second = await store.append(a_draft(key="evt_1", answer=UNAUTHORISED))
    third = await store.append(a_draft(key="evt_1"))
    fourth = await store.append(a_draft(key="evt_1"))
    assert [_repeat(row) for row in (second, third, fourth)] == [
        (Repeat.RETRY, 2, first.id),
        (Repeat.RETRY, 3, first.id),
        (Repeat.DUPLICATE, 4, first.id),
    ]


async def test_a_repeat_is_a_retry_when_the_answer_never_left(store: Store) -> None:
    first = await store.append(a_draft(key="evt_1"))
    store.record_answer(first.id, 900, sent=False)
    assert _repeat(await store.append(a_draft(key="evt_1"))) == (Repeat.RETRY, 2, first.id)
    assert _repeat(await store.append(a_draft(key="evt_1"))) == (Repeat.DUPLICATE, 3, first.id)


async def test_an_answer_that_never_left_only_counts_for_the_latest_sighting(store: Store) -> None:
    first = await store.append(a_draft(key="evt_1"))
    await store.append(a_draft(key="evt_1"))
    store.record_answer(first.id, 900, sent=False)
    assert (await store.append(a_draft(key="evt_1"))).repeat is Repeat.DUPLICATE


async def test_two_hundred_equal_requests_at_once_have_one_original(store: Store) -> None:
    rows = await asyncio.gather(*(store.append(a_draft(key="evt_1")) for _ in range(200)))
    assert Counter(row.repeat for row in rows) == {None: 1, Repeat.DUPLICATE: 199}
    (original,) = (row for row in rows if row.repeat is None)
    assert {row.original_id for row in rows if row.repeat} == {original.id}
    assert sorted(row.repeat_no for row in rows) == list(range(1, 201))


async def test_many_different_events_at_once_are_all_originals(store: Store) -> None:
    rows = await asyncio.gather(*(store.append(a_draft(key=f"evt_{number}")) for number in range(300)))
    again = await asyncio.gather(*(store.append(a_draft(key=f"evt_{number}")) for number in range(300)))
    assert {row.repeat for row in rows} == {None}
    assert [row.original_id for row in again] == [row.id for row in rows]


async def test_after_the_window_the_event_is_an_original_again(store: Store) -> None:
    async def at(seconds: int) -> EventSummary:
        return await store.append(a_draft(key="evt_1", window_s=60, received_at=NOON + timedelta(seconds=seconds)))

    rows = [await at(seconds) for seconds in (0, 60, 61, 100)]
    assert [_repeat(row) for row in rows] == [
        (None, 1, None),
        (Repeat.DUPLICATE, 2, 1),
        (None, 1, None),
        (Repeat.DUPLICATE, 2, 3),
    ]


async def test_the_same_key_at_another_endpoint_is_another_event(store: Store) -> None:
    await store.append(a_draft(key="evt_1"))
    assert (await store.append(a_draft(key="evt_1", endpoint_id=EndpointId(2)))).repeat is None


async def test_without_a_key_nothing_is_a_repeat(store: Store) -> None:
    rows = [await store.append(a_draft()) for _ in range(3)]
    assert {_repeat(row) for row in rows} == {(None, 1, None)}


async def test_a_repeat_tells_whether_its_body_is_the_originals(store: Store) -> None:
    await store.append(a_draft(b"one", key="evt_1"))
    same = await store.append(a_draft(b"one", key="evt_1"))
    other = await store.append(a_draft(b"two", key="evt_1"))
    bodies = [event.body_equals_original for row in (same, other) if (event := store.event(row.id))]
    assert bodies == [True, False]


@pytest.mark.parametrize("is_flushed", [False, True])
async def test_what_was_seen_is_known_after_a_new_start(tmp_path: Path, is_flushed: bool) -> None:
    async with opened(tmp_path) as store:
        await store.append(a_draft(key="evt_1"))
        await store.append(a_draft(key="evt_1"))
        refused = await store.append(a_draft(key="evt_2", answer=UNAUTHORISED))
        lost = await store.append(a_draft(key="evt_3"))
        if is_flushed:
            await until(lambda: fact(tmp_path, "sighted_id") == lost.id)
        store.record_answer(lost.id, 5, sent=False)
    async with opened(tmp_path) as store:
        assert _repeat(await store.append(a_draft(key="evt_1"))) == (Repeat.DUPLICATE, 3, 1)
        assert _repeat(await store.append(a_draft(key="evt_2"))) == (Repeat.RETRY, 2, refused.id)
        assert _repeat(await store.append(a_draft(key="evt_3"))) == (Repeat.RETRY, 2, lost.id)


async def test_many_sightings_are_known_while_they_move_into_the_table(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "KEYS_PER_FLUSH", 7)
    for turn in range(1, 6):
        rows = await asyncio.gather(*(store.append(a_draft(key=f"evt_{number}")) for number in range(100)))
        assert [row.repeat_no for row in rows] == [turn] * 100
        await until(lambda: fact(store.folder, "sighted_id") >= 100 * (turn // 2))  # noqa: B023  # awaited in the loop
