"""Keeps the dialogs of long replays while they run, also closed ones, and tells of them in the status bar."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout

from inspector.domain.attempt import SeriesId
from inspector.domain.event import EventId
from inspector.feed import Feed
from inspector.ui.icons import Icons
from inspector.ui.notices import Notices
from inspector.ui.replay.run_dialog import RunDialog, Summary
from inspector.ui.replay.run_status import RunStatus
from inspector.ui.theme import Theme

if TYPE_CHECKING:
    from inspector.ui.replay.waiting import WaitingSeries
    from inspector.ui.status_bar import StatusBar

FROM_RIGHT = 5
"""The place in the status bar: before the rate with its bars and its peak."""


@dataclass(frozen=True, slots=True)
class RunOver:
    """A replay that has ended: what came of it, how long it took, and how its results are shown."""

    summary: Summary
    seconds: float
    show: Callable[[], object]


class Runs:
    """The dialogs that run something, the newest last. One whose results were told but not seen is kept too.

    `over` is told what has ended.
    What waits to be tried again without a dialog is told of where no dialog is busy.
    """

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        notices: Notices,
        bar: StatusBar,
        *,
        show_event: Callable[[EventId], None],
        stop_series: Callable[[Sequence[SeriesId]], None],
        over: Feed[RunOver],
    ) -> None:
        self._notices, self._over = notices, over
        self._begun: dict[RunDialog, float] = {}
        self._show_event, self._stop_series = show_event, stop_series
        self._waiting: WaitingSeries | None = None
        self._dialogs: list[RunDialog] = []
        self._unseen: RunDialog | None = None
        self.status = RunStatus(theme, icons, bar)
        row = bar.layout()
        assert isinstance(row, QHBoxLayout)
        row.insertWidget(row.count() - FROM_RIGHT, self.status)
        self.status.show_requested.connect(self._show)
        self.status.stop_requested.connect(self._stop)

    def follow(self, dialog: RunDialog) -> None:
        """Keep a dialog until it is closed and nothing of it runs any more."""
        self._dialogs.append(dialog)
        dialog.progressed.connect(self._tell)
        dialog.ended.connect(lambda: self._on_ended(dialog))
        dialog.finished.connect(lambda _result: self._on_closed(dialog))

    def follow_waiting(self, waiting: WaitingSeries) -> None:
        """Tell of the series that wait to be tried again, from now on."""
        self._waiting = waiting
        waiting.changed.subscribe(lambda _none: self._tell())
        self._tell()

    @property
    def busy(self) -> list[RunDialog]:
        """The dialogs that run something."""
        return [dialog for dialog in self._dialogs if dialog.is_busy]

    def close(self) -> None:
        """Let every dialog go: the window is going away."""
        if self._waiting is not None:
            self._waiting.close()
        for dialog in self._dialogs:
            dialog.let_go()

    def _tell(self) -> None:
        busy, waiting = self.busy, self._waiting
        for dialog in busy:
            self._begun.setdefault(dialog, time.monotonic())
        if busy:
            self.status.show_words(busy[-1].words(), "Show the dialog")
        elif waiting is not None and waiting.ids:
            self.status.show_words(waiting.words(), "Show the replays of the newest")
        else:
            self.status.hide()

    def _show(self) -> None:
        busy, waiting = self.busy, self._waiting
        if busy:
            busy[-1].reopen()
        elif waiting is not None and waiting.newest_event is not None:
            self._show_event(waiting.newest_event)

    def _stop(self) -> None:
        busy, waiting = self.busy, self._waiting
        if busy:
            busy[-1].stop_run()
        elif waiting is not None:
            self._stop_series(waiting.ids)

    def _on_ended(self, dialog: RunDialog) -> None:
        self._tell()
        summary = dialog.summary()
        begun = self._begun.pop(dialog, None)
        if summary is not None and begun is not None:
            self._over.publish(RunOver(summary, time.monotonic() - begun, lambda: self._reopen(dialog)))
        if dialog.isVisible() or summary is None:
            if not dialog.isVisible():
                self._drop(dialog)
            return
        if self._unseen is not None and self._unseen is not dialog:
            self._drop(self._unseen)
        self._unseen = dialog
        self._notices.tell(summary.text, summary.icon, summary.tone, ("Show results", lambda: self._reopen(dialog)))

    def _reopen(self, dialog: RunDialog) -> None:
        if dialog in self._dialogs:
            dialog.reopen()

    def _on_closed(self, dialog: RunDialog) -> None:
        if not dialog.is_busy:
            self._drop(dialog)

    def _drop(self, dialog: RunDialog) -> None:
        if dialog in self._dialogs:
            self._dialogs.remove(dialog)
            dialog.deleteLater()
        if self._unseen is dialog:
            self._unseen = None
