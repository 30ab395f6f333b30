"""A list of values the program has gathered, each with a cross that forgets it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton
from inspector.ui.widgets.labels import ElidingLabel, Label


class ValueList(QWidget):
    """Shows values from top to bottom, or what stands there when there is none.

    Signals:
        removed(str): the cross beside a value was clicked.
    """

    removed = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, name: str, nothing: str) -> None:
        super().__init__()
        self._theme, self._icons, self._nothing = theme, icons, nothing
        self._values: tuple[str, ...] | None = None
        self.buttons: dict[str, IconButton] = {}
        self.setAccessibleName(name)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 0)
        self._column.setSpacing(2)

    def set_values(self, values: Sequence[str]) -> None:
        """Show other values."""
        if tuple(values) == self._values:
            return
        self._values = tuple(values)
        self.buttons = {}
        while self._column.count():
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for value in values:
            self._column.addWidget(self._line(value))
        if not values:
            self._column.addWidget(Label(self._theme, self._nothing, color="text2", wrap=True))

    def _line(self, value: str) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(ElidingLabel(self._theme, value, font="mono"), 1)
        forget = IconButton(self._theme, self._icons, "x", f"Forget {value}")
        forget.clicked.connect(lambda: self.removed.emit(value))
        self.buttons[value] = forget
        row.addWidget(forget)
        return line
