"""Reading a stream of server-sent events, piece by piece (WHATWG HTML standard, section 9.2.6). Pure."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

MOST_CHARS = 64 * 1024 * 1024
"""An event that grows beyond this is dropped with ValueError: no honest relay sends one."""


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event: its name (`message` where the server gave none) and its data, lines joined."""

    name: str
    data: str


class EventStream:
    """Takes bytes as they come and yields the events they complete.

    `last_id` is what a new connection sends as Last-Event-ID, `retry_ms` how long the server wants us to wait.
    """

    def __init__(self, last_id: str = "") -> None:
        self.last_id = last_id
        self.retry_ms: int | None = None
        self._decode = codecs.getincrementaldecoder("utf-8-sig")(errors="replace").decode
        self._pieces: list[str] = []
        self._size = 0
        self._after_return = False
        self._name = ""
        self._data: list[str] = []
        self._data_size = 0

    def feed(self, chunk: bytes) -> Iterator[StreamEvent]:
        """Yield the events that `chunk` completes. Raises ValueError for an event without end."""
        for line in self._lines(self._decode(chunk)):
            event = self._take(line)
            if event is not None:
                yield event

    def _lines(self, text: str) -> Iterator[str]:
        """Yield whole lines; a line ends with CR LF, LF or CR, and the last may be cut anywhere."""
        if self._after_return and text:
            self._after_return = False
            text = text.removeprefix("\n")
        if "\r" in text:
            self._after_return = text.endswith("\r")
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        *whole, rest = text.split("\n")
        for line in whole:
            yield "".join((*self._pieces, line)) if self._pieces else line
            self._pieces.clear()
            self._size = 0
        if rest:
            self._pieces.append(rest)
            self._size += len(rest)
            self._check(self._size)

    def _take(self, line: str) -> StreamEvent | None:
        if not line:
            name, data = self._name or "message", self._data
            self._name, self._data, self._data_size = "", [], 0
            return StreamEvent(name, "\n".join(data)) if data else None
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
            self._data_size += len(value)
            self._check(self._data_size)
        elif field == "event":
            self._name = value
        elif field == "id" and "\0" not in value:
            self.last_id = value
        elif field == "retry" and value.isascii() and value.isdigit():
            self.retry_ms = int(value)
        return None

    def _check(self, size: int) -> None:
        if size > MOST_CHARS:
            raise ValueError(f"An event of the stream is larger than {MOST_CHARS:,} characters.")
