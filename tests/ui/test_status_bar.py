"""Tests of the status bar: its words and figures, and what it leaves out where room is short."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.ui.icons import Icons
from inspector.ui.status_bar import StatusBar, rate_text
from inspector.ui.theme import Theme


@pytest.fixture
def theme(qapp: QApplication, fonts: None) -> Theme:
    return Theme("light")


@pytest.fixture
def bar(theme: Theme, qtbot: QtBot) -> Iterator[StatusBar]:
    bar = StatusBar(theme, Icons(theme))
    qtbot.addWidget(bar)
    bar.resize(1440, 26)
    bar.show()
    yield bar
    bar.close()


def test_it_is_26_px_high_and_says_where_we_receive(bar: StatusBar) -> None:
    bar.set_receiver("Receiving on 127.0.0.1:8787", "pass")
    assert bar.height() == 26
    assert bar.receiver.text() == "Receiving on 127.0.0.1:8787"


def test_counts_are_grouped_and_sizes_have_a_unit(bar: StatusBar) -> None:
    bar.set_counts(11_940, 1, 14_200_000)
    assert (bar.events.text(), bar.selected.text(), bar.stored.text()) == (
        "11,940 events",
        "1 selected",
        "14.2 MB stored",
    )


def test_what_is_not_known_or_nothing_is_left_out(bar: StatusBar) -> None:
    bar.set_counts(1, 0, None)
    assert bar.events.text() == "1 event"
    assert not bar.selected.isVisible()
    assert not bar.stored.isVisible()


def test_a_narrow_window_keeps_receiver_and_count_only(bar: StatusBar) -> None:
    bar.set_counts(11_940, 2, 14_200_000)
    bar.resize(960, 26)
    assert bar.events.isVisible()
    assert not bar.selected.isVisible()
    assert not bar.stored.isVisible()
    bar.resize(1200, 26)
    assert bar.selected.isVisible()


def test_the_rate_is_shown_as_figures_and_bars(bar: StatusBar) -> None:
    bar.set_rate([1.0, 2.0, 4.0], 0.9, 38.0)
    assert (bar.now.text(), bar.peak.text()) == ("0.9/s", "peak 38/s")
    assert bar.bars.values == (1.0, 2.0, 4.0)


@pytest.mark.parametrize(
    ("rate", "text"), [(0.0, "0/s"), (0.94, "0.9/s"), (9.96, "10/s"), (512.2, "512/s"), (1204.0, "1,204/s")]
)
def test_rates_have_a_decimal_below_ten(rate: float, text: str) -> None:
    assert rate_text(rate) == text


def test_a_hint_comes_and_goes(bar: StatusBar, theme: Theme) -> None:
    bar.set_hint("Burst: list refreshes 10 times a second", icon="zap", warn=True)
    assert bar.hint.text().startswith("Burst")
    assert bar.hint_icon.isVisible()
    bar.set_hint(None)
    assert bar.hint.text() == ""
    assert not bar.hint_icon.isVisible()


@pytest.mark.parametrize("tone", ["pass", "warn", "fail", "neut"])
def test_every_tone_has_a_mark_of_its_own(bar: StatusBar, tone: str) -> None:
    bar.set_receiver("x", "pass")
    receiving = bar.mark.grab().toImage()
    bar.set_receiver("x", tone)  # type: ignore[arg-type]  # pytest hands over texts
    assert (bar.mark.grab().toImage() == receiving) is (tone == "pass")


def test_it_takes_on_the_other_scheme(bar: StatusBar, theme: Theme) -> None:
    light = bar.grab().toImage()
    theme.set_mode("dark")
    assert bar.grab().toImage() != light
