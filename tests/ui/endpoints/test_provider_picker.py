"""A provider is chosen from a list that fills while the catalogue is read, by keyboard or mouse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.ui.endpoints.provider_picker import ProviderList
from inspector.ui.endpoints.settings_dialog import Edited, EndpointSettings
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from tests.builders import an_endpoint


@pytest.fixture
def dialog(dressed: Theme, qtbot: QtBot) -> Iterator[EndpointSettings]:
    catalogue = load_catalogue([resource_path("providers")])  # a fresh one: nothing is parsed yet
    found = EndpointSettings(dressed, Icons(dressed), catalogue, Edited(an_endpoint()))
    qtbot.addWidget(found)
    found.show()
    found.finish()
    yield found
    if found._list is not None:
        found._list.close()


def full_list(dialog: EndpointSettings, qtbot: QtBot) -> ProviderList:
    dialog.signature.provider.click()
    qtbot.waitUntil(lambda: not dialog._shelf.loading)
    assert dialog._list is not None
    return dialog._list


def test_only_the_endpoints_own_provider_is_read_before_the_list_is_wanted(dialog: EndpointSettings) -> None:
    assert set(dialog._catalogue._parsed) == {"rcs-events"}


def test_the_list_opens_at_once_and_fills_by_and_by(dialog: EndpointSettings, qtbot: QtBot) -> None:
    dialog.signature.provider.click()
    assert dialog._list is not None
    assert dialog._list.isVisible()
    assert dialog._shelf.rows == []
    qtbot.waitUntil(lambda: not dialog._shelf.loading)
    count = len(dialog._catalogue.ids)
    assert dialog._list.count.text() == f"{count} providers"
    chosen = dialog._list.list.currentItem()
    assert chosen.text().startswith("RCS events")  # the one in use, also while others came in


def test_typing_finds_and_enter_chooses(dialog: EndpointSettings, qtbot: QtBot) -> None:
    found = full_list(dialog, qtbot)
    qtbot.keyClicks(found.field, "x-hub-signature-256")
    qtbot.keyClicks(found.field, " github")
    assert found.list.currentItem().text().startswith("GitHub")
    qtbot.keyClick(found.field, Qt.Key.Key_Return)
    assert dialog.signature.provider_id == "github"
    assert dialog.signature.provider.text().startswith("GitHub")
    assert dialog._list is None


def test_arrow_keys_walk_the_providers_past_the_headings(dialog: EndpointSettings, qtbot: QtBot) -> None:
    found = full_list(dialog, qtbot)
    before = found.list.currentRow()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
        qtbot.keyClick(found.field, key)
        assert found.list.currentItem().flags() & Qt.ItemFlag.ItemIsEnabled
    assert found.list.currentRow() == before + 1


def test_escape_leaves_the_provider_as_it_was(dialog: EndpointSettings, qtbot: QtBot) -> None:
    found = full_list(dialog, qtbot)
    qtbot.keyClick(found.field, Qt.Key.Key_Down)
    qtbot.keyClick(found.field, Qt.Key.Key_Escape)
    assert dialog.signature.provider_id == "rcs-events"
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: dialog.focusWidget() is dialog.signature.provider)


def test_a_click_chooses_and_an_arrow_key_opens(dialog: EndpointSettings, qtbot: QtBot) -> None:
    qtbot.keyClick(dialog.signature.provider, Qt.Key.Key_Down)
    found = full_list(dialog, qtbot) if dialog._list is None else dialog._list
    qtbot.waitUntil(lambda: not dialog._shelf.loading)
    qtbot.keyClicks(found.field, "not signed")
    item = found.list.item(found.list.count() - 1)
    qtbot.mouseClick(found.list.viewport(), Qt.MouseButton.LeftButton, pos=found.list.visualItemRect(item).center())
    assert dialog.signature.provider_id == ""


def test_a_search_without_a_result_says_so(dialog: EndpointSettings, qtbot: QtBot) -> None:
    found = full_list(dialog, qtbot)
    qtbot.keyClicks(found.field, "zzzz")
    assert found.nothing.isVisible()
    qtbot.keyClick(found.field, Qt.Key.Key_Return)
    assert dialog.signature.provider_id == "rcs-events"


def test_a_scheme_of_ones_own_can_be_begun_from_the_list(dialog: EndpointSettings, qtbot: QtBot) -> None:
    found = full_list(dialog, qtbot)
    button = next(item for item in found.children() if getattr(item, "text", str)() == "New scheme…")
    with qtbot.waitSignal(dialog.new_scheme_wanted):
        button.click()  # type: ignore[attr-defined]  # a link button
    assert dialog._list is None
