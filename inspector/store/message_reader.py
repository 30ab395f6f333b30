"""Reads messages for the window: lists of ids, rows, counts, one message with all its reports, templates."""

from __future__ import annotations

import json
import sqlite3
import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from types import MappingProxyType
from typing import Any

import orjson

from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId, Repeat
from inspector.domain.report import Kind
from inspector.feed import Feed
from inspector.store.message_query import MessageQuery, Segment, where_of
from inspector.store.message_rows import REPORT_COLUMNS, ROW_COLUMNS, consents_for, row_from, sighted_from
from inspector.store.packing import from_json
from inspector.store.reading_thread import ReadingThread
from inspector.timeline.row import MessageRow
from inspector.timeline.sighted import Consent, Sighted, digits_of
from inspector.timeline.stages import Stage
from inspector.timeline.template import TemplateReport

DAY_US = 86_400_000_000
MEDIAN_OF = 2_000
"""So many of the newest messages make the medians."""

_REPEATS = {repeat.value: repeat for repeat in Repeat}

Medians = Mapping[tuple[Stage, Stage], int]


@dataclass(frozen=True, slots=True)
class MessageCounts:
    """How many messages a query finds, its own segment left out; `due_us` is when the next of them gets a gap."""

    total: int = 0
    by_segment: Mapping[Segment, int] = field(default_factory=lambda: MappingProxyType({}))
    violations: int = 0
    due_us: int | None = None


@dataclass(frozen=True, slots=True)
class CampaignGroup:
    """The messages of one campaign ("" for none) that a query finds, and how many of them failed or have gaps."""

    campaign: str
    messages: int
    failed: int
    gaps: int


