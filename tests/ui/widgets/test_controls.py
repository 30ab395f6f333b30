"""Buttons, fields, segments and tabs by mouse and keyboard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton, PrimaryButton, SecondaryButton
from inspector.ui.widgets.choices import CheckBox
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.fields import SearchField, TextField
from inspector.ui.widgets.menu import Menu
from inspector.ui.widgets.receiver_button import ReceiverButton
from inspector.ui.widgets.split_button import SplitButton
from inspector.ui.widgets.switch import Switch
from inspector.ui.widgets.tabs import UnderlineTabs
from tests.ui.widgets.makers import (
    a_combo_box,
    a_tab_bar,
    an_address,
    picture,
    shown,
    some_segments,
)


def test_a_button_shows_the_ring_for_the_keyboard_and_not_for_the_mouse(
    theme: Theme, icons: Icons, qtbot: QtBot
) -> None:
    button = SecondaryButton(theme, icons, "Save")
    shown(qtbot, button)
    button.setFocus(Qt.FocusReason.MouseFocusReason)
    without = picture(button)
    button.clearFocus()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(button.hasFocus)
    assert picture(button) != without
    assert picture(button).pixelColor(button.width() // 2, 0) == theme.tokens.focus


def test_space_presses_a_focused_button(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    button = PrimaryButton(theme, icons, "Replay")
    shown(qtbot, button)
    with qtbot.waitSignal(button.clicked):
        QTest.keyClick(button, Qt.Key.Key_Space)


def test_tab_goes_through_controls_from_left_to_right(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    bar = QWidget()
    row = QHBoxLayout(bar)
    receiver, pause = ReceiverButton(theme, icons), IconButton(theme, icons, "pause", "Pause")
    address = an_address(theme, icons)
    send = SplitButton(theme, icons, "Send test event", "send")
    for widget in (receiver, pause, address, send):
        row.addWidget(widget)
    shown(qtbot, bar)
    order = [
        receiver,
        pause,
        address.kind_button,
        address.url_view,
        address.copy_button,
        send.main,
        send.arrow,
    ]
    receiver.setFocus(Qt.FocusReason.TabFocusReason)
    walked: list[QWidget | None] = []
    for _ in order:
        walked.append(bar.focusWidget())
        bar.focusNextChild()
    assert walked == order


def test_the_arrow_of_a_split_button_opens_its_menu(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    button = SplitButton(theme, icons, "Replay", "repeat-2")
    menu = Menu(theme, icons, button)
    menu.add("Replay…")
    button.set_menu(menu)
    shown(qtbot, button)
    pressed: list[str] = []
    button.clicked.connect(lambda: pressed.append("main"))
    button.menu_requested.connect(lambda: pressed.append("menu"))
    button.main.click()
    button.arrow.click()
    assert pressed == ["main", "menu"]
    assert menu.isVisible()
    menu.close()


def test_a_compact_split_button_keeps_its_words_as_name(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    button = SplitButton(theme, icons, "Send test event", "send")
    qtbot.addWidget(button)
    wide = button.main.sizeHint().width()
    button.set_compact(True)
    assert button.main.sizeHint().width() < wide / 2
    assert button.main.accessibleName() == "Send test event"


def test_escape_and_the_cross_clear_the_search(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    field = SearchField(theme, icons)
    shown(qtbot, field)
    assert not field.clear_button.isVisible()
    QTest.keyClicks(field, "type:failed")
    assert field.clear_button.isVisible()
    with qtbot.waitSignal(field.textEdited):
        field.clear_button.click()
    QTest.keyClicks(field, "x")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""


def test_an_invalid_field_is_outlined_in_red_and_says_why(theme: Theme, qtbot: QtBot) -> None:
    field = TextField(theme, "80a", name="Port")
    shown(qtbot, field)
    field.clearFocus()
    field.set_invalid(True, "A port is a number from 1 to 65,535")
    middle = picture(field).pixelColor(field.width() // 2, 0)
    assert middle == theme.tokens.failSolid
    assert "number" in field.toolTip()
    field.set_invalid(False)
    assert field.toolTip() == ""


def test_a_cut_combo_box_tells_its_text_in_the_tool_tip(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    combo = a_combo_box(theme, icons)
    shown(qtbot, combo)
    combo.setCurrentIndex(1)
    combo.resize(combo.sizeHint())
    assert combo.toolTip() == ""
    combo.resize(90, 30)
    assert combo.toolTip() == "503 Service Unavailable"


def test_a_switch_and_a_check_box_answer_to_space(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    for control in (Switch(theme, "Mask"), CheckBox(theme, icons, "Mask")):
        shown(qtbot, control)
        QTest.keyClick(control, Qt.Key.Key_Space)
        assert control.isChecked()


def test_segments_are_exclusive_and_move_with_the_arrow_keys(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    segments = some_segments(theme, icons)
    shown(qtbot, segments)
    heard: list[str] = []
    segments.changed.connect(heard.append)
    segments.button("all").setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(segments.button("all"), Qt.Key.Key_Right)
    assert segments.current == "status"
    segments.set_current("other")
    assert heard == ["status", "other"]


def test_segment_counts_are_spoken_and_can_be_hidden(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    segments = some_segments(theme, icons)
    qtbot.addWidget(segments)
    narrow = segments.sizeHint().width()
    segments.set_counts({"all": 11_940})
    assert segments.button("all").accessibleName() == f"All, {grouped(11_940)}"
    assert segments.sizeHint().width() > narrow
    segments.set_counts_visible(False)
    assert segments.sizeHint().width() == narrow


def test_tabs_move_with_the_arrow_keys_and_tell_their_key(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    tabs = a_tab_bar(theme, icons)
    shown(qtbot, tabs)
    tabs.resize(400, 33)
    with qtbot.waitSignal(tabs.changed) as heard:
        QTest.keyClick(tabs.bar, Qt.Key.Key_Right)
    assert heard.args == ["b"]
    tabs.step(-2)
    assert tabs.current == "c"


def test_tabs_that_do_not_fit_go_to_more_but_the_chosen_one_stays(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    names = ["Overview", "Payload", "Raw", "Headers", "Signature", "Timeline", "Replays", "Diff"]
    tabs = UnderlineTabs(theme, icons, [(name, name) for name in names], name="Event details")
    shown(qtbot, tabs)
    tabs.resize(tabs.sizeHint())
    assert tabs.visible_keys() == names
    assert not tabs.more.isVisible()
    tabs.resize(300, 33)
    tabs.set_current("Diff")
    assert "Diff" in tabs.visible_keys()
    assert tabs.more.isVisible()
    assert tabs.bar.sizeHint().width() + tabs.more.sizeHint().width() <= 300
