"""Tests of what can be done with the selected events, as data and as a menu."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inspector.domain.event import EventId, Refusal
from inspector.domain.query import Term
from inspector.ui.events.context_menu import Chosen, Deeds, Entry, build_menu, entries, reason_against
from inspector.ui.events.list_keys import Command
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.menu import Menu
from tests.ui.events.fake_rows import an_event

REPEAT = an_event(9, original_id=EventId(12462))
FIRST = {Command.OPEN_ORIGINAL, Command.COMPARE_ORIGINAL}
ONE_ONLY = {Command.MESSAGE, Command.SIBLING, Command.COPY_BODY, Command.COPY_CURL, *FIRST}
NEED_BODY = {Command.REPLAY, Command.REPLAY_TO, Command.SIBLING, Command.COPY_BODY, Command.COPY_CURL}


def entry(command: Command, chosen: Chosen) -> Entry:
    return next(item for item in entries(chosen) if item.command is command)


def test_the_menu_names_the_target_and_the_original() -> None:
    chosen = Chosen(REPEAT, target="localhost:5000")
    assert entry(Command.REPLAY, chosen).text == "Replay to localhost:5000"
    assert entry(Command.OPEN_ORIGINAL, chosen).text == "Open original #12,462"
    assert entry(Command.REPLAY, Chosen(REPEAT)).text == "Replay…"


@pytest.mark.parametrize(
    ("chosen", "impossible"),
    [
        (Chosen(REPEAT), set()),
        (Chosen(an_event(1)), FIRST),
        (Chosen(REPEAT, count=2), ONE_ONLY),
        (Chosen(REPEAT, count=3), {*ONE_ONLY, Command.COMPARE}),
        (
            Chosen(an_event(1, refusal=Refusal.TOO_LARGE)),
            {
                Command.REPLAY,
                Command.REPLAY_TO,
                Command.SIBLING,
                Command.COPY_BODY,
                Command.COPY_CURL,
                Command.COMPARE,
                *FIRST,
            },
        ),
        (Chosen(REPEAT, body_kept=False), {*NEED_BODY, Command.COMPARE}),
        (Chosen(an_event(9, original_id=EventId(1), size=0)), {Command.COPY_BODY}),
    ],
    ids=["a repeat", "a first", "two", "several", "refused", "body dropped", "no body"],
)
def test_what_cannot_work_is_there_with_its_reason(chosen: Chosen, impossible: set[Command]) -> None:
    assert {item.command for item in entries(chosen) if item.reason} == impossible
    assert all(reason_against(command, chosen) for command in impossible)
    assert len(entries(chosen)) == 14


def test_marks_turn_round_when_every_event_has_them() -> None:
    chosen = Chosen(REPEAT, all_starred=True, all_unread=True)
    assert entry(Command.STAR, chosen).text == "Remove star"
    assert entry(Command.UNREAD, chosen).text == "Mark as read"


def test_filters_are_made_of_what_the_event_says() -> None:
    row = an_event(1, "rcs:message:status", recipient="")
    offered = next(item for item in entries(Chosen(row)) if item.text == "Filter by this").children
    assert [item.term for item in offered][:2] == [Term("type", ("status",)), Term("msg", ("msg_00000001",))]
    assert offered[2].reason == "The event names no recipient"
    assert offered[4].term == Term("campaign", ("cart_recovery_dec",))


def test_an_event_is_copied_as_every_form_but_where_its_body_is_gone() -> None:
    def forms(chosen: Chosen) -> list[tuple[str, str]]:
        return [(item.form, item.reason) for one in entries(chosen) for item in one.children if item.form]

    assert forms(Chosen(REPEAT)) == [("httpie", ""), ("http", ""), ("python", ""), ("javascript", "")]
    assert {reason for _form, reason in forms(Chosen(REPEAT, body_kept=False))} == {"Its body was not kept"}


def test_the_menu_shows_keys_and_does_what_is_chosen(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    done: list[Command] = []
    filtered: list[Term] = []
    copied: list[str] = []
    deeds = Deeds(done.append, filtered.append, copied.append)
    menu = build_menu(theme, icons, parent, entries(Chosen(an_event(1))), deeds)
    by_text = {action.text().partition("\t")[0]: action for action in menu.actions()}
    assert by_text["Replay…"].text().endswith("\tR")
    assert not by_text["Open original"].isEnabled()
    assert by_text["Open original"].toolTip() == "It is not a repeat of another event"
    by_text["Delete"].trigger()
    copy_as, filter_by = menu.findChildren(Menu)
    filter_by.actions()[1].trigger()
    copy_as.actions()[2].trigger()
    assert done == [Command.DELETE]
    assert filtered == [Term("msg", ("msg_00000001",))]
    assert copied == ["python"]
