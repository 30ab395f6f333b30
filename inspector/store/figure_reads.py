"""What the monitor asks the database for, each in one moment of it: the material of a board, and of a check."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from inspector.store.campaign_rows import CampaignRow, read_campaigns
from inspector.store.figure_rows import ALL_TIME_S, WIDTHS_S, Tally, merge, read_tally, widened
from inspector.store.figures import Limits, marks, tail
from inspector.store.spans import SpanRow, first_use, read_spans

MOST_BEHIND = 50_000
"""With more events than this not counted yet, the board of a long range does without them and says so."""

SHORT_S = 60
"""Ranges with such bars are counted all the same: few of those events are in them."""


@dataclass(frozen=True, slots=True)
class Material:
    """Everything a board is made of; the slots of `tally` have the width that was asked for."""

    tally: Tally
    spans: list[SpanRow]
    first_us: dict[str, int]
    campaigns: list[CampaignRow]
    behind: int


def read_material(
    connection: sqlite3.Connection,
    limits: Limits,
    now_us: int,
    width_s: int,
    from_s: int,
    until_s: int,
    lead_s: int,
    endpoint_id: int | None,
    side: int,
) -> Material:
    """Read what a board of slots of `width_s` from one second to another needs, and the counts `lead_s` before it.

    `side` is the one whose durations are wanted.
    """
    tally = read_tally(connection, width_s, from_s - lead_s, until_s, endpoint_id, side)
    newest: int = connection.execute("SELECT ifnull(max(id), 0) FROM events").fetchone()[0]
    behind = max(0, newest - marks(connection)[0])
    if behind <= MOST_BEHIND or width_s <= SHORT_S:
        since_us, until_us = (from_s - lead_s) * 1_000_000, until_s * 1_000_000
        tally = merge(tally, widened(tail(connection, limits, now_us, since_us, until_us, endpoint_id), width_s))
        behind = 0
    uses = {kind: first_use(connection, kind) for kind in ("receiver", "tunnel")}
    return Material(
        tally,
        read_spans(connection, from_s * 1_000_000),
        {kind: first for kind, first in uses.items() if first is not None},
        read_campaigns(connection, from_s * 1_000_000, endpoint_id),
        behind,
    )


def read_window(connection: sqlite3.Connection, limits: Limits, now_us: int, from_us: int, until_us: int) -> Tally:
    """Return the counts of a time in slots of ten seconds, exact to the event; both ends are whole ten seconds."""
    kept = read_tally(connection, WIDTHS_S[0], from_us // 1_000_000, until_us // 1_000_000)
    return merge(kept, tail(connection, limits, now_us, from_us, until_us))


def read_all_time(connection: sqlite3.Connection, limits: Limits, now_us: int) -> Tally:
    """Return the counts of everything there ever was; what is far behind joins as it is counted."""
    kept = read_tally(connection, ALL_TIME_S, 0, 1)
    newest: int = connection.execute("SELECT ifnull(max(id), 0) FROM events").fetchone()[0]
    if newest - marks(connection)[0] > MOST_BEHIND:
        return kept
    return merge(kept, widened(tail(connection, limits, now_us, 0, ALL_TIME_S * 1_000_000), ALL_TIME_S))


@dataclass(frozen=True, slots=True)
class Noticed:
    """One thing that happened once: an opt-out that was not heeded, a payload of another shape."""

    endpoint_id: int
    subject: str
    detail: str
    event_id: int
    happened_us: int


def read_violations(connection: sqlite3.Connection, from_us: int, until_us: int) -> list[Noticed]:
    """Return the messages that were seen in a time to have been sent to somebody who had opted out."""
    rows = connection.execute(
        "SELECT endpoint_id, message_id, recipient, event_id, happened_us FROM violations "
        "WHERE happened_us >= ? AND happened_us < ? ORDER BY happened_us",
        (from_us, until_us),
    )
    return [Noticed(*row) for row in rows]


def read_drifts(connection: sqlite3.Connection, from_us: int, until_us: int) -> list[tuple[str, Noticed]]:
    """Return what drifted in a time: the event's label, and which field how."""
    rows = connection.execute(
        "SELECT label, endpoint_id, field, what, detail, event_id, happened_us FROM drifts "
        "WHERE happened_us >= ? AND happened_us < ? ORDER BY id",
        (from_us, until_us),
    )
    words = {"missing": "is missing", "type": "changed its type", "new": "is new"}
    return [
        (label, Noticed(endpoint_id, f"{field} {words[what]}", detail, event_id, happened_us))
        for label, endpoint_id, field, what, detail, event_id, happened_us in rows
    ]


def read_minutes(connection: sqlite3.Connection, endpoint_id: int, from_s: int) -> list[int]:
    """Return the minutes since a second in which an endpoint received something, as seconds since the epoch."""
    rows = connection.execute(
        "SELECT DISTINCT start_s FROM figures "
        "WHERE width_s = 60 AND start_s >= ? AND endpoint_id = ? AND side = 0 ORDER BY start_s",
        (from_s, endpoint_id),
    )
    return [row[0] for row in rows]


def read_last(connection: sqlite3.Connection, endpoint_ids: tuple[int, ...]) -> dict[int, int]:
    """Return when each endpoint last received something, µs since the epoch; those that never did are left out."""
    found: dict[int, int] = {}
    for endpoint_id in endpoint_ids:
        row = connection.execute(
            "SELECT received_us FROM events WHERE id = (SELECT max(id) FROM events WHERE endpoint_id = ?)",
            (endpoint_id,),
        ).fetchone()
        if row is not None:
            found[endpoint_id] = row[0]
    return found
