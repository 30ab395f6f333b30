"""`inspector check`: plays the provider against a handler and says what is wrong with it."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.commands.command import (
    NOT_OK,
    OK,
    UNUSABLE,
    Command,
    data_dir,
    declare_secret,
    print_error,
    secrets_of,
)
from inspector.commands.streams import takes_unicode
from inspector.domain.errors import UsageError

if TYPE_CHECKING:
    from inspector.commands.printing import Paint
    from inspector.replay.target import Target
    from inspector.simulator.check.outcome import Outcome, Run
    from inspector.simulator.check.provider import Identity
    from inspector.simulator.check.report import Report
    from inspector.simulator.check.runner import HandlerCheck, Progress

MOST_WAIT_S = 3600

_COLOURS = {"passed": "32", "noted": "33", "failed": "31", "unknown": "33", "skipped": "2"}


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--target", metavar="URL", help="the handler to check")
    parser.add_argument("--provider", metavar="ID", help="whose events to send (the endpoint's, or rcs-events)")
    parser.add_argument("--endpoint", metavar="NAME", help="take provider and secret from this endpoint")
    declare_secret(parser)
    parser.add_argument(
        "--extra", metavar="JSON", default="", help='what the scheme needs besides the secret: {"key_id": "…"}'
    )
    parser.add_argument("--probe", metavar="URL", default="", help="an address whose GET shows what was processed")
    parser.add_argument("--only", metavar="LIST", default="", help="checks to run, such as 1,6 or 1-7 or duplicate")
    parser.add_argument("--framework", metavar="NAME", default="flask", help="whose code to show in advice (flask)")
    parser.add_argument(
        "--report", metavar="FILE", action="append", default=[], type=Path, help="also write .html, .md, .xml or .json"
    )
    parser.add_argument(
        "--wait", metavar="SECONDS", type=float, default=0.0, help="wait so long at most until the handler listens"
    )
    parser.add_argument("--list", action="store_true", help="list the checks")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(options: argparse.Namespace) -> int:
    """Check a handler and tell what was found."""
    from inspector.commands.reports import check_writable, write_report
    from inspector.resources import resource_path
    from inspector.settings import load_settings
    from inspector.simulator.check.bench import Seams
    from inspector.simulator.check.checks import CHECKS, chosen
    from inspector.simulator.check.fixes import FRAMEWORKS, framework_of, load_frameworks
    from inspector.simulator.check.report import report_of
    from inspector.simulator.check.report_formats import format_of, written
    from inspector.simulator.check.runner import HandlerCheck

    if options.list:
        return _list()
    if not options.target:
        raise UsageError("There is nothing to check.", "", "Name the handler's address with --target URL.")
    checks = chosen(options.only.split(",")) if options.only else CHECKS
    if not checks:
        raise UsageError(f"--only {options.only!r} names no check.", "", "Use numbers and keys, as in 1-6,duplicate.")
    if not 0 <= options.wait <= MOST_WAIT_S:
        raise UsageError(f"--wait {options.wait:g} cannot be used.", "", f"Give seconds, up to {MOST_WAIT_S:,}.")
    forms = [(file, format_of(file)) for file in options.report]
    for file in options.report:
        check_writable(file)
    framework = framework_of(load_frameworks(resource_path("fixes")), options.framework)
    if framework is None:
        raise UsageError(f"There is no advice for {options.framework!r}.", "", f"Use {', '.join(FRAMEWORKS)}.")
    settings = load_settings(data_dir(options))
    checking = HandlerCheck(
        options.target,
        _identity(options),
        probe_url=_probe(options.probe),
        seams=Seams(options=lambda: settings.target_options),
    )
    paint = _paint()
    if not options.json:
        print(f"Playing {checking.provider.name} against {checking.provider.target.url}\n", flush=True)
    if options.wait > 0:
        asyncio.run(_listening(checking.provider.target, options.wait))
    teller = _Teller(paint, silent=options.json)
    interrupted = False
    try:
        found = asyncio.run(checking.run(checks, teller))
    except KeyboardInterrupt:
        if not teller.outcomes:
            raise
        # What was found until then stands: it is told, and written to the reports.
        found, interrupted = checking.run_of(teller.outcomes), True
    recipe = checking.provider.recipe_for_usual if checking.provider.signs else None
    report = report_of(found, recipe, framework, _program())
    for file, form in forms:
        write_report(file, written(report, form))
    if options.json:
        from inspector.simulator.check.report_formats import JSON

        text = written(report, JSON)
        print(text if takes_unicode() else json.dumps(json.loads(text), indent=2) + "\n", end="", flush=True)
    else:
        _print_end(report, paint, checking)
    if interrupted:
        raise KeyboardInterrupt
    return _exit_code(found)


async def _listening(target: Target, seconds: float) -> None:
    """Return once something accepts connections at a target, or after so many seconds: the run then says what is wrong.

    A build server starts the handler and the check at the same time.
    """
    from inspector.replay.sender import addresses_of

    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        for address in await addresses_of(target):
            try:
                _reader, writer = await asyncio.open_connection(address, target.port)
            except OSError:
                continue
            writer.close()
            return
        await asyncio.sleep(0.2)


def _exit_code(found: Run) -> int:
    from inspector.simulator.check.outcome import State

    if found.problem is not None:
        return NOT_OK if found.failed else UNUSABLE
    if found.failed:
        return NOT_OK
    # Where plain events are refused nothing was shown to be right.
    return NOT_OK if found.count(State.UNKNOWN) else OK


def _list() -> int:
    from inspector.simulator.check.checks import CHECKS

    for number, check in enumerate(CHECKS, 1):
        print(f"{number:>2}  {check.key:<22} {check.title}; expects {check.expected}")
    return OK


def _probe(url: str) -> str:
    from inspector.replay.target import parse_target

    return parse_target(url).url if url else ""


def _identity(options: argparse.Namespace) -> Identity:
    """Return whom to play: the named provider with the secret that was handed in, or an endpoint's."""
    from inspector.commands.extra import read_extra
    from inspector.commands.opened import endpoint_or_default, providers, sample_folders
    from inspector.commands.verify import profile_of
    from inspector.domain.endpoint import DEFAULT_PROVIDER
    from inspector.domain.secret import Secret
    from inspector.simulator.check.provider import Identity
    from inspector.simulator.test_event import GENERAL, merged_samples

    folder = data_dir(options)
    given = [Secret(value) for value in secrets_of(options)]
    resolved = None
    if options.endpoint is not None or (not given and options.provider is None):
        resolved = endpoint_or_default(folder, options.endpoint)
    named = resolved.endpoint.provider if resolved and not options.provider else options.provider or DEFAULT_PROVIDER
    profile = profile_of(providers(folder), named) if named else None
    facts = dict(resolved.facts) if resolved else {}
    known: list[Secret] = list(given[1:])
    documents: dict[str, str] = {}
    if profile is not None and options.extra:
        extra = read_extra(options.extra, profile)
        facts |= extra.facts
        known += [Secret(value) for value in extra.secrets]
        documents |= extra.documents
    secrets = given or list(resolved.secrets if resolved else ())
    if profile is not None and not profile.recipes:
        profile, secrets = None, []
    samples = merged_samples(sample_folders(folder), named or DEFAULT_PROVIDER)
    samples = samples or merged_samples(sample_folders(folder), GENERAL)
    if profile is not None and not secrets:
        raise UsageError(
            f"There is no secret to sign events of {profile.name} with.",
            "A handler can only be checked as its provider would call it.",
            "Give the one the handler knows: --secret-env NAME, or --endpoint NAME.",
        )
    if not given and resolved:
        known += list(resolved.secrets[1:])
    return Identity(profile, secrets[0] if secrets else None, samples, facts, documents, tuple(known))


