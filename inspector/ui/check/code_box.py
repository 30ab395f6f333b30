"""Code in a frame with line numbers and colours, as tall as its lines; raw requests scroll inside instead."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from inspector.ui.check.code_colours import CodeColours
from inspector.ui.detail.code_area import CodeArea
from inspector.ui.theme import Theme
from inspector.ui.widgets.paint import fill_box

_FRAME_PX = 1
_PADDING_PX = 18


class CodeBox(QWidget):
    """Read-only code; `coloured` for programs, without for raw requests, which also wrap."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None, *, coloured: bool = True) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = ""
        self._fits = coloured
        self.area = CodeArea(theme, self, name=name)
        self.area.highlighter.setDocument(None)
        self._colours = CodeColours(theme, self.area.document()) if coloured else None
        self.area.set_wrapped(not coloured)
        if coloured:  # the pane around it scrolls
            self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.area.horizontalScrollBar().rangeChanged.connect(lambda _low, _high: self._fit())
        column = QVBoxLayout(self)
        column.setContentsMargins(_FRAME_PX + 1, _FRAME_PX + 1, _FRAME_PX + 1, _FRAME_PX + 1)
        column.addWidget(self.area)
        vertical = QSizePolicy.Policy.Fixed if coloured else QSizePolicy.Policy.Expanding
        self.setSizePolicy(QSizePolicy.Policy.Expanding, vertical)
        theme.changed.connect(self._fit)

    @property
    def text(self) -> str:
        """The code."""
        return self._text

    def show_text(self, text: str) -> None:
        """Show other code."""
        if text == self._text:
            return
        self._text = text
        self.area.set_text(text.rstrip("\n"), None)
        self._fit()

    def _fit(self) -> None:
        if self._fits:
            lines = max(1, self._text.rstrip("\n").count("\n") + 1)
            bar = self.area.horizontalScrollBar()
            room = bar.sizeHint().height() if bar.maximum() > 0 else 0
            self.setFixedHeight(round(lines * self.area.line_px) + _PADDING_PX + 2 * _FRAME_PX + room)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        fill_box(painter, QRectF(self.rect()), self._theme.radius("card"), tokens.surface, tokens.borderStrong)
        painter.end()
