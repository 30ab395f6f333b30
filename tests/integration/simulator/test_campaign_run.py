"""Campaigns over real sockets: what is declared is what the program recognises, and a handler is tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from inspector.app import App, AppOptions, open_app
from inspector.directory import Resolved
from inspector.domain.answer import Answer
from inspector.domain.errors import UsageError
from inspector.domain.query import Query
from inspector.domain.report import Kind
from inspector.domain.secret import Secret
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.search import parse
from inspector.simulator.campaign.player import Phase, Progress
from inspector.simulator.campaign.result import as_json, sentence, table
from inspector.simulator.campaign.scenario import FAST, FailedShare, Funnel, Noise, Retries, Scenario
from inspector.simulator.campaign.scenario_file import read_scenario
from inspector.simulator.campaign.session import Outcome, Session, Stage
from inspector.simulator.samples import load_samples
from inspector.simulator.test_event import samples_for
from tests.builders import an_endpoint
from tests.fakes import Behaviour, a_target, hang
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio

SMALL = Scenario(
    "small", "Small", recipients=60, over_s=5, rate=1000, speed=FAST, seed=3, failed=(FailedShare("4102", 2),)
)


@pytest_asyncio.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with open_app(tmp_path, AppOptions(port=0, apart=False)) as app:
        yield app


def a_session(app: App, scenario: Scenario = SMALL, **changes: object) -> Session:
    resolved = app.directory.by_id(app.directory.all()[0].id)
    assert resolved is not None
    endpoint = resolved.endpoint
    stage = Stage(resolved, app.simulator.samples(endpoint), app.receiver.address_of(endpoint), app.folder)
    return Session(replace(scenario, **changes), stage)  # type: ignore[arg-type]


def line(outcome: Outcome, title: str) -> tuple[int, int | None]:
    return next((item.declared, item.recognised) for item in outcome.lines if item.title == title)


async def test_everything_declared_is_recognised(app: App) -> None:
    outcome = await a_session(app, recipients=300, noise=Noise(duplicates=5, disorder=10, lost=2)).run()
    assert outcome.well
    assert outcome.phase is Phase.DONE
    declared, recognised = line(outcome, "Duplicates")
    assert declared == recognised
    assert abs(declared - outcome.tally.events * 5 / 100) <= 2
    for title in ("Out of order", "Lost"):
        declared, recognised = line(outcome, title)
        assert declared == recognised > 0
    codes, known = line(outcome, "4102")
    assert codes == known
    assert 4 <= codes <= 6
    assert outcome.recognised is not None
    assert outcome.recognised.valid == outcome.tally.sent


async def test_the_search_text_finds_the_runs_events_and_no_others(app: App) -> None:
    await app.simulator.send(app.directory.all()[0].id, "message.delivered")
    outcome = await a_session(app).run()
    parsed = parse(outcome.search)
    assert not parsed.errors
    assert len(await app.store.ids(Query(terms=parsed.terms))) == outcome.tally.sent


async def test_a_provider_without_campaigns_is_found_by_the_runs_mark(app: App) -> None:
    endpoint = await app.directory.create("Google", "google-rbm")
    resolved = app.directory.by_id(endpoint.id)
    assert resolved is not None
    stage = Stage(resolved, app.simulator.samples(endpoint), app.receiver.address_of(endpoint), app.folder)
    scenario = read_scenario(resource_path("scenarios", "google-rbm-launch.toml"))
    session = Session(replace(scenario, recipients=40, speed=FAST, rate=1000), stage)
    assert "sent" in session.cast.missing
    outcome = await session.run()
    assert outcome.well
    assert outcome.search.startswith("header:X-Simulated-Run=")
    assert len(await app.store.ids(Query(terms=parse(outcome.search).terms))) == outcome.tally.sent


async def test_the_same_seed_again_is_known_from_before_and_still_adds_up(app: App) -> None:
    first = await a_session(app, noise=Noise(duplicates=10)).run()
    second = await a_session(app, noise=Noise(duplicates=10)).run()
    assert first.well
    assert second.well
    assert line(second, "Known from an earlier run")[0] == second.tally.events


async def test_an_endpoint_that_answers_500_is_tried_again_and_recognised_as_retries(app: App) -> None:
    endpoint = app.directory.all()[0]
    await app.directory.save(replace(endpoint, answers=replace(endpoint.answers, accepted=Answer(500))))
    session = a_session(app, recipients=10, retries=Retries(speed=1e6), failed=())
    outcome = await session.run()
    assert len(session.schedule.waits_s) == 5
    assert outcome.tally.retries == 4 * outcome.tally.events
    assert line(outcome, "Retries") == (outcome.tally.retries, outcome.tally.retries)
    assert outcome.tally.gave_up == outcome.tally.events
    assert outcome.agrees
    assert not outcome.well  # nothing was ever taken


async def test_a_run_can_be_held_and_stopped(app: App) -> None:
    session = a_session(app, recipients=5000, rate=200)
    player = session.player
    seen: list[Progress] = []
    player.progress.subscribe(seen.append)
    task = asyncio.create_task(session.run())
    await until(lambda: player.tally.sent >= 20)
    player.pause()
    assert player.state.phase is Phase.PAUSED
    await until(lambda: not player._busy)
    held = player.tally.sent
    player.resume()
    await until(lambda: player.tally.sent >= held + 20)
    player.stop()
    outcome = await task
    assert outcome.phase is Phase.STOPPED
    assert outcome.tally.sent < 5000
    assert outcome.agrees  # what was sent until then adds up
    assert {item.phase for item in seen} >= {Phase.RUNNING, Phase.PAUSED, Phase.STOPPED}


async def test_a_run_never_exceeds_its_rate(app: App) -> None:
    session = a_session(app, recipients=30, rate=100, over_s=0)
    moments: list[float] = []
    make = session.player._make
    session.player._make = lambda planned: (moments.append(asyncio.get_running_loop().time()), make(planned))[1]
    await session.run()
    assert len(moments) > 60
    assert (len(moments) - 1) / (moments[-1] - moments[0]) < 105


# -- a handler of the user's own --------------------------------------------------------------------------------------


def a_stage(url: str, provider: str = "rcs-events") -> Stage:
    profile = load_catalogue([resource_path("providers")]).get(provider)
    resolved = Resolved(an_endpoint(provider=provider), profile, (Secret("topsecret"),))
    return Stage(resolved, samples_for([resource_path("samples")], provider), url)


def failing_at_first(times: int) -> Behaviour:
    seen: dict[bytes, int] = {}

    async def behave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        count = seen[b""] = seen.get(b"", 0) + 1
        status = b"503 Busy" if count <= times else b"204 No Content"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()

    return behave


async def test_a_handler_is_tried_again_until_it_takes_the_event() -> None:
    async with a_target(failing_at_first(7)) as target:
        session = Session(replace(SMALL, recipients=10, retries=Retries(speed=1e6)), a_stage(target.url))
        outcome = await session.run()
    tally = outcome.tally
    assert tally.statuses["503"] == 7
    assert tally.sent == len(target.requests) == tally.events + 7
    assert not tally.unsettled
    assert outcome.well
    assert outcome.recognised is None
    assert all(item.recognised is None for item in outcome.lines)


async def test_without_retries_what_is_not_taken_is_told() -> None:
    async with a_target(failing_at_first(3)) as target:
        session = Session(replace(SMALL, recipients=10, retries=Retries(on=False)), a_stage(target.url))
        outcome = await session.run()
    assert outcome.tally.gave_up == 3
    assert len(outcome.tally.unsettled) == 3
    assert not outcome.well


async def test_a_handler_that_is_not_there_is_counted_in_words() -> None:
    async with a_target() as target:
        url = target.url
    session = Session(replace(SMALL, recipients=5, retries=Retries(on=False)), a_stage(url))
    outcome = await session.run()
    assert outcome.tally.unreached == outcome.tally.sent > 0
    assert [words for words in outcome.tally.statuses if "Nothing is listening" in words]


async def test_a_handler_that_says_nothing_is_given_up_after_the_providers_limit() -> None:
    async with a_target(hang) as target:
        session = Session(replace(SMALL, recipients=1, retries=Retries(on=False)), a_stage(target.url))
        player = session.player
        player._terms = replace(player._terms, limit_s=0.05)
        outcome = await session.run()
    assert player._terms.schedule.id == "once"
    assert outcome.tally.statuses["No answer within 0.05 s"] == outcome.tally.sent


async def test_a_connection_is_kept_for_one_person_after_the_other(app: App) -> None:
    session = a_session(app, recipients=200, at_once=2)
    await session.run()
    peers = {row.peer for row in app.store.page(await app.store.ids(Query()))}
    assert len(peers) <= 2


async def test_a_scenario_for_another_provider_says_so(app: App) -> None:
    with pytest.raises(UsageError, match="written for twilio"):
        a_session(app, provider="twilio")


async def test_a_secret_that_cannot_sign_ends_the_run_with_its_reason() -> None:
    async with a_target() as target:
        session = Session(SMALL, replace(a_stage(target.url, "adobe-io"), samples=a_stage(target.url).samples))
        with pytest.raises(UsageError):
            await session.run()


async def test_a_result_is_told_as_json_and_in_words(app: App) -> None:
    outcome = await a_session(app, noise=Noise(duplicates=10)).run()
    told = as_json(outcome)
    assert told["sent"] == outcome.tally.sent
    assert told["agrees"] is True
    assert told["seed"] == 3
    assert "Everything was recognised as declared" in sentence(outcome)
    assert "10 % asked for" in table(outcome)


async def test_a_handler_that_closes_after_each_answer_is_not_blamed_for_it() -> None:
    async with a_target() as target:
        outcome = await Session(replace(SMALL, recipients=40, at_once=2), a_stage(target.url)).run()
    assert outcome.tally.statuses.keys() == {"200"}
    assert len(target.requests) == outcome.tally.sent


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_localhost_is_found_on_either_loopback_address(host: str) -> None:
    async with a_target(host=host) as target:
        url = f"http://localhost:{target.port}/hook"
        outcome = await Session(replace(SMALL, recipients=3), a_stage(url)).run()
    assert outcome.tally.statuses.keys() == {"200"}


async def test_carriers_are_compared_one_by_one(app: App) -> None:
    outcome = await a_session(app, carriers={"verizon": 3, "att": 1}).run()
    assert outcome.well
    verizon, att = line(outcome, "verizon"), line(outcome, "att")
    assert verizon[0] == verizon[1]
    assert att[0] == att[1]
    assert verizon[0] > 2 * att[0] > 0


CROWD = Funnel(queued=100, delivered=85, expired=5, read=90, clicked=30, replied=30, optout=10, complained=5)
MESSENGERS = sorted(
    folder.name
    for folder in resource_path("samples").iterdir()
    if any(sample.kind is Kind.DELIVERED for sample in load_samples(resource_path("samples"), folder.name))
)


@pytest.mark.parametrize("provider", MESSENGERS)
async def test_every_messaging_provider_recognises_a_whole_campaign(app: App, provider: str) -> None:
    endpoint = await app.directory.create("Other", provider)
    resolved = app.directory.by_id(endpoint.id)
    assert resolved is not None
    stage = Stage(resolved, app.simulator.samples(endpoint), app.receiver.address_of(endpoint), app.folder)
    failed = (FailedShare("7734", 8),)
    scenario = replace(SMALL, recipients=25, funnel=CROWD, failed=failed, noise=Noise(10, 10, 5), rounds=2, go_on=60)
    outcome = await Session(scenario, stage).run()
    assert [item for item in outcome.lines if item.agrees is False] == []
    assert outcome.well
