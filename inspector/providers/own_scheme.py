"""A provider of the user's own: the values of a form and the TOML text of its file, one made from the other."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from inspector.domain.errors import ProviderError
from inspector.providers.profile import Profile, parse_profile
from inspector.providers.toml_text import write_toml

NEW_NAME = "My provider"
MAX_ID = 60

_SIGNING = "signing"
_TIME = ("from", "unit", "tolerance")
_LINE = re.compile(r"line ([0-9]+)")
_NUMBERED = re.compile(r"(.+?) ([0-9]+)\Z")
_HEADING = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?\Z")
_PAIR = re.compile(r"""\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_.\s-])+?)\s*=""")


@dataclass(frozen=True, slots=True)
class OwnScheme:
    """What the form shows of a provider's file; every value as its text, "" where the file says nothing.

    Where a key holds a list, its first item is shown. `tolerance` is in seconds.
    """

    name: str = ""
    category: str = ""
    docs: str = ""
    secret_label: str = ""
    secret_help: str = ""
    event_id: str = ""
    kind: str = ""
    signature: str = ""
    signed: str = ""
    alg: str = ""
    encoding: str = ""
    key: str = ""
    prefix: str = ""
    items: str = ""
    pair: str = ""
    field: str = ""
    time_from: str = ""
    time_unit: str = ""
    tolerance: str = ""


TOP = ("name", "category", "docs", "secret_label", "secret_help", "event_id")
RECIPE = ("kind", "signature", "signed", "alg", "encoding", "key", "prefix", "items", "pair", "field")

START = OwnScheme(
    name=NEW_NAME,
    secret_label="Signing secret",
    kind="hmac",
    signature="header:X-Signature",
    signed="{body}",
    alg="sha256",
    encoding="hex",
)
"""What a new scheme begins with: the commonest one."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a text turned out to be: a provider, or what is wrong with it and in which line (from 1, 0 for none)."""

    profile: Profile | None
    error: ProviderError | None = None
    line: int = 0


def check(id: str, text: str) -> Checked:
    """Return the provider a text describes, or its first mistake."""
    try:
        return Checked(parse_profile(id, tomllib.loads(text)))
    except tomllib.TOMLDecodeError as reason:
        said = str(reason)
        found = _LINE.search(said)
        line = int(found[1]) if found else max(1, text.count("\n") + 1)
        return Checked(None, ProviderError(f"{id}.toml cannot be read.", f"{said}."), line)
    except ProviderError as error:
        return Checked(None, error, line_of(text, error.what))


def table_of(text: str) -> dict[str, Any] | None:
    """Return the table of a text, None where it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def scheme_of(table: Mapping[str, Any]) -> OwnScheme:
    """Return what the form shows of a file's table."""
    recipe = _first_recipe(table)
    stamp = recipe.get("time")
    stamp = stamp if isinstance(stamp, Mapping) else {}
    texts = {name: _shown(table.get(name)) for name in TOP} | {name: _shown(recipe.get(name)) for name in RECIPE}
    return OwnScheme(
        **texts,
        time_from=_shown(stamp.get("from")),
        time_unit=_shown(stamp.get("unit")),
        tolerance=_shown(stamp.get("tolerance")),
    )


def with_scheme(table: Mapping[str, Any], scheme: OwnScheme) -> dict[str, Any]:
    """Return a file's table with what the form says; everything the form does not show stays as it is."""
    changed = dict(table)
    for name in TOP:
        _set(changed, name, getattr(scheme, name))
    recipe = dict(_first_recipe(table))
    for name in RECIPE:
        _set(recipe, name, getattr(scheme, name))
    stamp = recipe.get("time")
    stamp = dict(stamp) if isinstance(stamp, Mapping) else {}
    for name, text in zip(_TIME, (scheme.time_from, scheme.time_unit, scheme.tolerance), strict=True):
        _set(stamp, name, text)
    recipe.pop("time", None)
    if stamp:
        recipe["time"] = stamp
    others = table.get(_SIGNING)
    if recipe or (isinstance(others, list) and others):
        changed[_SIGNING] = [recipe, *(others[1:] if isinstance(others, list) else [])]
    return changed


