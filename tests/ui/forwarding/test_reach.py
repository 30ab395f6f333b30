"""Forwarding, target test and outage by keyboard and screen reader: everything that takes the focus has a name."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from inspector.domain.forwarding import ForwardRule
from tests.fakes import a_target
from tests.ui.desk import Desk
from tests.ui.waiting import until


def nameless(dialog: QWidget) -> list[str]:
    """Return what Tab stops at without saying what it is."""
    found = []
    for widget in dialog.findChildren(QWidget):
        stops = widget.isVisible() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        words = widget.text() if isinstance(widget, QAbstractButton) else ""
        if stops and not (widget.accessibleName() or words):
            found.append(repr(widget))
    return found


@pytest.mark.asyncio
async def test_everything_that_takes_the_focus_has_a_name(desk: Desk) -> None:
    async with a_target() as target:
        await desk.app.directory.save(replace(desk.endpoint, forwards=(ForwardRule("r", (target.url,)),)))
        forwarding = desk.window.forwards.open()
        await desk.post()
        await until(lambda: forwarding.pane.model.rowCount() == 1)
        tester = desk.window.forwards.test_target(target.url)
        await until(lambda: tester.report is not None)
        outage = desk.window.outages.open()
        await until(lambda: outage.isVisible())
        assert [nameless(dialog) for dialog in (forwarding, tester, outage)] == [[], [], []]


@pytest.mark.asyncio
async def test_rules_are_chosen_with_the_arrow_keys_and_a_line_is_opened_with_enter(desk: Desk) -> None:
    async with a_target() as target:
        rules = (ForwardRule("a", (target.url,), name="First"), ForwardRule("b", (target.url,), name="Second"))
        await desk.app.directory.save(replace(desk.endpoint, forwards=rules))
        dialog = desk.window.forwards.open()
        dialog.rows[0].setFocus()
        QTest.keyClick(dialog.rows[0], Qt.Key.Key_Down)
        assert dialog.rows[1].isChecked()
        assert dialog.pane.title.text() == "Second"
        await desk.post()
        await until(lambda: dialog.pane.model.rowCount() == 1)
        table = dialog.pane.table
        table.setFocus()
        table.selectRow(0)
        QTest.keyClick(table, Qt.Key.Key_Return)
        await until(lambda: desk.window.page.table.current_id() == 1)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await until(lambda: desk.window.forwards.dialog is None)


def test_nothing_of_this_is_loaded_before_it_is_asked_for() -> None:
    """A program that forwards nothing starts as if there were no forwarding."""
    code = (
        "import sys, inspector.ui.main_window\n"
        "print([name for name in sys.modules if '.ui.forwarding' in name or '.ui.outage' in name])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
