"""What happened to one message, on the right: callout, clocks, timeline, latency; and the Timeline tab of an event."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from inspector.domain.answer import Answer
from inspector.domain.event import EventId
from inspector.domain.report import Kind, Report
from inspector.store.message_reader import MessageDetail
from inspector.timeline import Mark
from inspector.timeline.stages import Stage
from inspector.ui.detail.detail_view import Surroundings, Wishes
from inspector.ui.detail.sizes import clock
from inspector.ui.detail.timeline_request import steps_of
from inspector.ui.detail.timeline_view import ALONE, TimelineView
from inspector.ui.events.wording import moment
from inspector.ui.icons import Icons
from inspector.ui.messages.pane import MessagePane
from inspector.ui.messages.wording import MessageStyle
from inspector.ui.theme import Theme
from inspector.ui.times import TimeStyle
from tests.builders import a_summary, an_event
from tests.ui.detail.samples import Reader
from tests.ui.messages.conftest import Shown
from tests.ui.messages.story import MOMENT_US, STORY

STYLE = MessageStyle(MOMENT_US)


async def detail_of(shown: Shown, name: str) -> MessageDetail:
    await shown.listed(len(STORY))
    row = shown.row(name)
    assert row is not None
    id = shown.page.model.id_at(row)
    assert id is not None
    detail = await shown.reader.message(id)
    assert detail is not None
    return detail


@pytest.fixture
def pane(qtbot: QtBot, dressed: Theme) -> MessagePane:
    """The pane on screen."""
    made = MessagePane(dressed, Icons(dressed))
    qtbot.addWidget(made)
    made.resize(480, 780)
    made.show()
    return made


@pytest.mark.asyncio
async def test_the_pane_explains_a_message_that_came_out_of_order(shown: Shown, pane: MessagePane) -> None:
    pane.show_message(await detail_of(shown, "msg_8f2d91b7"), STYLE)
    assert pane.head.title.text() == "msg_8f2d91b7"
    assert pane.head.events.text() == "Show 5 events"
    assert [badge.text for badge in pane.head.badges.badges][:2] == ["Out of order", "Sent missing"]
    assert [callout.title.text() for callout in pane.callouts] == ["Read was accepted 45 s before Delivered"]
    names = [row.line.name for row in pane.timeline.lines]
    assert names == ["Queued", "Sent", "Delivered", "Read"]
    assert "Delivered out of order" in pane.timeline.lines[2].accessibleName()
    assert "never arrived" in pane.timeline.lines[1].time.text()
    pane.order.set_current("arrival")
    assert [row.line.name for row in pane.timeline.lines] == ["Queued", "Read", "Delivered", "Sent"]
    steps = {row.step.name: row.step.latency.took_us for row in pane.latency.rows if row.step is not None}
    assert steps == {"Queued to delivered": 11_800_000, "Delivered to read": 15_600_000}
    assert pane.latency.rows[0].step is not None
    assert pane.latency.rows[0].step.median_us is not None


@pytest.mark.asyncio
async def test_a_mark_of_the_two_clocks_opens_its_event(shown: Shown, pane: MessagePane, qtbot: QtBot) -> None:
    detail = await detail_of(shown, "msg_8f2d91b7")
    pane.show_message(detail, STYLE)
    late = next(tie for tie in pane.clocks.clocks.ties if tie.name == "Delivered")
    assert late.arrived_us is not None
    spot = QPointF(pane.clocks.x_of(late.arrived_us), 115).toPoint()
    with qtbot.waitSignal(pane.event_chosen) as chosen:
        qtbot.mouseClick(pane.clocks, Qt.MouseButton.LeftButton, pos=spot)
    assert chosen.args == [late.event_id]


@pytest.mark.asyncio
async def test_time_turns_what_is_waiting_into_what_waits_too_long(shown: Shown, pane: MessagePane) -> None:
    pane.show_message(await detail_of(shown, "msg_8f2b7e30"), STYLE)
    assert pane.callouts == []
    pane.tick(MessageStyle(MOMENT_US + 360_000_000))
    assert pane.callouts[0].title.text().startswith("Sent 7 min ago and not delivered")
    assert [badge.text for badge in pane.head.badges.badges] == ["Waiting 7 min"]


@pytest.mark.asyncio
async def test_medians_are_of_the_other_messages_alone(shown: Shown) -> None:
    detail = await detail_of(shown, "msg_8f2d91b7")
    assert detail.medians[Stage.QUEUED, Stage.DELIVERED] < 11_800_000


def a_view(dressed: Theme, qtbot: QtBot) -> TimelineView:
    view = TimelineView(Surroundings(dressed, Icons(dressed), Reader(), Wishes()))
    qtbot.addWidget(view)
    view.resize(480, 700)
    view.show()
    return view


@pytest.mark.asyncio
async def test_the_timeline_tab_shows_the_message_with_this_event_in_it(
    shown: Shown, dressed: Theme, qtbot: QtBot
) -> None:
    detail = await detail_of(shown, "msg_8f31c07a")
    last = max(item.event_id for item in detail.reports)
    view = a_view(dressed, qtbot)
    wanted: list[int] = []
    view.message_wanted.connect(wanted.append)
    view.show_event(an_event(last, reports=(Report(Kind.DELIVERED, message_id="msg_8f31c07a"),)))
    assert wanted == [last]
    view.show_message(last, await shown.reader.of_event(EventId(last)), MOMENT_US)
    assert view.title.text() == "Message msg_8f31c07a"
    assert [row.is_here for row in view.timeline.lines] == [False, False, True, False]
    assert view.timeline.lines[3].line.mark is Mark.WAITING
    with qtbot.waitSignal(view.message_chosen) as chosen:
        view.open_link.click()
    assert chosen.args == [detail.row.id]


@pytest.mark.asyncio
async def test_a_timeline_is_written_anew_in_another_zone(shown: Shown, dressed: Theme, qtbot: QtBot) -> None:
    detail = await detail_of(shown, "msg_8f31c07a")
    last = max(item.event_id for item in detail.reports)
    view = a_view(dressed, qtbot)
    view.show_event(an_event(last, reports=(Report(Kind.DELIVERED, message_id="msg_8f31c07a"),)))
    view.show_message(last, await shown.reader.of_event(EventId(last)), MOMENT_US)
    for hours in (0, 9):
        dressed.set_times(TimeStyle(timezone(timedelta(hours=hours))))
        row = view.timeline.lines[0]
        assert row.line.moment_us is not None
        assert row.time.text() == clock(moment(row.line.moment_us, None), timezone(timedelta(hours=hours)))
        assert row.time.text() in row.accessibleName()


@pytest.mark.asyncio
async def test_an_answer_for_another_event_is_not_shown(shown: Shown, dressed: Theme, qtbot: QtBot) -> None:
    detail = await detail_of(shown, "msg_8f31c07a")
    view = a_view(dressed, qtbot)
    view.show_event(an_event(9000))
    view.show_message(1, detail, MOMENT_US)
    assert view.words.text() == ALONE
    assert view.timeline.isHidden()


def test_the_time_of_a_request_is_told_as_far_as_it_is_stored() -> None:
    event = an_event(answer=Answer(200, delay_ms=200), summary=a_summary(answer_us=211_000))
    assert [(step.name, step.took_us) for step in steps_of(event)] == [
        ("Checked and stored", 11_000),
        ("Delay of the answer", 200_000),
        ("Answer sent, 200", 0),
    ]
    assert steps_of(an_event(summary=a_summary(answer_us=None))) == ()
