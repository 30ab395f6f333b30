"""Figures as the bench shows them: medians, ratios, and tables that are printed and written as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

DASH = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: what was measured, its figures by name, and the product's own bar for it.

    A figure's name ends with its unit, as in "p99 ms"; None stands for what could not be measured here.
    """

    what: str
    figures: dict[str, float | None]
    target: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What one scenario found."""

    name: str
    title: str
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = field(default=())


def middle(values: Sequence[float | None]) -> float | None:
    """Return the median of the values that are there, None where there is none."""
    known = [value for value in values if value is not None]
    return median(known) if known else None


def ratio(value: float | None, reference: float | None) -> float | None:
    """Return value / reference, None where either is missing or nothing can be divided."""
    return None if value is None or not reference else value / reference


def middle_ratio(values: Sequence[float | None], references: Sequence[float | None]) -> float | None:
    """Return the median of the ratios of each round, which a busy moment of the machine moves least."""
    return middle([ratio(value, reference) for value, reference in zip(values, references, strict=True)])


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the value that `share` of the values stay below; `ordered` ascends. 0 without values."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def shown(value: float | None) -> str:
    """Return a figure as short as it is still telling."""
    if value is None:
        return DASH
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.2f}"


def text_of(table: Table) -> str:
    """Return a table as aligned lines."""
    names = list(dict.fromkeys(name for row in table.rows for name in row.figures))
    head = ["", *names, "target"]
    lines = [[row.what, *(_cell(row, name) for name in names), row.target] for row in table.rows]
    widths = [max(len(line[place]) for line in (head, *lines)) for place in range(len(head))]
    out = [f"{table.name}: {table.title}"]
    for line in (head, *lines):
        first, *middle_cells, last = line
        cells = [text.rjust(width) for text, width in zip(middle_cells, widths[1:-1], strict=True)]
        out.append("  ".join(["  " + first.ljust(widths[0]), *cells, last]).rstrip())
    return "\n".join([*out, *(f"  {note}" for note in table.notes)])


def _cell(row: Row, name: str) -> str:
    return shown(row.figures[name]) if name in row.figures else ""


def as_json(table: Table) -> dict[str, Any]:
    """Return a table as plain values."""
    return {
        "name": table.name,
        "title": table.title,
        "rows": [{"what": row.what, **row.figures, "target": row.target} for row in table.rows],
        "notes": list(table.notes),
    }
