"""Tells a screen reader what came in: one sentence, at most every ten seconds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from inspector.domain.event import EventSummary
from inspector.domain.verification import Verdict
from inspector.ui.widgets.counts import grouped

EVERY_MS = 10_000


def sentence(events: int, failures: int) -> str:
    """Say how many events came and how many of them have a wrong signature."""
    said = f"{grouped(events)} new event{'' if events == 1 else 's'}"
    if failures:
        said += f", {grouped(failures)} signature failure{'' if failures == 1 else 's'}"
    return said


class News(QObject):
    """Collects new events and says so now and then.

    Signals:
        said(str): a sentence to be read out.
    """

    said = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._events = 0
        self._failures = 0
        self._pause = QTimer(self, singleShot=True, interval=EVERY_MS)
        self._pause.timeout.connect(self._say)

    def add(self, batch: Sequence[EventSummary]) -> None:
        """Take note of new events; the first ones are told at once."""
        self._events += len(batch)
        self._failures += sum(row.verdict is Verdict.INVALID for row in batch)
        if not self._pause.isActive():
            self._say()

    def _say(self) -> None:
        if self._events:
            self.said.emit(sentence(self._events, self._failures))
            self._events = self._failures = 0
            self._pause.start()
