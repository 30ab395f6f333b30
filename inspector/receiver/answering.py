"""An answer as bytes on the wire: the status line, the header lines as set, Content-Length, the body."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus

from inspector.domain.answer import Answer
from inspector.domain.event import Refusal
from inspector.store.holding import RETRY_AFTER_S

TEXT = ("Content-Type", "text/plain; charset=utf-8")

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

PAUSED = Answer(503, (TEXT, ("Retry-After", str(RETRY_AFTER_S))), b"Paused: nothing is stored, try again later")
DISCARDED = Answer(200, (TEXT,), b"OK")
CROWDED = Answer(503, (TEXT, ("Retry-After", str(RETRY_AFTER_S))), b"Too many connections, try again later")
BROKEN = Answer(500, (TEXT,), b"The event could not be read")

REFUSALS: dict[Refusal, Answer] = {
    Refusal.UNKNOWN_ENDPOINT: Answer(404, (TEXT,), b"No endpoint has this address"),
    Refusal.TOO_LARGE: Answer(413, (TEXT,), b"The body is too large"),
    Refusal.MALFORMED: Answer(400, (TEXT,), b"The request cannot be read"),
    Refusal.BLOCKED: Answer(403, (TEXT,), b"This address may not send here"),
    Refusal.RATE_LIMITED: Answer(429, (TEXT,), b"Too many requests"),
    Refusal.METHOD: Answer(405, (TEXT,), b"This method is not accepted here"),
    Refusal.PASSWORD: Answer(401, (TEXT,), b"User name and password are needed"),
    Refusal.TOO_SLOW: Answer(408, (TEXT,), b"The request took too long to arrive"),
    Refusal.TLS: Answer(0, (), b""),  # there is no connection to answer on
}

_OURS = frozenset({"content-length", "transfer-encoding", "connection", "keep-alive"})
"""Header lines that frame the message: they are written by us, also where an answer was given its own."""


@lru_cache(maxsize=64)
def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def wire_bytes(answer: Answer, *, method: str, keep_alive: bool, http_version: str = "1.1") -> bytes:
    """Return what leaves for `answer`: nothing but its own header lines in order, framing, and the body.

    HEAD, 204 and 304 have no body (RFC 9110 sections 9.3.2, 15.3.5, 15.4.5); 204 no Content-Length either (8.6).
    """
    lines = [f"HTTP/1.1 {answer.status} {_reason(answer.status)}"]
    lines += [f"{_clean(name)}: {_clean(value)}" for name, value in answer.headers if name.lower() not in _OURS]
    if answer.status != 204:
        lines.append(f"Content-Length: {len(answer.body)}")
    if not keep_alive:
        lines.append("Connection: close")
    elif http_version == "1.0":
        lines.append("Connection: keep-alive")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")
    return head if method == "HEAD" or answer.status in (204, 304) else head + answer.body


def _clean(text: str) -> str:
    """Return a header's text on one line: a line break in it would begin a header of its own."""
    return text.replace("\r", " ").replace("\n", " ") if "\r" in text or "\n" in text else text
