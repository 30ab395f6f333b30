"""Which rows a query means, twice: as SQL for what is stored, and in Python for a row that has just arrived.

Each search field has one rule with both readings side by side; a test compares them on random rows. What SQL cannot
decide (a header, a value inside JSON, the body of an event that is not indexed yet) becomes a check of the payload,
with SQL sorting out as much as it can before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inspector.domain.event import EventSummary, Repeat
from inspector.domain.query import Query, Term
from inspector.domain.report import Category, Kind
from inspector.domain.verification import Verdict
from inspector.search import ANY, answer_time, moment_us
from inspector.store.evidence import holds_header, holds_value, holds_word
from inspector.store.packing import to_bytes
from inspector.store.revive import NamedRow
from inspector.store.words import match_of

Check = Callable[[NamedRow], bool]


@dataclass(frozen=True, slots=True)
class Sql:
    """A condition on `events e` (and `payloads p` where a check follows) with its values."""

    text: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a query comes to: the condition, and checks every row must pass that SQL lets through."""

    where: Sql
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """How one search field is read: `sql` for stored rows, `live` for a new one (None: cannot tell from the row)."""

    sql: Callable[[str, datetime], Sql]
    live: Callable[[str, EventSummary, datetime], bool | None]


TRUE = Sql("1")
ISSUE = Sql("e.issue = 1")


def plan(query: Query, now: datetime, *, indexed: bool = True) -> Plan:
    """Return how to find a query's events; `indexed` says whether the rows looked at are in the search index."""
    conditions = [Sql("e.deleted_us IS NULL")]
    checks: list[Check] = []
    if query.endpoint_id is not None:
        conditions.append(Sql("e.endpoint_id = ?", (query.endpoint_id,)))
    if query.category is not None:
        conditions.append(Sql("e.category = ?", (query.category.value,)))
    if query.issues:
        conditions.append(ISSUE)
    for term in query.terms:
        condition, check = _planned(term, now, indexed)
        conditions.append(condition)
        if check is not None:
            checks.append(check)
    return Plan(_joined(conditions, "AND"), tuple(checks))


def looks_at_words(query: Query) -> bool:
    """Return whether a query has plain words, for which indexed and newer events are looked at differently."""
    return any(not term.field for term in query.terms)


def matches(query: Query, summary: EventSummary, now: datetime) -> bool | None:
    """Tell whether a row that has just arrived belongs to a query; None where only the database can tell."""
    if query.endpoint_id is not None and summary.endpoint_id != query.endpoint_id:
        return False
    if query.category is not None and _category(summary.kind) is not query.category:
        return False
    verdicts = [_is_issue(summary) if query.issues else True]
    verdicts += [_matches_term(term, summary, now) for term in query.terms]
    return _all(verdicts)


def _planned(term: Term, now: datetime, indexed: bool) -> tuple[Sql, Check | None]:
    rule = RULES.get(term.field)
    if rule is not None and not (term.field == "" and not indexed) and all(map(_in_sql(term), term.values)):
        condition = _joined([rule.sql(value, now) for value in term.values], "OR")
        return (Sql(f"NOT {condition.text}", condition.values) if term.negated else condition), None
    if term.field == "":
        any_of = [holds_word(value) for value in term.values]
        first = TRUE
    elif term.field == "header":
        any_of = [holds_header(value) for value in term.values]
        first = _joined([_may_have_header(value) for value in term.values], "OR")
    else:
        any_of = [holds_value(term.field, value) for value in term.values]
        first = _joined([_may_hold(value) for value in term.values], "OR")
    if term.negated:
        return TRUE, lambda row: not any(check(row) for check in any_of)
    return first, lambda row: any(check(row) for check in any_of)


def _in_sql(term: Term) -> Callable[[str], bool]:
    return (lambda value: match_of(value) is not None) if term.field == "" else lambda value: True


