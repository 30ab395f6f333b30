"""Series on their way: tried by their schedule until the first 2xx, in order where asked, also after a crash."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from inspector.directory import Directory
from inspector.domain.attempt import Outgoing
from inspector.domain.endpoint import Endpoint
from inspector.domain.errors import StoreFull, UsageError
from inspector.domain.event import EventId
from inspector.domain.forwarding import ForwardRule
from inspector.domain.identity import Identity
from inspector.domain.series import NewSeries, Series, SeriesPlan, SeriesState
from inspector.providers.catalogue import load_catalogue
from inspector.replay.courier import Courier, Timing
from inspector.replay.replayer import Replayer
from inspector.replay.schedules import schedule_of
from inspector.replay.sender import Sender
from inspector.replay.trying import MAY_BE_SECOND
from inspector.resources import resource_path
from inspector.secret_store import MemorySecrets
from inspector.settings import Settings
from inspector.store import series_rows
from inspector.store.series import RuleKey
from inspector.store.store import Store
from tests.builders import NOON
from tests.fakes import OK, Behaviour, a_target, answering
from tests.integration.store.making import a_draft, a_report
from tests.waiting import until

pytestmark = pytest.mark.asyncio

DOWN = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"


class FakeTiming:
    """A clock that goes on only when it is told to, and rings what is due then."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self._calls: list[tuple[datetime, int, Callable[[], None]]] = []
        self._number = count()

    def now(self) -> datetime:
        return self._now

    def call_at(self, at: datetime, callback: Callable[[], None]) -> _Call:
        number = next(self._number)
        heapq.heappush(self._calls, (at, number, callback))
        return _Call(self, number)

    def cancel(self, number: int) -> None:
        self._calls = [call for call in self._calls if call[1] != number]
        heapq.heapify(self._calls)

    def go_to(self, at: datetime) -> None:
        self._now = max(self._now, at)
        while self._calls and self._calls[0][0] <= self._now:
            heapq.heappop(self._calls)[2]()


@dataclass
class _Call:
    timing: FakeTiming
    number: int

    def cancel(self) -> None:
        self.timing.cancel(self.number)


@dataclass
class Bench:
    """A store with an endpoint, and the courier at work."""

    store: Store
    directory: Directory
    endpoint: Endpoint
    replayer: Replayer
    courier: Courier
    told: list[Series] = field(default_factory=list)

    async def event(self, message_id: str = "msg_1", **others: Any) -> EventId:
        draft = a_draft(endpoint_id=self.endpoint.id, reports=(a_report(message_id=message_id),), **others)
        return (await self.store.append(draft)).id

    def series(self, event_id: EventId) -> Series:
        (one,) = self.store.series.of_event(event_id)
        return one

    async def over(self, *event_ids: EventId) -> None:
        await until(lambda: all(not self.series(event_id).state.is_open for event_id in event_ids))


@contextlib.asynccontextmanager
async def a_bench(folder: Path, timing: Timing | None = None, *, start: bool = True) -> AsyncIterator[Bench]:
    store = await Store.open(folder)
    directory = Directory(store, MemorySecrets(), load_catalogue([resource_path("providers")]))
    endpoint = directory.all()[0] if directory.all() else await directory.create("Shop")
    replayer = Replayer(store, directory, Sender(), Settings)
    courier = Courier(store.series, replayer, directory, store.among, timing)
    bench = Bench(store, directory, endpoint, replayer, courier)
    store.series.changed.subscribe(lambda some: bench.told.extend(some))
    try:
        if start:
            courier.start()
            await courier.loaded.wait()
        yield bench
    finally:
        await courier.close()
        await store.close()


def answers(*responses: bytes) -> Behaviour:
    """Answer one response after the other; the last one stays."""
    left = list(responses)

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(left.pop(0) if len(left) > 1 else left[0])(reader, writer)

    return behave


def a_rule(target: str, **others: Any) -> ForwardRule:
    return ForwardRule(others.pop("id", "r"), (target,), **others)


def a_plan(schedule: str = "once", **others: Any) -> SeriesPlan:
    return SeriesPlan(schedule_of(schedule), **others)


