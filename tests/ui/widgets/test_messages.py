"""Labels, callouts, banners, toasts and empty states."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.banner import BannerContent, BannerHost
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.labels import ElidingLabel, KeyValueRow
from inspector.ui.widgets.toast import ToastContent, Toasts
from tests.ui.widgets.makers import (
    shown,
)


def test_a_cut_label_tells_its_text_in_the_tool_tip(theme: Theme, qtbot: QtBot) -> None:
    label = ElidingLabel(theme, "X-Webhook-Signature, SHA-256")
    qtbot.addWidget(label)
    label.show()
    label.resize(60, 18)
    assert label.toolTip() == label.text()
    label.resize(400, 18)
    assert label.toolTip() == ""


def test_a_row_copies_what_is_selected_or_else_all(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    row = KeyValueRow(theme, icons, "Message", "msg_8f31c07a", mono=True)
    shown(qtbot, row)
    row.copy()
    assert QGuiApplication.clipboard().text() == "msg_8f31c07a"
    row.value.setSelection(0, 3)
    row.copy()
    assert QGuiApplication.clipboard().text() == "msg"


def test_a_row_offers_copy_and_what_it_is_given(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    row = KeyValueRow(theme, icons, "Carrier", "verizon")
    extra = QAction("Filter by this", row)
    row.set_actions([extra])
    shown(qtbot, row)
    menu = row.open_menu(QPoint(0, 0))
    assert [action.text() for action in menu.actions()] == ["Copy", "Filter by this"]
    menu.close()


def test_a_link_row_can_be_followed(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    row = KeyValueRow(theme, icons, "Message", "msg_8f31c07a", link=True)
    shown(qtbot, row)
    assert not row.value.isVisible()
    with qtbot.waitSignal(row.activated):
        row.link.click()


def test_a_callouts_links_act_and_can_be_replaced(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    acted: list[str] = []
    callout = Callout(theme, icons, "warn", "timer", "Stale", "Late.", [("One", lambda: acted.append("one"))])
    shown(qtbot, callout)
    callout.buttons[0].click()
    callout.set_content("pass", "circle-check", "Valid", actions=[("Two", lambda: acted.append("two"))])
    callout.buttons[0].click()
    assert acted == ["one", "two"]
    assert callout.accessibleName() == "Valid"
    assert not callout.text.isVisible()


def _banner(key: str, tone: str) -> BannerContent:
    return BannerContent(key, tone, "circle-x", f"{key} title", "text")  # type: ignore[arg-type]  # from the tests here


def test_the_most_severe_banner_is_shown_and_counts_the_others(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    host = BannerHost(theme, icons)
    qtbot.addWidget(host)
    assert host.isHidden()
    for key, tone in (("import", "info"), ("tunnel", "warn"), ("port", "fail")):
        host.put(_banner(key, tone))
    assert host.banner is not None
    assert host.banner.content.key == "port"
    assert host.banner.more.text() == "2 more"
    host.remove("port")
    assert host.banner.content.key == "tunnel"
    host.remove("tunnel")
    host.remove("import")
    assert host.isHidden()


def test_more_shows_the_next_banner(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    host = BannerHost(theme, icons)
    qtbot.addWidget(host)
    host.put(_banner("port", "fail"))
    host.put(_banner("tunnel", "warn"))
    assert host.banner is not None
    host.banner.more.click()
    assert host.banner.content.key == "tunnel"


def test_a_red_banner_cannot_be_dismissed_and_an_amber_one_can(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    host = BannerHost(theme, icons)
    qtbot.addWidget(host)
    host.put(_banner("port", "fail"))
    assert host.banner is not None
    assert host.banner.close_button.isHidden()
    host.remove("port")
    host.put(_banner("tunnel", "warn"))
    with qtbot.waitSignal(host.dismissed) as heard:
        host.banner.close_button.click()
    assert heard.args == ["tunnel"]
    assert host.banner is None


def test_toasts_are_shown_one_at_a_time_in_order(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(800, 600)
    toasts = Toasts(theme, icons, window, bottom_px=26)
    shown(qtbot, window)
    toasts.show("Address copied", "copy")
    toasts.show("3 events deleted", "trash-2")
    assert toasts.current is not None
    assert toasts.current.content.text == "Address copied"
    toasts.dismiss()
    assert toasts.current.content.text == "3 events deleted"
    toasts.dismiss()
    assert toasts.current is None


def test_a_toast_sits_at_the_bottom_right_and_follows_the_window(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(800, 600)
    toasts = Toasts(theme, icons, window, bottom_px=26)
    shown(qtbot, window)
    toasts.show("Address copied", "copy")
    assert toasts.current is not None
    assert toasts.current.geometry().bottomRight() == QPoint(800 - 16 - 1, 600 - 26 - 16 - 1)
    window.resize(900, 700)
    assert toasts.current.geometry().bottomRight() == QPoint(900 - 16 - 1, 700 - 26 - 16 - 1)


def test_a_toasts_action_acts_and_closes_it(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    window = QWidget()
    toasts = Toasts(theme, icons, window)
    shown(qtbot, window)
    acted: list[str] = []
    toasts.put(ToastContent("Deleted", "trash-2", action=("Undo", lambda: acted.append("undo"))))
    assert toasts.current is not None
    assert toasts.current.button is not None
    toasts.current.button.click()
    assert acted == ["undo"]
    assert toasts.current is None


def test_an_empty_states_steps_act(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    acted: list[str] = []
    state = EmptyState(
        theme,
        icons,
        "plug-zap",
        "Port 8787 is taken",
        primary=("Use port 8788", lambda: acted.append("use")),
        actions=[("Try again", lambda: acted.append("again"))],
        links=[("Show log", lambda: acted.append("log"))],
    )
    shown(qtbot, state)
    for button in state.buttons:
        button.click()
    assert acted == ["use", "again", "log"]
    assert not state.code.isVisible()
