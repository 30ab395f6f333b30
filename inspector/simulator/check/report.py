"""What all reports are written from: a run as plain texts, secrets taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inspector.domain.attempt import Outgoing, Response
from inspector.domain.request import Headers
from inspector.signatures.scheme import Recipe
from inspector.simulator.check.check import Check
from inspector.simulator.check.checks import NUMBERS, check_of
from inspector.simulator.check.fixes import Fix, Framework, fix_for
from inspector.simulator.check.judge import LIMIT_S, TARGET_S, milliseconds
from inspector.simulator.check.outcome import Exchange, Outcome, Run, State

HIDDEN = "••••"
SHOWN_BYTES = 4_000
SHOWN_EXCHANGES = 6
"""Requests of one check that a report shows; fifty equal ones help nobody."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One request with its response as text."""

    label: str
    request: str
    response: str
    status: int
    ms: float


@dataclass(frozen=True, slots=True)
class Row:
    """One finished check as a report tells it."""

    number: int
    check: Check
    outcome: Outcome
    fix: Fix
    shown: tuple[Shown, ...]
    left_out: int

    @property
    def state(self) -> State:
        """How it ended."""
        return self.outcome.state


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run, ready to be written: rows in order, and the framework the advice is for."""

    run: Run
    rows: tuple[Row, ...]
    framework: Framework | None
    program: str

    @property
    def summary(self) -> str:
        """The counts in one line: `5 passed, 1 failed`."""
        return summary_of(self.run)

    @property
    def pace(self) -> str:
        """How fast the slowest answer was, with the limits."""
        return pace_of(self.run)


def summary_of(run: Run) -> str:
    """Return the counts in one line; what did not happen is left out."""
    words = {
        State.PASSED: "passed",
        State.NOTED: "passed with a note",
        State.FAILED: "failed",
        State.UNKNOWN: "cannot tell",
        State.SKIPPED: "not applicable",
    }
    parts = [f"{run.count(state)} {word}" for state, word in words.items() if run.count(state)]
    return ", ".join(parts) or "nothing was run"


def pace_of(run: Run) -> str:
    """Return `Slowest answer 52 ms, limit 5 s, target 2 s`."""
    if not run.slowest_ms:
        return f"No answer yet, limit {LIMIT_S:g} s, target {TARGET_S:g} s"
    return f"Slowest answer {milliseconds(run.slowest_ms)}, limit {LIMIT_S:g} s, target {TARGET_S:g} s"


def report_of(run: Run, recipe: Recipe | None, framework: Framework | None, program: str) -> Report:
    """Return a run as a report. `recipe` is the scheme the advice is for, None where nothing is signed."""
    rows = tuple(_row(run, outcome, recipe, framework) for outcome in run.outcomes)
    return Report(run, rows, framework, program)


def _row(run: Run, outcome: Outcome, recipe: Recipe | None, framework: Framework | None) -> Row:
    check = check_of(outcome.key)
    fix = Fix("", "")
    if framework is not None and outcome.state in (State.FAILED, State.NOTED):
        method = outcome.exchanges[0].sent.method if outcome.exchanges else "POST"
        fix = fix_for(outcome.ruling.topic or check.topic, framework, recipe, method=method, title=run.provider)
    kept = shown_exchanges(outcome)
    shown = tuple(shown_of(exchange, run.scrub) for exchange in kept)
    return Row(NUMBERS[outcome.key], check, outcome, fix, shown, len(outcome.exchanges) - len(kept))


def shown_exchanges(outcome: Outcome) -> tuple[Exchange, ...]:
    """Return the requests worth showing: the first few, and the one that decided."""
    first = outcome.exchanges[:SHOWN_EXCHANGES]
    decisive = outcome.decisive
    if decisive is not None and decisive in outcome.exchanges and decisive not in first:
        return (*first[:-1], decisive)
    return first


def shown_of(exchange: Exchange, scrub: tuple[bytes, ...] = ()) -> Shown:
    """Return a request and its response as texts, without the secrets."""
    response = exchange.response
    if response is not None:
        said = _text(_response_bytes(response), scrub)
    elif exchange.hung_up:
        said = "(we hung up before the answer)"
    else:
        trouble = exchange.trouble
        said = f"({trouble.title}. {trouble.hint})" if trouble else "(no answer)"
    return Shown(exchange.label, _text(request_bytes(exchange.sent), scrub), said, exchange.status, exchange.ms)


def request_bytes(sent: Outgoing) -> bytes:
    """Return a request as raw HTTP."""
    path = "/" + sent.url.partition("://")[2].partition("/")[2]
    return _head(f"{sent.method} {path} HTTP/1.1".encode(), sent.headers) + sent.body


def _response_bytes(response: Response) -> bytes:
    return _head(f"HTTP/1.1 {response.status} {response.reason}".rstrip().encode(), response.headers) + response.body


def _head(first: bytes, headers: Headers) -> bytes:
    return b"\n".join([first, *(name + b": " + value for name, value in headers), b"", b""])


def _text(data: bytes, scrub: tuple[bytes, ...]) -> str:
    for secret in scrub:
        data = data.replace(secret, HIDDEN.encode())
    text = data[:SHOWN_BYTES].decode("utf-8", "replace")
    if len(data) > SHOWN_BYTES:
        text += f"\n… {len(data) - SHOWN_BYTES:,} bytes more"
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "�" for sign in text).rstrip("\n")


def without_secrets(text: str, scrub: tuple[bytes, ...]) -> str:
    """Return a text with the secrets taken out."""
    for secret in scrub:
        text = text.replace(secret.decode("utf-8", "replace"), HIDDEN)
    return text


def plain(report: Report) -> Mapping[str, object]:
    """Return the report as plain values, the form of the JSON report."""
    run = report.run
    return {
        "program": report.program,
        "target": run.target,
        "provider": run.provider,
        "probe": run.probe,
        "started_at": run.started_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "seconds": round(run.seconds, 3),
        "summary": {state.value: run.count(state) for state in State},
        "slowest_ms": round(run.slowest_ms, 1),
        "problem": {"title": run.problem.title, "hint": run.problem.hint} if run.problem else None,
        "checks": [_plain_row(row) for row in report.rows],
    }


def _plain_row(row: Row) -> Mapping[str, object]:
    outcome = row.outcome
    return {
        "number": row.number,
        "key": outcome.key,
        "title": row.check.title,
        "state": outcome.state.value,
        "headline": outcome.ruling.title,
        "text": outcome.ruling.text,
        "sent": outcome.sent,
        "expected": outcome.expected,
        "got": outcome.got,
        "why": row.check.why,
        "fix": row.fix.advice,
        "code": row.fix.code,
        "seconds": round(outcome.seconds, 3),
        "requests": len(outcome.exchanges),
        "exchanges": [
            {
                "label": shown.label,
                "request": shown.request,
                "response": shown.response,
                "status": shown.status or None,
                "ms": round(shown.ms, 1),
            }
            for shown in row.shown
        ],
    }
