"""Many events reach the window as one signal a frame, and the rate is counted right."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pytestqt.qtbot import QtBot

from inspector.domain.event import EventId, EventSummary
from inspector.feed import Feed
from inspector.ui.bridge import (
    FRAME_MS,
    HISTORY_S,
    RATE_WINDOW_S,
    RUSH_FRAME_MS,
    RUSH_LASTS_S,
    RUSH_PER_S,
    Bridge,
    RateMeter,
)
from tests.builders import a_summary


class Feeds:
    """The store's news."""

    def __init__(self) -> None:
        self.added: Feed[Sequence[EventSummary]] = Feed()
        self.changed: Feed[Sequence[EventId]] = Feed()


@pytest.fixture
def feeds() -> Feeds:
    return Feeds()


def test_everything_since_the_last_frame_comes_as_one_signal(qtbot: QtBot, feeds: Feeds) -> None:
    bridge = Bridge(feeds)
    batches: list[list[EventSummary]] = []
    bridge.added.connect(batches.append)
    for number in range(1, 6):
        feeds.added.publish([a_summary(number)])
    assert batches == []
    qtbot.waitUntil(lambda: bool(batches))
    assert [[item.id for item in batch] for batch in batches] == [[1, 2, 3, 4, 5]]
    bridge.close()


def test_changed_events_are_told_once_each(qtbot: QtBot, feeds: Feeds) -> None:
    bridge = Bridge(feeds)
    told: list[list[int]] = []
    bridge.changed.connect(told.append)
    feeds.changed.publish([EventId(1), EventId(2)])
    feeds.changed.publish([EventId(2), EventId(3)])
    bridge.flush()
    assert told == [[1, 2, 3]]
    bridge.close()


def test_a_closed_bridge_is_silent(qtbot: QtBot, feeds: Feeds) -> None:
    bridge = Bridge(feeds)
    told: list[object] = []
    bridge.added.connect(told.append)
    bridge.close()
    feeds.added.publish([a_summary(1)])
    bridge.flush()
    assert told == []


def test_the_rate_is_the_mean_of_the_last_two_seconds() -> None:
    meter = RateMeter(100.0)
    for tenth in range(20):
        meter.count(100.0 + tenth / 10, 50)
    meter.advance(101.95)
    assert meter.now == 20 * 50 / RATE_WINDOW_S
    meter.advance(110.0)
    assert (meter.now, meter.peak) == (0.0, 500.0)


def test_the_bars_hold_one_value_a_second_and_forget_the_oldest() -> None:
    meter = RateMeter(0.0)
    meter.count(0.5, 3)
    meter.count(1.5, 4)
    meter.advance(2.5)
    assert meter.history[-3:] == [3.0, 4.0, 0.0]
    meter.advance(1000.0)
    assert meter.history == [0.0] * HISTORY_S


def test_in_a_rush_the_list_is_told_four_times_a_second(qtbot: QtBot, feeds: Feeds) -> None:
    now = [1000.0]
    bridge = Bridge(feeds, clock=lambda: now[0])
    assert bridge.frame_ms == FRAME_MS
    now[0] += 0.1
    feeds.added.publish([a_summary(number) for number in range(1, int(RUSH_PER_S * 0.1) + 2)])
    bridge.flush()
    assert bridge.frame_ms == RUSH_FRAME_MS
    now[0] += 0.25
    feeds.added.publish([a_summary(number) for number in range(2000, 2000 + int(RUSH_PER_S * 0.25))])
    bridge.flush()
    assert bridge.frame_ms == FRAME_MS
    bridge.close()


def test_the_first_event_after_a_rush_is_shown_as_soon_as_any(qtbot: QtBot, feeds: Feeds) -> None:
    now = [1000.0]
    bridge = Bridge(feeds, clock=lambda: now[0])
    feeds.added.publish([a_summary(number) for number in range(1, 1000)])
    bridge.flush()
    assert bridge.frame_ms == RUSH_FRAME_MS
    now[0] += RUSH_LASTS_S
    assert bridge.frame_ms == FRAME_MS
    bridge.close()
