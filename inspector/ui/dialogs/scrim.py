"""The shade over a window while a dialog asks something of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QWidget

from inspector.ui.theme import Theme


class Scrim(QWidget):
    """Covers the window of a dialog's parent from the dialog's showing to its end."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(window.rect())
        window.installEventFilter(self)
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the window."""
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.scrim)
        painter.end()


class Dimmer(QObject):
    """Dims the window behind a dialog while the dialog is on screen; the dialog keeps it."""

    def __init__(self, theme: Theme, dialog: QDialog) -> None:
        super().__init__(dialog)
        self._theme = theme
        self._dialog = dialog
        self._scrim: Scrim | None = None
        dialog.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Come and go with the dialog."""
        if event.type() == QEvent.Type.Show and self._scrim is None:
            parent = self._dialog.parentWidget()
            if parent is not None:
                self._scrim = Scrim(self._theme, parent.window())
        elif event.type() in (QEvent.Type.Hide, QEvent.Type.Close) and self._scrim is not None:
            self._scrim.hide()
            self._scrim.deleteLater()
            self._scrim = None
        return False
