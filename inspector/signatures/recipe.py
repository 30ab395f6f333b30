"""One signature scheme as data: what a `[[signing]]` table of a provider's file says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspector.domain.verification import Covers
from inspector.signatures.condition import Condition, parse_conditions, parse_wanted
from inspector.signatures.encodings import ALGORITHMS, ENCODINGS, KEY_FORMS
from inspector.signatures.place import Place, parse_place
from inspector.signatures.stamp import UNITS, TimeRule
from inspector.signatures.table import Table
from inspector.signatures.template import Template, compile_template

KINDS = ("hmac", "hash", "token")

KEYS = (
    *("kind", "when", "signature", "signed", "alg", "alg_header", "alg_field", "algs", "encoding", "key", "prefix"),
    *("items", "pair", "field", "field_extra", "time", "require", "also", "extra_secrets", "covers", "note"),
)

ANNOUNCED = "announced"


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """One scheme. Any of `signature` and any of `signed` may match; all of `require` and `also` must.

    `alg` is a hashlib name, or ANNOUNCED: then `alg_header` (its item `alg_field`, where set) names one of `algs`.
    `items` splits the signature header, `pair` each item; `field` is the item that holds the signature, "" where
    every item does. With `field_extra` the wanted item is named in the secret, which is then `name:secret`.
    `extra_secrets` are what the provider calls the second secret and those after it. `note` is one sentence a valid
    verdict should not hide.
    """

    kind: str
    when: tuple[Condition, ...]
    signature: tuple[Place, ...]
    signed: tuple[Template, ...]
    alg: str
    alg_place: Place | None
    alg_field: str
    algs: tuple[tuple[str, str], ...]
    encoding: str
    key: str
    prefix: bytes
    items: str
    pair: str
    field: bytes
    field_extra: bool
    time: TimeRule | None
    require: tuple[Condition, ...]
    require_extra: tuple[Place, ...]
    also: tuple[tuple[Place, Template], ...]
    extra_secrets: tuple[str, ...]
    covers: Covers
    note: str

    @property
    def splits_secret(self) -> bool:
        """Whether a secret is written `name:secret` because the scheme asks for both."""
        return self.field_extra or bool(self.require_extra) or any("extra" in form.atoms for form in self.signed)

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place the scheme reads, the signature first, each once."""
        found = [*self.signature]
        if self.time:
            found.append(self.time.place)
        for template in (*self.signed, *(template for _place, template in self.also)):
            found.extend(template.places)
        found.extend(place for place, _template in self.also)
        found.extend(condition.place for condition in self.require)
        found.extend(self.require_extra)
        if self.alg_place:
            found.append(self.alg_place)
        return tuple(dict.fromkeys(found))


def parse_recipe(table: Mapping[str, Any], where: str) -> Recipe:
    """Return the scheme a table describes; `where` is its file and place ("slack.toml: signing").

    Raises ProviderError naming the file and the key that cannot be understood. Unknown keys are errors.
    """
    source = Table(table, where, KEYS)
    kind = source.choice("kind", KINDS, "hmac")
    signature = tuple(source.parsed("signature", parse_place, text) for text in source.texts("signature"))
    if any(place.kind == "field" for place in signature):
        raise source.error("signature", "field: names an item beside the signature, not the signature")
    signed = () if kind == "token" else _templates(source, "signed", source.texts("signed"))
    if kind == "token" and source.has("signed"):
        raise source.error("signed", "a token signs nothing")
    alg, alg_place, algs = _algorithms(source)
    require, require_extra = _requirements(source)
    also = tuple(
        (source.parsed(f"also.{place}", parse_place, place), source.parsed(f"also.{place}", compile_template, text))
        for place, text in source.pairs("also")
    )
    recipe = Recipe(
        kind=kind,
        when=source.parsed("when", parse_conditions, source.table("when")),
        signature=signature,
        signed=signed,
        alg=alg,
        alg_place=alg_place,
        alg_field=source.text("alg_field", ""),
        algs=algs,
        encoding=source.choice("encoding", ENCODINGS, "hex"),
        key=source.choice("key", KEY_FORMS, "utf8"),
        prefix=source.text("prefix", "").encode(),
        items=source.text("items", ""),
        pair=source.text("pair", ""),
        field=source.text("field", "").encode(),
        field_extra=source.flag("field_extra", False),
        time=_time(source),
        require=require,
        require_extra=require_extra,
        also=also,
        extra_secrets=source.texts("extra_secrets", ()),
        covers=_covers(source, kind, signed, also),
        note=source.text("note", ""),
    )
    _check_together(source, recipe)
    return recipe


