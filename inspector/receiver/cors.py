"""What a browser must be told before a page of another origin may call an endpoint (fetch.spec.whatwg.org, CORS)."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from inspector.domain.answer import Answer
from inspector.domain.request import Headers, Request, header_text

ANY = "*"
PREFLIGHT_S = 600
"""So long a browser may remember what it was told."""

USUAL_METHODS = ("POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")

PREFLIGHT_WORDS = "CORS preflight from"
"""How the row of a preflight begins, before the origin."""

ALLOW_ORIGIN = "Access-Control-Allow-Origin"


def is_preflight(method: str, headers: Headers) -> bool:
    """Tell whether a browser asks in advance."""
    return (
        method == "OPTIONS"
        and bool(header_text(headers, "Origin"))
        and bool(header_text(headers, "Access-Control-Request-Method"))
    )


def is_allowed(origins: tuple[str, ...], origin: str) -> bool:
    """Tell whether pages of an origin may call; scheme and host are compared without regard to case."""
    return ANY in origins or origin.lower() in {item.strip().rstrip("/").lower() for item in origins}


def preflight_answer(request: Request, origins: tuple[str, ...], methods: tuple[str, ...]) -> Answer:
    """Return the answer to a preflight: 204 with what is allowed, 403 for an origin that is not."""
    origin = request.header("Origin")
    if not is_allowed(origins, origin):
        return Answer(403, (("Content-Type", "text/plain; charset=utf-8"),), b"Pages of this origin may not call here")
    lines = [*_lines(origins, origin), ("Access-Control-Allow-Methods", ", ".join(methods or USUAL_METHODS))]
    if asked := request.header("Access-Control-Request-Headers"):
        lines.append(("Access-Control-Allow-Headers", asked))
    if request.header("Access-Control-Request-Private-Network").lower() == "true":
        lines.append(("Access-Control-Allow-Private-Network", "true"))
    lines.append(("Access-Control-Max-Age", str(PREFLIGHT_S)))
    return Answer(204, tuple(lines), b"")


def with_cors(answer: Answer, origins: tuple[str, ...], origin: str) -> Answer:
    """Return an answer a page of `origin` may read, the same where there is no origin or it is not allowed."""
    return _with_cors(answer, origins, origin) if origin and is_allowed(origins, origin) else answer


@lru_cache(maxsize=256)
def _with_cors(answer: Answer, origins: tuple[str, ...], origin: str) -> Answer:
    """Return the very same answer for the same origin, which the store then keeps once."""
    if any(name.lower() == ALLOW_ORIGIN.lower() for name, _ in answer.headers):
        return answer
    return replace(answer, headers=(*answer.headers, *_lines(origins, origin)))


def _lines(origins: tuple[str, ...], origin: str) -> tuple[tuple[str, str], ...]:
    if ANY in origins:
        return ((ALLOW_ORIGIN, ANY),)
    return ((ALLOW_ORIGIN, origin), ("Vary", "Origin"))
