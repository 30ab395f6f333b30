"""The command palette is steered from its field."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inspector.ui.icons import Icons
from inspector.ui.palette import Command, CommandPalette
from inspector.ui.theme import Theme
from inspector.ui.widgets.popup_shape import shape_of

COMMANDS = [
    Command("new", "New endpoint", "File", "Ctrl+N", "plus"),
    Command("replay", "Replay", "Event resend", "R", "repeat-2", "Select an event first"),
    Command("pause", "Pause receiving", "Capture stop", icon="pause"),
]


@pytest.fixture
def palette(dressed: Theme, qtbot: QtBot) -> Iterator[CommandPalette]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()
    palette = CommandPalette(dressed, Icons(dressed), COMMANDS, window)
    palette.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    palette.open_over(window)
    yield palette
    palette.close()


def listed(palette: CommandPalette) -> list[str]:
    return [palette.list.item(row).text() for row in range(palette.list.count())]


def test_typing_narrows_the_list_by_words_that_are_not_shown_too(palette: CommandPalette, qtbot: QtBot) -> None:
    assert len(listed(palette)) == 3
    qtbot.keyClicks(palette.field, "stop cap")
    assert listed(palette) == ["Pause receiving"]


def test_enter_chooses_and_closes(palette: CommandPalette, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.field, "pause")
    with qtbot.waitSignal(palette.chosen) as told:
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert told.args == ["pause"]
    assert not palette.isVisible()


def test_arrows_move_and_stop_at_the_ends(palette: CommandPalette, qtbot: QtBot) -> None:
    for _ in range(5):
        qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentRow() == 2
    qtbot.keyClick(palette.field, Qt.Key.Key_PageUp)
    assert palette.list.currentRow() == 0


def test_what_cannot_be_done_now_says_why_and_is_not_chosen(palette: CommandPalette, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.field, "resend")
    assert palette.list.item(0).toolTip() == "Select an event first"
    with qtbot.assertNotEmitted(palette.chosen):
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()


def test_escape_closes_without_a_choice(palette: CommandPalette, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(palette.chosen):
        qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_the_shape_of_a_popup_leaves_out_its_corners_alone(palette: CommandPalette) -> None:
    size = palette.size()
    shape, right, bottom = shape_of(size, 10), size.width() - 1, size.height() - 1
    for x, y in ((0, 0), (right, 0), (0, bottom), (right, bottom)):
        assert not shape.contains(QPoint(x, y))
    for x, y in ((right // 2, 0), (0, bottom // 2), (right, bottom // 2), (right // 2, bottom), (4, 4)):
        assert shape.contains(QPoint(x, y))
