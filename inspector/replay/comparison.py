"""What two responses have in common, and what not: our answer and the handler's, or two attempts. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import unified_diff

from inspector.domain.answer import Answer
from inspector.domain.attempt import Attempt
from inspector.domain.request import Headers, header_text
from inspector.payload.body import inflate

LARGEST_BYTES = 200_000
_PASSING = frozenset({"date", "content-length", "connection", "keep-alive", "server", "x-request-id"})
"""Lines that differ every time, or say nothing about the answer."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: status line ("200", "No answer within 5 s"), header lines, body as text, milliseconds."""

    name: str
    status: str
    headers: Headers = ()
    body: bytes = b""
    total_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs: pairs of left and right for the status, each header's name, and the body as a list of changes."""

    status: tuple[str, str] | None
    headers: tuple[tuple[str, str, str], ...]
    body: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        """Whether both say the same."""
        return self.status is None and not self.headers and not self.body


def side_of_answer(answer: Answer) -> Side:
    """Return what we answered the provider."""
    headers = tuple((name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in answer.headers)
    return Side("Our answer", str(answer.status), headers, answer.body)


def side_of_attempt(attempt: Attempt, name: str) -> Side:
    """Return what an attempt got."""
    response = attempt.response
    if response is None:
        return Side(name, attempt.failure_title, total_ms=attempt.total_ms)
    coding = header_text(response.headers, "Content-Encoding").strip().lower()
    body = inflate(response.body, coding) if coding else response.body
    return Side(name, str(response.status), response.headers, body, attempt.total_ms)


def difference(left: Side, right: Side) -> Difference:
    """Return what differs between two responses; JSON bodies are compared as they read, not as they are spaced."""
    status = None if left.status == right.status else (left.status, right.status)
    return Difference(status, _headers(left.headers, right.headers), _bodies(left.body, right.body))


def in_words(left: Side, right: Side) -> str:
    """Return a difference as a text: marked lines of a unified comparison."""
    found = difference(left, right)
    if found.is_none:
        return f"Both say the same: {right.status}."
    lines = [f"- {left.name}", f"+ {right.name}", ""]
    if found.status:
        lines += ["Status", f"- {found.status[0]}", f"+ {found.status[1]}", ""]
    if found.headers:
        lines.append("Headers")
        for name, before, after in found.headers:
            lines += [f"- {name}: {before}"] * bool(before) + [f"+ {name}: {after}"] * bool(after)
        lines.append("")
    if found.body:
        lines += ["Body", *found.body]
    return "\n".join(lines).rstrip()


def _headers(left: Headers, right: Headers) -> tuple[tuple[str, str, str], ...]:
    before, after = _by_name(left), _by_name(right)
    names = [name for name in dict.fromkeys([*before, *after]) if name not in _PASSING]
    pairs = ((name, ", ".join(before.get(name, ())), ", ".join(after.get(name, ()))) for name in names)
    return tuple(pair for pair in pairs if pair[1] != pair[2])


def _by_name(headers: Headers) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("utf-8", "replace"))
    return found


def _bodies(left: bytes, right: bytes) -> tuple[str, ...]:
    if left == right:
        return ()
    if max(len(left), len(right)) > LARGEST_BYTES:
        return (f"- {len(left):,} bytes", f"+ {len(right):,} bytes")
    before, after = _readable(left), _readable(right)
    if before == after:
        return ()
    changes = list(unified_diff(before, after, lineterm="", n=2))[2:]
    return tuple(line for line in changes if not line.startswith("@@"))


def _readable(body: bytes) -> list[str]:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False, sort_keys=True).split("\n")
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace").splitlines()
