"""A full and a nearly full disk in the window: what the banners say, what they offer, and what quitting asks."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspector.domain.errors import StoreError
from inspector.domain.event import EventId
from inspector.domain.query import Query
from inspector.store.room import LOW_BYTES, Room
from inspector.ui.control.quit_control import QuitQuestion, Unfinished
from inspector.ui.control.room_control import DISK, ROOM
from inspector.ui.dialogs.question import Question
from inspector.ui.widgets.banner import BannerContent
from tests.integration.store.making import a_draft
from tests.ui.desk import BODY, Desk
from tests.ui.waiting import a_dialog, until

pytestmark = pytest.mark.asyncio

PLENTY = 100 * LOW_BYTES
LARGE = BODY.replace(b"cart_recovery_dec", b"x" * 60_000)


def full(connection: sqlite3.Connection) -> None:
    """Let the database not grow any more: SQLite then says that the disk is full."""
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")


def free(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA max_page_count = 1073741823")


def banner(desk: Desk, key: str) -> BannerContent | None:
    return next((content for content in desk.window.banners.contents() if content.key == key), None)


async def old_events(desk: Desk, *days: int) -> None:
    for age in days:
        await desk.app.store.append(a_draft(received_at=datetime.now(UTC) - timedelta(days=age)))


def press(desk: Desk, words: str) -> None:
    """Click a link of the banner on show."""
    shown = desk.window.banners.banner
    assert shown is not None
    next(button for button in shown.buttons if button.text() == words).click()


async def the_question() -> Question:
    found = await a_dialog(Question)
    assert isinstance(found, Question)
    return found


async def test_a_full_disk_is_told_with_how_many_events_are_held_until_there_is_room(desk: Desk) -> None:
    await desk.app.store._write(full)
    for number in range(3):
        assert await desk.post(LARGE.replace(b"abc123", b"abc%03d" % number)) == 503
    content = await until(lambda: (found := banner(desk, DISK)) and "3 of 5,000 held" in found.text and found)
    assert isinstance(content, BannerContent)
    assert content.title == "Disk full: new events are kept in memory only"
    assert content.text == ("3 of 5,000 held, providers are asked to retry. Free some space or delete old events.")
    assert [words for words, _ in content.actions] == ["Delete events older than 7 days", "Show folder"]
    assert not content.dismissible
    await desk.app.store._write(free)
    await until(lambda: banner(desk, DISK) is None)
    await until(lambda: desk.window.page.model.rowCount() == 3)
    row = await desk.row(0, of=3)
    assert row.answer_status == 503


async def test_old_events_are_deleted_from_the_banner_after_their_number_was_shown(desk: Desk) -> None:
    store = desk.app.store
    await old_events(desk, 9, 8, 1)
    await desk.app.store._write(full)
    assert await desk.post(LARGE) == 503
    await until(lambda: banner(desk, DISK) is not None)
    await store._write(free)  # deleting in a database of this size needs a page or two
    press(desk, "Delete events older than 7 days")
    question = await the_question()
    assert question.windowTitle() == "Delete 2 events older than 7 days?"
    question.answer.click()
    await until(lambda: banner(desk, DISK) is None)
    await until(lambda: store.summary(EventId(1)) is None and store.summary(EventId(2)) is None)
    assert store.summary(EventId(3)) is not None


async def test_a_question_that_is_not_agreed_to_deletes_nothing(desk: Desk) -> None:
    await old_events(desk, 9)
    desk.window.room.delete_old()
    question = await the_question()
    desk.window.room.delete_old()
    question.reject()
    await until(lambda: not desk.window.room._deleting)
    assert list(await desk.app.store.ids(Query())) == [1]


async def test_without_old_events_that_is_said(desk: Desk) -> None:
    await old_events(desk, 0)
    desk.window.room.delete_old()
    toast = await until(lambda: desk.window.toasts.current)
    assert toast is not None
    assert "No events are older than a day" in toast.content.text


async def test_a_nearly_full_disk_is_told_in_amber_and_can_be_put_away(desk: Desk) -> None:
    room = desk.app.store.room
    room.changed.publish(Room(PLENTY, 10, 0))
    assert banner(desk, ROOM) is None
    room.now = Room(312_000_000, 10, 0)
    room.changed.publish(room.now)
    content = banner(desk, ROOM)
    assert content is not None
    assert content.tone == "warn"
    assert content.title == "Disk nearly full: 312 MB free"
    assert [words for words, _ in content.actions] == ["Delete old events…"]
    shown = desk.window.banners.banner
    assert shown is not None
    shown.close_button.click()
    room.now = Room(311_000_000, 10, 0)
    room.changed.publish(room.now)
    assert banner(desk, ROOM) is None, "until the next start"


async def test_the_limit_of_ones_own_counts_from_nine_tenths(desk: Desk) -> None:
    room = desk.app.store.room
    room.now = Room(PLENTY, 4_600_000_000, 5_000_000_000)
    room.changed.publish(room.now)
    content = banner(desk, ROOM)
    assert content is not None
    assert content.title == "Events take 4.60 GB of the 5.00 GB they may"
    room.now = Room(PLENTY, 4_400_000_000, 5_000_000_000)
    room.changed.publish(room.now)
    assert banner(desk, ROOM) is None


async def test_another_limit_is_looked_at_at_once(desk: Desk) -> None:
    told: list[Room] = []
    desk.app.store.room.changed.subscribe(told.append)
    desk.app.settings.change(storage_gb=7)
    await until(lambda: bool(told))
    assert told[0].most_bytes == 7_000_000_000


async def test_the_red_banner_stands_in_for_the_amber_one(desk: Desk) -> None:
    room = desk.app.store.room
    room.now = Room(5, 10, 0)
    room.changed.publish(room.now)
    assert banner(desk, ROOM) is not None
    desk.app.store._on_trouble(StoreError("The database is locked.", "Another program holds it."))
    content = banner(desk, DISK)
    assert content is not None
    assert (content.title, content.actions) == ("The database is locked.", ())
    assert banner(desk, ROOM) is None
    desk.app.store._on_trouble(None)
    assert banner(desk, DISK) is None
    assert banner(desk, ROOM) is not None


async def test_the_folder_is_shown_from_the_banner(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(desk.window.room, "_show_folder", shown.append)
    await desk.app.store._write(full)
    assert await desk.post(LARGE) == 503
    await until(lambda: banner(desk, DISK) is not None)
    press(desk, "Show folder")
    assert [Path(folder) for folder in shown] == [desk.app.folder]
    await desk.app.store._write(free)
    await until(lambda: banner(desk, DISK) is None)


# -- quitting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unfinished", "title"),
    [
        (Unfinished(), None),
        (Unfinished(held=412), "412 events are held in memory only"),
        (Unfinished(held=1, running=1, waiting=1), "1 event is held in memory only"),
        (Unfinished(running=2, waiting=1), "1 replay is waiting to retry"),
        (Unfinished(running=2), "2 replays are still running"),
    ],
)
async def test_the_gravest_is_asked_about(unfinished: Unfinished, title: str | None) -> None:
    words = unfinished.words()
    assert (None if words is None else words[0]) == title


async def test_quitting_asks_about_events_that_are_only_in_memory(desk: Desk) -> None:
    window, closing = desk.window, []
    window.closing.connect(lambda: closing.append(True))
    await desk.app.store._write(full)
    assert await desk.post(LARGE) == 503
    await until(lambda: desk.app.store.held.events == 1)
    window.close()
    question = await a_dialog(QuitQuestion)
    assert isinstance(question, QuitQuestion)
    assert question.findChild(type(question.stay)) is not None
    assert not question.stay.isVisible(), "there is no tray here"
    question.reject()
    await until(lambda: not window.leaving._asking)
    assert window.isVisible()
    assert closing == []
    window.actions_table["quit"].trigger()
    again = await until(lambda: next((q for q in window.findChildren(QuitQuestion) if q.isVisible()), None))
    assert again is not None
    again.quit.click()
    await until(lambda: closing == [True])
    await desk.app.store._write(free)


async def test_quitting_asks_nothing_when_all_is_done(desk: Desk) -> None:
    closing: list[bool] = []
    desk.window.closing.connect(lambda: closing.append(True))
    desk.window.close()
    assert closing == [True]
