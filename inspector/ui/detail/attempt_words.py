"""A replay's attempt in words: how it ended, what was sent otherwise than captured. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from inspector.domain.attempt import Attempt, Failure
from inspector.domain.event import Event
from inspector.domain.request import Headers
from inspector.ui.detail.facts import status_line
from inspector.ui.widgets.badges import Tone, duration

# Made anew by whoever sends, so a difference there says nothing.
_OWN_HEADERS = frozenset({b"host", b"content-length", b"connection", b"transfer-encoding"})
_FAILURES = {
    Failure.REFUSED: "Connection refused",
    Failure.DNS: "Host not found",
    Failure.TLS: "Certificate not trusted",
    Failure.TIMEOUT: "No answer",
    Failure.RESET: "Connection closed",
    Failure.PROTOCOL: "Not HTTP",
    Failure.UNREACHABLE: "Not reachable",
}
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: icon, colour token, a word or two, and the details behind them."""

    icon: str
    color: str
    word: str
    detail: str


def outcome_of(attempt: Attempt) -> Outcome:
    """Return how an attempt ended, for its row."""
    taken = duration(attempt.total_ms)
    if attempt.response is None:
        word = _FAILURES[attempt.failure] if attempt.failure is not None else "Failed"
        return Outcome("circle-x", "failFg", word, taken)
    status = attempt.response.status
    if attempt.ok:
        return Outcome("circle-check", "passFg", str(status), taken)
    if 300 <= status < 400:
        return Outcome("triangle-alert", "warnFg", str(status), f"{taken}, not followed")
    return Outcome("circle-x", "failFg", str(status), taken)


def answer_words(attempt: Attempt) -> tuple[str, str]:
    """Return status line and time of a response, or the failure and its hint."""
    if attempt.response is None:
        return attempt.failure_title or outcome_of(attempt).word, attempt.failure_hint
    reason = attempt.response.reason
    line = f"{attempt.response.status} {reason}" if reason else status_line(attempt.response.status)
    return line, f"in {duration(attempt.total_ms)}"


def summary_words(attempt: Attempt, number: int) -> tuple[Tone, str, str, str]:
    """Return tone, icon, title and text of what an attempt came to, for a callout."""
    if attempt.response is None:
        return "fail", "circle-x", attempt.failure_title or outcome_of(attempt).word, attempt.failure_hint
    tone: Tone = "pass" if attempt.ok else "warn" if 300 <= attempt.response.status < 400 else "fail"
    icon = "circle-check" if attempt.ok else "triangle-alert" if tone == "warn" else "circle-x"
    text = f"Took {duration(attempt.total_ms)}."
    if tone == "warn":
        text = "Redirects are not followed: a provider would not follow them either."
    if attempt.note:
        text += f" Sent with {attempt.note}." if attempt.note[:1].isdigit() else f" It was {attempt.note}."
    return tone, icon, f"Answered {attempt.response.status} on attempt {number:,}", text


def timing_words(attempt: Attempt) -> str:
    """Return where the time went."""
    parts = [
        ("connect", attempt.connect_ms),
        ("send", attempt.send_ms),
        ("wait", attempt.wait_ms),
        ("download", attempt.download_ms),
    ]
    return ", ".join(f"{name} {duration(ms)}" for name, ms in parts if ms > 0)


def changes_of(attempt: Attempt, event: Event) -> str:
    """Say what was sent otherwise than it was captured; "nothing" where all of it was as captured."""
    captured = event.request
    changes = []
    if attempt.sent.method != captured.method:
        changes.append(f"method {captured.method} → {attempt.sent.method}")
    if attempt.sent.body != captured.body:
        changes.append("body")
    changes += _header_changes(captured.headers, attempt.sent.headers)
    if not changes:
        return "nothing"
    more = len(changes) - MOST_NAMED
    return ", ".join(changes[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _header_changes(captured: Headers, sent: Headers) -> list[str]:
    before, after = _by_name(captured), _by_name(sent)
    words = []
    for low, (name, values) in after.items():
        if low not in before:
            words.append(f"{name} added")
        elif before[low][1] != values:
            words.append(f"{name} changed")
    # A header that is gone is named only where it is the user's doing; the tunnel's and the connection's always go.
    return words


def _by_name(headers: Headers) -> dict[bytes, tuple[str, list[bytes]]]:
    found: dict[bytes, tuple[str, list[bytes]]] = {}
    for name, value in headers:
        low = name.lower()
        if low not in _OWN_HEADERS:
            found.setdefault(low, (name.decode("latin-1"), []))[1].append(value)
    return found


def short_target(url: str) -> str:
    """Return a target as menus name it: its host and port."""
    try:
        return urlsplit(url).netloc or url
    except ValueError:
        return url
