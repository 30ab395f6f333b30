"""What is due to be forwarded, put into the transaction of the event itself: a crash after the answer loses nothing."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain.attempt import SeriesId
from inspector.domain.errors import UsageError
from inspector.domain.event import EventId, EventSummary, Repeat
from inspector.domain.forwarding import ForwardRule
from inspector.domain.query import Query
from inspector.domain.schedules import ONCE, schedule_of
from inspector.domain.series import Series, SeriesPlan, SeriesState
from inspector.domain.verification import Verdict
from inspector.search import parse
from inspector.store.packing import shown
from inspector.store.revive import moment
from inspector.store.rows import SUMMARY_WIDTH, Entry, summary_of
from inspector.store.series_rows import INSERT, first_wait_us, plan_id, plan_json
from inspector.store.where import matches

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A rule ready to be asked: `query` is None where its match cannot be read, `verdicts` those it asks for."""

    rule: ForwardRule
    query: Query | None
    plan: SeriesPlan
    json: str
    verdicts: frozenset[str]


class Outbox:
    """Makes the series of arriving events; used by the writer, inside its transaction."""

    def __init__(self) -> None:
        self._prepared: dict[ForwardRule, _Prepared] = {}
        self._plans: dict[str, int] = {}

    def forget_plans(self) -> None:
        """Look the numbers of plans up again: the transaction that kept them was taken back."""
        self._plans.clear()

    def put(self, connection: sqlite3.Connection, entries: Sequence[Entry]) -> list[Series]:
        """Insert a series for every rule and target that an event goes to, and return them."""
        found: list[Series] = []
        now_us = time.time_ns() // 1000
        now = datetime.now().astimezone()
        for entry in entries:
            terms = entry.terms
            if not terms.forwards or terms.endpoint_id is None:
                continue
            row = summary_of(entry.event[:SUMMARY_WIDTH])
            if row.refusal is not None or (row.repeat is Repeat.DUPLICATE and terms.duplicate_answer is not None):
                continue
            for rule in terms.forwards:
                found += self._of_rule(connection, self._ready(rule), row, now, now_us, entry.accepted)
        return found

    def _of_rule(
        self,
        connection: sqlite3.Connection,
        ready: _Prepared,
        row: EventSummary,
        now: datetime,
        now_us: int,
        accepted: bool,
    ) -> list[Series]:
        rule = ready.rule
        if not rule.enabled or ready.query is None or (_is_rejected(row, accepted) and not _is_asked_for(row, ready)):
            return []
        verdict = matches(ready.query, row, now)
        if verdict is False:
            return []
        state = SeriesState.UNDECIDED if verdict is None else SeriesState.WAITING
        plan = self._plans.get(ready.json)
        if plan is None:
            plan = self._plans[ready.json] = plan_id(connection, ready.json)
        due_us = now_us + first_wait_us(ready.plan)
        found = []
        for target in dict.fromkeys(rule.targets):
            target = shown(target)
            values = (row.id, row.endpoint_id or 0, rule.id, target, row.message_id, plan, state.value)
            cursor = connection.execute(INSERT, (*values, now_us, due_us, None))
            series = Series(
                SeriesId(cursor.lastrowid or 0),
                EventId(row.id),
                row.endpoint_id,
                rule.id,
                target,
                ready.plan,
                state,
                moment(now_us),
                row.message_id,
                next_at=moment(due_us),
            )
            found.append(series)
        return found

    def _ready(self, rule: ForwardRule) -> _Prepared:
        found = self._prepared.get(rule)
        if found is None:
            if len(self._prepared) > 1_000:
                self._prepared.clear()
            found = self._prepared[rule] = _prepare(rule)
        return found


def _prepare(rule: ForwardRule) -> _Prepared:
    parsed = parse(rule.match)
    query: Query | None = Query(terms=parsed.terms)
    if parsed.errors:
        # Sending on what was not asked for would be worse than sending nothing.
        _log.warning("The forwarding rule %s matches nothing: %s", rule.name or rule.id, parsed.errors[0].text)
        query = None
    plan = plan_of(rule)
    asked = [value for term in parsed.terms if term.field == "sig" and not term.negated for value in term.values]
    return _Prepared(rule, query, plan, plan_json(plan), frozenset(asked))


def plan_of(rule: ForwardRule) -> SeriesPlan:
    """Return how a rule sends; a schedule that cannot be read means a single try."""
    try:
        schedule = schedule_of(rule.schedule)
    except UsageError as error:
        _log.warning("The forwarding rule %s tries once: %s", rule.name or rule.id, error)
        schedule = ONCE
    if rule.limit_s is not None:
        schedule = replace(schedule, limit_s=rule.limit_s)
    return SeriesPlan(schedule, rule.identity, rule.in_order, match=rule.match)


def _is_rejected(row: EventSummary, accepted: bool) -> bool:
    """Tell whether the answer refused an event for its signature: what may be forged is not sent on."""
    return not accepted and row.verdict is not None and row.verdict is not Verdict.VALID


def _is_asked_for(row: EventSummary, ready: _Prepared) -> bool:
    return row.verdict is not None and row.verdict.value.replace("_", "") in ready.verdicts
