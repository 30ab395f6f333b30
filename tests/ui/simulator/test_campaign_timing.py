"""Waits and outages as they are typed: what is written is read back, and what cannot be meant is told."""

from __future__ import annotations

import pytest

from inspector.resources import resource_path
from inspector.simulator.campaign.latency import LONGEST_S, Latency
from inspector.simulator.campaign.scenario import USUAL_LATENCY, Outage, Scenario
from inspector.simulator.campaign.scenario_file import load_scenarios
from inspector.ui.simulator.campaign_timing import (
    ALWAYS,
    MIXED_STEPS,
    STEPS,
    latency_text,
    outage_text,
    parse_latency,
    parse_outages,
)

SCENARIOS, _WRONG = load_scenarios([resource_path("scenarios")])


@pytest.mark.parametrize(
    ("text", "latency"),
    [
        ("2", Latency.fixed(2)),
        (" 0.05 s ", Latency.fixed(0.05)),
        ("1 to 5", Latency(1, 5)),
        ("1-5 s", Latency(1, 5)),
        ("90, p95 900", Latency.lognormal(90, 900)),
        ("90 P95 900", Latency.lognormal(90, 900)),
    ],
)
def test_a_wait_is_read_in_each_of_its_forms(text: str, latency: Latency) -> None:
    assert parse_latency(text) == latency


@pytest.mark.parametrize("text", ["soon", "-1", "5 to 1", "90, p95 10", "0, p95 10", f"{LONGEST_S + 1}", "1 to", "2,"])
def test_what_is_no_wait_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        parse_latency(text)


@pytest.mark.parametrize(
    ("text", "outages"),
    [
        ("", ()),
        ("300 to 900", (Outage(300, 900),)),
        ("att 300 to 900 hold", (Outage(300, 900, "att"),)),
        (
            "Three UK 0.5 to 9 fail, 1000 to 1200 fail 4102",
            (Outage(0.5, 9, "Three UK", "fail"), Outage(1000, 1200, "", "fail", "4102")),
        ),
    ],
)
def test_outages_are_read_with_commas_between(text: str, outages: tuple[Outage, ...]) -> None:
    assert parse_outages(text) == outages


@pytest.mark.parametrize("text", ["att", "900 to 300", "300 to 900 hold 4102", "300 to 900 vanish", "5"])
def test_what_is_no_outage_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        parse_outages(text)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_every_scenario_of_the_program_is_read_back_as_it_is(scenario: Scenario) -> None:
    latency, outages = scenario.latency, scenario.outages
    assert {key: parse_latency(latency_text(one)) for key, one in latency.items()} == dict(latency)
    typed = parse_outages(", ".join(map(outage_text, outages)))
    assert [outage_text(one) for one in typed] == [outage_text(one) for one in outages]


def test_every_step_has_its_field_and_its_usual_wait_can_be_typed() -> None:
    assert {key for key, _name in (*STEPS, *MIXED_STEPS, *ALWAYS)} == set(USUAL_LATENCY)
    assert all(parse_latency(latency_text(one)) == one for one in USUAL_LATENCY.values())
