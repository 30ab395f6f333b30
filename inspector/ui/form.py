"""A form with sections, labels on the left, fields on the right, and the reason under a field that is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from inspector.ui.theme import Theme
from inspector.ui.widgets.labels import Label

LABEL_PX = 148
GAP_PX = 14
LEAST_ROW_PX = 30


class Line(QWidget):
    """A line of one pixel between two sections."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(1)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.border)
        painter.end()


class Row(QWidget):
    """One labelled row: fields side by side, a quiet hint under them, or the reason why they cannot be saved."""

    def __init__(self, theme: Theme, label: str, fields: Sequence[QWidget | str], hint: str, stretch: int) -> None:
        super().__init__()
        self._hint_text = hint
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP_PX)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, LABEL_PX)
        grid.setColumnStretch(1, 1)
        words = Label(theme, label, wrap=True)
        words.setMinimumHeight(LEAST_ROW_PX)
        words.setFixedWidth(LABEL_PX)
        grid.addWidget(words, 0, 0, Qt.AlignmentFlag.AlignTop)
        line = QHBoxLayout()
        line.setSpacing(8)
        for index, field in enumerate(fields):
            widget = Label(theme, field, color="text2") if isinstance(field, str) else field
            line.addWidget(widget, 1 if index == stretch else 0)
        if stretch < 0:
            line.addStretch(1)
        grid.addLayout(line, 0, 1)
        self.hint = Label(theme, hint, font="small", color="text2", wrap=True)
        self.hint.setVisible(bool(hint))
        grid.addWidget(self.hint, 1, 1)

    def set_error(self, reason: str) -> None:
        """Show why the row cannot be saved; "" shows the hint again."""
        self.hint.setText(reason or self._hint_text)
        self.hint.set_color("failFg" if reason else "text2")
        self.hint.setVisible(bool(reason or self._hint_text))

    def set_hint(self, hint: str) -> None:
        """Show another hint."""
        self._hint_text = hint
        self.set_error("")


class Section(QWidget):
    """A titled group of rows."""

    def __init__(self, theme: Theme, key: str, title: str, text: str) -> None:
        super().__init__()
        self.key = key
        self.title = title
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(Label(theme, title, font="title"))
        if text:
            self._column.addWidget(Label(theme, text, font="small", color="text2", wrap=True))
            self._column.addSpacing(6)

    def add(self, label: str, *fields: QWidget | str, hint: str = "", stretch: int = -1) -> Row:
        """Add a row; `stretch` is the index of the field that takes the room that is left, -1 for none."""
        row = Row(self._theme, label, fields, hint, stretch)
        self._column.addWidget(row)
        return row

    def add_layout(self, layout: QLayout) -> None:
        """Add something that is not a row."""
        self._column.addLayout(layout)
