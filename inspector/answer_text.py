"""Answers in words: `503 after 2 s`, `timeout`, `503, 503, then 200`, read and written the same way everywhere.

One answer is a status (200 where none is said), and whatever follows it in any order:

    reset                       the connection is reset; `timeout`: nothing is ever sent; `half`: half of it
    "busy"                      the body; \\" \\\\ and \\n inside
    after 250 ms                how long it waits before it leaves: ms, s or min
    with Retry-After: 30        a header line; a value with blanks or commas stands in quotation marks

Several answers stand one after another with commas between; `then` and `503 x3` are understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from http import HTTPStatus

from inspector.domain.answer import MAX_DELAY_MS, Answer, Fault

MOST_ANSWERS = 100
TEXT_PLAIN = "text/plain; charset=utf-8"
FAULT_WORDS = {
    "timeout": Fault.SILENT,
    "silent": Fault.SILENT,
    "never": Fault.SILENT,
    "reset": Fault.RESET,
    "half": Fault.HALF,
}
BLANK = "{{"
SEPARATORS = ("then", "\n")

_WORD_OF = {Fault.SILENT: "timeout", Fault.RESET: "reset", Fault.HALF: "half"}
_UNITS_MS = {"ms": 1, "s": 1_000, "sec": 1_000, "second": 1_000, "seconds": 1_000, "min": 60_000, "minutes": 60_000}
_HINT = "Write a status such as 503, or timeout, reset or half"
_TOKEN = re.compile(r'[^\S\n]*(?:("(?:[^"\\]|\\.)*")|([,;])|([^\s,;"]+|\n))')
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)([a-z]*)")
_TIMES = re.compile(r"[x×](\d{1,3})")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})
_PLAIN_VALUE = re.compile(r'[^\s,;"]+')

Tokens = list[str]


def status_body(status: int) -> bytes:
    """Return the body of an answer that says nothing else: OK for a 2xx status, else the status's standard phrase."""
    if status in (204, 304):
        return b""
    if 200 <= status < 300:
        return b"OK"
    try:
        return HTTPStatus(status).phrase.encode()
    except ValueError:
        return b""


def plain_answer(status: int) -> Answer:
    """Return what a status alone stands for."""
    return Answer(status=status, body=status_body(status))


def parse_answer(text: str) -> Answer:
    """Read one answer. Raises ValueError with a sentence that says what cannot be understood."""
    answers = parse_script(text)
    if len(answers) != 1:
        raise ValueError("Write one answer, such as 503" if answers else f"{_HINT}")
    return answers[0]


def parse_script(text: str) -> tuple[Answer, ...]:
    """Read answers one after another; () for an empty text. Raises ValueError naming the answer that is wrong."""
    answers: list[Answer] = []
    for number, tokens in enumerate(_split(text), 1):
        try:
            answer, times = _read(tokens)
        except ValueError as error:
            raise ValueError(f"Answer {number}: {error}" if number > 1 or "," in text else str(error)) from None
        answers.extend([answer] * times)
    if len(answers) > MOST_ANSWERS:
        raise ValueError(f"A script has at most {MOST_ANSWERS} answers")
    return tuple(answers)


def answer_text(answer: Answer) -> str:
    """Return an answer in words; `parse_answer` reads back whatever can be said in them (see `is_sayable`)."""
    parts = [] if answer.fault in (Fault.SILENT, Fault.RESET) and answer.status == 200 else [str(answer.status)]
    if answer.fault is not None:
        parts.append(_WORD_OF[answer.fault])
    if answer.body != status_body(answer.status):
        parts.append(_quoted(answer.body.decode("utf-8", "replace")))
    parts += [f"with {name}: {_value(value)}" for name, value in answer.headers if value != TEXT_PLAIN]
    if answer.delay_ms:
        parts.append(f"after {delay_text(answer.delay_ms)}")
    return " ".join(parts)


def script_text(answers: Sequence[Answer]) -> str:
    """Return answers in words: `503, 503, then 200`."""
    said = [answer_text(answer) for answer in answers]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])}, then {said[-1]}" if said else ""


def is_sayable(answers: Sequence[Answer]) -> bool:
    """Whether the words for these answers come back as the very same answers."""
    try:
        return parse_script(script_text(answers)) == tuple(answers)
    except ValueError:
        return False


def delay_text(delay_ms: int) -> str:
    """Return a wait as a person says it: `250 ms`, `4 s`."""
    return f"{delay_ms / 1000:g} s" if delay_ms % 100 == 0 else f"{delay_ms} ms"


