"""What a provider hears: after the commit, as the endpoint's rule says, and never more than was set."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from inspector.domain.answer import Answer, AnswerRule
from inspector.domain.errors import StoreError, StoreFull
from inspector.domain.event import Draft, EventId, Repeat
from inspector.domain.verification import Verdict
from inspector.providers.handshakes import Handshakes
from inspector.receiver.intake import Intake, Waiting
from inspector.receiver.server import Receiver
from inspector.receiver.state import Status
from tests.builders import DELIVERED
from tests.integration.receiver.conftest import MAX_BODY, SECRET, Station
from tests.integration.receiver.wire import Wire, http, signature
from tests.waiting import until

pytestmark = pytest.mark.asyncio


class Vault:
    """A store whose commits are in the test's hands."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.answers: list[tuple[EventId, int, bool]] = []
        self.committed = asyncio.Event()
        self.error: StoreError | None = None
        self.tasks: list[asyncio.Task[None]] = []

    async def keep(self, draft: Draft) -> EventId:
        self.drafts.append(draft)
        await self.committed.wait()
        if self.error is not None:
            raise self.error
        return EventId(len(self.drafts))

    def keep_soon(self, draft: Draft, waiting: Waiting) -> None:
        async def keep() -> None:
            try:
                waiting.set_result((await self.keep(draft),))
            except StoreError as error:
                waiting.set_exception(error)

        self.tasks.append(asyncio.create_task(keep()))

    def record_answer(self, event_id: EventId, answer_us: int, sent: bool) -> None:
        self.answers.append((event_id, answer_us, sent))


@contextlib.asynccontextmanager
async def a_receiver_before(vault: Vault, station: Station) -> AsyncIterator[Receiver]:
    """Run a second receiver for the station's endpoints that hands its events to `vault`."""
    intake = Intake(vault, station.directory, Handshakes(station.catalogue))
    receiver = Receiver(station.directory, intake, vault, MAX_BODY)
    await receiver.start("127.0.0.1", 0, fallback=False)
    try:
        yield receiver
    finally:
        await receiver.stop()


@pytest.mark.parametrize("odd", [(), (("Connection", "close"),)], ids=["directly", "by the handler"])
async def test_nothing_is_answered_before_the_commit(station: Station, odd: tuple[tuple[str, str], ...]) -> None:
    vault = Vault()
    async with a_receiver_before(vault, station) as receiver:
        wire = await Wire.to(receiver.state.port)
        await wire.send(http(station.endpoint.path, DELIVERED, headers=[signature(SECRET, DELIVERED), *odd]))
        await until(lambda: len(vault.drafts) == 1)
        first_byte = asyncio.create_task(wire.reader.read(1))
        done, _ = await asyncio.wait([first_byte], timeout=0.2)
        assert not done
        assert vault.answers == []
        vault.committed.set()
        assert await first_byte == b"H"
        await wire.close()
        await until(lambda: len(vault.answers) == 1)
    (event_id, answer_us, sent) = vault.answers[0]
    assert (event_id, sent) == (1, True)
    assert answer_us >= 200_000