def _templates(source: Table, key: str, texts: tuple[str, ...]) -> tuple[Template, ...]:
    return tuple(source.parsed(key, compile_template, text) for text in texts)


def _algorithms(source: Table) -> tuple[str, Place | None, tuple[tuple[str, str], ...]]:
    alg = source.choice("alg", (*ALGORITHMS, ANNOUNCED), "sha256")
    if alg != ANNOUNCED:
        for key in ("alg_header", "alg_field", "algs"):
            if source.has(key):
                raise source.error(key, 'needs alg = "announced"')
        return alg, None, ()
    algs = source.pairs("algs")
    if not algs:
        raise source.error("algs", "is missing; an announced algorithm needs a list of those that are allowed")
    for name, value in algs:
        if value not in ALGORITHMS:
            raise source.error(f"algs.{name}", f"must be one of {', '.join(ALGORITHMS)}, not {value!r}")
    return alg, source.parsed("alg_header", parse_place, f"header:{source.text('alg_header')}"), algs


def _requirements(source: Table) -> tuple[tuple[Condition, ...], tuple[Place, ...]]:
    conditions: list[Condition] = []
    extras: list[Place] = []
    for name, value in source.table("require").items():
        key = f"require.{name}"
        place = source.parsed(key, parse_place, name)
        if value == "{extra}":
            extras.append(place)
        else:
            conditions.append(Condition(place, source.parsed(key, parse_wanted, value)))
    return tuple(conditions), tuple(extras)


def _time(source: Table) -> TimeRule | None:
    if not source.has("time"):
        return None
    joint = "." if ": " in source.where else ": "
    table = Table(source.table("time"), f"{source.where}{joint}time", ("from", "unit", "tolerance", "future"))
    place = table.parsed("from", parse_place, table.text("from"))
    return TimeRule(place, table.choice("unit", UNITS, "s"), table.number("tolerance", 0), table.flag("future", True))


def _covers(source: Table, kind: str, signed: tuple[Template, ...], also: tuple[tuple[Place, Template], ...]) -> Covers:
    """Return what the file says; else the body where every signed text holds it, part of it, or nothing."""
    if source.has("covers"):
        return Covers(source.choice("covers", tuple(Covers), "body"))
    whole = {"body", "form.sorted", "form.amp"}
    if kind == "token":
        return Covers.NONE
    bound = set().union(*(template.atoms for _place, template in also))
    if all((template.atoms | bound) & whole for template in signed):
        return Covers.BODY
    parts = {"json", "form", "formjson"}
    return Covers.PARTIAL if all((template.atoms | bound) & parts for template in signed) else Covers.NONE


def _check_together(source: Table, recipe: Recipe) -> None:
    if recipe.field and not recipe.pair:
        raise source.error("field", "needs pair, the text between an item's name and its value")
    if recipe.pair and not (recipe.field or recipe.field_extra):
        raise source.error("pair", "needs field, the name of the item that holds the signature")
    if recipe.field and recipe.field_extra:
        raise source.error("field_extra", "takes the item's name from the secret, so field must not be set")
    needs_fields = any(place.kind == "field" for place in recipe.places)
    if needs_fields and not recipe.pair:
        raise source.error("items", "is missing, though a field: of the signature header is used")
    if recipe.kind == "hash" and not all("secret" in template.atoms for template in recipe.signed):
        raise source.error("signed", "a plain hash proves nothing without {secret}")
