"""The same events to two targets, side by side: status, what differs in the body, how long each took."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from inspector.domain.attempt import Attempt, Failure
from inspector.domain.event import EventId
from inspector.domain.request import header_text
from inspector.payload.body import inflate
from inspector.payload.diff_bodies import Body, BodyDiff, diff_bodies
from inspector.payload.steps import finish

SMALL = 2_000
"""Bodies of up to so many bytes are compared on the spot, larger ones in a thread."""

COLUMNS = ("event", "same", "status_a", "status_b", "body", "a_ms", "b_ms", "slower_ms", "error_a", "error_b")


@dataclass(frozen=True, slots=True)
class VersusSide:
    """What one target said: its status, or in words and in kind why there is none; milliseconds; the kept attempt."""

    status: int | None
    failure: str
    kind: Failure | None
    total_ms: float
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class VersusRow:
    """One event: both sides, and in words what differs in the bodies ("" for the same)."""

    event_id: EventId
    a: VersusSide
    b: VersusSide
    body: str

    @property
    def same(self) -> bool:
        """Whether both gave the same status and the same body."""
        return not self.status_differs and not self.body

    @property
    def status_differs(self) -> bool:
        """Whether the targets gave another status, or failed in another way; both may be down alike."""
        return (self.a.status, self.a.kind) != (self.b.status, self.b.kind)

    @property
    def slower_ms(self) -> float:
        """How much longer the second took; negative where it was quicker."""
        return self.b.total_ms - self.a.total_ms


@dataclass(frozen=True, slots=True)
class VersusTotals:
    """All rows in figures; the medians are milliseconds, None where nothing was answered."""

    events: int
    same: int
    status_differs: int
    body_differs: int
    a_median_ms: float | None
    b_median_ms: float | None


SendTo = Callable[[EventId, str], Awaitable[Attempt]]
"""Sends an event to a target and returns the kept attempt; raises InspectorError where it cannot be sent."""


class Versus:
    """Sends events to two targets and keeps the rows; `send` fits a Run, which gives pace, pause and progress."""

    def __init__(self, a: str, b: str, send_to: SendTo) -> None:
        self.a = a
        self.b = b
        self.rows: list[VersusRow] = []
        self._send_to = send_to

    async def send(self, event_id: EventId) -> Attempt:
        """Send one event to both at the same time, note the row, and return the worse of the two attempts.

        Raises InspectorError where it cannot be sent to one of them; then there is no row.
        """
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._quietly(event_id, target)) for target in (self.a, self.b)]
        a, b = (task.result() for task in tasks)
        if isinstance(a, Exception):
            raise a
        if isinstance(b, Exception):
            raise b
        sizes = [len(attempt.response.body) for attempt in (a, b) if attempt.response is not None]
        compare = asyncio.to_thread(row_of, a, b) if max(sizes, default=0) > SMALL else None
        self.rows.append(row_of(a, b) if compare is None else await compare)
        return b if a.ok else a

    async def _quietly(self, event_id: EventId, target: str) -> Attempt | Exception:
        """One that fails must not end the other in the middle of its request."""
        try:
            return await self._send_to(event_id, target)
        except Exception as error:
            return error

    @property
    def differences(self) -> list[VersusRow]:
        """Only the rows whose two sides differ."""
        return [row for row in self.rows if not row.same]


def row_of(a: Attempt, b: Attempt) -> VersusRow:
    """Return the row of two attempts with the same event. Pure; takes a while for large bodies."""
    return VersusRow(a.event_id, _side(a), _side(b), _body_words(a, b))


def _side(attempt: Attempt) -> VersusSide:
    status = None if attempt.response is None else attempt.response.status
    return VersusSide(status, attempt.failure_title, attempt.failure, attempt.total_ms, attempt)


def _body_words(a: Attempt, b: Attempt) -> str:
    if a.response is None or b.response is None:
        return ""
    found = finish(diff_bodies(_body(a), _body(b)))
    return "" if found.equal else _difference_words(found)


def _body(attempt: Attempt) -> Body:
    response = attempt.response
    assert response is not None
    coding = header_text(response.headers, "Content-Encoding").strip().lower()
    data = inflate(response.body, coding) if coding else response.body
    return Body(data, header_text(response.headers, "Content-Type"))


def _difference_words(found: BodyDiff) -> str:
    if found.fields is not None:
        changed = len(found.fields.differences) + found.fields.left_out
        if not changed:
            return ""  # written otherwise, but it says the same
        return f"{changed} field{'' if changed == 1 else 's'}"
    if found.sizes[0] != found.sizes[1]:
        return f"{found.sizes[0]:,} and {found.sizes[1]:,} bytes"
    return f"from byte {found.differ_at:,} on"


def totals(rows: Sequence[VersusRow]) -> VersusTotals:
    """Return the figures of all rows."""
    return VersusTotals(
        len(rows),
        sum(row.same for row in rows),
        sum(row.status_differs for row in rows),
        sum(bool(row.body) for row in rows),
        _median([row.a.total_ms for row in rows if row.a.status is not None]),
        _median([row.b.total_ms for row in rows if row.b.status is not None]),
    )


def _median(times: list[float]) -> float | None:
    return sorted(times)[len(times) // 2] if times else None


def to_csv(rows: Sequence[VersusRow]) -> str:
    """Return a line for every row, with a head."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_plain(row) for row in rows)
    return text.getvalue()


def to_json(rows: Sequence[VersusRow], a: str, b: str) -> str:
    """Return the totals and every row."""
    return json.dumps({"a": a, "b": b, **asdict(totals(rows)), "rows": [_plain(row) for row in rows]}, indent=1)


def _plain(row: VersusRow) -> dict[str, Any]:
    return {
        "event": row.event_id,
        "same": int(row.same),
        "status_a": row.a.status,
        "status_b": row.b.status,
        "body": row.body,
        "a_ms": round(row.a.total_ms, 1),
        "b_ms": round(row.b.total_ms, 1),
        "slower_ms": round(row.slower_ms, 1),
        "error_a": row.a.failure,
        "error_b": row.b.failure,
    }
