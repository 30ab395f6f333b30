"""Answers that more than the verdict decides: scripts, kinds, chance, outages, people, handlers; and faults."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inspector.domain.access import AccessRule
from inspector.domain.answer import Answer, AnswerRule, AskHandler, Fault, KindAnswer, OnPurpose, Outage
from inspector.domain.attempt import SeriesId
from inspector.domain.endpoint import DuplicateKey, DuplicateRule
from inspector.domain.event import EventId, Repeat
from inspector.domain.forwarding import ForwardRule
from inspector.receiver import server
from tests.builders import DELIVERED
from tests.integration.receiver.conftest import SECRET, Station
from tests.integration.receiver.wire import Wire, http, signature
from tests.waiting import PATIENCE_S, until

pytestmark = pytest.mark.asyncio

FAILED = DELIVERED.replace(b"delivered", b"failed")
BUSY = Answer(503, body=b"Busy")


async def statuses(station: Station, *bodies: bytes) -> list[int]:
    return [(await station.post(body)).status for body in bodies]


async def test_a_script_is_played_for_each_event_and_its_retries_are_seen(station: Station) -> None:
    await station.change(answers=AnswerRule(script=(BUSY, BUSY, Answer())))
    assert await statuses(station, *[DELIVERED] * 4, FAILED) == [503, 503, 200, 200, 503]
    events = await station.events()
    assert [event.summary.repeat for event in events] == [None, Repeat.RETRY, Repeat.RETRY, Repeat.DUPLICATE, None]
    assert [event.summary.label for event in events][::4] == ["message.delivered", "message.failed"]


async def test_a_script_knows_events_again_where_duplicates_are_not_looked_for(station: Station) -> None:
    rule = DuplicateRule(key=DuplicateKey.OFF)
    await station.change(answers=AnswerRule(script=(BUSY, Answer())), duplicates=rule)
    assert await statuses(station, DELIVERED, DELIVERED, FAILED) == [503, 200, 503]
    assert [event.summary.repeat for event in await station.events()] == [None] * 3


async def test_kinds_have_answers_of_their_own(station: Station) -> None:
    await station.change(answers=AnswerRule(by_kind=(KindAnswer(("message.failed",), Answer(410)),)))
    assert await statuses(station, DELIVERED, FAILED) == [200, 410]


async def test_a_rejected_event_is_rejected_whatever_else_there_is(station: Station) -> None:
    await station.change(answers=AnswerRule(script=(Answer(202),), on_purpose=OnPurpose(100.0)))
    assert (await station.post(DELIVERED, signed=False)).status == 401


async def test_some_events_fail_on_purpose_and_the_same_ones_each_time(station: Station) -> None:
    seen = []
    for name in ("One", "Two"):
        endpoint = await station.directory.create(name, provider="")
        await station.directory.save(replace(endpoint, answers=AnswerRule(on_purpose=OnPurpose(40.0, seed=3))))
        sent = [await station.send(http(endpoint.path, b'{"n":%d}' % number)) for number in range(30)]
        seen.append([reply.status for reply in sent])
    assert seen[0] == seen[1]
    assert 3 < seen[0].count(503) < 25


async def test_an_outage_ends_by_itself(station: Station) -> None:
    now = datetime.now(UTC)
    past = Outage(now - timedelta(hours=2), now - timedelta(hours=1))
    await station.change(answers=AnswerRule(outage=replace(past, until=now + timedelta(hours=1))))
    assert await statuses(station, DELIVERED) == [503]
    await station.change(answers=AnswerRule(outage=past))
    assert await statuses(station, DELIVERED) == [200]


async def test_a_template_answers_with_what_the_event_says_and_is_kept_as_it_left(station: Station) -> None:
    body = b'{"id": {{message_id}}, "status": {{json:status}}}'
    answer = Answer(202, (("Content-Type", "application/json"),), body, template=True)
    await station.change(answers=AnswerRule(accepted=answer))
    reply = await station.post(DELIVERED)
    assert json.loads(reply.body) == {"id": "msg_7f3a", "status": "delivered"}
    assert (await station.only_event()).answer.body == reply.body


async def test_a_duplicate_may_only_be_answered(station: Station) -> None:
    await station.change(
        duplicates=DuplicateRule(answer_only=True), answers=AnswerRule(accepted=Answer(202, body=b"Taken"))
    )
    replies = [await station.post(DELIVERED) for _ in range(3)]
    assert [(reply.status, reply.body) for reply in replies] == [(202, b"Taken"), (200, b"Taken"), (200, b"Taken")]
    events = await station.events()
    assert [event.summary.answer_status for event in events] == [202, 200, 200]
    assert events[2].summary.repeat is Repeat.DUPLICATE


async def test_a_forged_duplicate_is_rejected_all_the_same(station: Station) -> None:
    await station.change(duplicates=DuplicateRule(answer_only=True))
    assert (await station.post(DELIVERED)).status == 200
    assert (await station.post(DELIVERED, signed=False)).status == 401


# People and handlers


async def test_a_person_answers_while_the_provider_waits(station: Station) -> None:
    await station.change(answers=AnswerRule(by_hand_s=30.0))
    by_hand = station.receiver.late.by_hand
    news: list[int] = []
    by_hand.waiting.subscribe(lambda held: news.append(len(held)))
    asking = asyncio.create_task(station.post(DELIVERED))
    await until(lambda: len(by_hand.held) == 1)
    (held,) = by_hand.held
    stored = station.store.event(held.event_id)
    assert stored is not None
    assert stored.answer.status == 200
    assert 25 < held.left_s <= 30
    assert by_hand.answer(held.event_id, Answer(418, body=b"By hand"))
    reply = await asking
    assert (reply.status, reply.body) == (418, b"By hand")
    event = await station.only_event()
    assert (event.answer.status, event.answer.body, event.summary.answer_status) == (418, b"By hand", 418)
    assert news == [1, 0]
    assert not by_hand.answer(held.event_id, Answer(418))


async def test_the_fixed_answer_leaves_where_nobody_answers_in_time(station: Station) -> None:
    await station.change(answers=AnswerRule(accepted=Answer(202), by_hand_s=0.05))
    assert (await station.post(DELIVERED)).status == 202
    assert station.receiver.late.by_hand.held == ()


async def test_a_client_that_hangs_up_is_not_waited_for(station: Station) -> None:
    await station.change(answers=AnswerRule(by_hand_s=60.0))
    wire = await Wire.to(station.port)
    await wire.send(http(station.endpoint.path, DELIVERED, headers=[signature(SECRET, DELIVERED)]))
    await until(lambda: len(station.receiver.late.by_hand.held) == 1)
    wire.writer.transport.abort()
    await until(lambda: station.receiver.late.by_hand.held == () and station.receiver._handler._in_flight == 0)
    await station.change(answers=AnswerRule())
    await station.post(DELIVERED)
    assert (await station.events())[1].summary.repeat is Repeat.RETRY


async def test_a_receiver_that_stops_gives_waiting_clients_the_fixed_answer(station: Station) -> None:
    await station.change(answers=AnswerRule(accepted=Answer(202), by_hand_s=60.0))
    asking = asyncio.create_task(station.post(DELIVERED))
    await until(lambda: len(station.receiver.late.by_hand.held) == 1)
    await station.receiver.stop()
    assert (await asking).status == 202


async def test_the_handlers_own_answer_is_passed_on(station: Station) -> None:
    asked: list[tuple[EventId, str]] = []

    async def ask(event_id: EventId, question: AskHandler) -> Answer | None:
        assert station.store.event(event_id) is not None
        asked.append((event_id, question.target))
        return Answer(207, (("X-From", "handler"),), b"mine")

    station.receiver.late.ask = ask
    await station.change(answers=AnswerRule(ask=AskHandler("http://127.0.0.1:9/x")))
    reply = await station.post(DELIVERED)
    assert (reply.status, reply.header("X-From"), reply.body) == (207, "handler", b"mine")
    assert asked == [(EventId(1), "http://127.0.0.1:9/x")]
    assert (await station.only_event()).answer.status == 207


async def test_a_handler_that_says_nothing_leaves_the_fixed_answer(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    async def never(_id: EventId, _asked: AskHandler) -> Answer | None:
        await asyncio.Event().wait()
        return None

    async def fails(_id: EventId, _asked: AskHandler) -> Answer | None:
        raise RuntimeError("broken")

    await station.change(answers=AnswerRule(accepted=Answer(202), ask=AskHandler("http://127.0.0.1:9/", 0.01)))
    for ask in (None, never, fails):
        station.receiver.late.ask = ask
        assert (await station.post(DELIVERED)).status == 202
    assert [record.message for record in caplog.records] == ["The handler could not be asked; the fixed answer is sent"]


async def test_nobody_is_asked_about_a_duplicate_that_is_only_answered(station: Station) -> None:
    await station.change(duplicates=DuplicateRule(answer_only=True))
    await station.post(DELIVERED)
    await station.change(answers=AnswerRule(by_hand_s=60.0))
    assert (await station.post(DELIVERED)).status == 200


# Faults


async def test_a_connection_may_be_reset_instead_of_answered(station: Station) -> None:
    await station.change(answers=AnswerRule(accepted=Answer(fault=Fault.RESET)))
    wire = await Wire.to(station.port)
    await wire.send(http(station.endpoint.path, DELIVERED, headers=[signature(SECRET, DELIVERED)]))
    with pytest.raises(ConnectionResetError):
        await wire.reader.readexactly(1)
    await wire.close()
    await station.change(answers=AnswerRule())
    await station.post(DELIVERED)
    assert (await station.events())[1].summary.repeat is Repeat.RETRY


async def test_half_an_answer_may_leave(station: Station) -> None:
    await station.change(answers=AnswerRule(accepted=Answer(body=b"x" * 4000, fault=Fault.HALF)))
    wire = await Wire.to(station.port)
    await wire.send(http(station.endpoint.path, DELIVERED, headers=[signature(SECRET, DELIVERED)]))
    data = await wire.reader.read()
    await wire.close()
    assert data.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Content-Length: 4000\r\n" in data
    assert 1900 < data.count(b"x") < 2000


async def test_a_client_may_never_be_answered_and_its_going_is_noticed(station: Station) -> None:
    await station.change(answers=AnswerRule(accepted=Answer(fault=Fault.SILENT)))
    wire = await Wire.to(station.port)
    await wire.send(http(station.endpoint.path, DELIVERED, headers=[signature(SECRET, DELIVERED)]))
    await until(lambda: station.store.summary(EventId(1)) is not None)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await wire.reader.read(1)
    await wire.close()
    await until(lambda: station.receiver._handler._in_flight == 0)


async def test_a_stop_does_not_wait_for_clients_that_are_never_answered(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "FINISH_S", 3 * PATIENCE_S)
    await station.change(answers=AnswerRule(accepted=Answer(fault=Fault.SILENT)))
    wire = await Wire.to(station.port)
    await wire.send(http(station.endpoint.path, DELIVERED, headers=[signature(SECRET, DELIVERED)]))
    await until(lambda: station.store.summary(EventId(1)) is not None)
    async with asyncio.timeout(PATIENCE_S):  # less than requests in flight are given to finish
        await station.receiver.stop()
    await wire.close()


# Pages of other origins

PAGES = AccessRule(cors_origins=("https://app.example.com",), methods=("POST",))


async def test_a_browser_that_asks_first_is_told_what_it_may_do(station: Station) -> None:
    await station.change(access=PAGES)
    headers = [
        ("Origin", "https://app.example.com"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "content-type,x-sig"),
    ]
    reply = await station.send(http(station.endpoint.path, method="OPTIONS", headers=headers), method="OPTIONS")
    event = await station.only_event()
    assert reply.status == 204
    assert reply.header("Access-Control-Allow-Origin") == "https://app.example.com"
    assert reply.header("Access-Control-Allow-Methods") == "POST"
    assert reply.header("Access-Control-Allow-Headers") == "content-type,x-sig"
    assert reply.header("Vary") == "Origin"
    assert event.summary.label == "CORS preflight from https://app.example.com"
    assert event.summary.verdict is None


async def test_the_answer_to_a_page_says_that_it_may_be_read(station: Station) -> None:
    await station.change(access=PAGES)
    mine = await station.post(DELIVERED, headers=[("Origin", "https://app.example.com")])
    other = await station.post(DELIVERED, headers=[("Origin", "https://evil.example")])
    none = await station.post(DELIVERED)
    assert mine.header("Access-Control-Allow-Origin") == "https://app.example.com"
    assert (mine.status, other.status, none.status) == (200, 200, 200)
    assert other.header("Access-Control-Allow-Origin") == none.header("Access-Control-Allow-Origin") == ""


async def test_a_page_of_another_origin_is_not_let_in(station: Station) -> None:
    await station.change(access=PAGES)
    headers = [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST")]
    reply = await station.send(http(station.endpoint.path, method="OPTIONS", headers=headers), method="OPTIONS")
    assert (reply.status, reply.header("Access-Control-Allow-Origin")) == (403, "")


async def test_without_a_list_of_origins_a_preflight_is_a_request_like_any_other(station: Station) -> None:
    headers = [("Origin", "https://app.example.com"), ("Access-Control-Request-Method", "POST")]
    reply = await station.send(http(station.endpoint.path, method="OPTIONS", headers=headers), method="OPTIONS")
    assert (reply.status, reply.header("Access-Control-Allow-Origin")) == (401, "")


# Forwarding


@pytest.mark.parametrize("kind", ["outage", "on purpose"])
async def test_what_is_turned_away_is_not_forwarded_and_its_retry_is(station: Station, kind: str) -> None:
    now = datetime.now(UTC)
    down = (
        AnswerRule(outage=Outage(now - timedelta(hours=1), now + timedelta(hours=1)))
        if kind == "outage"
        else AnswerRule(on_purpose=OnPurpose(100.0))
    )
    await station.change(answers=down, forwards=(ForwardRule("a", ("http://localhost:9/",)),))
    assert await statuses(station, DELIVERED) == [503]
    assert not await station.store.has_open_series()
    await station.change(answers=AnswerRule())
    assert await statuses(station, DELIVERED) == [200]
    (series,) = await station.store.series.open_after(SeriesId(0))
    assert series.event_id == (await station.events())[1].id


async def test_an_answer_of_a_script_or_a_kind_is_forwarded_whatever_it_says(station: Station) -> None:
    rule = ForwardRule("a", ("http://localhost:9/",))
    by_kind = (KindAnswer(("message.failed",), Answer(410)),)
    await station.change(answers=AnswerRule(by_kind=by_kind), forwards=(rule,))
    assert await statuses(station, FAILED) == [410]
    assert len(await station.store.series.open_after(SeriesId(0))) == 1
