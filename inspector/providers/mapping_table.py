"""Reads the `[[report]]` tables of a provider's file into mapping rules."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from inspector.domain.report import Kind
from inspector.payload.selector import parse_selector
from inspector.providers.mapping import FIELDS, KindRule, Rule, Teller
from inspector.providers.source import Source, Steps, parse_source
from inspector.signatures.condition import Wanted, parse_wanted
from inspector.signatures.table import Table

KEYS = ("when", "where", "inside", "each", "final", "kind", *FIELDS)


def parse_rules(tables: list[Any], file: str) -> tuple[Rule, ...]:
    """Return the mapping rules of a file in order; raises ProviderError naming the file and the key.

    Tables that follow each other and look at the same items make one rule.
    """
    read = [_table(table, f"{file}: report {number}") for number, table in enumerate(tables, 1)]
    return tuple(
        Rule(insides, each, tuple(teller for *_items, teller in group), final)
        for (insides, each, final), group in groupby(read, key=lambda found: found[:3])
    )


def _table(data: Any, where: str) -> tuple[tuple[Source, ...], Steps, bool, Teller]:
    table = Table(data, where, KEYS)
    when = _conditions(table, "when")
    if not when:
        raise table.error("when", "is missing; without it every payload would fit")
    insides = tuple(table.parsed("inside", parse_source, text) for text in table.texts("inside", ()))
    each = table.parsed("each", parse_selector, table.text("each")) if table.has("each") else ()
    teller = Teller(
        when,
        _conditions(table, "where"),
        _kind(table),
        {name: tuple(table.parsed(name, parse_source, text) for text in table.texts(name, ())) for name in FIELDS},
    )
    return insides, each, table.flag("final", False), teller


def _conditions(table: Table, name: str) -> tuple[tuple[Source, Wanted], ...]:
    return tuple(
        (table.parsed(f"{name}.{key}", parse_source, key), table.parsed(f"{name}.{key}", parse_wanted, value))
        for key, value in table.table(name).items()
    )


def _kind(table: Table) -> KindRule:
    value = table.data.get("kind")
    if isinstance(value, str):
        return KindRule(constant=_parse_kind(table, "kind", value))
    inner = Table(value, f"{table.where}.kind", ("from", "values", "exists", "otherwise"))
    exists = tuple(
        (inner.parsed(f"exists.{key}", parse_source, key), _parse_kind(inner, f"exists.{key}", kind))
        for key, kind in inner.pairs("exists")
    )
    otherwise = _parse_kind(inner, "otherwise", inner.text("otherwise")) if inner.has("otherwise") else None
    if not inner.has("from"):
        if not exists:
            raise table.error("kind", "must be a kind, or a table with from and values, or with exists")
        return KindRule(exists=exists, otherwise=otherwise)
    sources = tuple(inner.parsed("from", parse_source, text) for text in inner.texts("from"))
    values = {key: _parse_kind(inner, f"values.{key}", kind) for key, kind in inner.pairs("values")}
    return KindRule(sources=sources, values=values, exists=exists, otherwise=otherwise)


def _parse_kind(table: Table, key: str, value: str) -> Kind:
    try:
        return Kind(value)
    except ValueError:
        raise table.error(key, f"{value!r} is none of our kinds: {', '.join(Kind)}") from None
