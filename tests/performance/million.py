"""Opening a store with a million events, and what stored and received events cost in memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.performance.figures import Row, Table, middle, ratio
from tests.performance.fill_store import fill
from tests.performance.plan import Plan
from tests.performance.programs import Program, headless, window

PER = 10_000
MINUTES_S = 600.0


def filled(plan: Plan, count: int) -> Path:
    """Return a folder with a store of `count` events, filled unless it was kept from an earlier run."""
    folder = (plan.filled or plan.folder) / f"filled-{count}"
    done = folder / "filled"
    if not done.exists():
        fill(folder, count)
        done.touch()
    return folder


def million(plan: Plan) -> Table:
    """Open the filled store several times; the first opening follows the filling, the others find all in the cache."""
    folder = filled(plan, plan.million)
    first_page, listed, memory = [], [], []
    for _ in range(plan.starts):
        with window(folder, plan.screen, rows=plan.million) as program:
            milestones = program.ask("listed")["milestones_s"]
            program.settle()
            first_page.append(milestones["first_page"])
            listed.append(milestones["listed"])
            memory.append(program.memory_mb())
    rows = (
        Row("first page painted s", {"first": first_page[0], "median": middle(first_page)}),
        Row("list with all ids painted s", {"first": listed[0], "median": middle(listed)}, "about 1"),
        Row("memory MB", {"first": memory[0], "median": middle(memory)}),
    )
    return Table("million", f"opening {plan.million:,} events, from the start of the process", rows)


def memory(plan: Plan) -> Table:
    """Weigh the program idle, after it has received many events, and with many events stored.

    What caches and first uses take is there after a tenth of the events; the growth is measured from there on.
    """
    with headless(plan.folder / "memory-headless") as program:
        rows = [Row("headless, idle", weighed(program), "≤ 70"), *after_events("headless", program, plan)]
    with window(plan.folder / "memory-window", plan.screen) as program:
        rows += [Row("window, idle", weighed(program), "≤ 150"), *after_events("window", program, plan)]
    few, many = plan.stored // 10, plan.stored
    weights = []
    for count in (few, many):
        with window(filled(plan, count), plan.screen, rows=count) as program:
            program.ask("listed")
            weights.append(weighed(program))
    rows += grown("window", "stored", (few, many), weights)
    notes = ("Own memory is without the pages of files, of which the system drops what it needs.",)
    return Table("memory", f"resident memory, window on {plan.screen_name}", tuple(rows), notes)


def weighed(program: Program) -> dict[str, float | None]:
    """Return a program's memory once it has nothing to do."""
    program.settle()
    return {"MB": program.memory_mb(), "own MB": program.own_memory_mb()}


def after_events(who: str, program: Program, plan: Plan) -> list[Row]:
    """Weigh a program after it has received a tenth of the plan's events, and after all of them."""
    few, many = plan.received // 10, plan.received
    program.load(events=few, seconds=MINUTES_S)
    before = weighed(program)
    program.load(events=many - few, seconds=MINUTES_S)
    return grown(who, "received", (few, many), [before, weighed(program)])


def grown(who: str, what: str, counts: tuple[int, int], weights: Sequence[dict[str, float | None]]) -> list[Row]:
    """Return the rows of two weighings and what PER events took between them."""
    (few, many), (before, after) = counts, weights
    return [
        Row(f"{who}, {few:,} {what}", before),
        Row(
            f"{who}, {many:,} {what}",
            {**after, **{f"{name} more per {PER:,}": more(after[name], before[name], many - few) for name in after}},
            "≤ 1 more",
        ),
    ]


def more(after: float | None, before: float | None, events: int) -> float | None:
    """Return how many MB more PER events took."""
    return None if after is None or before is None else ratio((after - before) * PER, events)
