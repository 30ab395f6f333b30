"""The settings apply at once, refuse what is not allowed beside the field, and go back to their defaults."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from inspector.settings import MIB, Settings, change_settings
from inspector.ui.icons import Icons
from inspector.ui.settings.settings_dialog import PAGES, SettingsDialog
from inspector.ui.theme import Theme
from inspector.ui.widgets.choices import CheckBox
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.segments import Segments


class Kept:
    """The settings as the program keeps them."""

    def __init__(self, **changes: Any) -> None:
        self.now = change_settings(Settings(), **changes)

    def change(self, **changes: Any) -> Settings:
        self.now = change_settings(self.now, **changes)
        return self.now


Open = Callable[..., SettingsDialog]


@pytest.fixture
def opened(dressed: Theme, qtbot: QtBot, tmp_path: Path) -> Open:
    def open_dialog(kept: Kept, page: str = "appearance") -> SettingsDialog:
        dialog = SettingsDialog(
            dressed, Icons(dressed), kept.now, kept.change, tmp_path, "A file only you can read.", page=page
        )
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return open_dialog


def number(dialog: SettingsDialog, name: str, text: str) -> TextField:
    field = next(item for item in dialog.findChildren(TextField) if item.accessibleName() == name)
    field.setText(text)
    field.editingFinished.emit()
    return field


def test_a_choice_applies_at_once(opened: Open) -> None:
    kept = Kept()
    dialog = opened(kept)
    theme = next(item for item in dialog.findChildren(Segments) if item.accessibleName() == "Theme")
    theme.set_current("dark")
    next(item for item in dialog.findChildren(CheckBox) if item.text() == "Reduce motion").setChecked(True)
    assert (kept.now.theme, kept.now.reduce_motion) == ("dark", True)


@pytest.mark.parametrize("wrong", ["99999", "-1", "soon", ""])
def test_a_port_that_cannot_be_is_refused_under_its_field(opened: Open, wrong: str) -> None:
    kept = Kept()
    dialog = opened(kept, "receiver")
    field = number(dialog, "Port", wrong)
    assert kept.now.port == 8787
    assert field.property("invalid")
    reasons = [label.text() for label in dialog.findChildren(Label) if label.isVisible()]
    assert any(reason.startswith(("Enter a number", "Port cannot be")) for reason in reasons)
    number(dialog, "Port", "9000")
    assert kept.now.port == 9000
    assert not field.property("invalid")


def test_the_receiver_starts_again_for_what_concerns_it_alone(opened: Open, qtbot: QtBot) -> None:
    dialog = opened(Kept(), "receiver")
    with qtbot.waitSignal(dialog.receiver_changed):
        number(dialog, "Largest body", "8")
    with qtbot.assertNotEmitted(dialog.receiver_changed):
        number(dialog, "Replay time limit", "12")


def test_a_body_limit_is_told_in_megabytes(opened: Open) -> None:
    kept = Kept(max_body_bytes=5 * MIB)
    dialog = opened(kept, "receiver")
    field = next(item for item in dialog.findChildren(TextField) if item.accessibleName() == "Largest body")
    assert field.text() == "5"
    number(dialog, "Largest body", "0.5")
    assert kept.now.max_body_bytes == MIB // 2


def test_hosts_that_were_confirmed_are_asked_about_again(opened: Open, qtbot: QtBot) -> None:
    kept = Kept(confirmed_hosts=("staging.example",))
    dialog = opened(kept, "replay")
    button = next(item for item in dialog.findChildren(type(dialog.restore)) if item.text().startswith("Ask again"))
    button.click()
    assert kept.now.confirmed_hosts == ()
    assert not button.isEnabled()


def test_restore_defaults_undoes_every_change(opened: Open) -> None:
    kept = Kept(theme="dark", density="roomy", reduce_motion=True, port=9000, replay_timeout_s=5, mask_recipients=True)
    dialog = opened(kept)
    dialog.restore.click()
    assert kept.now == Settings()


@pytest.mark.parametrize("page", [page for page, _title, _icon in PAGES])
def test_every_page_opens_by_its_name(opened: Open, page: str) -> None:
    dialog = opened(Kept(), page)
    assert PAGES[dialog.pages.currentIndex()][0] == page
    assert dialog.list.currentRow() == dialog.pages.currentIndex()
