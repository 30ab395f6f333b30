"""The top bar tells the receiver's state and the address, and its menus ask for what they say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from inspector.receiver.state import ReceiverState, Status
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.top_bar import AddressChoice, TestItem, TopBar

LOCAL = AddressChoice("local", "http://127.0.0.1:8787/in/rcs-prod")
PUBLIC = AddressChoice("public", "https://hooks.example.com/in/rcs-prod")


@pytest.fixture
def bar(dressed: Theme, qtbot: QtBot) -> TopBar:
    bar = TopBar(dressed, Icons(dressed))
    qtbot.addWidget(bar)
    bar.resize(1440, bar.height())
    bar.show()
    return bar


def state(status: Status) -> ReceiverState:
    return ReceiverState(status, "127.0.0.1", 8787, "http://127.0.0.1:8787")


def entry(menu: QMenu, words: str) -> QAction:
    return next(action for action in menu.actions() if action.text().startswith(words))


def test_the_bar_is_48_px_over_its_line(bar: TopBar) -> None:
    assert bar.height() == 49


@pytest.mark.parametrize(
    ("status", "words", "pause"),
    [
        (Status.RECEIVING, "Receiver: receiving on port 8787", "Pause receiving"),
        (Status.PAUSED, "Receiver: paused", "Resume receiving"),
        (Status.FAILED, "Receiver: not receiving", "Pause receiving"),
        (Status.STARTING, "Receiver: starting", "Pause receiving"),
    ],
)
def test_the_state_is_said_by_button_and_pause(bar: TopBar, status: Status, words: str, pause: str) -> None:
    bar.set_receiver(state(status), on_network=False)
    assert bar.receiver.accessibleName() == words
    assert bar.pause.accessibleName() == pause
    assert bar.pause.isEnabled() == (status in (Status.RECEIVING, Status.PAUSED))


def test_the_receivers_menu_asks_for_what_it_says(bar: TopBar, qtbot: QtBot) -> None:
    bar.set_receiver(state(Status.RECEIVING), on_network=True)
    menu = bar._receiver_menu
    wishes: dict[str, Callable[[], object]] = {
        "Pause receiving": lambda: bar.pause_requested,
        "Restart receiver": lambda: bar.restart_requested,
        "Port 8787…": lambda: bar.port_requested,
    }
    for words, signal in wishes.items():
        with qtbot.waitSignal(signal()):
            entry(menu, words).trigger()
    with qtbot.waitSignal(bar.network_requested) as told:
        entry(menu, "Listen on the local network").trigger()
    assert told.args == [False]


def test_the_address_menu_switches_between_the_addresses(bar: TopBar, qtbot: QtBot) -> None:
    bar.set_addresses([PUBLIC, LOCAL], "public")
    assert bar.address.url == PUBLIC.url
    with qtbot.waitSignal(bar.kind_chosen) as told:
        entry(bar.address_menu, "Local").trigger()
    assert told.args == ["local"]
    with qtbot.waitSignal(bar.own_address_requested):
        entry(bar.address_menu, "Use my own address…").trigger()
    with qtbot.waitSignal(bar.curl_requested):
        entry(bar.address_menu, "Copy a curl test command").trigger()


def test_with_all_endpoints_in_view_each_address_can_be_copied(bar: TopBar, qtbot: QtBot) -> None:
    bar.set_all_endpoints("http://127.0.0.1:8787", [("Production", LOCAL.url), ("Staging", PUBLIC.url)])
    assert bar.address.url == "http://127.0.0.1:8787/in/…"
    with qtbot.waitSignal(bar.copied) as told:
        entry(bar.address_menu, "Staging").trigger()
    assert told.args == [PUBLIC.url]
    assert QApplication.clipboard().text() == PUBLIC.url


def test_test_events_are_grouped_and_sent_by_key(bar: TopBar, qtbot: QtBot) -> None:
    items = [
        TestItem("message.read", "message.read", "Status", "message.read"),
        TestItem("wrong", "Wrong signature", "Trouble", mark=("shield-x", "failFg")),
    ]
    bar.set_tests("RCS production", items, "message.read")
    texts = [action.text() for action in bar._test_menu.actions() if not action.isSeparator()]
    assert texts == ["Send to RCS production", "message.read\tCtrl+T", "Trouble", "Wrong signature"]
    with qtbot.waitSignal(bar.test_requested) as told:
        entry(bar._test_menu, "Wrong signature").trigger()
    assert told.args == ["wrong"]
    bar.set_tests("RCS production", [], "")
    assert not bar.test.isEnabled()


def test_a_narrow_bar_shows_icons_alone(bar: TopBar) -> None:
    bar.set_receiver(state(Status.RECEIVING), on_network=False)
    bar.set_narrow(True)
    bar.resize(960, bar.height())
    assert bar.receiver.sizeHint().width() == 48
    bar.set_narrow(False)
    assert bar.receiver.sizeHint().width() == 160


def test_words_give_way_to_the_address_in_a_small_window_and_with_large_text(bar: TopBar, dressed: Theme) -> None:
    def words() -> tuple[str, bool]:
        return bar.check.text(), bar.receiver.sizeHint().width() > 48

    bar.set_receiver(state(Status.RECEIVING), on_network=False)
    for width, shown in ((1440, ("Handler check", True)), (1279, ("", True)), (1099, ("", False))):
        bar.fit(width)
        assert words() == shown, width
    bar.fit(1440)
    dressed.set_text_scale(1.5)
    assert words() == ("", False)
    dressed.set_text_scale(1.0)
    assert words() == ("Handler check", True)


def test_a_port_of_five_digits_has_its_room(bar: TopBar) -> None:
    bar.set_receiver(ReceiverState(Status.RECEIVING, "127.0.0.1", 8787, ""), on_network=False)
    usual = bar.receiver.sizeHint().width()
    bar.set_receiver(ReceiverState(Status.RECEIVING, "127.0.0.1", 65535, ""), on_network=False)
    assert bar.receiver.sizeHint().width() > usual
