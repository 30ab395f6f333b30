"""The settings apply at once, refuse what is not allowed beside the field, and go back to their defaults."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from inspector.app import App, SettingsKeeper
from inspector.secret_store import MemorySecrets
from inspector.settings import MIB, Settings
from inspector.ui.icons import Icons
from inspector.ui.settings.keyboard_page import KeyboardPage
from inspector.ui.settings.page import SettingsPage
from inspector.ui.settings.pages import PAGES
from inspector.ui.settings.replay_page import ReplayPage
from inspector.ui.settings.settings_dialog import SettingsDialog
from inspector.ui.theme import Theme
from inspector.ui.widgets.choices import CheckBox
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.segments import Segments

Open = Callable[..., SettingsDialog]
PLAIN = ("general", "appearance", "receiver", "replay", "privacy", "keyboard", "about")
"""Pages that need nothing of the program but its settings."""


@pytest.fixture
def keeper(tmp_path: Path) -> SettingsKeeper:
    return SettingsKeeper(tmp_path)


@pytest.fixture
def opened(dressed: Theme, qtbot: QtBot, tmp_path: Path, keeper: SettingsKeeper) -> Open:
    app = cast("App", SimpleNamespace(settings=keeper, folder=tmp_path, secret_store=MemorySecrets()))

    def open_dialog(page: str = "appearance", *, whole: bool = True, **changes: Any) -> SettingsDialog:
        keeper.change(**changes)
        dialog = SettingsDialog(dressed, Icons(dressed), app, page=page)
        qtbot.addWidget(dialog)
        dialog.show()
        if whole:
            dialog.page(page)
        return dialog

    return open_dialog


def field_of(dialog: SettingsDialog, name: str) -> TextField:
    return next(item for item in dialog.findChildren(TextField) if item.accessibleName() == name)


def number(dialog: SettingsDialog, name: str, text: str) -> TextField:
    field = field_of(dialog, name)
    field.setText(text)
    field.editingFinished.emit()
    return field


def test_a_choice_applies_at_once(opened: Open, keeper: SettingsKeeper) -> None:
    dialog = opened()
    theme = next(item for item in dialog.findChildren(Segments) if item.accessibleName() == "Theme")
    theme.set_current("dark")
    next(item for item in dialog.findChildren(CheckBox) if item.text() == "Reduce motion").setChecked(True)
    assert (keeper.current.theme, keeper.current.reduce_motion) == ("dark", True)


def test_a_page_follows_what_is_changed_elsewhere(opened: Open, keeper: SettingsKeeper) -> None:
    dialog = opened("receiver")
    keeper.change(port=9123)
    assert field_of(dialog, "Port").text() == "9123"


@pytest.mark.parametrize("wrong", ["99999", "-1", "soon", ""])
def test_a_port_that_cannot_be_is_refused_under_its_field(opened: Open, keeper: SettingsKeeper, wrong: str) -> None:
    dialog = opened("receiver")
    field = number(dialog, "Port", wrong)
    assert keeper.current.port == 8787
    assert field.property("invalid")
    reasons = [label.text() for label in dialog.findChildren(Label) if label.isVisible()]
    assert any(reason.startswith(("Enter a number", "Port cannot be")) for reason in reasons)
    number(dialog, "Port", "9000")
    assert keeper.current.port == 9000
    assert not field.property("invalid")


def test_the_receiver_starts_again_for_what_concerns_it_alone(opened: Open, qtbot: QtBot) -> None:
    dialog = opened("receiver")
    with qtbot.waitSignal(dialog.receiver_changed):
        number(dialog, "Largest body", "8")
    dialog.go_to("replay")
    dialog.page("replay")
    with qtbot.assertNotEmitted(dialog.receiver_changed):
        number(dialog, "Replay time limit", "12")


def test_a_body_limit_is_told_in_megabytes(opened: Open, keeper: SettingsKeeper) -> None:
    dialog = opened("receiver", max_body_bytes=5 * MIB)
    assert field_of(dialog, "Largest body").text() == "5"
    number(dialog, "Largest body", "0.5")
    assert keeper.current.max_body_bytes == MIB // 2


def test_time_limits_of_slow_senders_can_be_set(opened: Open, keeper: SettingsKeeper) -> None:
    dialog = opened("receiver")
    number(dialog, "Time for a request's head", "5")
    number(dialog, "Connections at once", "50")
    assert (keeper.current.head_limit_s, keeper.current.max_connections) == (5, 50)
    assert number(dialog, "Connections at once", "1").property("invalid")


def test_one_host_that_was_confirmed_is_asked_about_again(opened: Open, keeper: SettingsKeeper) -> None:
    dialog = opened("replay", confirmed_hosts=("staging.example", "other.example"), targets=("http://localhost:5000/",))
    page = dialog.page("replay")
    assert isinstance(page, ReplayPage)
    page.hosts.buttons["staging.example"].click()
    assert keeper.current.confirmed_hosts == ("other.example",)
    page.targets.buttons["http://localhost:5000/"].click()
    assert keeper.current.targets == ()
    assert any(label.text() == "None yet." for label in page.findChildren(Label))


def test_restore_defaults_undoes_what_its_page_shows_and_nothing_else(opened: Open, keeper: SettingsKeeper) -> None:
    dialog = opened("appearance", theme="dark", density="roomy", reduce_motion=True, port=9000)
    dialog.restore.click()
    assert keeper.current == Settings(port=9000)
    dialog.go_to("about")
    assert not dialog.restore.isVisible()


def made(dialog: SettingsDialog) -> list[str]:
    areas = dialog.findChildren(QScrollArea)
    return [entry.key for entry in PAGES if any(a.accessibleName() == entry.title and a.widget() for a in areas)]


def test_a_page_is_made_when_it_is_first_shown_in_turns_of_the_loop(opened: Open, qtbot: QtBot) -> None:
    dialog = opened("receiver", whole=False)
    assert made(dialog) == []  # opening the dialog holds nobody up
    assert not dialog.restore.isVisible()
    qtbot.waitUntil(lambda: made(dialog) == ["receiver"])
    assert dialog.restore.isVisible()
    dialog.go_to("keyboard")
    dialog.go_to("appearance")
    qtbot.waitUntil(lambda: made(dialog) == ["appearance", "receiver"])  # one that was passed by is left


def test_rows_of_a_page_are_made_in_turns_too(opened: Open, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    steps: list[int] = []
    step = SettingsPage.step

    def counted(page: SettingsPage) -> bool:
        steps.append(page.column.count())
        return step(page)

    monkeypatch.setattr(SettingsPage, "step", counted)
    dialog = opened("receiver", whole=False)
    qtbot.waitUntil(lambda: made(dialog) == ["receiver"])
    assert len(steps) > 4


def test_tab_goes_from_the_list_over_the_page_to_the_buttons_below(opened: Open) -> None:
    dialog = opened("receiver")
    stops, widget = [], dialog.list.nextInFocusChain()
    while widget is not dialog.list:
        stops.append(widget)
        widget = widget.nextInFocusChain()
    assert stops.index(field_of(dialog, "Port")) < stops.index(dialog.restore)


@pytest.mark.parametrize("page", PLAIN)
def test_every_page_opens_by_its_name_and_nothing_is_cut_at_the_smallest_size(opened: Open, page: str) -> None:
    dialog = opened(page)
    dialog.resize(720, 520)
    assert PAGES[dialog.pages.currentIndex()].key == page
    assert dialog.list.currentRow() == dialog.pages.currentIndex()
    shown = dialog.page(page)
    assert isinstance(shown, QWidget)
    assert shown.minimumSizeHint().width() <= dialog.pages.width() - 48


def keyboard(dialog: SettingsDialog) -> KeyboardPage:
    page = dialog.page("keyboard")
    assert isinstance(page, KeyboardPage)
    return page


def test_a_shortcut_can_be_changed_taken_away_and_given_back(opened: Open, keeper: SettingsKeeper) -> None:
    page = keyboard(opened("keyboard"))
    page.choose("new_endpoint")
    page.edit.setKeySequence(QKeySequence("Ctrl+Alt+N"))
    page.set_button.click()
    assert keeper.current.shortcuts == ("new_endpoint=Ctrl+Alt+N",)
    assert page._items["new_endpoint"].text(1) == "Ctrl+Alt+N (changed)"
    page.none_button.click()
    assert keeper.current.shortcuts == ("new_endpoint=",)
    page.own_button.click()
    assert keeper.current.shortcuts == ()
    assert not page.own_button.isEnabled()


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ("Ctrl+K", "Ctrl+K is taken: Command palette."),
        ("Ctrl+Shift+3", "Ctrl+Shift+3 is taken: Show endpoint 3."),
        ("Ctrl+C", "Ctrl+C is taken: Copy."),
        ("N", "Press Ctrl or Alt with it"),
        ("Shift+N", "Press Ctrl or Alt with it"),
    ],
)
def test_a_conflict_is_named_and_cannot_be_set(opened: Open, keys: str, why: str) -> None:
    page = keyboard(opened("keyboard"))
    page.choose("new_endpoint")
    page.edit.setKeySequence(QKeySequence(keys))
    assert page.row.hint.text().startswith(why)
    assert not page.set_button.isEnabled()


def test_keys_that_were_given_up_can_be_used_elsewhere(opened: Open, keeper: SettingsKeeper) -> None:
    page = keyboard(opened("keyboard", shortcuts=("palette=",)))
    page.choose("new_endpoint")
    page.edit.setKeySequence(QKeySequence("Ctrl+K"))
    page.set_button.click()
    assert set(keeper.current.shortcuts) == {"palette=", "new_endpoint=Ctrl+K"}


def test_restore_defaults_gives_every_action_its_own_keys(opened: Open, keeper: SettingsKeeper) -> None:
    dialog = opened("keyboard", shortcuts=("palette=", "quit=F8"), single_keys=False)
    dialog.restore.click()
    assert keeper.current == Settings()
    assert keyboard(dialog)._items["quit"].text(1) == "Ctrl+Q"


def test_keys_are_pressed_into_the_field(opened: Open, keeper: SettingsKeeper, qtbot: QtBot) -> None:
    page = keyboard(opened("keyboard"))
    page.choose("quit")
    qtbot.keyClick(page.edit, Qt.Key.Key_F8)
    qtbot.waitUntil(page.set_button.isEnabled)
    page.set_button.click()
    assert keeper.current.shortcuts == ("quit=F8",)
