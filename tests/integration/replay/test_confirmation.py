"""Only the provider's own address is opened, once, and what came back is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.attempt import Outgoing
from inspector.domain.errors import UsageError
from inspector.replay.confirmation import confirm, confirmation_host
from inspector.replay.sender import Result, Sender
from tests.fakes import Target, a_target, answering, close

pytestmark = pytest.mark.asyncio

PATTERNS = ("https://sns.*.amazonaws.com/",)
URL = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:1:t&Token=2336"


class Detour:
    """Sends with the real sender, but to a server of the test: what it got is what AWS would get."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.asked: list[Outgoing] = []

    async def send(self, outgoing: Outgoing, *, timeout_s: float) -> Result:
        """Send to the test's server, path and query unchanged."""
        self.asked.append(outgoing)
        path = outgoing.url.removeprefix("https://sns.eu-west-1.amazonaws.com")
        return await Sender().send(
            replace(outgoing, url=f"http://127.0.0.1:{self.target.port}{path}"), timeout_s=timeout_s
        )


async def test_the_address_is_opened_once_with_its_query_as_it_came() -> None:
    async with a_target() as target:
        detour = Detour(target)
        done = await confirm(URL, PATTERNS, detour)
    assert (done.done, done.words) == (True, "Confirmed: sns.eu-west-1.amazonaws.com answered 200.")
    assert [outgoing.url for outgoing in detour.asked] == [URL]
    (request,) = target.requests
    assert request.startswith(
        b"GET /?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:1:t&Token=2336 HTTP/1.1\r\n"
    )


async def test_a_redirect_is_not_followed() -> None:
    away = answering(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
    async with a_target(away) as target:
        done = await confirm(URL, PATTERNS, Detour(target))
    assert (done.done, done.words) == (False, "Not confirmed: sns.eu-west-1.amazonaws.com answered 302.")
    assert len(target.requests) == 1


async def test_a_refusal_is_shown_with_what_was_written() -> None:
    refused = answering(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 25\r\n\r\n<Error>Invalid\n token</Er")
    async with a_target(refused) as target:
        done = await confirm(URL, PATTERNS, Detour(target))
    assert (done.done, done.detail) == (False, "<Error>Invalid token</Er")


async def test_no_response_is_a_reason_not_a_crash() -> None:
    async with a_target(close) as target:
        done = await confirm(URL, PATTERNS, Detour(target))
    assert not done.done
    assert "closed the connection" in done.words


@pytest.mark.parametrize(
    "url",
    [
        URL.replace("https:", "http:"),
        URL.replace(".com/", ".com.evil.example/"),
        URL.replace(".com/", ".com:444/"),
        URL.replace("//sns", "//u:p@sns"),
        "https://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "",
    ],
)
async def test_nothing_else_is_ever_opened(url: str) -> None:
    async with a_target() as target:
        detour = Detour(target)
        with pytest.raises(UsageError):
            await confirm(url, PATTERNS, detour)
        with pytest.raises(UsageError):
            confirmation_host(url, PATTERNS)
    assert detour.asked == []
