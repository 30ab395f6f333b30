"""What a chart shows, as values: bars or lines over time, limits, the words for tip, table and screen reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from inspector.ui.widgets.chart_scale import Scale

NO_SCALE = Scale(1.0, ((0.0, "0"), (1.0, "1")))


@dataclass(frozen=True, slots=True)
class TipLine:
    """One line of the tip: the colour token of its swatch ("" for none), its name, its figure."""

    color: str
    name: str
    figure: str


@dataclass(frozen=True, slots=True)
class Tip:
    """What is said of one bar: when, and the figures."""

    title: str
    lines: tuple[TipLine, ...]

    @property
    def spoken(self) -> str:
        """The same for a screen reader."""
        return f"{self.title}: " + ", ".join(f"{line.name} {line.figure}" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Stack:
    """One part of stacked bars: a value for each bar, and the fewest pixels that a part over 0 takes."""

    name: str
    color: str
    values: tuple[float, ...]
    least_px: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line; where a value is None it is interrupted. `filled` tints the ground under it."""

    name: str
    color: str
    values: tuple[float | None, ...]
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """A dashed line with its words; with `over` what stands over it is painted in its colour and filled."""

    value: float
    words: str
    color: str
    over: str = ""


def _no_tip(_place: int) -> Tip:
    return Tip("", ())


def _no_rows() -> tuple[tuple[str, ...], ...]:
    return ()


@dataclass(frozen=True, slots=True)
class ChartData:
    """Everything about one chart. `times` has a word for every place from the start of the first bar on to the end of
    the last: one more than there are bars.

    `summary` is what a screen reader hears first. `message` with its `hint` stands in the middle where there are no
    figures. `columns` and `rows` are the chart as a table; tips and rows are made when they are asked for.
    """

    bars: int = 0
    scale: Scale = NO_SCALE
    times: Callable[[int], str] = field(default=str)
    stacks: tuple[Stack, ...] = ()
    lines: tuple[Line, ...] = ()
    limits: tuple[Limit, ...] = ()
    summary: str = ""
    message: str = ""
    hint: str = ""
    tip: Callable[[int], Tip] = _no_tip
    columns: tuple[str, ...] = ()
    rows: Callable[[], tuple[tuple[str, ...], ...]] = _no_rows
