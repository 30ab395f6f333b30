"""The cards of the monitor page: a quiet line round them, a head with title, note, legend and a link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inspector.ui.theme import Theme
from inspector.ui.widgets.paint import draw_text, fill_box, text_width

HEAD_PX = 36
SIDE_PX = 14
BOTTOM_PX = 5
TABLE_INSET_PX = 4
"""The words of a table stand so far inside it; it is so much wider than other rows."""

_SQUARE_PX = 9
_DASH_PX = (14, 2)
_MARK_GAP_PX = 5
_ENTRY_GAP_PX = 14
_NOTE_GAP_PX = 9


class MonitorCard(QWidget):
    """A box with a quiet line and round corners; the caller sets the layout."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens, radius = self._theme.tokens, self._theme.radius("card")
        fill_box(painter, QRectF(self.rect()), radius, tokens.surface, tokens.border)
        painter.end()


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend: its words, the colour token, and whether it stands for a line."""

    words: str
    color: str
    line: bool = False


class CardHead(QWidget):
    """The head of a card; `tools` may be put at its right end."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None, *, note: str = "") -> None:
        super().__init__(parent)
        self._theme = theme
        self.title, self.note = title, note
        self._keys: tuple[Key, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 2, SIDE_PX, 0)
        self._row.setSpacing(12)
        self._row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name()
        theme.changed.connect(self._on_theme)

    def add_tool(self, tool: QWidget) -> None:
        """Put a link or a button at the right end."""
        self._row.addWidget(tool)

    def set_words(self, title: str, note: str = "") -> None:
        """Say something else."""
        if (title, note) != (self.title, self.note):
            self.title, self.note = title, note
            self._name()
            self.update()

    def set_legend(self, keys: Sequence[Key]) -> None:
        """Explain colours at the right."""
        self._keys = tuple(keys)
        self.update()

    def words_end(self) -> int:
        """Return where the words end, in pixels from the left."""
        end = SIDE_PX + text_width(self.title, self._theme.font("strong"))
        if self.note:
            end += _NOTE_GAP_PX + text_width(self.note, self._theme.font("small", numbers=True))
        return end

    def _name(self) -> None:
        self.setAccessibleName(f"{self.title}, {self.note}" if self.note else self.title)

    def _on_theme(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        tools = self._row.sizeHint().width()
        height = max(HEAD_PX, self._theme.font("strong").pixelSize() + 22)
        return QSize(self.words_end() + self._legend_px() + tools, height)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def _legend_px(self) -> int:
        font = self._theme.font("small")
        return sum(
            self._mark_px(key) + _MARK_GAP_PX + text_width(key.words, font) + _ENTRY_GAP_PX for key in self._keys
        )

    def _tools_px(self) -> int:
        """Return how much room the tools in view take."""
        room = self._row.sizeHint().width() - SIDE_PX
        return room + 2 * _ENTRY_GAP_PX if room > 0 else 0

    @staticmethod
    def _mark_px(key: Key) -> int:
        return _DASH_PX[0] if key.line else _SQUARE_PX

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        line = QRectF(SIDE_PX, 1, self.width() - 2 * SIDE_PX, self.height())
        width = draw_text(painter, line, self.title, self._theme.font("strong"), tokens.text)
        note = line.adjusted(width + _NOTE_GAP_PX, 0, 0, 0)
        draw_text(painter, note, self.note, self._theme.font("small", numbers=True), tokens.text2)
        legend_px = self._legend_px()
        start = self.width() - SIDE_PX - legend_px + _ENTRY_GAP_PX - self._tools_px()
        if self.words_end() + 20 < start:
            self._paint_legend(painter, line, start)
        painter.end()

    def _paint_legend(self, painter: QPainter, line: QRectF, x: float) -> None:
        font, middle = self._theme.font("small"), line.center().y()
        for key in self._keys:
            color, mark = self._theme.color(key.color), self._mark_px(key)
            if key.line:
                painter.fillRect(QRectF(x, round(middle), mark, _DASH_PX[1]), color)
            else:
                fill_box(painter, QRectF(x, round(middle - mark / 2), mark, mark), 2, color)
            x += mark + _MARK_GAP_PX
            room = QRectF(x, line.top(), text_width(key.words, font) + 1, line.height())
            x += draw_text(painter, room, key.words, font, self._theme.tokens.text2) + _ENTRY_GAP_PX


def card_column(card: QWidget, *, side_px: int = 0, bottom_px: int = 0) -> QVBoxLayout:
    """Give a card a column without air between its parts."""
    column = QVBoxLayout(card)
    column.setContentsMargins(side_px, 0, side_px, bottom_px)
    column.setSpacing(0)
    column.setAlignment(Qt.AlignmentFlag.AlignTop)
    return column