async def test_an_event_is_forwarded_as_captured_and_its_attempt_kept(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench, a_target() as target:
        event_id = await bench.event(forwards=(a_rule(target.url),))
        await bench.over(event_id)
        series = bench.series(event_id)
        (attempt,) = bench.store.attempts(event_id)
        assert (series.state, series.tries, series.status) == (SeriesState.DONE, 1, 200)
        assert (attempt.series_id, attempt.try_no, attempt.note) == (series.id, 1, "")
        assert target.requests[0].endswith(bench.store.body(event_id))
        await until(lambda: bench.courier.open_count == 0)


@pytest.mark.parametrize(
    ("schedule", "moments"),
    [("rcs-events", (0, 60, 360, 2160, 9360)), ("rcs-client", (0, 10, 110)), ("once", (0,))],
)
async def test_tries_are_made_to_the_second_until_the_schedule_ends(
    tmp_path: Path, schedule: str, moments: tuple[int, ...]
) -> None:
    timing = FakeTiming()
    async with a_bench(tmp_path, timing) as bench, a_target(answering(DOWN)) as target:
        event_id = await bench.event()
        (series,) = await bench.courier.begin([NewSeries(event_id, target.url, a_plan(schedule))])
        start = series.next_at
        assert start is not None
        for number, moment in enumerate(moments):
            timing.go_to(start + timedelta(seconds=moment, microseconds=-1))
            await asyncio.sleep(0.02)
            assert len(target.requests) == number
            timing.go_to(start + timedelta(seconds=moment))
            await until(lambda number=number: bench.series(event_id).tries == number + 1)  # type: ignore[misc]
        after = bench.series(event_id)
        assert after.state is SeriesState.GIVEN_UP
        assert after.failure == "Answered 503"
        assert [attempt.try_no for attempt in bench.store.attempts(event_id)] == list(range(len(moments), 0, -1))


async def test_it_ends_with_the_first_2xx(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench, a_target(answers(DOWN, DOWN, OK)) as target:
        event_id = await bench.event()
        await bench.courier.begin([NewSeries(event_id, target.url, a_plan("rcs-events", speed=0))])
        await bench.over(event_id)
        assert bench.series(event_id).state is SeriesState.DONE
        assert len(target.requests) == 3


async def test_a_target_that_asks_for_more_time_gets_it(tmp_path: Path) -> None:
    later = b"HTTP/1.1 429 Slow\r\nRetry-After: 900\r\nContent-Length: 0\r\n\r\n"
    timing = FakeTiming()
    async with a_bench(tmp_path, timing) as bench, a_target(answers(later, OK)) as target:
        event_id = await bench.event()
        (series,) = await bench.courier.begin([NewSeries(event_id, target.url, a_plan("rcs-client"))])
        assert series.next_at is not None
        timing.go_to(series.next_at)
        await until(lambda: bench.series(event_id).tries == 1)
        waiting = bench.series(event_id)
        assert waiting.next_at == timing.now() + timedelta(seconds=900)
        assert "15 min" in waiting.note


async def test_what_the_search_must_decide_is_decided_and_sent(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench, a_target() as target:
        rules = (a_rule(target.url, match="$.a=1"),)
        wanted = await bench.event(body=b'{"a": 1}', forwards=rules)
        other = await bench.event(body=b'{"a": 2}', forwards=rules)
        await bench.over(wanted)
        await until(lambda: bench.store.series.of_event(other) == ())
        assert len(target.requests) == 1


async def test_events_of_a_message_go_one_after_the_other_where_asked(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench, a_target(answers(DOWN, DOWN, OK)) as target:
        rule = a_rule(target.url, in_order=True, schedule="0, 0, 0, 0")
        ids = [await bench.event("msg_1", body=b'{"n":%d}' % number, forwards=(rule,)) for number in range(4)]
        await bench.over(*ids)
        assert [request[-7:] for request in target.requests] == [
            *[b'{"n":0}'] * 3,
            *(b'{"n":1}', b'{"n":2}', b'{"n":3}'),
        ]


async def test_other_messages_do_not_wait(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench, a_target(answers(DOWN, OK)) as target:
        rule = a_rule(target.url, in_order=True, schedule="0, 1h")
        first = await bench.event("msg_1", forwards=(rule,))
        await until(lambda: bench.series(first).tries == 1)
        behind = await bench.event("msg_1", forwards=(rule,))
        other = await bench.event("msg_2", forwards=(rule,))
        await bench.over(other)
        assert bench.series(behind).tries == 0
        await bench.courier.stop([bench.series(first).id])
        await bench.over(first, behind)
        assert bench.series(behind).state is SeriesState.DONE


async def test_a_target_gets_no_more_than_eight_at_once(tmp_path: Path) -> None:
    running = 0
    most = 0
    gate = asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await gate.wait()
        running -= 1
        await answering(OK)(reader, writer)

    async with a_bench(tmp_path) as bench, a_target(slow) as target:
        ids = [await bench.event(forwards=(a_rule(target.url),)) for _ in range(20)]
        await until(lambda: running == 8)
        gate.set()
        await bench.over(*ids)
        assert most == 8


async def test_a_paused_rule_waits_also_after_a_restart(tmp_path: Path) -> None:
    async with a_target() as target:
        rule = a_rule(target.url)
        async with a_bench(tmp_path) as bench:
            key = RuleKey(bench.endpoint.id, rule.id)
            await bench.courier.pause(key)
            event_id = await bench.event(forwards=(rule,))
            by_hand = await bench.event()
            await bench.courier.begin([NewSeries(by_hand, target.url, a_plan())])
            await bench.over(by_hand)
        async with a_bench(tmp_path) as bench:
            assert bench.courier.is_paused(key)
            assert bench.series(event_id).state is SeriesState.WAITING
            await bench.courier.resume(key)
            await bench.over(event_id)
            assert bench.series(event_id).state is SeriesState.DONE


async def test_a_rule_is_stopped_with_all_its_series(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench, a_target(answering(DOWN)) as target:
        rule = a_rule(target.url, schedule="0, 1h")
        ids = [await bench.event(forwards=(rule,)) for _ in range(3)]
        await until(lambda: all(bench.series(event_id).tries == 1 for event_id in ids))
        assert await bench.courier.stop_rule(RuleKey(bench.endpoint.id, rule.id)) == 3
        assert {bench.series(event_id).state for event_id in ids} == {SeriesState.STOPPED}
        assert bench.courier.open_count == 0


async def test_what_was_under_way_at_a_crash_is_sent_again_and_marked(tmp_path: Path) -> None:
    async with a_target() as target:
        async with a_bench(tmp_path, start=False) as bench:
            event_id = await bench.event(forwards=(a_rule(target.url),))
            other = await bench.event(forwards=(a_rule(target.url),))
            await bench.store.series.sending([bench.series(event_id).id])
        async with a_bench(tmp_path) as bench:
            await bench.over(event_id, other)
            assert bench.store.attempts(event_id)[0].note == MAY_BE_SECOND
            assert bench.store.attempts(other)[0].note == ""
            assert len(target.requests) == 2


async def test_waiting_series_go_on_after_a_restart(tmp_path: Path) -> None:
    async with a_target(answers(DOWN, OK)) as target:
        async with a_bench(tmp_path) as bench:
            event_id = await bench.event()
            await bench.courier.begin([NewSeries(event_id, target.url, a_plan("0, 1s", speed=10))])
            await until(lambda: bench.series(event_id).tries == 1)
        async with a_bench(tmp_path) as bench:
            await bench.over(event_id)
            assert (bench.series(event_id).state, bench.series(event_id).tries) == (SeriesState.DONE, 2)


async def test_an_edited_request_is_what_every_try_sends(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench, a_target(answers(DOWN, OK)) as target:
        event_id = await bench.event()
        edited = Outgoing("PUT", target.url, ((b"X-Mine", b"1"),), b"edited \xff")
        plan = a_plan("0, 0")
        await bench.courier.begin([NewSeries(event_id, target.url, plan, edited)])
        await bench.over(event_id)
        assert all(request.startswith(b"PUT /hook") and b"X-Mine: 1" in request for request in target.requests)
        assert all(request.endswith(b"edited \xff") for request in target.requests)
        assert len(target.requests) == 2


async def test_every_try_is_signed_as_of_its_own_moment(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench, a_target(answers(DOWN, OK)) as target:
        await bench.directory.set_secret(bench.endpoint.id, "whsec")
        event_id = await bench.event()
        await bench.courier.begin([NewSeries(event_id, target.url, a_plan("0, 0", identity=Identity.NEW_IDS))])
        await bench.over(event_id)
        first, second = (request.split(b"\r\n\r\n", 1)[1] for request in target.requests)
        assert first == second  # a retry has the ids of the try before it
        assert first != bench.store.body(event_id)
        assert b"x-webhook-signature" in target.requests[0].lower()
        assert "signed again" in bench.store.attempts(event_id)[0].note


async def test_what_cannot_be_signed_is_skipped_with_the_reason(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench, a_target() as target:
        event_id = await bench.event()
        for secret in bench.directory.by_id(bench.endpoint.id).endpoint.signing.secrets:  # type: ignore[union-attr]
            await bench.directory.remove_secret(bench.endpoint.id, secret.key)
        await bench.courier.begin([NewSeries(event_id, target.url, a_plan(identity=Identity.SIGNED))])
        await bench.over(event_id)
        assert bench.series(event_id).state is SeriesState.SKIPPED
        assert "no secret" in bench.series(event_id).note
        assert target.requests == []


async def test_a_series_whose_event_is_gone_ends_with_words(tmp_path: Path) -> None:
    timing = FakeTiming()
    async with a_bench(tmp_path, timing) as bench, a_target() as target:
        event_id = await bench.event()
        (series,) = await bench.courier.begin([NewSeries(event_id, target.url, a_plan())])
        await bench.store._write(_lose, event_id)
        assert series.next_at is not None
        timing.go_to(series.next_at)
        await bench.over(event_id)
        assert bench.series(event_id).state is SeriesState.STOPPED
        assert bench.series(event_id).note == series_rows.EVENT_GONE
        with pytest.raises(UsageError):
            await bench.courier.begin([NewSeries(event_id, target.url, a_plan())])


def _lose(connection: Any, event_id: int) -> None:
    connection.execute("DELETE FROM events WHERE id = ?", (event_id,))
    connection.execute("DELETE FROM payloads WHERE event_id = ?", (event_id,))


async def test_a_full_disk_makes_it_wait_and_nothing_is_sent_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("inspector.replay.courier.AGAIN_S", 0.01)
    async with a_bench(tmp_path) as bench, a_target() as target:
        keep, failures = bench.store.series.keep_try, [1, 2, 3]

        async def full(*values: Any) -> Any:
            if failures:
                failures.pop()
                raise StoreFull("The disk is full.")
            return await keep(*values)

        monkeypatch.setattr(bench.store.series, "keep_try", full)
        event_id = await bench.event(forwards=(a_rule(target.url),))
        await bench.over(event_id)
        assert failures == []
        assert len(target.requests) == 1
        assert len(bench.store.attempts(event_id)) == 1
    assert "Forwarding waits" in caplog.text


async def test_a_rules_log_and_health_tell_how_it_goes(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench, a_target() as good, a_target(answering(DOWN)) as bad:
        rule = ForwardRule("r", (good.url, bad.url))
        ids = [await bench.event(forwards=(rule,)) for _ in range(3)]
        key = RuleKey(bench.endpoint.id, "r")
        await until(lambda: bench.courier.open_count == 0)
        log = await bench.store.series.log(key, limit=4)
        assert [one.event_id for one in log] == [ids[2], ids[2], ids[1], ids[1]]
        older = await bench.store.series.log(key, before=log[-1].id)
        assert [one.event_id for one in older] == [ids[0], ids[0]]
        health = {one.target: one for one in await bench.store.series.health(key)}
        assert health[good.url].counts == {SeriesState.DONE: 3}
        assert health[good.url].share == 1.0
        assert not health[good.url].is_failing
        assert health[bad.url].counts == {SeriesState.GIVEN_UP: 3}
        assert health[bad.url].share == 0.0
        assert health[bad.url].is_failing
        assert health[bad.url].last_failure == "Answered 503"


async def test_a_forward_in_a_circle_is_refused_through_other_endpoints_and_hosts_too(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        other = await bench.directory.create("Other")
        back = ForwardRule("b", (f"https://tunnel.example/in/{bench.endpoint.token}?x=1",))
        await bench.directory.save(replace(other, forwards=(back,)))
        rule = a_rule(f"http://localhost:8787/in/{other.token}/more")
        event_id = await bench.event(forwards=(rule,))
        await bench.over(event_id)
        series = bench.series(event_id)
        assert series.state is SeriesState.SKIPPED
        assert "comes back to Shop" in series.note
        assert bench.store.attempts(event_id) == ()


async def test_a_forward_to_another_endpoint_is_sent(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench, a_target() as target:
        other = await bench.directory.create("Other")
        event_id = await bench.event(forwards=(a_rule(f"http://127.0.0.1:{target.port}/in/{other.token}"),))
        await bench.over(event_id)
        assert bench.series(event_id).state is SeriesState.DONE
