"""Frozen dataclasses as plain values for JSON and back, by their type hints; what is missing takes its default."""

from __future__ import annotations

import base64
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """Return a value as dicts, lists, texts and numbers; sets come sorted, bytes as base64, moments as ISO 8601."""
    if is_dataclass(value):
        return {item.name: to_plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, frozenset):
        return sorted(to_plain(item) for item in value)
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, datetime) else value


def from_plain(kind: type[T], data: Mapping[str, Any]) -> T:
    """Return the dataclass that `to_plain` was given; keys it does not know are left out.

    Raises KeyError where a field without a default is missing.
    """
    hints: dict[str, Any] = _hints(kind)  # type: ignore[arg-type]  # classes are hashable
    values: dict[str, Any] = {}
    for item in fields(kind):  # type: ignore[arg-type]  # every kind here is a dataclass
        if item.name in data:
            values[item.name] = _revived(hints[item.name], data[item.name])
        elif item.default is MISSING and item.default_factory is MISSING:
            raise KeyError(item.name)
    return kind(**values)


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _revived(hint: Any, data: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        inner = next(item for item in get_args(hint) if item is not type(None))
        return None if data is None else _revived(inner, data)
    if origin is tuple:
        return _tuple(get_args(hint), data)
    if origin is frozenset:
        return frozenset(_revived(get_args(hint)[0], item) for item in data)
    if is_dataclass(hint):
        return from_plain(hint, data)  # type: ignore[arg-type]  # a class, since hints name classes
    if hint is bytes:
        return base64.b64decode(data)
    if hint is datetime:
        return datetime.fromisoformat(data)
    if isinstance(hint, type) and issubclass(hint, StrEnum | float):
        return hint(data)
    return data


def _tuple(arguments: tuple[Any, ...], data: Any) -> tuple[Any, ...]:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(_revived(arguments[0], item) for item in data)
    return tuple(_revived(hint, item) for hint, item in zip(arguments, data, strict=True))
