"""`inspector simulate`: a campaign of made-up events to the running program, or to any handler."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.commands.command import NOT_OK, OK, Command, data_dir, declare_secret, print_json, secrets_of
from inspector.domain.errors import StoreError, UsageError

if TYPE_CHECKING:
    from inspector.directory import Resolved
    from inspector.simulator.campaign.player import Progress
    from inspector.simulator.campaign.scenario import Scenario
    from inspector.simulator.campaign.session import Session, Stage


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("scenario", metavar="SCENARIO", nargs="?", help="a scenario's name, or a .toml file")
    parser.add_argument("--list", action="store_true", help="list the scenarios there are")
    parser.add_argument("--keys", action="store_true", help="print the keys of a scenario file, with examples")
    parser.add_argument("--to", metavar="URL", help="send to this handler instead of the running program")
    parser.add_argument("--endpoint", metavar="NAME", help="the endpoint whose provider, secret and address to use")
    parser.add_argument("--recipients", metavar="N", type=int, help="so many people")
    parser.add_argument("--rate", metavar="N", type=float, help="at most so many events a second (1,000)")
    parser.add_argument("--speed", metavar="X", help="real, fast, or so many times faster than real life")
    parser.add_argument("--seed", metavar="N", type=int, help="the same number, the same events; else new ones")
    parser.add_argument("--start", metavar="TIME", type=_moment, help="when the campaign begins, as its events say")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    declare_secret(parser)


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def run(options: argparse.Namespace) -> int:
    """Play a scenario and tell what was sent and what was recognised."""
    folder = data_dir(options)
    if options.keys:
        from inspector.simulator.campaign.scenario_file import KEYS_TEXT

        print(KEYS_TEXT, end="")
        return OK
    if options.list or not options.scenario:
        return _list(folder, options)
    from inspector.simulator.campaign.result import as_json, sentence, table
    from inspector.simulator.campaign.session import Session

    scenario = changed(chosen_scenario(folder, options.scenario), options)
    session = Session(scenario, _stage(folder, scenario, options))
    if not options.json:
        print(f"{scenario.title} to {session.stage.url}, {round(session.estimate.requests):,} requests expected")
        for note in session.cast.notes:
            print(note)
        session.player.progress.subscribe(_show_progress)
    outcome = asyncio.run(_play(session))
    if options.json:
        print_json(as_json(outcome))
    else:
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)
        print(sentence(outcome))
        print(table(outcome))
        for words, count in outcome.tally.statuses.most_common():
            print(f"  {count:>8,} × {words}")
        start = outcome.run.start.isoformat().replace("+00:00", "Z")
        print(f"The same again: --seed {outcome.run.seed} --start {start}")
        if session.stage.folder is not None:
            print(f"Its events: {outcome.search}")
    return OK if outcome.well else NOT_OK


def _list(folder: Path, options: argparse.Namespace) -> int:
    from inspector.simulator.campaign.scenario_file import load_scenarios

    scenarios, wrong = load_scenarios(scenario_folders(folder))
    if options.json:
        print_json([{"name": item.name, "title": item.title, "about": item.about} for item in scenarios])
    else:
        width = max((len(item.name) for item in scenarios), default=0)
        for item in scenarios:
            print(f"{item.name:<{width}}  {item.about or item.title}")
    for error in wrong:
        print(f"inspector: {error}", file=sys.stderr)
    return OK if options.list else NOT_OK


def scenario_folders(folder: Path) -> tuple[Path, ...]:
    """Return where scenarios lie; those of the data folder win."""
    from inspector.resources import resource_path
    from inspector.simulator.campaign.scenario_file import FOLDER

    return (resource_path(FOLDER), folder / FOLDER)


def chosen_scenario(folder: Path, wanted: str) -> Scenario:
    """Return a scenario by its name or its file. Raises UsageError."""
    from inspector.simulator.campaign.scenario_file import read_scenario

    if wanted.endswith(".toml"):
        return read_scenario(Path(wanted).expanduser())
    for place in reversed(scenario_folders(folder)):
        path = place / f"{wanted}.toml"
        if Path(wanted).name == wanted and path.is_file():
            return read_scenario(path)
    raise UsageError(f"There is no scenario {wanted!r}.", "", "`inspector simulate --list` shows those there are.")


def changed(scenario: Scenario, options: argparse.Namespace) -> Scenario:
    """Return a scenario with what the command line says instead. Raises UsageError for what cannot be meant."""
    from inspector.simulator.campaign.scenario import MOST_RATE, MOST_RECIPIENTS
    from inspector.simulator.campaign.scenario_file import SPEEDS

    changes: dict[str, Any] = {}
    if options.recipients is not None:
        changes["recipients"] = _within(options.recipients, 1, MOST_RECIPIENTS, "recipients")
    if options.rate is not None:
        changes["rate"] = _within(options.rate, 0.01, MOST_RATE, "rate")
    if options.speed is not None:
        try:
            speed = SPEEDS[options.speed] if options.speed in SPEEDS else float(options.speed)
        except ValueError:
            raise UsageError(f"{options.speed!r} is no speed.", "", "Use real, fast or a number.") from None
        changes["speed"] = _within(speed, 0, 1e6, "speed")
    if options.seed is not None:
        changes["seed"] = _within(options.seed, 0, 10**12, "seed")
    if options.start is not None:
        changes["start"] = options.start
    return replace(scenario, **changes)


def _within(value: float, low: float, high: float, name: str) -> float:
    if not low <= value <= high:
        raise UsageError(f"--{name} {value:g} cannot be used.", "", f"Use {low:g} to {high:,.0f}.")
    return value


def _stage(folder: Path, scenario: Scenario, options: argparse.Namespace) -> Stage:
    from inspector.commands.opened import sample_folders
    from inspector.commands.send import running_address
    from inspector.domain.endpoint import DEFAULT_PROVIDER
    from inspector.domain.secret import Secret
    from inspector.simulator.campaign.session import Stage
    from inspector.simulator.test_event import samples_for

    resolved = _endpoint(folder, scenario, options)
    url = options.to or running_address(folder, options) + resolved.endpoint.path
    samples = samples_for(sample_folders(folder), resolved.endpoint.provider or DEFAULT_PROVIDER)
    secrets = secrets_of(options)
    return Stage(resolved, samples, url, None if options.to else folder, Secret(secrets[0]) if secrets else None)


def _endpoint(folder: Path, scenario: Scenario, options: argparse.Namespace) -> Resolved:
    """Return the endpoint that is meant, else the first of the scenario's provider; one made up for a target."""
    from inspector.commands.opened import directory_beside, endpoint_or_default, providers
    from inspector.directory import Resolved
    from inspector.domain.endpoint import Endpoint, EndpointId

    if options.endpoint is not None or not scenario.provider:
        return endpoint_or_default(folder, options.endpoint)
    with contextlib.suppress(StoreError):
        directory = directory_beside(folder)
        for endpoint in directory.all():
            if endpoint.provider == scenario.provider and (found := directory.by_id(endpoint.id)) is not None:
                return found
    if not options.to:
        raise UsageError(
            f"There is no endpoint of {scenario.provider}.",
            f"{scenario.title} is written for that provider.",
            f"Use `inspector endpoints add NAME --provider {scenario.provider}`.",
        )
    made_up = Endpoint(EndpointId(0), "none", "Made up", datetime.now(UTC), provider=scenario.provider)
    return Resolved(made_up, providers(folder).get(scenario.provider), ())


