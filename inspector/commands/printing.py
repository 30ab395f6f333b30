"""Events as lines on the terminal or as lines of JSON, written by a thread so that a slow reader stops nobody."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

import orjson

from inspector.commands.streams import takes_unicode
from inspector.domain.event import EventSummary, Repeat
from inspector.domain.verification import Verdict

_GREEN, _AMBER, _RED, _DIM, _PLAIN = "32", "33", "31", "2", "0"

_VERDICT_COLOURS = {
    Verdict.VALID: _GREEN,
    Verdict.INVALID: _RED,
    Verdict.STALE: _AMBER,
    Verdict.UNSIGNED: _AMBER,
    Verdict.NO_SECRET: _DIM,
}


class Printer:
    """Writes lines to a stream from a thread of its own; lines of a reader that went away are dropped."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        self._stream = stream or sys.stdout
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="printer", daemon=True)
        self._thread.start()

    def put(self, text: str) -> None:
        """Write a text (one or more whole lines) soon."""
        self._lines.put(text)

    def close(self, patience_s: float = 2.0) -> None:
        """Write what is left, but do not wait for a reader that does not read."""
        self._lines.put(None)
        self._thread.join(patience_s)

    def _write(self) -> None:
        broken = False
        while (text := self._lines.get()) is not None:
            if broken:
                continue
            try:
                self._stream.write(text)
                self._stream.flush()
            except (OSError, ValueError):
                broken = True
                _forget_stdout(self._stream)


def _forget_stdout(stream: IO[str]) -> None:
    """Keep the interpreter from complaining at its end about a standard output that is gone."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def json_line(value: Any) -> str:
    """Return a value as one line of JSON; bytes that are no text show as replacement signs."""
    if not takes_unicode():
        return json.dumps(value) + "\n"
    try:
        return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE).decode()
    except TypeError:  # a lone surrogate, a very large number
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n"


def event_as_json(event: EventSummary, endpoint: str, reason: str = "") -> dict[str, Any]:
    """Return what `serve` tells about an event; what is not known is left out."""
    known: dict[str, Any] = {
        "id": event.id,
        "received_at": event.received_at.isoformat().replace("+00:00", "Z"),
        "endpoint": endpoint,
        "method": event.method,
        "event": event.label,
        "kind": event.kind,
        "message_id": event.message_id,
        "recipient": event.recipient,
        "verdict": event.verdict and event.verdict.value,
        "covers": event.covers.value if event.verdict is Verdict.VALID else None,
        "answer": event.answer_status,
        "size": event.size,
        "peer": event.peer,
        "provider": event.provider,
        "error_code": event.error_code,
        "reason": reason,
    }
    if event.repeat:
        known |= {"repeat": event.repeat.value, "repeat_no": event.repeat_no, "original_id": event.original_id}
    if event.refusal:
        known["refusal"] = event.refusal.value
    if event.report_count > 1:
        known["reports"] = event.report_count
    return {name: value for name, value in known.items() if value is not None and value != ""}


@dataclass(frozen=True, slots=True)
class Paint:
    """Puts words in colour, or leaves them as they are."""

    colours: bool

    def __call__(self, text: str, colour: str) -> str:
        """Return `text` in a colour."""
        return f"\x1b[{colour}m{text}\x1b[0m" if self.colours else text


def event_as_text(event: EventSummary, names: Mapping[int, str], paint: Paint, reason: str = "") -> str:
    """Return an event as one line for a person."""
    time = event.received_at.astimezone().strftime("%H:%M:%S.%f")[:-3]
    number = paint(f"#{event.id:<5}", _DIM)
    answer = paint(str(event.answer_status or "–"), _GREEN if event.accepted else _RED)
    where = names.get(event.endpoint_id or 0, "")
    what = event.refusal.value.replace("_", " ") if event.refusal else event.label
    parts = [paint(time, _DIM), number, answer, f"{event.method:<6}", f"{_printable(what):<20}"]
    if event.verdict is not None and event.checked:
        parts.append(paint(f"{event.verdict.value:<9}", _VERDICT_COLOURS[event.verdict]))
    if event.repeat is not None:
        word = "duplicate" if event.repeat is Repeat.DUPLICATE else "retry"
        parts.append(paint(f"{word} of #{event.original_id}", _AMBER))
    parts += [_printable(text) for text in (event.message_id, event.recipient, reason) if text]
    if where and len(names) > 1:
        parts.append(paint(f"[{_printable(where)}]", _DIM))
    return " ".join(parts).rstrip() + "\n"


def _printable(text: str) -> str:
    """Return a sender's text without what could steer the terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
