"""What is due to be forwarded lies in the database from the moment its event does."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from inspector.domain.answer import Answer
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import Draft, Refusal, Repeat
from inspector.domain.forwarding import ForwardRule
from inspector.domain.identity import Identity
from inspector.domain.query import Query
from inspector.domain.report import Kind
from inspector.domain.series import Series, SeriesState
from inspector.domain.values import MICROSECOND, to_us
from inspector.domain.verification import Verdict
from inspector.replay.outage import outage_table
from inspector.store.store import Store
from tests.builders import NOON
from tests.integration.store.making import UNAUTHORISED, a_draft, a_report, a_verification, opened
from tests.waiting import until

pytestmark = pytest.mark.asyncio

TARGET = "http://localhost:5000/hook"


def a_rule(match: str = "", **others: Any) -> ForwardRule:
    """Return a rule that sends everything to one target."""
    return ForwardRule(others.pop("id", "rule"), others.pop("targets", (TARGET,)), match=match, **others)


async def _series(store: Store, draft: Draft) -> tuple[Series, ...]:
    return store.series.of_event((await store.append(draft)).id)


async def test_a_series_for_every_matching_rule_and_target_is_kept_with_the_event(store: Store) -> None:
    rules = (
        a_rule(id="all", targets=(TARGET, "http://b/")),
        a_rule("type:delivered", id="delivered"),
        a_rule("type:failed", id="failed"),
        a_rule(id="off", enabled=False),
    )
    found = await _series(store, a_draft(forwards=rules))
    assert [(one.rule_id, one.target) for one in reversed(found)] == [
        *(("all", TARGET), ("all", "http://b/"), ("delivered", TARGET)),
    ]
    assert {one.state for one in found} == {SeriesState.WAITING}
    assert all(one.next_at == one.created_at and one.message_id == "msg_7f3a" for one in found)


async def test_new_series_are_told_after_their_event(store: Store) -> None:
    told: list[str] = []
    store.added.subscribe(lambda rows: told.extend(f"event {row.id}" for row in rows))
    store.series.changed.subscribe(lambda series: told.extend(f"series of {one.event_id}" for one in series))
    await store.append(a_draft(forwards=(a_rule(),)))
    await until(lambda: len(told) == 2)
    assert told == ["event 1", "series of 1"]


async def test_the_plan_is_the_rules_of_that_moment(store: Store, tmp_path: Path) -> None:
    rule = a_rule(schedule="rcs-client", identity=Identity.SIGNED, in_order=True, limit_s=1.5)
    (one,) = await _series(store, a_draft(forwards=(rule,)))
    assert one.plan.schedule.waits_s == (0, 10, 100)
    assert one.plan.schedule.limit_s == 1.5
    assert one.plan.identity is Identity.SIGNED
    assert one.plan.in_order
    (other,) = await _series(store, a_draft(forwards=(a_rule(schedule="0, 5m"),)))
    assert other.plan.schedule.waits_s == (0, 300)


async def test_a_duplicate_with_an_answer_of_its_own_is_not_forwarded(store: Store) -> None:
    draft = {"key": "a", "forwards": (a_rule(),), "duplicate_answer": Answer(200, (), b"again")}
    first = await store.append(a_draft(**draft))
    second = await store.append(a_draft(**draft))
    assert second.repeat is Repeat.DUPLICATE
    assert [len(store.series.of_event(row.id)) for row in (first, second)] == [1, 0]


async def test_a_duplicate_that_is_only_marked_is_forwarded(store: Store) -> None:
    await store.append(a_draft(key="a", forwards=(a_rule(),)))
    assert len(await _series(store, a_draft(key="a", forwards=(a_rule(),)))) == 1


async def test_a_duplicate_gets_its_own_answer_and_a_retry_does_not(store: Store) -> None:
    again = Answer(202, (("X-Again", "1"),), b"again")
    refused = a_draft(key="a", answer=UNAUTHORISED, duplicate_answer=again)
    assert (await store.append(refused)).answer_status == 401
    assert (await store.append(refused)).answer_status == 401  # a retry
    taken = await store.append(a_draft(key="a", duplicate_answer=again))
    assert (taken.repeat, taken.answer_status) == (Repeat.RETRY, 200)
    # The same draft as at first: as a duplicate it is answered 202, and counts as accepted.
    third = await store.append(refused)
    assert (third.repeat, third.answer_status) == (Repeat.DUPLICATE, 202)
    kept = store.event(third.id)
    assert kept is not None
    assert kept.answer == again
    assert (await store.append(refused)).repeat is Repeat.DUPLICATE


async def test_duplicates_of_one_batch_get_their_own_answer_too(store: Store) -> None:
    draft = a_draft(key="a", duplicate_answer=Answer(204, (), b""))
    rows = await asyncio.gather(*(store.append(draft) for _ in range(20)))
    assert sorted(row.answer_status for row in rows) == [200, *[204] * 19]


async def test_what_may_be_forged_is_not_forwarded_unless_asked_for(store: Store) -> None:
    forged = {"answer": UNAUTHORISED, "verification": a_verification(Verdict.INVALID)}
    rules = (a_rule(id="all"), a_rule("sig:invalid", id="forged"), a_rule("-sig:invalid", id="good"))
    found = await _series(store, a_draft(forwards=rules, **forged))
    assert [one.rule_id for one in found] == ["forged"]


async def test_a_wrong_signature_that_is_accepted_all_the_same_is_forwarded(store: Store) -> None:
    draft = a_draft(forwards=(a_rule(),), verification=a_verification(Verdict.INVALID))
    assert len(await _series(store, draft)) == 1


async def test_a_valid_event_that_is_answered_503_on_purpose_is_forwarded(store: Store) -> None:
    assert len(await _series(store, a_draft(forwards=(a_rule(),), answer=Answer(503)))) == 1


async def test_a_request_that_was_turned_away_is_not_forwarded(store: Store) -> None:
    draft = a_draft(b"", forwards=(a_rule(),), refusal=Refusal.TOO_LARGE, answer=Answer(413), reports=())
    assert await _series(store, draft) == ()


async def test_what_the_row_cannot_tell_is_left_undecided(store: Store) -> None:
    (one,) = await _series(store, a_draft(b'{"a": 1}', forwards=(a_rule("$.a=1"),)))
    assert one.state is SeriesState.UNDECIDED
    assert one.plan.match == "$.a=1"
    told = await store.series.decide([one.id], [])
    assert [series.state for series in told] == [SeriesState.WAITING]
    (other,) = await _series(store, a_draft(b'{"a": 2}', forwards=(a_rule("$.a=1"),)))
    await store.series.decide([], [other.id])
    assert store.series.of_event(other.event_id) == ()


async def test_a_rule_whose_match_cannot_be_read_matches_nothing(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    assert await _series(store, a_draft(forwards=(a_rule("type:"), a_rule(id="b", match="sig:purple")))) == ()
    assert "matches nothing" in caplog.text


async def test_events_without_rules_have_no_series(store: Store) -> None:
    await store.append(a_draft(forwards=(a_rule(),)))
    assert await _series(store, a_draft()) == ()


async def test_series_survive_the_end_of_the_store(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        row = await store.append(a_draft(forwards=(a_rule(schedule="google-rbm"),)))
        before = store.series.of_event(row.id)
    async with opened(tmp_path) as store:
        assert store.series.of_event(row.id) == before
        assert await store.series.open_after() == before


async def test_series_of_a_purged_event_end_with_words(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        row = await store.append(a_draft(forwards=(a_rule(),)))
        await store.set_deleted([row.id], True)
    async with opened(tmp_path) as store:
        await until(lambda: store.summary(row.id) is None)
        (one,) = store.series.of_event(row.id)
        assert one.state is SeriesState.STOPPED
        assert "deleted" in one.note
        assert await store.series.open_after() == ()


async def test_series_of_a_deleted_endpoint_are_stopped(store: Store) -> None:
    row = await store.append(a_draft(forwards=(a_rule(),)))
    other = await store.append(a_draft(forwards=(a_rule(),), endpoint_id=EndpointId(2)))
    await store.delete_endpoint(EndpointId(1))
    (one,) = store.series.of_event(row.id)
    assert (one.state, one.note) == (SeriesState.STOPPED, "Its endpoint was deleted.")
    assert store.series.of_event(other.id)[0].state is SeriesState.WAITING


async def test_the_events_of_an_outage_come_with_all_their_sightings(store: Store) -> None:
    later = NOON + timedelta(minutes=5)
    down = Answer(503)
    rows = [
        await store.append(a_draft(key="before", answer=down, received_at=NOON - timedelta(minutes=5))),
        await store.append(a_draft(key="a", answer=down)),
        await store.append(a_draft(key="fine")),
        await store.append(a_draft(key="before", answer=down)),
        await store.append(a_draft(key="a", received_at=later)),
        await store.append(a_draft(key="other", answer=down, received_at=later)),
    ]
    found = await store.outage_rows(EndpointId(1), to_us(NOON), to_us(NOON) + 60 * MICROSECOND)
    assert [row.id for row in found] == [rows[0].id, rows[1].id, rows[3].id, rows[4].id]
    table = outage_table(found, to_us(NOON), to_us(NOON) + 60 * MICROSECOND)
    assert [(one.event_id, one.back_s) for one in table.struck] == [(rows[1].id, 300.0), (rows[3].id, None)]
    assert await store.outage_rows(EndpointId(2), 0, to_us(later)) == ()


async def test_an_amended_answer_takes_the_place_of_the_first(store: Store) -> None:
    row = await store.append(a_draft(key="a"))
    late = Answer(503, (("Retry-After", "5"),), b"not now")
    await store.amend_answer(row.id, late)
    kept = store.event(row.id)
    assert kept is not None
    assert kept.answer == late
    assert kept.summary.answer_status == 503
    assert (await store.append(a_draft(key="a"))).repeat is Repeat.RETRY


async def test_an_event_that_is_accepted_late_makes_the_next_sighting_a_duplicate(store: Store) -> None:
    row = await store.append(a_draft(key="a", answer=UNAUTHORISED))
    await store.amend_answer(row.id, Answer(200))
    assert list(await store.ids(Query(issues=True))) == []
    assert (await store.append(a_draft(key="a"))).repeat is Repeat.DUPLICATE


async def test_a_failed_message_stays_an_issue_whatever_it_is_answered(store: Store) -> None:
    row = await store.append(a_draft(reports=(a_report(), a_report(Kind.FAILED)), answer=UNAUTHORISED))
    await store.amend_answer(row.id, Answer(200))
    assert list(await store.ids(Query(issues=True))) == [row.id]


async def test_the_amended_answer_holds_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        row = await store.append(a_draft(key="a"))
        await store.amend_answer(row.id, Answer(500))
    async with opened(tmp_path) as store:
        assert (await store.append(a_draft(key="a"))).repeat is Repeat.RETRY
