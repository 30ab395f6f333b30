"""Scenarios as TOML files: read strictly, with the line and the reason of every mistake; KEYS_TEXT says all keys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inspector.domain.errors import UsageError
from inspector.simulator.campaign.latency import LONGEST_S, Latency
from inspector.simulator.campaign.scenario import (
    EFFECTS,
    FAST,
    MOST_AT_ONCE,
    MOST_RATE,
    MOST_RECIPIENTS,
    SHAPES,
    USUAL_LATENCY,
    FailedShare,
    Funnel,
    MixShare,
    Noise,
    Outage,
    Retries,
    Scenario,
    check,
)
from inspector.simulator.campaign.scenario_reader import Reader

KEYS_TEXT = """\
title = "A normal campaign"
about = "What it shows, in a sentence."
provider = "rcs-events"        # its id; left out: whichever the endpoint has
recipients = 2000              # people
campaign = "order_updates"     # the campaign's id in the events
template = "order_upd_v3"
carriers = { verizon = 40, att = 60 }   # weights
over_s = 600                   # people are written to within so many seconds
shape = "steady"               # steady, rush (most at first) or evening (most in the middle)
rate = 200                     # events a second at most, up to 1,000
at_once = 16                   # connections, up to 200
speed = 60                     # so much faster than real life, or "real", or "fast"
seed = 7                       # the same events each time; left out: new ones
start = 2026-01-05T09:00:00Z   # when it begins, as its events say

[funnel]                       # percent of the step before
queued = 0                     # of the people
sent = 100                     # of the people
delivered = 97                 # of sent
expired = 0                    # of sent
read = 60                      # of delivered
clicked = 12                   # of read, as the next three
replied = 4
optout = 0.5
complained = 0

[[failed]]                     # as often as wanted
code = "4102"
text = "Device is not reachable over RCS"
share = 2.5                    # percent of sent

[latency]                      # seconds after the step before, for every step of the funnel and failed, answered,
sent = 2                       # duplicate, recovery, event
delivered = { low = 1, high = 5 }
read = { median = 90, p95 = 900 }

[noise]                        # percent
duplicates = 3                 # of the events come twice
disorder = 1                   # of the steps are overtaken by the next one
lost = 0.5                     # of the events never come

[retries]                      # of what is not answered 2xx
on = true
schedule = "rcs-events"        # left out: the provider's own; or a list of waits: "0, 10s, 5m"
speed = 3600                   # left out: as fast as the campaign

[conversation]
rounds = 6                     # messages to one person at most
go_on = 85                     # percent of those who replied get another message

[[outage]]                     # of a carrier, left out: of all
carrier = "att"
from_s = 300                   # seconds of the campaign
until_s = 900
effect = "hold"                # delivered afterwards; or "fail", with code and text

# In the place of funnel and failed: everybody gets one of the provider's test events, by its key.
# [[mix]]
# sample = "message.delivered"
# share = 80                   # percent of the people
"""

FOLDER = "scenarios"
SPEEDS = {"real": 1.0, "fast": FAST}
MOST_SPEED = 1_000_000.0
MOST_ROUNDS = 20

KEYS = (
    *("title", "about", "provider", "recipients", "campaign", "template", "carriers", "over_s", "shape", "rate"),
    *("at_once", "speed", "seed", "start", "funnel", "failed", "latency", "noise", "retries", "conversation"),
    *("outage", "mix"),
)


def parse_scenario(name: str, text: str) -> Scenario:
    """Return the scenario a file's text describes. Raises UsageError naming file, line and reason."""
    file = f"{name}.toml"
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file} cannot be read.", f"{error}.") from None
    table = Reader.of(file, text, data, KEYS)
    weights = table.inner("carriers")
    talk = table.inner("conversation", ("rounds", "go_on"))
    scenario = Scenario(
        name=name,
        title=table.text("title", name),
        about=table.text("about", "").strip(),
        provider=table.text("provider", ""),
        recipients=table.whole("recipients", 1000, 1, MOST_RECIPIENTS),
        campaign=table.text("campaign", ""),
        template=table.text("template", ""),
        carriers={key: weights.number(key, 0, 0, 1e9) for key in weights.data},
        over_s=table.number("over_s", 600, 0, LONGEST_S),
        shape=table.choice("shape", SHAPES, "steady"),
        rate=table.number("rate", 200, 0.01, MOST_RATE),
        at_once=table.whole("at_once", 16, 1, MOST_AT_ONCE),
        speed=_speed(table, 60.0),
        seed=table.whole("seed", 0, 0, 10**12) if "seed" in table.data else None,
        start=_start(table),
        funnel=_percents(table.inner("funnel", _names(Funnel)), Funnel),
        failed=tuple(_failed(item) for item in table.listed("failed", ("code", "text", "share"))),
        latency=_latencies(table.inner("latency", tuple(USUAL_LATENCY))),
        noise=_percents(table.inner("noise", _names(Noise)), Noise),
        retries=_retries(table.inner("retries", ("on", "schedule", "speed"))),
        rounds=talk.whole("rounds", 1, 1, MOST_ROUNDS),
        go_on=talk.number("go_on", 0, 0, 100),
        outages=tuple(_outage(item) for item in table.listed("outage", _names(Outage))),
        mix=tuple(_mix(item) for item in table.listed("mix", ("sample", "share"))),
    )
    if scenario.mix and "funnel" in table.data:
        raise table.error("mix", "stands beside [funnel]; a scenario has the one or the other")
    if scenario.carriers and not sum(scenario.carriers.values()):
        raise table.error("carriers", "need a weight above 0")
    try:
        check(scenario)
    except UsageError as error:
        raise UsageError(f"{file}: {error.what}", error.why, error.todo) from None
    return scenario


