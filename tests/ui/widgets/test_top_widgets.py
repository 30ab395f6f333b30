"""The controls around the pages: address, receiver, rate bars, splitter, menus."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inspector.ui.icons import Icons, icon_path
from inspector.ui.theme import Theme
from inspector.ui.widgets.address_field import ADDRESS_KINDS, AddressField, UrlParts, split_url
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.menu import Menu
from inspector.ui.widgets.paint import text_width
from inspector.ui.widgets.receiver_button import ReceiverButton
from inspector.ui.widgets.sparkline import RateBars
from inspector.ui.widgets.spinner import Spinner
from inspector.ui.widgets.splitter import GRAB_PX
from tests.ui.widgets.makers import (
    a_splitter,
    an_address,
    picture,
    shown,
)


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("https://a.example/in/x", UrlParts("https://", "a.example", "/in/x")),
        ("http://127.0.0.1:8787/in/...", UrlParts("http://", "127.0.0.1:8787", "/in/...")),
        ("a.example", UrlParts("", "a.example", "")),
        ("", UrlParts("", "", "")),
    ],
)
def test_an_address_is_cut_into_scheme_host_and_path(url: str, parts: UrlParts) -> None:
    assert split_url(url) == parts


def test_a_long_address_is_elided_in_the_host_and_never_in_the_path(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    field = AddressField(theme, icons)
    qtbot.addWidget(field)
    field.set_address("public", "https://a-very-long-host-name-of-a-tunnel.trycloudflare.com/in/rcs-prod")
    for room in (600, 300, 200, 120):
        parts = field.url_view.shown_parts(room)
        assert parts.path == "/in/rcs-prod"
    assert "…" in field.url_view.shown_parts(300).host
    assert field.url_view.shown_parts(120).scheme == ""


def test_copy_puts_the_address_on_the_clipboard_and_says_so_for_a_moment(
    theme: Theme, icons: Icons, qtbot: QtBot
) -> None:
    field = an_address(theme, icons)
    shown(qtbot, field)
    with qtbot.waitSignal(field.copied) as heard:
        field.copy_button.click()
    assert heard.args == [field.url]
    assert QGuiApplication.clipboard().text() == field.url
    assert (field.copy_button.text(), field.copy_button.icon_name) == ("Copied", "check")
    qtbot.waitUntil(lambda: field.copy_button.text() == "Copy")


def test_copy_opens_a_menu_where_there_are_several_addresses(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    field = an_address(theme, icons)
    shown(qtbot, field)
    QGuiApplication.clipboard().setText("before")
    menu = Menu(theme, icons, field)
    menu.add("RCS production")
    field.set_copy_menu(menu)
    with qtbot.waitSignal(field.copy_menu_requested):
        field.copy_button.click()
    assert menu.isVisible()
    assert QGuiApplication.clipboard().text() == "before"
    menu.close()


def test_a_click_selects_the_whole_address_which_cannot_be_edited(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    field = an_address(theme, icons)
    shown(qtbot, field)
    QTest.mouseClick(field.url_view, Qt.MouseButton.LeftButton)
    assert field.url_view.selectedText() == field.url
    QTest.keyClicks(field.url_view, "x")
    assert field.url == "https://quiet-otter.example/in/rcs-prod"


@pytest.mark.parametrize("kind", ADDRESS_KINDS)
def test_every_kind_of_address_has_its_icon_and_name(kind: str, theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    field = AddressField(theme, icons)
    qtbot.addWidget(field)
    field.set_address(kind, "http://x/in/y")  # type: ignore[arg-type]  # from the tuple of kinds
    assert icon_path(field.kind_button.icon_name).is_file()
    assert field.url_view.accessibleName() == f"{field.kind_button.text()} address"


def test_the_receiver_button_tells_its_state(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    button = ReceiverButton(theme, icons)
    qtbot.addWidget(button)
    button.set_state("receiving", 8787)
    assert (button.text(), button.detail()) == ("Receiving", ":8787")
    assert button.accessibleName() == "Receiver: receiving on port 8787"
    button.set_rate(512)
    assert button.detail() == "512/s"
    button.set_rate(3)
    assert button.detail() == ":8787"
    button.set_state("paused")
    assert (button.text(), button.detail()) == ("Paused", "")
    assert button.sizeHint().width() == 160


def test_receiver_states_differ_without_colour(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    button = ReceiverButton(theme, icons)
    shown(qtbot, button)
    button.set_compact(True)
    button.resize(button.sizeHint())
    pictures = []
    for state in ("receiving", "paused", "stopped", "starting"):
        button.set_state(state)
        grey = picture(button).convertToFormat(QImage.Format.Format_Grayscale8)
        pictures.append([grey.pixelColor(x, y).red() // 64 for x in range(32) for y in range(button.height())])
    assert all(one != other for place, one in enumerate(pictures) for other in pictures[place + 1 :])


def test_rate_bars_show_the_newest_values_relative_to_the_highest(theme: Theme, qtbot: QtBot) -> None:
    bars = RateBars(theme, slots=4)
    qtbot.addWidget(bars)
    assert bars.bar_heights() == [1, 1, 1, 1]
    bars.set_values([9, 0, 1, 5, 10])
    assert bars.values == (0, 1, 5, 10)
    assert bars.bar_heights() == [1, 1, 6, 12]
    assert bars.accessibleDescription() == "now 10, highest 10"


def test_a_double_click_on_a_line_restores_the_default_width(theme: Theme, qtbot: QtBot) -> None:
    splitter = a_splitter(theme)
    shown(qtbot, splitter)
    splitter.setSizes([300, 400, 298])
    QTest.mouseDClick(splitter.handle(1), Qt.MouseButton.LeftButton)
    assert splitter.sizes()[0] == 212
    QTest.mouseDClick(splitter.handle(2), Qt.MouseButton.LeftButton)
    assert splitter.sizes()[2] == 480


def test_a_line_is_1_px_wide_and_can_be_grabbed_over_7(theme: Theme, qtbot: QtBot) -> None:
    splitter = a_splitter(theme)
    shown(qtbot, splitter)
    handle = splitter.handle(1)
    assert handle.contentsRect().width() == 1
    assert handle.width() == GRAB_PX


def test_a_disabled_menu_item_says_why(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    menu = Menu(theme, icons)
    qtbot.addWidget(menu)
    action = menu.add("Open original", "layers-2", reason="This event is not a duplicate")
    assert not action.isEnabled()
    assert action.toolTip() == "This event is not a duplicate"
    assert menu.toolTipsVisible()


def test_a_menu_item_acts_by_keyboard(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    acted: list[str] = []
    menu = Menu(theme, icons)
    qtbot.addWidget(menu)
    menu.caption("Send to RCS production")
    menu.add("message.sent", "send", lambda: acted.append("sent"))
    menu.line()
    menu.submenu("More events", "ellipsis").add("message.read")
    menu.popup(QPoint(0, 0))
    assert not picture(menu).isNull()
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert acted == ["sent"]


def test_a_spinner_stands_still_with_reduced_motion(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    spinner = Spinner(theme, icons)
    shown(qtbot, spinner)
    assert not spinner._turning.running
    theme.reduced_motion = False
    moving = Spinner(theme, icons)
    shown(qtbot, moving)
    assert moving._turning.running
    moving.hide()
    assert not moving._turning.running


def test_numbers_are_grouped() -> None:
    assert grouped(11_940) == "11,940"


MENU_ITEMS: dict[str, Callable[[Menu], QAction]] = {
    "plain": lambda menu: menu.add("Delete events older than 7 days", "trash-2"),
    "shortcut": lambda menu: menu.add("Copy as cURL", "terminal", shortcut="Ctrl+Shift+C"),
    "submenu": lambda menu: menu.submenu("More events of another kind", "ellipsis").menuAction(),
    "checked": lambda menu: menu.add("Listen on the local network", checked=True),
}


@pytest.mark.parametrize("kind", MENU_ITEMS)
def test_a_menu_is_wide_enough_for_its_words_and_shortcuts(kind: str, theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    menu = Menu(theme, icons)
    qtbot.addWidget(menu)
    action = MENU_ITEMS[kind](menu)
    menu.popup(QPoint(0, 0))
    words, _, right = action.text().partition("\t")
    beside = text_width(right, theme.font("small")) if right else 14 if kind == "submenu" else 0
    needed = 33 + text_width(words, theme.font("body")) + beside + 9
    assert menu.actionGeometry(action).width() >= needed
    menu.close()
