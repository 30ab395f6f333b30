"""Time is told once a second, and only where somebody sees it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from inspector.ui.widgets import second_ticker
from inspector.ui.widgets.second_ticker import TICK_MS, SecondTicker


@pytest.fixture
def told() -> list[int]:
    return []


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def widget(window: QWidget) -> QWidget:
    inner = QWidget(window)
    QVBoxLayout(window).addWidget(inner)
    return inner


def test_nothing_is_told_faster_than_once_a_second() -> None:
    assert TICK_MS >= 1000


def test_it_runs_only_while_it_is_on_and_seen(widget: QWidget, told: list[int]) -> None:
    ticker = SecondTicker(widget, lambda: told.append(1))
    ticker.set_on(True)
    assert not ticker.runs
    widget.window().show()
    assert ticker.runs
    widget.hide()
    assert not ticker.runs
    widget.show()
    assert ticker.runs
    ticker.set_on(False)
    assert not ticker.runs


def test_what_comes_back_into_view_is_told_at_once(widget: QWidget, told: list[int]) -> None:
    SecondTicker(widget, lambda: told.append(1)).set_on(True)
    widget.window().show()
    assert told == [1]


def test_a_minimised_window_hears_nothing(
    widget: QWidget, told: list[int], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_ticker, "TICK_MS", 5)
    ticker = SecondTicker(widget, lambda: told.append(1))
    widget.window().show()
    ticker.set_on(True)
    qtbot.waitUntil(lambda: len(told) > 1)
    monkeypatch.setattr(QWidget, "isMinimized", lambda _self: True)
    told.clear()
    qtbot.wait(40)
    assert told == []
