"""Declared beside recognised: the result of a campaign, line by line, with a mark where both agree."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from inspector.simulator.campaign.comparison import Line
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.labels import ElidingLabel, Label, SectionLabel

ICON_PX = 16
COLUMNS = ("", "Declared", "Recognised")
NOTE_COLUMN = 4


class ComparisonTable(QWidget):
    """Groups of lines with two counts each; a line that differs is red."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self.lines: tuple[Line, ...] = ()
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setAccessibleName("Declared and recognised")
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.area)
        theme.changed.connect(self._on_theme)

    def _on_theme(self) -> None:
        self.show_lines(self.lines)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines."""
        self.lines = tuple(lines)
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(14, 10, 14, 10)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(NOTE_COLUMN, 1)
        grid.setColumnMinimumWidth(0, 150)
        both = any(line.recognised is not None for line in lines)
        row, group = 0, ""
        for line in lines:
            if line.group != group:
                row = self._head(grid, row, line.group, first=not group, both=both)
                group = line.group
            self._line(page, grid, row, line)
            row += 1
        grid.setRowStretch(row, 1)
        self.area.setWidget(page)

    def _head(self, grid: QGridLayout, row: int, group: str, *, first: bool, both: bool) -> int:
        if not first:
            grid.setRowMinimumHeight(row, 6)
            row += 1
        grid.addWidget(SectionLabel(self._theme, group), row, 0)
        if first:
            for column, words in enumerate(COLUMNS if both else COLUMNS[:2]):
                if words:
                    label = Label(self._theme, words, font="caption", color="text2")
                    grid.addWidget(label, row, column, Qt.AlignmentFlag.AlignRight)
        return row + 1

    def _line(self, page: QWidget, grid: QGridLayout, row: int, line: Line) -> None:
        theme = self._theme
        differs = line.agrees is False
        name = ElidingLabel(
            theme, line.title, page, font="mono" if "." in line.title or line.title.isdigit() else "body"
        )
        grid.addWidget(name, row, 0)
        declared = Label(theme, grouped(line.declared), page, numbers=True)
        grid.addWidget(declared, row, 1, Qt.AlignmentFlag.AlignRight)
        if line.recognised is not None:
            seen = Label(theme, grouped(line.recognised), page, numbers=True, color="failFg" if differs else "text")
            grid.addWidget(seen, row, 2, Qt.AlignmentFlag.AlignRight)
            mark = QLabel(page)
            icon, color = ("circle-x", "failFg") if differs else ("circle-check", "passFg")
            mark.setPixmap(self._icons.pixmap(icon, color, ICON_PX))
            mark.setAccessibleName("differs" if differs else "same")
            grid.addWidget(mark, row, 3)
        notes = QHBoxLayout()
        notes.addWidget(ElidingLabel(theme, line.note, page, font="small", color="text2"), 1)
        grid.addLayout(notes, row, NOTE_COLUMN)
