"""What the composer says about an event and about what came of sending it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from inspector.domain.report import Report
from inspector.replay.sender import Result
from inspector.ui.widgets.badges import duration

MOST_REPORTS = 3


def reads_as(reports: Sequence[Report]) -> str:
    """Return what the program reads in the event: "Reads as message.delivered of msg_8f31 to +14155550132"."""
    if not reports:
        return "Nothing in it is understood."
    parts = [_report(report) for report in reports[:MOST_REPORTS]]
    more = len(reports) - MOST_REPORTS
    return "Reads as " + "; ".join(parts) + (f"; and {more:,} more" if more > 0 else "") + "."


def _report(report: Report) -> str:
    words = report.label
    if report.message_id:
        words += f" of {report.message_id}"
    if report.recipient:
        words += f", {report.recipient}"
    if report.error_code:
        words += f", code {report.error_code}"
    return words


def result_words(result: Result) -> tuple[Literal["pass", "fail"], str, str, str]:
    """Return tone, icon, title and text of what came of a sending."""
    response = result.response
    if response is None:
        trouble = result.trouble
        return "fail", "circle-x", trouble.title if trouble else "No answer", trouble.hint if trouble else ""
    ok = 200 <= response.status < 300
    title = f"Answered {response.status} {response.reason}".rstrip() + f" in {duration(result.total_ms)}"
    body = response.body[:400].decode("utf-8", "replace").strip()
    text = "".join(letter if letter.isprintable() or letter in "\n\t" else "?" for letter in body)
    return ("pass", "circle-check", title, text) if ok else ("fail", "circle-x", title, text)
