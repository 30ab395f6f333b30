"""A campaign's funnel as bars: what is expected of each step, and over it what has been sent so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.ui.theme import Theme
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.paint import draw_text, fill_box, text_width

ROW_PX = 24
BAR_PX = 14
LEAST_NAME_PX, MOST_NAME_PX = 120, 190
LEAST_COUNT_PX = 56
GAP_PX = 12
EXPECTED_SHARE = 0.28  # of the tone's own colour
LEAST_BAR_PX = 3
RADIUS_PX = 3


@dataclass(frozen=True, slots=True)
class Bar:
    """One step: its name, how many are expected, how many there are so far (None before the run), and its tone."""

    name: str
    expected: float
    sent: int | None = None
    tone: str = "accent"

    @property
    def count(self) -> str:
        """What stands beside the bar: "1,930", and while it runs "412 of 1,930"."""
        expected = grouped(round(self.expected))
        if self.sent is None or grouped(self.sent) == expected:
            return expected
        return f"{grouped(self.sent)} of {expected}"

    def words(self) -> str:
        """Return it in words, as a screen reader says it."""
        if self.sent is None:
            return f"{self.name}: about {round(self.expected):,}"
        return f"{self.name}: {self.sent:,} of about {round(self.expected):,}"


_FILLS = {"accent": "chart", "fail": "failSolid", "warn": "warnSolid", "dup": "dupSolid"}


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
        return QSize(LEAST_NAME_PX + 2 * LEAST_COUNT_PX + 60, self.sizeHint().height())

    def name_px(self) -> int:
        """Return the room for the names: as much as the longest needs, within limits."""
        longest = max((text_width(bar.name, self._theme.font("body")) for bar in self.bars), default=0)
        return min(max(longest + GAP_PX, LEAST_NAME_PX), MOST_NAME_PX)

    def count_px(self) -> int:
        """Return the room for the numbers."""
        numbers = self._theme.font("body", numbers=True)
        longest = max((text_width(bar.count, numbers) for bar in self.bars), default=0)
        return max(longest + GAP_PX, LEAST_COUNT_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        longest = max((max(bar.expected, bar.sent or 0) for bar in self.bars), default=0.0)
        for place, bar in enumerate(self.bars):
            self._paint(painter, bar, QRectF(0, place * ROW_PX, self.width(), ROW_PX), longest)
        painter.end()

    def _paint(self, painter: QPainter, bar: Bar, row: QRectF, longest: float) -> None:
        theme, name_px, count_px = self._theme, self.name_px(), self.count_px()
        names = QRectF(row.left(), row.top(), name_px - GAP_PX, row.height())
        draw_text(painter, names, bar.name, theme.font("body"), theme.tokens.text)
        room = row.width() - name_px - count_px
        solid = theme.color(_FILLS[bar.tone])
        soft = QColor(solid)
        soft.setAlphaF(EXPECTED_SHARE)
        top = row.top() + (row.height() - BAR_PX) / 2
        for count, color in ((bar.expected, soft), (float(bar.sent or 0), solid)):
            if count > 0 and longest > 0:
                width = max(LEAST_BAR_PX, room * count / longest)
                fill_box(painter, QRectF(row.left() + name_px, top, width, BAR_PX), RADIUS_PX, color)
        right = QRectF(row.right() - count_px, row.top(), count_px, row.height())
        numbers = theme.font("body", numbers=True)
        draw_text(painter, right, bar.count, numbers, theme.tokens.text2, align=Qt.AlignmentFlag.AlignRight)
