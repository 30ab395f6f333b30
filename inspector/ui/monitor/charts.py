"""The board as charts: deliveries, processing times, failure rate, each with tip, table and words for a reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from inspector.monitor.alerts import Rule, RuleId
from inspector.monitor.board import FAILURE_WINDOW_S, PROCESSING_TARGET_US, Bar, Board
from inspector.ui.monitor.words import (
    BAR_WORDS,
    MICRO,
    bar_words,
    clock,
    count_tick,
    seconds_tick,
    share_tick,
    took,
    with_percent,
)
from inspector.ui.widgets.chart_data import ChartData, Limit, Line, Stack, Tip, TipLine
from inspector.ui.widgets.chart_scale import Scale, scale_for
from inspector.ui.widgets.counts import grouped

FAILED_LEAST_PX = 2
"""So that one failure among a thousand shows."""

_QUIET_TOP = 300.0
_TIMES_TOP_US = 6 * MICRO
_RATE_TOP = 0.02
_FAR = 3.0
"""A limit this many times over everything else is left out rather than flatten the lines."""


def empty_words(board: Board) -> str:
    """Return what a chart without figures says: No deliveries in the last hour."""
    return "" if board.deliveries else f"No deliveries in the {board.span.words}"


def deliveries_chart(board: Board) -> ChartData:
    """Return deliveries by outcome as stacked bars."""
    bars = board.bars
    highest = max((bar.deliveries for bar in bars), default=0)
    words = f"{grouped(board.deliveries)} deliveries in the {board.span.words}, {grouped(board.failed)} failed"
    if highest:
        peak = max(bars, key=lambda bar: bar.deliveries)
        words += f", highest {grouped(highest)} at {clock(peak.start_us)}"
    return ChartData(
        bars=len(bars),
        scale=scale_for(highest, count_tick, least=_QUIET_TOP if not highest else 3, whole=True),
        times=_times(board),
        stacks=(
            Stack("Answered 2xx", "chart", tuple(float(bar.accepted) for bar in bars)),
            Stack("Duplicate", "dupSolid", tuple(float(bar.duplicates) for bar in bars)),
            Stack("Failed", "failSolid", tuple(float(bar.failed) for bar in bars), FAILED_LEAST_PX),
        ),
        summary=empty_words(board) or words,
        message=empty_words(board),
        hint="Figures appear with the first event.",
        tip=_tips(board, _deliveries_tip),
        columns=("Time", "Deliveries", "Answered 2xx", "Duplicate", "Failed"),
        rows=_rows(board, lambda bar: tuple(map(grouped, (bar.deliveries, bar.accepted, bar.duplicates, bar.failed)))),
    )


def _deliveries_tip(bar: Bar) -> tuple[TipLine, ...]:
    return (
        TipLine("failSolid", "Failed", grouped(bar.failed)),
        TipLine("dupSolid", "Duplicate", grouped(bar.duplicates)),
        TipLine("chart", "Answered 2xx", grouped(bar.accepted)),
    )


def times_chart(board: Board, rules: Sequence[Rule]) -> ChartData:
    """Return processing times as lines, with the target and the rule's limit."""
    bars = board.bars
    known = [(bar.times.p95_us, bar) for bar in bars if bar.times.p95_us is not None]
    highest = max((p95 for p95, _bar in known), default=0)
    rule = _rule(rules, RuleId.PROCESSING_TIME)
    limits = [Limit(PROCESSING_TARGET_US, "Target 2 s", "passFg")]
    least: float = PROCESSING_TARGET_US
    if rule is not None and rule.threshold * MICRO <= max(highest, PROCESSING_TARGET_US) * _FAR:
        limits.append(Limit(rule.threshold * MICRO, f"Alert {rule.threshold:g} s", "failFg"))
        least = max(least, rule.threshold * MICRO)
    words = f"p95 {took(board.times.p95_us)}, p50 {took(board.times.p50_us)}, p99 {took(board.times.p99_us)}"
    if known:
        words += f", highest p95 {took(highest)} at {clock(max(known, key=lambda item: item[0])[1].start_us)}"
    return ChartData(
        bars=len(bars),
        scale=_times_scale(max(highest, least * 1.01)),
        times=_times(board),
        lines=(
            Line("p95", "chart", tuple(bar.times.p95_us for bar in bars), filled=True),
            Line("p50", "infoSolid", tuple(bar.times.p50_us for bar in bars)),
        ),
        limits=tuple(limits),
        summary=words if known else empty_words(board) or "Nothing was timed",
        message=empty_words(board),
        tip=_tips(board, _times_tip),
        columns=("Time", "p50", "p95", "p99", "Timed"),
        rows=_rows(board, lambda bar: (*map(took, _percentiles(bar)), grouped(bar.times.timed))),
    )


