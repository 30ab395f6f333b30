"""A feed tells everybody, also when one of them fails."""

from __future__ import annotations

import logging

import pytest

from inspector.feed import Feed


def test_subscribers_hear_in_order_until_they_leave() -> None:
    feed: Feed[int] = Feed()
    heard: list[tuple[str, int]] = []
    leave = feed.subscribe(lambda news: heard.append(("a", news)))
    feed.subscribe(lambda news: heard.append(("b", news)))
    feed.publish(1)
    leave()
    leave()
    feed.publish(2)
    assert heard == [("a", 1), ("b", 1), ("b", 2)]


def test_a_failing_subscriber_is_logged_and_the_others_still_hear(caplog: pytest.LogCaptureFixture) -> None:
    feed: Feed[int] = Feed()
    heard: list[int] = []

    def fail(_news: int) -> None:
        raise ValueError("no")

    feed.subscribe(fail)
    feed.subscribe(heard.append)
    with caplog.at_level(logging.ERROR):
        feed.publish(7)
    assert heard == [7]
    assert "A subscriber failed" in caplog.text


def test_a_subscriber_may_leave_while_news_is_told() -> None:
    feed: Feed[int] = Feed()
    heard: list[int] = []
    leave = feed.subscribe(lambda _news: leave())
    feed.subscribe(heard.append)
    feed.publish(1)
    assert heard == [1]