@dataclass(frozen=True, slots=True)
class MessageList:
    """Ids in the order they are shown. Grouped by campaign, `groups` follow one another in the same order.

    `revision` is what `changes` goes on from.
    """

    ids: array[int]
    revision: int
    groups: tuple[CampaignGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageChanges:
    """What changed since a revision: ids the query finds, newest first, and ids it does not find.

    `reload` says that messages were taken away, so the list has to be read anew.
    """

    revision: int
    found: array[int]
    others: array[int]
    reload: bool = False


@dataclass(frozen=True, slots=True)
class MessageDetail:
    """One message with everything reported about it, and what to compare it with."""

    row: MessageRow
    reports: tuple[Sighted, ...]
    consents: tuple[Consent, ...]
    medians: Medians


class MessageReader:
    """Messages behind one door; every read runs in the given thread. `changed` tells that something is new.

    `now_us` is the clock (µs since the epoch) by which what is missing is told.
    """

    def __init__(self, thread: ReadingThread, now_us: Callable[[], int] = lambda: time.time_ns() // 1000) -> None:
        self.changed: Feed[None] = Feed()
        self._thread = thread
        self.now_us = now_us

    async def ids(self, query: MessageQuery) -> MessageList:
        """Return the ids of all messages a query finds, the newest activity first."""
        now_us = self.now_us()
        return await self._thread.run(lambda connection: read_ids(connection, query, now_us))

    async def rows(self, ids: Sequence[int]) -> list[MessageRow]:
        """Return the rows of these messages in the same order; one that is gone is left out."""
        return await self._thread.run(lambda connection: read_rows(connection, ids))

    async def counts(self, query: MessageQuery) -> MessageCounts:
        """Count what a query finds by segment, whatever its own segment."""
        now_us = self.now_us()
        return await self._thread.run(lambda connection: read_counts(connection, query, now_us))

    async def changes(self, query: MessageQuery, revision: int) -> MessageChanges:
        """Return which messages changed since a revision, without reading the others."""
        now_us = self.now_us()
        return await self._thread.run(lambda connection: read_changes(connection, query, revision, now_us))

    async def message(self, id: int) -> MessageDetail | None:
        """Return one message with all its reports, None where it is gone."""
        now_us = self.now_us()
        return await self._thread.run(lambda connection: read_message(connection, id, now_us))

    async def of_event(self, event_id: EventId) -> MessageDetail | None:
        """Return the first message an event reports about, None where it reports about none."""
        now_us = self.now_us()
        return await self._thread.run(lambda connection: read_of_event(connection, event_id, now_us))

    async def find(self, endpoint_id: EndpointId | None, message_id: str) -> int | None:
        """Return the id of a message by its provider's name for it, None where there is none."""
        sql = "SELECT id FROM messages WHERE endpoint_id = ? AND message_id = ?"
        found = await self._thread.run(lambda c: c.execute(sql, (endpoint_id or 0, message_id)).fetchone())
        return None if found is None else int(found[0])

    async def templates(self, endpoint_id: EndpointId | None) -> tuple[TemplateReport, ...]:
        """Return every approval and rejection of the scope, oldest first."""
        return await self._thread.run(lambda connection: read_templates(connection, endpoint_id))


def read_ids(connection: sqlite3.Connection, query: MessageQuery, now_us: int) -> MessageList:
    """See MessageReader.ids. All ids come as one text: see browse.py."""
    where = where_of(query, now_us)
    revision = _revision(connection)
    if not query.by_campaign:
        # Said to SQLite, which would take any index of the endpoint and sort: this one is in order.
        index = "messages_by_activity" if query.endpoint_id is None else "messages_of_endpoint"
        some = f"SELECT m.id FROM messages m INDEXED BY {index} WHERE {where.text} ORDER BY m.last_id DESC"
        text = connection.execute(f"SELECT json_group_array(id) FROM ({some})", where.values).fetchone()[0]
        return MessageList(array("q", orjson.loads(text)), revision)
    groups = connection.execute(
        "SELECT m.campaign, count(*), sum(m.phase = 2), sum(m.phase < 2 AND ifnull(m.gap_us <= ?, 0)), "
        "json_group_array(m.id) FROM (SELECT id, campaign, phase, gap_us, last_id FROM messages m NOT INDEXED "
        f"WHERE {where.text} ORDER BY m.last_id DESC) m GROUP BY m.campaign ORDER BY max(m.last_id) DESC",
        (now_us, *where.values),
    ).fetchall()
    ids: array[int] = array("q")
    for group in groups:
        ids.extend(orjson.loads(group[4]))
    return MessageList(ids, revision, tuple(CampaignGroup(*group[:4]) for group in groups))


def read_rows(connection: sqlite3.Connection, ids: Sequence[int]) -> list[MessageRow]:
    """See MessageReader.rows."""
    found = connection.execute(
        f"SELECT {ROW_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN messages m ON m.id = wanted.value",
        (json.dumps(list(ids)),),
    ).fetchall()
    return [row_from(row) for row in found]


def read_counts(connection: sqlite3.Connection, query: MessageQuery, now_us: int) -> MessageCounts:
    """See MessageReader.counts. Without words an index alone tells."""
    where = where_of(replace(query, segment=Segment.ALL, violations=False), now_us)
    rows = connection.execute(
        "SELECT m.phase, count(*), sum(ifnull(m.gap_us <= ?, 0)), min(CASE WHEN m.gap_us > ? THEN m.gap_us END) "
        f"FROM messages m WHERE {where.text} GROUP BY m.phase",
        (now_us, now_us, *where.values),
    ).fetchall()
    numbers = dict.fromkeys(Segment, 0)
    for phase, count, gaps, _due in rows:
        gaps = 0 if phase == 2 else gaps
        numbers[(Segment.PROGRESS, Segment.COMPLETE, Segment.FAILED)[phase]] += count - gaps
        numbers[Segment.GAPS] += gaps
    numbers[Segment.ALL] = total = sum(count for _phase, count, _gaps, _due in rows)
    sql = f"SELECT count(*) FROM messages m WHERE {where.text} AND m.violation_id IS NOT NULL"
    violations = connection.execute(sql, where.values).fetchone()[0]
    due_us = min((due for *_numbers, due in rows if due is not None), default=None)
    return MessageCounts(total, MappingProxyType(numbers), violations, due_us)


def read_changes(connection: sqlite3.Connection, query: MessageQuery, revision: int, now_us: int) -> MessageChanges:
    """See MessageReader.changes."""
    where = where_of(query, now_us)
    reached = _revision(connection)  # first: what changes from here on is read again the next time
    forgotten = connection.execute("SELECT value FROM facts WHERE name = 'messages_forgotten'").fetchone()[0]
    rows = connection.execute(
        f"SELECT m.id, ({where.text}) AS fits FROM messages m INDEXED BY messages_by_revision "
        "WHERE m.revision > ? ORDER BY m.last_id DESC",
        (*where.values, revision),
    ).fetchall()
    return MessageChanges(
        reached,
        array("q", [id for id, fits in rows if fits]),
        array("q", [id for id, fits in rows if not fits]),
        forgotten > revision,
    )


def read_message(connection: sqlite3.Connection, id: int, now_us: int) -> MessageDetail | None:
    """See MessageReader.message."""
    rows = read_rows(connection, [id])
    if not rows:
        return None
    row = rows[0]
    columns = ", ".join(f"r.{name}" for name in REPORT_COLUMNS)
    found = connection.execute(
        f"SELECT e.answer_status, e.answer_us, e.repeat, e.repeat_no, p.reports, {columns} FROM message_reports r "
        "JOIN events e ON e.id = r.event_id JOIN payloads p ON p.event_id = r.event_id WHERE r.message = ? "
        "ORDER BY r.event_id, r.position",
        (id,),
    ).fetchall()
    reports = tuple(_sighted(item) for item in found)
    endpoint = row.endpoint_id or 0
    people = {(endpoint, digits) for item in reports if (digits := digits_of(item.recipient))}
    consents = [item for decided in consents_for(connection, people).values() for item in decided]
    return MessageDetail(row, reports, tuple(consents), read_medians(connection, row, now_us))


def read_of_event(connection: sqlite3.Connection, event_id: EventId, now_us: int) -> MessageDetail | None:
    """See MessageReader.of_event."""
    found = connection.execute(
        "SELECT message FROM message_reports WHERE event_id = ? ORDER BY position LIMIT 1", (event_id,)
    ).fetchone()
    return None if found is None else read_message(connection, found[0], now_us)


def read_medians(connection: sqlite3.Connection, row: MessageRow, now_us: int) -> Medians:
    """Return how long other messages of the endpoint took between two stages in the last 24 hours, in µs."""
    times = connection.execute(
        "SELECT m.queued_said_us, m.sent_said_us, m.delivered_said_us, m.read_said_us "
        "FROM messages m INDEXED BY messages_of_endpoint WHERE m.endpoint_id = ? AND m.id <> ? "
        "AND ifnull(m.asked_us, m.delivered_us) > ? "
        f"ORDER BY m.last_id DESC LIMIT {MEDIAN_OF}",
        (row.endpoint_id or 0, row.id, _begin_of_day(row, now_us)),
    ).fetchall()
    found = {}
    for start in Stage:
        for end in Stage:
            if end > start:
                took = [said[end] - said[start] for said in times if said[end] is not None and said[start] is not None]
                if took:
                    found[start, end] = round(median(took))
    return MappingProxyType(found)


def _begin_of_day(row: MessageRow, now_us: int) -> int:
    """Return where the 24 hours begin: before now, or for an older message before it was last heard of."""
    known = [moment for moment in (*row.outline.arrived_us, row.asked_us) if moment is not None]
    return min(now_us, max(known, default=now_us)) - DAY_US


def read_templates(connection: sqlite3.Connection, endpoint_id: EndpointId | None) -> tuple[TemplateReport, ...]:
    """See MessageReader.templates."""
    where, values = ("", ()) if endpoint_id is None else ("WHERE endpoint_id = ?", (endpoint_id,))
    rows = connection.execute(
        "SELECT endpoint_id, template, event_id, kind, arrived_us, occurred_us, accepted, status, reason, carrier "
        f"FROM template_reports {where} ORDER BY arrived_us, event_id",
        values,
    ).fetchall()
    return tuple(
        TemplateReport(
            EndpointId(endpoint) if endpoint else None,
            *(template, EventId(event_id), Kind(kind), arrived_us, occurred_us, accepted == 1, status, reason, carrier),
        )
        for endpoint, template, event_id, kind, arrived_us, occurred_us, accepted, status, reason, carrier in rows
    )


def _sighted(row: Sequence[Any]) -> Sighted:
    status, answer_us, repeat, repeat_no, data, *values = row
    item = sighted_from(values)
    reports = from_json(data) if data is not None else []
    said = reports[item.position] if item.position < len(reports) else {}
    return replace(
        item,
        status=status,
        answer_us=answer_us,
        repeat=_REPEATS.get(repeat),
        repeat_no=repeat_no,
        error_text=said.get("error_text") or "",
        text=said.get("text") or "",
    )


def _revision(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT value FROM facts WHERE name = 'messages_revision'").fetchone()[0])
