"""The endpoint dialog over the running program: what is saved works from the next request on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog

from inspector.domain.endpoint import DuplicateKey
from inspector.domain.event import EventSummary, Repeat
from inspector.domain.verification import Verdict
from inspector.ui.dialogs.question import Question
from inspector.ui.endpoints.endpoint_desk import EndpointDesk
from inspector.ui.endpoints.scheme_dialog import SchemeDialog
from inspector.ui.endpoints.settings_dialog import EndpointSettings
from inspector.ui.icons import Icons
from tests.ui.desk import BODY, Desk
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio

OWN = """\
name = "Mine"

[[signing]]
signature = "header:X-Webhook-Signature"
signed = "{body}"
"""


@pytest.fixture
def endpoints(desk: Desk) -> Iterator[EndpointDesk]:
    window = desk.window
    yield EndpointDesk(desk.app, window.theme, Icons(window.theme), window.tasks, window.notices, window)
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QDialog):
            widget.close()


def opened(endpoints: EndpointDesk, desk: Desk) -> EndpointSettings:
    dialog = endpoints.open(desk.endpoint.id)
    assert dialog is not None
    return dialog


async def newest(desk: Desk, count: int) -> EventSummary:
    return await desk.row(0, of=count)


async def a_scheme_dialog() -> SchemeDialog:
    def shown() -> list[SchemeDialog]:
        return [item for item in QApplication.topLevelWidgets() if isinstance(item, SchemeDialog) and item.isVisible()]

    await until(lambda: bool(shown()))
    return shown()[0]


async def test_a_replaced_secret_is_tried_on_the_newest_event_and_both_count(
    desk: Desk, endpoints: EndpointDesk
) -> None:
    before = desk.secret
    await desk.post(secret="the provider's new secret")
    assert (await newest(desk, 1)).verdict is Verdict.INVALID
    dialog = opened(endpoints, desk)
    trial = dialog.signature.trial
    await until(lambda: trial.title.text().startswith("The newest event would be invalid"))
    dialog.signature.secrets.rows[0].replace_button.click()
    dialog.signature.secrets.rows[0].written.emit("the provider's new secret")
    await until(lambda: trial.title.text().startswith("The newest event would be valid"))
    dialog.save()
    await until(lambda: desk.secret == "the provider's new secret")
    for number, secret in enumerate((before, "the provider's new secret"), 2):
        assert await desk.post(BODY.replace(b"abc", b"x%02d" % number), secret=secret) == 200
        assert (await newest(desk, number)).verdict is Verdict.VALID


async def test_an_event_that_arrives_meanwhile_is_the_newest(desk: Desk, endpoints: EndpointDesk) -> None:
    dialog = opened(endpoints, desk)
    assert not dialog.signature.trial.isVisible()
    await desk.post()
    await until(lambda: dialog.signature.trial.title.text().startswith("The newest event would be valid (#1,"))
    dialog.reject()
    await desk.post(BODY.replace(b"abc", b"xyz"))
    assert (await newest(desk, 2)).verdict is Verdict.VALID  # and nobody asks a dialog that has gone


async def test_a_duplicate_is_known_by_the_value_that_was_chosen(desk: Desk, endpoints: EndpointDesk) -> None:
    dialog = opened(endpoints, desk)
    section = dialog.duplicates
    section.key_box.setCurrentIndex(section.key_box.findData(DuplicateKey.FIELD.value))
    section.place_kind.setCurrentIndex(section.place_kind.findData("json"))
    section.place_name.setText("recipient")
    dialog.save()
    await until(lambda: desk.endpoint.duplicates.place == "json:recipient")
    await desk.post()
    await desk.post(BODY.replace(b"abc", b"xyz"))  # another message to the same recipient
    second = await newest(desk, 2)
    assert (second.repeat, second.original_id) == (Repeat.DUPLICATE, 1)


async def test_a_scheme_of_ones_own_is_saved_used_renamed_and_deleted(desk: Desk, endpoints: EndpointDesk) -> None:
    await desk.post()
    await newest(desk, 1)
    dialog = opened(endpoints, desk)
    dialog.new_scheme_wanted.emit()
    scheme = await a_scheme_dialog()
    scheme.load("mine", OWN)
    await until(lambda: scheme.preview.verdict.title.text() == "This event is valid")
    scheme.save()
    await until(lambda: dialog.signature.provider_id == "mine")
    assert dialog.signature.edit_scheme.isVisible()
    dialog.save()
    await until(lambda: desk.endpoint.provider == "mine")
    await desk.post(BODY.replace(b"abc", b"xyz"))
    second = await newest(desk, 2)
    assert (second.verdict, second.provider) == (Verdict.VALID, "mine")

    dialog = opened(endpoints, desk)
    dialog.signature.edit_scheme.click()
    scheme = await a_scheme_dialog()
    scheme.file_id.setText("ours")
    scheme.save()
    await until(lambda: desk.endpoint.provider == "ours" and dialog.signature.provider_id == "ours")
    assert [path.name for path in (desk.app.folder / "providers").iterdir()] == ["ours.toml"]

    dialog.signature.edit_scheme.click()
    scheme = await a_scheme_dialog()
    scheme.delete_requested.emit("ours")
    question = await a_question()
    question.answer.click()
    await until(lambda: desk.app.catalogue.get("ours") is None)
    await until(lambda: "no such provider" in dialog.signature._provider_row.hint.text())


async def a_question() -> Question:
    def shown() -> list[Question]:
        return [item for item in QApplication.topLevelWidgets() if isinstance(item, Question) and item.isVisible()]

    await until(lambda: bool(shown()))
    return shown()[0]


async def test_a_scheme_is_exported_and_imported(desk: Desk, endpoints: EndpointDesk, tmp_path: Path) -> None:
    dialog = opened(endpoints, desk)
    dialog.new_scheme_wanted.emit()
    scheme = await a_scheme_dialog()
    target = tmp_path / "Shared one.toml"
    await endpoints.schemes.export_to(target, OWN)
    await endpoints.schemes.import_into(scheme, target)
    assert (scheme.id, scheme.text) == ("shared-one", OWN)


async def test_there_is_no_dialog_for_an_endpoint_that_is_gone(desk: Desk, endpoints: EndpointDesk) -> None:
    gone = replace(desk.endpoint, id=type(desk.endpoint.id)(99))
    assert endpoints.open(gone.id) is None
