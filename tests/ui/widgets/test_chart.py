"""Charts: what stands where, what a key or click does, and what a screen reader hears."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from inspector.ui.theme import Theme
from inspector.ui.widgets.chart import Chart
from inspector.ui.widgets.chart_bars import BarChart
from inspector.ui.widgets.chart_data import ChartData, Limit, Line, Stack, Tip, TipLine
from inspector.ui.widgets.chart_lines import LineChart
from inspector.ui.widgets.chart_scale import parts_for, scale_for
from inspector.ui.widgets.chart_spark import thinned
from inspector.ui.widgets.chart_table import FiguresTable

BARS = 12


def tip(place: int) -> Tip:
    return Tip(f"minute {place}", (TipLine("failSolid", "Failed", str(place)),))


def rows() -> tuple[tuple[str, ...], ...]:
    return tuple((f"minute {place}", str(place)) for place in range(BARS))


def bars_data(accepted: float = 1000.0, failed: float = 1.0) -> ChartData:
    return ChartData(
        bars=BARS,
        scale=scale_for(1000, str),
        times=lambda place: f"14:{place:02d}",
        stacks=(Stack("2xx", "chart", (accepted,) * BARS), Stack("Failed", "failSolid", (failed,) * BARS, 2)),
        summary="12,000 deliveries, 12 failed",
        tip=tip,
        columns=("Time", "Failed"),
        rows=rows,
    )


def lines_data(values: tuple[float | None, ...], over: str = "failSolid") -> ChartData:
    return ChartData(
        bars=len(values),
        scale=scale_for(2, str),
        times=str,
        lines=(Line("Rate", "chart", values, filled=True),),
        limits=(Limit(1.0, "Alert 1 %", "failFg", over),),
        tip=tip,
    )


def on_screen(qtbot: QtBot, chart: Chart, data: ChartData) -> None:
    qtbot.addWidget(chart)
    chart.resize(600, 200)
    chart.set_data(data)
    chart.show()


@given(st.floats(0, 1e9), st.integers(1, 8))
def test_a_scale_has_room_for_the_highest_value_in_equal_steps(highest: float, steps: int) -> None:
    scale = scale_for(highest, str, least=0.5, steps=steps)
    values = [value for value, _words in scale.ticks]
    assert values[0] == 0
    assert scale.top == values[-1] >= highest * (1 - 1e-6)
    assert 1 <= len(values) - 1 <= 2 * steps + 1
    first = values[1]
    assert all(after - before == pytest.approx(first) for before, after in pairwise(values))


def test_counts_get_whole_steps() -> None:
    assert [value for value, _ in scale_for(2, str, least=1, whole=True).ticks] == [0, 1, 2]
    assert scale_for(250, str, whole=True).top == 300


@pytest.mark.parametrize(
    ("bars", "most", "parts"), [(60, 7, 6), (60, 4, 4), (15, 7, 5), (96, 7, 6), (168, 9, 7), (7, 2, 1)]
)
def test_the_foot_is_parted_into_whole_bars(bars: int, most: int, parts: int) -> None:
    assert parts_for(bars, most) == parts


def test_one_failure_among_a_thousand_is_two_pixels_high(theme: Theme, qtbot: QtBot) -> None:
    chart = BarChart(theme, "Deliveries")
    on_screen(qtbot, chart, bars_data())
    (_first, low), (number, failed) = chart.parts(3, 100, 10)
    assert number == 1
    assert failed.height() == 2
    assert failed.bottom() < low.top()  # a line of ground between
    image, tokens = chart.grab().toImage(), theme.tokens
    x = round(chart.x_of(3)) - 2
    assert image.pixelColor(x, round(failed.top())) == tokens.failSolid
    assert image.pixelColor(x, round(low.center().y())) == tokens.chart


def test_what_did_not_happen_has_no_part(theme: Theme, qtbot: QtBot) -> None:
    chart = BarChart(theme, "Deliveries")
    on_screen(qtbot, chart, bars_data(accepted=5, failed=0))
    assert [number for number, _rect in chart.parts(0, 0, 10)] == [0]


def test_a_line_is_interrupted_where_nothing_is_known(theme: Theme, qtbot: QtBot) -> None:
    chart = LineChart(theme, "Rate")
    on_screen(qtbot, chart, lines_data((0.5, 0.6, None, None, 0.4, 0.4, 0.4)))
    assert [len(run) for run in chart.runs(chart.data.lines[0].values)] == [2, 3]


def reds(image: QImage, theme: Theme) -> int:
    wanted = theme.tokens.failSolid
    return sum(
        image.pixelColor(x, y) == wanted for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)
    )


def test_only_what_is_over_the_limit_is_red(theme: Theme, qtbot: QtBot) -> None:
    chart = LineChart(theme, "Rate")
    on_screen(qtbot, chart, lines_data((0.2, 0.9) * 20))
    assert reds(chart.grab().toImage(), theme) == 0
    chart.set_data(lines_data((0.2, 1.8) * 20))
    image = chart.grab().toImage()
    assert reds(image, theme) > 0
    below = round(chart.y_of(1.0)) + 3
    lower = image.copy(0, below, image.width(), image.height() - below)
    assert reds(lower, theme) == 0


def test_keys_move_the_rule_and_enter_chooses_its_bar(theme: Theme, qtbot: QtBot) -> None:
    chart = BarChart(theme, "Deliveries")
    on_screen(qtbot, chart, bars_data())
    chosen: list[int] = []
    ruled: list[int] = []
    chart.chosen.connect(chosen.append)
    chart.ruled.connect(ruled.append)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_End):
        qtbot.keyClick(chart, key)
    assert ruled == [11, 10, 0, 1, 11]
    assert chosen == [1]
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.rule == 11
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.rule == -1


@pytest.mark.parametrize("kind", [BarChart, LineChart])
def test_a_click_chooses_the_bar_under_the_pointer(kind: type[Chart], theme: Theme, qtbot: QtBot) -> None:
    chart = kind(theme, "Chart")
    on_screen(qtbot, chart, bars_data() if kind is BarChart else lines_data((0.5,) * BARS))
    spot = QPoint(round(chart.x_of(7)), 90)
    chosen: list[int] = []
    chart.chosen.connect(chosen.append)
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=spot)
    assert chosen == [7]


def test_a_rule_beside_shows_no_tip_and_does_not_disturb_ones_own(theme: Theme, qtbot: QtBot) -> None:
    chart = BarChart(theme, "Deliveries")
    on_screen(qtbot, chart, bars_data())
    chart.set_rule(4)
    assert chart.rule == 4
    chart.put_rule(6)
    chart.set_rule(2)
    assert chart.rule == 6


def test_the_figures_are_told_and_can_be_copied(theme: Theme, qtbot: QtBot) -> None:
    chart = BarChart(theme, "Deliveries")
    on_screen(qtbot, chart, bars_data())
    assert (chart.accessibleName(), chart.accessibleDescription()) == ("Deliveries", "12,000 deliveries, 12 failed")
    assert tip(3).spoken == "minute 3: Failed 3"
    qtbot.keyClick(chart, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[:2] == ["Time\tFailed", "minute 0\t0"]
    assert len(lines) == 1 + BARS


def test_a_chart_without_figures_keeps_its_axes(theme: Theme, qtbot: QtBot) -> None:
    chart = BarChart(theme, "Deliveries")
    empty = ChartData(bars=BARS, scale=scale_for(300, str), times=str, message="No deliveries in the last hour")
    on_screen(qtbot, chart, empty)
    image = chart.grab().toImage()
    assert image.pixelColor(round(chart.plot.left()) + 3, round(chart.y_of(100))) == theme.tokens.grid


def test_a_chart_follows_the_scheme(theme: Theme, qtbot: QtBot) -> None:
    chart = BarChart(theme, "Deliveries")
    on_screen(qtbot, chart, bars_data())
    before = chart.grab().toImage()
    theme.set_mode("dark")
    assert chart.grab().toImage() != before


def test_a_table_keeps_its_selection_when_figures_change(theme: Theme, qtbot: QtBot, qtmodeltester: object) -> None:
    table = FiguresTable(theme, "Deliveries, table")
    qtbot.addWidget(table)
    table.show_table(("Time", "Failed"), rows())
    qtmodeltester.check(table.figures)  # type: ignore[attr-defined]  # pytest-qt has no types for it
    table.show()
    table.selectRow(2)
    table.show_table(("Time", "Failed"), [(name, "9") for name, _ in rows()])
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Time\tFailed\nminute 2\t9"
    spoken = table.figures.index(2, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "minute 2, Failed 9"


def test_enter_on_a_row_chooses_it(theme: Theme, qtbot: QtBot) -> None:
    table = FiguresTable(theme, "Deliveries, table")
    qtbot.addWidget(table)
    table.show_table(("Time", "Failed"), rows())
    table.show()
    table.selectRow(5)
    with qtbot.waitSignal(table.chosen) as signal:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert signal.args == [5]


def test_a_spark_loses_no_spike() -> None:
    values = [1.0] * 60
    values[37] = 9.0
    assert max(thinned(values)) == 9.0
    assert thinned([None] * 60) == ()
    values[41] = 0.1
    assert min(thinned(values, lowest=True)) == 0.1
