"""A plan says what goes out when, and says the same for the same seed."""

from __future__ import annotations

from collections import Counter

import pytest

from inspector.domain.errors import UsageError
from inspector.domain.event import EventId
from inspector.replay.plan import Captured, Options, Order, Sending, Spacing, plan

EVENTS = [Captured(EventId(number), us) for number, us in ((3, 5_000_000), (1, 0), (2, 1_000_000))]
MANY = [Captured(EventId(number), number * 1000) for number in range(1, 10_001)]


def ids(sendings: list[Sending]) -> list[int]:
    return [sending.event_id for sending in sendings]


def test_events_go_out_as_captured_at_once() -> None:
    assert plan(EVENTS, Options()) == [Sending(EventId(number), 0.0) for number in (1, 2, 3)]


def test_reversed_is_the_newest_first() -> None:
    assert ids(plan(EVENTS, Options(order=Order.REVERSED))) == [3, 2, 1]


def test_a_shuffle_is_the_same_for_the_same_seed_and_loses_nothing() -> None:
    first, again, other = (ids(plan(MANY, Options(order=Order.SHUFFLED, seed=seed))) for seed in (7, 7, 8))
    assert first == again != other
    assert sorted(first) == sorted(other) == list(range(1, 10_001))


@pytest.mark.parametrize(("order", "moments"), [(Order.CAPTURED, [0, 0.5, 2.5]), (Order.REVERSED, [0, 2, 2.5])])
def test_captured_spacing_keeps_the_gaps_at_a_speed(order: Order, moments: list[float]) -> None:
    sendings = plan(EVENTS, Options(order=order, spacing=Spacing.CAPTURED, speed=2))
    assert [sending.at_s for sending in sendings] == moments


def test_shuffled_events_keep_the_beat_of_the_captured_ones() -> None:
    sendings = plan(EVENTS, Options(order=Order.SHUFFLED, spacing=Spacing.CAPTURED))
    assert [sending.at_s for sending in sendings] == [0, 1, 5]


def test_fixed_spacing_goes_on_through_repeats() -> None:
    sendings = plan(EVENTS, Options(spacing=Spacing.FIXED, gap_s=10, repeat=2))
    assert ids(sendings) == [1, 2, 3, 1, 2, 3]
    assert [sending.at_s for sending in sendings] == [0, 10, 20, 30, 40, 50]


def test_chaos_leaves_out_and_doubles_its_share() -> None:
    sendings = plan(MANY, Options(drop_percent=10, duplicate_percent=20, seed=1))
    counts = Counter(ids(sendings))
    assert len(counts) == pytest.approx(9000, rel=0.03)
    assert sum(sending.again for sending in sendings) == pytest.approx(1800, rel=0.1)
    assert set(counts.values()) == {1, 2}
    assert plan(MANY, Options(drop_percent=10, duplicate_percent=20, seed=1)) == sendings


def test_everything_can_be_dropped() -> None:
    assert plan(EVENTS, Options(drop_percent=100)) == []
    assert plan([], Options(spacing=Spacing.CAPTURED)) == []


@pytest.mark.parametrize(
    "options",
    [
        Options(drop_percent=101),
        Options(duplicate_percent=-1),
        Options(repeat=0),
        Options(at_once=0),
        Options(at_once=1000),
        Options(speed=0),
        Options(gap_s=-1),
    ],
)
def test_what_cannot_be_meant_is_refused(options: Options) -> None:
    with pytest.raises(UsageError):
        plan(EVENTS, options)
