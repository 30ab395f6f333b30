"""The Messages page: segments, search, groups, what changes under it, and what it says to those who cannot see."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from inspector.domain.report import Kind
from inspector.store.message_query import Segment
from inspector.store.message_reader import MessageCounts
from inspector.ui.messages.filter_row import SEGMENTS
from tests.ui.messages.conftest import Shown
from tests.ui.messages.story import STORY, add, report
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio

ALL = len(STORY)
LIFECYCLE, STATE = 3, 4


def cell(shown: Shown, name: str, column: int, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> str:
    row = shown.row(name)
    assert row is not None
    return str(shown.page.model.index(row, column).data(role))


async def test_the_newest_activity_is_on_top_and_every_row_tells_its_story(shown: Shown) -> None:
    await shown.listed(ALL)
    assert shown.names()[0] == "msg_8f31c07a"
    assert cell(shown, "msg_8f2d91b7", LIFECYCLE) == "Queued, Sent missing, Delivered out of order, Read"
    states = {told.name: cell(shown, told.name, STATE) for told in STORY}
    assert states["msg_8f2d91b7"] == "Out of order"
    assert states["msg_8f30fa12"] == "Failed 4102"
    assert states["msg_8f2fe6c3"] == "Unverified"
    assert states["msg_8f2e91aa"] == "Opted out"
    assert states["msg_8f2c05be"] == "Spam report"
    assert states["msg_8f2ba1c8"] == "Sent missing"
    assert states["msg_8f31c07a"] == "Delivered"
    assert cell(shown, "msg_8f2d91b7", 5) == "1 m 13 s"


async def test_counts_that_come_late_cut_no_word_of_the_segments(shown: Shown) -> None:
    await shown.listed(ALL)
    filters = shown.page.filters
    filters.segments.set_counts({})
    filters.setFixedWidth(464)  # what the smallest window leaves
    await until(lambda: filters.width() == 464)
    filters.set_counts(MessageCounts(ALL, {Segment.COMPLETE: 12_345}), 12_345)

    def whole() -> bool:
        buttons = [filters.segments.button(key) for key, _words in SEGMENTS]
        return all(button.width() >= button.sizeHint().width() for button in buttons)

    await until(whole)


async def test_a_row_is_spoken_in_one_sentence(shown: Shown) -> None:
    await shown.listed(ALL)
    spoken = cell(shown, "msg_8f2ba1c8", 0, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == (
        "message msg_8f2ba1c8, +14805550164, order_update, Queued, Sent missing, Delivered, Read, "
        "Sent missing, total 9.6 s"
    )


async def test_segments_count_every_message_once_and_show_theirs(shown: Shown) -> None:
    await shown.listed(ALL)
    counts = {}
    page = shown.page
    for segment, expected in ((Segment.FAILED, 1), (Segment.GAPS, 2), (Segment.PROGRESS, 2), (Segment.COMPLETE, 12)):
        page.filters.segments.set_current(segment.value)
        await shown.listed(expected)
        counts[segment] = page.filters.segments.button(segment.value).accessibleName()
    assert counts[Segment.GAPS] == "Gaps, 2"
    assert sum((1, 2, 2, 12)) == ALL


async def test_search_finds_ids_recipients_and_campaigns(shown: Shown) -> None:
    await shown.listed(ALL)
    shown.page.search.setText("8f2d91")
    await shown.listed(1)
    shown.page.search.setText("+1206")
    await shown.listed(1)
    shown.page.search.setText("otp_login")
    await shown.listed(3)
    shown.page.search.setText("otp_login 8f30")
    await shown.listed(1)
    shown.page.search.setText("nothing like it")
    await until(lambda: shown.page.states.currentWidget() is shown.page.nothing)
    assert shown.page.nothing.title.text() == "No messages match"
    shown.page.nothing.buttons[0].click()
    await shown.listed(ALL)


async def test_messages_stand_under_their_campaigns_and_a_group_can_be_closed(shown: Shown) -> None:
    await shown.listed(ALL)
    shown.page.filters.group.setChecked(True)
    await until(lambda: shown.page.model.rowCount() == ALL + 5)
    first = shown.page.model.group(0)
    assert first is not None
    assert (first.campaign, first.messages) == ("cart_recovery_dec", 4)
    shown.page.table.setFocus()
    shown.page.table.selectRow(0)
    assert shown.page.table.current_id() is None
    shown.page.model.toggle_group(0)
    assert shown.page.model.rowCount() == ALL + 5 - 4
    assert str(shown.page.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)).endswith("closed")


async def test_what_arrives_comes_to_the_top_and_the_selection_stays(shown: Shown) -> None:
    await shown.listed(ALL)
    row = shown.row("msg_8f2b7e30")
    assert row is not None
    shown.page.table.selectRow(row)
    selected = shown.page.table.current_id()
    add(shown.connection, [report(Kind.DELIVERED, "msg_8f2b7e30", "+919019955512"), report(Kind.QUEUED, "msg_new")])
    shown.reader.changed.publish(None)
    await until(lambda: shown.names()[:2] == ["msg_new", "msg_8f2b7e30"])
    await until(lambda: cell(shown, "msg_8f2b7e30", STATE) == "Delivered")
    assert shown.page.table.current_id() == selected
    assert shown.page.model.rowCount() == ALL + 1


async def test_a_message_leaves_a_segment_it_no_longer_belongs_to(shown: Shown) -> None:
    await shown.listed(ALL)
    shown.page.filters.segments.set_current(Segment.PROGRESS.value)
    await shown.listed(2)
    add(shown.connection, [report(Kind.FAILED, "msg_8f2b7e30", error_code="77")])
    shown.reader.changed.publish(None)
    await shown.listed(1)


async def test_a_stage_goes_missing_while_nobody_does_anything(shown: Shown) -> None:
    add(shown.connection, [report(Kind.QUEUED, "msg_gap", ago_s=3), report(Kind.READ, "msg_gap", ago_s=1)])
    shown.reader.changed.publish(None)
    await shown.listed(ALL + 1)
    assert "missing" not in cell(shown, "msg_gap", LIFECYCLE)
    shown.now_us[0] += 20_000_000
    await until(lambda: "Sent missing, Delivered missing" in cell(shown, "msg_gap", LIFECYCLE))
    await until(lambda: shown.page.filters.segments.button("gaps").accessibleName() == "Gaps, 3")


async def test_a_message_sent_after_an_opt_out_is_an_alert_of_its_own(shown: Shown) -> None:
    await shown.listed(ALL)
    assert shown.page.alert.isHidden()
    add(shown.connection, [report(Kind.SENT, "msg_bad", "+17025550168", ago_s=0.5)])
    shown.reader.changed.publish(None)
    await until(lambda: not shown.page.alert.isHidden())
    shown.page.alert.button.click()
    await shown.listed(1)
    assert shown.names() == ["msg_bad"]
    assert cell(shown, "msg_bad", STATE) == "After opt-out"
    shown.page.alert.button.click()
    await shown.listed(ALL + 1)


async def test_templates_have_a_lane_each_with_the_reason(shown: Shown) -> None:
    shown.page.filters.segments.set_current("templates")
    await until(lambda: len(shown.page.lanes.lanes) == 3)
    lanes = {card.lane.template: card.lane for card in shown.page.lanes.lanes}
    assert lanes["flash_sale_v7"].reason == "Promotional content in a utility template"
    assert (lanes["flash_sale_v8"].approved, len(lanes["flash_sale_v8"].decisions)) == (True, 2)
    assert shown.page.states.currentWidget() is shown.page.lanes


async def test_enter_opens_a_message_and_letters_move(shown: Shown, qtbot: QtBot) -> None:
    await shown.listed(ALL)
    table = shown.page.table
    table.selectRow(0)
    qtbot.keyClick(table, Qt.Key.Key_J)
    assert table.currentIndex().row() == 1
    with qtbot.waitSignal(table.opened) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [table.current_id()]


async def test_the_model_keeps_qts_rules(shown: Shown, qtmodeltester: ModelTester) -> None:
    await shown.listed(ALL)
    qtmodeltester.check(shown.page.model)
    shown.page.filters.group.setChecked(True)
    await until(lambda: shown.page.model.rowCount() == ALL + 5)
    qtmodeltester.check(shown.page.model)
