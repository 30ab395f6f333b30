"""The same events to two targets from the window: the grid, only differences, both responses, export."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from inspector.domain.event import EventId
from inspector.ui.replay.versus_dialog import SMALLEST, VersusDialog
from tests.fakes import OK, Behaviour, Target, a_target, answering
from tests.ui.desk import Desk
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio

JSON = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"


def answer(body: bytes, status: bytes = b"200 OK") -> bytes:
    """Return a JSON answer."""
    return JSON % (status, len(body), body)


def by_event(targets: list[Target], answers: dict[bytes, bytes]) -> Behaviour:
    """Answer an event whose request has a text as told, others 200."""

    async def behave(_reader: object, writer: object) -> None:
        request = targets[0].requests[-1]
        data = next((data for text, data in answers.items() if text in request), answer(b'{"ok":true}'))
        writer.write(data)  # type: ignore[attr-defined]
        await writer.drain()  # type: ignore[attr-defined]

    return behave


async def compared(desk: Desk, a: str, b: str, count: int) -> VersusDialog:
    """Return the dialog after a comparison of so many events, one at a time."""
    await desk.post_many(count)
    await desk.row(0, of=count)
    dialog = desk.window.replays.open_versus([EventId(number) for number in range(1, count + 1)])
    for field, url in zip(dialog.targets, (a, b), strict=True):
        field.field.setText(url)
    dialog.at_once.setText("1")
    QAbstractItemModelTester(dialog.model, QAbstractItemModelTester.FailureReportingMode.Fatal, dialog)
    dialog.go.click()
    await until(lambda: dialog.versus is not None and not dialog.is_busy)
    return dialog


def cells(dialog: VersusDialog, row: int) -> list[str]:
    """Return the texts of a row but for its times."""
    return [dialog.model.index(row, column).data() for column in range(5)]


async def test_both_get_every_event_and_the_grid_says_what_differs(desk: Desk) -> None:
    targets: list[Target] = []
    odd = {
        b"abc001": answer(b'{"ok":true,"job":1}'),
        b"abc002": answer(b'{"ok":false}', b"503 Busy"),
    }
    async with a_target(answering(answer(b'{"ok":true}'))) as a, a_target(by_event(targets, odd)) as b:
        targets.append(b)
        dialog = await compared(desk, a.url, b.url, 4)
        assert len(a.requests) == len(b.requests) == 4
    assert [cells(dialog, row) for row in range(4)] == [
        ["#1", "message.delivered", "200", "200", "same"],
        ["#2", "message.delivered", "200", "200", "1 field"],
        ["#3", "message.delivered", "200", "503", "1 field"],
        ["#4", "message.delivered", "200", "200", "same"],
    ]
    words = dialog.totals.text()
    assert words.startswith("2 of 4 events the same · 1 with another status · 2 with another body · median A")
    assert [len(desk.app.store.attempts(EventId(number))) for number in range(1, 5)] == [2] * 4
    spoken = dialog.model.data(dialog.model.index(2, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Differs: Event #3, Type message.delivered, Status A 200, Status B 503")


async def test_only_differences_and_the_two_responses_of_a_row(desk: Desk, qtbot: QtBot) -> None:
    targets: list[Target] = []
    odd = {b"abc001": answer(b'{"ok":true,"job":1}')}
    async with a_target(answering(answer(b'{"ok":true}'))) as a, a_target(by_event(targets, odd)) as b:
        targets.append(b)
        dialog = await compared(desk, a.url, b.url, 3)
    row = dialog.table.row
    assert row is not None
    assert row.event_id == 2, "the first that differs is opened"
    assert dialog.sides.title.text() == "Responses to #2: 1 line removed, 2 lines added"
    assert [side.text().partition(" in ")[0] for side in dialog.sides.sides] == ["A  200 OK", "B  200 OK"]
    assert '+   "job": 1' in dialog.sides.text.as_text()
    dialog.sides.segments.set_current("fields")
    assert [item.path for item in dialog.sides.list.rows.rows if item.change is not None] == ["$.job"]
    dialog.sides.segments.set_current("headers")
    assert "Content-Length" not in [item.title for item in dialog.sides.list.rows.rows if item.change is not None]
    dialog.only.setChecked(True)
    assert [cells(dialog, place)[0] for place in range(dialog.model.rowCount())] == ["#2"]
    dialog.only.setChecked(False)
    dialog.sides.segments.set_current("text")
    dialog.table.setFocus()
    dialog.table.setCurrentIndex(dialog.model.index(0, 0))
    assert "both bodies are the same" in dialog.sides.title.text()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert desk.window.events.current == 1


async def test_a_target_that_gives_no_response_is_told(desk: Desk) -> None:
    async with a_target() as a:
        dialog = await compared(desk, a.url, "http://127.0.0.1:1/", 1)
    assert cells(dialog, 0)[2:] == ["200", "Refused", "one response"]
    assert "only A gave a response" in dialog.sides.title.text()
    assert dialog.model.index(0, 7).data() == ""


async def test_neither_response_is_alike(desk: Desk) -> None:
    dialog = await compared(desk, "http://127.0.0.1:1/", "http://127.0.0.1:1/other", 1)
    assert dialog.model.rows[0].same
    assert dialog.sides.message.title.text() == "Neither gave a response"


async def test_the_comparison_is_exported(desk: Desk, tmp_path: Path) -> None:
    async with a_target() as a, a_target(answering(OK.replace(b"OK", b"KO"))) as b:
        dialog = await compared(desk, a.url, b.url, 2)
    await dialog.save(tmp_path / "found.csv")
    await dialog.save(tmp_path / "found.json")
    rows = list(csv.DictReader((tmp_path / "found.csv").read_text().splitlines()))
    assert [(row["event"], row["same"], row["status_a"]) for row in rows] == [("1", "0", "200"), ("2", "0", "200")]
    assert json.loads((tmp_path / "found.json").read_text())["events"] == 2


async def test_selection_or_the_whole_list_from_the_menu(desk: Desk) -> None:
    await desk.post_many(3)
    first = await desk.row(0, of=3)
    desk.window.page.table.select_event(first.id)
    desk.window.commands.update()
    desk.window.actions_table["compare_targets"].trigger()
    dialog = desk.window.replays.runs._dialogs[-1]
    assert isinstance(dialog, VersusDialog)
    assert dialog.chosen_ids() == [first.id]
    dialog.scope.set_current("all")
    assert dialog.chosen_ids() == [1, 2, 3]


async def test_two_different_targets_are_needed(desk: Desk) -> None:
    await desk.post_many(1)
    await desk.row(0, of=1)
    dialog = desk.window.replays.open_versus([EventId(1)])
    for target in dialog.targets:
        target.field.setText("http://localhost:1/")
    assert not dialog.go.isEnabled()
    assert dialog.go.toolTip() == "Name two different targets."
    dialog.targets[1].field.setText("http://localhost:2/")
    dialog.at_once.setText("0")
    assert "at once" in dialog.go.toolTip()
    dialog.resize(SMALLEST)
    await until(lambda: dialog.table.horizontalScrollBar().maximum() == 0)
    assert dialog.model.rowCount(QModelIndex()) == 0
