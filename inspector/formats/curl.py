"""A request as a cURL command for bash that sends the same bytes: header lines in order and case, body untouched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from inspector.domain.attempt import Outgoing
from inspector.domain.request import Headers
from inspector.formats.shell import LONGEST_ARGUMENT, fits_argument, piped_into, quoted

__all__ = ["LONGEST_ARGUMENT", "curl_command", "to_curl"]

# Made anew by whoever sends (RFC 9110 section 7.6.1 and the length that follows from the body).
_LEFT_OUT = frozenset(
    {
        b"host",
        b"content-length",
        b"connection",
        b"transfer-encoding",
        b"keep-alive",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"upgrade",
    }
)
_BODYLESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "CONNECT", "DELETE"})
_GLOBBED = frozenset("[]{}")
_EXPECTS_FROM = 1_000_000
"""From about a megabyte on, cURL asks first (`Expect: 100-continue`)."""


class HasLines(Protocol):
    """What a command is made of: a captured request, or one that is about to be sent."""

    @property
    def method(self) -> str:
        """The method as sent."""

    @property
    def headers(self) -> Headers:
        """The header lines in order."""

    @property
    def body(self) -> bytes:
        """The body as sent."""


def curl_command(outgoing: Outgoing) -> str:
    """Return the command that sends just what a replay sends."""
    return to_curl(outgoing, outgoing.url)


def to_curl(request: HasLines, url: str) -> str:
    """Return the command that sends `request` to `url`: method, headers in order and case, body byte for byte.

    Headers that describe one connection are left out, and so is everything cURL would add by itself. The Host line
    is the address's and comes first, Content-Length last, as in a replay.
    """
    body = request.body
    lines = [_start(request, url)]
    sent = [(name, value) for name, value in request.headers if name.strip().lower() not in _LEFT_OUT]
    lines += [f"-H {quoted(_header(name, value))}" for name, value in sent]
    lines += [f"-H {quoted(line)}" for line in _unwanted({name.lower() for name, _ in sent}, request)]
    if not body:
        if request.method.upper() not in _BODYLESS:
            lines.append("--data-binary ''")
        return _joined(lines)
    if not fits_argument(body):
        return piped_into(_joined([*lines, "--data-binary @-"]), body)
    # After --data-binary, cURL would take a leading @ for a file name.
    option = "--data-raw" if body.startswith(b"@") else "--data-binary"
    return _joined([*lines, f"{option} {quoted(body)}"])


def _joined(lines: Sequence[str]) -> str:
    return " \\\n  ".join(lines)


def _start(request: HasLines, url: str) -> str:
    words = ["curl"]
    if _GLOBBED & set(url):
        words.append("--globoff")
    if "/." in url:
        words.append("--path-as-is")
    if url.startswith("https:"):
        words.append("--http1.1")
    if request.method == "HEAD" and not request.body:
        words.append("--head")
    elif request.method != ("POST" if request.body else "GET"):
        words.append(f"-X {quoted(request.method.encode('utf-8', 'surrogateescape'))}")
    words.append(quoted(url.encode("utf-8", "surrogateescape")))
    return " ".join(words)


def _unwanted(names: set[bytes], request: HasLines) -> list[bytes]:
    """Return the options that keep cURL from adding header lines of its own."""
    own = [b"User-Agent:", b"Accept:"]
    if request.body or request.method.upper() not in _BODYLESS:
        own.append(b"Content-Type:")
    if len(request.body) >= _EXPECTS_FROM:
        own.append(b"Expect:")
    return [line for line in own if line[:-1].lower() not in names]


def _header(name: bytes, value: bytes) -> bytes:
    # cURL drops a header that ends in a colon; a semicolon instead makes it send an empty value.
    return name + b": " + value if value else name + b";"
