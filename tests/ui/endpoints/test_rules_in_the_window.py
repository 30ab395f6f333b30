"""What is set in the dialogs of the real window holds from the next request on, and the loop is never held up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog

from inspector.domain.endpoint import StorageRule
from inspector.ui.endpoints.settings_dialog import EndpointSettings
from inspector.ui.endpoints.sidebar_model import EndpointRow
from inspector.ui.settings.keyboard_page import KeyboardPage
from inspector.ui.settings.settings_dialog import SettingsDialog
from tests.ui.desk import Desk
from tests.ui.waiting import a_dialog, until

pytestmark = pytest.mark.asyncio


async def open_endpoint(desk: Desk, section: str) -> EndpointSettings:
    desk.window.endpoints.open_settings(desk.endpoint.id, section)
    dialog = await a_dialog(EndpointSettings)
    assert isinstance(dialog, EndpointSettings)
    return dialog


async def test_a_script_set_in_the_dialog_answers_the_next_requests(desk: Desk) -> None:
    dialog = await open_endpoint(desk, "answer")
    dialog.answer.way.set_current("script")
    dialog.answer.script.setPlainText("503, then 202")
    dialog.save_button.click()
    await until(lambda: bool(desk.endpoint.answers.script))
    assert [await desk.post() for _ in range(3)] == [503, 202, 202]


async def test_a_password_set_in_the_dialog_is_asked_for(desk: Desk) -> None:
    dialog = await open_endpoint(desk, "access")
    dialog.access.username.setText("me")
    dialog.access.password.setText("open sesame")
    dialog.save_button.click()
    await until(lambda: desk.endpoint.access.password is not None)
    assert desk.endpoint.access.password is not None
    assert desk.app.secret_store.get(desk.endpoint.access.password.key) == "open sesame"
    assert await desk.post() == 401


async def test_an_allow_list_set_in_the_dialog_keeps_others_out(desk: Desk) -> None:
    dialog = await open_endpoint(desk, "access")
    dialog.access.allowed.set_values(["203.0.113.0/24"])
    dialog.save_button.click()
    await until(lambda: bool(desk.endpoint.access.allowed))
    assert await desk.post() == 403


async def test_https_in_the_endpoint_dialog_opens_the_settings_there(desk: Desk) -> None:
    dialog = await open_endpoint(desk, "access")
    dialog.access.https_wanted.emit()
    settings = await a_dialog(SettingsDialog)
    assert isinstance(settings, SettingsDialog)
    assert settings.list.currentRow() == settings.list.row_of("https")
    settings.reject()
    dialog.reject()


async def test_clear_now_asks_and_empties_the_endpoint(desk: Desk) -> None:
    await desk.post_many(2)
    await desk.row(0, of=2)
    dialog = await open_endpoint(desk, "storage")
    dialog.storage.clear_button.click()
    await until(lambda: any("Delete 2 events" in item.windowTitle() for item in _dialogs(desk)))
    question = next(item for item in _dialogs(desk) if "Delete 2 events" in item.windowTitle())
    question.accept()
    await until(lambda: desk.window.page.model.rowCount() == 0)
    dialog.reject()


def _dialogs(desk: Desk) -> list[QDialog]:
    return [item for item in desk.window.findChildren(QDialog) if item.isVisible()]


async def test_recipients_of_one_endpoint_alone_are_masked(desk: Desk) -> None:
    await desk.post()
    await desk.row(0, of=1)
    style = desk.window.page.model.style
    assert not style.masks(desk.endpoint.id)
    await desk.app.directory.save(replace(desk.endpoint, storage=StorageRule(mask_recipients=True)))
    style = desk.window.page.model.style
    assert style.masks(desk.endpoint.id)
    assert not style.masks(None)


async def test_an_endpoints_colour_reaches_the_sidebar(desk: Desk) -> None:
    await desk.app.directory.save(replace(desk.endpoint, colour="teal"))
    colours = [row.colour for row in desk.window.sidebar.scopes_model.rows if isinstance(row, EndpointRow)]
    assert "teal" in colours


async def test_changed_keys_work_in_the_window_and_are_shown_in_its_menus(desk: Desk) -> None:
    desk.window.commands.open_settings("keyboard")
    dialog = await a_dialog(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    page = dialog.page("keyboard")
    assert isinstance(page, KeyboardPage)
    page.choose("send_test")
    page.edit.setKeySequence(QKeySequence("Ctrl+Alt+T"))
    page.set_button.click()
    actions = desk.window.actions_table
    assert actions["send_test"].shortcut().toString() == "Ctrl+Alt+T"
    assert next(spec.keys for spec in actions.specs if spec.key == "send_test") == ("Ctrl+Alt+T",)
    dialog.restore.click()
    assert actions["send_test"].shortcut().toString() == "Ctrl+T"
    dialog.accept()


async def test_the_room_for_events_is_what_the_settings_say(desk: Desk) -> None:
    desk.app.settings.change(storage_gb=3)
    assert desk.app.store.retention.most_bytes == 3_000_000_000


async def test_the_endpoint_of_last_time_is_shown_again_unless_told_otherwise(desk: Desk) -> None:
    await desk.app.directory.create("Another")
    desk.app.settings.change(scope=int(desk.endpoint.id), restore_scope=False)
    desk.window.scopes._names = {}
    desk.window.scopes.reload()
    assert desk.window.endpoints.scope is None
    desk.app.settings.change(scope=int(desk.endpoint.id), restore_scope=True)
    desk.window.scopes._names = {}
    desk.window.scopes.reload()
    assert desk.window.endpoints.scope == desk.endpoint.id
