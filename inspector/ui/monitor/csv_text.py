"""The board as CSV (RFC 4180): tables below one another, each under a line with its title and parted by an empty line.

Numbers are plain: shares from 0 to 1, times in seconds, moments in ISO 8601 with the zone. A text from outside that
begins as a formula does (= + - @, tab) gets an apostrophe before it (OWASP, "CSV Injection").
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from inspector.monitor.board import Board, MeasuredAt, Times
from inspector.ui.monitor.words import MICRO

Cell = str | int | float | None
Section = tuple[str, Sequence[str], Iterable[Sequence[Cell]]]


def csv_text(board: Board, scope: str) -> str:
    """Return the figures of a board; `scope` is the endpoint's name."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for number, (title, columns, rows) in enumerate(_sections(board, scope)):
        if number:
            writer.writerow(())
        writer.writerow((title,))
        writer.writerow(columns)
        writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def _sections(board: Board, scope: str) -> Iterator[Section]:
    yield "Figures", ("figure", "value"), _figures(board, scope)
    yield (
        "Deliveries over time",
        ("from", "seconds", "deliveries", "answered_2xx", "duplicate", "failed", *_TIMES, "failure_rate"),
        (
            (
                _moment(bar.start_us), board.span.bar_s, bar.deliveries, bar.accepted, bar.duplicates, bar.failed,
                *_times(bar.times), _share(bar.failure_rate),
            )
            for bar in board.bars
        ),
    )  # fmt: skip
    yield "Why deliveries failed", ("reason", "deliveries"), ((item.title, item.count) for item in board.reasons)
    yield (
        "Retries",
        ("step", "after_s", "tries", "recovered", "waiting"),
        ((step.step, step.after_s, step.tries, step.recovered, step.waiting) for step in board.retries),
    )
    yield (
        "Campaigns",
        ("campaign", "messages", "sent", "delivered", "read", "clicked", "replied", "opted_out", "failed"),
        (
            (
                item.campaign, item.messages, item.sent, item.delivered, item.read, item.clicked, item.replied,
                item.opted_out, item.failed,
            )
            for item in board.campaigns
        ),
    )  # fmt: skip
    yield (
        "Providers",
        (
            "provider", "deliveries", "success_rate", "failed", "duplicates", "retries", "signature_failures", *_TIMES,
        ),
        (
            (
                row.title, row.deliveries, _share(row.success_rate), row.failed, row.duplicates, row.retries,
                row.signature_failures, *_times(row.times),
            )
            for row in board.providers
        ),
    )  # fmt: skip
    yield (
        "Carriers",
        ("carrier", "events", "sent", "delivered", "read", "failed", "failure_rate"),
        (
            (row.carrier, row.events, row.sent, row.delivered, row.read, row.failed, _share(row.failure_rate))
            for row in board.carriers
        ),
    )


_TIMES = ("p50_s", "p95_s", "p99_s")


def _figures(board: Board, scope: str) -> list[tuple[str, Cell]]:
    p50, p95, p99 = _times(board.times)
    return [
        ("endpoint", scope),
        ("measured_at", "receiver" if board.measured_at is MeasuredAt.RECEIVER else "handler"),
        ("from", _moment(board.from_us)),
        ("until", _moment(min(board.until_us, board.now_us))),
        ("success_rate", _share(board.success_rate)),
        ("deliveries", board.deliveries),
        ("answered_2xx", board.accepted),
        ("duplicate", board.duplicates),
        ("failed", board.failed),
        ("p50_s", p50),
        ("p95_s", p95),
        ("p99_s", p99),
        ("signature_failures", board.signature_failures),
        ("retried", board.retried),
        ("recovered", board.recovered),
        ("turned_away", board.refused),
        *((f"uptime_{item.kind}", _share(item.share)) for item in board.uptimes),
    ]


def _times(times: Times) -> tuple[Cell, Cell, Cell]:
    def seconds(us: int | None) -> Cell:
        return None if us is None else us / MICRO

    return seconds(times.p50_us), seconds(times.p95_us), seconds(times.p99_us)


def _share(share: float | None) -> Cell:
    return None if share is None else round(share, 6)


def _moment(us: int) -> str:
    return datetime.fromtimestamp(us / MICRO).astimezone().isoformat(timespec="seconds")


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