def load_scenarios(folders: Sequence[Path]) -> tuple[tuple[Scenario, ...], tuple[UsageError, ...]]:
    """Return the scenarios of some folders in the order of their titles, and the mistakes in those that have some.

    In a later folder the same name wins.
    """
    found: dict[str, Scenario] = {}
    wrong: dict[str, UsageError] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            found.pop(path.stem, None)
            try:
                found[path.stem] = read_scenario(path)
                wrong.pop(path.stem, None)
            except UsageError as error:
                wrong[path.stem] = error
    return tuple(sorted(found.values(), key=lambda item: item.title.lower())), tuple(wrong.values())


def read_scenario(path: Path) -> Scenario:
    """Return the scenario in a file. Raises UsageError."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read.", f"{error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} cannot be read.", f"{error}.") from None
    return parse_scenario(path.stem, text)


def _names(kind: type) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))


def _percents(table: Reader, kind: Any) -> Any:
    usual = kind()
    return kind(**{name: table.number(name, getattr(usual, name), 0, 100) for name in _names(kind)})


def _speed(table: Reader, usual: float) -> float:
    value = table.data.get("speed", usual)
    if isinstance(value, str):
        if value not in SPEEDS:
            raise table.error("speed", f'must be "real", "fast" or a number, not {value!r}')
        return SPEEDS[value]
    return table.number("speed", usual, 0, MOST_SPEED)


def _start(table: Reader) -> datetime | None:
    value = table.data.get("start")
    if value is None:
        return None
    if not isinstance(value, datetime):
        raise table.error("start", "must be a moment like 2026-01-05T09:00:00Z")
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _failed(table: Reader) -> FailedShare:
    code = table.data.get("code", "")
    if isinstance(code, bool) or not isinstance(code, str | int) or not str(code).strip():
        raise table.error("code", "must be a code like 4102")
    return FailedShare(str(code), table.number("share", None, 0, 100), table.text("text", ""))


def _mix(table: Reader) -> MixShare:
    return MixShare(table.text("sample"), table.number("share", None, 0, 100))


def _outage(table: Reader) -> Outage:
    return Outage(
        from_s=table.number("from_s", None, 0, LONGEST_S),
        until_s=table.number("until_s", None, 0, LONGEST_S),
        carrier=table.text("carrier", ""),
        effect=table.choice("effect", EFFECTS, "hold"),
        code=str(table.data.get("code", "")),
        text=table.text("text", ""),
    )


def _retries(table: Reader) -> Retries:
    speed = table.number("speed", 1, 0.001, MOST_SPEED) if "speed" in table.data else None
    return Retries(table.flag("on", True), table.text("schedule", ""), speed)


def _latencies(table: Reader) -> Mapping[str, Latency]:
    return {name: _latency(table, name) for name in table.data}


def _latency(table: Reader, name: str) -> Latency:
    value = table.data[name]
    if not isinstance(value, Mapping):
        return Latency.fixed(table.number(name, None, 0, LONGEST_S))
    inner = table.inner(name, ("low", "high", "median", "p95", "fixed"))
    known = set(inner.data)
    if known == {"fixed"}:
        return Latency.fixed(inner.number("fixed", None, 0, LONGEST_S))
    if known == {"low", "high"}:
        low, high = inner.number("low", None, 0, LONGEST_S), inner.number("high", None, 0, LONGEST_S)
        if high < low:
            raise inner.error("high", "must not be below low")
        return Latency(low, high)
    if known == {"median", "p95"}:
        median, p95 = inner.number("median", None, 0.001, LONGEST_S), inner.number("p95", None, 0.001, LONGEST_S)
        if p95 < median:
            raise inner.error("p95", "must not be below the median")
        return Latency.lognormal(median, p95)
    raise table.error(name, "must be seconds, { low, high } or { median, p95 }")
