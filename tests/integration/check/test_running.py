"""How a run goes: a target that is down, time limits, stopping, waiting, one check alone, and what is kept."""

from __future__ import annotations

import asyncio
from random import Random

import pytest
from aiohttp import web

from inspector.domain.attempt import Failure
from inspector.domain.errors import UsageError
from inspector.simulator.check.bench import Seams
from inspector.simulator.check.checks import CHECKS, chosen
from inspector.simulator.check.outcome import State
from inspector.simulator.check.provider import Identity
from inspector.simulator.check.runner import HandlerCheck, Progress
from tests.fakes import OK, a_target, close, hang
from tests.integration.check import schemes
from tests.integration.check.checking import checked, identity, keys, quick
from tests.integration.check.handlers import Handler, hex_hmac, served

pytestmark = pytest.mark.asyncio


async def test_a_target_that_is_down_is_one_problem_and_no_failures() -> None:
    async with a_target() as target:
        url = target.url
    run = await checked(url)
    assert run.problem is not None
    assert run.problem.failure is Failure.REFUSED
    assert run.outcomes == ()


async def test_a_target_that_speaks_no_http_is_one_problem() -> None:
    async def smtp(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        await writer.drain()

    async with a_target(smtp) as target:
        run = await checked(target.url)
    assert run.problem is not None
    assert run.problem.failure is Failure.PROTOCOL


async def test_a_handler_that_stops_in_the_middle_ends_the_run() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    def stop_listening(progress: Progress) -> None:
        if progress.check.key == "user-reply":
            server.close()

    checking = HandlerCheck(f"http://127.0.0.1:{port}/hook", identity(), seams=quick())
    run = await checking.run(CHECKS, stop_listening)
    assert run.problem is not None
    assert [outcome.key for outcome in run.outcomes] == ["successful-delivery", "failed-delivery", "user-click"]


@pytest.mark.slow
async def test_no_answer_within_five_seconds_fails() -> None:
    async with a_target(hang) as target:
        run = await checked(target.url, only="1")
    outcome = run.outcomes[0]
    assert outcome.state is State.FAILED
    assert outcome.ruling.title == "No answer within 5 s"


async def test_an_answer_after_two_seconds_is_noted_where_the_rule_is_about_time() -> None:
    async with served(Handler(schemes.rcs, frozenset({"slow"}))) as base:
        run = await checked(f"{base}/hook", only="successful-delivery,unknown-fields")
    assert keys(run, State.NOTED) == {"successful-delivery"}
    assert keys(run, State.PASSED) == {"unknown-fields"}
    assert "2.3 s" in run.outcomes[0].ruling.text


async def test_a_handler_that_limits_how_often_it_is_called_is_given_the_time_it_asks_for() -> None:
    calls: list[int] = []
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def behave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(1)
        limited = b"HTTP/1.1 429 Slow down\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n"
        writer.write(limited if len(calls) % 2 else OK)
        await writer.drain()

    async with a_target(behave) as target:
        checking = HandlerCheck(target.url, identity(), seams=Seams(sleep=sleep, rng=Random(1)))
        run = await checking.run(chosen(["1-5"]))
    assert keys(run, State.PASSED) == {outcome.key for outcome in run.outcomes}
    assert slept == [3.0] * 5
    assert [exchange.status for exchange in run.outcomes[0].exchanges] == [429, 200]


async def test_a_signature_expected_in_other_letters_is_named_as_the_cause() -> None:
    def in_capitals(_handler: Handler, request: web.Request, body: bytes) -> bool:
        return request.headers.get("X-Webhook-Signature") == hex_hmac(body).upper()

    async with served(Handler(in_capitals)) as base:
        run = await checked(f"{base}/hook", only="1")
    assert run.outcomes[0].state is State.FAILED
    assert "when the signature is written in capitals" in run.outcomes[0].ruling.text


async def test_a_handler_that_never_answers_is_not_asked_in_vain() -> None:
    async with a_target(close) as target:
        run = await checked(target.url, only="1,6,missing-signature,changed-body,duplicate")
    unasked = {outcome.key for outcome in run.outcomes if not outcome.exchanges}
    assert unasked == {"missing-signature", "changed-body", "duplicate"}
    assert keys(run, State.UNKNOWN) == {"invalid-signature", *unasked}


async def test_the_impatient_provider_hangs_up_and_comes_again_twelve_seconds_later() -> None:
    waits: list[float] = []
    told: list[Progress] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async with a_target() as target:
        checking = HandlerCheck(target.url, identity(), seams=Seams(sleep=sleep, rng=Random(1)))
        run = await checking.run(chosen(["slow-response"]), told.append)
    assert waits == [12.0]
    assert [progress.waits_s for progress in told if progress.waits_s] == [12.0]
    first, second = run.outcomes[0].exchanges
    assert first.hung_up
    assert first.response is None
    assert first.sent.body == second.sent.body
    assert run.outcomes[0].state is State.PASSED


async def test_a_handler_that_dies_of_hanging_up_fails() -> None:
    calls = 0

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        writer.write(OK if calls == 1 else b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with a_target(behave) as target:
        run = await checked(target.url, only="slow-response")
    assert run.outcomes[0].state is State.FAILED
    assert "treated it as an error instead of a duplicate" in run.outcomes[0].ruling.text


async def test_stopping_keeps_what_was_found() -> None:
    told: list[Progress] = []
    waiting, never = asyncio.Event(), asyncio.Event()

    async def sleep(_: float) -> None:
        waiting.set()
        await never.wait()

    async with a_target() as target:
        checking = HandlerCheck(target.url, identity(), seams=Seams(sleep=sleep, rng=Random(1)))
        running = asyncio.create_task(checking.run(CHECKS, told.append))
        await waiting.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert sum(progress.outcome is not None for progress in told) == 6


async def test_a_forged_event_alone_is_preceded_by_a_plain_one_to_compare_with() -> None:
    async with served(Handler(schemes.rcs)) as base:
        run = await checked(f"{base}/hook", only="invalid-signature")
    labels = [exchange.label for exchange in run.outcomes[0].exchanges]
    assert labels == ["a plain event first, to compare with", "signed with a random secret"]
    assert run.outcomes[0].state is State.PASSED


async def test_a_provider_that_does_not_sign_is_checked_for_the_rest() -> None:
    async with served(Handler(schemes.none)) as base:
        unsigned = Identity(None, None, identity().samples)
        run = await HandlerCheck(f"{base}/hook", unsigned, seams=quick()).run(CHECKS)
    assert {"invalid-signature", "missing-signature", "stale-timestamp"} <= keys(run, State.SKIPPED)
    assert keys(run, State.FAILED, State.UNKNOWN) == set()


async def test_a_missing_secret_is_told_before_anything_is_sent() -> None:
    signed = identity()
    with pytest.raises(UsageError, match="no secret"):
        HandlerCheck("http://localhost:1", Identity(signed.profile, None, signed.samples))


async def test_too_many_at_once_answered_429_is_noted() -> None:
    busy = 0

    async def behave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal busy
        busy += 1
        status = b"429 Too Many Requests" if busy > 10 else b"200 OK"
        await asyncio.sleep(0.3)  # longer than it takes all of them to come
        busy -= 1
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with a_target(behave) as target:
        run = await checked(target.url, only="parallel")
    assert run.outcomes[0].state is State.NOTED
    assert "429" in run.outcomes[0].ruling.text


async def test_requests_and_responses_are_kept() -> None:
    async with served(Handler(schemes.rcs)) as base:
        run = await checked(f"{base}/hook", only="1")
    (exchange,) = run.outcomes[0].exchanges
    assert exchange.sent.body.startswith(b'{"event":"message.delivered"')
    assert exchange.response is not None
    assert exchange.response.body == b"OK"
    assert run.outcomes[0].got.startswith("200 OK in ")