def text_of(scheme: OwnScheme) -> str:
    """Return the text of a new file with what the form says."""
    return write_toml(with_scheme({}, scheme))


def hidden_keys(table: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a file says that the form does not show, each as `key` or `signing.key`; kept when the form saves."""
    recipe = _first_recipe(table)
    others = table.get(_SIGNING)
    found = [key for key in table if key not in (*TOP, _SIGNING)]
    found += [f"{_SIGNING}.{key}" for key in recipe if key not in (*RECIPE, "time")]
    if isinstance(others, list) and len(others) > 1:
        found.append(f"{len(others) - 1} more [[signing]]")
    return tuple(found)


def id_for(name: str, taken: frozenset[str] = frozenset()) -> str:
    """Return a file name for a provider's name: small letters, digits and `-`; a number where it is taken."""
    start = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[: MAX_ID - 4].strip("-") or "provider"
    number, found = 1, start
    while found in taken:
        number += 1
        found = f"{start}-{number}"
    return found


def id_problem(id: str) -> str:
    """Return why a text cannot name a provider's file; "" for a good one."""
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", id) or len(id) > MAX_ID:
        return f"Use small letters, digits and -, up to {MAX_ID} of them."
    # https://learn.microsoft.com/windows/win32/fileio/naming-a-file: these names are devices, whatever follows the dot
    if id in {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}:
        return "Windows cannot have a file of this name."
    return ""


def line_of(text: str, mistake: str) -> int:
    """Return the line (from 1) of the key a mistake names ("x.toml: signing 2.alg: must be …"), 0 where none fits.

    Where the key itself is missing, the heading of its table is meant.
    """
    parts = mistake.split(": ", 2)
    if len(parts) < 3:
        return 0
    wanted = _path(parts[1])
    best, depth = 0, 0
    for number, path in _lines(text):
        same = _common(path, wanted)
        if same == len(path) and same > depth:
            best, depth = number, same
    return best


def _path(named: str) -> tuple[str, ...]:
    """Return the steps of a named key; a table of several has its number: ("signing", "#2", "alg")."""
    first, _dot, rest = named.partition(".")
    numbered = _NUMBERED.match(first)
    root = (numbered[1], f"#{numbered[2]}") if numbered else (first, "#1") if first == _SIGNING else (first,)
    return (*root, *(rest.split(".") if rest else ()))


def _lines(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each line that opens a table or sets a key, with the steps that lead there."""
    table: tuple[str, ...] = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        heading = _HEADING.match(line)
        if heading:
            steps = _steps(heading[2])
            if heading[1] == "[[":
                counts[heading[2]] = counts.get(heading[2], 0) + 1
            count = counts.get(steps[0])
            table = (steps[0], f"#{count}", *steps[1:]) if count else steps
            yield number, table
            continue
        pair = _PAIR.match(line)
        if pair:
            yield number, (*table, *_steps(pair[1]))


def _steps(written: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in written.replace('"', "").replace("'", "").split("."))


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _first_recipe(table: Mapping[str, Any]) -> Mapping[str, Any]:
    recipes = table.get(_SIGNING)
    first = recipes[0] if isinstance(recipes, list) and recipes else {}
    return first if isinstance(first, Mapping) else {}


def _shown(value: Any) -> str:
    """Return a value as the form shows it; a list by its first item, what is no text or number as nothing."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _set(table: dict[str, Any], key: str, text: str) -> None:
    """Put a text of the form in its place: a number where it is one for a number, nothing where it is empty."""
    known = table.get(key)
    if _shown(known) == text:
        return
    if not text:
        del table[key]
        return
    value: Any = int(text) if key == "tolerance" and re.fullmatch(r"[0-9]{1,18}", text) else text
    table[key] = [value, *known[1:]] if isinstance(known, list) and len(known) > 1 else value


FORM_FIELDS = tuple(item.name for item in fields(OwnScheme))
"""The names of everything the form shows, in order."""
