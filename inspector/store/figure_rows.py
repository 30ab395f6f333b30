"""Counts as rows: one row for a slot of time, an endpoint, a side and a provider, with all its counts packed.

A row's counts are JSON, from short keys to numbers (durations in a column of their own):

n deliveries · f failed of them · d answered 2xx in time and seen before after a 2xx · x refused, no deliveries ·
s signature failures · p… those of one sender · t… timed in the bucket with that edge in µs · u µs of all that were
timed · r… failed for that reason · y… tries of that retry (1 is the first) · z… those of them that were answered 2xx
in time · c…|kind first sightings that name a carrier, by what they report.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

import orjson

ALL_TIME_S = 10**12
"""One slot of this length holds everything there ever was: what a counter of `/metrics` shows."""

WIDTHS_S = (10, 60, 900, 3600, ALL_TIME_S)
"""Every count is kept in slots of these lengths: for alerts, for one bar of each range, and for good."""

KEPT_S = {10: 2 * 3600, 60: 7 * 86_400 + 3600, 900: 8 * 86_400, 3600: 400 * 86_400, ALL_TIME_S: ALL_TIME_S}
"""How long slots are kept, by length: minutes for a week, then hours."""

MOST_NAMES = 64
"""So many senders and so many carriers are told apart in one slot; what is over counts as OTHERS."""

OTHERS = "(others)"

RECEIVER, HANDLER = 0, 1

Counts = Counter[str]


class Place(NamedTuple):
    """What one row is about: `slot` is the start in units of its width."""

    slot: int
    endpoint_id: int
    side: int
    provider: str


Tally = dict[Place, Counts]
"""Counts by place; the slots are of ten seconds."""


def add_tally(connection: sqlite3.Connection, tally: Tally, now_s: int) -> int:
    """Add counts of slots of ten seconds to the rows of every width, but for those that would be dropped at once.

    Returns how many rows that were.
    """
    rows = 0
    for width_s in WIDTHS_S:
        for place, counts in widened(tally, width_s).items():
            if place.slot * width_s >= now_s - KEPT_S[width_s]:
                _add(connection, width_s, place, counts)
                rows += 1
    return rows


def widened(tally: Tally, width_s: int) -> Tally:
    """Return the same counts by slots of another length, a multiple of ten seconds."""
    wide: Tally = {}
    for place, counts in tally.items():
        wider = place._replace(slot=place.slot * WIDTHS_S[0] // width_s)
        add(wide.setdefault(wider, Counter()), counts)
    return wide


def _add(connection: sqlite3.Connection, width_s: int, place: Place, counts: Counts) -> None:
    key = (width_s, place.slot * width_s, place.endpoint_id, place.side, place.provider)
    found = connection.execute(
        "SELECT counts, times FROM figures WHERE width_s = ? AND start_s = ? AND endpoint_id = ? AND side = ? "
        "AND provider = ?",
        key,
    ).fetchone()
    whole = Counter(counts) if found is None else _unpacked(*found)
    if found is not None:
        add(whole, counts)
    times = {name: count for name, count in whole.items() if name[0] == "t"}
    others = {name: count for name, count in whole.items() if name[0] != "t"}
    connection.execute(
        "INSERT OR REPLACE INTO figures (width_s, start_s, endpoint_id, side, provider, counts, times) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*key, _packed(_capped(others)), _packed(times)),
    )


def _packed(counts: Mapping[str, int]) -> str:
    return orjson.dumps(counts).decode()


def _unpacked(counts: str, times: str) -> Counts:
    unpacked: Counts = Counter(orjson.loads(counts))
    if times:
        dict.update(unpacked, orjson.loads(times))
    return unpacked


def add(whole: Counts, counts: Mapping[str, int]) -> None:
    """Add counts to others in place."""
    known = whole.get
    for name, count in counts.items():
        whole[name] = known(name, 0) + count


def _capped(counts: Mapping[str, int]) -> dict[str, int]:
    """Keep a sender of made-up names from filling the table."""
    names = {letter: {_name(key) for key in counts if key[0] == letter} for letter in "pc"}
    if all(len(some) <= MOST_NAMES for some in names.values()):
        return dict(counts)
    kept = {letter: set(sorted(some)[:MOST_NAMES]) | {OTHERS} for letter, some in names.items()}
    capped: Counts = Counter()
    for key, count in counts.items():
        letter, name = key[0], _name(key)
        if letter in kept and name not in kept[letter]:
            key = f"{letter}{OTHERS}{key[1 + len(name) :]}"
        capped[key] += count
    return dict(capped)


def _name(key: str) -> str:
    return key[1:].rpartition("|")[0] if key[0] == "c" else key[1:]


def read_tally(
    connection: sqlite3.Connection,
    width_s: int,
    from_s: int,
    until_s: int,
    endpoint_id: int | None = None,
    timed_side: int | None = None,
) -> Tally:
    """Return what the rows say about slots that begin in a time; the slots are of `width_s`.

    With `timed_side` the durations of the other side are left out: they are most of a row.
    """
    scope = "" if endpoint_id is None else f"AND endpoint_id = {int(endpoint_id)}"
    rows = connection.execute(
        "SELECT start_s, endpoint_id, side, provider, counts, iif(ifnull(side = ?, 1), times, '') FROM figures "
        f"WHERE width_s = ? AND start_s >= ? AND start_s < ? {scope}",
        (timed_side, width_s, from_s, until_s),
    )
    return {
        Place(start // width_s, endpoint, side, provider): _unpacked(counts, times)
        for start, endpoint, side, provider, counts, times in rows
    }


def merge(tally: Tally, more: Tally) -> Tally:
    """Add a tally to another one whose slots have the same length, in place, and return it."""
    for place, counts in more.items():
        if place in tally:
            add(tally[place], counts)
        else:
            tally[place] = counts
    return tally


def total(counts: Iterable[Mapping[str, int]]) -> Counts:
    """Return the sum of counts."""
    whole: Counts = Counter()
    for some in counts:
        add(whole, some)
    return whole


def edges(counts: Mapping[str, int]) -> dict[int, int]:
    """Return how many were timed, by the edge of their bucket in µs."""
    return {_edge(key): count for key, count in counts.items() if key[0] == "t"}


@lru_cache(maxsize=4096)
def _edge(key: str) -> int:
    return int(key[1:])


def named(counts: Mapping[str, int], letter: str) -> dict[str, int]:
    """Return the counts whose key begins with a letter, by the rest of the key."""
    return {key[1:]: count for key, count in counts.items() if key[0] == letter}


def forget_old(connection: sqlite3.Connection, now_s: int) -> None:
    """Drop slots that are older than their length is kept."""
    for width_s, kept_s in KEPT_S.items():
        connection.execute("DELETE FROM figures WHERE width_s = ? AND start_s < ?", (width_s, now_s - kept_s))
