"""What becomes of each captured header line, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from inspector.replay.fates import Fate, Line
from inspector.ui.theme import Theme
from inspector.ui.widgets.labels import ElidingLabel, Label

COLORS = {Fate.KEPT: "text2", Fate.REPLACED: "accent", Fate.DROPPED: "warnFg"}
MOST_LINES = 200
NAME_PX = 170


class FateTable(QWidget):
    """Name, fate and reason of every line, in the order they came."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setAccessibleName("What becomes of the captured header lines")
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.area)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines."""
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(12, 8, 12, 8)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(2, 1)
        for row, line in enumerate(lines[:MOST_LINES]):
            name = ElidingLabel(self._theme, line.name.decode("latin-1"), page, font="mono")
            name.setFixedWidth(NAME_PX)
            grid.addWidget(name, row, 0)
            fate = Label(self._theme, line.fate.value, page, font="small", color=COLORS[line.fate])
            grid.addWidget(fate, row, 1)
            grid.addWidget(Label(self._theme, line.why, page, font="small", color="text2", wrap=True), row, 2)
        grid.setRowStretch(min(len(lines), MOST_LINES), 1)
        self.area.setWidget(page)
