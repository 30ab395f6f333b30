"""Makes the page of the settings that is wanted, a few rows in each turn of the loop.

The loop that paints the window also receives events; whoever sends one meanwhile shall not wait for a form.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from inspector.ui.settings.page import SettingsPage

TURN_S = 0.003
"""So long rows are made in one turn, at the least one step."""

Make = Callable[[int], QWidget]


class PageBuilder(QObject):
    """Pages are known by their row in the list: `make` begins one, `made` is called once when it has all its rows."""

    def __init__(self, parent: QObject, make: Make, made: Callable[[int, QWidget], object]) -> None:
        super().__init__(parent)
        self._make, self._made = make, made
        self._begun: dict[int, QWidget] = {}
        self._ready: set[int] = set()  # all rows are there; to be shown in a turn of its own
        self._whole: dict[int, QWidget] = {}
        self._wanted = -1
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._turn)

    def want(self, row: int) -> None:
        """Make this page from the next turn of the loop on; one that was wanted before waits until it is again."""
        self._wanted = row
        if row not in self._whole:
            self._timer.start()

    def need(self, row: int) -> QWidget:
        """Return a page with all its rows."""
        while row not in self._whole:
            self._go_on(row)
        return self._whole[row]

    def whole(self, row: int) -> QWidget | None:
        """Return a page, None where rows of it are missing."""
        return self._whole.get(row)

    def _turn(self) -> None:
        if self._wanted in self._whole:
            return
        until = time.perf_counter() + TURN_S
        while time.perf_counter() < until and self._wanted not in self._whole:
            self._go_on(self._wanted)
        self._timer.start()

    def _go_on(self, row: int) -> None:
        page = self._begun.get(row)
        if page is None:
            self._begun[row] = self._make(row)
            return
        if row in self._ready:
            self._whole[row] = page
            self._made(row, page)
            return
        if not isinstance(page, SettingsPage) or not page.step():
            self._ready.add(row)
        for widget in page.findChildren(QWidget):
            widget.ensurePolished()  # else Qt looks up all their styles in the turn in which they are shown
