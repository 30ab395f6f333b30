"""Many events at once from the window: as chosen, held, stopped, and with results to take along."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from inspector.domain.event import EventId
from inspector.domain.identity import Identity
from inspector.domain.series import SeriesState
from inspector.replay.run import Phase, Progress
from inspector.ui.replay.many_dialog import ManyDialog, words_of
from inspector.ui.widgets.toast import Toast
from tests.fakes import OK, Behaviour, Target, a_target, answering
from tests.ui.desk import Desk
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio


def busy_at_first_sight(targets: list[Target]) -> Behaviour:
    """Answer 503 to each body that comes for the first time, then 200."""

    async def behave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        bodies = [request.partition(b"\r\n\r\n")[2] for request in targets[0].requests]
        is_new = bodies.count(bodies[-1]) == 1
        writer.write(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n" if is_new else OK)
        await writer.drain()

    return behave


async def opened(desk: Desk, target: Target, count: int) -> ManyDialog:
    """Return the dialog of so many events."""
    await desk.post_many(count)
    await desk.row(0, of=count)
    ids = [EventId(number) for number in range(1, count + 1)]
    dialog = desk.window.replays.open_many(ids)
    dialog.target.field.setText(target.url)
    return dialog


async def told(desk: Desk) -> Toast:
    """Wait for a toast and return it."""
    toast = await until(lambda: desk.window.toasts.current)
    assert toast is not None
    return toast


def ended(dialog: ManyDialog) -> bool:
    """Whether the run is over."""
    return dialog.run_now is not None and dialog.run_now.state.phase in (Phase.DONE, Phase.STOPPED)


async def test_a_selection_is_sent_as_chosen_and_every_attempt_is_kept(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await opened(desk, target, 12)
        dialog.form.order.set_current("reversed")
        dialog.form.identity.set_current(Identity.NEW_IDS.value)
        dialog.go.click()
        await until(lambda: ended(dialog))
        await until(dialog.go.isEnabled)
    assert dialog.callout.title.text() == "12 sent"
    assert "12 were answered 2xx" in dialog.callout.text.text()
    assert b"abc011" not in target.requests[0]
    assert len({request.partition(b"\r\n\r\n")[2] for request in target.requests}) == 12
    assert [len(desk.app.store.attempts(EventId(number))) for number in range(1, 13)] == [1] * 12
    assert desk.app.store.attempts(EventId(1))[0].identity is Identity.NEW_IDS


async def test_a_failure_is_counted_and_can_stop_it(desk: Desk) -> None:
    async with a_target(answering(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")) as target:
        dialog = await opened(desk, target, 5)
        dialog.form.stop.setChecked(True)
        dialog.go.click()
        await until(lambda: ended(dialog))
        await until(dialog.go.isEnabled)
    assert len(target.requests) == 1
    assert "Stopped after 1 of 5" in dialog.callout.title.text()
    assert "1 × 500" in dialog.counts.text()


async def test_it_can_be_paused_resumed_and_stopped(desk: Desk) -> None:
    gate = asyncio.Event()

    async def wait(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        writer.write(OK)
        await writer.drain()

    async with a_target(wait) as target:
        dialog = await opened(desk, target, 6)
        dialog.go.click()
        await until(lambda: target.requests)
        dialog.pause.click()
        assert dialog.pause.text() == "Resume"
        gate.set()
        await until(lambda: dialog.run_now is not None and len(dialog.run_now.lines) == 1)
        assert len(target.requests) == 1
        gate.clear()
        dialog.pause.click()
        await until(lambda: len(target.requests) == 2)
        dialog.stop.click()
        assert dialog.callout.title.text() == "Stopping after 1 of 6"
        assert dialog.callout.text.text() == "What is under way ends."
        assert dialog.words().text == "Stopping at 1 of 6"
        assert (dialog.stop.isEnabled(), dialog.pause.isVisible(), dialog.go.isEnabled()) == (False, False, False)
        gate.set()
        await until(lambda: ended(dialog) and dialog.go.isEnabled())
    assert "Stopped after 2 of 6" in dialog.callout.title.text()


async def test_closing_lets_it_go_on_with_progress_and_stop_in_the_status_bar(desk: Desk) -> None:
    status = desk.window.replays.runs.status
    async with a_target() as target:
        dialog = await opened(desk, target, 3)
        dialog.form.spacing.set_current("fixed")
        dialog.form.gap.setText("3600")
        dialog.go.click()
        await until(lambda: target.requests)
        run = dialog.run_now
        assert run is not None
        dialog.close()
        await until(lambda: status.isVisible() and "Replaying 1 of 3" in status.link.text())
        status.link.click()
        assert dialog.isVisible()
        dialog.close()
        status.stop_link.click()
        await until(lambda: run.state.phase is Phase.STOPPED and not status.isVisible())
    assert len(target.requests) == 1
    toast = await told(desk)
    assert toast.content.text == "Stopped after 1 of 3 events"


async def test_a_closed_run_tells_its_results_at_the_end_and_shows_them_again(desk: Desk) -> None:
    gate = asyncio.Event()

    async def wait(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gate.wait()
        writer.write(OK)
        await writer.drain()

    async with a_target(wait) as target:
        dialog = await opened(desk, target, 2)
        dialog.go.click()
        await until(lambda: target.requests)
        dialog.close()
        assert dialog.is_busy
        gate.set()
        toast = await told(desk)
    assert toast.content.text == "Replayed 2 of 2 events"
    assert toast.button is not None
    toast.button.click()
    assert dialog.isVisible()
    assert dialog.callout.title.text() == "2 sent"
    assert dialog.export.isVisible()
    dialog.close()
    assert desk.window.replays.runs.busy == []


async def test_each_event_of_a_run_is_tried_again_by_the_schedule(desk: Desk) -> None:
    targets: list[Target] = []
    async with a_target(busy_at_first_sight(targets)) as target:
        targets.append(target)
        dialog = await opened(desk, target, 3)
        dialog.retry.switch.setChecked(True)
        dialog.retry.speed.set_current("0")
        dialog.form.identity.set_current(Identity.NEW_IDS.value)
        dialog.go.click()
        await until(lambda: "3 got through" in dialog.callout.title.text())
    assert dialog.counts.text() == "First attempts: 3 × 503"
    assert len(target.requests) == 6
    bodies = [request.partition(b"\r\n\r\n")[2] for request in target.requests]
    assert len(set(bodies)) == 3, "both tries of an event have the same new ids"
    assert b"abc000" not in b"".join(bodies)
    series = desk.app.store.series.of_event(EventId(1))
    assert [(one.tries, one.state) for one in series] == [(2, SeriesState.DONE)]
    assert not dialog.is_busy
    assert dialog.go.isEnabled()


async def test_retries_that_wait_survive_the_dialog_and_can_be_stopped(desk: Desk) -> None:
    status = desk.window.replays.runs.status
    async with a_target(answering(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")) as target:
        dialog = await opened(desk, target, 2)
        dialog.retry.switch.setChecked(True)
        dialog.go.click()
        await until(lambda: dialog.callout.title.text() == "2 wait to retry")
        dialog.close()
        await until(lambda: status.link.text() == "2 of 2 wait to retry")
        status.stop_link.click()
        await until(lambda: not status.isVisible())
    toast = await told(desk)
    assert toast.content.text == "2 replayed with retries: 2 stopped"
    assert desk.app.courier.open_count == 0


async def test_results_are_saved(desk: Desk, tmp_path: Path) -> None:
    async with a_target() as target:
        dialog = await opened(desk, target, 3)
        dialog.start()
        await until(lambda: ended(dialog) and dialog.export.isVisible())
    await dialog.save(tmp_path / "found.json")
    await dialog.save(tmp_path / "found.csv")
    assert json.loads((tmp_path / "found.json").read_text())["answered_2xx"] == 3
    assert len((tmp_path / "found.csv").read_text().splitlines()) == 4


async def test_a_wrong_number_is_told_and_starts_nothing(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await opened(desk, target, 2)
        dialog.form.drop.setText("101")
        assert "percent" in dialog.form.rows["chaos"].hint.text()
        assert not dialog.go.isEnabled()
        dialog.form.drop.setText("100")
        dialog.go.click()
        await until(dialog.go.isEnabled)
    assert target.requests == []


async def test_progress_in_words() -> None:
    assert words_of(Progress(Phase.RUNNING, 10_000, 1234, 2, 310.0, 28.3)) == (
        "1,234 of 10,000 sent, 2 failed",
        "310/s, 28 s left",
    )
    assert words_of(Progress(Phase.DONE, 3, 3, 1, 5.0))[1] == "2 were answered 2xx, 1 failed. 5/s."


async def test_retries_that_wait_outlive_the_window(desk: Desk) -> None:
    async with a_target(answering(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")) as target:
        dialog = await opened(desk, target, 2)
        dialog.retry.switch.setChecked(True)
        dialog.go.click()
        await until(lambda: dialog.callout.title.text() == "2 wait to retry")
        dialog.close()
        desk.window.replays.close()
        ids = [desk.app.store.series.of_event(EventId(number))[0].id for number in (1, 2)]
        await desk.app.courier.stop(ids[:1])
    assert [desk.app.store.series.of_event(EventId(number))[0].state for number in (1, 2)] == [
        SeriesState.STOPPED,
        SeriesState.WAITING,
    ]
