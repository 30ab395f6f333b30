"""Test events go through the real socket and come out as what a provider would have sent."""

from __future__ import annotations

import asyncio
from random import Random

import pytest

from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import UsageError
from inspector.domain.event import Repeat
from inspector.domain.report import Kind
from inspector.domain.verification import Verdict
from inspector.replay.replayer import Replayer
from inspector.replay.sender import Sender
from inspector.resources import resource_path
from inspector.settings import Settings
from inspector.simulator.test_event import GENERAL, Simulator
from inspector.simulator.trouble import BURST, DUPLICATE, READ_FIRST, TROUBLE, WRONG_SIGNATURE
from tests.fakes import a_target
from tests.integration.receiver.conftest import Station

pytestmark = pytest.mark.asyncio

SAMPLED = tuple(sorted(path.name for path in resource_path("samples").iterdir() if path.name != GENERAL))
GENERALLY = ("discord", "github", "hubspot", "livekit", "sendgrid", "shopify", "svix", "telegram", "xero")


@pytest.fixture
def simulator(station: Station) -> Simulator:
    """Return a simulator for the station's endpoints."""
    replayer = Replayer(station.store, station.directory, Sender(), Settings)
    return Simulator(station.directory, station.receiver, replayer, [resource_path("samples")], Random(1))


@pytest.mark.parametrize("provider", [*SAMPLED, *GENERALLY])
async def test_every_sample_of_every_provider_arrives_genuine(
    station: Station, simulator: Simulator, provider: str
) -> None:
    endpoint = await station.directory.create("Other", provider)
    samples = simulator.samples(endpoint)
    assert samples
    for sample in samples:
        await simulator.send(endpoint.id, sample.key)
    events = await station.events()
    resolved = station.directory.by_id(endpoint.id)
    assert resolved is not None
    assert resolved.profile is not None
    expected = Verdict.VALID if resolved.profile.recipes else None
    assert [event.summary.verdict for event in events] == [expected] * len(samples)
    assert {event.summary.answer_status for event in events} == {200}
    assert [event.summary.repeat for event in events] == [None] * len(samples)


async def test_the_same_sample_twice_is_two_different_events(station: Station, simulator: Simulator) -> None:
    for _ in range(2):
        await simulator.send(station.endpoint.id, "message.delivered")
    first, second = await station.events()
    assert first.summary.message_id != second.summary.message_id
    assert second.summary.repeat is None


async def test_a_wrong_signature_is_told_from_a_right_one(station: Station, simulator: Simulator) -> None:
    sent = await simulator.send(station.endpoint.id, WRONG_SIGNATURE)
    assert (sent.sent, sent.accepted) == (1, 0)
    assert sent.sentence == "Wrong signature: answered 401"
    assert (await station.only_event()).summary.verdict is Verdict.INVALID


async def test_the_last_test_event_comes_again_byte_for_byte(station: Station, simulator: Simulator) -> None:
    await simulator.send(station.endpoint.id, "message.optout")
    await simulator.send(station.endpoint.id, DUPLICATE)
    first, second = await station.events()
    assert second.request.body == first.request.body
    assert second.request.headers == first.request.headers
    assert second.summary.repeat is Repeat.DUPLICATE


async def test_a_duplicate_without_a_first_one_sends_both(station: Station, simulator: Simulator) -> None:
    await simulator.send(station.endpoint.id, DUPLICATE)
    assert [event.summary.repeat for event in await station.events()] == [None, Repeat.DUPLICATE]


async def test_read_arrives_before_delivered_of_the_same_message(station: Station, simulator: Simulator) -> None:
    await simulator.send(station.endpoint.id, READ_FIRST)
    read, delivered = await station.events()
    assert (read.reports[0].kind, delivered.reports[0].kind) == (Kind.READ, Kind.DELIVERED)
    assert read.summary.message_id == delivered.summary.message_id
    assert delivered.reports[0].occurred_at is not None
    assert read.reports[0].occurred_at is not None
    assert delivered.reports[0].occurred_at < read.reports[0].occurred_at


async def test_a_burst_sends_as_many_as_it_says(
    station: Station, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspector.simulator.test_event.BURST_S", 0.4)
    sent = await simulator.send(station.endpoint.id, BURST)
    assert (sent.sent, sent.accepted) == (200, 200)
    events = await station.events()
    assert len({event.summary.message_id for event in events}) == 200


async def test_a_burst_can_be_cancelled(station: Station, simulator: Simulator) -> None:
    task = asyncio.create_task(simulator.send(station.endpoint.id, BURST))
    stored = asyncio.Event()
    station.store.added.subscribe(lambda _: stored.set())
    await stored.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(await station.events()) < 5000


@pytest.mark.parametrize("key", ["message.read", *(case.key for case in TROUBLE)])
async def test_a_test_event_can_be_looked_at_without_sending_it(
    station: Station, simulator: Simulator, key: str
) -> None:
    event = simulator.test_event(station.endpoint.id, key)
    assert event.url == station.receiver.address_of(station.endpoint)
    assert any(name == b"X-Webhook-Signature" for name, _ in event.headers)
    assert await station.events() == []


async def test_an_endpoint_that_checks_nothing_gets_test_events_too(station: Station, simulator: Simulator) -> None:
    endpoint = await station.directory.create("Open", "")
    sent = await simulator.send(endpoint.id, "message.delivered")
    assert sent.accepted == 1
    assert (await station.only_event()).summary.label == "message.delivered"


async def test_what_cannot_be_sent_is_said(station: Station, simulator: Simulator) -> None:
    with pytest.raises(UsageError, match=r"no test event 'nonsense'"):
        await simulator.send(station.endpoint.id, "nonsense")
    with pytest.raises(UsageError, match="no longer exists"):
        await simulator.send(EndpointId(99), "message.read")
    await station.receiver.stop()
    with pytest.raises(UsageError, match="not listening"):
        await simulator.send(station.endpoint.id, "message.read")


async def test_where_the_public_address_is_shown_a_test_event_takes_the_way_from_outside(
    station: Station, simulator: Simulator
) -> None:
    async with a_target() as outside:
        simulator.through = lambda _endpoint: outside.url
        await simulator.send(station.endpoint.id, "message.delivered")
        await simulator.send(station.endpoint.id, WRONG_SIGNATURE)
        assert len(outside.requests) == 2
    assert await station.events() == []
