"""Sidebar and inspector have a usual width for each window, and keep the one the user chose."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inspector.ui.panes import Panes, class_of
from inspector.ui.theme import Theme


@pytest.fixture
def panes(dressed: Theme, qtbot: QtBot) -> Panes:
    panes = Panes(dressed, QWidget(), QWidget(), QWidget())
    qtbot.addWidget(panes)
    panes.resize(1440, 700)
    panes.show()
    panes.fit(1440)
    return panes


def at(panes: Panes, width: int) -> tuple[int, int]:
    panes.resize(width, 700)
    panes.fit(width)
    sidebar, _page, inspector = panes.sizes()
    return sidebar, inspector


@pytest.mark.parametrize(
    ("width", "usual"), [(1700, (212, 560)), (1440, (212, 480)), (1200, (212, 440)), (1000, (52, 434))]
)
def test_each_window_has_its_usual_widths(panes: Panes, width: int, usual: tuple[int, int]) -> None:
    assert at(panes, width) == usual


def test_the_smallest_window_takes_the_narrow_class() -> None:
    assert class_of(960).name == "narrow"


def test_a_chosen_width_is_kept_for_windows_of_its_class_alone(panes: Panes, dressed: Theme, qtbot: QtBot) -> None:
    panes.moveSplitter(1440 - 600, 2)
    chosen = panes.sizes()[2]
    assert abs(chosen - 600) <= 2
    assert at(panes, 1200) == (212, 440)
    assert at(panes, 1500)[1] == chosen
    other = Panes(dressed, QWidget(), QWidget(), QWidget())
    qtbot.addWidget(other)
    other.restore(panes.kept())
    other.resize(1440, 700)
    other.show()
    assert at(other, 1440)[1] == chosen


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"usual": 3}', '{"usual": []}'])
def test_widths_that_cannot_be_read_are_left_out(panes: Panes, text: str) -> None:
    panes.restore(text)
    assert at(panes, 1440) == (212, 480)


def test_larger_text_widens_the_sidebar_but_not_the_rail(panes: Panes, dressed: Theme) -> None:
    dressed.set_text_scale(1.5)
    assert at(panes, 1440)[0] == 265
    assert at(panes, 1000)[0] == 52
    dressed.set_text_scale(1.0)
    assert at(panes, 1440)[0] == 212
