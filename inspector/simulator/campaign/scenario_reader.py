"""A TOML table of a scenario read strictly: every mistake names the file, the line, the key and the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspector.domain.errors import UsageError
from inspector.simulator.campaign.scenario_lines import Path, line_of, lines_of


class Reader:
    """One table and where it stands; keys that are not `known` are mistakes (None: any are fine)."""

    def __init__(self, file: str, lines: dict[Path, int], path: Path, data: Any, known: tuple[str, ...] | None) -> None:
        self._file, self._lines, self._path = file, lines, path
        if not isinstance(data, Mapping):
            raise UsageError(f"{self._where('')}: {self._name('')} must be a table.")
        self.data: Mapping[str, Any] = data
        for key in data:
            if known is not None and key not in known:
                raise self.error(key, f"is not known; keys here are {', '.join(known)}")

    @classmethod
    def of(cls, file: str, text: str, data: Any, known: tuple[str, ...]) -> Reader:
        """Return the reader of a whole file."""
        return cls(file, lines_of(text), (), data, known)

    def error(self, key: str, why: str) -> UsageError:
        """Return the mistake in one key: "rush.toml, line 12: funnel.read must be from 0 to 100, not 140."."""
        return UsageError(f"{self._where(key)}: {self._name(key)} {why}.")

    def _where(self, key: str) -> str:
        line = line_of(self._lines, (*self._path, key) if key else self._path)
        return f"{self._file}, line {line}" if line else self._file

    def _name(self, key: str) -> str:
        parts = [f"{part + 1}" if isinstance(part, int) else part for part in self._path]
        return ".".join([*parts, key] if key else parts)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; the key is required where there is no default."""
        value = self.data.get(key, default)
        if value is None:
            raise self.error(key, "is missing")
        if not isinstance(value, str):
            raise self.error(key, "must be a text")
        return value

    def choice(self, key: str, options: tuple[str, ...], default: str) -> str:
        """Return one of a few words."""
        value = self.text(key, default)
        if value not in options:
            raise self.error(key, f"must be one of {', '.join(options)}, not {value!r}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, "must be true or false")
        return value

    def number(self, key: str, default: float | None, low: float, high: float) -> float:
        """Return a number within limits; the key is required where there is no default."""
        value = self.data.get(key, default)
        if value is None:
            raise self.error(key, "is missing")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(key, "must be a number")
        if not low <= value <= high:  # also false for a nan
            raise self.error(key, f"must be from {low:g} to {high:,.0f}, not {value:g}")
        return float(value)

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        """Return a whole number within limits."""
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(key, "must be a whole number")
        if not low <= value <= high:
            raise self.error(key, f"must be from {low:,} to {high:,}, not {value:,}")
        return value

    def inner(self, key: str, known: tuple[str, ...] | None = None) -> Reader:
        """Return an inner table, empty where the key is missing."""
        return Reader(self._file, self._lines, (*self._path, key), self.data.get(key, {}), known)

    def listed(self, key: str, known: tuple[str, ...]) -> list[Reader]:
        """Return a list of inner tables, [] where the key is missing."""
        value = self.data.get(key, [])
        if not isinstance(value, list):
            raise self.error(key, f"must be a list of tables: [[{key}]]")
        return [
            Reader(self._file, self._lines, (*self._path, key, place), item, known) for place, item in enumerate(value)
        ]
