"""Notifications and the tray: told only to those who do not look, seldom, and a window that goes on without showing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSystemTrayIcon

from inspector.domain.errors import StoreFull
from inspector.domain.event import EventId
from inspector.monitor.alerts import RuleId
from inspector.store.wire import Held
from inspector.ui.control.alert_control import LONG_S
from inspector.ui.control.tray_control import CloseQuestion
from inspector.ui.gallery_alerts import an_alert, put_alerts
from inspector.ui.notify import QUIET_S, Gate, Note, Notifier
from inspector.ui.page_head import EVENTS, MONITOR
from inspector.ui.replay.runs import RunOver
from inspector.ui.tray import Tray, TrayState, tray_icon, tray_picture
from tests.fakes import a_target
from tests.ui.desk import Desk
from tests.ui.waiting import a_dialog, until


def a_note(kind: str = "alert", title: str = "Failure rate 1.6 %") -> Note:
    return Note(kind, title, "In the last 5 min, limit 1 %.", lambda: None)


@dataclass
class Messages:
    """Stands where the tray's notifications come out."""

    shown: list[tuple[str, str]] = field(default_factory=list)

    def show_message(self, title: str, text: str) -> None:
        self.shown.append((title, text))


# -- how often ----------------------------------------------------------------------------------------------------


def test_one_of_a_kind_in_five_minutes_then_the_others_as_one_with_their_number() -> None:
    gate = Gate()
    assert gate.offer(a_note(title="first"), 0)
    assert not gate.offer(a_note(title="second"), 10)
    assert not gate.offer(a_note(title="third"), 20)
    assert gate.offer(a_note("disk"), 20), "another kind has its own time"
    assert gate.wait_s(100) == QUIET_S - 100
    assert gate.due(QUIET_S - 1) == []
    ((note, count),) = gate.due(QUIET_S)
    assert (note.title, count) == ("third", 2)
    assert gate.wait_s(QUIET_S) is None
    assert not gate.offer(a_note(), QUIET_S + 1), "what was told late begins a quiet time of its own"
    assert gate.offer(a_note(), 2 * QUIET_S + 1)


def test_what_is_over_by_then_is_not_told() -> None:
    gate = Gate()
    gate.offer(a_note(), 0)
    gate.offer(replace(a_note(title="over"), holds=lambda: False), 1)
    gate.offer(a_note(title="lasting"), 2)
    assert [(note.title, count) for note, count in gate.due(QUIET_S)] == [("lasting", 1)]


@pytest.mark.usefixtures("qapp")
def test_who_looks_is_not_notified_and_who_does_not_want_it_neither() -> None:
    messages, looks, wants = Messages(), True, True
    notifier = Notifier(lambda: looks, lambda: wants)
    notifier.tell(a_note())
    notifier.messenger = messages
    notifier.tell(a_note())
    assert messages.shown == []
    looks, wants = False, False
    notifier.tell(a_note())
    assert messages.shown == []
    wants = True
    notifier.tell(a_note())
    assert messages.shown == [("Failure rate 1.6 %", "In the last 5 min, limit 1 %.")]


@pytest.mark.usefixtures("qapp")
def test_a_click_opens_the_cause_of_what_was_told_last() -> None:
    now, opened = 0.0, []
    messages = Messages()
    notifier = Notifier(lambda: False, lambda: True, now=lambda: now)
    notifier.messenger = messages
    notifier.open_cause()
    notifier.tell(replace(a_note(), open_cause=lambda: opened.append("first")))
    notifier.tell(replace(a_note(title="Slow"), open_cause=lambda: opened.append("second")))
    notifier.tell(replace(a_note(title="Slower"), open_cause=lambda: opened.append("third")))
    notifier.open_cause()
    now = QUIET_S
    notifier.tell_due()
    assert [title for title, _ in messages.shown] == ["Failure rate 1.6 %", "Slower, and 1 more"]
    notifier.open_cause()
    assert opened == ["first", "third"]


# -- the icon -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("qapp")
def test_the_three_states_differ_in_shape_at_the_smallest_size() -> None:
    covered = {}
    for state in TrayState:
        image = tray_picture(state, QColor("black"), 16).toImage()
        covered[state] = {(x, y) for x in range(16) for y in range(16) if image.pixelColor(x, y).alpha() > 127}
    states = list(TrayState)
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert len(covered[states[one]] ^ covered[states[other]]) >= 8
    assert not tray_icon(TrayState.PAUSED, QColor("black")).isNull()


@pytest.fixture
def with_tray(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """A desktop with a tray, whose notifications are kept."""
    shown: list[tuple[str, str]] = []
    monkeypatch.setattr(Tray, "is_there", staticmethod(lambda: True))
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _self, title, text, *_rest: shown.append((title, text)))
    return shown  # type: ignore[return-value]


@pytest.mark.asyncio
async def test_without_a_tray_closing_the_window_quits(desk: Desk) -> None:
    closing: list[bool] = []
    desk.window.closing.connect(lambda: closing.append(True))
    desk.window.tray.make()
    assert desk.window.tray.tray is None
    desk.window.close()
    assert closing == [True]