async def _play(session: Session) -> Any:
    """Play it; the first Ctrl+C stops it and still tells what came of it."""
    with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C ends the command
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, session.player.stop)
    return await session.run()


def _show_progress(progress: Progress) -> None:
    if not sys.stderr.isatty():
        return
    waiting = f", {progress.waiting:,} to be tried again" if progress.waiting else ""
    line = f"\r\x1b[K{progress.sent:,} of about {progress.expected:,}, {progress.rate:,.0f}/s{waiting}"
    print(line, end="", file=sys.stderr, flush=True)


COMMAND = Command(
    name="simulate",
    help="play a campaign of made-up events",
    description=(
        "Plays a scenario: thousands of signed events with duplicates, disorder and failures, to the running program "
        "or to --to URL, and compares what was sent with what was recognised. Exit code: 0 everything was taken and "
        "recognised as declared, 1 not, 2 nothing was sent."
    ),
    examples=(
        "inspector simulate --list\n"
        "inspector simulate --keys > my-campaign.toml\n"
        "inspector simulate normal-campaign\n"
        "inspector simulate black-friday --rate 1000 --seed 7\n"
        "inspector simulate duplicates-storm --to http://localhost:5000/webhooks --speed fast --json"
    ),
    declare=declare,
    run=run,
)
