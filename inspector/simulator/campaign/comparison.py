"""Declared beside recognised: what a campaign sent, and what the program made of it, line by line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inspector.domain.report import Kind
from inspector.simulator.campaign.recognised import Recognised
from inspector.simulator.campaign.tally import Tally


@dataclass(frozen=True, slots=True)
class Line:
    """One thing counted twice; `recognised` is None where only the sender can know it. `group` joins related lines."""

    group: str
    title: str
    declared: int
    recognised: int | None = None
    note: str = ""

    @property
    def agrees(self) -> bool | None:
        """Whether both counts are the same, None where there is one only."""
        return None if self.recognised is None else self.declared == self.recognised


def compare(tally: Tally, seen: Recognised | None, *, signed: bool, shares: dict[str, float]) -> tuple[Line, ...]:
    """Return the lines; `seen` None (another target) leaves the recognised side empty.

    `shares` are the declared percentages of duplicates, disorder and lost, for the notes.
    """
    return tuple(_lines(tally, seen, signed, shares))


def _lines(tally: Tally, seen: Recognised | None, signed: bool, shares: dict[str, float]) -> Iterable[Line]:
    yield _chaos("Duplicates", tally.duplicates, seen.duplicates if seen else None, shares.get("duplicates", 0.0))
    yield Line("Repeats and order", "Retries", tally.retries, seen.retries if seen else None, _gave_up(tally))
    yield _chaos("Out of order", tally.late, seen.late if seen else None, shares.get("disorder", 0.0))
    missing = tally.events + tally.lost - seen.events if seen is not None else None
    yield _chaos("Lost", tally.lost, missing, shares.get("lost", 0.0))
    stored = seen.kinds if seen is not None else None
    for kind in sorted({*tally.kinds, *(stored or ())}, key=_place):
        lost = tally.lost_kinds[kind]
        note = f"{lost:,} more {'was' if lost == 1 else 'were'} lost on the way" if lost else ""
        yield Line("Events", kind, tally.kinds[kind], stored[kind] if stored is not None else None, note)
    for code, count in sorted(tally.codes.items(), key=lambda item: (-item[1], item[0])):
        yield Line("Failures by code", code, count, seen.codes[code] if seen is not None else None)
    if len(tally.carriers) > 1:
        for name, count in sorted(tally.carriers.items(), key=lambda item: (-item[1], item[0])):
            yield Line("Events by carrier", name, count, seen.carriers[name] if seen is not None else None)
    if seen is not None:
        answered = tally.sent - tally.unanswered
        yield Line("Requests", "All requests", answered, seen.requests)
        if seen.known:
            note = "The same seed was played into this endpoint before"
            yield Line("Requests", "Known from an earlier run", seen.known, None, note)
        if signed:
            yield Line("Requests", "Valid signatures", answered, seen.valid)


def _chaos(title: str, declared: int, recognised: int | None, percent: float) -> Line:
    return Line("Repeats and order", title, declared, recognised, f"{percent:g} % asked for" if percent else "")


def _gave_up(tally: Tally) -> str:
    return f"{tally.gave_up:,} given up after the last try" if tally.gave_up else ""


def _place(kind: str) -> int:
    order = list(Kind)
    return order.index(Kind(kind)) if kind in {item.value for item in order} else len(order)


def agrees(lines: Iterable[Line]) -> bool:
    """Whether nothing is counted differently."""
    return all(line.agrees is not False for line in lines)
