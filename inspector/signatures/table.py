"""A TOML table read strictly: every mistake becomes a ProviderError that names the file and the key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from inspector.domain.errors import ProviderError

T = TypeVar("T")


class Table:
    """One table with `where` it stands ("slack.toml: signing"); keys that are not `known` are errors."""

    def __init__(self, data: Any, where: str, known: Iterable[str]) -> None:
        self.where = where
        if not isinstance(data, Mapping):
            raise ProviderError(f"{where}: must be a table.")
        self.data: Mapping[str, Any] = data
        names = tuple(known)
        for key in data:
            if key not in names:
                raise self.error(key, f"is not known; keys here are {', '.join(names)}")

    def error(self, key: str, why: str) -> ProviderError:
        """Return the error for one key: "slack.toml: signing.alg: must be a text."."""
        joint = "." if ": " in self.where else ": "
        return ProviderError(f"{self.where}{joint}{key}: {why}.")

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self.data

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; the key is required where there is no default."""
        value = self.data.get(key, default)
        if not isinstance(value, str):
            raise self.error(key, "is missing" if value is None else "must be a text")
        return value

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return a list of texts; a single text counts as a list of one."""
        value = self.data.get(key)
        if value is None and default is not None:
            return default
        if value is None:
            raise self.error(key, "is missing")
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not listed or not all(isinstance(item, str) for item in listed):
            raise self.error(key, "must be a text or a list of texts")
        return tuple(listed)

    def choice(self, key: str, options: Iterable[str], default: str) -> str:
        """Return one of a few words."""
        allowed = tuple(options)
        value = self.text(key, default)
        if value not in allowed:
            raise self.error(key, f"must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, "must be true or false")
        return value

    def number(self, key: str, default: int, low: int = 0) -> int:
        """Return a whole number of at least `low`."""
        value = self.data.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < low:
            raise self.error(key, f"must be a whole number from {low} up")
        return value

    def numbers(self, key: str) -> tuple[int, ...]:
        """Return a list of whole numbers, () where the key is missing."""
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(type(item) is int and item >= 0 for item in value):
            raise self.error(key, "must be a list of whole numbers")
        return tuple(value)

    def table(self, key: str) -> Mapping[str, Any]:
        """Return an inner table, empty where the key is missing."""
        value = self.data.get(key, {})
        if not isinstance(value, Mapping):
            raise self.error(key, "must be a table")
        return value

    def tables(self, key: str) -> list[Any]:
        """Return a list of inner tables, [] where the key is missing."""
        value = self.data.get(key, [])
        if not isinstance(value, list):
            raise self.error(key, "must be a list of tables")
        return value

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return an inner table whose values are texts."""
        table = self.table(key)
        for name, value in table.items():
            if not isinstance(value, str):
                raise self.error(f"{key}.{name}", "must be a text")
        return tuple(table.items())

    def parsed(self, key: str, parse: Callable[[Any], T], value: Any) -> T:
        """Return what `parse` makes of a value; its ValueError becomes this key's error."""
        try:
            return parse(value)
        except ValueError as reason:
            raise self.error(key, str(reason)) from None
