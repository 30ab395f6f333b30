"""Questions say what happens, keep what is typed in check, and dim the window behind them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inspector.ui.actions import ACTIONS
from inspector.ui.dialogs.question import Question, TextQuestion
from inspector.ui.dialogs.scrim import Scrim
from inspector.ui.dialogs.shortcuts import ShortcutsDialog
from inspector.ui.endpoints.endpoint_form import url_problem
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.labels import Label


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 700)
    window.show()
    yield window
    for child in window.children():
        child.deleteLater()


def question(window: QWidget, theme: Theme, *, danger: bool = False, tick: str = "") -> Question:
    return Question(theme, Icons(theme), "Delete it?", "It is gone.", "Delete", window, danger=danger, tick=tick)


def address(window: QWidget, theme: Theme, value: str = "") -> TextQuestion:
    return TextQuestion(theme, Icons(theme), "Where to", "An address.", "Send", window, value=value, check=url_problem)


def test_a_dangerous_answer_is_not_the_one_enter_gives(window: QWidget, dressed: Theme) -> None:
    risky = question(window, dressed, danger=True)
    assert risky.cancel.isDefault()
    assert not risky.answer.isDefault()
    assert question(window, dressed).answer.isDefault()


def test_the_box_is_there_only_where_it_was_asked_for(window: QWidget, dressed: Theme, qtbot: QtBot) -> None:
    plain, ticked = question(window, dressed), question(window, dressed, tick="Do not ask again")
    assert plain.box.isHidden()
    assert not ticked.box.isHidden()


def test_the_window_is_dim_while_a_question_is_open_and_bright_after_it(
    window: QWidget, dressed: Theme, qtbot: QtBot
) -> None:
    asked = question(window, dressed)
    bright = window.grab().toImage().pixelColor(5, 5)
    asked.open()
    shade = window.findChild(Scrim)
    assert shade is not None
    assert shade.isVisible()
    assert window.grab().toImage().pixelColor(5, 5).lightness() < bright.lightness()
    window.resize(1000, 750)
    assert shade.size() == window.size()
    asked.reject()
    assert not shade.isVisible()
    assert window.grab().toImage().pixelColor(5, 5) == bright


def test_a_text_that_cannot_be_used_says_why_and_cannot_be_sent(window: QWidget, dressed: Theme, qtbot: QtBot) -> None:
    asked = address(window, dressed)
    asked.open()
    assert not asked.answer.isEnabled()
    asked.field.setText("ftp://example.com")
    assert asked.error.text() == "An address starts with http:// or https://."
    assert not asked.answer.isEnabled()
    asked.accept()
    assert asked.isVisible()
    asked.field.setText("http://localhost:5000/")
    assert asked.error.text().strip() == ""
    qtbot.keyClick(asked.field, Qt.Key.Key_Return)
    assert not asked.isVisible()


def test_the_shortcuts_name_every_key_of_the_menus(window: QWidget, dressed: Theme) -> None:
    dialog = ShortcutsDialog(dressed, Icons(dressed), ACTIONS, window)
    said = {label.text() for label in dialog.findChildren(Label)}
    for spec in ACTIONS:
        if spec.keys or spec.list_key:
            assert spec.text.rstrip("…") in said
            assert (", ".join(spec.keys) or spec.list_key) in said