def _may_hold(value: str) -> Sql:
    """Sort out bodies that cannot hold a value: it stands in them as it is, but for escapes and odd encodings."""
    if value == ANY or not value.isascii() or not value.replace("_", "").replace("-", "").isalnum():
        return TRUE
    odd = "instr(p.body, CAST('\\u' AS BLOB)) OR instr(p.body, x'00') OR substr(p.body, 1, 1) NOT IN (x'7b', x'5b')"
    return Sql(f"(instr(p.body, CAST(? AS BLOB)) OR {odd})", (value,))


def _may_have_header(value: str) -> Sql:
    """Sort out header lines in which the name and the part of the value do not stand anywhere."""
    lines = "instr(CAST(lower(CAST(p.headers AS TEXT)) AS BLOB), ?)"
    name, _equals, part = value.partition("=")
    pieces = [to_bytes(piece) for piece in (name, part) if piece and piece != ANY]
    return _joined([Sql(lines, (piece,)) for piece in pieces], "AND") if pieces else TRUE


def _joined(conditions: list[Sql], word: str) -> Sql:
    text = f" {word} ".join(condition.text for condition in conditions)
    return Sql(f"({text})", tuple(value for condition in conditions for value in condition.values))


def _matches_term(term: Term, summary: EventSummary, now: datetime) -> bool | None:
    rule = RULES.get(term.field)
    if rule is None:
        return None
    found: bool | None = False
    for value in term.values:
        live = rule.live(value, summary, now)
        if live:
            found = True
            break
        if live is None:
            found = None
    return found if found is None or not term.negated else not found


def _all(verdicts: list[bool | None]) -> bool | None:
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _category(kind: str) -> Category:
    try:
        return Kind(kind).category
    except ValueError:
        return Category.OTHER


def _is_issue(summary: EventSummary) -> bool | None:
    if summary.verdict in (Verdict.INVALID, Verdict.STALE) or summary.repeat is not None or not summary.accepted:
        return True
    if summary.kind == Kind.FAILED.value:
        return True
    return None if summary.report_count > 1 else False  # a later report may tell of a failed message


# The rules of the fields


def _like(column: str, pattern: str = "%{}%") -> Callable[[str, datetime], Sql]:
    def sql(value: str, _now: datetime) -> Sql:
        return Sql(f"{column} LIKE ? ESCAPE '\\'", (pattern.format(_escaped(value)),))

    return sql


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _part(name: str) -> Rule:
    """The value is a part of a text of the row; case is ignored as SQLite does: for ASCII only."""
    return Rule(_like(f"e.{name}"), lambda value, row, _now: _ascii_lower(value) in _ascii_lower(getattr(row, name)))


def _ascii_lower(text: str) -> str:
    return text.lower() if text.isascii() else "".join(c.lower() if c.isascii() else c for c in text)


def _yes_no(condition: str, live: Callable[[EventSummary], bool]) -> Rule:
    return Rule(
        lambda value, _now: Sql(condition if value == "yes" else f"NOT ({condition})"),
        lambda value, row, _now: live(row) is (value == "yes"),
    )


def _type_sql(value: str, now: datetime) -> Sql:
    kinds = [kind.value for kind in Kind if _is_type(value, kind.value)]
    marks = ", ".join("?" * len(kinds))
    label = _joined([_like("e.label", "{}%")(value, now), _like("e.label", "%.{}%")(value, now)], "OR")
    more = f"SELECT 1 FROM reports r WHERE r.event_id = e.id AND r.kind IN ({marks})"
    return Sql(
        f"(e.kind IN ({marks}) OR {label.text} OR (e.report_count > 1 AND EXISTS ({more})))",
        (*kinds, *label.values, *kinds),
    )


def _is_type(value: str, text: str) -> bool:
    folded, wanted = _ascii_lower(text), _ascii_lower(value)
    return folded.startswith(wanted) or f".{wanted}" in folded


def _type_live(value: str, row: EventSummary, _now: datetime) -> bool | None:
    if _is_type(value, row.kind) or _is_type(value, row.label):
        return True
    return None if row.report_count > 1 else False


