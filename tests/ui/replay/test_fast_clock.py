"""The fast clock: days of a schedule in moments against real answers, drawn and told in words."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from inspector.domain.errors import UsageError
from inspector.domain.event import EventId
from inspector.replay.rehearsal import Down, Lane, Picture, VirtualTry
from inspector.ui.replay.fast_clock import FastClock, tip_of
from inspector.ui.replay.fast_clock_dialog import MOST_EVENTS, FastClockDialog
from inspector.ui.replay.fast_clock_words import (
    down_of,
    field_words,
    lane_words,
    moment_words,
    picture_words,
    standing_words,
    ticks_of,
)
from tests.fakes import a_target, answering, hang
from tests.ui.desk import Desk
from tests.ui.waiting import PATIENCE_S, until

pytestmark = pytest.mark.asyncio

BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"


async def opened(desk: Desk, url: str, count: int = 1, schedule: str = "rcs-events") -> FastClockDialog:
    """Return the dialog of so many events, which runs as fast as it is answered."""
    await desk.post_many(count)
    await desk.row(0, of=count)
    ids = [EventId(number) for number in range(1, count + 1)]
    dialog = desk.window.replays.open_fast_clock(ids, url, schedule)
    dialog.pace.set_current("answers")
    return dialog


def over(dialog: FastClockDialog) -> bool:
    """Whether the rehearsal has ended."""
    return dialog.rehearsal is not None and dialog.rehearsal.picture.is_over


async def test_an_event_gets_through_once_the_handler_is_up_again(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await opened(desk, target.url)
        dialog.down.setChecked(True)
        dialog.down_until.setText("10m")
        dialog.start()
        await until(lambda: over(dialog))
    assert len(target.requests) == 1, "what comes while it is down is not sent"
    assert dialog.callout.title.text() == "The event would get through"
    assert dialog.callout.text.text() == "It got through after 36 min."
    await until(lambda: "Through after 36 min, try 4" in dialog.text.toPlainText())
    assert "down at once, down after 1 min, down after 6 min, 200 after 36 min" in dialog.text.toPlainText()
    assert desk.app.store.attempts(EventId(1)) == ()


async def test_events_are_lost_to_a_handler_that_fails_for_longer_than_the_schedule(desk: Desk) -> None:
    async with a_target(answering(BUSY)) as target:
        dialog = await opened(desk, target.url, 3, "rcs-client")
        dialog.apart.setText("1h")
        dialog.start()
        await until(lambda: over(dialog))
        assert len(target.requests) == 9
    assert dialog.callout.title.text() == "3 of 3 events would be lost"
    lanes = dialog.clock.picture.lanes
    assert [round(lane.tries[0].at_s) for lane in lanes] == [0, 3_600, 7_200]
    assert all(lane.lost_s is not None for lane in lanes)
    dialog.copy.click()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("3 of 3 events would be lost. 0 would get through.\n#1  Lost after 1 min 50 s, try 3")


async def test_a_week_is_gone_through_to_the_end(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await opened(desk, target.url, 1, "google-rbm")
        dialog.down.setChecked(True)
        dialog.down_until.setText("6d")
        dialog.start()
        await until(lambda: over(dialog))
    (lane,) = dialog.clock.picture.lanes
    assert lane.through_s is not None
    assert 6 * 86_400 <= lane.through_s <= 6 * 86_400 + 600
    assert len(lane.tries) > 800


async def test_in_a_minute_the_time_goes_by_a_clock_and_can_be_stopped(desk: Desk) -> None:
    async with a_target(answering(BUSY)) as target:
        dialog = await opened(desk, target.url, 1, "google-rbm")
        dialog.pace.set_current("minute")
        dialog.start()
        await until(lambda: len(dialog.clock.picture.lanes[0].tries) >= 3)
        assert not dialog.choice.isEnabled()
        assert dialog.callout.text.text() == "1 still waiting."
        dialog.stop.click()
        await until(lambda: over(dialog) and dialog.go.isEnabled())
    assert dialog.callout.title.text().startswith("Stopped after")


async def test_closing_ends_it(desk: Desk) -> None:
    async with a_target(hang) as target:
        dialog = await opened(desk, target.url)
        dialog.start()
        await until(lambda: target.requests)
        task = dialog._task
        assert task is not None
        dialog.close()
        await asyncio.wait([task], timeout=PATIENCE_S)
        assert task.cancelled()


async def test_a_span_is_typed_or_drawn_and_a_wrong_one_is_told(desk: Desk) -> None:
    dialog = await opened(desk, "http://localhost:1/")
    dialog.down.setChecked(True)
    dialog.down_from.setText("2h")
    dialog.down_until.setText("1h")
    assert "up again before it is down" in dialog.problem.text()
    assert not dialog.go.isEnabled()
    dialog.down_until.setText("sometime")
    assert "'sometime' is no wait" in dialog.problem.text()
    clock = dialog.clock
    start, end = (QPoint(round(clock.x_of(at_s)), 60) for at_s in (1_800.0, 5_400.0))
    QTest.mousePress(clock.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(clock.viewport(), end)
    QTest.mouseRelease(clock.viewport(), Qt.MouseButton.LeftButton, pos=end)
    (down,) = dialog.downs()
    assert down.from_s == pytest.approx(1_800, abs=120)
    assert down.until_s == pytest.approx(5_400, abs=120)
    assert clock.downs == (down,)
    assert dialog.problem.text() == ""


async def test_more_events_than_can_be_drawn_are_left_out_and_that_is_said(desk: Desk) -> None:
    await desk.post_many(1)
    await desk.row(0, of=1)
    dialog = desk.window.replays.open_fast_clock([EventId(number) for number in range(1, 1_201)], "http://localhost:1/")
    assert len(dialog.clock.picture.lanes) == MOST_EVENTS
    assert "The first 500 of 1,200 are taken." in dialog.callout.text.text()


async def test_the_drawing_points_out_each_try(desk: Desk) -> None:
    failed, good = VirtualTry(0.0, 503, took_s=0.041), VirtualTry(3_600.0, 200)
    lane = Lane(EventId(12_466), (failed, good), None, through_s=3_600.0)
    clock = FastClock(desk.window.theme, desk.window.icons, desk.window)
    clock.resize(700, 200)
    clock.show_picture(Picture(7_200.0, 7_200.0, (lane,), True))
    clock.set_downs((Down(0.0, 600.0),))
    assert not clock.grab().isNull()
    found = clock.try_at(QPointF(clock.x_of(3_602), 45))
    assert found == (lane, good)
    assert clock.try_at(QPointF(clock.x_of(1_800), 45)) is None
    assert clock.try_at(QPointF(clock.x_of(0), 190)) is None
    assert tip_of(lane, failed) == "#12,466, try 1 at 0 s: 503, 41 ms"
    assert clock.seconds_at(clock.x_of(1_234)) == pytest.approx(1_234)


async def test_words_of_the_fast_clock() -> None:
    assert [moment_words(at_s) for at_s in (0, 59, 9_360, 604_800)] == ["0 s", "59 s", "2 h 36 min", "7 d"]
    assert [field_words(at_s) for at_s in (0, 90, 5_400, 7_200, 172_800)] == ["0", "90s", "90m", "2h", "2d"]
    assert down_of("10m", "2 h") == Down(600, 7_200)
    with pytest.raises(UsageError):
        down_of("1h, 2h", "3h")
    assert ticks_of(604_800, 700) == tuple(86_400.0 * number for number in range(8))
    waiting = Lane(EventId(1), (VirtualTry(0, None, "Down", was_down=True),), 60.0)
    assert standing_words(waiting) == "Waiting, 1 try"
    assert lane_words(waiting) == "#1  Waiting, 1 try: down at once"
    assert picture_words(Picture(60, 7_200, (waiting,)))[0] == "1 min of 2 h"


async def test_nothing_is_cut_at_the_smallest_size(desk: Desk) -> None:
    dialog = await opened(desk, "http://localhost:1/", 2)
    dialog.resize(dialog.minimumSize())
    await until(lambda: dialog.size() == dialog.minimumSize())
    for part in (dialog.down, *(dialog.pace.button(key) for key in ("minute", "answers"))):
        assert part.width() >= part.sizeHint().width()
    assert dialog.clock.viewport().height() >= 100
