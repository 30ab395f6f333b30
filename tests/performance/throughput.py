"""How many events a second are stored and answered, beside bare aiohttp and beside one commit per request."""

from __future__ import annotations

from contextlib import ExitStack

from tests.performance.figures import Row, Table, middle, middle_ratio
from tests.performance.load import Outcome
from tests.performance.plan import OFFSCREEN, Plan
from tests.performance.programs import Program, headless, reference, window

WARM_UP_S = 1.0
BARE, COMMIT, HEADLESS, WINDOW = "reference bare", "reference commit", "ours headless", "ours window"
TARGETS = {HEADLESS: "≥ 0.7 of commit (aim 1.0)", WINDOW: "≥ 0.6 of commit (aim 0.9)"}
JUDGED_AT = 16
"""Connections at which the product's bar holds."""


class Tried:
    """One run of the load against one program."""

    def __init__(self, program: Program, plan: Plan, connections: int) -> None:
        with_window = program.process.stdin is not None
        if with_window:
            program.ask("reset")
        before = program.cpu_s()
        self.outcome: Outcome = program.load(connections=connections, seconds=plan.seconds)
        after = program.cpu_s()
        self.cpu_us: float | None = None
        if before is not None and after is not None and self.outcome.answered:
            self.cpu_us = (after - before) / self.outcome.answered * 1e6
        self.paints_per_s: float | None = None
        if with_window:
            self.paints_per_s = program.ask("report")["paints"]["count"] / plan.seconds
        program.settle()


def throughput(plan: Plan) -> Table:
    """Measure every program in turn, round after round, so that a busy moment of the machine meets them all."""
    with ExitStack() as stack:
        programs = {
            BARE: stack.enter_context(reference("bare", plan.folder / "bare")),
            COMMIT: stack.enter_context(reference("commit", plan.folder / "commit")),
            HEADLESS: stack.enter_context(headless(plan.folder / "headless")),
            f"{WINDOW}, offscreen": stack.enter_context(window(plan.folder / "offscreen", OFFSCREEN)),
        }
        if plan.display is not None:
            programs[f"{WINDOW}, Xvfb"] = stack.enter_context(window(plan.folder / "display", plan.display))
        for program in programs.values():
            program.load(seconds=min(WARM_UP_S, plan.seconds))
            program.settle()
        tried: dict[tuple[str, int], list[Tried]] = {}
        for _ in range(plan.rounds):
            for connections in plan.connections:
                for name, program in programs.items():
                    tried.setdefault((name, connections), []).append(Tried(program, plan, connections))
    rows = tuple(row_of(name, connections, tried) for connections in plan.connections for name in programs)
    notes = ["Every event is signed, checked, stored and committed before its answer (ours: synchronous FULL)."]
    if plan.display is None:
        notes.append("The window on an X server is left out: Xvfb is not installed.")
    failed = sum(run.outcome.failed for runs in tried.values() for run in runs)
    if failed:
        notes.append(f"{failed} events were not answered with 2xx.")
    return Table("throughput", "as fast as answered, medians of the rounds", rows, tuple(notes))


def row_of(name: str, connections: int, tried: dict[tuple[str, int], list[Tried]]) -> Row:
    """Return the medians of one program at one number of connections, and its ratios to the references."""
    runs = tried[name, connections]

    def rates(of: str) -> list[float | None]:
        return [run.outcome.per_s for run in tried[of, connections]]

    figures = {
        "events/s": middle(rates(name)),
        "p50 ms": middle([run.outcome.p50_ms for run in runs]),
        "p99 ms": middle([run.outcome.p99_ms for run in runs]),
        "cpu µs/event": middle([run.cpu_us for run in runs]),
        "paints/s": middle([run.paints_per_s for run in runs]),
        "of bare": middle_ratio(rates(name), rates(BARE)),
        "of commit": middle_ratio(rates(name), rates(COMMIT)),
    }
    target = TARGETS.get(name.partition(",")[0], "") if connections == JUDGED_AT else ""
    return Row(f"{name}, {connections} conn.", figures, target)
