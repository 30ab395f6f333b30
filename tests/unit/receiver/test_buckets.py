"""So many events in so much time, for all senders together and for each of them."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.access import RateLimit
from inspector.receiver import buckets
from inspector.receiver.buckets import Buckets

ANNA, BERT = ip_address("203.0.113.1"), ip_address("203.0.113.2")


def passed(found: Buckets, *times: float) -> list[bool]:
    return [found.take(ANNA, at)[1] is None for at in times]


def test_a_full_bucket_lets_a_burst_pass_and_then_one_for_every_share_of_time() -> None:
    found = Buckets(RateLimit(3, 1.5), None)
    assert passed(found, 0, 0, 0, 0, 0.4, 0.5, 0.6, 1.0) == [True, True, True, False, False, True, False, True]


def test_the_wait_that_is_told_is_the_one_after_which_it_works() -> None:
    found = Buckets(RateLimit(2, 60.0), None)
    passed(found, 0, 0)
    wait, limit, own = found.take(ANNA, 10.0)
    assert (limit, own) == (RateLimit(2, 60.0), False)
    assert wait == pytest.approx(20.0)
    assert passed(found, 10.0 + wait - 0.01, 10.0 + wait) == [False, True]


def test_each_sender_has_a_bucket_of_its_own() -> None:
    found = Buckets(None, RateLimit(1, 1.0))
    assert found.take(ANNA, 0)[1] is None
    assert found.take(BERT, 0)[1] is None
    assert found.take(ANNA, 0)[2] is True


def test_what_one_limit_refuses_takes_nothing_from_the_other() -> None:
    found = Buckets(RateLimit(2, 1000.0), RateLimit(1, 1000.0))
    found.take(ANNA, 0)
    for _ in range(10):
        found.take(ANNA, 0)
    assert found.take(BERT, 0)[1] is None


def test_a_whole_ipv6_site_counts_as_one_sender() -> None:
    found = Buckets(None, RateLimit(1, 100.0))
    assert found.take(ip_address("2001:db8:0:1::1"), 0)[1] is None
    assert found.take(ip_address("2001:db8:0:1:ffff::9"), 0)[1] is not None
    assert found.take(ip_address("2001:db8:0:2::1"), 0)[1] is None


def test_senders_nobody_knows_share_a_bucket() -> None:
    found = Buckets(None, RateLimit(1, 100.0))
    assert [found.take(None, 0)[1] is None for _ in range(2)] == [True, False]


def test_only_so_many_senders_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "MOST_SENDERS", 10)
    found = Buckets(None, RateLimit(1, 1000.0))
    for number in range(100):
        found.take(ip_address(number), 0)
    assert len(found._senders) == 10
    assert found.take(ip_address(99), 0)[1] is not None


def test_a_clock_that_stands_or_goes_back_gives_nothing_away() -> None:
    found = Buckets(RateLimit(1, 1.0), None)
    assert passed(found, 100, 50, 50.5) == [True, False, False]


@given(events=st.integers(1, 50), per_s=st.floats(0.1, 100), gaps=st.lists(st.floats(0, 3), min_size=1, max_size=200))
def test_never_more_pass_than_the_limit_and_its_burst_allow(events: int, per_s: float, gaps: list[float]) -> None:
    found = Buckets(RateLimit(events, per_s), None)
    now, let_in = 0.0, 0
    for gap in gaps:
        now += gap
        let_in += found.take(ANNA, now)[1] is None
    assert let_in <= events + now * events / per_s + 1e-3
