"""How the page reads what is typed into the search field: terms, or where and why it cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from inspector.domain.query import Term
from inspector.search import FIELDS, Misread, parse

_KEYS = frozenset(field.key for field in FIELDS)
_CODE = re.compile("`([^`]+)`")
_HINT = re.compile(r"`([^`]+)`.*Did you mean `([^`]+)`\?")


@dataclass(frozen=True, slots=True)
class SearchProblem:
    """The part of the text from `start` to `end` cannot be read; `sentence` says why, `fixed` is the mended text."""

    start: int
    end: int
    sentence: str
    fixed: str = ""


@dataclass(frozen=True, slots=True)
class SearchReading:
    """What a text asks for; with a problem the last good result should stay.

    `unfinished` tells that the problem is a known filter whose value is just being typed at the end of the text.
    """

    terms: tuple[Term, ...] = ()
    problem: SearchProblem | None = None
    unfinished: bool = False


def read_search(text: str) -> SearchReading:
    """Read a search text; the first thing that cannot be read is the problem."""
    parsed = parse(text)
    if not parsed.errors:
        return SearchReading(parsed.terms)
    error = parsed.errors[0]
    sentence = _CODE.sub("\N{LEFT DOUBLE QUOTATION MARK}\\1\N{RIGHT DOUBLE QUOTATION MARK}", error.text)
    problem = SearchProblem(error.start, error.end, sentence, _mended(text, error))
    return SearchReading((), problem, _unfinished(text, error))


def _unfinished(text: str, error: Misread) -> bool:
    word = text[text.rfind(" ", 0, error.end) + 1 :]
    key, colon, _ = word.removeprefix("-").partition(":")
    return error.end == len(text) and bool(colon) and key.lower() in _KEYS


def _mended(text: str, error: Misread) -> str:
    """Return the text with the suggestion of the sentence put in, "" where it suggests nothing."""
    found = _HINT.search(error.text)
    if found is None:
        return ""
    wrong = text[error.start : error.end]
    return text[: error.start] + wrong.replace(found[1], found[2], 1) + text[error.end :]
