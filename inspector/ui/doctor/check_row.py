"""One check as a line: how it ended, what was found, one thing to do, and the way to make it again."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inspector.doctor.check import Check
from inspector.doctor.finding import Action, Finding, Outcome
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.badges import Tone
from inspector.ui.widgets.buttons import IconButton, LinkButton
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.spinner import Turning, paint_spinner

ICON_PX = 18
MARK_PX = 22

LOOKS: dict[Outcome, tuple[str, str]] = {
    Outcome.GOOD: ("circle-check", "passFg"),
    Outcome.DOUBT: ("triangle-alert", "warnFg"),
    Outcome.BAD: ("circle-x", "failFg"),
    Outcome.SKIPPED: ("minus", "text3"),
}
TONES: dict[Outcome, Tone] = {
    Outcome.GOOD: "pass",
    Outcome.DOUBT: "warn",
    Outcome.BAD: "fail",
    Outcome.SKIPPED: "neut",
}
WORDS = {Outcome.GOOD: "Good", Outcome.DOUBT: "Doubtful", Outcome.BAD: "Wrong", Outcome.SKIPPED: "Not checked"}
"""What a screen reader hears for each colour."""


class Mark(QWidget):
    """The sign at the front: a ring while nothing is known, a spinner while it runs, then the outcome."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._outcome: Outcome | None = None
        self._turning = Turning(theme, self)
        self._turning.turned.connect(self.update)
        self._runs = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(MARK_PX, MARK_PX)

    def show_outcome(self, outcome: Outcome | None, *, runs: bool = False) -> None:
        """Show how it ended, or that it runs."""
        self._outcome, self._runs = outcome, runs
        self._turning.set_running(runs)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        place = (MARK_PX - ICON_PX) / 2
        if self._runs:
            center = QPointF(MARK_PX / 2, MARK_PX / 2)
            paint_spinner(painter, self._icons, center, ICON_PX, "accent", self._turning.degrees)
        else:
            icon, tint = LOOKS[self._outcome] if self._outcome else ("circle-dashed", "text3")
            self._icons.paint(painter, icon, tint, place, place, ICON_PX)
        painter.end()


class CheckRow(QWidget):
    """One line of the dialog.

    Signals:
        again(str): make this check again, by its key.
        wanted(object): the Action of the finding was clicked.
    """

    again = Signal(str)
    wanted = Signal(object)

    def __init__(self, theme: Theme, icons: Icons, check: Check) -> None:
        super().__init__()
        self._theme = theme
        self.check = check
        self.finding: Finding | None = None
        self._action: Action | None = None
        self.mark = Mark(theme, icons)
        self.title = Label(theme, check.title, font="label")
        self.words = Label(theme, "", wrap=True)
        self.detail = Label(theme, "", font="small", color="text2", wrap=True)
        for label in (self.words, self.detail):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.hide()
        self.act = LinkButton(theme, icons, "")
        self.act.hide()
        self.act.clicked.connect(lambda: self.wanted.emit(self._action))
        self.repeat = IconButton(theme, icons, "rotate-cw", f"Check again: {check.title}")
        self.repeat.clicked.connect(lambda: self.again.emit(check.key))
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.words)
        column.addWidget(self.detail)
        line = QHBoxLayout(self)
        line.setContentsMargins(20, 9, 14, 9)
        line.setSpacing(11)
        line.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(column, 1)
        line.addWidget(self.act, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.repeat, 0, Qt.AlignmentFlag.AlignVCenter)
        theme.changed.connect(self.update)
        self.setAccessibleName(check.title)

    def show_running(self) -> None:
        """Say that it is being checked; what was found before stays readable."""
        self.mark.show_outcome(None, runs=True)
        self.repeat.setEnabled(False)
        self.setAccessibleDescription("Running")

    def show_finding(self, finding: Finding | None) -> None:
        """Show what was found, None for nothing yet."""
        self.finding = finding
        self.repeat.setEnabled(True)
        self.mark.show_outcome(finding.outcome if finding else None)
        words, detail = (finding.words, finding.detail) if finding else ("", "")
        self._action = finding.action if finding else None
        self.words.setText(words)
        self.words.set_color(_ink(finding))
        self.words.setVisible(bool(words))
        self.detail.setText(detail)
        self.detail.setVisible(bool(detail))
        self.act.setText(self._action.words if self._action else "")
        self.act.setVisible(self._action is not None)
        self.act.updateGeometry()
        self.setAccessibleDescription(f"{WORDS[finding.outcome]}. {words} {detail}" if finding else "")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(20, self.height() - 1, self.width() - 40, 1, self._theme.tokens.grid)
        painter.end()


def _ink(finding: Finding | None) -> str:
    if finding is None or finding.outcome in (Outcome.GOOD, Outcome.SKIPPED):
        return "text2"
    return LOOKS[finding.outcome][1]
