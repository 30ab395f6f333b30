"""Latency: how long a message took from stage to stage, as bars against the median of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from inspector.store.message_reader import Medians
from inspector.timeline.lifecycle import Latency, Lifecycle
from inspector.timeline.stages import Stage
from inspector.timeline.words import STAGE_NAMES, span
from inspector.ui.theme import Theme
from inspector.ui.widgets.paint import draw_text
from inspector.ui.widgets.window_size import scaled

_NAME_PX = 142
_WORDS_PX = 146
_BAR_PX = 8
_TICK_PX = 14
_LEAST_BAR_PX = 60


@dataclass(frozen=True, slots=True)
class Compared:
    """One step and the median of other messages, None where there are none."""

    latency: Latency
    median_us: int | None

    @property
    def name(self) -> str:
        """The step in words: "Queued to delivered"."""
        return f"{STAGE_NAMES[self.latency.start]} to {STAGE_NAMES[self.latency.end].lower()}"

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        middle = f", median {span(self.median_us)}" if self.median_us is not None else ""
        return f"{self.name}: {signed(self.latency.took_us)}{middle}"


def compared(life: Lifecycle, medians: Medians) -> tuple[Compared, ...]:
    """Return the steps worth comparing: on the way to delivered, and from there to read."""
    by_key = {item.key: item for item in life.latencies}
    whole = by_key.get((Stage.QUEUED, Stage.DELIVERED))
    chosen = [item for item in life.latencies if whole is None or item is whole or item.start >= Stage.DELIVERED]
    chosen.sort(key=lambda item: (item.start, item.end))
    return tuple(Compared(item, medians.get(item.key)) for item in chosen)


def signed(us: int) -> str:
    """Write a span with a minus where the provider's times are the wrong way round."""
    return f"\N{MINUS SIGN}{span(us)}" if us < 0 else span(us)


class LatencyRows(QWidget):
    """A bar for each step."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: list[LatencyRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_steps(self, steps: Sequence[Compared]) -> None:
        """Show these steps."""
        while len(self.rows) < len(steps):
            row = LatencyRow(self._theme, self)
            self.rows.append(row)
            self._column.addWidget(row)
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(steps))
            if place < len(steps):
                row.show_step(steps[place])
        self.updateGeometry()


class LatencyRow(QWidget):
    """Name, bar with the median as a tick, and both figures."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.step: Compared | None = None
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def _on_theme(self) -> None:
        self.setFixedHeight(self._theme.size("keyValueRow"))
        self.update()

    def show_step(self, step: Compared) -> None:
        """Show one step."""
        self.step = step
        self.setAccessibleName(step.spoken)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.step is None:
            return
        theme, tokens, step = self._theme, self._theme.tokens, self.step
        took_us, median_us = step.latency.took_us, step.median_us
        painter = QPainter(self)
        height = float(self.height())
        name_px, words_px = scaled(theme, _NAME_PX), scaled(theme, _WORDS_PX)
        draw_text(painter, QRectF(0, 0, name_px - 8, height), step.name, theme.font("small"), tokens.text2)
        room = max(_LEAST_BAR_PX, self.width() - name_px - words_px - 10)
        whole = max(took_us, median_us or 0, 1)
        y = (height - _BAR_PX) / 2
        painter.fillRect(QRectF(name_px, y, room, _BAR_PX), tokens.neutBg)
        painter.fillRect(QRectF(name_px, y, room * max(0, took_us) / whole, _BAR_PX), tokens.chart)
        if median_us is not None:
            x = name_px + min(room - 2, room * max(0, median_us) / whole)
            painter.fillRect(QRectF(round(x), (height - _TICK_PX) / 2, 2, _TICK_PX), tokens.text2)
        words = QRectF(name_px + room + 10, 0, words_px, height)
        wide = draw_text(painter, words, signed(took_us), theme.font("strong", numbers=True), tokens.text)
        words.setLeft(words.left() + wide + 8)
        said = f"median {span(median_us)}" if median_us is not None else "nothing to compare"
        draw_text(painter, words, said, theme.font("small", numbers=True), tokens.text2)
        painter.end()
