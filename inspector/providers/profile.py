"""One provider: how it signs, how its payloads read, what makes two of its events the same, and how patient it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspector.providers.mapping import Rule
from inspector.providers.mapping_table import parse_rules
from inspector.signatures.recipe import Recipe, parse_recipe
from inspector.signatures.table import Table

KEYS = (
    *("name", "title", "category", "docs", "secret_label", "secret_help", "answer_limit_s", "retries", "retry_words"),
    *("detect", "signing", "dedupe", "report"),
)

COMPOSITE_FIELDS = ("message_id", "name", "occurred_at", "recipient")


@dataclass(frozen=True, slots=True)
class DedupeFields:
    """What identifies a report: its event id together with `beside`; where it has none, the `composite` fields.

    `words` says the composite for a person, `id_words` the event id ("Same X-GitHub-Delivery").
    """

    composite: tuple[str, ...] = ("message_id", "name")
    beside: tuple[str, ...] = ()
    words: str = "Same message ID and event"
    id_words: str = "Same event ID"


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """What the program knows about a provider.

    `answer_limit_s` is how long it waits for an answer, 0 where it does not say. `retries_s` are the waits before
    each further try in seconds, () where it does not say; `retries_text` says it in one sentence. `detect` are the
    headers it is known by.
    """

    id: str
    name: str
    title: str
    category: str
    docs: str
    secret_label: str
    secret_help: str
    answer_limit_s: int
    retries_s: tuple[int, ...]
    retries_text: str
    detect: tuple[str, ...]
    recipes: tuple[Recipe, ...]
    dedupe: DedupeFields
    mapping: tuple[Rule, ...]


def parse_profile(id: str, table: Mapping[str, Any]) -> Profile:
    """Return the provider a parsed TOML file describes; raises ProviderError naming the file and the key."""
    file = f"{id}.toml"
    source = Table(table, file, KEYS)
    signing = source.tables("signing")
    if not signing:
        raise source.error("signing", "is missing; a provider needs at least one [[signing]] table")
    several = len(signing) > 1
    name = source.text("name")
    return Profile(
        id=id,
        name=name,
        title=source.text("title", name),
        category=source.text("category", "Other"),
        docs=source.text("docs", ""),
        secret_label=source.text("secret_label", "Secret"),
        secret_help=source.text("secret_help", ""),
        answer_limit_s=source.number("answer_limit_s", 0),
        retries_s=source.numbers("retries"),
        retries_text=source.text("retry_words", ""),
        detect=source.texts("detect", ()),
        recipes=tuple(
            parse_recipe(recipe, f"{file}: signing {number}" if several else f"{file}: signing")
            for number, recipe in enumerate(signing, 1)
        ),
        dedupe=_dedupe(Table(source.table("dedupe"), f"{file}: dedupe", ("composite", "beside", "words", "id_words"))),
        mapping=parse_rules(source.tables("report"), file),
    )


def _dedupe(table: Table) -> DedupeFields:
    default = DedupeFields()
    fields = {"composite": table.texts("composite", default.composite), "beside": table.texts("beside", ())}
    for key, names in fields.items():
        for name in names:
            if name not in COMPOSITE_FIELDS:
                raise table.error(key, f"{name!r} is none of {', '.join(COMPOSITE_FIELDS)}")
    return DedupeFields(
        fields["composite"],
        fields["beside"],
        table.text("words", default.words),
        table.text("id_words", default.id_words),
    )
