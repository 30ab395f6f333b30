"""The list at the left of a dialog: its sections, each with an icon, and a mark where something cannot be saved."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import css

RAIL_PX = 168
ICON_PX = 16
ROW_PX = 32

Entry = tuple[str, str, str]
"""Key, title and icon."""


class SectionRail(QListWidget):
    """A list of entries; which one is current is told by `currentRowChanged`."""

    def __init__(self, theme: Theme, icons: Icons, entries: Sequence[Entry], name: str) -> None:
        super().__init__()
        self._theme, self._icons, self._entries = theme, icons, tuple(entries)
        self._wrong: set[int] = set()
        self.setObjectName("rail")
        self.setAccessibleName(name)
        self.setFixedWidth(RAIL_PX)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.setSpacing(1)
        for _key, title, _icon in self._entries:
            item = QListWidgetItem(title)
            item.setSizeHint(QSize(RAIL_PX - 12, ROW_PX))
            self.addItem(item)
        theme.changed.connect(self._dress)
        self._dress()

    def row_of(self, key: str) -> int:
        """Return the row of a key, -1 where there is none."""
        return next((row for row, entry in enumerate(self._entries) if entry[0] == key), -1)

    def mark(self, row: int, wrong: bool) -> None:
        """Show whether something in this section cannot be saved."""
        if wrong == (row in self._wrong):
            return
        (self._wrong.add if wrong else self._wrong.discard)(row)
        self._show(row)

    def _show(self, row: int) -> None:
        _key, title, icon = self._entries[row]
        wrong = row in self._wrong
        item = self.item(row)
        item.setIcon(self._icons.icon("octagon-alert", "failFg") if wrong else self._icons.icon(icon))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title}, cannot be saved yet" if wrong else title)

    def _dress(self) -> None:
        tokens = self._theme.tokens
        self.setStyleSheet(
            f"QListWidget#rail {{ background: {css(tokens.window)}; border: 0; outline: 0; padding: 6px;"
            f" border-right: 1px solid {css(tokens.border)}; }}"
            f"QListWidget#rail::item {{ border-radius: 6px; padding-left: 8px; color: {css(tokens.text)}; }}"
            f"QListWidget#rail::item:selected {{ background: {css(tokens.selected)}; }}"
        )
        for row in range(self.count()):
            self._show(row)