def _message_sql(value: str, now: datetime) -> Sql:
    own = _like("e.message_id")(value, now)
    # Reports after the first are found by the start of their message ID, which the index of messages answers at once.
    return Sql(
        f"({own.text} OR (e.report_count > 1 AND e.id IN "
        "(SELECT event_id FROM message_events WHERE message_id >= ? AND message_id < ?)))",
        (*own.values, value, value + "\U0010ffff"),
    )


def _message_live(value: str, row: EventSummary, _now: datetime) -> bool | None:
    if _ascii_lower(value) in _ascii_lower(row.message_id):
        return True
    return None if row.report_count > 1 else False


_VERDICT_OF = {
    "valid": Verdict.VALID,
    "invalid": Verdict.INVALID,
    "stale": Verdict.STALE,
    "unsigned": Verdict.UNSIGNED,
    "nosecret": Verdict.NO_SECRET,
}


def _code_range(value: str) -> tuple[int, int]:
    return int(value.replace("x", "0")), int(value.replace("x", "9"))


def _code_live(value: str, row: EventSummary, _now: datetime) -> bool:
    low, high = _code_range(value)
    return low <= row.answer_status <= high


def _time_sql(value: str, _now: datetime) -> Sql:
    sign, us = answer_time(value)
    return Sql(f"ifnull(e.answer_us {sign} ?, 0)", (us,))


def _time_live(value: str, row: EventSummary, _now: datetime) -> bool | None:
    if row.answer_us is None:
        return None  # it has not left yet: the row says so later
    sign, us = answer_time(value)
    return {
        ">": row.answer_us > us,
        ">=": row.answer_us >= us,
        "<": row.answer_us < us,
        "<=": row.answer_us <= us,
    }[sign]


_LISTED = ("label", "message_id", "recipient")


def _word_sql(value: str, now: datetime) -> Sql:
    conditions = [_like(f"e.{name}")(value, now) for name in _LISTED]
    conditions.append(Sql("e.id IN (SELECT rowid FROM search WHERE search MATCH ?)", (match_of(value),)))
    number = value.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 18:
        conditions.append(Sql("e.id = ?", (int(number),)))
    return _joined(conditions, "OR")


def _word_live(value: str, row: EventSummary, _now: datetime) -> bool | None:
    listed = any(_ascii_lower(value) in _ascii_lower(getattr(row, name)) for name in _LISTED)
    return True if listed or value.removeprefix("#") == str(row.id) else None


RULES: dict[str, Rule] = {
    "": Rule(_word_sql, _word_live),
    "type": Rule(_type_sql, _type_live),
    "msg": Rule(_message_sql, _message_live),
    "to": _part("recipient"),
    "carrier": _part("carrier"),
    "campaign": _part("campaign"),
    "sig": Rule(
        lambda value, _now: Sql("e.verdict IS ?", (_VERDICT_OF[value].value,)),
        lambda value, row, _now: row.verdict is _VERDICT_OF[value],
    ),
    "dup": _yes_no("e.repeat IS 'duplicate'", lambda row: row.repeat is Repeat.DUPLICATE),
    "retry": _yes_no("e.repeat IS 'retry'", lambda row: row.repeat is Repeat.RETRY),
    "replay": _yes_no("e.replay_count > 0", lambda row: row.replay_count > 0),
    "star": _yes_no("e.starred = 1", lambda row: row.starred),
    "unread": _yes_no("e.unread = 1", lambda row: row.unread),
    "code": Rule(lambda value, _now: Sql("e.answer_status BETWEEN ? AND ?", _code_range(value)), _code_live),
    "time": Rule(_time_sql, _time_live),
    "ip": Rule(_like("e.peer", "{}%"), lambda value, row, _now: _ascii_lower(row.peer).startswith(_ascii_lower(value))),
    "after": Rule(
        lambda value, now: Sql("e.received_us >= ?", (moment_us(value, now),)),
        lambda value, row, now: row.received_us >= moment_us(value, now),
    ),
    "before": Rule(
        lambda value, now: Sql("e.received_us < ?", (moment_us(value, now),)),
        lambda value, row, now: row.received_us < moment_us(value, now),
    ),
}
"""Every field that the row answers, alone or with an index; header and $.path look into the payload."""
