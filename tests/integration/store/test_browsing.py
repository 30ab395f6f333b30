"""Which events a query finds, among those that are stored and for one that has just arrived."""

from __future__ import annotations

import asyncio
import gzip
from array import array
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.domain.answer import Answer
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.domain.query import Query, Term
from inspector.domain.report import Category, Kind
from inspector.domain.verification import Verdict
from inspector.search import parse
from inspector.store import browse, tally
from inspector.store.store import Store
from tests.builders import NOON, a_request, headers_of
from tests.integration.store.making import (
    UNAUTHORISED,
    a_draft,
    a_report,
    a_verification,
    eventually,
    indexed_id,
)
from tests.waiting import until

pytestmark = pytest.mark.asyncio


def query(text: str, **others: object) -> Query:
    parsed = parse(text)
    assert parsed.errors == ()
    return Query(terms=parsed.terms, **others)  # type: ignore[arg-type]  # the other parts of a query


async def found(store: Store, text: str, **others: object) -> list[int]:
    return (await store.ids(query(text, **others))).tolist()


async def is_indexed(store: Store, newest: int) -> None:
    await until(lambda: indexed_id(store.folder) == newest)


async def fill(store: Store) -> None:
    await store.append(a_draft(b'{"note":"refund for Zoe"}'))
    await store.append(a_draft(reports=(a_report(Kind.FAILED, "msg_b", recipient="+4930123", carrier="O2"),)))
    await store.append(a_draft(reports=(a_report(Kind.OPTOUT, "msg_c", name="message.optout", campaign="Spring"),)))
    await store.append(a_draft(verification=a_verification(Verdict.INVALID), answer=UNAUTHORISED))
    await store.append(a_draft(endpoint_id=EndpointId(2), verification=a_verification(Verdict.NO_SECRET)))
    await store.append(a_draft(reports=(a_report(message_id="msg_d"), a_report(Kind.FAILED, "msg_e"))))
    await store.append(a_draft(endpoint_id=None, provider="", verification=None, reports=(), answer=Answer(404)))


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", [1, 2, 3, 4, 5, 6, 7]),
        ("type:failed", [2, 6]),
        ("type:message.failed", [2, 6]),
        ("type:failed,optout", [2, 3, 6]),
        ("-type:failed,optout", [1, 4, 5, 7]),
        ("type:opt", [3]),
        ("msg:msg_b", [2]),
        ("msg:MSG_", [1, 2, 3, 4, 5, 6]),
        ("msg:msg_e", [6]),
        ("to:+4930", [2]),
        ("-to:+", [7]),
        ("carrier:o2", [2]),
        ("campaign:spring", [3]),
        ("sig:invalid", [4]),
        ("sig:nosecret,invalid", [4, 5]),
        ("-sig:valid", [4, 5, 7]),
        ("code:4xx", [4, 7]),
        ("code:404", [7]),
        ("code:40x,200", [1, 2, 3, 4, 5, 6, 7]),
        ("ip:127.0", [1, 2, 3, 4, 5, 6, 7]),
        ("ip:0.0", []),
        ("refund", [1]),
        ("REFU", [1]),
        ("-refund type:delivered", [4, 5, 6]),
        ('"for zoe"', [1]),
        ("optout", [3]),
        ("#3", [3]),
        ("refund,#3", [1, 3]),
        ("4155550132 type:optout", [3]),
        ("$.note", [1]),
        ('$.note="refund for Zoe"', [1]),
        ("$.note=other", []),
        ("$.status=delivered -$.note", [2, 3, 4, 5, 6, 7]),
        ("header:content-type", [1, 2, 3, 4, 5, 6, 7]),
        ("header:Content-Type=JSON type:failed", [2, 6]),
        ("-header:content-length=25", [2, 3, 4, 5, 6, 7]),
        ("type:failed sig:invalid", []),
        ("%", []),
        ("msg:%", []),
    ],
)
async def test_a_filter_finds(store: Store, text: str, ids: list[int]) -> None:
    await fill(store)
    assert await found(store, text) == ids
    await is_indexed(store, 7)
    assert await found(store, text) == ids


async def test_scope_segment_and_issues_narrow_the_list(store: Store) -> None:
    await fill(store)
    assert await found(store, "", endpoint_id=EndpointId(2)) == [5]
    assert await found(store, "", category=Category.ENGAGEMENT) == [3]
    assert await found(store, "", issues=True) == [2, 4, 6, 7]
    assert await found(store, "type:failed", category=Category.STATUS, issues=True, endpoint_id=EndpointId(1)) == [2, 6]


