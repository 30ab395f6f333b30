"""What is typed into the search field, as terms of a query, and back into words.

    refund type:failed,optout -to:+1415 header:X-Webhook-Id=dlv_5b1e $.metadata.user_id=user_456 after:14:20

Words and `key:value` filters are joined with and; a comma means or; a leading minus means not; double quotes keep
spaces, commas and colons together, with `\"` and `\\` inside them.
"""

from __future__ import annotations

import contextlib
import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from inspector.domain.query import Term
from inspector.domain.report import Kind
from inspector.domain.values import to_us
from inspector.payload.selector import parse_selector

ANY = "*"
"""The value of `$.path` and `header:Name` without `=`: whatever it is, it is there."""

_KEY = re.compile(r"([A-Za-z_]+):")
_PATH = re.compile(r"""\$(?:\.?\["(?:[^"\\]|\\.)*"\]|\[\d+\]|\[\]|\[\*\]|\.?[^.\s=\[\]",]+)*""")
_TIME = re.compile(r"(>=|<=|>|<)(\d+(?:\.\d+)?)(ms|s|m)?")
_CODE = re.compile(r"[1-5](?:\d\d|\dx|xx)")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_SOME_DAY = datetime(2000, 1, 2, tzinfo=UTC)
_UNITS_US = {"ms": 1_000, "s": 1_000_000, "m": 60_000_000, None: 1_000}


