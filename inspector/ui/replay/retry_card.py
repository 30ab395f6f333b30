"""Whether an event is tried again, by whose schedule, and how fast the time goes."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.domain.identity import Identity
from inspector.domain.schedules import wait_words
from inspector.domain.series import SeriesPlan
from inspector.ui.control.words import counted
from inspector.ui.detail.card import Card
from inspector.ui.icons import Icons
from inspector.ui.replay.schedule_choice import ScheduleChoice
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import link_button
from inspector.ui.widgets.choices import CheckBox
from inspector.ui.widgets.labels import ElidingLabel, Label
from inspector.ui.widgets.segments import Segments
from inspector.ui.widgets.switch import Switch

SPEEDS = (("1", "Real time"), ("60", "×60"), ("0", "No wait"))


class RetryCard(Card):
    """A switch with a schedule, a speed, and whether the target may ask for a longer wait.

    Signals:
        changed: something else is chosen.
        fast_clock_requested: the schedule is to be gone through on the fast clock.
    """

    changed = Signal()
    fast_clock_requested = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent, fill="subtle")
        self.switch = Switch(theme, "Retry like", self)
        self.choice = ScheduleChoice(theme, icons, self)
        self.speed = Segments(theme, SPEEDS, self, name="Speed")
        self.heed = CheckBox(theme, icons, "Heed Retry-After", self)
        self.heed.setChecked(True)
        self.heed.setToolTip("Waits longer where the target asks for it in its response")
        right = Qt.AlignmentFlag.AlignRight
        self.note = ElidingLabel(theme, "", self, font="small", color="text2", align=right)
        self.fast = link_button(theme, icons, "Fast clock…", self.fast_clock_requested.emit, self)
        self.fast.setToolTip("Days in a minute: when would the event get through, or be lost?")
        self._lay_out(theme)
        self.switch.toggled.connect(lambda _on: self._on_change())
        self.choice.changed.connect(self._on_change)
        self.speed.changed.connect(lambda _key: self._on_change())
        self.heed.toggled.connect(lambda _on: self._on_change())
        self._on_change()

    def _lay_out(self, theme: Theme) -> None:
        first = QHBoxLayout()
        first.setSpacing(10)
        top = Qt.AlignmentFlag.AlignTop
        name = Label(theme, "Retry like", self, font="label")
        for widget in (self.switch, name):
            widget.setMinimumHeight(theme.size("control"))
            first.addWidget(widget, 0, top)
        first.addWidget(self.choice, 1)
        self.off = Label(theme, "Off: it is sent once", self, color="text2")
        first.addWidget(self.off, 1)
        self._more = QWidget(self)
        second = QHBoxLayout()
        second.setSpacing(10)
        second.addWidget(Label(theme, "Speed", self, font="small", color="text2"))
        second.addWidget(self.speed)
        second.addWidget(self.note, 1)
        third = QHBoxLayout()
        third.addWidget(self.heed)
        third.addStretch(1)
        third.addWidget(self.fast)
        more = QVBoxLayout(self._more)
        more.setContentsMargins(0, 0, 0, 0)
        more.setSpacing(6)
        more.addLayout(second)
        more.addLayout(third)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(first)
        column.addWidget(self._more)

    @property
    def is_on(self) -> bool:
        """Whether it is tried again."""
        return self.switch.isChecked()

    def suggest(self, schedule_id: str) -> None:
        """Have the schedule of the event's own provider chosen, "" where it has none."""
        if schedule_id:
            self.choice.choose(schedule_id)

    def problem(self) -> str:
        """Return why it cannot be done as chosen, "" where it can."""
        return self.choice.problem() if self.is_on else ""

    def plan(self, identity: Identity) -> SeriesPlan:
        """Return how a series is sent. Raises UsageError where the schedule cannot be read."""
        schedule = replace(self.choice.schedule(), heeds_retry_after=self.heed.isChecked())
        return SeriesPlan(schedule, identity, speed=float(self.speed.current))

    def _on_change(self) -> None:
        on = self.is_on
        self.choice.setVisible(on)
        self._more.setVisible(on)
        self.off.setVisible(not on)
        if on and not self.choice.problem():
            self.note.setText(note_of(self.plan(Identity.CAPTURED)))
        self.changed.emit()


def note_of(plan: SeriesPlan) -> str:
    """Return in a few words when a series ends."""
    schedule = plan.schedule
    tries = counted(len(schedule.waits_s), "attempt")
    return f"stops at the first 2xx, {tries} of {wait_words(schedule.limit_s)} at most"
