"""A campaign's plan: exact shares, the same for a seed, in order, and what goes wrong counted as it arrives."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.directory import Resolved
from inspector.domain.secret import Secret
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.simulator.campaign.cast import cast
from inspector.simulator.campaign.estimate import estimate
from inspector.simulator.campaign.forge import Forge, Run, phone_of
from inspector.simulator.campaign.journey import AGAIN, LATE, LOST, RANK, TWIN, Planned
from inspector.simulator.campaign.latency import Latency
from inspector.simulator.campaign.planner import plan, start_of
from inspector.simulator.campaign.scenario import (
    KIND_OF,
    FailedShare,
    Funnel,
    MixShare,
    Noise,
    Outage,
    Scenario,
)
from inspector.simulator.campaign.shares import Share, Shares
from inspector.simulator.samples import load_samples
from tests.builders import NOON, an_endpoint

ABLE = frozenset(KIND_OF)


def a_scenario(**others: object) -> Scenario:
    return replace(Scenario("test", "Test", recipients=1000), **others)  # type: ignore[arg-type]


def events(scenario: Scenario, seed: int = 1) -> list[Planned]:
    return list(plan(scenario, ABLE, seed))


def firsts(planned: list[Planned]) -> Counter[str]:
    return Counter(item.role for item in planned if not item.marks & (AGAIN | LOST))


@pytest.mark.parametrize("percent", [0.1, 1, 3, 12.5, 50, 99.9])
def test_a_share_of_ten_thousand_is_exact(percent: float) -> None:
    share = Share(Random(1), percent)
    assert sum(share.next() for _ in range(10_000)) == round(percent * 100)


def test_several_shares_are_exact_side_by_side_and_leave_the_rest() -> None:
    shares = Shares(Random(4), [33.3, 33.3, 33.4])
    counts = Counter(shares.next() for _ in range(10_000))
    assert counts[0] == counts[1] == 3330
    assert abs(counts[2] - 3340) <= 2


def test_none_and_all_need_no_chance() -> None:
    assert not any(Share(Random(1), 0).next() for _ in range(300))
    assert all(Share(Random(1), 100).next() for _ in range(300))


def test_which_ones_are_chosen_depends_on_the_seed() -> None:
    first, second = (Share(Random(seed), 30) for seed in (1, 2))
    assert [first.next() for _ in range(100)] != [second.next() for _ in range(100)]


def test_latencies_have_the_median_and_percentile_they_say() -> None:
    rng = Random(3)
    drawn = sorted(Latency.lognormal(2, 10).draw_ms(rng) for _ in range(20_000))
    assert 1900 < drawn[10_000] < 2100
    assert 9300 < drawn[19_000] < 10_700
    assert drawn[-1] <= 40_000
    assert {Latency.fixed(1.5).draw_ms(rng) for _ in range(5)} == {1500}
    assert all(1000 <= Latency(1, 3).draw_ms(rng) <= 3000 for _ in range(100))


def test_the_funnel_has_the_shares_it_declares() -> None:
    funnel = Funnel(queued=100, sent=99, delivered=90, read=50, clicked=20, replied=10, optout=5, complained=1)
    counts = firsts(events(a_scenario(recipients=10_000, funnel=funnel, failed=(FailedShare("4102", 5),))))
    assert counts["queued"] == 10_000
    assert counts["sent"] == 9900
    assert counts["delivered"] == 8910
    assert counts["failed:0"] == 495
    assert counts["read"] == 4455
    assert abs(counts["clicked"] - 891) <= 1
    assert abs(counts["optout"] - 223) <= 1


def test_the_estimate_says_what_the_plan_comes_to() -> None:
    scenario = a_scenario(recipients=5000, noise=Noise(duplicates=4, lost=2))
    planned = events(scenario)
    sent = sum(not item.marks & LOST for item in planned)
    assert abs(estimate(scenario).requests - sent) < 0.01 * sent


def test_the_same_seed_plans_the_same_and_another_seed_does_not() -> None:
    scenario = a_scenario(noise=Noise(3, 3, 1), rounds=3, go_on=50)
    assert events(scenario, 7) == events(scenario, 7)
    assert events(scenario, 7) != events(scenario, 8)


def test_events_come_in_the_order_they_are_sent() -> None:
    planned = events(a_scenario(noise=Noise(5, 20, 1)))
    assert all(earlier.at_ms <= later.at_ms for earlier, later in pairwise(planned))


def test_the_plan_is_an_iterator_that_keeps_only_what_is_under_way() -> None:
    long = a_scenario(recipients=10_000_000, over_s=86_400)
    first = next(iter(plan(long, ABLE, 1)))
    assert first.recipient < 100


def test_duplicates_repeat_an_event_later_and_say_the_same() -> None:
    planned = events(a_scenario(noise=Noise(duplicates=10)))
    twins = {(item.recipient, item.step): item for item in planned if item.marks & TWIN}
    again = [item for item in planned if item.marks & AGAIN]
    assert len(again) == len(twins)
    assert abs(len(again) - sum(firsts(planned).values()) / 10) <= 2
    for item in again:
        first = twins[item.recipient, item.step]
        assert (item.said_ms, item.role, item.message) == (first.said_ms, first.role, first.message)
        assert item.at_ms > first.at_ms


def test_disorder_swaps_a_stage_with_the_next_and_nothing_else_is_late() -> None:
    planned = events(a_scenario(noise=Noise(disorder=10)))
    furthest: dict[tuple[int, int], int] = {}
    late = 0
    for item in planned:
        if item.role in RANK:
            name = (item.recipient, item.message)
            late += RANK[item.role] < furthest.get(name, -1)
            furthest[name] = max(RANK[item.role], furthest.get(name, -1))
    assert late == sum(bool(item.marks & LATE) for item in planned)
    pairs = firsts(planned)["delivered"] + firsts(planned)["read"]
    assert abs(late - pairs / 10) <= 2
    assert not any(item.marks & LATE for item in events(a_scenario()))


def test_lost_events_are_planned_and_marked() -> None:
    planned = events(a_scenario(noise=Noise(lost=5)))
    assert abs(sum(bool(item.marks & LOST) for item in planned) - len(planned) / 20) <= 2


def test_a_held_carrier_delivers_nothing_until_its_outage_is_over() -> None:
    scenario = a_scenario(
        carriers={"a": 50, "b": 50}, over_s=600, outages=(Outage(60, 300, "a"),), noise=Noise()
    )  # fmt: skip
    delivered = [item for item in events(scenario) if item.role == "delivered"]
    during = [item for item in delivered if 60_000 <= item.said_ms < 300_000]
    assert during
    assert {item.carrier for item in during} == {1}
    assert sum(300_000 <= item.said_ms < 360_000 and item.carrier == 0 for item in delivered) > 150


def test_a_failing_carrier_fails_with_the_outages_code_and_nothing_follows() -> None:
    scenario = a_scenario(over_s=600, outages=(Outage(0, 10_000, "", "fail", "5030"),))
    roles = firsts(events(scenario))
    assert set(roles) == {"sent", "outage:0"}


def test_a_conversation_goes_on_with_new_messages() -> None:
    scenario = a_scenario(funnel=Funnel(delivered=100, read=100, replied=100), rounds=4, go_on=100)
    planned = events(scenario)
    assert {item.message for item in planned} == {0, 1, 2, 3}
    assert firsts(planned)["sent"] == 4000


PERCENT = st.sampled_from([0.0, 1.0, 12.5, 50.0, 100.0])


@given(
    funnel=st.builds(Funnel, PERCENT, PERCENT, PERCENT, st.just(0.0), PERCENT, PERCENT, PERCENT, PERCENT, PERCENT),
    noise=st.builds(Noise, PERCENT, PERCENT, PERCENT),
    rounds=st.integers(1, 3),
    go_on=PERCENT,
    shape=st.sampled_from(["steady", "rush", "evening"]),
    people=st.integers(1, 60),
)
def test_any_campaign_is_in_order_and_adds_up(
    funnel: Funnel, noise: Noise, rounds: int, go_on: float, shape: str, people: int
) -> None:
    scenario = a_scenario(
        funnel=funnel,
        noise=noise,
        rounds=rounds,
        go_on=go_on,
        shape=shape,
        recipients=people,
        carriers={"a": 1, "b": 2},
    )
    planned = events(scenario)
    assert planned == sorted(planned, key=lambda item: item.at_ms)
    names = Counter((item.recipient, item.step) for item in planned)
    twins = {(item.recipient, item.step) for item in planned if item.marks & TWIN}
    assert all(count == (2 if name in twins else 1) for name, count in names.items())
    assert not any(item.marks & LOST and item.marks & (TWIN | AGAIN | LATE) for item in planned)
    assert all(item.at_ms >= item.said_ms for item in planned)


def test_a_mix_gives_everybody_one_event() -> None:
    counts = firsts(list(plan(a_scenario(mix=(MixShare("a", 80), MixShare("b", 20))), {"mix"}, 1)))
    assert counts == {"mix:0": 800, "mix:1": 200}


def test_steps_the_provider_has_no_event_for_are_left_out_and_the_rest_happens() -> None:
    counts = firsts(list(plan(a_scenario(), {"delivered"}, 1)))
    assert counts == {"delivered": 970}


@pytest.mark.parametrize("shape", ["steady", "rush", "evening"])
def test_people_are_written_to_one_after_the_other_within_the_time(shape: str) -> None:
    scenario = a_scenario(shape=shape, over_s=100)
    starts = [start_of(scenario, person) for person in range(1000)]
    assert starts == sorted(starts)
    assert 0 <= starts[0] <= starts[-1] <= 100_000
    early = sum(start < 20_000 for start in starts)
    assert {"steady": 195 < early < 205, "rush": early > 600, "evening": early < 60}[shape]


def made(seed: int, start: datetime = NOON) -> list[tuple[bytes, tuple[tuple[bytes, bytes], ...]]]:
    profile = load_catalogue([resource_path("providers")]).get("rcs-events")
    samples = load_samples(resource_path("samples"), "rcs-events")
    scenario = a_scenario(recipients=40, failed=(FailedShare("9001", 3, "No such device"),), noise=Noise(5, 5, 2))
    parts = cast(scenario, samples, profile)
    forge = Forge(Run(scenario, seed, start), parts)
    resolved = Resolved(an_endpoint(), profile, (Secret("topsecret"),))
    return [
        (one.body, one.headers)
        for item in plan(scenario, parts.able, seed)
        for one in [forge.make(item, resolved, "http://127.0.0.1:1/in/x", datetime.now(UTC), None)]
    ]


def test_the_same_seed_makes_the_same_requests_byte_for_byte() -> None:
    assert made(7) == made(7)
    assert made(7) != made(8)


def test_people_get_numbers_kept_free_for_examples() -> None:
    numbers = {phone_of(person) for person in range(80_000)}
    assert len(numbers) == 80_000
    assert all(number.startswith("+1") and number[5:10] == "55501" for number in numbers)
