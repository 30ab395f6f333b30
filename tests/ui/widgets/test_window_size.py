"""Windows grow with the text, as far as the screen has room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inspector.ui.theme import Theme
from inspector.ui.widgets.window_size import FRAME_PX, WindowSize, scaled

SIZE, SMALLEST = QSize(400, 300), QSize(300, 200)


@pytest.fixture
def large(theme: Theme) -> Iterator[Theme]:
    theme.set_text_scale(1.5)
    yield theme
    theme.set_text_scale(1.0)


def _window(qtbot: QtBot, theme: Theme, size: QSize = SIZE, smallest: QSize = SMALLEST) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    WindowSize(window, theme, size, smallest)
    return window


def test_at_the_usual_text_size_a_window_is_as_large_as_designed(qtbot: QtBot, theme: Theme) -> None:
    window = _window(qtbot, theme)

    assert (window.size(), window.minimumSize()) == (SIZE, SMALLEST)


def test_smaller_text_leaves_a_window_as_large_as_designed(qtbot: QtBot, theme: Theme) -> None:
    theme.set_text_scale(0.9)
    window = _window(qtbot, theme)
    theme.set_text_scale(1.0)

    assert (window.size(), window.minimumSize()) == (SIZE, SMALLEST)


def test_larger_text_makes_a_window_larger(qtbot: QtBot, large: Theme) -> None:
    window = _window(qtbot, large)

    assert (window.size(), window.minimumSize()) == (QSize(600, 450), QSize(450, 300))


def test_a_window_that_is_open_follows_the_text(qtbot: QtBot, theme: Theme) -> None:
    window = _window(qtbot, theme, SMALLEST)
    theme.set_text_scale(1.5)

    assert window.minimumSize() == window.size() == QSize(450, 300)


def test_a_window_stays_on_the_screen_and_is_never_smaller_than_designed(qtbot: QtBot, large: Theme) -> None:
    room = QGuiApplication.primaryScreen().availableSize()
    window = _window(qtbot, large, room, QSize(room.width() - 10, room.height() - 10 - FRAME_PX))

    assert window.size() == room
    assert window.minimumSize() == QSize(room.width(), room.height() - FRAME_PX)


def test_widths_of_text_grow_with_it(large: Theme) -> None:
    assert scaled(large, 100) == 150
