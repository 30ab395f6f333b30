"""The board as words, charts, rows and CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.monitor.alerts import RULES, RuleId
from inspector.monitor.board import Board, Downtime, MeasuredAt, Reason, Span, Uptime
from inspector.search import moment_us, parse
from inspector.ui.gallery_monitor import hour, nothing
from inspector.ui.monitor.breakdown import carrier_rows, funnel_rows, provider_rows, reason_rows, retry_rows
from inspector.ui.monitor.charts import deliveries_chart, rate_chart, times_chart
from inspector.ui.monitor.csv_text import csv_text
from inspector.ui.monitor.tiles import Figure, figures_of
from inspector.ui.monitor.words import all_failed, between, duration, lasting, per_minute, percent, wait

MICRO = 1_000_000
BOARD = hour(MeasuredAt.RECEIVER)


def tile(board: Board, title: str) -> Figure:
    return next(figure for figure in figures_of(board) if figure.title.startswith(title))


@pytest.mark.parametrize(
    ("share", "words"),
    [(1.0, "100"), (0.99999, "99.99"), (0.9938, "99.38"), (0.995, "99.5"), (0.00001, "0.01"), (0.0, "0"), (None, "–")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(share: float | None, words: str) -> None:
    assert percent(share) == words


def test_columns_of_shares_keep_their_zeros() -> None:
    assert [percent(share, fixed=True) for share in (0.995, 1.0, 0.0)] == ["99.50", "100", "0"]


@pytest.mark.parametrize(
    ("us", "words"),
    [
        (None, ("–", "")), (420, ("0.42", "ms")), (12_000, ("12", "ms")), (712_000, ("0.71", "s")),
        (5_670_000, ("5.67", "s")), (61_200_000, ("61.2", "s")), (121_000_000, ("121", "s")),
    ],
)  # fmt: skip
def test_times_have_the_unit_that_fits(us: int | None, words: tuple[str, str]) -> None:
    assert duration(us) == words


def test_waits_and_rates_are_plain() -> None:
    assert [wait(seconds) for seconds in (10, 60, 300, 7200, 86_400, 90)] == [
        "10 s", "1 min", "5 min", "2 h", "1 d", "90 s",
    ]  # fmt: skip
    assert [per_minute(rate) for rate in (0, 0.03, 4.21, 188.06)] == ["0", "0.03", "4.2", "188"]
    assert [lasting(s * MICRO) for s in (40, 200, 7500, 100_000)] == ["40 s", "3 min", "2 h 5 min", "1 d 3 h"]


@given(st.integers(1_600_000_000, 2_000_000_000))
def test_the_search_for_a_bar_means_exactly_its_minute(second: int) -> None:
    start = second // 60 * 60 * MICRO
    parsed = parse(between(start, start + 60 * MICRO))
    assert parsed.errors == ()
    now = datetime(2040, 1, 1, tzinfo=UTC)
    assert [(term.field, moment_us(term.values[0], now)) for term in parsed.terms] == [
        ("after", start),
        ("before", start + 60 * MICRO),
    ]


# Tiles


def test_the_tiles_say_what_the_board_counts() -> None:
    figures = figures_of(BOARD)
    assert [figure.title for figure in figures] == [
        "Success rate", "Processing time, p95", "Deliveries", "Signature failures", "Retries", "Uptime",
    ]  # fmt: skip
    assert [(figure.value, figure.unit, figure.state) for figure in figures] == [
        ("99.38", "%", "On target"), ("0.71", "s", "On target"), ("11,483", "", "last hour"),
        ("3", "", "Needs a look"), ("64", "", "95 %"), ("100", "%", "No downtime"),
    ]  # fmt: skip
    assert tile(BOARD, "Retries").note == "61 recovered"
    assert "p99 3.90 s" in tile(BOARD, "Processing").tip


def test_a_missed_target_is_said_in_words_and_tone() -> None:
    bad = replace(BOARD, failed=BOARD.deliveries // 10, times=replace(BOARD.times, p95_us=2_000_000))
    for title in ("Success rate", "Processing time"):
        assert (tile(bad, title).tone, tile(bad, title).state) == ("fail", "Off target")


def test_without_deliveries_figures_are_en_dashes() -> None:
    assert {figure.value for figure in figures_of(nothing(BOARD))} == {"–"}
    assert {figure.tone for figure in figures_of(nothing(BOARD))} == {""}


def test_uptime_tells_an_outage_and_one_that_lasts() -> None:
    since = BOARD.now_us - 180 * MICRO
    over = replace(BOARD, uptimes=(Uptime("receiver", 0.95, (Downtime(since - 120 * MICRO, since),)),))
    assert (tile(over, "Uptime").value, tile(over, "Uptime").state) == ("95", "Down 2 min")
    lasts = replace(BOARD, uptimes=(Uptime("receiver", 1.0), Uptime("tunnel", 0.9, (Downtime(since, None),))))
    assert (tile(lasts, "Uptime").tone, tile(lasts, "Uptime").state) == ("fail", "Tunnel down")


# Charts


def test_the_chart_of_deliveries_has_each_outcome_of_each_minute() -> None:
    data = deliveries_chart(BOARD)
    assert [sum(stack.values) for stack in data.stacks] == [BOARD.accepted, BOARD.duplicates, BOARD.failed]
    assert data.stacks[2].least_px == 2
    assert data.scale.top == 300
    assert len(data.rows()) == 60
    last = data.tip(59)
    assert {line.name: line.figure for line in last.lines} == {"Failed": "10", "Duplicate": "3", "Answered 2xx": "238"}
    assert data.rows()[59][1:] == ("251", "238", "3", "10")
    assert "11,483 deliveries in the last hour, 71 failed" in data.summary


def test_the_chart_of_times_has_target_and_alert_where_the_rule_has_it() -> None:
    data = times_chart(BOARD, RULES)
    assert [(limit.words, limit.value) for limit in data.limits] == [("Target 2 s", 2e6), ("Alert 5 s", 5e6)]
    assert data.scale.top == 6_000_000
    changed = [replace(rule, threshold=3.0) if rule.id is RuleId.PROCESSING_TIME else rule for rule in RULES]
    assert [limit.words for limit in times_chart(BOARD, changed).limits] == ["Target 2 s", "Alert 3 s"]
    off = [replace(rule, on=False) for rule in RULES]
    assert [limit.words for limit in times_chart(BOARD, off).limits] == ["Target 2 s"]
    assert data.summary.startswith("p95 0.71 s, p50 0.14 s, p99 3.90 s, highest p95 5.67 s at ")


def test_the_chart_of_failures_has_room_for_its_highest_and_its_limit() -> None:
    data = rate_chart(BOARD, RULES)
    assert (data.scale.top, data.limits[0].words, data.limits[0].over) == (0.02, "Alert 1 %", "failSolid")
    all_bad = replace(BOARD, bars=tuple(replace(bar, failure_rate=1.0) for bar in BOARD.bars))
    assert rate_chart(all_bad, RULES).scale.top == 1.0
    assert rate_chart(replace(BOARD, bars=()), RULES).scale.top == pytest.approx(0.02)


def test_without_deliveries_charts_keep_axes_and_say_so() -> None:
    empty = nothing(BOARD)
    for data in (deliveries_chart(empty), times_chart(empty, RULES), rate_chart(empty, RULES)):
        assert data.message == "No deliveries in the last hour"
        assert data.bars == 60
        assert len(data.scale.ticks) > 2


@pytest.mark.parametrize("span", list(Span))
def test_the_foot_tells_the_first_and_the_last_moment(span: Span) -> None:
    board = replace(BOARD, span=span, from_us=BOARD.until_us - span.seconds * MICRO)
    data = deliveries_chart(board)
    first, last = data.times(0), data.times(span.bars)
    assert first == last if span is Span.DAY else first != last


# Below


def test_a_reason_that_can_be_searched_leads_to_its_events_in_the_range() -> None:
    rows = reason_rows(BOARD)
    assert [row.figure for row in rows] == ["42", "18", "8", "3"]
    assert sum(row.share or 0 for row in rows) == pytest.approx(1)
    assert rows[0].search.startswith("code:503 after:")
    assert rows[2].search == ""
    assert all(parse(row.search).errors == () for row in rows)


def test_all_failures_are_offered_only_as_far_as_a_search_finds_them() -> None:
    assert all_failed(BOARD.reasons) == ("code:1xx,3xx,4xx,5xx", 45)
    assert all_failed((Reason("late", "No answer within 5 s", 4, "time:>5s code:2xx"),)) == ("", 0)


def test_retries_tell_their_wait_and_what_is_still_waited_for() -> None:
    rows = retry_rows(BOARD)
    assert [(row.name, row.figure) for row in rows] == [
        ("Retry 1, at once", "55 of 64"), ("Retry 2, after 1 min", "5 of 9"),
        ("Retry 3, after 5 min", "1 of 4"), ("Retry 4, after 30 min", "3 waiting"),
    ]  # fmt: skip
    assert rows[3].share is None


def test_the_funnel_is_a_share_of_the_campaigns_messages() -> None:
    rows = {row.name: (row.share, row.figure) for row in funnel_rows(BOARD.campaigns[0])}
    assert rows["Read"] == (0.624, "3,120  62.4 %")
    assert rows["Opted out"] == (0.0028, "14  0.3 %")


def test_tables_have_a_line_for_each_provider_and_carrier() -> None:
    assert provider_rows(BOARD)[1] == ("Twilio", "940", "99.79 %", "2", "4", "0", "0", "9 ms", "42 ms", "88 ms")
    assert carrier_rows(BOARD)[0] == ("T-Mobile US", "4,210", "1,400", "1,371", "902", "21", "1.51 %")


# CSV


def sections(text: str) -> dict[str, list[list[str]]]:
    """Return the tables by their titles, each with its heading row first."""
    blocks = text.split("\r\n\r\n")
    tables = [list(csv.reader(io.StringIO(block))) for block in blocks]
    return {title: rows for (title,), *rows in tables}


def test_the_csv_has_every_figure_as_a_plain_number() -> None:
    found = sections(csv_text(BOARD, "RCS production"))
    figures: dict[str, Any] = dict(found["Figures"][1:])
    assert figures["endpoint"] == "RCS production"
    assert int(figures["deliveries"]) == BOARD.deliveries
    assert float(figures["success_rate"]) == pytest.approx(1 - BOARD.failed / BOARD.deliveries, abs=1e-6)
    assert float(figures["p95_s"]) == 0.712
    header, *bars = found["Deliveries over time"]
    assert sum(int(bar[header.index("failed")]) for bar in bars) == BOARD.failed
    assert datetime.fromisoformat(bars[0][0]).timestamp() * MICRO == BOARD.from_us
    assert [row[0] for row in found["Campaigns"][1:]] == ["cart_recovery_dec", "back_in_stock"]


def test_a_campaign_that_begins_like_a_formula_is_only_text() -> None:
    named = replace(BOARD, campaigns=(replace(BOARD.campaigns[0], campaign='=HYPERLINK("http://x")'),))
    assert sections(csv_text(named, ""))["Campaigns"][1][0] == '\'=HYPERLINK("http://x")'
