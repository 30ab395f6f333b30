"""The bar under a view's tools that finds a text in it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton
from inspector.ui.widgets.fields import SearchField
from inspector.ui.widgets.labels import Label


class FindBar(QWidget):
    """A field, the number of hits, and steps between them; Enter goes on, Shift+Enter back, Esc closes.

    Signals:
        wanted_changed(str): another text is looked for.
        step(bool): go to the next hit, or back where True.
        closed: the bar was closed.
    """

    wanted_changed = Signal(str)
    step = Signal(bool)
    closed = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = SearchField(theme, icons, "Find in text", self, name="Find in text")
        self.hits = Label(theme, "", self, font="small", color="text3", numbers=True)
        self.back = IconButton(theme, icons, "chevron-up", "Previous hit", self, shortcut="Ctrl+Shift+G")
        self.forth = IconButton(theme, icons, "chevron-down", "Next hit", self, shortcut="Ctrl+G")
        self.close_button = IconButton(theme, icons, "x", "Close search", self, shortcut="Esc")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 10, 6)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addSpacing(4)
        for widget in (self.hits, self.back, self.forth, self.close_button):
            row.addWidget(widget)
        self.field.textChanged.connect(self.wanted_changed)
        self.back.clicked.connect(lambda: self.step.emit(True))
        self.forth.clicked.connect(lambda: self.step.emit(False))
        self.close_button.clicked.connect(self.close_bar)
        self.hide()

    @property
    def wanted(self) -> str:
        """The text that is looked for."""
        return self.field.text()

    def open_bar(self, text: str = "") -> None:
        """Show the bar with the field ready to type in."""
        if text:
            self.field.setText(text)
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def close_bar(self) -> None:
        """Hide the bar."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.step.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)
