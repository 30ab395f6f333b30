"""The Monitor page in the whole window: opened, read, steered, left, exported, while webhooks come in."""

from __future__ import annotations

import asyncio
import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import StoreError
from inspector.monitor.board import Board, MeasuredAt, Span
from inspector.ui.control.monitor_control import MonitorControl, ReadBoard
from inspector.ui.gallery_monitor import hour, nothing
from inspector.ui.monitor.page import MonitorPage
from inspector.ui.page_head import EVENTS, MESSAGES, MONITOR
from tests.ui.desk import BODY, Desk
from tests.ui.waiting import a_dialog, until

pytestmark = pytest.mark.asyncio


class Boards:
    """Answers with made-up boards and keeps what was asked for."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.asked: list[tuple[EndpointId | None, Span, MeasuredAt]] = []
        self.error: StoreError | None = None

    async def read(self, scope: EndpointId | None, span: Span, measured_at: MeasuredAt) -> Board:
        self.asked.append((scope, span, measured_at))
        if self.error is not None:
            raise self.error
        return replace(self.board, scope=scope, measured_at=measured_at)


async def opened(desk: Desk, read: ReadBoard | None = None) -> tuple[MonitorControl, MonitorPage]:
    control = desk.window.monitor
    if read is not None:
        control.read = read
    control.open()
    await until(lambda: control.page is not None and control.waiting)
    assert control.page is not None
    return control, control.page


async def receive(desk: Desk, count: int = 1) -> None:
    await desk.post_many(count)
    await until(lambda: desk.window.page.model.rowCount() == count)


async def test_the_page_is_not_built_until_it_is_wanted(desk: Desk) -> None:
    await receive(desk)
    assert desk.window.monitor.page is None
    assert desk.window.pages.count() == 2
    desk.window.actions_table["monitor"].trigger()
    await until(lambda: desk.window.monitor.page is not None)
    assert desk.window.head.tabs.current == MONITOR


async def test_the_figures_are_those_of_what_came_in(desk: Desk) -> None:
    await receive(desk, 5)
    await desk.post(BODY.replace(b"abc123", b"wrong"), secret="wrong")
    _control, page = await opened(desk)
    await until(lambda: page.tiles[2].figure.value == "6" and page.reasons.rows.rows)
    assert page.tiles[0].figure.value == "83.33"
    assert page.tiles[3].figure.value == "1"
    assert [row.content.name for row in page.reasons.rows.rows if row.isVisibleTo(page)] == ["Signature rejected"]
    data = page.deliveries.chart.data
    assert [sum(stack.values) for stack in data.stacks] == [5, 0, 1]
    assert desk.window.status.events.text() == "6 deliveries in 1 h"


async def test_the_page_takes_the_whole_width_and_gives_it_back(desk: Desk) -> None:
    await receive(desk)
    assert desk.window.side.isVisible()
    await opened(desk)
    assert not desk.window.side.isVisible()
    assert not desk.window.actions_table["show_inspector"].isEnabled()
    assert not desk.window.actions_table["delete"].isEnabled()
    desk.window.messages.show_page(EVENTS)
    assert desk.window.side.isVisible()
    assert desk.window.actions_table["show_inspector"].isEnabled()


async def test_range_place_and_endpoint_are_asked_for_and_kept(desk: Desk) -> None:
    await receive(desk)
    boards = Boards(hour())
    control, _page = await opened(desk, boards.read)
    assert control.tools is not None
    control.tools.spans.set_current("24h")
    control.tools.places.set_current("handler")
    desk.window.select_endpoint(None)
    await until(lambda: boards.asked[-1] == (None, Span.DAY, MeasuredAt.HANDLER))
    settings = desk.app.settings.current
    assert (settings.monitor_span, settings.monitor_measured_at) == ("24h", "handler")


async def test_a_hidden_page_reads_nothing(desk: Desk) -> None:
    await receive(desk)
    boards = Boards(hour())
    control, page = await opened(desk, boards.read)
    await until(lambda: control.waiting)
    desk.window.messages.show_page(MESSAGES)
    assert not control.waiting
    count = len(boards.asked)
    desk.window.select_endpoint(None)
    control.refresh()
    assert len(boards.asked) == count
    assert not page.isVisible()
    control.open()
    await until(lambda: len(boards.asked) > count)


async def test_an_answer_to_an_older_question_is_not_shown(desk: Desk) -> None:
    await receive(desk)
    boards = Boards(hour())
    control, page = await opened(desk, boards.read)
    late: asyncio.Future[Board] = asyncio.get_running_loop().create_future()

    async def slow(*_asked: object) -> Board:
        return await late

    control.read = slow
    control.refresh()
    control.read = boards.read
    boards.board = replace(hour(), signature_failures=77)
    control.refresh()
    await until(lambda: page.tiles[3].figure.value == "77" and control.waiting)
    late.set_result(nothing(hour()))
    for _ in range(20):
        await asyncio.sleep(0)
    assert page.tiles[3].figure.value == "77"
    assert control.waiting


async def test_a_bar_leads_to_the_events_of_its_minute(desk: Desk, qtbot: QtBot) -> None:
    await receive(desk, 3)
    _control, page = await opened(desk)
    await until(lambda: page.tiles[2].figure.value == "3")
    filled = [place for place, bar in enumerate(page.shown.bars) if bar.deliveries]
    page.deliveries.chart.setFocus()
    qtbot.keyClick(page.deliveries.chart, Qt.Key.Key_Home)
    for _ in range(filled[-1]):
        qtbot.keyClick(page.deliveries.chart, Qt.Key.Key_Right)
    qtbot.keyClick(page.deliveries.chart, Qt.Key.Key_Return)
    assert desk.window.head.tabs.current == EVENTS
    expected = page.shown.bars[filled[-1]].deliveries
    await until(lambda: desk.window.page.model.rowCount() == expected)
    assert desk.window.page.search.text().startswith("after:")
    page.deliveries.chart.chosen.emit(0)  # an hour ago there was nothing
    await until(lambda: desk.window.page.model.rowCount() == 0)


async def test_a_reason_and_the_failed_signatures_lead_to_their_events(desk: Desk, qtbot: QtBot) -> None:
    await receive(desk, 2)
    await desk.post(BODY.replace(b"abc123", b"wrong"), secret="wrong")
    _control, page = await opened(desk)
    await until(lambda: page.tiles[3].figure.value == "1" and page.reasons.rows.rows)
    page.reasons.rows.rows[0].click()
    await until(lambda: desk.window.page.model.rowCount() == 1)
    assert desk.window.head.tabs.current == EVENTS
    desk.window.monitor.open()
    page.tiles[3].setFocus()
    qtbot.keyClick(page.tiles[3], Qt.Key.Key_Return)
    assert desk.window.page.search.text().startswith("sig:invalid,stale after:")
    await until(lambda: desk.window.page.model.rowCount() == 1)


async def test_the_rule_stands_in_all_charts(desk: Desk, qtbot: QtBot) -> None:
    await receive(desk)
    _control, page = await opened(desk, Boards(hour()).read)
    qtbot.keyClick(page.times.chart, Qt.Key.Key_End)
    assert [card.chart.rule for card in page.charts] == [59, 59, 59]
    qtbot.keyClick(page.times.chart, Qt.Key.Key_Escape)
    assert [card.chart.rule for card in page.charts] == [-1, -1, -1]


async def test_a_chart_is_shown_as_a_table_that_stays_up_to_date(desk: Desk) -> None:
    await receive(desk)
    boards = Boards(hour())
    control, page = await opened(desk, boards.read)
    page.rate.button.click()
    assert page.rate.menu is not None
    next(action for action in page.rate.menu.actions() if action.text() == "Show as table").trigger()
    page.rate.menu.close()
    table = page.rate.table
    assert table is not None
    assert table.isVisible()
    assert table.figures.rows[59][1:] == ("1.60 %", "10", "251")
    bars = boards.board.bars
    boards.board = replace(boards.board, bars=(*bars[:-1], replace(bars[-1], failed=11)))
    control.refresh()
    await until(lambda: table.figures.rows[59][2] == "11")
    page.rate.show_as_table(False)
    assert page.rate.chart.isVisible()


async def test_without_deliveries_a_longer_range_is_offered(desk: Desk) -> None:
    await receive(desk)
    boards = Boards(nothing(hour()))
    control, page = await opened(desk, boards.read)
    assert control.tools is not None
    await until(page.longer.isVisible)
    assert page.deliveries.chart.accessibleDescription() == "No deliveries in the last hour"
    page.longer.click()
    assert control.tools.span is Span.DAY


async def test_figures_that_cannot_be_read_are_told_once(desk: Desk) -> None:
    await receive(desk)
    boards = Boards(hour())
    control, page = await opened(desk, boards.read)
    boards.error = StoreError("The figures cannot be read.", "The disk is gone.")
    told: list[str] = []
    desk.window.notices.error = lambda error: told.append(str(error))  # type: ignore[method-assign]
    for _ in range(3):
        before = len(boards.asked)
        control.refresh()
        await until(lambda before=before: len(boards.asked) > before and control.waiting)
    assert len(told) == 1
    assert page.tiles[2].figure.value == "11,483"  # the last good figures stay


async def test_the_figures_are_exported_as_csv(desk: Desk, tmp_path: Path) -> None:
    await receive(desk)
    control, _page = await opened(desk, Boards(hour()).read)
    assert control.tools is not None
    control.tools.csv_requested.emit()
    chooser = await a_dialog(QFileDialog)
    assert isinstance(chooser, QFileDialog)
    path = tmp_path / "figures.csv"
    chooser.fileSelected.emit(str(path))
    chooser.close()
    await until(path.exists)
    await until(lambda: path.stat().st_size > 0)
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    assert ["deliveries", "11483"] in rows


async def test_exports_are_offered_in_the_menu_while_the_page_is_in_view(desk: Desk) -> None:
    await receive(desk)
    action = desk.window.actions_table["figures_csv"]
    assert not action.isEnabled()
    assert action.toolTip() == "Open the Monitor page first"
    await opened(desk, Boards(hour()).read)
    assert action.isEnabled()
    action.trigger()
    chooser = await a_dialog(QFileDialog)
    chooser.close()


async def test_the_picture_shows_the_whole_page(desk: Desk, tmp_path: Path) -> None:
    await receive(desk)
    control, page = await opened(desk, Boards(hour()).read)
    path = tmp_path / "page.png"
    await until(lambda: page.content.height() == page.content.sizeHint().height())  # laid out
    await control.save_picture(path)
    image = QImage(str(path))
    assert image.height() >= page.content.height() > page.scroller.viewport().height()
    spot = page.providers.mapTo(page.content, QPoint(30, 60))
    colors = {image.pixelColor(spot.x() + x, spot.y() + y).name() for x in range(40) for y in range(12)}
    assert len(colors) > 3  # the words of the last card, which is scrolled out of view


async def test_everything_is_there_in_the_smallest_window(desk: Desk) -> None:
    await receive(desk)
    control, page = await opened(desk, Boards(hour()).read)
    desk.window.resize(960, 600)
    await until(lambda: page.tiles[3].y() > page.tiles[0].y())
    assert control.tools is not None
    assert control.tools.export.text() == ""
    assert control.tools.export.accessibleName() == control.tools.export.toolTip() == "Export"
    assert control.tools.geometry().right() <= desk.window.head.width()
    assert page.content.width() <= page.scroller.viewport().width()
    for part in (*page.tiles, *page.charts, page.reasons, page.alerts, page.retries, page.funnel, page.providers):
        assert part.geometry().right() <= page.content.width()


async def test_all_that_takes_the_focus_has_a_name(desk: Desk) -> None:
    await receive(desk)
    control, page = await opened(desk, Boards(hour()).read)
    assert control.tools is not None
    parts = [*page.findChildren(QWidget), *control.tools.findChildren(QWidget)]
    nameless = [
        part
        for part in parts
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isVisibleTo(page) and not part.accessibleName()
        if not getattr(part, "text", str)()
    ]
    assert nameless == []


async def test_searching_from_the_monitor_leads_to_the_events(desk: Desk) -> None:
    await receive(desk)
    await opened(desk, Boards(hour()).read)
    desk.window.actions_table["find"].trigger()
    assert desk.window.head.tabs.current == EVENTS


async def test_larger_text_keeps_the_page_and_its_tools_whole(desk: Desk) -> None:
    await receive(desk)
    control, page = await opened(desk, Boards(hour()).read)
    tools = control.tools
    assert tools is not None
    desk.window.resize(1280, 800)
    await until(lambda: tools.export.text() == "Export")
    before = page.tiles[0].height()
    desk.app.settings.change(text_percent=150)
    await until(lambda: page.tiles[0].height() > before and tools.export.text() == "")
    await until(lambda: tools.width() >= tools.sizeHint().width())
    await until(lambda: desk.window.head.tabs.visible_keys() == [EVENTS, MESSAGES, MONITOR])
    desk.app.settings.change(text_percent=100)
    await until(lambda: tools.export.text() == "Export")


async def test_what_is_not_counted_yet_and_what_counts_here_is_said(desk: Desk) -> None:
    await receive(desk)
    boards = Boards(replace(hour(), behind=1200))
    control, page = await opened(desk, boards.read)
    assert page.deliveries.head.note == "1,200 stored events not counted yet"
    boards.board = nothing(hour())
    assert control.tools is not None
    control.tools.places.set_current("handler")
    await until(lambda: page.deliveries.head.note == "Counted here is what is forwarded or replayed")


async def test_failures_of_the_handler_lead_to_the_events_that_were_sent(desk: Desk) -> None:
    await receive(desk)
    reasons = tuple(replace(reason, search="") for reason in hour().reasons)
    control, page = await opened(desk, Boards(replace(hour(), reasons=reasons)).read)
    assert control.tools is not None
    control.tools.places.set_current("handler")
    await until(lambda: page.reasons.link.text() == "Show what was sent")
    page.reasons.link.click()
    await until(lambda: desk.window.head.tabs.current == EVENTS)
    assert desk.window.page.search.text().startswith("replay:yes after:")
