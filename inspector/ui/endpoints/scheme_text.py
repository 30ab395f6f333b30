"""The text of a provider's file, with its mistake marked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextBlock, QTextCursor, QTextFormat
from PySide6.QtWidgets import QTextEdit, QWidget

from inspector.ui.detail.code_area import CodeArea
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import faded

MARK_SHARE = 0.7


class SchemeText(CodeArea):
    """An editor with line numbers; Tab leaves it, for TOML needs no indentation."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent, name="Text of the provider's file")
        self._look = theme
        self._line = 0
        self.setReadOnly(False)
        self.setUndoRedoEnabled(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)
        theme.changed.connect(self._mark_again)

    def show_text(self, text: str) -> None:
        """Show another text; the cursor stays in its line where it can."""
        if text == self.toPlainText():
            return
        line = self.textCursor().blockNumber()
        self.setPlainText(text)
        block: QTextBlock = self.document().findBlockByNumber(min(line, self.blockCount() - 1))
        self.setTextCursor(QTextCursor(block))

    def mark_line(self, line: int) -> None:
        """Mark a line, counted from 1; 0 marks none."""
        self._line = line
        marks: list[QTextEdit.ExtraSelection] = []
        if 0 < line <= self.blockCount():
            mark = QTextEdit.ExtraSelection()
            block: QTextBlock = self.document().findBlockByNumber(line - 1)
            mark.cursor = QTextCursor(block)
            ground: QColor = faded(self._look.tokens.failBg, MARK_SHARE)
            mark.format.setBackground(ground)
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            marks.append(mark)
        self.setExtraSelections(marks)

    def _mark_again(self) -> None:
        self.mark_line(self._line)

    def go_to_line(self, line: int) -> None:
        """Put the cursor at the start of a line, counted from 1, and show it."""
        block: QTextBlock = self.document().findBlockByNumber(max(0, line - 1))
        self.setTextCursor(QTextCursor(block))
        self.ensureCursorVisible()
        self.setFocus()
