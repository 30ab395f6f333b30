"""Whose schedule: one of those that have a name, or waits of one's own as a line of text."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.domain.errors import UsageError
from inspector.domain.forwarding import Schedule
from inspector.domain.schedules import ONCE, SCHEDULES, custom
from inspector.replay.rewrite import reason_of
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.fields import ComboBox, TextField
from inspector.ui.widgets.labels import Label

OFFERED = tuple(schedule for schedule in SCHEDULES if schedule is not ONCE)
"""A single try needs no schedule."""

CUSTOM = "custom"
SUGGESTED = "0, 10s, 5m, 2h"


class ScheduleChoice(QWidget):
    """A drop-down list, with a field under it for a schedule of one's own.

    Signals:
        changed: another schedule is chosen or written.
    """

    changed = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None, *, name: str = "Retry like") -> None:
        super().__init__(parent)
        self.combo = ComboBox(theme, icons, self, name=name)
        for schedule in OFFERED:
            self.combo.addItem(schedule.title, schedule.id)
        self.combo.addItem("Custom", CUSTOM)
        self.field = TextField(theme, SUGGESTED, self, name="Waits", placeholder=SUGGESTED, mono=True)
        self.error = Label(theme, "", self, font="small", color="failFg", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.combo)
        column.addWidget(self.field)
        column.addWidget(self.error)
        self.combo.currentIndexChanged.connect(lambda _index: self._on_change())
        self.field.textChanged.connect(lambda _text: self._on_change())
        self._on_change()

    @property
    def is_custom(self) -> bool:
        """Whether the waits are the user's own."""
        return bool(self.combo.currentData() == CUSTOM)

    def schedule(self) -> Schedule:
        """Return the chosen schedule. Raises UsageError where the user's own cannot be read."""
        if self.is_custom:
            return custom(self.field.text())
        return OFFERED[self.combo.currentIndex()]

    def problem(self) -> str:
        """Return why the schedule cannot be used, "" where it can."""
        try:
            self.schedule()
        except UsageError as error:
            return reason_of(error)
        return ""

    def choose(self, schedule_id: str) -> None:
        """Choose a schedule by its id, or write other waits than a named one's into the field."""
        known = [schedule.id for schedule in OFFERED]
        if schedule_id in known:
            self.combo.setCurrentIndex(known.index(schedule_id))
            return
        self.combo.setCurrentIndex(len(OFFERED))
        if schedule_id != CUSTOM:
            self.field.setText(schedule_id)

    def _on_change(self) -> None:
        problem = self.problem()
        self.field.setVisible(self.is_custom)
        self.field.set_invalid(bool(problem), problem)
        self.error.setText(problem)
        self.error.setVisible(bool(problem))
        self.changed.emit()