async def test_repeats_and_marks_are_found(store: Store) -> None:
    for answer in (UNAUTHORISED, Answer(), Answer()):
        await store.append(a_draft(key="evt_1", answer=answer))
    await store.star([EventId(1)], True)
    await store.mark_read([EventId(1), EventId(2)], True)
    assert await found(store, "retry:yes") == [2]
    assert await found(store, "dup:yes") == [3]
    assert await found(store, "dup:no retry:no") == [1]
    assert await found(store, "star:yes") == [1]
    assert await found(store, "unread:yes") == [3]
    assert await found(store, "replay:yes") == []


async def test_the_time_of_an_answer_is_found(store: Store) -> None:
    for us in (900, 2_500_000):
        row = await store.append(a_draft())
        store.record_answer(row.id, us, sent=True)
    await store.append(a_draft())
    await eventually(lambda: found(store, "time:>2s"), [2])
    assert await found(store, "time:<500ms") == [1]
    assert await found(store, "-time:>2s") == [1, 3]


async def test_a_time_span_is_found(store: Store) -> None:
    now = datetime.now(UTC)
    for age in (timedelta(days=40), timedelta(days=3), timedelta(0)):
        await store.append(a_draft(received_at=now - age))
    day = (now - timedelta(days=10)).date().isoformat()
    assert await found(store, f"after:{day}") == [2, 3]
    assert await found(store, f"before:{day}") == [1]
    assert await found(store, "after:yesterday") == [3]


@pytest.mark.parametrize("indexed", [False, True])
async def test_words_are_found_in_bodies_of_every_form(store: Store, indexed: bool) -> None:
    form = headers_of([("Content-Type", "application/x-www-form-urlencoded")])
    latin = headers_of([("Content-Type", "text/plain; charset=latin-1")])
    packed = headers_of([("Content-Encoding", "gzip")])
    await store.append(a_draft(request=a_request(b"Body=Gr%C3%BC%C3%9Fe+all&From=x", headers=form)))
    await store.append(a_draft(request=a_request("Grüße".encode("latin-1"), headers=latin)))
    await store.append(a_draft(request=a_request(gzip.compress("Grüße".encode()), headers=packed)))
    await store.append(a_draft(b'{"t":"Gr\\u00fc\\u00dfe"}'))
    await store.append(a_draft(reports=(a_report(Kind.INBOUND, text="Grüße"),)))
    await store.append(a_draft(request=a_request(b"", target="/in/abc?word=Gr%C3%BC%C3%9Fe")))
    await store.append(a_draft(b"\x00\x01\x02\x03 nothing"))
    if indexed:
        await is_indexed(store, 7)
    assert await found(store, "grüß") == [1, 2, 3, 4, 5, 6]
    assert await found(store, "grusse") == []
    assert await found(store, "nothing") == []


async def test_signs_that_are_no_words_are_found_as_they_are(store: Store) -> None:
    await store.append(a_draft('{"t":"→ next"}'.encode()))
    await store.append(a_draft())
    await is_indexed(store, 2)
    assert await found(store, "→") == [1]
    assert await found(store, '"→ n"') == [1]


async def test_values_inside_lists_and_compressed_bodies_are_found(store: Store) -> None:
    await store.append(a_draft(b'{"to":[{"id":5},{"id":"a b"}],"ok":true}'))
    body = gzip.compress(b'{"to":[{"id":7}]}')
    await store.append(a_draft(request=a_request(body, headers=headers_of([("Content-Encoding", "gzip")]))))
    await store.append(a_draft(b'{"to":[{"id":"\\u0037"}]}'))
    await store.append(a_draft('{"to":[{"id":"7"}]}'.encode("utf-16")))
    assert await found(store, "$.to[].id=5") == [1]
    assert await found(store, '$.to[1].id="a b"') == [1]
    assert await found(store, "$.ok=true") == [1]
    assert await found(store, "$.to[].id=7") == [2, 3, 4]
    assert await found(store, "$.to[0].id=5,7") == [1, 2, 3, 4]


