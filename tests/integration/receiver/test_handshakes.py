"""Set-up requests over a real socket: answered as their provider demands, and kept as rows of their own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from inspector.domain.report import Kind
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict
from inspector.signatures.engine import sign
from tests.integration.receiver.conftest import Station
from tests.integration.receiver.wire import exchange
from tests.unit.receiver.handshake_cases import CASES, SECRET, Case

pytestmark = pytest.mark.asyncio

each_case = pytest.mark.parametrize("case", CASES, ids=[f"{case.provider} {case.note}".strip() for case in CASES])

DISCORD_PRIVATE_KEY = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
DISCORD_PUBLIC_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
"""The first key pair of RFC 8032, section 7.1."""


def lines_of(station: Station, case: Case) -> list[tuple[str, str]]:
    """Return the header lines a case is sent with, signed where the provider signs its set-up request."""
    lines = [("Host", "127.0.0.1"), ("Connection", "close"), *case.sent_headers]
    if case.method == "POST":
        lines += [("Content-Type", case.sent_type), ("Content-Length", str(len(case.sent)))]
    if not case.valid:
        return lines
    profile = station.catalogue.get(case.provider)
    assert profile is not None
    request = Request(
        case.method,
        station.endpoint.path,
        tuple((name.encode(), value.encode()) for name, value in lines),
        case.sent,
        datetime.now(UTC),
    )
    secret = DISCORD_PRIVATE_KEY if case.provider == "discord" else SECRET
    signed = sign(request, profile.recipes, Secret(secret), url="", now=datetime.now(UTC))
    return [(name.decode(), value.decode()) for name, value in signed.headers]


async def given(station: Station, provider: str, secret: str) -> None:
    """Make the endpoint one of this provider."""
    profile = station.catalogue.get(provider)
    assert profile is not None
    await station.directory.set_secret(station.endpoint.id, DISCORD_PUBLIC_KEY if provider == "discord" else secret)
    resolved = station.directory.by_id(station.endpoint.id)
    assert resolved is not None
    station.endpoint = resolved.endpoint
    await station.change(provider=profile.id)


def wire_of(station: Station, case: Case) -> bytes:
    """Return a case as bytes on the wire."""
    target = station.endpoint.path + (f"?{case.query}" if case.query else "")
    head = [f"{case.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in lines_of(station, case))]
    return "\r\n".join([*head, "", ""]).encode() + case.sent


def verdict_of(case: Case) -> Verdict | None:
    """Return what the row says of the signature: nothing where none is needed."""
    if b"SigningCertURL" in case.sent:
        return Verdict.NO_SECRET  # the certificate is fetched when the user agrees
    return Verdict.VALID if case.valid else None


@each_case
async def test_a_set_up_request_is_answered_byte_for_byte_and_shown_as_one(station: Station, case: Case) -> None:
    await given(station, case.provider, case.secret)
    reply = await exchange(station.port, wire_of(station, case), method=case.method)
    sent = {name.lower(): value for name, value in reply.headers}
    body = b"" if case.method == "HEAD" else case.body
    assert (reply.status, sent.get("content-type", ""), reply.body) == (case.status, case.content_type, body)
    for name, value in case.headers:
        assert sent[name.lower()] == value
    event = await station.only_event()
    (report,) = event.reports
    profile = station.catalogue.get(case.provider)
    assert profile is not None
    assert event.summary.label == (case.words or f"{profile.name} verified your address")
    assert (event.summary.kind, report.kind) == (Kind.CHALLENGE, Kind.CHALLENGE)
    assert event.summary.verdict is verdict_of(case)
    assert event.answer.status == case.status


async def test_a_challenge_that_comes_again_is_no_duplicate(station: Station) -> None:
    case = next(case for case in CASES if case.provider == "x")
    await given(station, "x", case.secret)
    for _ in range(2):
        await exchange(station.port, wire_of(station, case), method=case.method)
    assert [event.summary.repeat for event in await station.events()] == [None, None]


async def test_a_fresh_endpoint_answers_whoever_is_unmistakable(station: Station) -> None:
    case = next(case for case in CASES if case.provider == "google-rbm")
    reply = await exchange(station.port, wire_of(station, case))
    assert (reply.status, reply.body) == (200, b"1234567890")
    assert (await station.only_event()).summary.label == "Google RBM verified your address"
