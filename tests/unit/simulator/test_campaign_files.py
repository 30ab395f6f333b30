"""Scenario files: every bundled one can be played, mistakes name their line, what is written reads back."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.providers.mapping import normalise
from inspector.resources import resource_path
from inspector.simulator.campaign.cast import cast, with_code
from inspector.simulator.campaign.estimate import estimate
from inspector.simulator.campaign.scenario import FAST, Funnel, MixShare, Noise, Retries, Scenario
from inspector.simulator.campaign.scenario_file import KEYS, KEYS_TEXT, load_scenarios, parse_scenario, read_scenario
from inspector.simulator.campaign.scenario_text import save_scenario, scenario_text
from inspector.simulator.samples import Sample, Values, render
from inspector.simulator.test_event import samples_for
from tests.builders import NOON

FILES = sorted(resource_path("scenarios").glob("*.toml"))
CATALOGUE = load_catalogue([resource_path("providers")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_bundled_scenario_can_be_played_by_its_provider(path: Path) -> None:
    scenario = read_scenario(path)
    provider = scenario.provider or "rcs-events"
    parts = cast(scenario, samples_for([resource_path("samples")], provider), CATALOGUE.get(provider))
    assert estimate(scenario, parts.able).requests > 10
    assert scenario.about.endswith(".")
    assert scenario.seed is None  # a run of one's own each time


def test_there_are_at_least_eight_for_several_providers() -> None:
    assert len(FILES) >= 8
    assert len({read_scenario(path).provider for path in FILES}) >= 5


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_scenario_written_reads_back_equal(path: Path) -> None:
    scenario = read_scenario(path)
    assert parse_scenario(scenario.name, scenario_text(scenario)) == scenario


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('title = "x"\n\n[funnel]\nread = 140\n', "x.toml, line 4: funnel.read must be from 0 to 100, not 140."),
        ('title = "x"\nrecipient = 5\n', "x.toml, line 2: recipient is not known; keys here are title"),
        ("recipients = 0\n", "x.toml, line 1: recipients must be from 1 to 1,000,000, not 0."),
        ("rate = 5000\n", "x.toml, line 1: rate must be from 0.01 to 1,000, not 5000."),
        ('[[failed]]\ncode = "1"\nshare = 1\n[[failed]]\ncode = "2"\n', "x.toml, line 4: failed.2.share is missing."),
        ('speed = "quick"\n', 'x.toml, line 1: speed must be "real", "fast" or a number, not \'quick\'.'),
        ("[latency]\nread = { low = 4, high = 2 }\n", "x.toml, line 2: latency.read.high must not be below low."),
        ("[latency]\nread = { median = 4 }\n", "x.toml, line 2: latency.read must be seconds"),
        ('shape = "round"\n', "x.toml, line 1: shape must be one of steady, rush, evening, not 'round'."),
        ("[[outage]]\nfrom_s = 5\nuntil_s = 1\n", "x.toml: x: an outage ends before it begins."),
        ("[funnel]\ndelivered = 99\n[[failed]]\ncode = 4\nshare = 2\n", "x.toml: x: delivered, expired and failed are"),
        ("title = \n", "x.toml cannot be read."),
        ("[noise]\nduplicates = true\n", "x.toml, line 2: noise.duplicates must be a number."),
        ('[funnel]\nread = 1\n[[mix]]\nsample = "a"\nshare = 1\n', "x.toml, line 3: mix stands beside [funnel]"),
    ],
)
def test_a_mistake_names_the_line_and_the_reason(text: str, what: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_scenario("x", text)
    assert error.value.what.startswith(what)


def test_the_keys_that_are_documented_are_the_keys_there_are() -> None:
    scenario = parse_scenario("keys", KEYS_TEXT)
    assert scenario.latency.keys() == {"sent", "delivered", "read"}
    assert set(tomllib.loads(KEYS_TEXT)) | {"mix"} == set(KEYS)
    mixed = parse_scenario("keys", KEYS_TEXT[KEYS_TEXT.index("# [[mix]]") :].replace("# ", "", 3))
    assert mixed.mix == (MixShare("message.delivered", 80),)
    for name, kind in (("funnel", Funnel), ("noise", Noise), ("retries", Retries)):
        assert set(tomllib.loads(KEYS_TEXT)[name]) == {item.name for item in fields(kind)}


def test_a_syntax_error_says_where() -> None:
    with pytest.raises(UsageError, match="at line 2"):
        parse_scenario("x", 'title = "x"\nrate = = 2\n')


def test_the_users_scenario_wins_by_name_and_a_broken_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "normal-campaign.toml").write_text('title = "Mine"\nrecipients = 3\n')
    (tmp_path / "black-friday.toml").write_text("rate = -1\n")
    found, wrong = load_scenarios([resource_path("scenarios"), tmp_path])
    by_name = {item.name: item for item in found}
    assert by_name["normal-campaign"].title == "Mine"
    assert "black-friday" not in by_name
    assert [error.what[:17] for error in wrong] == ["black-friday.toml"]


def test_a_saved_scenario_is_found_again(tmp_path: Path) -> None:
    scenario = Scenario("own-one", "My own", recipients=17, speed=FAST, seed=4)
    save_scenario(tmp_path / "scenarios", scenario)
    assert load_scenarios([tmp_path / "scenarios"])[0] == (scenario,)


@given(st.text(max_size=200))
def test_no_text_makes_anything_but_a_scenario_or_a_usage_error(text: str) -> None:
    told = ""
    try:
        parse_scenario("x", text)
    except UsageError as error:
        told = str(error)
    assert not told or "x.toml" in told


FAILING = [
    (profile.id, sample)
    for profile in CATALOGUE
    for sample in samples_for([resource_path("samples")], profile.id)
    if sample.provider == profile.id and sample.kind.value == "message.failed" and len(sample.expect) == 1
]


@pytest.mark.parametrize(("provider", "sample"), FAILING, ids=lambda value: getattr(value, "key", value))
def test_a_failure_can_be_given_another_code_or_says_why_not(provider: str, sample: Sample) -> None:
    profile = CATALOGUE.get(provider)
    told, changed = "", sample
    try:
        changed = with_code(sample, "7734", "Another reason", profile)
    except UsageError as error:
        told = error.what
    if told:
        assert "cannot be given the error code 7734" in told
        return
    headers, body = render(changed, Values.fixed())
    request = Request("POST", "/", headers, body, NOON)
    assert normalise(profile, request, Payload(request))[0].error_code == "7734"


def test_most_providers_failures_can_be_given_another_code() -> None:
    done = 0
    for provider, sample in FAILING:
        try:
            with_code(sample, "7734", "", CATALOGUE.get(provider))
            done += 1
        except UsageError:
            continue
    assert done > 0.7 * len(FAILING)