def _split(text: str) -> Iterator[Tokens]:
    """Cut a text into answers of tokens; quoted texts stay whole, with their quotation marks."""
    tokens: Tokens = []
    at, ended, separated = 0, len(text.rstrip()), False
    while at < ended:
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError("The closing quotation mark is missing")
        at = found.end()
        quoted, comma, word = found.groups()
        if comma or (word and word.lower() in SEPARATORS):
            if tokens:
                yield tokens
            elif comma:
                raise ValueError("An answer is missing before a comma")
            tokens, separated = [], (separated and not tokens) or bool(comma)
        else:
            tokens.append(quoted or word)
    if tokens:
        yield tokens
    elif separated:
        raise ValueError("An answer is missing after the last comma")


def _read(tokens: Tokens) -> tuple[Answer, int]:
    """Return the answer of some tokens, and how often it stands there."""
    status: int | None = None
    fault: Fault | None = None
    body: str | None = None
    headers: list[tuple[str, str]] = []
    delay_ms, times = 0, 1
    left = list(tokens)
    while left:
        token = left.pop(0)
        small = token.lower()
        if token.startswith('"'):
            body = _unquoted(token)
        elif small == "after":
            delay_ms = _delay(left)
        elif small == "with":
            headers.append(_header(left))
        elif small in FAULT_WORDS:
            fault = FAULT_WORDS[small]
        elif _TIMES.fullmatch(small):
            times = int(small[1:])
        else:
            status = _status(token, status)
    if status is None and fault is None:
        raise ValueError(f"it has no status. {_HINT}")
    return _made(200 if status is None else status, fault, body, headers, delay_ms), times


def _made(status: int, fault: Fault | None, body: str | None, headers: list[tuple[str, str]], delay_ms: int) -> Answer:
    has_type = any(name.lower() == "content-type" for name, _value in headers)
    return Answer(
        status=status,
        headers=tuple(headers) if has_type else (("Content-Type", TEXT_PLAIN), *headers),
        body=status_body(status) if body is None else body.encode("utf-8", "replace"),
        delay_ms=delay_ms,
        fault=fault,
        template=body is not None and BLANK in body,
    )


def _status(token: str, before: int | None) -> int:
    if not token.isascii() or not token.isdigit():
        raise ValueError(f"“{token}” is not understood. {_HINT}")
    if before is not None:
        raise ValueError(f"there are two statuses, {before} and {token}. Put a comma between two answers")
    status = int(token)
    if not 200 <= status <= 599:
        raise ValueError(f"{token} is no answer status. Statuses go from 200 to 599")
    return status


def _delay(left: Tokens) -> int:
    """Read what follows `after`: `4s`, `4 s`, `250 ms`."""
    found = _AMOUNT.fullmatch(left.pop(0).lower()) if left else None
    if found is None:
        raise ValueError("after what time? Write after 4 s, or after 250 ms")
    unit = found[2]
    if not unit and left and left[0].lower() in _UNITS_MS:
        unit = left.pop(0).lower()
    if (unit or "s") not in _UNITS_MS:
        raise ValueError(f"“{unit}” is no unit of time. Write ms, s or min")
    delay_ms = round(float(found[1]) * _UNITS_MS[unit or "s"])
    if delay_ms > MAX_DELAY_MS:
        raise ValueError(f"an answer waits {MAX_DELAY_MS // 1000} seconds at most")
    return delay_ms


def _header(left: Tokens) -> tuple[str, str]:
    """Read what follows `with`: `Retry-After: 30`, `X-Note: "a, b"`, `Retry-After:30`."""
    name, colon, value = left.pop(0).partition(":") if left else ("", "", "")
    if not colon or not _HEADER_NAME.fullmatch(name):
        raise ValueError("with which header? Write with Retry-After: 30")
    if name.lower() in _FRAMING:
        raise ValueError(f"{name} is set by the program")
    if not value:
        if not left:
            raise ValueError(f"the header {name} has no value")
        value = left.pop(0)
    return name, _unquoted(value) if value.startswith('"') else value


def _value(value: str) -> str:
    return value if _PLAIN_VALUE.fullmatch(value) else _quoted(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _unquoted(token: str) -> str:
    def letter(found: re.Match[str]) -> str:
        return {"n": "\n", "t": "\t", "r": "\r"}.get(found[1], found[1])

    return re.sub(r"\\(.)", letter, token[1:-1])
