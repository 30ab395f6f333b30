"""The bar under the fields: a segment for each check, and the counts in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inspector.simulator.check.judge import LIMIT_S, TARGET_S, milliseconds
from inspector.simulator.check.outcome import Outcome, State
from inspector.ui.check.looks import COUNTED, LOOKS
from inspector.ui.check.model import CheckLine
from inspector.ui.theme import Theme
from inspector.ui.widgets.labels import ElidingLabel, Label
from inspector.ui.widgets.paint import fill_box

_HEIGHT_PX = 6
_GAP_PX = 3
RUNNING_SHARE = 0.45


class Segments(QWidget):
    """One short bar for each check, in the colour of its state; what runs is partly filled."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: Sequence[CheckLine] = ()
        self.setFixedHeight(_HEIGHT_PX)
        theme.changed.connect(self.update)

    def show_lines(self, lines: Sequence[CheckLine]) -> None:
        """Show these checks."""
        self._lines = tuple(lines)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._lines:
            return
        painter = QPainter(self)
        tokens = self._theme.tokens
        count = len(self._lines)
        gap = _GAP_PX if count < 16 else 2
        wide = (self.width() - gap * (count - 1)) / count
        for place, line in enumerate(self._lines):
            rect = QRectF(place * (wide + gap), 0, wide, _HEIGHT_PX)
            fill_box(painter, rect, _HEIGHT_PX / 2, tokens.hover if not self._theme.dark else tokens.pressed)
            if line.running:
                part = QRectF(rect.left(), 0, max(_HEIGHT_PX, wide * RUNNING_SHARE), _HEIGHT_PX)
                fill_box(painter, part, _HEIGHT_PX / 2, tokens.accentFill)
            elif line.state is not None:
                fill_box(painter, rect, _HEIGHT_PX / 2, self._theme.color(LOOKS[line.state].segment))
        painter.end()


class Summary(QWidget):
    """Segments, counts, and how slow the slowest answer was."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.segments = Segments(theme, self)
        self.counts = {state: Label(theme, "", self, font="strong", color=LOOKS[state].color) for state, _ in COUNTED}
        self.running = Label(theme, "", self, font="strong", color="accent")
        self.waiting = Label(theme, "", self, font="small", color="text2")
        self.pace = ElidingLabel(theme, "", self, font="small", color="text2", numbers=True)
        self.pace.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        words = QHBoxLayout()
        words.setSpacing(20)
        for label in (*self.counts.values(), self.running, self.waiting):
            words.addWidget(label)
        words.addStretch(1)
        words.addWidget(self.pace, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.segments)
        column.addLayout(words)

    def show_lines(self, lines: Sequence[CheckLine], shown: Sequence[CheckLine]) -> None:
        """Count all `lines`; the bar has a segment for each of `shown`."""
        self.segments.show_lines(shown)
        for state, word in COUNTED:
            count = sum(line.state is state for line in lines)
            self.counts[state].setText(f"{count} {word}")
            self.counts[state].setVisible(count > 0)
        running = sum(line.running for line in lines)
        self.running.setText(f"{running} running")
        self.running.setVisible(running > 0)
        ended = [line.outcome for line in lines if line.outcome is not None]
        self.waiting.setText("" if ended or running else "Nothing was run yet")
        self.waiting.setVisible(not ended and not running)
        self.pace.setText(_pace(ended))
        said = [label.text() for label in (*self.counts.values(), self.running) if not label.isHidden()]
        self.segments.setAccessibleName(", ".join(said) or "Nothing was run yet")


def _pace(outcomes: Sequence[Outcome]) -> str:
    times = [
        exchange.ms
        for outcome in outcomes
        if outcome.state is not State.SKIPPED
        for exchange in outcome.exchanges
        if exchange.response
    ]
    start = f"Slowest answer {milliseconds(max(times))}, limit" if times else "Limit"
    spent = sum(outcome.seconds for outcome in outcomes)
    whole = f" · {spent:.0f} s in all" if spent >= 1 else ""
    return f"{start} {LIMIT_S:g} s, target {TARGET_S:g} s{whole}"
