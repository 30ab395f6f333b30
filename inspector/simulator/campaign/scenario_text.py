"""A scenario written as the text of its file, so that numbers changed in the window can be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from inspector.domain.errors import UsageError
from inspector.providers.toml_text import write_toml
from inspector.simulator.campaign.latency import Latency
from inspector.simulator.campaign.scenario import FAST, Funnel, Noise, Retries, Scenario
from inspector.simulator.campaign.scenario_file import parse_scenario

_PLAIN = ("title", "about", "provider", "recipients", "campaign", "template", "over_s", "shape", "rate", "at_once")


def scenario_text(scenario: Scenario) -> str:
    """Return a text that `parse_scenario` reads back equal."""
    table: dict[str, Any] = {key: value for key in _PLAIN if (value := getattr(scenario, key)) != ""}
    if scenario.carriers:
        table["carriers"] = dict(scenario.carriers)
    table["speed"] = "fast" if scenario.speed == FAST else scenario.speed
    if scenario.seed is not None:
        table["seed"] = scenario.seed
    if scenario.start is not None:
        table["start"] = scenario.start
    if not scenario.mix:
        table["funnel"] = asdict(scenario.funnel) if scenario.funnel != Funnel() else {}
    table["failed"] = [_without_blanks(asdict(item)) for item in scenario.failed]
    table["latency"] = {name: _latency(value) for name, value in scenario.latency.items()}
    table["noise"] = asdict(scenario.noise) if scenario.noise != Noise() else {}
    table["retries"] = _without_blanks(asdict(scenario.retries)) if scenario.retries != Retries() else {}
    if scenario.rounds > 1 or scenario.go_on:
        table["conversation"] = {"rounds": scenario.rounds, "go_on": scenario.go_on}
    table["outage"] = [_without_blanks(asdict(item)) for item in scenario.outages]
    table["mix"] = [asdict(item) for item in scenario.mix]
    return write_toml({key: value for key, value in table.items() if value not in ({}, [])})


def save_scenario(folder: Path, scenario: Scenario) -> Path:
    """Write a scenario into a folder under its name. Raises UsageError where that cannot be done."""
    text = scenario_text(scenario)
    parse_scenario(scenario.name, text)
    path = folder / f"{scenario.name}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError("The scenario was not saved.", f"{error.strerror or error}.", f"Look at {path}.") from error
    return path


def _latency(value: Latency) -> float | Mapping[str, float]:
    if value.p95 is not None:
        return {"median": value.low, "p95": value.p95}
    return value.low if value.low == value.high else {"low": value.low, "high": value.high}


def _without_blanks(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value not in ("", None)}
