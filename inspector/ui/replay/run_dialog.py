"""A dialog that runs something long: closing it hides it, and what runs goes on."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QWidget

from inspector.ui.widgets.badges import Tone


@dataclass(frozen=True, slots=True)
class RunWords:
    """How far something is: in words, and as a share of 1 (None: not known)."""

    text: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What something came to, for a toast."""

    text: str
    icon: str
    tone: Tone


class RunDialog(QDialog):
    """Modeless. While `is_busy` its owner keeps it, shows how far it is elsewhere, and offers to stop it.

    Signals:
        progressed: something has moved; `words` tells what.
        ended: nothing runs any more; `summary` tells what came of it.
    """

    progressed = Signal()
    ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(False)

    @property
    def is_busy(self) -> bool:
        """Whether something runs."""
        raise NotImplementedError

    def words(self) -> RunWords:
        """Return how far it is."""
        raise NotImplementedError

    def summary(self) -> Summary | None:
        """Return what came of it, None where nothing was begun."""
        raise NotImplementedError

    def stop_run(self) -> None:
        """Begin nothing more; what is under way ends, and is kept."""
        raise NotImplementedError

    def let_go(self) -> None:
        """Follow nothing any more: the window is going away."""

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide, whatever runs: `finished` tells the owner."""
        event.accept()
        self.done(QDialog.DialogCode.Rejected)

    def reopen(self) -> None:
        """Show it again."""
        self.show()
        self.raise_()
        self.activateWindow()
