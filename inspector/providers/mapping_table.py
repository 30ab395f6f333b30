"""Reads the `[[report]]` tables of a provider's file into mapping rules."""

from __future__ import annotations

from typing import Any

from inspector.domain.report import Kind
from inspector.payload.selector import parse_selector
from inspector.providers.mapping import KindRule, Rule
from inspector.providers.source import Source, parse_source
from inspector.signatures.condition import Wanted, parse_wanted
from inspector.signatures.table import Table

FIELDS = (
    *("name", "message_id", "recipient", "occurred_at", "event_id", "error_code", "error_text"),
    *("channel", "carrier", "campaign", "template", "text"),
)


def parse_rules(tables: list[Any], file: str) -> tuple[Rule, ...]:
    """Return the mapping rules of a file in order; raises ProviderError naming the file and the key."""
    return tuple(_rule(table, f"{file}: report {number}") for number, table in enumerate(tables, 1))


def _rule(data: Any, where: str) -> Rule:
    table = Table(data, where, ("when", "where", "inside", "each", "kind", *FIELDS))
    when = _conditions(table, "when")
    if not when:
        raise table.error("when", "is missing; without it every payload would fit")
    return Rule(
        when=when,
        where=_conditions(table, "where"),
        inside=table.parsed("inside", parse_source, table.text("inside")) if table.has("inside") else None,
        each=table.parsed("each", parse_selector, table.text("each")) if table.has("each") else (),
        kind=_kind(table),
        fields={
            name: tuple(table.parsed(name, parse_source, text) for text in table.texts(name, ())) for name in FIELDS
        },
    )


def _conditions(table: Table, name: str) -> tuple[tuple[Source, Wanted], ...]:
    return tuple(
        (table.parsed(f"{name}.{key}", parse_source, key), table.parsed(f"{name}.{key}", parse_wanted, value))
        for key, value in table.table(name).items()
    )


def _kind(table: Table) -> KindRule:
    value = table.data.get("kind")
    if isinstance(value, str):
        return KindRule(constant=_parse_kind(table, "kind", value))
    inner = Table(value, f"{table.where}.kind", ("from", "values", "exists"))
    exists = tuple(
        (inner.parsed(f"exists.{key}", parse_source, key), _parse_kind(inner, f"exists.{key}", kind))
        for key, kind in inner.pairs("exists")
    )
    if not inner.has("from"):
        if not exists:
            raise table.error("kind", "must be a kind, or a table with from and values, or with exists")
        return KindRule(exists=exists)
    sources = tuple(inner.parsed("from", parse_source, text) for text in inner.texts("from"))
    values = {key: _parse_kind(inner, f"values.{key}", kind) for key, kind in inner.pairs("values")}
    return KindRule(sources=sources, values=values, exists=exists)


def _parse_kind(table: Table, key: str, value: str) -> Kind:
    try:
        return Kind(value)
    except ValueError:
        raise table.error(key, f"{value!r} is none of our kinds: {', '.join(Kind)}") from None
