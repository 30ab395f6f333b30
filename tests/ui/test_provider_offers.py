"""From an event at the wrong endpoint, or a set-up request, to the endpoint that knows its provider."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from inspector.domain.attempt import Outgoing, Response
from inspector.domain.endpoint import Endpoint
from inspector.domain.event import EventSummary
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict
from inspector.replay.sender import Result
from inspector.signatures.engine import sign
from inspector.ui.detail.overview_view import OverviewView
from inspector.ui.dialogs.question import Question
from inspector.ui.widgets.callout import Callout
from tests.ui.desk import Desk
from tests.ui.waiting import a_dialog, until
from tests.unit.receiver.handshake_cases import SNS

pytestmark = pytest.mark.asyncio

EVENT = b'{"id":"evt_1","object":"event","type":"charge.succeeded","data":{"object":{}}}'
TOKEN = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"


async def post(desk: Desk, body: bytes, headers: dict[str, str]) -> int:
    url = desk.app.receiver.address_of(desk.endpoint)
    async with desk.http.post(url, data=body, headers=headers) as answer:
        await answer.read()
        return answer.status


async def post_as(desk: Desk, provider: str, secret: str) -> int:
    profile = desk.app.catalogue.get(provider)
    assert profile is not None
    request = Request("POST", desk.endpoint.path, ((b"Content-Type", b"application/json"),), EVENT, datetime.now(UTC))
    signed = sign(request, profile.recipes, Secret(secret), url="", now=datetime.now(UTC))
    return await post(desk, EVENT, {name.decode(): value.decode() for name, value in signed.headers})


async def shown(desk: Desk, place: int = 0, *, of: int = 1) -> EventSummary:
    row = await desk.row(place, of=of)
    desk.window.events.open(row.id)
    desk.window.pane.show_view("overview")
    return row


async def callout(desk: Desk, title: str) -> Callout:
    def found() -> Callout | None:
        view = desk.window.pane.view("overview")
        assert isinstance(view, OverviewView)
        return next((each for each in view.callouts if each.title.text() == title), None)

    there = await until(found)
    assert there is not None
    return there


async def with_provider(desk: Desk, provider: str) -> Endpoint:
    await until(lambda: desk.endpoint.provider == provider)
    return desk.endpoint


async def test_an_event_that_another_scheme_proves_switches_the_endpoint_and_back(desk: Desk) -> None:
    assert await post_as(desk, "stripe", desk.secret) == 401
    row = await shown(desk)
    assert row.verdict is Verdict.UNSIGNED
    offer = await callout(desk, "This is Stripe, the endpoint expects RCS events")
    offer.buttons[0].click()
    await with_provider(desk, "stripe")
    assert await post_as(desk, "stripe", desk.secret) == 200
    toast = desk.window.toasts.current
    assert toast.content.text == "My endpoint expects Stripe from now on"
    assert toast.content.action is not None
    toast.content.action[1]()
    await with_provider(desk, "rcs-events")


async def test_what_only_looks_like_another_provider_is_called_that(desk: Desk) -> None:
    await post_as(desk, "stripe", "another secret")
    await shown(desk)
    offer = await callout(desk, "This looks like Stripe, the endpoint expects RCS events")
    assert offer.buttons[0].text() == "Switch to Stripe"


async def test_notions_token_becomes_the_secret_with_a_click(desk: Desk) -> None:
    assert (
        await post(desk, b'{"verification_token":"%s"}' % TOKEN.encode(), {"Content-Type": "application/json"}) == 200
    )
    row = await shown(desk)
    assert row.label == "Notion sent its verification token"
    (await callout(desk, "The endpoint expects RCS events")).buttons[0].click()
    await with_provider(desk, "notion")
    (await callout(desk, "This request holds the verification token")).buttons[0].click()
    await until(lambda: desk.secret == TOKEN)
    assert await post_as(desk, "notion", TOKEN) == 200


class Away:
    """Stands for the internet: answers what would go to AWS."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    async def send(self, outgoing: Outgoing, *, timeout_s: float) -> Result:
        self.urls.append(outgoing.url)
        return Result(outgoing, Response(200, "OK", (), b"<ConfirmSubscriptionResponse/>"))


async def test_a_subscription_is_confirmed_only_after_the_question(desk: Desk) -> None:
    desk.window.deeds.sender = away = Away()
    assert await post(desk, SNS, {"x-amz-sns-message-type": "SubscriptionConfirmation"}) == 200
    await shown(desk)
    offer = await callout(desk, "The subscription waits for you")
    offer.buttons[0].click()
    question = await a_dialog(Question)
    assert question.windowTitle() == "Confirm with sns.us-west-2.amazonaws.com?"
    assert away.urls == []
    question.accept()  # type: ignore[attr-defined]
    await until(lambda: away.urls)
    assert away.urls[0].startswith("https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&")
    await until(lambda: "answered 200" in desk.window.toasts.current.content.text)


async def test_a_subscription_elsewhere_is_not_offered(desk: Desk) -> None:
    forged = SNS.replace(
        b"https://sns.us-west-2.amazonaws.com/?", b"https://sns.us-west-2.amazonaws.com.evil.example/?"
    )
    await post(desk, forged, {"x-amz-sns-message-type": "SubscriptionConfirmation"})
    await shown(desk)
    offer = await callout(desk, "The subscription cannot be confirmed here")
    assert offer.buttons == []
