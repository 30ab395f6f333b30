"""`inspector replay --retry`: events tried by a schedule until the first 2xx, in real time or on the fast clock."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from inspector.commands.command import NOT_OK, OK, print_json
from inspector.domain.errors import InspectorError, UsageError
from inspector.domain.schedules import custom, wait_words
from inspector.replay.plan import Captured, Options, Sending, plan
from inspector.replay.schedules import next_try

if TYPE_CHECKING:
    from inspector.commands.replay import Replays
    from inspector.domain.attempt import Attempt
    from inspector.domain.event import EventId
    from inspector.domain.forwarding import Schedule
    from inspector.replay.rehearsal import Down, Lane, Picture
    from inspector.store.beside import Beside

MOST_SERIES = 10_000


@dataclass(frozen=True, slots=True)
class Ended:
    """How one event's series ended: its attempts, or why there are none."""

    event_id: EventId
    attempts: tuple[Attempt, ...] = ()
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether it was answered 2xx in the end."""
        return bool(self.attempts) and self.attempts[-1].ok


def run_series(
    beside: Beside,
    replays: Replays,
    ids: Sequence[EventId],
    how: Options,
    schedule: Schedule,
    options: argparse.Namespace,
) -> int:
    """Run a series for every event and tell how each ended."""
    if options.fast:
        return _run_fast(replays, ids, schedule, options)
    kept = [row for row in beside.page(ids) if row.refusal is None]
    sendings = plan([Captured(row.id, row.received_us) for row in kept], how)
    if not sendings:
        raise UsageError("There is nothing to send.", "Every event was left out, is gone, or was turned away.")
    if len(sendings) > MOST_SERIES:
        raise UsageError("These are too many to try again.", f"The limit is {MOST_SERIES:,} with --retry.")
    ended = asyncio.run(_run_all(replays, sendings, how, schedule, tell=not options.json))
    failed = sum(not one.ok for one in ended)
    if options.json:
        print_json(_as_json(ended, schedule))
    else:
        tries = sum(len(one.attempts) for one in ended)
        print(f"{len(ended) - failed:,} of {len(ended):,} got through, {tries:,} tries")
    return NOT_OK if failed else OK


async def _run_all(
    replays: Replays, sendings: Sequence[Sending], how: Options, schedule: Schedule, *, tell: bool
) -> list[Ended]:
    """Run every series at its time; `at_once` counts what is under way, a series that waits holds up no other."""
    room = asyncio.Semaphore(how.at_once)
    stopping = asyncio.Event()

    async def series(sending: Sending) -> Ended:
        await _pause(stopping, sending.at_s)
        attempts: list[Attempt] = []
        due_at: datetime | None = None
        error = ""
        while not stopping.is_set():
            following = next_try(
                schedule,
                len(attempts),
                due_at or datetime.now(UTC),
                attempts[-1].response if attempts else None,
                speed=how.speed,
            )
            if following is None:
                break
            await _pause(stopping, (following.at - datetime.now(UTC)).total_seconds())
            if stopping.is_set():
                break
            async with room:
                try:
                    attempt = await replays.send(sending.event_id, try_no=len(attempts) + 1, limit_s=schedule.limit_s)
                except InspectorError as failure:
                    error = failure.what
                    break
            due_at = datetime.now(UTC)
            attempts.append(attempt)
            if tell:
                _tell(attempt, following.wait_s)
            if attempt.ok:
                break
        ended = Ended(sending.event_id, tuple(attempts), error)
        if not ended.ok and how.stop_on_failure:
            stopping.set()
        return ended

    return list(await asyncio.gather(*(series(sending) for sending in sendings)))


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    """Wait, but no longer than until the end of everything."""
    if seconds <= 0:
        return
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return


def _tell(attempt: Attempt, wait_s: float) -> None:
    after = "at once" if not wait_s else f"after {wait_words(round(wait_s, 3))}"
    came = attempt.failure_title if attempt.response is None else f"{attempt.response.status} {attempt.response.reason}"
    print(f"#{attempt.event_id} try {attempt.try_no}, {after}: {came.strip()}, {attempt.total_ms:.0f} ms", flush=True)


def _as_json(ended: Sequence[Ended], schedule: Schedule) -> dict[str, Any]:
    return {
        "schedule": schedule.id,
        "events": len(ended),
        "got_through": sum(one.ok for one in ended),
        "tries": sum(len(one.attempts) for one in ended),
        "series": [
            {
                "event_id": one.event_id,
                "ok": one.ok,
                "error": one.error or None,
                "tries": [
                    {
                        "id": attempt.id,
                        "sent_at": attempt.sent_at.isoformat(),
                        "status": None if attempt.response is None else attempt.response.status,
                        "failure": attempt.failure_title or None,
                        "total_ms": round(attempt.total_ms, 3),
                    }
                    for attempt in one.attempts
                ],
            }
            for one in ended
        ],
    }


def _run_fast(replays: Replays, ids: Sequence[EventId], schedule: Schedule, options: argparse.Namespace) -> int:
    from inspector.replay.rehearsal import Rehearsal

    downs = [_down(text) for text in options.down]
    tries = replays.real_tries(schedule.limit_s)
    picture = asyncio.run(Rehearsal(ids, schedule, tries, downs=downs, takes_s=None).run())
    if options.json:
        print_json(_picture_json(picture, schedule))
    else:
        for lane in picture.lanes:
            print(f"#{lane.event_id} {_lane_words(lane)}")
        print(f"{picture.through:,} of {len(picture.lanes):,} would have got through, {picture.lost:,} been lost")
    return NOT_OK if picture.lost else OK


def _down(text: str) -> Down:
    from inspector.replay.rehearsal import Down

    first, dash, last = text.partition("-")
    todo = "Write it as 0-2h or 10m-30m, counted from the start."
    if not dash:
        raise UsageError(f"{text!r} is no span of time.", "", todo)
    from_s, until_s = custom(first).waits_s[0], custom(last).waits_s[0]
    if until_s <= from_s:
        raise UsageError(f"{text!r} ends before it begins.", "", todo)
    return Down(from_s, until_s)


def _lane_words(lane: Lane) -> str:
    tries = f"try {len(lane.tries)}"
    if lane.through_s is not None:
        return f"through after {_span(lane.through_s)}, {tries}"
    last = lane.tries[-1] if lane.tries else None
    why = "" if last is None else f", {last.status or last.words}"
    return f"lost after {_span(lane.lost_s or 0.0)}, {tries}{why}"


def _span(seconds: float) -> str:
    """Return a span in its two largest units: "2 h 36 min"."""
    left = round(seconds)
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or f"{seconds:.1f} s"


def _picture_json(picture: Picture, schedule: Schedule) -> dict[str, Any]:
    return {
        "schedule": schedule.id,
        "span_s": picture.span_s,
        "through": picture.through,
        "lost": picture.lost,
        "events": [
            {
                "event_id": lane.event_id,
                "through_s": lane.through_s,
                "lost_s": lane.lost_s,
                "tries": [
                    {"at_s": item.at_s, "status": item.status, "words": item.words or None} for item in lane.tries
                ],
            }
            for lane in picture.lanes
        ],
    }
