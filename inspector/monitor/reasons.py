"""Why deliveries failed, in words and as a search that finds them."""

from __future__ import annotations

from http import HTTPStatus

from inspector.domain.attempt import Failure
from inspector.monitor.board import MeasuredAt, Reason
from inspector.store.figure_rows import Counts, named
from inspector.store.figures import LATE, REJECTED, UNSENT

_FAILURES = {
    Failure.REFUSED: "Connection refused",
    Failure.DNS: "Host not found",
    Failure.TLS: "No secure connection",
    Failure.TIMEOUT: "No answer in time",
    Failure.RESET: "Connection closed without an answer",
    Failure.PROTOCOL: "Answer is not HTTP",
    Failure.UNREACHABLE: "Host cannot be reached",
}


def reasons_of(counts: Counts, measured_at: MeasuredAt, limit_s: int | None) -> tuple[Reason, ...]:
    """Return every reason with how often it was one, the most frequent first."""
    found = named(counts, "r")
    reasons = [
        Reason(key, title_of(key, limit_s), count, _search(key, limit_s, measured_at)) for key, count in found.items()
    ]
    return tuple(sorted(reasons, key=lambda reason: (-reason.count, reason.title)))


def title_of(key: str, limit_s: int | None = None) -> str:
    """Return a reason in words: "503 Service Unavailable", "No answer within 5 s"."""
    if key == LATE:
        return "No answer in time" if limit_s is None else f"No answer within {limit_s} s"
    if key == UNSENT:
        return "Answer never arrived"
    if key == REJECTED:
        return "Signature rejected"
    if key in _FAILURES:
        return _FAILURES[Failure(key)]
    try:
        return f"{key} {HTTPStatus(int(key)).phrase}"
    except ValueError:
        return key


def _search(key: str, limit_s: int | None, measured_at: MeasuredAt) -> str:
    """Return what finds the events on the events page; what a handler answered is not searched for."""
    if measured_at is MeasuredAt.HANDLER:
        return ""
    if key == REJECTED:
        return "sig:invalid,stale,unsigned code:4xx"
    if key == LATE:
        return "" if limit_s is None else f"time:>{limit_s}s code:2xx"
    return f"code:{key}" if key.isdigit() else ""