async def test_counts_are_the_same_in_however_many_steps_they_are_made(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await fill(store)
    at_once, endpoints = await store.counts(Query()), await store.scope_counts()
    assert at_once.total == 21
    for step in (1, 4, 20, 21, 22):
        monkeypatch.setattr(tally, "COUNTED", step)
        store._tally.forget()
        assert await store.counts(Query()) == at_once
        assert set(await store.scope_counts()) == set(endpoints)


async def test_the_newest_ids_come_first_and_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browse, "FIRST", 5)
    monkeypatch.setattr(browse, "PACKED", 7)
    await asyncio.gather(*(store.append(a_draft()) for _ in range(40)))
    chunks: list[array[int]] = []
    ids = await store.ids(Query(), chunk=chunks.append)
    assert ids.typecode == "q"
    assert ids.tolist() == list(range(1, 41))
    assert [chunk.tolist() for chunk in chunks] == [[36, 37, 38, 39, 40]]


async def test_a_short_list_comes_in_one_piece(store: Store) -> None:
    await store.append(a_draft())
    chunks: list[array[int]] = []
    assert (await store.ids(Query(), chunk=chunks.append)).tolist() == [1]
    assert chunks == []


async def test_a_cancelled_search_makes_room_for_the_next(store: Store) -> None:
    await fill(store)
    search = asyncio.create_task(store.ids(query("$.note")))
    await asyncio.sleep(0)
    search.cancel()
    with pytest.raises(asyncio.CancelledError):
        await search
    assert await found(store, "type:optout") == [3]


async def test_only_some_events_can_be_asked_about(store: Store) -> None:
    await fill(store)
    assert (await store.among(query("type:failed"), [EventId(1), EventId(2), EventId(99)])).tolist() == [2]
    assert (await store.among(query("refund"), [EventId(1), EventId(2)])).tolist() == [1]


async def test_completion_is_offered_the_most_frequent_values(store: Store) -> None:
    await fill(store)
    facets = await store.facets(Query(), "sig")
    assert [(facet.value, facet.count) for facet in facets] == [("valid", 4), ("invalid", 1), ("nosecret", 1)]
    assert await store.facets(Query(), "header") == ()


terms = st.one_of(
    st.builds(
        Term,
        st.sampled_from(["type", "msg", "to", "carrier", "ip", ""]),
        st.lists(st.sampled_from(["msg", "failed", "_", "%", "+4", "O2", "é", "127", "message", "1"]), min_size=1).map(
            tuple
        ),
        st.booleans(),
    ),
    st.builds(
        Term,
        st.sampled_from(["dup", "retry", "star", "unread", "replay"]),
        st.sampled_from([("yes",), ("no",)]),
        st.booleans(),
    ),
    st.builds(Term, st.just("sig"), st.sampled_from([("valid",), ("invalid", "nosecret")]), st.booleans()),
    st.builds(Term, st.just("code"), st.sampled_from([("4xx",), ("200", "401")]), st.booleans()),
    st.builds(Term, st.just("time"), st.sampled_from([(">2s",), ("<=1ms",)]), st.booleans()),
    st.builds(Term, st.sampled_from(["after", "before"]), st.just(("2026-03-01T12:00:01+00:00",)), st.booleans()),
)
queries = st.builds(
    Query,
    endpoint_id=st.sampled_from([None, EndpointId(1)]),
    category=st.sampled_from([None, Category.STATUS, Category.OTHER]),
    issues=st.booleans(),
    terms=st.lists(terms, max_size=3).map(tuple),
)


async def test_a_new_row_is_judged_as_the_database_would(store: Store) -> None:
    await fill(store)
    await store.append(a_draft(key="evt_1", received_at=NOON + timedelta(seconds=2)))
    await store.append(a_draft(key="evt_1", reports=(a_report(recipient="É_%", carrier="é"),)))
    rows = store.page([EventId(number) for number in range(1, 10)])
    loop = asyncio.get_running_loop()

    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(asked=queries)
    def agree(asked: Query) -> None:
        ids = asyncio.run_coroutine_threadsafe(store.ids(asked), loop).result(10)
        for row in rows:
            judged = store.matches(asked, row)
            assert judged is None or judged is (row.id in ids), (asked, row)

    await asyncio.to_thread(agree)


async def test_a_plain_filter_is_judged_without_the_database(store: Store) -> None:
    await fill(store)
    (row,) = store.page([EventId(2)])
    assert store.matches(query("type:failed to:+49 sig:valid"), row) is True
    assert store.matches(query("type:read"), row) is False
    assert store.matches(query("refund"), row) is None
    assert store.matches(query("refund type:read"), row) is False
    assert store.matches(query("$.note=x"), row) is None
