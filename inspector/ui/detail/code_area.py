"""Read-only text with line numbers, colours and search, filled in slices so that a large text stalls nothing."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextDocumentLayout, QPlainTextEdit, QTextEdit, QWidget

from inspector.payload.contents import Contents
from inspector.payload.steps import Steps
from inspector.ui.detail.highlighter import LONGEST_TEXT, Highlighter
from inspector.ui.detail.slices import Slices
from inspector.ui.theme import Theme

PIECE_CHARS = 8_000
COLOURED_PIECE_CHARS = 3_000
LINE_SHARE = 1.75
MOST_MARKED = 500
_NUMBERS_LEFT_PX = 16
_NUMBERS_GAP_PX = 16
_LEAST_DIGITS = 2


class _Airy(QPlainTextDocumentLayout):
    """The layout of QPlainTextEdit with room between the lines, which it has no setting for."""

    gap_px = 0.0

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:
        rect = super().blockBoundingRect(block)
        return rect.adjusted(0, 0, 0, self.gap_px) if rect.height() > 0 else rect


class CodeArea(QPlainTextEdit):
    """A text as code.

    Signals:
        filled: all of the text is in.
    """

    filled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, name: str = "Body") -> None:
        super().__init__(parent)
        self._theme = theme
        self._filling = Slices(self)
        document = QTextDocument(self)
        self._airy = _Airy(document)
        document.setDocumentLayout(self._airy)
        self.setDocument(document)
        self.highlighter = Highlighter(theme, self.document())
        self._numbers = _Numbers(self)
        self.setProperty("bare", True)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(8)
        self.blockCountChanged.connect(self._on_lines)
        self.updateRequest.connect(self._on_update)
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def _on_theme(self) -> None:
        font = self._theme.font("mono")
        self.setFont(font)
        self.document().setDefaultFont(font)
        self._airy.gap_px = max(0.0, round(font.pixelSize() * LINE_SHARE) - QFontMetricsF(font).lineSpacing())
        palette = QPalette(self._theme.palette())
        palette.setColor(QPalette.ColorRole.Text, self._theme.tokens.text)
        self.setPalette(palette)
        self._on_lines()

    def set_text(self, text: str, contents: Contents | None, *, pretty: bool = True) -> None:
        """Show another text; over 200,000 characters it stays without colours."""
        self._filling.cancel()
        self.setExtraSelections([])
        # Colouring an empty document costs nothing, so the language is chosen before the text comes.
        self.clear()
        self.highlighter.set_contents(contents if len(text) <= LONGEST_TEXT else None, pretty=pretty)
        self._filling.start(self._fill(text), lambda _none: self._on_filled(), lambda _error: None)

    def _fill(self, text: str) -> Steps[None]:
        cursor = QTextCursor(self.document())
        start = 0
        while start < len(text):
            stop = start + (COLOURED_PIECE_CHARS if len(text) <= LONGEST_TEXT else PIECE_CHARS)
            if stop < len(text):
                # A line that is put together from pieces is laid out again with each of them.
                stop = text.find("\n", stop) + 1 or len(text)
            cursor.insertText(text[start:stop])
            start = stop
            yield start / len(text)

    def _on_filled(self) -> None:
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.filled.emit()

    def set_wrapped(self, wrapped: bool) -> None:
        """Wrap long lines at the window's edge, or scroll sideways."""
        mode = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(mode.WidgetWidth if wrapped else mode.NoWrap)

    def place(self) -> tuple[int, int]:
        """Return line and column of the cursor, from 1."""
        cursor = self.textCursor()
        return cursor.blockNumber() + 1, cursor.positionInBlock() + 1

    def mark_all(self, wanted: str) -> int:
        """Mark every place where a text occurs, ignoring case, and return how many there are (counted to 500)."""
        marks: list[QTextEdit.ExtraSelection] = []
        form = QTextCharFormat()
        form.setBackground(self._theme.tokens.warnBg)
        form.setForeground(self._theme.tokens.text)
        cursor = QTextCursor(self.document())
        while wanted and len(marks) < MOST_MARKED:
            cursor = self.document().find(wanted, cursor)
            if cursor.isNull():
                break
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(cursor)
            mark.format = form
            marks.append(mark)
        self.setExtraSelections(marks)
        return len(marks)

    def go_to(self, wanted: str, *, backward: bool = False, from_start: bool = False) -> bool:
        """Select the next place where a text occurs, round the end; False where there is none."""
        flags = QTextDocument.FindFlag.FindBackward if backward else QTextDocument.FindFlag(0)
        start = self.textCursor()
        if from_start:
            start.setPosition(start.selectionStart())
        found = self.document().find(wanted, start, flags)
        if found.isNull():
            ends = QTextCursor(self.document())
            if backward:
                ends.movePosition(QTextCursor.MoveOperation.End)
            found = self.document().find(wanted, ends, flags)
        if found.isNull():
            return False
        self.setTextCursor(found)
        self.ensureCursorVisible()
        return True

    @property
    def line_px(self) -> float:
        """The height of a line that is not wrapped."""
        return QFontMetricsF(self.font()).lineSpacing() + self._airy.gap_px

    def numbers_width(self) -> int:
        """Return the width of the line numbers, with their margins."""
        digits = max(_LEAST_DIGITS, len(str(self.blockCount())))
        advance = QFontMetricsF(self._theme.font("monoSmall")).horizontalAdvance("0")
        return round(_NUMBERS_LEFT_PX + digits * advance + _NUMBERS_GAP_PX - self.document().documentMargin())

    def _on_lines(self, _count: int = 0) -> None:
        # Said for each piece of a long text; new margins would have all of it laid out again.
        if self.viewportMargins().left() != self.numbers_width():
            self.setViewportMargins(self.numbers_width(), 0, 0, 0)
            self._place_numbers()

    def _on_update(self, rect: QRect, scrolled: int) -> None:
        if scrolled:
            self._numbers.scroll(0, scrolled)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_numbers()

    def _place_numbers(self) -> None:
        inside = self.contentsRect()
        self._numbers.setGeometry(inside.left(), inside.top(), self.numbers_width(), inside.height())

    def paint_numbers(self, event: QPaintEvent) -> None:
        """Paint the numbers of the lines that are in sight."""
        painter = QPainter(self._numbers)
        painter.fillRect(event.rect(), self.palette().base())
        painter.setFont(self._theme.font("monoSmall"))
        painter.setPen(self._theme.tokens.text3)
        block: QTextBlock = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        line_px = QFontMetricsF(self.font()).height()
        width = self.numbers_width() - _NUMBERS_GAP_PX + self.document().documentMargin()
        while block.isValid() and top <= event.rect().bottom():
            place = QRectF(0, top, width, line_px)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(block.blockNumber() + 1)
            )
            top += self.blockBoundingRect(block).height()
            block = block.next()
        painter.end()


class _Numbers(QWidget):
    def __init__(self, area: CodeArea) -> None:
        super().__init__(area)
        self._area = area

    def sizeHint(self) -> QSize:
        return QSize(self._area.numbers_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._area.paint_numbers(event)
