"""What the painters of cells share: fonts with their measures, and text that is cut where it has no room."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from inspector.domain.event import EventSummary
from inspector.ui.events.wording import RowStyle
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import FontName

MOST_WIDTHS = 4096


@dataclass(frozen=True, slots=True)
class Face:
    """A font with what is measured again and again; widths are device-independent pixels."""

    font: QFont
    metrics: QFontMetricsF
    cap_px: float
    _widths: dict[str, float] = field(default_factory=dict)

    def width(self, text: str) -> float:
        """Return how wide a line is; the same words come again in row after row."""
        width = self._widths.get(text)
        if width is None:
            if len(self._widths) >= MOST_WIDTHS:
                self._widths.clear()
            width = self._widths[text] = self.metrics.horizontalAdvance(text)
        return width


class CellKit:
    """Theme, icons and measured fonts for painting rows; `refresh` after the theme changed."""

    def __init__(self, theme: Theme, icons: Icons) -> None:
        self.theme = theme
        self.icons = icons
        self._faces: dict[tuple[FontName, bool, bool], Face] = {}

    def refresh(self) -> None:
        """Forget the fonts of the old theme."""
        self._faces.clear()

    def face(self, name: FontName, *, numbers: bool = False, bold: bool = False) -> Face:
        """Return a font of the type scale; `bold` makes it semi-bold."""
        key = (name, numbers, bold)
        found = self._faces.get(key)
        if found is None:
            font = QFont(self.theme.font(name, numbers=numbers))
            if bold:
                font.setWeight(QFont.Weight.DemiBold)
            metrics = QFontMetricsF(font)
            found = self._faces[key] = Face(font, metrics, metrics.capHeight())
        return found


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell to paint: where, what, how it is written and with what."""

    painter: QPainter
    rect: QRect
    row: EventSummary
    style: RowStyle
    kit: CellKit

    def text(
        self,
        x: float,
        text: str,
        face: Face,
        color: QColor,
        *,
        room: float | None = None,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> float:
        """Paint one line from `x`, centred by its capitals and cut to `room` pixels; return where it ends."""
        width = face.width(text)
        if room is not None and width > room:
            text = face.metrics.elidedText(text, elide, max(0.0, room))
            width = face.width(text)
        y = self.rect.top() + round((self.rect.height() - 1 + face.cap_px) / 2)
        self.painter.setFont(face.font)
        self.painter.setPen(color)
        self.painter.drawText(QPointF(x, y), text)
        return x + width

    def icon(self, name: str, color: QColor | str, x: float, size_px: int) -> None:
        """Paint an icon from `x`, centred in the row."""
        y = self.rect.top() + (self.rect.height() - 1 - size_px) // 2
        self.kit.icons.paint(self.painter, name, color, x, y, size_px)
