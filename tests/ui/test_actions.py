"""Menus and shortcuts are a table, and the table has no contradictions."""

from __future__ import annotations

from collections import Counter

from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from inspector.ui.actions import ACTIONS, MENUS
from inspector.ui.events.list_keys import LIST_KEYS
from inspector.ui.icons import icon_path
from inspector.ui.palette import Command, matching


def test_no_shortcut_is_bound_twice() -> None:
    keys = Counter(QKeySequence(key).toString() for spec in ACTIONS for key in spec.keys)
    keys.update(f"Ctrl+Shift+{number}" for number in range(1, 10))
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_shortcut_is_understood() -> None:
    assert all(QKeySequence(key).toString() for spec in ACTIONS for key in (*spec.keys, spec.list_key) if key)


def test_every_action_has_a_menu_and_an_icon_that_exists() -> None:
    assert {spec.menu for spec in ACTIONS} == set(MENUS)
    assert all(icon_path(spec.icon).is_file() for spec in ACTIONS if spec.icon)


def test_keys_shown_for_the_list_are_the_lists_own_keys() -> None:
    own = {item.keys for item in LIST_KEYS}
    assert {spec.list_key for spec in ACTIONS if spec.list_key} <= own


def test_the_palette_finds_words_in_any_order_and_prefers_beginnings() -> None:
    commands = [
        Command("a", "Restart receiver", "capture"),
        Command("b", "Replay", "event resend"),
        Command("c", "Replay to another target", "event"),
    ]
    assert [item.key for item in matching(commands, "target replay")] == ["c"]
    assert [item.key for item in matching(commands, "re")] == ["a", "b", "c"]
    assert [item.key for item in matching(commands, "replay")] == ["b", "c"]
    assert matching(commands, "nothing like it") == []


def test_a_label_hidden_while_the_theme_changes_shows_the_new_colours(qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QApplication

    from inspector.ui.theme import Theme
    from inspector.ui.widgets.labels import Label

    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme = Theme("dark")
    theme.apply(application)
    theme.changed.connect(lambda: theme.apply(application))
    label = Label(theme, "words", color="text2")
    qtbot.addWidget(label)
    theme.set_mode("light")
    label.show()
    qtbot.waitExposed(label)
    assert label.palette().windowText().color() == theme.tokens.text2
