"""A campaign's funnel as bars: what is expected of each step, and over it what has been sent so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.ui.theme import Theme
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.paint import draw_text, fill_box

ROW_PX = 24
BAR_PX = 14
NAME_PX = 132
COUNT_PX = 118
LEAST_BAR_PX = 3
RADIUS_PX = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One step: its name, how many are expected, how many there are so far (None before the run), and its tone."""

    name: str
    expected: float
    sent: int | None = None
    tone: str = "accent"

    def words(self) -> str:
        """Return it in words, as a screen reader says it."""
        if self.sent is None:
            return f"{self.name}: about {round(self.expected):,}"
        return f"{self.name}: {self.sent:,} of about {round(self.expected):,}"


_FILLS = {
    "accent": ("chartSoft", "chart"),
    "fail": ("failBg", "failSolid"),
    "warn": ("warnBg", "warnSolid"),
    "dup": ("dupBg", "dupSolid"),
}


class FunnelView(QWidget):
    """Bars side by side under one another; the longest fills the width."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.bars: tuple[Bar, ...] = ()
        self.setAccessibleName("Funnel")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_bars(self, bars: Sequence[Bar]) -> None:
        """Show other bars."""
        if tuple(bars) == self.bars:
            return
        fewer = len(bars) != len(self.bars)
        self.bars = tuple(bars)
        self.setAccessibleDescription(". ".join(bar.words() for bar in self.bars))
        if fewer:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, max(1, len(self.bars)) * ROW_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(NAME_PX + COUNT_PX + 60, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        longest = max((max(bar.expected, bar.sent or 0) for bar in self.bars), default=0.0)
        for place, bar in enumerate(self.bars):
            self._paint(painter, bar, QRectF(0, place * ROW_PX, self.width(), ROW_PX), longest)
        painter.end()

    def _paint(self, painter: QPainter, bar: Bar, row: QRectF, longest: float) -> None:
        theme = self._theme
        draw_text(painter, QRectF(row.left(), row.top(), NAME_PX - 10, row.height()), bar.name, theme.font("body"),
                  theme.tokens.text)  # fmt: skip
        room = row.width() - NAME_PX - COUNT_PX
        soft, solid = _FILLS[bar.tone]
        top = row.top() + (row.height() - BAR_PX) / 2
        for count, color in ((bar.expected, soft), (float(bar.sent or 0), solid)):
            if count > 0 and longest > 0:
                width = max(LEAST_BAR_PX, room * count / longest)
                fill_box(painter, QRectF(row.left() + NAME_PX, top, width, BAR_PX), RADIUS_PX, theme.color(color))
        numbers = theme.font("body", numbers=True)
        right = QRectF(row.right() - COUNT_PX, row.top(), COUNT_PX, row.height())
        text = grouped(round(bar.expected)) if bar.sent is None else _so_far(bar)
        draw_text(painter, right, text, numbers, theme.tokens.text2, align=Qt.AlignmentFlag.AlignRight)


def _so_far(bar: Bar) -> str:
    expected = round(bar.expected)
    return grouped(bar.sent or 0) if bar.sent == expected else f"{grouped(bar.sent or 0)} of {grouped(expected)}"
