"""Who may send, how often, how and how much; everybody else leaves a row that says why."""

from __future__ import annotations

import asyncio
import base64
import socket
from dataclasses import replace

import pytest

from inspector.domain.access import AccessRule, RateLimit
from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.event import Refusal
from inspector.receiver import refusals
from inspector.receiver.buckets import Bucket
from tests.builders import DELIVERED, NOON
from tests.integration.receiver.conftest import SECRET, Station
from tests.integration.receiver.wire import Reply, Wire, exchange, http, signature
from tests.waiting import until

pytestmark = pytest.mark.asyncio

BEHIND_PROXY = AccessRule(allowed=("203.0.113.0/24",), trusted_peers=("127.0.0.1",), client_header="X-Forwarded-For")


def basic(user: str, password: str) -> tuple[str, str]:
    return ("Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())


async def refused(station: Station, reply: Reply, status: int, refusal: Refusal) -> str:
    """Check that there is one row and it says what the answer said; return its reason."""
    event = await station.only_event()
    assert (reply.status, event.answer.status, event.summary.answer_status) == (status, status, status)
    assert event.summary.refusal is refusal
    assert event.summary.endpoint_id == station.endpoint.id
    assert event.summary.verdict is None
    assert event.request.body == b""
    assert event.summary.size == len(DELIVERED)
    return event.reason


async def test_an_address_that_is_not_on_the_list_gets_403_and_a_row(station: Station) -> None:
    await station.change(access=AccessRule(allowed=("198.51.100.0/24",)))
    reply = await station.post(DELIVERED)
    reason = await refused(station, reply, 403, Refusal.BLOCKED)
    assert reason == "127.0.0.1 is not on the allow-list."


@pytest.mark.parametrize("allowed", ["127.0.0.1", "127.0.0.0/8", "::ffff:127.0.0.1", "0.0.0.0/0"])
async def test_an_address_on_the_list_comes_in(station: Station, allowed: str) -> None:
    await station.change(access=AccessRule(allowed=("2001:db8::/32", allowed)))
    assert (await station.post(DELIVERED)).status == 200


async def test_a_list_of_nothing_readable_lets_nobody_in(station: Station) -> None:
    await station.change(access=AccessRule(allowed=("nonsense",)))
    assert (await station.post(DELIVERED)).status == 403


async def test_the_ranges_a_provider_publishes_are_on_the_list(station: Station) -> None:
    access = replace(BEHIND_PROXY, allowed=(), provider_ranges=True)
    await station.change(provider="github", access=access)
    inside = await station.post(DELIVERED, headers=[("X-Forwarded-For", "140.82.115.7")])
    outside = await station.post(DELIVERED, headers=[("X-Forwarded-For", "8.8.8.8")])
    assert (inside.status, outside.status) == (401, 403)


async def test_a_provider_without_ranges_allows_nobody_by_them(station: Station) -> None:
    await station.change(access=AccessRule(provider_ranges=True))
    assert (await station.post(DELIVERED)).status == 403


async def test_behind_a_trusted_proxy_its_header_names_the_sender(station: Station) -> None:
    await station.change(access=BEHIND_PROXY)
    reply = await station.post(DELIVERED, headers=[("X-Forwarded-For", "10.9.9.9, 203.0.113.9")])
    event = await station.only_event()
    assert reply.status == 200
    assert event.summary.peer == event.request.peer == "203.0.113.9"
    assert event.request.header("X-Forwarded-For") == "10.9.9.9, 203.0.113.9"


@pytest.mark.parametrize(
    "forged",
    [
        [("X-Forwarded-For", "203.0.113.9, 8.8.8.8")],
        [("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-For", "8.8.8.8")],
        [("X-Forwarded-For", "8.8.8.8"), ("Forwarded", "for=203.0.113.9"), ("X-Real-IP", "203.0.113.9")],
        [("X-Forwarded-For", "203.0.113.9, not an address")],
        [("X-Forwarded-For", "203.0.113.9,")],
        [("Forwarded", "for=203.0.113.9"), ("CF-Connecting-IP", "203.0.113.9")],
        [("x-forwarded-for", "203.0.113.9"), ("X-FORWARDED-FOR", "8.8.8.8")],
        [("X-Forwarded-For ", "203.0.113.9")],
    ],
)
async def test_a_forged_header_does_not_pass_the_proxy(station: Station, forged: list[tuple[str, str]]) -> None:
    await station.change(access=BEHIND_PROXY)
    assert (await station.post(DELIVERED, headers=forged)).status in (400, 403)


async def test_a_header_of_somebody_who_is_no_proxy_counts_for_nothing(station: Station) -> None:
    await station.change(access=replace(BEHIND_PROXY, trusted_peers=("10.0.0.0/8",)))
    reply = await station.post(DELIVERED, headers=[("X-Forwarded-For", "203.0.113.9")])
    assert await refused(station, reply, 403, Refusal.BLOCKED) == "127.0.0.1 is not on the allow-list."


async def test_forged_headers_do_not_get_round_the_limit_of_a_sender(station: Station) -> None:
    await station.change(access=AccessRule(sender_rate=RateLimit(2, 3600.0), client_header="X-Forwarded-For"))
    replies = [await station.post(DELIVERED, headers=[("X-Forwarded-For", f"203.0.113.{n}")]) for n in range(4)]
    assert [reply.status for reply in replies] == [200, 200, 429, 429]


async def test_behind_a_proxy_each_sender_has_a_limit_of_its_own(station: Station) -> None:
    await station.change(access=replace(BEHIND_PROXY, sender_rate=RateLimit(1, 3600.0)))
    senders = ["203.0.113.1", "203.0.113.2", "203.0.113.1"]
    replies = [await station.post(DELIVERED, headers=[("X-Forwarded-For", sender)]) for sender in senders]
    assert [reply.status for reply in replies] == [200, 200, 429]


async def test_too_many_events_get_429_with_the_seconds_to_wait(station: Station) -> None:
    await station.change(access=AccessRule(rate=RateLimit(1, 60.0)))
    await station.post(DELIVERED)
    reply = await station.post(DELIVERED)
    row = (await station.events())[-1]
    assert reply.status == 429
    assert 58 <= int(reply.header("Retry-After")) <= 60
    assert row.summary.refusal is Refusal.RATE_LIMITED
    assert row.reason.startswith("The endpoint has received more than 1 a minute; it may go on in ")


@pytest.mark.parametrize("method", ["GET", "DELETE", "post"])
async def test_a_method_that_is_not_accepted_gets_405_and_the_list(station: Station, method: str) -> None:
    await station.change(access=AccessRule(methods=("POST", "put")))
    reply = await station.post(DELIVERED, method=method)
    assert (reply.status, reply.header("Allow")) in ((405, "POST, PUT"), (400, ""))
    if reply.status == 405:
        assert "not accepted here" in await refused(station, reply, 405, Refusal.METHOD)
    assert (await station.post(DELIVERED, method="PUT")).status == 200


async def test_the_password_is_asked_for_before_anything_is_read(station: Station) -> None:
    ref = SecretRef("pw", "", NOON, "")
    endpoint = replace(station.endpoint, access=AccessRule(username="anna", password=ref))
    station.endpoint = await station.directory.save(endpoint, {"pw": "se:crèt"})
    replies = [
        await station.post(DELIVERED, headers=headers)
        for headers in (
            [],
            [basic("anna", "wrong")],
            [basic("bert", "se:crèt")],
            [("Authorization", "Basic %%%")],
            [("Authorization", "Bearer se:crèt")],
            [basic("anna", "se:crèt")],
        )
    ]
    assert [reply.status for reply in replies] == [401] * 5 + [200]
    assert replies[0].header("WWW-Authenticate") == 'Basic realm="Webhook Inspector", charset="UTF-8"'
    events = await station.events()
    assert [event.summary.refusal for event in events] == [Refusal.PASSWORD] * 5 + [None]
    assert events[0].reason == "No user name and password were sent."
    assert events[1].reason == "The user name or password is wrong."


async def test_a_password_that_is_lost_lets_nobody_in(station: Station) -> None:
    await station.change(access=AccessRule(username="anna", password=SecretRef("gone", "", NOON, "")))
    assert (await station.post(DELIVERED, headers=[basic("anna", "")])).status == 401


async def test_an_endpoint_may_take_smaller_bodies_than_the_program(station: Station) -> None:
    await station.change(access=AccessRule(max_body_bytes=100))
    small = await station.post(b"x" * 100)
    announced = await station.post(b"x" * 101)
    head = http(station.endpoint.path, headers=[("Transfer-Encoding", "chunked")], length=False)
    chunked = await station.send(head + b"65\r\n" + b"x" * 0x65 + b"\r\n0\r\n\r\n")
    assert (small.status, announced.status, chunked.status) == (200, 413, 413)
    assert (await station.events())[-1].reason == "101 bytes, the limit is 100."


async def test_a_refused_sender_that_asks_first_is_not_told_to_go_on(station: Station) -> None:
    await station.change(access=AccessRule(allowed=("198.51.100.1",)))
    wire = await Wire.to(station.port)
    await wire.send(
        http(station.endpoint.path, headers=[("Expect", "100-continue"), ("Content-Length", "5")], length=False)
    )
    assert (await wire.reply()).status == 403
    await wire.close()


async def test_rules_of_one_endpoint_are_none_of_another(station: Station) -> None:
    other = await station.directory.create("Other", provider="")
    await station.change(access=AccessRule(allowed=("198.51.100.1",)))
    assert (await station.send(http(other.path, b"{}"))).status == 200


async def test_a_flood_of_refusals_is_counted_and_only_its_beginning_is_listed(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Bucket, "wait", stingy(Bucket.wait, rows=5))
    await station.change(access=AccessRule(allowed=("198.51.100.1",)))
    wire = await Wire.to(station.port)
    for _ in range(300):
        await wire.send(http(station.endpoint.path, DELIVERED))
        assert (await wire.reply()).status == 403
    await wire.close()
    await until(lambda: station.store.summary(6) is not None)  # type: ignore[arg-type]
    events = await station.events()
    assert [event.summary.refusal for event in events] == [Refusal.BLOCKED] * 6
    assert "294 more were turned away and not listed before it" in events[-1].reason


async def test_what_was_only_counted_is_told_when_the_receiver_stops(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Bucket, "wait", stingy(Bucket.wait, rows=1))
    monkeypatch.setattr("inspector.receiver.handler.QUIET_S", 3600.0)
    await station.change(access=AccessRule(methods=("PUT",)))
    for _ in range(4):
        await station.post(DELIVERED)
    await station.receiver.stop()
    events = await station.events()
    assert len(events) == 2
    assert "2 more were turned away and not listed before it" in events[-1].reason


async def test_good_events_come_in_among_a_flood_of_bad_ones(station: Station) -> None:
    bad = await station.directory.create("Bad", provider="")
    await station.directory.save(replace(bad, access=AccessRule(allowed=("198.51.100.1",))))
    request = http(bad.path, DELIVERED)

    async def flood() -> None:
        wire = await Wire.to(station.port)
        for _ in range(100):
            await wire.send(request)
            assert (await wire.reply()).status == 403
        await wire.close()

    async def good() -> list[int]:
        return [(await station.post(b'{"n":%d}' % number)).status for number in range(20)]

    *_, statuses = await asyncio.gather(flood(), flood(), flood(), good())
    assert statuses == [200] * 20


async def test_a_sender_over_ipv6_is_known_by_its_address(station: Station) -> None:
    if not has_ipv6():
        pytest.skip("this computer has no IPv6 loopback")
    await station.receiver.restart("::1", 0)
    await station.change(access=AccessRule(allowed=("::1",)))
    request = http(station.endpoint.path, DELIVERED, headers=[signature(SECRET, DELIVERED)])
    reply = await exchange(station.port, request, host="::1")
    assert reply.status == 200
    assert (await station.only_event()).summary.peer == "::1"


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def stingy(wait, rows: int):  # type: ignore[no-untyped-def]
    """Return a bucket's wait that lets only so many rows through and never fills again."""

    def stands_still(self: Bucket, limit: RateLimit, now: float) -> float:
        if limit is not refusals.ROWS:
            return float(wait(self, limit, now))
        self._tokens = min(self._tokens, rows)
        return 0.0 if self._tokens >= 1 else 1.0

    return stands_still
