"""The inspector as a whole: head, tabs, menus, keys, several events, and the scheme changing under it."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta, timezone

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QHelpEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QLineEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from inspector.domain.event import Refusal
from inspector.domain.report import Kind
from inspector.ui.detail.attempt_row import AttemptRow
from inspector.ui.detail.header import look_of
from inspector.ui.detail.overview_view import OverviewView
from inspector.ui.detail.pane import DetailPane
from inspector.ui.detail.payload_view import PayloadView
from inspector.ui.detail.raw_view import RawView
from inspector.ui.detail.replays_view import ReplaysView
from inspector.ui.detail.views import VIEWS
from inspector.ui.theme import Theme
from inspector.ui.times import TIME_STYLES, TimeStyle
from inspector.ui.widgets.menu import Menu
from tests.ui.detail.samples import BODY, Reader, attempts, duplicate, event, failed_signature


def texts(menu: Menu) -> list[str]:
    return [action.text().partition("\t")[0] for action in menu.actions() if not action.isSeparator()]


def choose(menu: Menu, text: str) -> None:
    found: QAction = next(action for action in menu.actions() if action.text().partition("\t")[0] == text)
    found.trigger()


def test_nothing_selected_says_what_to_do(pane: DetailPane) -> None:
    pane.show_event(None)
    assert pane.nothing.isVisible()
    assert pane.nothing.title.text() == "Select an event"


def test_the_head_names_the_event_and_its_badges_in_order(pane: DetailPane) -> None:
    pane.show_event(event())
    assert pane.header.title.text() == "message.delivered"
    assert pane.header.line.text() == f"#12,466 · 14:23:45.218 · {len(BODY)} B"
    assert [badge.text for badge in pane.header.badges.badges] == ["Signature valid", "200 in 11 ms", "Attempt 1"]
    pane.show_event(failed_signature())
    assert [badge.text for badge in pane.header.badges.badges] == ["Signature invalid", "Retry 1", "401 in 3 ms"]
    pane.show_event(duplicate())
    assert [badge.text for badge in pane.header.badges.badges][1] == "Duplicate, 2nd"


def test_the_head_tells_the_time_as_chosen_and_the_tip_in_full(pane: DetailPane, theme: Theme) -> None:
    pane.show_event(event())
    theme.set_times(TimeStyle(timezone(timedelta(hours=2), "CEST")))
    assert pane.header.line.text() == f"#12,466 · 16:23:45.218 · {len(BODY)} B"
    theme.set_times(TIME_STYLES["relative"])
    assert re.fullmatch(rf"#12,466 · \d+ d ago · {len(BODY)} B", pane.header.line.text())
    line = pane.header.line
    QApplication.sendEvent(line, QHelpEvent(QEvent.Type.ToolTip, QPoint(2, 2), line.mapToGlobal(QPoint(2, 2))))
    assert re.fullmatch(r"2024-12-20 14:23:45\.218 UTC\n\d+ days ago", line.toolTip())
    theme.set_times(TIME_STYLES["utc"])
    assert "14:23:45.218" in line.text()


def test_every_open_view_follows_the_zone_at_once(pane: DetailPane, theme: Theme) -> None:
    overview, replays = pane.view("overview"), pane.view("replays")
    assert isinstance(overview, OverviewView)
    assert isinstance(replays, ReplaysView)
    pane.show_event(event())
    theme.set_times(TimeStyle(timezone(timedelta(hours=-15))))
    assert overview.rows()["Received"].text == "23:23:45.218"
    assert overview.rows()["Occurred"].note.text() == "2024-12-19, provider clock"
    pane.show_view("replays")
    pane.set_attempts(attempts(event()))
    before = [row.accessibleName() for row in replays.findChildren(AttemptRow) if row.isVisible()]
    theme.set_times(TIME_STYLES["utc"])
    assert [row.accessibleName() for row in replays.findChildren(AttemptRow) if row.isVisible()] != before
    pane.show_many([event(1).summary, event(2).summary])
    theme.set_times(TimeStyle(timezone(timedelta(hours=1))))
    assert pane.many.rows[0].text == "15:23:45.218"


def test_an_event_that_is_not_verified_gets_no_meaning_by_colour(pane: DetailPane) -> None:
    assert look_of(event()).color == "passFg"
    assert look_of(failed_signature()).color == "text2"


def test_the_last_tab_stays_when_the_selection_changes(pane: DetailPane) -> None:
    pane.show_event(event(1))
    pane.show_view("headers")
    pane.show_event(duplicate())
    assert pane.current_view == "headers"
    assert pane.view("headers").isVisible()


def test_a_view_is_made_only_when_its_tab_is_opened(pane: DetailPane) -> None:
    pane.show_event(event())
    assert set(pane._views) == {"overview"}
    pane.show_view("raw")
    assert set(pane._views) == {"overview", "raw"}


def test_keys_choose_tabs(pane: DetailPane) -> None:
    pane.show_event(event())
    pane.tabs.setFocus()
    for number, entry in enumerate(VIEWS):
        QTest.keyClick(pane.tabs.bar, Qt.Key(Qt.Key.Key_1 + number), Qt.KeyboardModifier.AltModifier)
        assert pane.current_view == entry.key
    QTest.keyClick(pane.tabs.bar, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert pane.current_view == "overview"
    shifted = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(pane.tabs.bar, Qt.Key.Key_Backtab, shifted)
    assert pane.current_view == "diff"


def test_find_opens_the_bar_in_raw_and_leaves_the_key_to_the_window_elsewhere(pane: DetailPane) -> None:
    pane.show_event(event())
    pane.show_view("raw")
    raw = pane.view("raw")
    assert isinstance(raw, RawView)
    raw.code.setFocus()
    QTest.keyClick(raw.code, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert raw.find_bar.isVisible()
    assert raw.find_bar.field.hasFocus()


def test_keys_of_the_open_view_win_over_the_windows_shortcuts(qtbot: QtBot, pane: DetailPane) -> None:
    pane.show_event(event())
    pane.show_view("payload")
    window_heard: list[str] = []
    for keys in ("Ctrl+C", "Ctrl+Shift+C", "Ctrl+F", "Alt+3"):
        shortcut = QShortcut(QKeySequence(keys), pane)
        shortcut.activated.connect(lambda keys=keys: window_heard.append(keys))
    view = pane.view("payload")
    assert isinstance(view, PayloadView)
    view.tree.select_node(3)
    view.tree.setFocus()
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(view.tree, Qt.Key.Key_C, control)
    assert QGuiApplication.clipboard().text() == "msg_8f31c07a"
    QTest.keyClick(view.tree, Qt.Key.Key_C, control | Qt.KeyboardModifier.ShiftModifier)
    assert QGuiApplication.clipboard().text() == "$.message_id"
    QTest.keyClick(view.tree, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert pane.current_view == "raw"
    assert window_heard == []
    pane.show_view("payload")
    view.tree.setFocus()
    QTest.keyClick(view.tree, Qt.Key.Key_F, control)
    assert window_heard == ["Ctrl+F"]


def test_a_view_that_is_left_gives_the_focus_to_the_tabs(pane: DetailPane) -> None:
    pane.show_event(event())
    pane.show_view("payload")
    view = pane.view("payload")
    assert isinstance(view, PayloadView)
    view.tree.setFocus()
    QTest.keyClick(view.tree, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert pane.current_view == "raw"
    assert pane.tabs.bar.hasFocus()


def test_the_star_shows_the_mark_and_asks_for_the_other(qtbot: QtBot, pane: DetailPane) -> None:
    pane.show_event(event(7))
    with qtbot.waitSignal(pane.star_toggled) as wished:
        pane.header.star.click()
    assert wished.args == [7, True]
    pane.show_event(event(7, starred=True))
    assert pane.header.star.accessibleName() == "Remove star"
    with qtbot.waitSignal(pane.star_toggled) as wished:
        pane.header.star.click()
    assert wished.args == [7, False]


def test_replay_goes_to_the_target_or_asks_for_one(qtbot: QtBot, pane: DetailPane, reader: Reader) -> None:
    pane.show_event(event(2**40))
    with qtbot.waitSignal(pane.replay_requested) as wished:
        pane.header.replay.clicked.emit()
    assert wished.args == [2**40]
    assert texts(pane.menus.replay_menu(event())) == [
        "Replay to localhost:5000",
        "Edit and replay…",
        "Copy as cURL",
    ]
    reader.shop = dataclasses.replace(reader.shop, target="")
    with qtbot.waitSignal(pane.replay_to_requested):
        pane.header.replay.clicked.emit()
    assert texts(pane.menus.replay_menu(event())) == ["Edit and replay…", "Copy as cURL"]


def test_the_more_menu_copies_marks_and_deletes(qtbot: QtBot, pane: DetailPane) -> None:
    shown = event(7)
    pane.show_event(shown)
    menu = pane.menus.more_menu(shown)
    assert texts(menu) == ["Copy body", "Copy as cURL", "Star", "Mark as unread", "Delete"]
    choose(menu, "Copy body")
    assert QGuiApplication.clipboard().text() == BODY.decode()
    choose(menu, "Copy as cURL")
    assert QGuiApplication.clipboard().text().startswith("curl http://localhost:5000/webhooks/rcs \\\n  -H ")
    with qtbot.waitSignals([pane.unread_requested, pane.delete_requested, pane.star_toggled]):
        choose(menu, "Mark as unread")
        choose(menu, "Delete")
        choose(menu, "Star")


def test_a_request_that_was_turned_away_cannot_be_replayed(pane: DetailPane) -> None:
    refused = event(body=b"", verification=None, refusal=Refusal.TOO_LARGE, kind=Kind.OTHER, reports=(), size=7_200_000)
    pane.show_event(refused)
    assert not pane.header.replay.isEnabled()
    menu = pane.menus.more_menu(refused)
    reasons = {action.text(): action.toolTip() for action in menu.actions() if not action.isEnabled() and action.text()}
    assert reasons == {"Copy body": "Its body was not kept", "Copy as cURL": "Its body was not kept"}
    for entry in VIEWS:
        pane.show_view(entry.key)


def test_several_events_are_summed_up(qtbot: QtBot, pane: DetailPane) -> None:
    chosen = [failed_signature().summary, event(3).summary, duplicate().summary]
    pane.show_many(chosen)
    assert pane.many.title.text() == "3 events selected"
    rows = {row.key_label.text(): row.text for row in pane.many.rows}
    assert rows["Time span"] == "4.4 s"
    assert rows["Total size"] == "1.2 kB"
    assert rows["2"] == "message.delivered"
    with qtbot.waitSignal(pane.replay_many_requested) as wished:
        pane.many.replay.click()
    assert wished.args == [[12_459, 12_463, 3]]
    with qtbot.waitSignal(pane.delete_many_requested):
        pane.many.delete.click()


def test_a_low_window_leaves_the_badges_out_and_a_narrow_one_the_size(pane: DetailPane) -> None:
    pane.show_event(event())
    pane.resize(pane.width(), 459)  # the smallest window with a banner
    pane.set_narrow(True)
    assert not pane.header.badges.isVisible()
    assert pane.header.height() < 60
    assert pane.header.line.text() == "#12,466 · 14:23:45.218"
    pane.resize(pane.width(), 499)  # the smallest window
    pane.set_narrow(False)
    assert pane.header.badges.isVisible()
    assert pane.header.height() == 78


@pytest.mark.parametrize("width", [400, 440, 480, 720])
def test_no_view_scrolls_sideways_or_pushes_the_pane_wider(qtbot: QtBot, pane: DetailPane, width: int) -> None:
    assert pane.minimumSizeHint().width() <= 400
    pane.resize(width, 600)
    for shown in (event(), duplicate(), failed_signature()):
        pane.show_event(shown)
        pane.set_attempts(attempts(shown))
        for entry in VIEWS:
            pane.show_view(entry.key)
            assert pane.view(entry.key).minimumSizeHint().width() <= 400, entry.key
    assert pane.width() == width


def test_every_control_has_a_name(pane: DetailPane) -> None:
    pane.show_event(failed_signature())
    pane.set_attempts(attempts(failed_signature()))
    for entry in VIEWS:
        pane.show_view(entry.key)
    unnamed = [
        widget
        for kind in (QAbstractButton, QLineEdit, QAbstractScrollArea)
        for widget in pane.findChildren(kind)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not widget.accessibleName() and not _text(widget)
        if not widget.isHidden() and not isinstance(widget, QScrollArea)
    ]
    assert unnamed == []


def _text(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QAbstractButton) else ""


def test_the_scheme_can_change_under_every_view(qtbot: QtBot, pane: DetailPane, theme: Theme) -> None:
    pane.show_event(event())
    for entry in VIEWS:
        pane.show_view(entry.key)
    theme.set_mode("dark")
    for entry in VIEWS:
        pane.show_view(entry.key)
        ground = pane.grab().toImage().pixelColor(2, pane.height() - 60)
        assert ground.lightness() < 60, entry.key


def test_the_replays_tab_counts_attempts(pane: DetailPane) -> None:
    shown = event()
    pane.show_event(event(replay_count=2))
    assert pane.tabs.bar.accessibleTabName(6) == "Replays, 2"
    pane.set_attempts(attempts(shown))
    assert pane.tabs.bar.accessibleTabName(6) == "Replays, 3"
