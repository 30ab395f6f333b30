"""A code area that can be written in; lines that were changed have an amber ground."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QTextEdit, QWidget

from inspector.payload.contents import Contents
from inspector.replay.editing import changed_lines
from inspector.ui.detail.code_area import CodeArea
from inspector.ui.theme import Theme

SETTLE_MS = 150
MOST_MARKED = 2_000


class EditArea(CodeArea):
    """Text to edit, with the captured text to go back to.

    Signals:
        edited: the text has been another for a moment.
    """

    edited = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, name: str) -> None:
        super().__init__(theme, parent, name=name)
        self._captured = ""
        self._filled = False
        self.changed: list[int] = []
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(SETTLE_MS)
        self._clock.timeout.connect(self._settle)
        self.filled.connect(self._on_all_in)
        self.textChanged.connect(self._on_text)
        theme.changed.connect(self._mark)

    def show_captured(self, text: str, contents: Contents | None) -> None:
        """Begin with the captured text."""
        self._captured = text
        self._filled = False
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.set_text(text, contents, pretty=False)

    @property
    def is_ready(self) -> bool:
        """Whether all of the captured text is in."""
        return self._filled

    @property
    def text(self) -> str:
        """The text as it is now; the captured one while it still comes in."""
        # toPlainText() would turn no-break spaces into blanks.
        return self.document().toRawText().replace("\u2029", "\n") if self._filled else self._captured

    def replace(self, text: str) -> None:
        """Put another text in the place of all, as one step that can be undone."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)

    def revert(self) -> None:
        """Go back to the captured text."""
        self.replace(self._captured)
        self._settle()

    def settle(self) -> None:
        """Take the text as it stands without waiting."""
        if self._clock.isActive():
            self._settle()

    def _on_all_in(self) -> None:
        self.setReadOnly(False)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)
        self.setUndoRedoEnabled(True)
        self._filled = True
        self._settle()

    def _on_text(self) -> None:
        if self._filled:
            self._clock.start()

    def _settle(self) -> None:
        self._clock.stop()
        self.changed = changed_lines(self._captured, self.text)
        self._mark()
        self.edited.emit()

    def _mark(self) -> None:
        form = QTextCharFormat()
        form.setBackground(QColor(self._theme.tokens.warnBg))
        form.setProperty(QTextFormat.Property.FullWidthSelection, True)
        marks: list[QTextEdit.ExtraSelection] = []
        for line in self.changed[:MOST_MARKED]:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(self.document().findBlockByNumber(line))
            mark.format = form
            marks.append(mark)
        self.setExtraSelections(marks)
