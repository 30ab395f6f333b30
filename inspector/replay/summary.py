"""The result of many replays as text for a file: CSV with a row each, or JSON with the totals."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from inspector.replay.plan import Options
from inspector.replay.run import Line, Progress, outcomes

COLUMNS = ("event", "ok", "status", "total_ms", "duplicate", "error")
_SHARES = (50, 95, 99)


def to_csv(lines: Sequence[Line]) -> str:
    """Return a row for every sending, in the order they ended."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        status = "" if line.status is None else line.status
        writer.writerow([line.event_id, int(line.ok), status, f"{line.total_ms:.1f}", int(line.again), line.error])
    return text.getvalue()


def to_json(lines: Sequence[Line], progress: Progress, options: Options) -> str:
    """Return totals, options and every sending."""
    return json.dumps(totals(lines, progress) | {"options": asdict(options), "events": _rows(lines)}, indent=1)


def totals(lines: Sequence[Line], progress: Progress) -> dict[str, Any]:
    """Return the figures of a run; times are milliseconds of those that were answered."""
    times = sorted(line.total_ms for line in lines if line.status is not None)
    return {
        "phase": progress.phase.value,
        "planned": progress.total,
        "sent": progress.done,
        "answered_2xx": progress.done - progress.failed,
        "failed": progress.failed,
        "per_second": round(progress.rate, 1),
        "outcomes": dict(outcomes(lines)),
        "total_ms": {f"p{share}": round(_percentile(times, share), 1) for share in _SHARES} if times else {},
    }


def _rows(lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [
        {
            "event": line.event_id,
            "ok": line.ok,
            "status": line.status,
            "total_ms": round(line.total_ms, 1),
            "duplicate": line.again,
            "error": line.error,
        }
        for line in lines
    ]


def _percentile(times: Sequence[float], share: int) -> float:
    return times[min(len(times) - 1, len(times) * share // 100)]
