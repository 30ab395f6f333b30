"""A provider's definition with one scheme changed: what "Switch to base64" makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_NOT_TAKEN = ("aliases",)  # they still mean the original


def changed_table(
    table: Mapping[str, Any], number: int, changes: Iterable[tuple[str, object]], name: str
) -> dict[str, Any]:
    """Return a provider's table under another name, with keys of its signing table `number` (from 0) changed.

    A value None takes a key away; `time.unit` names a key of an inner table.
    """
    changed = {key: value for key, value in table.items() if key not in _NOT_TAKEN}
    changed |= {"name": name, "title": name}
    signing = [dict(item) for item in table.get("signing", [])]
    recipe = signing[number]
    for key, value in changes:
        _set(recipe, key, value)
    changed["signing"] = signing
    return changed


def _set(recipe: dict[str, Any], key: str, value: object) -> None:
    outer, dot, inner = key.partition(".")
    if dot:
        recipe[outer] = dict(recipe.get(outer, {})) | {inner: value}
    elif value is None:
        recipe.pop(key, None)
    else:
        recipe[key] = value