@pytest.mark.asyncio
async def test_the_first_closing_asks_and_the_answer_is_kept(desk: Desk, with_tray: list[tuple[str, str]]) -> None:
    window, closing = desk.window, []
    window.closing.connect(lambda: closing.append(True))
    window.tray.make()
    window.close()
    question = await a_dialog(CloseQuestion)
    assert isinstance(question, CloseQuestion)
    question.reject()
    await until(lambda: not window.tray._asking)
    assert window.isVisible()
    assert desk.app.settings.current.close_to_tray == "ask"
    window.close()
    again = await until(lambda: next((q for q in window.findChildren(CloseQuestion) if q.isVisible()), None))
    assert again is not None
    again.keep.click()
    await until(lambda: not window.isVisible())
    assert closing == []
    assert desk.app.settings.current.close_to_tray == "yes"
    assert await desk.post() == 200, "events are still received"
    tray = window.tray.tray
    assert tray is not None
    tray.opened.emit()
    assert window.isVisible()
    window.close()
    assert not window.isVisible(), "it is not asked again"
    window.actions_table["quit"].trigger()
    assert closing == [True]


@pytest.mark.asyncio
async def test_the_icon_says_what_the_receiver_and_the_alerts_say(desk: Desk, with_tray: list[tuple[str, str]]) -> None:
    desk.window.tray.make()
    tray = desk.window.tray.tray
    assert tray is not None
    assert tray.state is TrayState.RECEIVING
    tray.pause_wanted.emit()
    await until(lambda: tray.state is TrayState.PAUSED)
    desk.window.tray._fill()
    assert tray.pause.text() == "Resume receiving"
    tray.pause_wanted.emit()
    await until(lambda: tray.state is TrayState.RECEIVING)
    assert not tray.mute.isEnabled()
    await put_alerts(desk.app, [an_alert(RuleId.FAILURE_RATE, "Failure rate 1.6 %", "in the last 5 min", 1)])
    await until(lambda: tray.state is TrayState.TROUBLE)
    assert tray.icon.toolTip().endswith(", 1 alert open")
    desk.window.tray._fill()
    assert tray.mute.isEnabled()
    assert [action.text() for action in tray.addresses.actions()] == [desk.endpoint.name]
    await until(lambda: tray.caption.text().endswith(", 0 events"))
    tray.mute_wanted.emit()
    await until(lambda: tray.state is TrayState.RECEIVING)


@pytest.mark.asyncio
async def test_an_alert_notifies_once_while_the_window_is_away_and_a_click_leads_to_it(
    desk: Desk, with_tray: list[tuple[str, str]]
) -> None:
    await desk.post()
    await until(lambda: not desk.window.starting)
    window = desk.window
    window.tray.make()
    window.hide()
    failing = an_alert(RuleId.FAILURE_RATE, "Failure rate 1.6 %", "in the last 5 min", 1)
    await put_alerts(desk.app, [failing, replace(failing, rule=RuleId.SHAPE_DRIFT, title="Payload shape")])
    assert with_tray == [("Failure rate 1.6 %", "In the last 5 min.")]
    tray = window.tray.tray
    assert tray is not None
    tray.message_clicked.emit()
    assert window.isVisible()
    assert window.head.tabs.current == EVENTS
    assert window.page.search.text().startswith("code:4xx,5xx after:")
    window.hide()
    down = an_alert(RuleId.ENDPOINT_DOWN, "The receiver does not listen", "for more than 30 s", 0)
    await put_alerts(desk.app, [down])
    assert with_tray[1:] == [("The receiver does not listen", "For more than 30 s.")]
    tray.message_clicked.emit()
    assert window.head.tabs.current == MONITOR


@pytest.mark.asyncio
async def test_a_full_disk_notifies_once_and_the_icon_shows_it(desk: Desk, with_tray: list[tuple[str, str]]) -> None:
    window, store = desk.window, desk.app.store
    window.tray.make()
    window.hide()
    full = StoreFull("The disk is full. An event could not be stored.", "", "Free some space.")
    for count in range(1, 4):
        store._on_trouble(full, Held(count, 900, 0, 5_000))
    assert [title for title, _ in with_tray] == ["Disk full: new events are kept in memory only"]
    assert with_tray[0][1].startswith("1 of 5,000 held")
    tray = window.tray.tray
    assert tray is not None
    assert tray.state is TrayState.TROUBLE
    assert "events cannot be stored" in tray.icon.toolTip()
    tray.message_clicked.emit()
    assert window.isVisible()
    store._on_trouble(None)
    assert tray.state is TrayState.RECEIVING


@pytest.mark.asyncio
async def test_a_replay_that_took_long_notifies_and_a_click_shows_its_results(
    desk: Desk, with_tray: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspector.ui.control.alert_control.LONG_S", 0.0)
    window = desk.window
    window.tray.make()
    await desk.post_many(3)
    await desk.row(0, of=3)
    async with a_target() as target:
        dialog = window.replays.open_many([EventId(number) for number in (1, 2, 3)])
        dialog.target.field.setText(target.url)
        window.hide()
        monkeypatch.setattr(window.alerts.notifier, "_in_front", lambda: False)
        dialog.go.click()
        await until(lambda: bool(with_tray))
    assert with_tray[0][0] == "Replay finished"
    assert "3" in with_tray[0][1]
    tray = window.tray.tray
    assert tray is not None
    tray.message_clicked.emit()
    assert window.isVisible()
    assert dialog.isVisible()


@pytest.mark.asyncio
async def test_a_short_replay_is_no_news(desk: Desk, with_tray: list[tuple[str, str]]) -> None:
    window = desk.window
    window.tray.make()
    await desk.post()
    await desk.row(0, of=1)
    over: list[RunOver] = []
    window.replays.over.subscribe(over.append)
    async with a_target() as target:
        await desk.app.directory.save(replace(desk.endpoint, target=target.url))
        window.hide()
        window.replays.replay([EventId(1)])
        await until(lambda: bool(over))
    assert over[0].summary.text == "1 of 1 event answered 2xx"
    assert over[0].seconds < LONG_S
    assert with_tray == []
