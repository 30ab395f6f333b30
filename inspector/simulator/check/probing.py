"""What a handler did inside, seen through an address of its own: compared before and after, noise left out. Pure.

The user names an address that shows what was processed: a number, a list, JSON, lines of metrics. It is read before an
event, after it, and after the same event again; the second must change nothing that the first did. What changes by
itself (an uptime, a count of these very reads) is told from it by reading several times while nothing is sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

Leaves = Mapping[str, object]

WHOLE = "the probe"

_REQUESTS = re.compile(
    r"request|hits?\b|attempt|calls?\b|duplicate|dupe|retr(?:y|ies)|skipped|ignored|uptime|latency|duration|elapsed|_ms\b"
    r"|avg|mean|memory|rss|cpu",
    re.IGNORECASE,
)
"""Names of figures that count requests or measure the program: they tell nothing of what was done about an event."""

_PERHAPS = re.compile(
    r"received|deliver(?:y|ies)|webhooks?\b|seen|\blogs?\b|\blast|latest|previous|time|updated|_at\b", re.IGNORECASE
)
"""Names that may count requests: they tell something only where no other figure does."""

_MESSAGES = re.compile(r"messages?\b|conversations?\b|recipients?\b|contacts?\b|users?\b|(?:\b|_)ids?\b", re.IGNORECASE)
"""Names that may count messages or people: a second event about the same one rightly leaves them as they are."""

_SHOWN_CHANGES = 3

_LINE = re.compile(r"(.*?)[\s:=]+(-?\d+(?:\.\d+)?)\s*\Z")
_YEAR_2020, _YEAR_2100 = 1_577_836_800, 4_102_444_800


@dataclass(frozen=True, slots=True)
class Effect:
    """What one event changed, and what the same event changed again: name → (before, after).

    `problem` is a sentence saying why that could not be told. `fleeting` says that a third sending did not repeat what
    the second did. `took_s` is how long the first change took to show.
    """

    first: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    again: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    problem: str = ""
    fleeting: bool = False
    took_s: float = 0.0

    @property
    def words(self) -> str:
        """What changed again, for a person: `processed went from 1 to 2`."""
        return change_words(self.again)


def change_words(changed: Mapping[str, tuple[object, object]]) -> str:
    """Return changes for a person, the first few of many: a list that shows every event moves in every place."""
    shown = [f"{name} went from {_show(old)} to {_show(new)}" for name, (old, new) in changed.items()]
    more = len(shown) - _SHOWN_CHANGES
    return ", ".join(shown[:_SHOWN_CHANGES]) + (f" and {more:,} more" if more > 0 else "")


def leaves_of(body: bytes) -> dict[str, object]:
    """Return what a probe shows as names with values: JSON taken apart, with the length of every list; else lines."""
    text = body.decode("utf-8", "replace").strip()
    try:
        data = json.loads(text)
    except ValueError:
        return _lines(text)
    found: dict[str, object] = {}
    _collect("", data, found)
    return found


def _collect(name: str, data: object, found: dict[str, object]) -> None:
    if isinstance(data, dict):
        found[f"{name or WHOLE} (entries)"] = len(data)
        for key, value in data.items():
            _collect(f"{name}.{key}" if name else str(key), value, found)
    elif isinstance(data, list):
        found[f"{name or WHOLE} (length)"] = len(data)
        for number, value in enumerate(data):
            _collect(f"{name}[{number}]", value, found)
    else:
        found[name or WHOLE] = data


def _lines(text: str) -> dict[str, object]:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found: dict[str, object] = {}
    if len(lines) > 1:
        found["the probe (lines)"] = len(lines)
    for number, line in enumerate(lines, 1):
        match = _LINE.match(line)
        if match and match[1] not in found:
            found[match[1] or WHOLE] = float(match[2]) if "." in match[2] else int(match[2])
        else:
            found[WHOLE if len(lines) == 1 else f"line {number}"] = line
    return found


def changes(before: Leaves, after: Leaves) -> dict[str, tuple[object, object]]:
    """Return what differs; a missing value is None."""
    names = [*before, *(name for name in after if name not in before)]
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def without(found: Mapping[str, tuple[object, object]], noise: frozenset[str]) -> dict[str, tuple[object, object]]:
    """Return changes without what changes by itself, points in time, and figures about requests."""
    return {
        name: pair
        for name, pair in found.items()
        if name not in noise and not counts_requests(name) and not (_is_moment(pair[0]) or _is_moment(pair[1]))
    }


def repeated(
    first: Mapping[str, tuple[object, object]], second: Mapping[str, tuple[object, object]]
) -> dict[str, tuple[object, object]]:
    """Return what the second event did again, of all it changed.

    Only what the first changed counts: a figure for duplicates may rise. A figure whose name may mean that it counts
    requests is allowed to rise with both, as long as another one tells that the second was known.
    """
    again = {name: pair for name, pair in second.items() if name in first}
    if any(not _PERHAPS.search(name) for name in first):
        again = {name: pair for name, pair in again.items() if not _PERHAPS.search(name)}
    return again


def beside(
    first: Mapping[str, tuple[object, object]], second: Mapping[str, tuple[object, object]]
) -> dict[str, tuple[object, object]]:
    """Return what another event did, without figures that may only count requests where the first moved others too."""
    if any(not _PERHAPS.search(name) for name in first):
        return {name: pair for name, pair in second.items() if not _PERHAPS.search(name)}
    return dict(second)


def counts_messages(first: Mapping[str, tuple[object, object]]) -> bool:
    """Whether all that an event changed may count messages rather than what is told about them."""
    return all(_MESSAGES.search(name.partition(" (")[0].rpartition(".")[2]) for name in first)


def counts_requests(name: str) -> bool:
    """Whether a figure's name says that it counts requests or measures the program."""
    return bool(_REQUESTS.search(name.replace("(length)", "").replace("(entries)", "")))


def _is_moment(value: object) -> bool:
    """Whether a value is a point in time, as a text or in seconds or milliseconds since 1970."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return _YEAR_2020 < value < _YEAR_2100 or _YEAR_2020 < value / 1000 < _YEAR_2100
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", value):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return False
        return True
    return False


def _show(value: object) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:39]}…"
