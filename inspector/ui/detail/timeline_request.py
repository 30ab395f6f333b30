"""The time spent in one request, as far as it is stored: bars under one another on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.domain.event import Event
from inspector.timeline.words import span
from inspector.ui.theme import Theme
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.paint import draw_text

_NAME_PX = 142
_WORDS_PX = 68
_BAR_PX = 10
_LEAST_PX = 2


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the time between the last byte of the request and the last byte of the answer; `color` is a token."""

    name: str
    start_us: int
    took_us: int
    color: str


def steps_of(event: Event) -> tuple[Step, ...]:
    """Return what the time of a request went into; () while the answer has not left.

    Stored are the whole time and the delay that the endpoint's rule asks for.
    """
    taken_us = event.summary.answer_us
    if taken_us is None:
        return ()
    delay_us = min(event.answer.delay_ms * 1000, taken_us)
    steps = [Step("Checked and stored", 0, taken_us - delay_us, "chart")]
    if delay_us:
        steps.append(Step("Delay of the answer", taken_us - delay_us, delay_us, "warnSolid"))
    steps.append(Step(f"Answer sent, {event.answer.status}", taken_us, 0, "passSolid"))
    return tuple(steps)


class RequestTimes(QWidget):
    """A caption with the whole time, and a bar for each part."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bars: list[_Bar] = []
        self._caption = Label(theme, "This request", self, font="caption", color="text2")
        self.whole = Label(theme, "", self, font="caption", numbers=True)
        self.whole.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 12, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._caption)
        theme.changed.connect(self.update)

    def show_event(self, event: Event) -> None:
        """Show where the time of a request went."""
        steps = steps_of(event)
        taken_us = event.summary.answer_us
        self.whole.setText(span(taken_us) if taken_us is not None else "not answered yet")
        while len(self._bars) < len(steps):
            bar = _Bar(self._theme, self)
            self._bars.append(bar)
            self._column.addWidget(bar)
        for place, bar in enumerate(self._bars):
            bar.setVisible(place < len(steps))
            if place < len(steps):
                bar.show_step(steps[place], max(1, taken_us or 1))

    @property
    def bars(self) -> Sequence[QWidget]:
        """The bars that are shown."""
        return [bar for bar in self._bars if not bar.isHidden()]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.whole.setGeometry(self.width() // 2, 12, self.width() - self.width() // 2, self._caption.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, self._theme.tokens.border)
        painter.end()


class _Bar(QWidget):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._step = Step("", 0, 0, "chart")
        self._whole_us = 1
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def _on_theme(self) -> None:
        self.setFixedHeight(self._theme.size("keyValueRow"))
        self.update()

    def show_step(self, step: Step, whole_us: int) -> None:
        self._step, self._whole_us = step, whole_us
        self.setAccessibleName(f"{step.name}: {span(step.took_us)}" if step.took_us else step.name)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, tokens, step = self._theme, self._theme.tokens, self._step
        painter = QPainter(self)
        height = float(self.height())
        draw_text(painter, QRectF(0, 0, _NAME_PX - 8, height), step.name, theme.font("small"), tokens.text2)
        room = max(40, self.width() - _NAME_PX - _WORDS_PX)
        painter.fillRect(QRectF(_NAME_PX, round(height / 2), room, 1), tokens.grid)
        x = _NAME_PX + room * step.start_us / self._whole_us
        wide = max(_LEAST_PX, room * step.took_us / self._whole_us)
        x = min(x, _NAME_PX + room - wide)
        painter.fillRect(QRectF(x, (height - _BAR_PX) / 2, wide, _BAR_PX), theme.color(step.color))
        if step.took_us:
            words = QRectF(self.width() - _WORDS_PX + 8, 0, _WORDS_PX - 8, height)
            font = theme.font("small", numbers=True)
            draw_text(painter, words, span(step.took_us), font, tokens.text2, align=Qt.AlignmentFlag.AlignRight)
        painter.end()
