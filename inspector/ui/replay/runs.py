"""Keeps the dialogs of long replays while they run, also closed ones, and tells of them in the status bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout

from inspector.ui.icons import Icons
from inspector.ui.notices import Notices
from inspector.ui.replay.run_dialog import RunDialog
from inspector.ui.replay.run_status import RunStatus
from inspector.ui.theme import Theme

if TYPE_CHECKING:
    from inspector.ui.status_bar import StatusBar

FROM_RIGHT = 5
"""The place in the status bar: before the rate with its bars and its peak."""


class Runs:
    """The dialogs that run something, the newest last. One whose results were told but not seen is kept too."""

    def __init__(self, theme: Theme, icons: Icons, notices: Notices, bar: StatusBar) -> None:
        self._notices = notices
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

    @property
    def busy(self) -> list[RunDialog]:
        """The dialogs that run something."""
        return [dialog for dialog in self._dialogs if dialog.is_busy]

    def close(self) -> None:
        """Let every dialog go: the window is going away."""
        for dialog in self._dialogs:
            dialog.let_go()

    def _tell(self) -> None:
        busy = self.busy
        if not busy:
            self.status.hide()
            return
        words = busy[-1].words()
        self.status.show_words(words)

    def _show(self) -> None:
        for dialog in self.busy[-1:]:
            dialog.reopen()

    def _stop(self) -> None:
        for dialog in self.busy[-1:]:
            dialog.stop_run()

    def _on_ended(self, dialog: RunDialog) -> None:
        self._tell()
        summary = dialog.summary()
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
