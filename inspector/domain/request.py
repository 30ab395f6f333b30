"""One HTTP request exactly as it came in: the evidence every other view is derived from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

Headers = tuple[tuple[bytes, bytes], ...]
"""Header lines in the order, case and number they were sent: ((name, value), …) as bytes."""


def header_values(headers: Headers, name: str) -> tuple[bytes, ...]:
    """Return every value sent under `name` (case does not matter, RFC 9110 section 5.1), in order."""
    wanted = name.lower().encode("latin-1", "replace")
    size = len(wanted)
    return tuple([value for key, value in headers if len(key) == size and key.lower() == wanted])


def header_text(headers: Headers, name: str) -> str:
    """Return the first value sent under `name` as text, or "" when it was not sent.

    Bytes that are not UTF-8 survive as lone surrogates, so the text still names the bytes exactly.
    """
    wanted = name.lower().encode("latin-1", "replace")
    size = len(wanted)
    for key, value in headers:
        if len(key) == size and key.lower() == wanted:
            return value.decode("utf-8", "surrogateescape")
    return ""


@dataclass(frozen=True, slots=True)
class Request:
    """A received request, byte for byte.

    `target` is the request target as sent (`/in/abc?x=%2F`), undecoded; bytes that are not UTF-8 are kept as lone
    surrogates. `body` is what followed the headers with only the chunked framing taken off: a gzip body stays gzip.
    """

    method: str
    target: str
    headers: Headers
    body: bytes
    received_at: datetime
    peer: str = ""
    http_version: str = "1.1"

    @property
    def path(self) -> str:
        """The target up to the first question mark, undecoded."""
        return self.target.partition("?")[0]

    @property
    def query_string(self) -> str:
        """The target after the first question mark, undecoded; "" when there is none."""
        return self.target.partition("?")[2]

    @property
    def content_type(self) -> str:
        """The media type without parameters, in lower case: `application/json`; "" when not sent."""
        return header_text(self.headers, "Content-Type").partition(";")[0].strip().lower()

    def header(self, name: str) -> str:
        """Return the first value of the header `name` as text, or ""."""
        return header_text(self.headers, name)

    def header_values(self, name: str) -> tuple[bytes, ...]:
        """Return every value of the header `name` as sent."""
        return header_values(self.headers, name)
