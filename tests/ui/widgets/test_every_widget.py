"""What holds for every control: it re-tints, grows with the text, and has a name for a screen reader."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton
from tests.ui.widgets.makers import (
    MAKERS,
    picture,
    shown,
)


@pytest.mark.parametrize("name", MAKERS)
def test_every_control_repaints_in_the_other_scheme(name: str, theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    widget = MAKERS[name](theme, icons)
    shown(qtbot, widget)
    light = picture(widget)
    theme.set_mode("dark")
    assert picture(widget) != light
    theme.set_mode("light")
    assert picture(widget) == light


@pytest.mark.parametrize("name", MAKERS)
def test_everything_that_takes_the_focus_has_a_name(name: str, theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    widget = MAKERS[name](theme, icons)
    shown(qtbot, widget)
    focusable = [
        part
        for part in (widget, *widget.findChildren(QWidget))
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isVisible()
    ]
    nameless = [
        type(part).__name__
        for part in focusable
        if not part.accessibleName() and not (isinstance(part, QAbstractButton) and part.text())
    ]
    assert nameless == []


@pytest.mark.parametrize("name", MAKERS)
def test_every_button_with_only_an_icon_says_what_it_does(name: str, theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    widget = MAKERS[name](theme, icons)
    qtbot.addWidget(widget)
    for button in (part for part in (widget, *widget.findChildren(QWidget)) if isinstance(part, IconButton)):
        assert button.accessibleName()
        assert button.accessibleName() in button.toolTip()


@pytest.mark.parametrize("name", MAKERS)
def test_controls_grow_with_the_text(name: str, theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    widget = MAKERS[name](theme, icons)
    shown(qtbot, widget)
    before = widget.sizeHint()
    theme.set_text_scale(1.5)
    after = widget.sizeHint()
    assert after.height() >= before.height()
    assert after.width() >= before.width()


@pytest.mark.parametrize("name", MAKERS)
def test_targets_of_the_pointer_are_at_least_24_px(name: str, theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    widget = MAKERS[name](theme, icons)
    shown(qtbot, widget)
    parts = (part for part in (widget, *widget.findChildren(QWidget)) if part.isVisible())
    for button in (part for part in parts if isinstance(part, QAbstractButton)):
        assert button.sizeHint().height() >= 24
        assert button.sizeHint().width() >= 24