def _times_scale(highest_us: float) -> Scale:
    if highest_us <= _TIMES_TOP_US:
        return scale_for(_TIMES_TOP_US, seconds_tick)
    return scale_for(highest_us, seconds_tick)


def _percentiles(bar: Bar) -> tuple[int | None, int | None, int | None]:
    return bar.times.p50_us, bar.times.p95_us, bar.times.p99_us


def _times_tip(bar: Bar) -> tuple[TipLine, ...]:
    p50, p95, p99 = map(took, _percentiles(bar))
    return (
        TipLine("", "p99", p99),
        TipLine("chart", "p95", p95),
        TipLine("infoSolid", "p50", p50),
        TipLine("", "Timed", grouped(bar.times.timed)),
    )


def rate_note(board: Board) -> str:
    """Return which deliveries a point of the failure rate stands for."""
    return "5-minute window" if board.span.bar_s < FAILURE_WINDOW_S else f"per {BAR_WORDS[board.span.bar_s]}"


def rate_chart(board: Board, rules: Sequence[Rule]) -> ChartData:
    """Return the failure rate as a line, with the rule's limit and what is over it in red."""
    bars = board.bars
    known = [(bar.failure_rate, bar) for bar in bars if bar.failure_rate is not None]
    highest = max((rate for rate, _bar in known), default=0.0)
    rule = _rule(rules, RuleId.FAILURE_RATE)
    limits: tuple[Limit, ...] = ()
    if rule is not None and rule.threshold <= max(highest, _RATE_TOP) * _FAR:
        limits = (Limit(rule.threshold, f"Alert {share_tick(rule.threshold)}", "failFg", over="failSolid"),)
    top = max(highest, _RATE_TOP, *(limit.value * 1.01 for limit in limits))
    words = f"Failure rate {with_percent(board.failed / board.deliveries if board.deliveries else None)}"
    if known:
        words += f", highest {with_percent(highest)} at {clock(max(known, key=lambda item: item[0])[1].start_us)}"
    return ChartData(
        bars=len(bars),
        scale=scale_for(min(top, 1.0), share_tick, least=0.0, steps=4),
        times=_times(board),
        lines=(Line("Failure rate", "chart", tuple(bar.failure_rate for bar in bars), filled=True),),
        limits=limits,
        summary=empty_words(board) or words,
        message=empty_words(board),
        tip=_tips(board, _rate_tip),
        columns=("Time", "Failure rate", "Failed", "Deliveries"),
        rows=_rows(
            board,
            lambda bar: (with_percent(bar.failure_rate, fixed=True), grouped(bar.failed), grouped(bar.deliveries)),
        ),
    )


def _rate_tip(bar: Bar) -> tuple[TipLine, ...]:
    return (
        TipLine("chart", "Failure rate", with_percent(bar.failure_rate)),
        TipLine("", "Failed here", f"{grouped(bar.failed)} of {grouped(bar.deliveries)}"),
    )


def _rule(rules: Sequence[Rule], wanted: RuleId) -> Rule | None:
    """Return a rule that is in force."""
    return next((rule for rule in rules if rule.id is wanted and rule.on), None)


def _times(board: Board) -> Callable[[int], str]:
    return lambda place: clock(board.from_us + place * board.span.bar_s * MICRO, board.span)


def _tips(board: Board, lines: Callable[[Bar], tuple[TipLine, ...]]) -> Callable[[int], Tip]:
    return lambda place: Tip(bar_words(board.bars[place].start_us, board.span), lines(board.bars[place]))


def _rows(board: Board, figures: Callable[[Bar], tuple[str, ...]]) -> Callable[[], tuple[tuple[str, ...], ...]]:
    return lambda: tuple((bar_words(bar.start_us, board.span), *figures(bar)) for bar in board.bars)
