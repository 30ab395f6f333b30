"""One signature scheme as data: what a `[[signing]]` table of a provider's file says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from inspector.domain.verification import Covers
from inspector.signatures.condition import Condition, parse_conditions, parse_wanted
from inspector.signatures.documents import parse_pattern, reads_request
from inspector.signatures.encodings import ALGORITHMS, ENCODINGS, KEY_FORMS
from inspector.signatures.place import Place, parse_place
from inspector.signatures.scheme import ANNOUNCED, KINDS, PUBLIC_KEY_KINDS, Recipe, Scheme
from inspector.signatures.schemes import SCHEMES, scheme_of
from inspector.signatures.stamp import UNITS, TimeRule
from inspector.signatures.table import Table
from inspector.signatures.template import Template, compile_template

__all__ = ["COMMON_KEYS", "Recipe", "parse_recipe"]

COMMON_KEYS = (
    *("kind", "when", "signature", "time", "require", "extra_secrets", "covers", "note", "keys_url", "fetch"),
)
"""Keys every signing table may have, also that of a scheme with code."""

_KEYS = (
    *COMMON_KEYS,
    *("signed", "alg", "alg_header", "alg_field", "algs", "encoding", "key", "prefix"),
    *("items", "pair", "field", "field_extra", "also"),
)
_PUBLIC_KEYS = (*_KEYS, "form", "padding", "key_id")

_FACT = re.compile(r"\{fact:([a-z][a-z0-9_]*)\}\Z")
_FORMS = ("der", "raw")
_PADDINGS = ("pkcs1", "pss")
_HASHES = ("sha256", "sha1", "sha384", "sha512")


def parse_recipe(table: Mapping[str, Any], where: str) -> Recipe:
    """Return the scheme a table describes; `where` is its file and place ("slack.toml: signing").

    Raises ProviderError naming the file and the key that cannot be understood. Unknown keys are errors.
    """
    known = (*KINDS, *(kind for kind, _make in SCHEMES))
    said = Table({"kind": table["kind"]} if isinstance(table, Mapping) and "kind" in table else {}, where, ("kind",))
    kind = said.choice("kind", known, "hmac")
    scheme = scheme_of(kind)
    if scheme is not None:
        return _with_code(scheme, Table(table, where, (*COMMON_KEYS, *scheme.keys)))
    source = Table(table, where, _PUBLIC_KEYS if kind in PUBLIC_KEY_KINDS else _KEYS)
    return _declared(source, kind)


def _with_code(scheme: Scheme, source: Table) -> Recipe:
    settings = scheme.parse(source)
    conditions, extras, known = _requirements(source)
    if extras:
        raise source.error("require", "has no use for {extra} here; name a fact, as in {fact:key_id}")
    return Recipe(
        kind=scheme.kind,
        when=source.parsed("when", parse_conditions, source.table("when")),
        signature=_places(source),
        time=_time(source),
        require=conditions,
        require_facts=known,
        extra_secrets=source.texts("extra_secrets", ()),
        covers=Covers(source.choice("covers", tuple(Covers), "body")),
        note=source.text("note", ""),
        keys_url=_keys_url(source),
        fetch=_patterns(source),
        settings=settings,
    )


def _declared(source: Table, kind: str) -> Recipe:
    signed = () if kind == "token" else _templates(source, "signed", source.texts("signed"))
    if kind == "token" and source.has("signed"):
        raise source.error("signed", "a token signs nothing")
    alg, alg_place, algs = _algorithms(source, kind)
    require, require_extra, require_facts = _requirements(source)
    also = tuple(
        (source.parsed(f"also.{place}", parse_place, place), source.parsed(f"also.{place}", compile_template, text))
        for place, text in source.pairs("also")
    )
    recipe = Recipe(
        kind=kind,
        when=source.parsed("when", parse_conditions, source.table("when")),
        signature=_places(source),
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
        require_facts=require_facts,
        also=also,
        extra_secrets=source.texts("extra_secrets", ()),
        covers=_covers(source, kind, signed, also),
        note=source.text("note", ""),
        form=source.choice("form", _FORMS, "der"),
        padding=source.choice("padding", _PADDINGS, "pkcs1"),
        key_id=source.parsed("key_id", parse_place, source.text("key_id")) if source.has("key_id") else None,
        keys_url=_keys_url(source),
        fetch=_patterns(source),
    )
    _check_together(source, recipe)
    return recipe


def _places(source: Table) -> tuple[Place, ...]:
    places = tuple(source.parsed("signature", parse_place, text) for text in source.texts("signature"))
    if any(place.kind in ("field", "fact") for place in places):
        raise source.error("signature", "must lie in the request; field: and fact: name what stands beside it")
    return places


def _templates(source: Table, key: str, texts: tuple[str, ...]) -> tuple[Template, ...]:
    return tuple(source.parsed(key, compile_template, text) for text in texts)


def _keys_url(source: Table) -> Template | None:
    if not source.has("keys_url"):
        return None
    template = source.parsed("keys_url", compile_template, source.text("keys_url"))
    if template.atoms - {"fact", "header", "json"}:
        raise source.error("keys_url", "may hold fact:, header: and json: only")
    if not source.has("fetch"):
        raise source.error("fetch", "is missing; it must say which addresses may be asked for keys")
    if not reads_request(template) and not template.text.startswith("https://"):
        raise source.error("keys_url", "must start with https://")
    return template


def _patterns(source: Table) -> tuple[str, ...]:
    return tuple(source.parsed("fetch", parse_pattern, text) for text in source.texts("fetch", ()))


def _algorithms(source: Table, kind: str) -> tuple[str, Place | None, tuple[tuple[str, str], ...]]:
    known = _HASHES if kind in PUBLIC_KEY_KINDS else tuple(ALGORITHMS)
    if kind == "ed25519" and source.has("alg"):
        raise source.error("alg", "ed25519 has its hash built in")
    alg = source.choice("alg", (*known, ANNOUNCED), "sha256")
    if alg != ANNOUNCED:
        for key in ("alg_header", "alg_field", "algs"):
            if source.has(key):
                raise source.error(key, 'needs alg = "announced"')
        return alg, None, ()
    algs = source.pairs("algs")
    if not algs:
        raise source.error("algs", "is missing; an announced algorithm needs a list of those that are allowed")
    for name, value in algs:
        if value not in known:
            raise source.error(f"algs.{name}", f"must be one of {', '.join(known)}, not {value!r}")
    return alg, source.parsed("alg_header", parse_place, f"header:{source.text('alg_header')}"), algs


def _requirements(
    source: Table,
) -> tuple[tuple[Condition, ...], tuple[Place, ...], tuple[tuple[Place, Place], ...]]:
    """Return what must hold, the places of the key's name, and those that must be what the user said."""
    conditions: list[Condition] = []
    extras: list[Place] = []
    known: list[tuple[Place, Place]] = []
    for name, value in source.table("require").items():
        key = f"require.{name}"
        place = source.parsed(key, parse_place, name)
        if value == "{extra}":
            extras.append(place)
        elif isinstance(value, str) and (fact := _FACT.match(value)):
            known.append((place, Place("fact", fact[1], "", fact[1].encode())))
        else:
            conditions.append(Condition(place, source.parsed(key, parse_wanted, value)))
    return tuple(conditions), tuple(extras), tuple(known)


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
    whole = {"body", "form.sorted", "form.amp", "form.php"}
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
    _check_public(source, recipe)


def _check_public(source: Table, recipe: Recipe) -> None:
    """Refuse what a public key cannot have, so that no option does nothing."""
    if not recipe.is_public:
        if recipe.fetch or recipe.keys_url:
            raise source.error("fetch" if recipe.fetch else "keys_url", f"{recipe.kind} needs no published keys")
        return
    if recipe.splits_secret or any("secret" in template.atoms for template in recipe.signed):
        raise source.error("signed", "a public key is no secret; {secret}, {extra} and field_extra do not fit it")
    if recipe.key not in ("utf8", "whsec") or (recipe.key == "whsec" and recipe.kind != "ed25519"):
        raise source.error("key", "a public key is read in any form; only ed25519 may say whsec, for whpk_ and whsk_")
    if source.has("form") and recipe.kind != "ecdsa":
        raise source.error("form", "is for ecdsa only")
    if source.has("padding") and recipe.kind != "rsa":
        raise source.error("padding", "is for rsa only")
