"""The handler check in its window: opened from everywhere, run, stopped, read by keyboard, exported."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from inspector.simulator.check.bench import Seams
from inspector.simulator.check.checks import CHECKS
from inspector.simulator.check.outcome import State
from inspector.simulator.check.report_formats import FORMATS, JSON
from inspector.ui.check.dialog import SMALLEST, CheckDialog
from inspector.ui.check.model import FOLD_KEY, LINE_ROLE, CheckLine, CheckModel
from tests.fakes import OK, Target, a_target
from tests.ui.desk import Desk
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def target() -> AsyncIterator[Target]:
    """A handler that accepts everything."""
    async with a_target() as found:
        yield found


def opened(desk: Desk, target: Target, *, retry_s: float = 0.05) -> CheckDialog:
    """Return the dialog aimed at a handler, with short waits."""
    desk.window.checks.seams = Seams(retry_s=retry_s, drip_s=0.1, pace=0.05)
    dialog = desk.window.checks.open()
    dialog.setup.target.field.setText(target.url)
    return dialog


def ended(dialog: CheckDialog) -> bool:
    """Whether nothing runs any more."""
    return not dialog.is_running


def states(dialog: CheckDialog) -> dict[str, State | None]:
    """Return how every check stands."""
    return {line.key: line.state for line in dialog.model.lines}


async def test_bar_menu_key_and_palette_open_the_same_dialog(desk: Desk) -> None:
    window = desk.window
    window.top_bar.check.click()
    dialog = window.checks.dialog
    assert dialog is not None
    assert not dialog.isModal()
    assert window.actions_table["handler_check"].shortcut().toString() == "Ctrl+Shift+H"
    window.actions_table["handler_check"].trigger()
    window.commands.run("handler_check")
    assert window.checks.dialog is dialog


async def test_the_endpoint_in_view_gives_provider_and_secret(desk: Desk) -> None:
    dialog = desk.window.checks.open()
    assert dialog.setup.provider.provider_id == "rcs-events"
    assert desk.endpoint.name in dialog.setup.secret.currentText()
    assert desk.secret[-4:] in dialog.setup.secret.currentText()
    assert desk.secret not in dialog.setup.secret.currentText()
    value = dialog.setup.secret_value
    assert value is not None
    assert value.value == desk.secret


async def test_a_run_shows_every_result_and_leads_to_the_first_failure(desk: Desk, target: Target) -> None:
    dialog = opened(desk, target)
    dialog.setup.go.click()
    await until(lambda: ended(dialog), 20)
    found = states(dialog)
    assert None not in found.values()
    assert found["successful-delivery"] is State.PASSED
    assert found["invalid-signature"] is State.FAILED
    assert dialog.rows.current_key == "invalid-signature"
    verdict = dialog.detail.verdict
    assert verdict.callout.title.text() == "Your handler accepted a forged event"
    assert verdict.values["Expected"].accessibleName() == "401 or 403"
    assert verdict.values["Got"].accessibleName().startswith("200 OK in ")
    assert verdict.code.text.startswith("import hashlib")
    counts = {state: label.text() for state, label in dialog.summary.counts.items() if not label.isHidden()}
    assert counts[State.FAILED] == f"{sum(state is State.FAILED for state in found.values())} failed"
    assert "Slowest answer" in dialog.summary.pace.text()
    assert target.url in desk.app.settings.current.targets


async def test_the_code_follows_the_framework_and_can_be_copied(desk: Desk, target: Target) -> None:
    dialog = opened(desk, target)
    dialog.run_one("invalid-signature")
    await until(lambda: ended(dialog))
    verdict = dialog.detail.verdict
    dialog.rows.show_key("invalid-signature")
    verdict.framework.setCurrentIndex(verdict.framework.findText("Express"))
    assert "crypto.timingSafeEqual" in verdict.code.text
    verdict.copy.click()
    assert QGuiApplication.clipboard().text() == verdict.code.text


async def test_enter_runs_the_row_and_the_fold_opens_by_keyboard(desk: Desk, target: Target, qtbot: QtBot) -> None:
    dialog = opened(desk, target)
    rows = dialog.rows
    rows.setFocus()
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert dialog.is_running
    await until(lambda: ended(dialog))
    assert [key for key, state in states(dialog).items() if state is not None] == ["failed-delivery"]
    qtbot.keyClick(rows, Qt.Key.Key_End)
    assert rows.current_key == FOLD_KEY
    assert dialog.model.rowCount() == 8
    qtbot.keyClick(rows, Qt.Key.Key_Right)
    assert dialog.model.rowCount() == 1 + len(CHECKS)
    qtbot.keyClick(rows, Qt.Key.Key_Left)
    assert dialog.model.rowCount() == 8


async def test_stop_keeps_what_was_found(desk: Desk, target: Target) -> None:
    dialog = opened(desk, target, retry_s=60)
    dialog.run_all()
    await until(lambda: any(line.until for line in dialog.model.lines))
    waiting = dialog.model.line_of("slow-response")
    assert waiting is not None
    assert waiting.word == "Running"
    assert waiting.time.startswith("retry in ")
    assert dialog.stop_button.isEnabled()
    assert not dialog.setup.go.isEnabled()
    dialog.stop_button.click()
    await until(lambda: ended(dialog))
    assert sum(state is not None for state in states(dialog).values()) == 6
    assert dialog.setup.go.isEnabled()
    assert not any(line.running for line in dialog.model.lines)


async def test_closing_stops_the_run(desk: Desk, target: Target) -> None:
    dialog = opened(desk, target, retry_s=60)
    dialog.run_all()
    await until(lambda: any(line.until for line in dialog.model.lines))
    dialog.close()
    await until(lambda: desk.window.checks.dialog is None)
    await asyncio.sleep(0)
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "Handler check"]


async def test_what_was_found_is_there_again_after_closing(desk: Desk, target: Target) -> None:
    dialog = opened(desk, target)
    for key in ("invalid-signature", "user-click"):
        dialog.run_one(key)
        await until(lambda: ended(dialog))
    dialog.rows.show_key("invalid-signature")
    dialog.close()
    await until(lambda: desk.window.checks.dialog is None)
    again = desk.window.checks.open()
    assert again is not dialog
    assert again.setup.target.text == target.url
    assert {key: state for key, state in states(again).items() if state is not None} == {
        "user-click": State.PASSED,
        "invalid-signature": State.FAILED,
    }
    assert again.rows.current_key == "invalid-signature"
    assert again.detail.verdict.callout.title.text() == "Your handler accepted a forged event"
    assert again.export.isEnabled()
    again.show_request()
    assert "X-Webhook-Signature" in again.detail.exchanges.request.text
    sent = len(target.requests)
    again.detail.show_verdict()
    again.run_one("user-click")
    await until(lambda: ended(again))
    assert len(target.requests) > sent


async def test_what_was_found_for_a_secret_that_has_gone_is_not_shown_again(desk: Desk, target: Target) -> None:
    dialog = opened(desk, target)
    dialog.run_one("user-click")
    await until(lambda: ended(dialog))
    dialog.close()
    await until(lambda: desk.window.checks.dialog is None)
    await desk.app.directory.set_secret(desk.endpoint.id, "another-secret-than-before-0123")
    again = desk.window.checks.open()
    assert again.setup.target.text == target.url
    assert set(states(again).values()) == {None}


async def test_a_target_that_is_down_is_said_once(desk: Desk) -> None:
    async with a_target() as gone:
        pass
    dialog = opened(desk, gone)
    dialog.run_all()
    await until(lambda: ended(dialog))
    assert not dialog.problem.isHidden()
    assert dialog.problem.title.text().startswith("Nothing is listening on 127.0.0.1")
    assert set(states(dialog).values()) == {None}


async def test_show_request_shows_both_sides_without_the_secret(desk: Desk, target: Target, qtbot: QtBot) -> None:
    dialog = opened(desk, target)
    dialog.rows.show_key("invalid-signature")
    assert not dialog.detail.verdict.request.isEnabled()
    dialog.run_one("invalid-signature")
    await until(lambda: ended(dialog))
    dialog.detail.verdict.request.click()
    view = dialog.detail.exchanges
    assert dialog.detail.shows_request
    assert view.choice.count() == 2
    assert view.choice.currentIndex() == 1
    assert view.request.text.startswith("POST /hook HTTP/1.1")
    assert view.response.text == "HTTP/1.1 200 OK\nContent-Length: 2\n\nOK"
    assert desk.secret not in view.request.text
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.detail.shows_request
    assert dialog.isVisible()


async def test_what_was_found_is_forgotten_with_another_address(desk: Desk, target: Target) -> None:
    dialog = opened(desk, target)
    dialog.run_one("user-click")
    await until(lambda: ended(dialog))
    assert states(dialog)["user-click"] is State.PASSED
    dialog.setup.target.field.setText("http://localhost:1/other")
    assert set(states(dialog).values()) == {None}
    assert not dialog.export.isEnabled()


async def test_another_provider_wants_its_own_secret(desk: Desk, target: Target) -> None:
    dialog = opened(desk, target)
    dialog.setup.provider.choose("stripe")
    assert not dialog.setup.go.isEnabled()
    assert "secret" in dialog.setup.go.toolTip()
    dialog.setup.typed.setText("whsec_of_the_handler_0123")
    assert dialog.setup.go.isEnabled()
    dialog.run_one("stale-timestamp")
    await until(lambda: ended(dialog))
    assert states(dialog)["stale-timestamp"] is State.FAILED
    assert b"stripe-signature: t=" in target.requests[-1].lower()


async def test_an_unusable_address_or_probe_disables_running(desk: Desk, target: Target) -> None:
    dialog = opened(desk, target)
    dialog.setup.target.field.setText("ftp://nowhere")
    assert not dialog.setup.go.isEnabled()
    dialog.setup.target.field.setText(target.url)
    dialog.setup.probe.setText("ftp://nowhere")
    assert not dialog.setup.go.isEnabled()
    assert "probe" in dialog.setup.go.toolTip().lower()
    dialog.setup.probe.clear()
    assert dialog.setup.go.isEnabled()


async def test_the_probe_is_read_around_a_duplicate(desk: Desk) -> None:
    seen: list[bytes] = []

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gets = sum(request.startswith(b"GET /hook") for request in target.requests)
        posts = len(target.requests) - gets
        seen.append(b"%d" % posts)
        body = b"%d" % posts
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()

    async with a_target(behave) as target:
        dialog = opened(desk, target)
        dialog.setup.probe.setText(target.url)
        dialog.run_one("duplicate")
        await until(lambda: ended(dialog), 20)
    assert states(dialog)["duplicate"] is State.FAILED
    line = dialog.model.line_of("duplicate")
    assert line is not None
    assert line.outcome is not None
    assert "processed twice" in line.outcome.ruling.title


async def test_a_report_is_written_where_the_user_says(
    desk: Desk, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = opened(desk, target)
    assert not dialog.export.isEnabled()
    dialog.run_one("user-click")
    await until(lambda: ended(dialog))
    dialog.run_one("invalid-signature")
    await until(lambda: ended(dialog))
    file = tmp_path / "found.json"
    monkeypatch.setattr(QFileDialog, "selectedFiles", lambda _self: [str(file)])
    monkeypatch.setattr(QFileDialog, "open", lambda self: self.accept())
    dialog.save_as(JSON)
    await until(file.exists)
    told = json.loads(file.read_text("utf-8"))
    assert [check["key"] for check in told["checks"]] == ["user-click", "invalid-signature"]
    assert desk.secret not in file.read_text("utf-8")
    assert len(FORMATS) == 4


async def test_somebody_elses_computer_is_asked_about(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def refuse(question: object) -> None:
        asked.append(str(getattr(question, "windowTitle", lambda: "")()))

    monkeypatch.setattr("inspector.ui.control.check_control.ask", refuse)
    dialog = desk.window.checks.open()
    dialog.setup.target.field.setText("https://staging.northwind.example/hook")
    dialog.run_all()
    await until(lambda: ended(dialog))
    assert len(asked) == 1
    assert set(states(dialog).values()) == {None}


async def test_it_fits_its_smallest_size(desk: Desk, target: Target) -> None:
    dialog = opened(desk, target)
    dialog.resize(SMALLEST)
    await until(lambda: dialog.size() == SMALLEST)
    assert dialog.minimumSizeHint().width() <= SMALLEST.width()
    assert dialog.minimumSizeHint().height() <= SMALLEST.height()


async def test_the_model_is_sound(qtmodeltester: object) -> None:
    model = CheckModel()
    model.set_open(True)
    model.set_open(False)
    qtmodeltester.check(model)  # type: ignore[attr-defined]  # pytest-qt's fixture has no type


async def test_a_rows_menu_runs_it_and_copies_its_result(desk: Desk, target: Target) -> None:
    dialog = opened(desk, target)
    line = dialog.model.line_of("user-reply")
    assert line is not None
    dialog.rows.fill_menu(line)
    run, request, copy = dialog.rows.menu.actions()
    assert not request.isEnabled()
    assert not copy.isEnabled()
    run.trigger()
    await until(lambda: ended(dialog) and states(dialog)["user-reply"] is State.PASSED)
    line = dialog.model.line_of("user-reply")
    assert line is not None
    dialog.rows.fill_menu(line)
    _run, request, copy = dialog.rows.menu.actions()
    copy.trigger()
    assert QGuiApplication.clipboard().text().startswith("User reply: Pass 200. Accepted. Answered 200 in ")
    request.trigger()
    assert dialog.detail.shows_request


async def test_rows_are_read_out_whole(desk: Desk, target: Target) -> None:
    dialog = opened(desk, target)
    dialog.run_one("user-click")
    await until(lambda: ended(dialog))
    index = dialog.model.index(2)
    line = index.data(LINE_ROLE)
    assert isinstance(line, CheckLine)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("3. User click, message.clicked, Pass 200, ")
    assert OK.startswith(b"HTTP/1.1 200")
