"""The right side: what a check found, what was sent, expected and got, why it matters and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from inspector.simulator.check.check import Check
from inspector.simulator.check.fixes import Fix, Framework
from inspector.simulator.check.outcome import State
from inspector.ui.check.code_box import CodeBox
from inspector.ui.check.exchanges import ExchangesView
from inspector.ui.check.looks import LOOKS
from inspector.ui.check.model import CheckLine
from inspector.ui.form import Line
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import SecondaryButton, link_button
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.fields import ComboBox
from inspector.ui.widgets.labels import Label

SIDE_PX = 20
KEY_PX = 78


class StateIcon(QWidget):
    """The icon of a state, 20 px."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._icon, self._color = "circle-dashed", "text3"
        self.setFixedSize(20, 24)
        theme.changed.connect(self.update)

    def show_icon(self, icon: str, color: str) -> None:
        """Show another one."""
        self._icon, self._color = icon, color
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._icons.paint(painter, self._icon, self._color, 0, 2, 20)
        painter.end()


class Fact(QLabel):
    """A value in the letters of machines, and a quiet note behind it; both wrap together."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._value, self._note, self._color = "", "", "text"
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        theme.changed.connect(self._write)

    def show_value(self, value: str, note: str = "", color: str = "text") -> None:
        """Show a value with a note."""
        self._value, self._note, self._color = value, note, color
        self.setAccessibleName(f"{value} {note}".strip())
        self._write()

    def _write(self) -> None:
        theme = self._theme
        self.setFont(theme.font("body"))
        mono = theme.font("mono")
        style = f"color:{theme.color(self._color).name()}; font-family:'{mono.families()[0]}'"
        quiet = f"color:{theme.color('text2').name()}"
        note = f'&nbsp; <span style="{quiet}">{escape(self._note)}</span>' if self._note else ""
        self.setText(f'<span style="{style}; font-size:{mono.pixelSize()}px">{escape(self._value)}</span>{note}')


class Verdict(QWidget):
    """The result of one check.

    Signals:
        again_requested: run this check again.
        request_requested: show what was sent.
        framework_changed(str): advice for another framework is wanted, by its key.
    """

    again_requested = Signal()
    request_requested = Signal()
    framework_changed = Signal(str)

    def __init__(
        self, theme: Theme, icons: Icons, frameworks: Sequence[Framework], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._frameworks = theme, icons, tuple(frameworks)
        self.icon = StateIcon(theme, icons, self)
        self.title = Label(theme, "", self, font="title", wrap=True)
        self.callout = Callout(theme, icons, "neut", "info", "", parent=self)
        self.values = {name: Fact(theme) for name in ("Sent", "Expected", "Got")}
        self.why = _selectable(theme, color="text2")
        self.advice = _selectable(theme, color="text2")
        self.framework = ComboBox(theme, icons, self, name="Framework")
        for one in self._frameworks:
            self.framework.addItem(one.name, one.key)
        self.copy = link_button(theme, icons, "Copy", self._copy, self)
        self.code = CodeBox(theme, "Code", self)
        self.again = SecondaryButton(theme, icons, "Run this check again", "rotate-cw", self)
        self.request = SecondaryButton(theme, icons, "Show request", "external-link", self)
        self._fix = QWidget(self)
        self._lay_out()
        self.again.clicked.connect(self.again_requested)
        self.request.clicked.connect(self.request_requested)
        self.framework.currentIndexChanged.connect(
            lambda place: self.framework_changed.emit(str(self.framework.itemData(place)))
        )

    def _lay_out(self) -> None:
        theme = self._theme
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        facts = QGridLayout()
        facts.setHorizontalSpacing(10)
        facts.setVerticalSpacing(7)
        facts.setColumnMinimumWidth(0, KEY_PX)
        facts.setColumnStretch(1, 1)
        for place, (name, value) in enumerate(self.values.items()):
            facts.addWidget(Label(theme, name, font="small", color="text3"), place, 0, Qt.AlignmentFlag.AlignTop)
            facts.addWidget(value, place, 1)
        fix_head = QHBoxLayout()
        fix_head.setSpacing(12)
        fix_head.addWidget(Label(theme, "How to fix", font="strong"))
        fix_head.addStretch(1)
        fix_head.addWidget(self.framework)
        fix_head.addWidget(self.copy)
        inner = QVBoxLayout(self._fix)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addLayout(fix_head)
        inner.addWidget(self.advice)
        inner.addWidget(self.code)
        self._why_title = Label(theme, "Why it matters", font="strong")
        column = QVBoxLayout(self)
        column.setContentsMargins(SIDE_PX, 16, SIDE_PX, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.callout)
        column.addLayout(facts)
        column.addWidget(Line(theme))
        column.addWidget(self._fix)
        column.addWidget(self._why_title)
        column.addWidget(self.why)
        column.addStretch(1)

    def show_line(self, check: Check, line: CheckLine, fix: Fix) -> None:
        """Show one check as it stands."""
        outcome = line.outcome
        self.title.setText(check.title)
        self.why.setText(check.why)
        if line.running:
            self.icon.show_icon("loader-circle", "accent")
        elif outcome is None:
            self.icon.show_icon("circle-dashed", "text3")
        else:
            self.icon.show_icon(LOOKS[outcome.state].icon, LOOKS[outcome.state].color)
        self._show_callout(line)
        self.values["Sent"].show_value(*((outcome.event, outcome.label) if outcome else (line.sends, "")))
        self.values["Expected"].show_value(outcome.expected if outcome else check.expected)
        got, space, rest = (outcome.got if outcome else "–").partition(" in ")
        failed = outcome is not None and outcome.state is State.FAILED
        self.values["Got"].show_value(got, f"in {rest}" if space else "", "failFg" if failed else "text")
        self._fix.setVisible(bool(fix.advice))
        self.advice.setText(fix.advice)
        self.code.show_text(fix.code)
        for part in (self.code, self.copy, self.framework):
            part.setVisible(bool(fix.code))
        self.again.setText("Run this check again" if outcome else "Run this check")
        self.again.updateGeometry()
        self.request.setEnabled(outcome is not None and bool(outcome.exchanges))
        self.request.setToolTip("" if self.request.isEnabled() else "Nothing was sent for this check yet")

    def _show_callout(self, line: CheckLine) -> None:
        outcome = line.outcome
        self.callout.setVisible(outcome is not None)
        if outcome is not None:
            look = LOOKS[outcome.state]
            icon = "shield-x" if outcome.state is State.FAILED and outcome.ruling.topic == "verify" else None
            self.callout.set_content(look.tone, icon or look.callout_icon, outcome.ruling.title, outcome.ruling.text)

    def show_framework(self, key: str) -> None:
        """Choose a framework in the picker without telling."""
        self.framework.blockSignals(True)
        self.framework.setCurrentIndex(max(0, self.framework.findData(key)))
        self.framework.blockSignals(False)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code.text)


class DetailSide(QStackedWidget):
    """The verdict, or the requests behind it."""

    def __init__(
        self, theme: Theme, icons: Icons, frameworks: Sequence[Framework], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.verdict = Verdict(theme, icons, frameworks)
        self.exchanges = ExchangesView(theme, icons)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.verdict)
        self._page = QWidget(self)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(SIDE_PX, 10, SIDE_PX, 12)
        buttons.setSpacing(8)
        buttons.addWidget(self.verdict.again)
        buttons.addWidget(self.verdict.request)
        buttons.addStretch(1)
        column = QVBoxLayout(self._page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        column.addLayout(buttons)
        self.addWidget(self._page)
        self.addWidget(self.exchanges)
        self.exchanges.left.connect(self.show_verdict)

    @property
    def shows_request(self) -> bool:
        """Whether the requests are in view."""
        return self.currentWidget() is self.exchanges

    def show_verdict(self) -> None:
        """Bring the verdict into view."""
        if self.shows_request:
            self.setCurrentWidget(self._page)
            self.verdict.request.setFocus()

    def show_requests(self) -> None:
        """Bring the requests into view."""
        self.setCurrentWidget(self.exchanges)

    def to_top(self) -> None:
        """Scroll to the verdict's beginning."""
        self._scroll.verticalScrollBar().setValue(0)


def _selectable(theme: Theme, *, color: str = "text") -> Label:
    label = Label(theme, "", color=color, wrap=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
