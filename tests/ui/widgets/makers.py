"""One of every control, as the tests of this folder show it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.address_field import AddressField
from inspector.ui.widgets.badges import (
    REFUSALS,
    REPLAYING,
    VERDICTS,
    BadgeLabel,
    answer_badge,
    attempt_badge,
    lifecycle_badge,
    refusal_badge,
    repeat_badge,
    replay_badge,
    signature_badge,
)
from inspector.ui.widgets.banner import BannerContent, BannerHost
from inspector.ui.widgets.buttons import GhostButton, IconButton, LinkButton, PrimaryButton, SecondaryButton
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.choices import CheckBox, RadioButton
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.fields import ComboBox, SearchField, TextField
from inspector.ui.widgets.labels import ElidingLabel, KeyValueRow, Label, SectionLabel
from inspector.ui.widgets.receiver_button import ReceiverButton
from inspector.ui.widgets.segments import Segments
from inspector.ui.widgets.sparkline import RateBars
from inspector.ui.widgets.spinner import Spinner
from inspector.ui.widgets.split_button import SplitButton
from inspector.ui.widgets.splitter import Splitter
from inspector.ui.widgets.switch import Switch
from inspector.ui.widgets.tabs import UnderlineTabs

ALL_BADGES = [
    *(signature_badge(verdict, filled, long=filled) for verdict in VERDICTS for filled in (False, True)),
    repeat_badge("duplicate", 2),
    repeat_badge("duplicate", 2, total=2),
    repeat_badge("retry", 2),
    repeat_badge("retry", 3, short=True),
    replay_badge(1),
    REPLAYING,
    *(refusal_badge(refusal) for refusal in REFUSALS),
    answer_badge(200, 11),
    answer_badge(503, None),
    attempt_badge(1),
    lifecycle_badge("Missing", "circle-dashed", "warn"),
]

Maker = Callable[[Theme, Icons], QWidget]


def _nothing() -> None:
    """Stand in for what a button would do."""


def a_tab_bar(theme: Theme, icons: Icons) -> UnderlineTabs:
    return UnderlineTabs(theme, icons, [("a", "Overview"), ("b", "Payload"), ("c", "Raw")], name="Event details")


def a_combo_box(theme: Theme, icons: Icons) -> ComboBox:
    combo = ComboBox(theme, icons, name="Status")
    combo.addItems(["200 OK", "503 Service Unavailable"])
    return combo


def an_address(theme: Theme, icons: Icons) -> AddressField:
    field = AddressField(theme, icons)
    field.set_address("public", "https://quiet-otter.example/in/rcs-prod")
    return field


def _callout(theme: Theme, icons: Icons) -> Callout:
    return Callout(theme, icons, "fail", "shield-x", "The signature does not match", "Why.", [("Fix", _nothing)])


def _empty(theme: Theme, icons: Icons) -> EmptyState:
    return EmptyState(
        theme, icons, "search-x", "No events match", "3 are hidden.", code="sig:x", primary=("Clear filter", _nothing)
    )


def _banners(theme: Theme, icons: Icons) -> BannerHost:
    host = BannerHost(theme, icons)
    host.put(BannerContent("disk", "warn", "hard-drive", "Disk nearly full", "410 MB free.", (("Delete", _nothing),)))
    return host


def some_segments(theme: Theme, _icons: Icons) -> Segments:
    return Segments(theme, [("all", "All"), ("status", "Status"), ("other", "Other")], name="Kind")


MAKERS: dict[str, Maker] = {
    "primary": lambda theme, icons: PrimaryButton(theme, icons, "Replay", "repeat-2"),
    "secondary": lambda theme, icons: SecondaryButton(theme, icons, "Save"),
    "danger": lambda theme, icons: SecondaryButton(theme, icons, "Delete…", danger=True),
    "ghost": lambda theme, icons: GhostButton(theme, icons, "Issues", "triangle-alert"),
    "link": lambda theme, icons: LinkButton(theme, icons, "Compare"),
    "icon": lambda theme, icons: IconButton(theme, icons, "settings", "Settings"),
    "split": lambda theme, icons: SplitButton(theme, icons, "Replay", "repeat-2", primary=True),
    "split secondary": lambda theme, icons: SplitButton(theme, icons, "Send test event", "send"),
    "text": lambda theme, icons: TextField(theme, "abc", name="Name"),
    "search": lambda theme, icons: SearchField(theme, icons, "Search or filter"),
    "combo": a_combo_box,
    "check": lambda theme, icons: CheckBox(theme, icons, "On"),
    "radio": lambda theme, icons: RadioButton(theme, "On"),
    "switch": lambda theme, icons: Switch(theme, "Sign again"),
    "segments": some_segments,
    "tabs": a_tab_bar,
    "label": lambda theme, icons: Label(theme, "words"),
    "section": lambda theme, icons: SectionLabel(theme, "Endpoints"),
    "eliding": lambda theme, icons: ElidingLabel(theme, "words"),
    "row": lambda theme, icons: KeyValueRow(theme, icons, "Path", "POST /in/rcs-prod", "note", mono=True),
    "callout": _callout,
    "banner": _banners,
    "empty": _empty,
    "address": an_address,
    "bars": lambda theme, icons: RateBars(theme),
    "receiver": lambda theme, icons: ReceiverButton(theme, icons),
    "badges": lambda theme, icons: BadgeLabel(theme, icons, ALL_BADGES[:3]),
    "spinner": lambda theme, icons: Spinner(theme, icons),
    "splitter": lambda theme, icons: a_splitter(theme),
}


def a_splitter(theme: Theme) -> Splitter:
    splitter = Splitter(theme)
    for _ in range(3):
        splitter.addWidget(QWidget())
    splitter.resize(1000, 100)
    splitter.setSizes([212, 308, 480])
    splitter.set_defaults([212, None, 480])
    return splitter


def shown(qtbot: QtBot, widget: QWidget) -> QWidget:
    qtbot.addWidget(widget)
    widget.show()
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)
    return widget


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()
