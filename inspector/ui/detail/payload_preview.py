"""What a chosen part or packed picture looks like: the picture, the first lines of a text, or the first bytes."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from inspector.payload.hexdump import HexDump
from inspector.payload.lines import split_lines
from inspector.payload.pictures import picture_of
from inspector.payload.steps import finish
from inspector.payload.text import decode_visibly, is_binary
from inspector.ui.detail.line_area import LineArea
from inspector.ui.detail.payload_picture import PictureBox
from inspector.ui.detail.raw_view import HexRows
from inspector.ui.theme import Theme

HEIGHT_PX = 168
LOW_HEIGHT_PX = 104
SHOWN_BYTES = 16 * 1024
_HEX_WIDTH = 8


class PreviewPane(QWidget):
    """Stands between the tree and its foot while there is something to preview."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.picture = PictureBox(theme, self)
        self.lines = LineArea(theme, self, name="Beginning of the part")
        self._pages = QStackedLayout()
        self._pages.addWidget(self.picture)
        self._pages.addWidget(self.lines)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.addLayout(self._pages)
        self.setFixedHeight(HEIGHT_PX)
        self.hide()
        theme.changed.connect(self.update)

    def show_data(self, data: bytes, content_type: str = "") -> None:
        """Show some bytes as what they are."""
        if picture_of(data) is not None:
            self.picture.show_data(data)
            self._pages.setCurrentWidget(self.picture)
        else:
            self.picture.clear()
            self._show_lines(data[:SHOWN_BYTES], content_type)
            self._pages.setCurrentWidget(self.lines)
        self.show()

    def clear(self) -> None:
        """Show nothing, and give the room away."""
        self.picture.clear()
        self.hide()

    def _show_lines(self, head: bytes, content_type: str) -> None:
        if is_binary(head):
            dump = HexDump(head, _HEX_WIDTH)
            self.lines.set_rows(HexRows(dump), dump.columns - dump.offset_digits)
        else:
            lines = finish(split_lines(decode_visibly(head, content_type).text))
            self.lines.set_rows(lines, lines.widest)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(0, 0, self.width(), 1), self._theme.tokens.border)
        painter.end()