class Unreadable(ValueError):
    """A value a field cannot use; the text is a sentence for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Field:
    """One key of the search field: what it is called, what it does, and which values can be offered.

    `check` returns a value in the form a term keeps (lower case where case is ignored) or raises Unreadable.
    """

    key: str
    label: str
    help: str
    check: Callable[[str], str]
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Misread:
    """A part of the text that is no filter: where it stands (start and end in characters) and a sentence about it."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """The terms that could be read and what could not; with errors, the last good result should stay."""

    terms: tuple[Term, ...]
    errors: tuple[Misread, ...] = ()


def _folds(value: str) -> str:
    return value.lower()


def _keeps(value: str) -> str:
    return value


def _one_of(*values: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        known = value.lower()
        if known not in values:
            close = difflib.get_close_matches(known, values, 1, 0.5)
            hint = f"Did you mean `{close[0]}`?" if close else f"Use {_listed(values)}."
            raise Unreadable(f"`{value}` does not fit here. {hint}")
        return known

    return check


def _listed(values: tuple[str, ...]) -> str:
    quoted = [f"`{value}`" for value in values]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]


def _code(value: str) -> str:
    if not _CODE.fullmatch(value.lower()):
        raise Unreadable(f"`{value}` is no answer status. Write `401` or `4xx`.")
    return value.lower()


def _time(value: str) -> str:
    if not _TIME.fullmatch(value.lower()):
        raise Unreadable(f"`{value}` is no answer time. Write `>2s` or `<500ms`.")
    return value.lower()


def _moment(value: str) -> str:
    moment_us(value, _SOME_DAY)
    return value


def _header(value: str) -> str:
    if value.startswith("="):
        raise Unreadable("The header's name is missing. Write `header:Name=value`.")
    return value.lower()


_KINDS = tuple(dict.fromkeys(kind.value.rpartition(".")[2] for kind in Kind))
_YES_NO = ("yes", "no")
_SIGNATURES = ("valid", "invalid", "stale", "unsigned", "nosecret")

FIELDS: tuple[Field, ...] = (
    Field("type", "Type", "What happened: failed, optout, message.read …", _folds, _KINDS),
    Field("msg", "Message", "Part of a message ID", _keeps),
    Field("to", "Recipient", "Part of a recipient's number", _folds),
    Field("sig", "Signature", "How the signature check ended", _one_of(*_SIGNATURES), _SIGNATURES),
    Field("carrier", "Carrier", "Part of a carrier's name", _folds),
    Field("campaign", "Campaign", "Part of a campaign's name", _folds),
    Field("dup", "Duplicate", "Came again after we had answered 2xx", _one_of(*_YES_NO), _YES_NO),
    Field("retry", "Retry", "Came again because we had not answered 2xx", _one_of(*_YES_NO), _YES_NO),
    Field("replay", "Replayed", "Was sent to a target from here", _one_of(*_YES_NO), _YES_NO),
    Field("star", "Starred", "Has a star", _one_of(*_YES_NO), _YES_NO),
    Field("unread", "Unread", "Was not opened yet", _one_of(*_YES_NO), _YES_NO),
    Field("code", "Answer", "Our answer's status: 401, 4xx", _code, ("2xx", "4xx", "5xx")),
    Field("time", "Answer time", "How long our answer took", _time, (">500ms", ">2s", ">5s")),
    Field("ip", "Sender", "Start of the sender's IP address", _folds),
    Field("header", "Header", "A header, or part of its value: Name=value", _header),
    Field("after", "After", "From a time or day on: 14:20, 2026-03-01", _moment, ("today", "yesterday")),
    Field("before", "Before", "Until a time or day: 14:20, 2026-03-01", _moment, ("today", "yesterday")),
)
"""Every key of the search field in the order completion offers them; `$.path=value` comes on top of these."""

WORD = Field("", "Words", "Search IDs, recipients, types and bodies", _folds)
PATH = Field("$.", "JSON value", "A value in the body: $.metadata.user_id=user_456", _keeps)

_BY_KEY = {field.key: field for field in FIELDS}


def parse(text: str) -> Parsed:
    """Read a search text. Nothing raises: what cannot be read is told, and the terms around it are read as well."""
    terms: list[Term] = []
    errors: list[Misread] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _Token(text, at)
        try:
            terms.append(token.read())
        except Unreadable as error:
            token.at = _end_of(text, token.at)
            errors.append(Misread(token.wrong_from, token.wrong_to or token.at, str(error)))
        at = token.at
    return Parsed(tuple(terms), tuple(errors))


def words(terms: tuple[Term, ...]) -> str:
    """Return the text that `parse` reads as these terms."""
    return " ".join(map(_words_of, terms))


def moment_us(value: str, now: datetime) -> int:
    """Return what `after:` and `before:` mean, in µs since the epoch; `now` is aware.

    A time of day, in the zone of `now`, is the latest one that has been. A date without a zone is in the system's zone,
    whose summer time follows the date. Raises Unreadable.
    """
    folded = value.strip().lower()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if folded in ("today", "yesterday"):
        return to_us(midnight - timedelta(days=folded == "yesterday"))
    try:
        if clock := _CLOCK.fullmatch(folded):
            hour, minute, second = (int(part or 0) for part in clock.groups())
            then = now.replace(hour=hour, minute=minute, second=second, microsecond=0)
            return to_us(then if then <= now else then - timedelta(days=1))
        then = datetime.fromisoformat(value.strip())
        return to_us(then)
    except (ValueError, OverflowError, OSError):
        raise Unreadable(f"`{value}` is no time. Write `14:20`, `2026-03-01` or `2026-03-01T14:20`.") from None


def answer_time(value: str) -> tuple[str, int]:
    """Return the comparison (">", ">=", "<", "<=") and the µs of a `time:` value. Raises Unreadable."""
    found = _TIME.fullmatch(_time(value))
    assert found is not None
    sign, number, unit = found.groups()
    return sign, round(float(number) * _UNITS_US[unit])


class _Token:
    """One word or filter being read; `at` moves on. An error stands from `wrong_from` to `wrong_to` (0: `at`)."""

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at
        self.wrong_from = at
        self.wrong_to = 0

    def read(self) -> Term:
        negated = self.text[self.at] == "-" and not _ends(self.text, self.at + 1)
        self.at += negated
        self.wrong_from = self.at
        if self.text.startswith(("$.", "$["), self.at):
            return self._path(negated)
        key = _KEY.match(self.text, self.at)
        if key is None or self.text.startswith("//", key.end()):
            return Term("", self._values(WORD), negated)
        field = _BY_KEY.get(key[1].lower())
        if field is None:
            close = difflib.get_close_matches(key[1].lower(), _BY_KEY, 1, 0.5)
            hint = f" Did you mean `{close[0]}`?" if close else ""
            self.wrong_to = self.at + len(key[1])
            self.at = key.end()
            with contextlib.suppress(Unreadable):
                self._values(PATH)  # whatever it is, it belongs to what cannot be read
            raise Unreadable(f"`{key[1]}` is not a filter.{hint}")
        self.at = key.end()
        if _ends(self.text, self.at):
            raise Unreadable(f"`{field.key}:` needs a value.")
        return Term(field.key, self._values(field), negated)

    def _path(self, negated: bool) -> Term:
        found = _PATH.match(self.text, self.at)
        path = found[0] if found else ""
        end = self.at + len(path)
        try:
            steps = parse_selector(path)
        except ValueError:
            steps = ()
        if not steps or not (_ends(self.text, end) or self.text[end] == "="):
            raise Unreadable(f"`{self.text[self.at : _end_of(self.text, end)]}` is no path. Write `$.name.name=value`.")
        self.at = end
        if _ends(self.text, end):
            return Term(path, (ANY,), negated)
        self.at += 1
        if _ends(self.text, self.at):
            raise Unreadable(f"`{path}=` needs a value.")
        return Term(path, self._values(PATH), negated)

    def _values(self, field: Field) -> tuple[str, ...]:
        values: list[str] = []
        while True:
            if not self.wrong_to:
                self.wrong_from = self.at
            value = self._value()
            if not value:
                if values and not self.wrong_to and _ends(self.text, self.at):
                    self.wrong_from = self.at - 1  # nothing else is left to underline
                raise Unreadable("A value is missing here.")
            values.append(field.check(value))
            if self.at >= len(self.text) or self.text[self.at] != ",":
                return tuple(values)
            self.at += 1

    def _value(self) -> str:
        parts = []
        quoted = False
        while self.at < len(self.text):
            char = self.text[self.at]
            if not quoted and (char.isspace() or char == ","):
                break
            if char == '"':
                quoted = not quoted
            elif quoted and char == "\\" and self.at + 1 < len(self.text):
                self.at += 1
                parts.append(self.text[self.at])
            else:
                parts.append(char)
            self.at += 1
        if quoted:
            raise Unreadable("The closing quotation mark is missing.")
        return "".join(parts)


def _ends(text: str, at: int) -> bool:
    return at >= len(text) or text[at].isspace()


def _end_of(text: str, at: int) -> int:
    while not _ends(text, at):
        at += 1
    return at


def _words_of(term: Term) -> str:
    values = ",".join(_quoted(value, is_word=not term.field) for value in term.values)
    sign = "-" if term.negated else ""
    if term.field.startswith("$"):
        return f"{sign}{term.field}" if term.values == (ANY,) else f"{sign}{term.field}={values}"
    return f"{sign}{term.field}:{values}" if term.field else f"{sign}{values}"


def _quoted(value: str, *, is_word: bool) -> str:
    reads_otherwise = is_word and (value.startswith(("-", "$")) or _KEY.match(value) is not None)
    if reads_otherwise or any(char.isspace() or char in ',"' for char in value):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return value
