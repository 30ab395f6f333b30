"""What goes into the store comes out exactly as it was."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.domain.answer import Answer
from inspector.domain.errors import StoreError
from inspector.domain.event import Event, EventId, EventSummary, Refusal
from inspector.domain.report import Kind
from inspector.domain.request import Request
from inspector.domain.verification import Verdict
from inspector.store.store import Store
from tests.builders import NOON, a_request
from tests.integration.store.making import a_draft, a_report, a_verification, numbers, opened

pytestmark = pytest.mark.asyncio


async def test_an_event_comes_back_as_it_was_given(store: Store) -> None:
    draft = a_draft(
        key="evt_1",
        reports=(a_report(occurred_at=NOON, carrier="Verizon"), a_report(Kind.READ, "msg_2", text="naïve \ud83d")),
        answer=Answer(202, (("X-Note", "grün"), ("X-Note", "again")), b"\x00\xff", 1500),
        reason="because \udcff",
        verification=a_verification(Verdict.STALE),
    )
    summary = await store.append(draft)
    event = store.event(summary.id)
    assert event is not None
    assert event.summary == summary == store.summary(summary.id)
    assert event.request == draft.request
    assert event.answer == draft.answer
    assert event.verification == draft.verification
    assert event.reports == draft.reports
    assert event.key == draft.key
    assert event.reason == draft.reason
    assert event.body_equals_original is None


async def test_the_row_names_what_the_first_report_says(store: Store) -> None:
    reports = (a_report(carrier="Verizon", campaign="spring", error_code="E1"), a_report(Kind.READ, "msg_2"))
    row = await store.append(a_draft(reports=reports))
    assert (row.label, row.kind, row.message_id, row.recipient) == (
        "message.delivered",
        "message.delivered",
        "msg_7f3a",
        "+14155550132",
    )
    assert (row.carrier, row.campaign, row.error_code, row.report_count) == ("Verizon", "spring", "E1", 2)
    assert (row.verdict, row.answer_status, row.unread, row.starred, row.checked) == (
        Verdict.VALID,
        200,
        True,
        False,
        True,
    )


async def test_a_refused_request_is_a_row_too(store: Store) -> None:
    draft = a_draft(
        b"",
        endpoint_id=None,
        provider="",
        verification=None,
        reports=(),
        refusal=Refusal.UNKNOWN_ENDPOINT,
        answer=Answer(404),
        size=123,
    )
    row = await store.append(draft)
    assert (row.endpoint_id, row.refusal, row.verdict, row.checked) == (None, Refusal.UNKNOWN_ENDPOINT, None, False)
    assert (row.label, row.kind, row.size) == ("POST /in/abc", "other", 123)


async def test_ids_count_up_from_one_in_the_order_of_arrival(store: Store) -> None:
    rows = await asyncio.gather(*(store.append(a_draft(b"%d" % number)) for number in range(300)))
    assert [row.id for row in rows] == list(range(1, 301))
    assert [store.body(row.id) for row in rows] == [b"%d" % number for number in range(300)]


async def test_ids_go_on_after_a_new_start(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.append(a_draft())
    async with opened(tmp_path) as store:
        assert (await store.append(a_draft())).id == 2


async def test_every_stored_event_is_told_once_and_in_order(store: Store) -> None:
    told: list[EventSummary] = []
    store.added.subscribe(told.extend)
    rows = await asyncio.gather(*(store.append(a_draft()) for _ in range(100)))
    assert told == rows


async def test_an_event_whose_waiter_went_away_is_stored_all_the_same(store: Store) -> None:
    waiting = asyncio.create_task(store.append(a_draft(b"first")))
    await asyncio.sleep(0)
    waiting.cancel()
    second = await store.append(a_draft(b"second"))
    assert store.body(second.id) == b"second"
    assert [store.body(row.id) for row in store.page(numbers(1, 2))] == [b"first", b"second"]


async def test_one_impossible_event_does_not_take_the_others_of_its_batch_with_it(store: Store) -> None:
    impossible = a_draft(size=1 << 70)
    results = await asyncio.gather(
        store.append(a_draft(b"a")), store.append(impossible), store.append(a_draft(b"b")), return_exceptions=True
    )
    assert isinstance(results[1], StoreError)
    assert [isinstance(result, EventSummary) for result in results] == [True, False, True]
    assert (await store.append(a_draft(b"c"))).id == 3


async def test_a_page_keeps_the_order_asked_for_and_leaves_out_what_is_gone(store: Store) -> None:
    for _ in range(5):
        await store.append(a_draft())
    assert [row.id for row in store.page(numbers(4, 99, 2, 5))] == [4, 2, 5]
    assert store.page([]) == []


async def test_nothing_is_found_under_an_unknown_number(store: Store) -> None:
    assert store.event(EventId(7)) is None
    assert store.summary(EventId(7)) is None
    with pytest.raises(LookupError):
        store.body(EventId(7))


async def test_a_closed_store_takes_nothing(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        pass
    with pytest.raises(StoreError):
        await store.append(a_draft())
    await store.close()


async def test_what_was_queued_is_written_before_the_store_closes(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        waiting = [asyncio.create_task(store.append(a_draft())) for _ in range(200)]
        await asyncio.sleep(0)
    assert len(await asyncio.gather(*waiting)) == 200
    async with opened(tmp_path) as store:
        assert len(store.page(numbers(*range(1, 201)))) == 200


odd_requests = st.builds(
    Request,
    method=st.sampled_from(["POST", "GET", "M-SEARCH"]),
    target=st.one_of(
        st.binary(max_size=80).map(lambda raw: raw.decode("utf-8", "surrogateescape")), st.text(max_size=80)
    ),
    headers=st.lists(st.tuples(st.binary(max_size=30), st.binary(max_size=60)), max_size=12).map(tuple),
    body=st.binary(max_size=300),
    received_at=st.datetimes(
        min_value=datetime(1971, 1, 1),
        max_value=datetime(2200, 1, 1),
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]),
    ),
    peer=st.just("::1"),
    http_version=st.sampled_from(["1.0", "1.1"]),
)


async def test_odd_requests_survive_byte_for_byte(store: Store) -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(request=odd_requests, text=st.text(max_size=40), lone=st.sampled_from(["", "\ud800", "\udcfe"]))
    def round_trip(request: Request, text: str, lone: str) -> None:
        report = a_report(message_id=text + lone, text=lone + text, name=text)
        draft = a_draft(request=request, reports=(report,))
        row = asyncio.run_coroutine_threadsafe(store.append(draft), loop).result(10)
        event = asyncio.run_coroutine_threadsafe(_read(store, row), loop).result(10)
        assert event.request == request
        assert event.reports == (report,)
        assert event.summary == row

    await asyncio.to_thread(round_trip)


async def _read(store: Store, row: EventSummary) -> Event:
    event = store.event(row.id)
    assert event is not None
    return event


async def test_a_body_of_many_megabytes_comes_back_whole(store: Store) -> None:
    body = bytes(range(256)) * 40_000
    row = await store.append(a_draft(body))
    assert store.body(row.id) == body
    assert row.size == len(body)


async def test_a_request_target_keeps_its_escapes(store: Store) -> None:
    request = a_request(target="/in/abc?x=%2F&y=a+b#frag\udce9")
    row = await store.append(a_draft(request=request))
    event = store.event(row.id)
    assert event is not None
    assert event.request.target == "/in/abc?x=%2F&y=a+b#frag\udce9"