async def test_a_full_disk_is_answered_503_with_retry_after_and_said_once(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    vault = Vault()
    vault.committed.set()
    vault.error = StoreFull("The disk is full.")
    async with a_receiver_before(vault, station) as receiver:
        replies = []
        for path in (station.endpoint.path, station.endpoint.path, "/in/nobody"):
            wire = await Wire.to(receiver.state.port)
            await wire.send(http(path, b"{}"))
            replies.append(await wire.reply())
            await wire.close()
        assert [reply.status for reply in replies] == [503, 503, 503]
        assert all(int(reply.header("Retry-After")) > 0 for reply in replies)
        assert vault.answers == []
        assert len(caplog.records) == 1
        vault.error = None
        wire = await Wire.to(receiver.state.port)
        await wire.send(http(station.endpoint.path, b"{}", headers=[signature(SECRET, b"{}")]))
        assert (await wire.reply()).status == 200
        await wire.close()


async def test_an_unsigned_event_is_refused_and_kept(station: Station) -> None:
    reply = await station.post(DELIVERED, signed=False)
    event = await station.only_event()
    assert (reply.status, reply.body) == (401, b"Invalid signature")
    assert event.verification is not None
    assert event.verification.verdict is Verdict.UNSIGNED
    assert event.summary.answer_status == 401
    assert event.request.body == DELIVERED


async def test_a_forged_event_is_refused_and_kept(station: Station) -> None:
    reply = await station.post(DELIVERED, signed=False, headers=[signature("another secret", DELIVERED)])
    event = await station.only_event()
    assert reply.status == 401
    assert event.summary.verdict is Verdict.INVALID


async def test_an_endpoint_that_checks_nothing_accepts(station: Station) -> None:
    await station.change(provider="")
    reply = await station.post(DELIVERED, signed=False)
    event = await station.only_event()
    assert reply.status == 200
    assert not event.summary.checked


async def test_the_answer_is_exactly_what_was_set(station: Station) -> None:
    headers = (("X-Second", "2"), ("x-first", "1"), ("X-Second", "3"), ("Content-Type", "application/json"))
    accepted = Answer(status=202, headers=headers, body=b'{"ok":true}')
    await station.change(answers=AnswerRule(accepted=accepted))
    reply = await station.post(DELIVERED)
    assert reply.status == 202
    assert reply.headers == (*headers, ("Content-Length", "11"))
    assert reply.body == b'{"ok":true}'


async def test_an_answer_of_a_status_http_does_not_know_is_sent(station: Station) -> None:
    await station.change(answers=AnswerRule(accepted=Answer(status=599, body=b"odd")))
    assert (await station.post(DELIVERED)).status == 599


async def test_a_line_break_in_a_header_cannot_begin_another(station: Station) -> None:
    await station.change(answers=AnswerRule(accepted=Answer(headers=(("X-A", "1\r\nX-B: 2"),))))
    reply = await station.post(DELIVERED)
    assert reply.header("X-B") == ""


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_that_may_have_no_body_has_none(station: Station, status: int) -> None:
    await station.change(answers=AnswerRule(accepted=Answer(status=status, body=b"ignored")))
    wire = await Wire.to(station.port)
    request = http(station.endpoint.path, DELIVERED, headers=[signature(SECRET, DELIVERED)])
    await wire.send(request + request)
    replies = [await wire.reply("HEAD"), await wire.reply("HEAD")]
    await wire.close()
    assert [reply.status for reply in replies] == [status, status]


async def test_a_delay_holds_the_answer_back_but_not_the_event(station: Station) -> None:
    await station.change(answers=AnswerRule(accepted=Answer(delay_ms=300)))
    stored: list[float] = []
    loop = asyncio.get_running_loop()
    station.store.added.subscribe(lambda _: stored.append(loop.time()))
    reply = await station.post(DELIVERED)
    assert reply.status == 200
    assert loop.time() - stored[0] >= 0.29
    event = await station.only_event()
    await until(lambda: (station.store.summary(event.id) or event.summary).answer_us is not None)
    summary = station.store.summary(event.id)
    assert summary is not None
    assert summary.answer_us is not None
    assert summary.answer_us >= 290_000


async def test_a_provider_that_hangs_up_during_the_delay_makes_its_next_try_a_retry(station: Station) -> None:
    await station.change(answers=AnswerRule(accepted=Answer(delay_ms=300)))
    wire = await Wire.to(station.port)
    await wire.send(http(station.endpoint.path, DELIVERED, headers=[signature(SECRET, DELIVERED)]))
    added: list[EventId] = []
    noted: list[EventId] = []
    station.store.added.subscribe(lambda batch: added.extend(item.id for item in batch))
    station.store.changed.subscribe(noted.extend)
    await until(lambda: len(added) == 1)
    await wire.close()
    await until(lambda: noted == added)
    await station.post(DELIVERED)
    first, second = await station.events()
    assert first.summary.repeat is None
    assert second.summary.repeat is Repeat.RETRY
    assert second.summary.original_id == first.id


async def test_the_same_event_again_is_a_duplicate(station: Station) -> None:
    for _ in range(3):
        await station.post(DELIVERED)
    events = await station.events()
    assert [event.summary.repeat for event in events] == [None, Repeat.DUPLICATE, Repeat.DUPLICATE]
    assert [event.summary.repeat_no for event in events] == [1, 2, 3]


async def test_an_event_we_refused_before_comes_back_as_a_retry(station: Station) -> None:
    refused = AnswerRule(accepted=Answer(status=500))
    await station.change(answers=refused)
    await station.post(DELIVERED)
    await station.change(answers=AnswerRule())
    await station.post(DELIVERED)
    _, second = await station.events()
    assert second.summary.repeat is Repeat.RETRY


async def test_a_paused_receiver_answers_503_and_stores_nothing(station: Station) -> None:
    await station.receiver.pause()
    replies = [await station.post(DELIVERED) for _ in range(2)]
    assert [reply.status for reply in replies] == [503, 503]
    assert int(replies[0].header("Retry-After")) > 0
    assert station.receiver.state.status is Status.PAUSED
    assert station.receiver.state.turned_away == 2
    await station.receiver.resume()
    assert (await station.post(DELIVERED)).status == 200
    assert len(await station.events()) == 1


async def test_a_paused_endpoint_answers_503_while_another_receives(station: Station) -> None:
    other = await station.directory.create("Other", provider="")
    await station.change(paused=True)
    assert (await station.post(DELIVERED)).status == 503
    assert (await station.send(http(other.path, b"{}"))).status == 200
    assert (await station.only_event()).summary.endpoint_id == other.id


async def test_changed_rules_apply_from_the_next_request_on_an_open_connection(station: Station) -> None:
    wire = await Wire.to(station.port)
    request = http(station.endpoint.path, DELIVERED, headers=[signature(SECRET, DELIVERED)])
    await wire.send(request)
    first = await wire.reply()
    await station.change(answers=replace(station.endpoint.answers, accepted=Answer(status=418)))
    await wire.send(request)
    second = await wire.reply()
    await wire.close()
    assert (first.status, second.status) == (200, 418)
