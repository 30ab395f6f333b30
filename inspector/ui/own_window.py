"""A plain window for a part of the main one that stands alone for a while, as the inspector does."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

USUAL = QSize(620, 760)
SMALLEST = QSize(400, 400)


class OwnWindow(QWidget):
    """Holds the part it is given; what is closed is asked for back, by the close button, Esc or Ctrl+W.

    Signals:
        closing: the user closed the window, which still holds its part.
    """

    closing = Signal()

    def __init__(self, title: str, owner: QWidget) -> None:
        super().__init__(owner, Qt.WindowType.Window)
        self.setWindowTitle(title)
        self.setMinimumSize(SMALLEST)
        self.resize(USUAL)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def hold(self, part: QWidget) -> None:
        """Take a part in."""
        self._column.addWidget(part)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape or event.matches(QKeySequence.StandardKey.Close):
            self.closing.emit()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.closing.emit()
