"""`inspector replay`: stored events to a handler, as captured, signed again or with new ids."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.commands.command import NOT_OK, OK, Command, data_dir, print_json
from inspector.domain.errors import UsageError
from inspector.domain.request import Headers
from inspector.replay.plan import Captured, Options, Order, Spacing, check, plan
from inspector.settings import load_settings

if TYPE_CHECKING:
    from inspector.directory import Directory
    from inspector.domain.attempt import Attempt, Response
    from inspector.domain.event import EventId
    from inspector.domain.forwarding import Schedule
    from inspector.replay.real_tries import RealTries
    from inspector.replay.run import Progress
    from inspector.replay.sender import Result
    from inspector.store.beside import Beside

SHOWN_BYTES = 2000


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("id", metavar="ID", type=_number, nargs="*", help="an event's number, with or without #")
    parser.add_argument("--filter", metavar="TEXT", help="every event the window's search finds with this text")
    parser.add_argument("--to", metavar="URL", required=True, help="the handler's address, used as given")
    parser.add_argument(
        "--timeout", metavar="S", type=_seconds, help="seconds the handler has to answer (settings: 30)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    identity = parser.add_mutually_exclusive_group()
    identity.add_argument("--sign", action="store_true", help="sign again now, with the endpoint's newest secret")
    identity.add_argument("--new-ids", action="store_true", help="other message and event ids, and signed again")
    _declare_retries(parser.add_argument_group("trying again, and comparing"))
    _declare_many(parser.add_argument_group("many events"))


def _declare_retries(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--retry",
        metavar="SCHEDULE",
        help="try until the first 2xx, like a provider (rcs-events, rcs-client, standard-webhooks …) or by waits of "
        "your own: '0, 10s, 5m, 2h'; Retry-After is heeded",
    )
    group.add_argument(
        "--fast",
        action="store_true",
        help="with --retry: on a clock that jumps from try to try, with the handler's real answers; tells when each "
        "event would have got through or been lost, and keeps no attempts",
    )
    group.add_argument(
        "--down", metavar="FROM-UNTIL", action="append", default=[], help="with --fast: the handler is down, as in 0-2h"
    )
    group.add_argument("--versus", metavar="URL", help="send to this target too, and show what differs")


def _declare_many(group: argparse._ArgumentGroup) -> None:
    usual = Options()
    group.add_argument("--order", choices=[order.value for order in Order], default=usual.order.value)
    group.add_argument(
        "--spacing", metavar="S", default=Spacing.NONE.value, help="seconds between events, none (usual) or captured"
    )
    group.add_argument(
        "--speed", metavar="X", type=float, default=1.0, help="so much faster: captured spacing, --retry"
    )
    group.add_argument("--at-once", metavar="N", type=int, default=1, help="how many may be under way (1)")
    group.add_argument("--repeat", metavar="N", type=int, default=1, help="send all of them so often (1)")
    group.add_argument("--drop", metavar="PERCENT", type=float, default=0.0, help="leave out this share by chance")
    group.add_argument("--duplicate", metavar="PERCENT", type=float, default=0.0, help="send this share twice")
    group.add_argument("--seed", metavar="N", type=int, default=usual.seed, help="the same number, the same chance (1)")
    group.add_argument("--stop-on-failure", action="store_true", help="end with the first that is not answered 2xx")
    group.add_argument("--report", metavar="FILE", type=Path, help="write each result to a file: .csv or .json")


def _number(text: str) -> int:
    digits = text.removeprefix("#").replace(",", "")
    if not (digits.isascii() and digits.isdecimal() and 0 < int(digits) < 1 << 63):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of an event. The list shows them, as in #12.")
    return int(digits)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} cannot be used. Give seconds, above 0 and up to 86,400.")
    return seconds


def options_of(options: argparse.Namespace) -> Options:
    """Return how many events are replayed. Raises UsageError for what cannot be meant."""
    spacing, gap_s = Spacing.FIXED, 0.0
    if options.spacing in (Spacing.NONE.value, Spacing.CAPTURED.value):
        spacing = Spacing(options.spacing)
    else:
        try:
            gap_s = float(options.spacing)
        except ValueError:
            raise UsageError(f"{options.spacing!r} is no spacing.", "", "Use seconds, none, or captured.") from None
    found = Options(
        order=Order(options.order),
        spacing=spacing,
        gap_s=gap_s,
        speed=options.speed,
        repeat=options.repeat,
        drop_percent=options.drop,
        duplicate_percent=options.duplicate,
        seed=options.seed,
        at_once=options.at_once,
        stop_on_failure=options.stop_on_failure,
    )
    check(found)
    return found


def retry_of(options: argparse.Namespace) -> Schedule | None:
    """Return the schedule that is meant, None for a single try. Raises UsageError for what does not go together."""
    from inspector.domain.schedules import schedule_of

    if options.down and not options.fast:
        raise UsageError("--down needs --fast.", "", "Add --fast and --retry, as in --retry rcs-events --fast.")
    if options.retry is None:
        if options.fast:
            raise UsageError("--fast needs a schedule.", "", "Add --retry, as in --retry rcs-events.")
        return None
    if options.versus is not None:
        raise UsageError("--retry and --versus cannot be used together.")
    if options.report is not None:
        raise UsageError("--retry and --report cannot be used together.", "", "Use --json for every try.")
    return schedule_of(options.retry)


def check_places(options: argparse.Namespace) -> None:
    """Look at the targets and the report before anything is sent. Raises UsageError."""
    from inspector.commands.reports import check_writable
    from inspector.replay.target import parse_target

    for url in (options.to, options.versus):
        if url is not None:
            parse_target(url)
    if options.report is not None:
        check_writable(options.report, (".csv", ".json"))


def run(options: argparse.Namespace) -> int:
    """Replay events, keep the attempts and tell what came back."""
    from inspector.store.beside import open_beside

    how = options_of(options)
    retry = retry_of(options)
    check_places(options)
    folder = data_dir(options)
    with open_beside(folder) as beside:
        ids = _ids(beside, options)
        replays = Replays(beside, options)
        if options.versus is not None:
            from inspector.commands.replay_versus import run_versus

            return run_versus(beside, replays, ids, how, options)
        if retry is not None:
            from inspector.commands.replay_series import run_series

            return run_series(beside, replays, ids, how, retry, options)
        if len(ids) == 1 and how.repeat == 1 and options.filter is None and options.report is None:
            attempt = asyncio.run(replays.send(ids[0]))
            if options.json:
                print_json(_as_json(attempt))
            else:
                print(f"#{attempt.event_id} to {attempt.sent.url}{f', {attempt.note}' if attempt.note else ''}")
                print_result(attempt)
            return OK if attempt.ok else NOT_OK
        return _run_many(beside, replays, ids, how, options)


def _ids(beside: Beside, options: argparse.Namespace) -> list[EventId]:
    """Return the numbers that are meant. Raises UsageError where there are none."""
    from inspector.domain.event import EventId
    from inspector.domain.query import Query
    from inspector.search import parse

    if options.filter is None:
        if not options.id:
            raise UsageError("No event was named.", "", "Give its number, or use --filter.")
        ids = [EventId(number) for number in dict.fromkeys(options.id)]
        _check_there(beside, ids)
        return ids
    if options.id:
        raise UsageError("Numbers and --filter cannot be used together.")
    parsed = parse(options.filter)
    if parsed.errors:
        raise UsageError(f"The filter cannot be read: {parsed.errors[0].text}")
    found = beside.ids(Query(terms=parsed.terms))
    if not found:
        raise UsageError(f"No event matches {options.filter!r}.")
    return found


def _check_there(beside: Beside, ids: list[EventId]) -> None:
    """Look whether events that were named can be sent. Raises UsageError, before any is, where one cannot."""
    kept = {row.id: row for row in beside.page(ids)}
    gone = [f"#{number}" for number in ids if number not in kept]
    if gone:
        what = f"There is no event {gone[0]}." if len(gone) == 1 else f"There are no events {', '.join(gone[:10])}."
        raise UsageError(what, "Nothing was sent.", "It may have been deleted.")
    turned = [f"#{number}" for number in ids if kept[number].refusal is not None]
    if turned and len(ids) > 1:
        why = "What was turned away was not read as a whole. Nothing was sent."
        raise UsageError(f"{', '.join(turned[:10])} cannot be sent again.", why, "Leave it out.")


def _run_many(beside: Beside, replays: Replays, ids: list[EventId], how: Options, options: argparse.Namespace) -> int:
    from inspector.commands.reports import write_report
    from inspector.replay.run import Run
    from inspector.replay.summary import to_csv, to_json, totals

    kept = [row for row in beside.page(ids) if row.refusal is None]
    sendings = plan([Captured(row.id, row.received_us) for row in kept], how)
    if not sendings:
        raise UsageError("There is nothing to send.", "Every event was left out, is gone, or was turned away.")
    many = Run(sendings, how, replays.send)

    async def go() -> Progress:
        return await many.run()

    progress = asyncio.run(go())
    if options.report is not None:
        as_json = options.report.suffix.lower() == ".json"
        text = to_json(many.lines, progress, how) if as_json else to_csv(many.lines)
        write_report(options.report, text)
    figures = totals(many.lines, progress)
    if options.json:
        print_json(figures)
    else:
        _print_totals(figures)
    return OK if not progress.failed and progress.done == progress.total else NOT_OK


def _print_totals(figures: dict[str, Any]) -> None:
    print(f"{figures['sent']:,} of {figures['planned']:,} sent, {figures['answered_2xx']:,} answered 2xx")
    for outcome, count in figures["outcomes"].items():
        print(f"  {count:>8,}  {outcome}")
    if figures["total_ms"]:
        print("  " + ", ".join(f"{name} {ms:.0f} ms" for name, ms in figures["total_ms"].items()))


class Replays:
    """Sends events as the options say; all of one run share their new ids."""

    def __init__(self, beside: Beside, options: argparse.Namespace) -> None:
        from inspector.domain.identity import Identity
        from inspector.replay.new_ids import NewIds
        from inspector.replay.replayer import Replayer
        from inspector.replay.sender import Sender

        settings = load_settings(data_dir(options))
        self._options = options
        self._identity = Identity.SIGNED if options.sign else Identity.NEW_IDS if options.new_ids else Identity.CAPTURED
        sender = Sender(options=lambda: settings.target_options)
        self._replayer = Replayer(_BesideStore(beside), None, sender, lambda: settings)
        self._ids = NewIds(datetime.now(UTC).isoformat())
        self._directory: Directory | None = None

    async def send(
        self, event_id: EventId, *, to: str | None = None, try_no: int = 1, limit_s: float | None = None
    ) -> Attempt:
        """Send one event and keep the attempt. Raises UsageError where it cannot be sent.

        `to` is another target than the options', `limit_s` holds where they name no time limit.
        """
        from inspector.domain.identity import Identity
        from inspector.replay.rewrite import rewritten

        event = self._replayer.event(event_id)
        resolved = None
        if self._identity is not Identity.CAPTURED and event.summary.endpoint_id is not None:
            resolved = self._endpoints().by_id(event.summary.endpoint_id)
        made = rewritten(
            event.request,
            to or self._options.to,
            self._identity,
            now=datetime.now(UTC),
            resolved=resolved,
            ids=self._ids,
        )
        return await self._replayer.send(
            event_id,
            made.outgoing,
            timeout_s=self._options.timeout or limit_s,
            identity=self._identity,
            note=made.note,
            try_no=try_no,
        )

    def real_tries(self, limit_s: float) -> RealTries:
        """Return what makes tries that are not kept."""
        from inspector.domain.identity import Identity
        from inspector.replay.real_tries import RealTries

        endpoints = None if self._identity is Identity.CAPTURED else self._endpoints()
        return RealTries(
            self._replayer.event,
            endpoints,
            self._replayer.sender,
            self._options.to,
            identity=self._identity,
            limit_s=self._options.timeout or limit_s,
        )

    def _endpoints(self) -> Directory:
        if self._directory is None:
            from inspector.commands.opened import directory_beside

            self._directory = directory_beside(data_dir(self._options))
        return self._directory


class _BesideStore:
    """The store as the replayer knows it, over one that another instance may be using."""

    def __init__(self, beside: Beside) -> None:
        self._beside = beside
        self.event = beside.event
        self.summary = beside.summary

    async def add_attempt(self, attempt: Attempt) -> Attempt:
        return await asyncio.to_thread(self._beside.add_attempt, attempt)


def print_result(result: Attempt | Result) -> None:
    """Print a response, or why there is none, for a person."""
    response = result.response
    if response is None:
        title, hint = _failure_of(result)
        print(f"{title}. {hint}")
        return
    print(f"{response.status} {response.reason}".rstrip() + f"  {result.total_ms:.0f} ms")
    for name, value in _texts(response.headers):
        print(f"  {name}: {value}")
    if response.body:
        print()
        print(_body_text(response))


def _failure_of(result: Attempt | Result) -> tuple[str, str]:
    trouble = getattr(result, "trouble", None)
    if trouble is not None:
        return trouble.title, trouble.hint
    return getattr(result, "failure_title", ""), getattr(result, "failure_hint", "")


def _texts(headers: Headers) -> list[tuple[str, str]]:
    return [(name.decode("utf-8", "replace"), value.decode("utf-8", "replace")) for name, value in headers]


def _body_text(response: Response) -> str:
    text = response.body[:SHOWN_BYTES].decode("utf-8", "replace")
    text = "".join(letter if letter.isprintable() or letter in "\n\t" else "?" for letter in text)
    left = len(response.body) - SHOWN_BYTES
    return f"{text}\n… {left:,} more bytes" if left > 0 else text


def _as_json(attempt: Attempt) -> dict[str, Any]:
    response = attempt.response
    return {
        "id": attempt.id,
        "event_id": attempt.event_id,
        "url": attempt.sent.url,
        "ok": attempt.ok,
        "status": response.status if response else None,
        "reason": response.reason if response else None,
        "headers": _texts(response.headers) if response else None,
        "body": response.body.decode("utf-8", "replace") if response else None,
        "truncated": response.truncated if response else None,
        "failure": attempt.failure.value if attempt.failure else None,
        "failure_title": attempt.failure_title or None,
        "failure_hint": attempt.failure_hint or None,
        "connect_ms": round(attempt.connect_ms, 3),
        "send_ms": round(attempt.send_ms, 3),
        "wait_ms": round(attempt.wait_ms, 3),
        "download_ms": round(attempt.download_ms, 3),
        "total_ms": round(attempt.total_ms, 3),
        "remote": attempt.remote,
        "tls": asdict(attempt.tls) if attempt.tls else None,
        "identity": attempt.identity.value,
        "note": attempt.note or None,
        "try_no": attempt.try_no,
    }


COMMAND = Command(
    name="replay",
    help="send stored events to your handler",
    description=(
        "Sends stored events (method, headers, body) as captured, signed again or with new ids, and shows the "
        "response, of several the totals; every attempt is kept with its event, also while the program is running. "
        "Exit code: 0 all answered 2xx, 1 not, 2 nothing was sent."
    ),
    examples=(
        "inspector replay 12 --to http://localhost:5000/webhooks\n"
        "inspector replay 12 --sign --to localhost:5000 --json\n"
        "inspector replay 12 --to localhost:5000 --retry rcs-events --speed 60\n"
        "inspector replay 12 --to localhost:5000 --retry google-rbm --fast --down 0-2h\n"
        "inspector replay --filter 'type:read' --to localhost:5000 --versus https://staging.example/hook\n"
        "inspector replay --filter 'type:failed' --to localhost:5000 --order shuffled --duplicate 5 --at-once 8"
    ),
    declare=declare,
    run=run,
)
