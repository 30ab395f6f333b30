"""One provider: how it signs, how its payloads read, what makes two of its events the same, and how patient it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from inspector.providers.handshake import Handshake, parse_handshakes
from inspector.providers.mapping import Rule
from inspector.providers.mapping_table import parse_rules
from inspector.providers.relevance import needed_keys
from inspector.providers.source import Source, parse_source
from inspector.signatures.recipe import Recipe, parse_recipe
from inspector.signatures.table import Table

KEYS = (
    *("name", "title", "category", "docs", "aliases", "secret_label", "secret_help", "answer_limit_s", "retries"),
    *("retry_words", "detect", "unsigned", "event_id", "event_name", "ranges"),
    *("field", "signing", "handshake", "dedupe", "report"),
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


@dataclass(frozen=True, slots=True)
class Field:
    """Something a scheme asks for beside the secret: its name among the facts, and how the editor asks for it."""

    key: str
    label: str
    help: str
    optional: bool


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """What the program knows about a provider.

    `answer_limit_s` is how long it waits for an answer, 0 where it does not say. `retries_s` are the waits before
    each further try in seconds, () where it does not say; `retries_text` says it in one sentence. `detect` are the
    headers it is known by, `aliases` other ids people use. `fields` are the facts its schemes ask for beside the
    secret. `event_id` and `event_name` say where both lie for a provider without a `mapping`, whose events are then
    told as reports of the kind OTHER. `needs` has, for each rule of the mapping, one key without which it cannot
    apply (see relevance.needed_keys). `ranges` are the addresses and networks its events come from, where it publishes
    them.
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
    aliases: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    handshakes: tuple[Handshake, ...] = ()
    event_id: tuple[Source, ...] = ()
    event_name: tuple[Source, ...] = ()
    needs: frozenset[str] = frozenset()
    ranges: tuple[str, ...] = ()


def parse_profile(id: str, table: Mapping[str, Any]) -> Profile:
    """Return the provider a parsed TOML file describes; raises ProviderError naming the file and the key."""
    file = f"{id}.toml"
    source = Table(table, file, KEYS)
    signing = source.tables("signing")
    if not signing and not source.flag("unsigned", False):
        raise source.error("signing", "is missing; a provider needs at least one [[signing]] table, or unsigned = true")
    several = len(signing) > 1
    name = source.text("name")
    event_id = _sources(source, "event_id")
    mapping = parse_rules(source.tables("report"), file)
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
        dedupe=_dedupe(
            Table(source.table("dedupe"), f"{file}: dedupe", ("composite", "beside", "words", "id_words")), event_id
        ),
        mapping=mapping,
        aliases=source.texts("aliases", ()),
        fields=tuple(
            _field(table, f"{file}: field {number}") for number, table in enumerate(source.tables("field"), 1)
        ),
        handshakes=parse_handshakes(source.tables("handshake"), file),
        event_id=event_id,
        event_name=_sources(source, "event_name"),
        needs=needed_keys(mapping),
        ranges=source.parsed("ranges", _networks, source.texts("ranges", ())),
    )


def _networks(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the networks as written; raises ValueError for one that is none."""
    for text in texts:
        ip_network(text)
    return texts


def _sources(source: Table, key: str) -> tuple[Source, ...]:
    return tuple(source.parsed(key, parse_source, text) for text in source.texts(key, ()))


def _field(data: Any, where: str) -> Field:
    table = Table(data, where, ("key", "label", "help", "optional"))
    key = table.text("key")
    if not key.isidentifier() or key != key.lower():
        raise table.error("key", f"{key!r} must be written in small letters like key_id")
    return Field(key, table.text("label"), table.text("help", ""), table.flag("optional", False))


def _dedupe(table: Table, event_id: tuple[Source, ...]) -> DedupeFields:
    default = DedupeFields()
    id_words = default.id_words
    if event_id and event_id[0].kind == "header":
        id_words = f"Same {event_id[0].name}"
    fields = {"composite": table.texts("composite", default.composite), "beside": table.texts("beside", ())}
    for key, names in fields.items():
        for name in names:
            if name not in COMPOSITE_FIELDS:
                raise table.error(key, f"{name!r} is none of {', '.join(COMPOSITE_FIELDS)}")
    return DedupeFields(
        fields["composite"],
        fields["beside"],
        table.text("words", default.words),
        table.text("id_words", id_words),
    )
