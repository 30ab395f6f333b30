"""A steady stream with the window open: answer times, gaps of the loop and of the paintings, and what is on disk."""

from __future__ import annotations

from tests.performance.figures import Row, Table
from tests.performance.idler import Idler
from tests.performance.plan import Plan
from tests.performance.programs import stored_events, window

CONNECTIONS = 16


def steady(plan: Plan) -> Table:
    """Send at the plan's rate, then count what is stored."""
    folder = plan.folder / "steady"
    with window(folder, plan.screen) as program:
        program.load(seconds=1, rate=plan.rate, connections=CONNECTIONS)
        program.settle()
        before = stored_events(folder)
        program.ask("watch")
        cpu_before = program.cpu_s()
        with Idler() as idler:
            outcome = program.load(seconds=plan.steady_seconds, rate=plan.rate, connections=CONNECTIONS)
        cpu_after = program.cpu_s()
        seen = program.ask("report")
        stored = stored_events(folder) - before
    share = None if cpu_before is None or cpu_after is None else (cpu_after - cpu_before) / plan.steady_seconds
    rows = (
        Row("answered", {"value": outcome.answered}, f"{round(plan.rate * plan.steady_seconds):,}"),
        Row("not answered 2xx", {"value": outcome.failed}, "0"),
        Row("on disk", {"value": stored}, "as many as answered"),
        Row("answer time p50 ms", {"value": outcome.p50_ms}),
        Row("answer time p99 ms", {"value": outcome.p99_ms}, "< 50"),
        Row("answer time max ms", {"value": outcome.max_ms}),
        Row("loop tick gap p99 ms (nominal 10)", {"value": seen["ticks"]["p99_ms"]}),
        Row("loop tick gap max ms", {"value": seen["ticks"]["max_ms"]}, "< 100"),
        Row("Qt timer gap max ms (nominal 16)", {"value": seen["beats"]["max_ms"]}),
        Row("paintings per second", {"value": seen["paints"]["count"] / plan.steady_seconds}),
        Row("gap between paintings max ms", {"value": seen["paints"]["max_ms"]}),
        Row("gap of a program that sleeps max ms (the machine's part)", {"value": idler.longest_ms}),
        Row("cores used", {"value": share}),
    )
    return Table("steady", f"{plan.rate:g} events/s for {plan.steady_seconds:g} s, window on {plan.screen_name}", rows)
