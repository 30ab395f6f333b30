"""What a program that checks a signature must do, without a language: read from a scheme's recipe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from inspector.payload.selector import parse_selector
from inspector.signatures.diagnosis.template_pieces import pieces
from inspector.signatures.place import Place, parse_place
from inspector.signatures.scheme import ANNOUNCED, Recipe
from inspector.signatures.stamp import TimeRule

_FUNCTION = re.compile(r"([a-z0-9]+(?:\.[a-z0-9]+)?)\((.*)\)\Z", re.DOTALL)
PLAIN_ATOMS = (
    *("body", "secret", "extra", "method", "url", "url.base", "url.port", "path"),
    *("form.sorted", "form.amp", "form.php", "query.sorted"),
)


class CannotWrite(ValueError):
    """This scheme, or a part of it, cannot be written in a language; the text says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """Bytes that are always the same."""

    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """What lies at a place of the request; missing counts as empty where it is `optional`."""

    place: Place
    optional: bool = False

    @property
    def steps(self) -> tuple[str | int, ...]:
        """The steps of a JSON path."""
        return parse_selector(self.place.path)


@dataclass(frozen=True, slots=True)
class Atom:
    """A named part: one of PLAIN_ATOMS."""

    name: str


@dataclass(frozen=True, slots=True)
class Between:
    """A value between two fixed texts, nothing where the value is missing."""

    before: str
    value: Value
    after: str


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of the template language on what its parts make: `sha256.hex`, `b64decode`, `crc32`."""

    name: str
    parts: tuple[Part, ...]


Part = Fixed | Value | Atom | Between | Apply
Text = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A scheme as steps: where the signature lies, how it is split, what is signed, and what else must hold."""

    kind: str
    signature: tuple[Value, ...]
    texts: tuple[Text, ...]
    alg: str
    announced: tuple[Value, str, tuple[tuple[str, str], ...]] | None
    encoding: str
    key: str
    prefix: str
    items: str
    pair: str
    field: str
    named_by_secret: bool
    splits_secret: bool
    time: TimeRule | None
    stamp: Value | None
    also: tuple[tuple[Value, Text], ...]
    require: tuple[tuple[Value, tuple[str, ...]], ...]
    require_name: tuple[Value, ...]
    require_facts: tuple[tuple[Value, Value], ...]
    form: str
    padding: str

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every part that is read, those inside functions too."""
        found: list[Part] = [*self.signature, *(value for value, _ in self.require), *self.require_name]
        for text in (*self.texts, *(text for _value, text in self.also)):
            found.extend(_flat(text))
        found.extend(value for value, _text in self.also)
        for pair in self.require_facts:
            found.extend(pair)
        if self.stamp is not None:
            found.append(self.stamp)
        if self.announced is not None:
            found.append(self.announced[0])
        return tuple(found)

    @property
    def atoms(self) -> frozenset[str]:
        """The names of the atoms and the kinds of the places that are read."""
        names = {part.name for part in self.parts if isinstance(part, Atom)}
        return frozenset(names | {part.place.kind for part in self.parts if isinstance(part, Value)})

    @property
    def functions(self) -> frozenset[str]:
        """The functions that are used."""
        return frozenset(part.name for part in self.parts if isinstance(part, Apply))


def plan_of(recipe: Recipe) -> Plan:
    """Return the plan of a recipe. Raises CannotWrite for a scheme that has code of its own."""
    if recipe.settings is not None or (not recipe.signed and recipe.kind != "token"):
        raise CannotWrite("This scheme is more than a recipe: use the provider's own library for it.")
    if any(place.kind == "body" for place in recipe.signature):
        raise CannotWrite("The signature is the body itself: use the provider's own library for it.")
    rule = recipe.time
    announced = None
    if recipe.alg == ANNOUNCED and recipe.alg_place is not None:
        announced = (Value(recipe.alg_place), recipe.alg_field, recipe.algs)
    return Plan(
        kind=recipe.kind,
        signature=tuple(Value(place) for place in recipe.signature),
        texts=tuple(_text(template.text) for template in recipe.signed),
        alg=recipe.algs[0][1] if announced else recipe.alg,
        announced=announced,
        encoding=recipe.encoding,
        key=recipe.key,
        prefix=recipe.prefix.decode("latin-1"),
        items=recipe.items,
        pair=recipe.pair,
        field=recipe.field.decode(),
        named_by_secret=recipe.field_extra,
        splits_secret=recipe.splits_secret,
        time=rule,
        stamp=Value(rule.place) if rule is not None else None,
        also=tuple((Value(place), _text(template.text)) for place, template in recipe.also),
        require=tuple(
            (Value(condition.place), tuple(sorted(condition.wanted.exact)))
            for condition in recipe.require
            if condition.wanted.exact and not condition.wanted.negated
        ),
        require_name=tuple(Value(place) for place in recipe.require_extra),
        require_facts=tuple((Value(place), Value(fact)) for place, fact in recipe.require_facts),
        form=recipe.form,
        padding=recipe.padding,
    )


def _text(template: str) -> Text:
    return tuple(_part(piece) if is_atom else Fixed(piece) for is_atom, piece in pieces(template))


def _part(atom: str) -> Part:
    if atom.startswith("?"):
        name, _bar, pattern = atom[1:].partition("|")
        before, _dollar, after = pattern.partition("$")
        return Between(before, Value(parse_place(name)), after)
    function = _FUNCTION.match(atom)
    if function:
        inner = function[2]
        return Apply(function[1], _text(inner) if "{" in inner else (_part(inner),))
    if atom in PLAIN_ATOMS:
        return Atom(atom)
    return Value(parse_place(atom.removesuffix("?")), atom.endswith("?"))


def _flat(text: Text) -> Iterator[Part]:
    for part in text:
        yield part
        if isinstance(part, Apply):
            yield from _flat(part.parts)
        elif isinstance(part, Between):
            yield part.value
