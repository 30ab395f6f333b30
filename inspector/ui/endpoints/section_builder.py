"""Makes the rows of a form's sections a few at a time, so that no turn of the loop is held up for long.

The loop that paints the window also receives events. The whole form at once would hold it up for a tenth of a second,
and whoever sends an event meanwhile would wait as long for an answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from inspector.ui.endpoints.form_parts import FormSection

TURN_S = 0.003
"""So long rows are made in one turn, at the least one step; laying them out comes on top."""


class SectionBuilder(QObject):
    """`made` is called once for each section, when all its rows are there; `done` when all sections are."""

    def __init__(
        self, parent: QObject, made: Callable[[FormSection], object], done: Callable[[], object] = lambda: None
    ) -> None:
        super().__init__(parent)
        self._made, self._done = made, done
        self._waiting: list[FormSection] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._turn)

    @property
    def waiting(self) -> bool:
        """Whether rows are missing."""
        return bool(self._waiting)

    def start(self, sections: Iterable[FormSection]) -> None:
        """Make the rows of these sections in turn, from the next turn of the loop on."""
        self._waiting = list(sections)
        self._timer.start()

    def need(self, section: FormSection) -> None:
        """Make all rows of a section at once: somebody asks for them."""
        if section in self._waiting:
            section.finish()
            self._take(section)

    def finish(self) -> None:
        """Make everything that is missing."""
        if self._waiting:
            while self._waiting:
                self.need(self._waiting[0])
            self._timer.stop()
            self._done()

    def _turn(self) -> None:
        """Make some rows; what a whole section brings with it, and the end, have turns of their own."""
        if not self._waiting:
            self._done()
            return
        section = self._waiting[0]
        until = time.perf_counter() + TURN_S
        while time.perf_counter() < until:
            if not section.step():
                self._take(section)
                break
            _polish(section)
        self._timer.start()

    def _take(self, section: FormSection) -> None:
        self._waiting.remove(section)
        self._made(section)


def _polish(section: FormSection) -> None:
    """Let Qt look up the style of the rows made so far: else it does so for all of them when they are shown."""
    for widget in section.findChildren(QWidget):
        widget.ensurePolished()