def _paint() -> Paint:
    from inspector.commands.printing import Paint

    return Paint(sys.stdout.isatty())


def _program() -> str:
    from inspector import __version__

    return f"Webhook Inspector {__version__}"


class _Teller:
    """Keeps what each check found, and prints a line for it unless it is to be `silent`."""

    def __init__(self, paint: Paint, *, silent: bool) -> None:
        self._paint = paint
        self._silent = silent
        self.outcomes: list[Outcome] = []

    def __call__(self, progress: Progress) -> None:
        from inspector.simulator.check.checks import NUMBERS

        outcome = progress.outcome
        if outcome is not None:
            self.outcomes.append(outcome)
        if self._silent:
            return
        if outcome is None:
            if progress.waits_s and sys.stderr.isatty():
                print_error(f"    waiting {progress.waits_s:g} s, then the provider tries again")
            return
        word = self._paint(f"{outcome.word:<14}", _COLOURS[outcome.state.value])
        got = outcome.got if outcome.state.value != "skipped" else outcome.ruling.text
        print(f"{NUMBERS[outcome.key]:>2}  {word} {progress.check.title:<32} {_printable(got)}", flush=True)


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _print_end(report: Report, paint: Paint, checking: HandlerCheck) -> None:
    """Print what is to be done about each finding, then the counts."""
    from inspector.simulator.check.outcome import State
    from inspector.simulator.check.report import without_secrets

    last = ""
    for row in report.rows:
        ruling = row.outcome.ruling
        if row.state not in (State.FAILED, State.NOTED):
            continue
        print(f"\n{row.number}. {row.check.title}: {paint(ruling.title, _COLOURS[row.state.value])}")
        print(f"   {_printable(without_secrets(ruling.text, report.run.scrub))}")
        if row.fix.advice:
            print(f"   {row.fix.advice}")
        if row.state is State.FAILED and row.fix.code and row.fix.code != last:
            last = row.fix.code
            print("\n" + "\n".join(f"      {line}".rstrip() for line in last.splitlines()))
    if report.run.problem:
        print_error(f"inspector: {report.run.problem.title}. {report.run.problem.hint}")
    if report.rows:
        print(f"\n{report.summary[:1].upper()}{report.summary[1:]}. {report.pace}. {report.run.seconds:.1f} s in all.")


COMMAND = Command(
    name="check",
    help="play the provider against a handler and say what is wrong",
    description=(
        "Sends a handler what its provider would send, and what nobody should: plain events, forged and damaged "
        "signatures, duplicates, disorder, broken, large and slow bodies, fifty at once. Says what was expected, what "
        "came, and how to mend it. With --probe URL it also sees whether duplicates are processed once. "
        "Exit code: 0 all passed (notes allowed), 1 something failed or could not be told, 2 nothing could be run."
    ),
    examples=(
        "inspector check --target http://localhost:5000/webhooks --provider rcs-events --secret-env WEBHOOK_SECRET\n"
        "inspector check --target localhost:5000/hook --endpoint 'RCS staging' --probe localhost:5000/processed\n"
        "inspector check --target localhost:5000/hook --provider stripe --secret-env S --only 1,6 --framework express\n"
        "inspector check --target localhost:5000/hook --secret-env S --report check.html --report check.xml"
    ),
    declare=declare,
    run=run,
)
