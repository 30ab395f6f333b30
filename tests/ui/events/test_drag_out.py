"""Rows leave the list as a file and as text, and the program goes on while they are carried."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QEventLoop, QMimeData, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from inspector.domain.event import Event, Refusal
from inspector.ui.events.drag_out import MOST_EVENTS, NOT_KEPT, TOO_MANY, DragOut, file_name
from tests.builders import a_request, a_summary, an_event
from tests.ui.desk import BODY, Desk
from tests.ui.waiting import until

JSON_REQUEST = replace(a_request(b'{"a": 1}'), headers=((b"Content-Type", b"application/json"),))


class Carried:
    """Stands for the pointer: what was given to it, and what the user was told."""

    def __init__(self, desk: Desk, events: dict[int, Event], *, held: bool = True) -> None:
        self.mimes: list[QMimeData] = []
        self.told: list[str] = []
        self.drag = DragOut(
            desk.window,
            lambda event_id: events.get(event_id),
            desk.window.tasks,
            self.told.append,
            held=lambda: held,
            carry=self.mimes.append,
        )


@pytest.mark.asyncio
async def test_one_event_is_a_file_with_its_body_and_text(desk: Desk) -> None:
    carried = Carried(desk, {7: an_event(7, request=JSON_REQUEST)})
    carried.drag.begin([an_event(7).id])
    await until(lambda: carried.mimes)
    (mime,) = carried.mimes
    (url,) = mime.urls()
    assert url.fileName() == "event-7.json"
    file = carried.drag._folder and carried.drag._folder / url.fileName()
    assert file is not None
    assert url.toLocalFile() == str(file)
    assert mime.text() == '{"a": 1}'
    assert bytes(mime.data("application/json").data()) == b'{"a": 1}'
    assert file.read_bytes() == b'{"a": 1}'
    carried.drag.close()
    assert not file.exists()


@pytest.mark.asyncio
async def test_several_are_one_archive(desk: Desk) -> None:
    events = {number: an_event(number, request=JSON_REQUEST) for number in (3, 9)}
    carried = Carried(desk, events)
    carried.drag.begin([event.id for event in events.values()])
    await until(lambda: carried.mimes)
    (url,) = carried.mimes[0].urls()
    assert url.fileName() == "events-3-to-9.har"
    assert carried.drag._folder is not None
    archive = json.loads((carried.drag._folder / url.fileName()).read_text("utf-8"))
    assert len(archive["log"]["entries"]) == 2
    carried.drag.close()


@pytest.mark.asyncio
async def test_what_cannot_go_says_why(desk: Desk) -> None:
    refused = an_event(1, summary=a_summary(1, refusal=Refusal.TOO_LARGE, size=9_000_000))
    carried = Carried(desk, {1: refused})
    carried.drag.begin([refused.id])
    await until(lambda: carried.told)
    carried.drag.begin([an_event(number).id for number in range(MOST_EVENTS + 1)])
    assert carried.told == [NOT_KEPT, TOO_MANY]
    assert not carried.mimes


@pytest.mark.asyncio
async def test_a_button_let_go_meanwhile_drags_nothing(desk: Desk) -> None:
    carried = Carried(desk, {1: an_event(1)}, held=False)
    carried.drag.begin([an_event(1).id])
    await until(lambda: carried.drag._folder)
    QApplication.processEvents()
    assert not carried.mimes
    carried.drag.close()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (b"application/json; charset=utf-8", "event-1.json"),
        (b"application/xml", "event-1.xml"),
        (b"application/x-www-form-urlencoded", "event-1.txt"),
        (b"image/png", "event-1.bin"),
    ],
)
def test_a_file_is_named_after_what_is_in_it(kind: bytes, name: str) -> None:
    request = replace(a_request(b"x"), headers=((b"Content-Type", kind),))
    assert file_name([an_event(1, request=request)]) == name


@pytest.mark.asyncio
async def test_events_are_received_while_rows_are_carried(desk: Desk) -> None:
    answered: list[int] = []
    ended: list[int] = []

    def carry() -> None:
        """Do as a drag does: run a loop of Qt's until the button is let go."""
        inner = QEventLoop()
        watch = QTimer()
        watch.timeout.connect(lambda: inner.quit() if answered else None)
        watch.start(10)
        QTimer.singleShot(20_000, inner.quit)
        inner.exec()
        ended.append(len(answered))

    async def post() -> None:
        answered.append(await desk.post())

    QTimer.singleShot(0, carry)
    desk.window.tasks.start(post(), "Post")
    await until(lambda: ended)
    assert ended == [1]
    assert answered == [200]


@pytest.mark.asyncio
async def test_drawing_selected_rows_away_drags_them_and_keeps_the_selection(desk: Desk) -> None:
    for number in range(3):
        await desk.post(BODY.replace(b"abc123", b"abc%03d" % number))
    await desk.row(0, of=3)
    table = desk.window.page.table
    table.selectAll()
    drawn: list[list[int]] = []
    table.dragged.disconnect()
    table.dragged.connect(lambda: drawn.append(list(table.selected_ids())))
    start = table.visualRect(table.model().index(1, 2)).center()
    QTest.mousePress(table.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for step in (2, 40, 80):
        place = QPointF(start + QPoint(0, step))
        buttons = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
        moved = QMouseEvent(QEvent.Type.MouseMove, place, place, *buttons, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(table.viewport(), moved)
    QTest.mouseRelease(table.viewport(), Qt.MouseButton.LeftButton, pos=start + QPoint(0, 80))
    assert drawn == [[3, 2, 1]]
