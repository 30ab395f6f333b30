"""Retry like the provider from the dialog: begun, followed live, stopped, closed, and there again after a restart."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from inspector.app import AppOptions, open_app
from inspector.domain.identity import Identity
from inspector.domain.schedules import ONCE, SCHEDULES
from inspector.store.store import Store
from inspector.ui.detail.replays_view import ReplaysView
from inspector.ui.icons import Icons
from inspector.ui.main_window import MainWindow
from inspector.ui.replay.dialog import SMALLEST, ReplayDialog
from inspector.ui.theme import Theme
from tests.fakes import OK, Behaviour, a_target, answering, hang
from tests.ui.desk import BODY, Desk
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio

BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n\r\nlater"
ASKING = b"HTTP/1.1 503 Busy\r\nRetry-After: 7200\r\nContent-Length: 0\r\n\r\n"


def in_turn(*answers: bytes) -> Behaviour:
    """Answer one after the other, then 200."""
    coming = iter(answers)

    async def behave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(next(coming, OK))
        await writer.drain()

    return behave


async def opened(desk: Desk, url: str, *, schedule: str = "rcs-events", speed: str = "0") -> ReplayDialog:
    """Return the dialog of a fresh event with retries on."""
    await desk.post()
    event = await desk.row(0, of=1)
    dialog = desk.window.replays.open_dialog(event.id)
    assert dialog is not None
    dialog.target.field.setText(url)
    await until(lambda: dialog.request.body.is_ready and dialog.request.headers.is_ready)
    dialog.request.retry.switch.setChecked(True)
    dialog.request.retry.choice.choose(schedule)
    dialog.request.retry.speed.set_current(speed)
    return dialog


def title(dialog: ReplayDialog) -> str:
    """Return what the result says."""
    return dialog.outcome.callout.title.text()


async def test_every_schedule_is_offered_in_order_and_one_of_ones_own(desk: Desk) -> None:
    dialog = await opened(desk, "http://localhost:1/")
    combo = dialog.request.retry.choice.combo
    offered = [combo.itemText(place) for place in range(combo.count())]
    assert offered == [*(schedule.title for schedule in SCHEDULES if schedule is not ONCE), "Custom"]


async def test_the_schedule_of_the_events_own_provider_is_suggested(desk: Desk) -> None:
    await desk.post()
    event = await desk.row(0, of=1)
    dialog = desk.window.replays.open_dialog(event.id)
    assert dialog is not None
    assert not dialog.request.retry.is_on
    assert dialog.request.retry.choice.schedule().id == event.provider == "rcs-events"


async def test_a_series_is_listed_try_by_try_until_the_first_2xx(desk: Desk) -> None:
    async with a_target(in_turn(BUSY, BUSY)) as target:
        dialog = await opened(desk, target.url)
        dialog.send()
        await until(lambda: title(dialog) == "Answered 200 on attempt 3")
    assert "Two attempts failed first." in dialog.outcome.callout.text.text()
    assert dialog.outcome.callout.text.text().endswith("with no wait.")
    await until(lambda: dialog.outcome.count.text().startswith("3 attempts"))
    rows = [row.accessibleName() for row in dialog.outcome.rows if row.isVisible()]
    assert [row.partition(", ")[0] for row in rows] == ["Attempt 1", "Attempt 2", "Attempt 3"]
    assert ["at once" in rows[0], "after 1 min" in rows[1], "after 5 min" in rows[2]] == [True, True, True]
    assert "503 Service Unavailable" in rows[0]
    assert not dialog.outcome.list.pending.isVisible()
    assert all(request.endswith(BODY) for request in target.requests)
    dialog.outcome.rows[0].click()
    assert title(dialog) == "Answered 503 on attempt 1"
    assert not dialog.outcome.against.button("previous").isEnabled()
    dialog.outcome.rows[2].click()
    dialog.outcome.tabs.set_current("compare")
    dialog.outcome.against.set_current("previous")
    await until(lambda: "- 503" in dialog.outcome.code.toPlainText())


async def test_a_wait_is_counted_down_and_can_be_stopped(desk: Desk) -> None:
    async with a_target(answering(BUSY)) as target:
        dialog = await opened(desk, target.url, schedule="0, 2h", speed="1")
        dialog.send()
        await until(lambda: title(dialog).startswith("Waiting to retry, next in"))
        pending = dialog.outcome.list.pending
        assert pending.isVisible()
        assert "Attempt 2 of 2" in pending.accessibleName()
        assert "Attempt 1 failed: answered 503." in dialog.outcome.callout.text.text()
        before = title(dialog)
        await until(lambda: title(dialog) != before)
        pending.stop_link.click()
        await until(lambda: title(dialog) == "Stopped after attempt 1")
    assert not pending.isVisible()
    assert len(target.requests) == 1


async def test_retry_after_is_heeded_unless_it_is_switched_off(desk: Desk) -> None:
    async with a_target(answering(ASKING)) as target:
        dialog = await opened(desk, target.url, schedule="0, 0")
        dialog.request.retry.speed.set_current("60")
        dialog.send()
        await until(lambda: "The target asked for 2 h." in dialog.outcome.callout.text.text())
        dialog.outcome.list.pending.stop_link.click()
        await until(lambda: title(dialog).startswith("Stopped"))
        dialog.request.retry.heed.setChecked(False)
        dialog.send()
        await until(lambda: title(dialog) == "Given up after 2 attempts")


async def test_no_answer_is_told_with_the_schedules_own_limit(desk: Desk) -> None:
    async with a_target(hang) as target:
        dialog = await opened(desk, target.url, schedule="rcs-client")
        plan = dialog.request.retry.plan(Identity.CAPTURED)
        assert plan.schedule.limit_s == 3.0
        dialog.send()
        await until(lambda: title(dialog) == "Running attempt 1 of 3")
        await until(lambda: target.requests)
        await until(lambda: any("No answer within 3 s" in row.accessibleName() for row in dialog.outcome.rows))


async def test_waits_that_cannot_be_read_are_told_and_start_nothing(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await opened(desk, target.url, schedule="0, 10s, soon")
        assert "'soon' is no wait" in dialog.request.retry.choice.error.text()
        assert not dialog.go.isEnabled()
        dialog.send()
        assert "'soon' is no wait" in title(dialog)
        dialog.request.retry.choice.field.setText("0, 10s, 5m, 2h")
        assert dialog.go.isEnabled()
        assert dialog.request.retry.plan(Identity.CAPTURED).schedule.waits_s == (0, 10, 300, 7200)
    assert target.requests == []


async def test_what_was_edited_is_sent_in_every_try_and_signed_each_time(desk: Desk) -> None:
    async with a_target(in_turn(BUSY)) as target:
        dialog = await opened(desk, target.url)
        area = dialog.request.body
        area.replace(area.text.replace("msg_abc123", "msg_edited"))
        await until(lambda: dialog.request.identity.identity is Identity.SIGNED)
        dialog.send()
        await until(lambda: title(dialog) == "Answered 200 on attempt 2")
    assert [b"msg_edited" in request for request in target.requests] == [True, True]
    (series,) = desk.app.store.series.of_event(dialog.event_shown.id)
    assert series.is_edited
    assert series.plan.identity is Identity.SIGNED


async def test_the_chosen_secret_signs_every_try(desk: Desk) -> None:
    await desk.app.directory.add_secret(desk.endpoint.id, "the-newer-secret-0123456789")
    async with a_target(in_turn(BUSY)) as target:
        dialog = await opened(desk, target.url)
        card = dialog.request.identity
        card.choose(Identity.SIGNED)
        assert card.secret.count() == 2
        assert card.series_secret == ""
        card.secret.setCurrentIndex(1)
        older = card.chosen_secret
        assert older is not None
        dialog.send()
        await until(lambda: title(dialog) == "Answered 200 on attempt 2")
    wanted = hmac.new(older.value.encode(), BODY, hashlib.sha256).hexdigest().encode()
    assert [wanted in request for request in target.requests] == [True, True]


async def test_a_series_whose_secret_was_removed_is_not_signed_with_another(desk: Desk) -> None:
    await desk.app.directory.add_secret(desk.endpoint.id, "the-newer-secret-0123456789")
    async with a_target(answering(BUSY)) as target:
        dialog = await opened(desk, target.url, schedule="0, 1s", speed="1")
        dialog.request.identity.choose(Identity.SIGNED)
        dialog.request.identity.secret.setCurrentIndex(1)
        dialog.send()
        await until(lambda: target.requests)
        await desk.app.directory.set_secret(desk.endpoint.id, "the-only-secret-0123456789")
        await until(lambda: "The secret that signs it was removed." in dialog.outcome.callout.text.text())
    assert len(target.requests) == 1


async def test_closing_the_dialog_lets_the_series_go_on_under_replays(desk: Desk) -> None:
    async with a_target(answering(BUSY)) as target:
        dialog = await opened(desk, target.url, schedule="0, 2h", speed="1")
        event_id = dialog.event_shown.id
        dialog.send()
        await until(lambda: target.requests)
        dialog.close()
        desk.window.events.open(event_id)
        desk.window.pane.show_view("replays")
        view = desk.window.pane.view("replays")
        assert isinstance(view, ReplaysView)
        await until(lambda: view.series_rows and "Waiting to retry" in view.series_rows[0].accessibleName())
        assert desk.window.replays.open_dialog(event_id) is not dialog
        view.series_rows[0].stop_link.click()
        await until(lambda: "Stopped after attempt 1" in view.series_rows[0].accessibleName())
    assert not view.series_rows[0].stop_link.isVisible()


async def test_a_series_goes_on_after_a_restart(tmp_path: Path, qtbot: QtBot, dressed: Theme, desk: Desk) -> None:
    folder = tmp_path / "again"
    async with a_target(answering(BUSY)) as target:
        for number in (1, 2):
            async with open_app(folder, AppOptions(port=0, apart=False)) as app:
                window = MainWindow(app, dressed, Icons(dressed))
                window.start()
                window.show()
                again = Desk(app, window, desk.http)
                if number == 1:
                    dialog = await opened(again, target.url, schedule="0, 2h", speed="1")
                    dialog.send()
                    await until(lambda dialog=dialog: title(dialog).startswith("Waiting to retry"))
                else:
                    status = again.window.replays.runs.status
                    await until(status.isVisible)
                    assert status.link.text() == "1 replay waits to retry"
                    status.link.click()
                    view = again.window.pane.view("replays")
                    assert isinstance(view, ReplaysView)
                    assert "attempt 2 of 2, Waiting to retry, next in" in view.series_rows[0].accessibleName()
                    status.stop_link.click()
                    await until(lambda view=view: "Stopped" in view.series_rows[0].accessibleName())
                    await until(lambda status=status: not status.isVisible())
                await window.finish()
                window.deleteLater()


async def test_what_waits_without_a_dialog_is_told_of_in_the_status_bar(desk: Desk) -> None:
    async with a_target(answering(BUSY)) as target:
        dialog = await opened(desk, target.url, schedule="0, 2h", speed="1")
        dialog.send()
        status = desk.window.replays.runs.status
        await until(status.isVisible)
        dialog.close()
        assert status.link.text() == "1 replay waits to retry"
        status.stop_link.click()
        await until(lambda: not status.isVisible())
    (series,) = desk.app.store.series.of_event(dialog.event_shown.id)
    assert not series.state.is_open


async def test_a_window_without_replays_needs_no_book_of_series(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.post()
    row = await desk.row(0, of=1)
    made = []
    monkeypatch.setattr(Store, "series", property(lambda _store: made.append("book")))
    desk.window.events.open(row.id)
    window = MainWindow(desk.app, desk.window.theme, Icons(desk.window.theme))
    window.start()
    await window.finish()
    window.deleteLater()
    assert made == []


async def test_a_new_series_is_followed_and_the_earlier_attempts_stay_below(desk: Desk) -> None:
    async with a_target(in_turn(BUSY)) as target:
        dialog = await opened(desk, target.url)
        dialog.request.retry.switch.setChecked(False)
        dialog.send()
        await until(lambda: title(dialog) == "Answered 503 on attempt 1")
        await until(lambda: dialog.go.text() == "Replay now")
        dialog.request.retry.switch.setChecked(True)
        dialog.send()
        await until(lambda: title(dialog) == "Answered 200 on attempt 1" and len(target.requests) == 2)
    await until(lambda: dialog.outcome.count.text() == "1 attempt, 2 in all")
    assert dialog.outcome.list.earlier.isVisible()
    assert [row.accessibleName().partition(", ")[0] for row in dialog.outcome.rows[:2]] == ["Attempt 1", target.url]


async def test_the_smallest_dialog_cuts_nothing(desk: Desk) -> None:
    dialog = await opened(desk, "http://localhost:1/")
    dialog.resize(SMALLEST)
    await until(lambda: dialog.width() == SMALLEST.width())
    retry = dialog.request.retry
    side = dialog.request
    assert retry.mapTo(side, retry.rect().topRight()).x() <= side.width() - 16
    assert dialog.outcome.mapTo(dialog, dialog.outcome.rect().topRight()).x() <= dialog.width()
    for button in ("1", "60", "0"):
        segment = retry.speed.button(button)
        assert segment.width() >= segment.sizeHint().width()
