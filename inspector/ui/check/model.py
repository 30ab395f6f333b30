"""The list of checks with how each one stands; the folded ones stand under a row that opens them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector.simulator.check.check import Check
from inspector.simulator.check.checks import CHECKS
from inspector.simulator.check.judge import milliseconds
from inspector.simulator.check.outcome import Outcome, State
from inspector.simulator.check.provider import Provider
from inspector.ui.check.looks import LOOKS

LINE_ROLE = Qt.ItemDataRole.UserRole + 1

FOLD_KEY = "more"
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One row. `number` is 0 for the row that opens the folded checks; `until` is when a wait ends (monotonic)."""

    key: str
    number: int
    title: str
    sends: str
    running: bool = False
    until: float = 0.0
    outcome: Outcome | None = None
    open: bool = False

    @property
    def state(self) -> State | None:
        """How the check ended, None where it has not."""
        return self.outcome.state if self.outcome else None

    @property
    def word(self) -> str:
        """The result in a word, with the status where there is one."""
        if self.running:
            return "Running"
        if self.outcome is None:
            return ""
        status = f"  {self.outcome.status}" if self.outcome.status else ""
        return f"{LOOKS[self.outcome.state].word}{status}"

    @property
    def time(self) -> str:
        """How long the answer took, or how long is still waited."""
        if self.running:
            left = self.until - monotonic()
            return f"retry in {left:.0f} s" if self.until and left > 0.5 else ""
        decisive = self.outcome.decisive if self.outcome and self.outcome.state is not State.SKIPPED else None
        return milliseconds(decisive.ms) if decisive is not None and decisive.response is not None else ""

    @property
    def spoken(self) -> str:
        """The row for a screen reader."""
        if not self.number:
            return f"{self.title}, {'open' if self.open else 'folded'}: {self.sends}"
        parts = [f"{self.number}. {self.title}", self.sends, self.word.replace("  ", " "), self.time]
        return ", ".join(part for part in parts if part)


class CheckModel(QAbstractListModel):
    """All checks in their order. Rows of the folded ones are there only while they are unfolded."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines = [_fresh(check, number, None) for number, check in enumerate(CHECKS, 1)]
        self._core = sum(not check.folded for check in CHECKS)
        self._open = False

    # -- rows ----------------------------------------------------------------------------------------------------

    @property
    def lines(self) -> Sequence[CheckLine]:
        """Every check, folded or not."""
        return self._lines

    @property
    def unfolded(self) -> bool:
        """Whether the folded checks are in the list."""
        return self._open

    def rowCount(self, parent: _Index = _ROOT) -> int:
        if parent.isValid():
            return 0
        return self._core + 1 + (len(self._lines) - self._core if self._open else 0)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        line = self.line_at(index.row())
        if role == LINE_ROLE:
            return line
        if role == Qt.ItemDataRole.DisplayRole:
            return line.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return line.spoken
        return None

    def line_at(self, row: int) -> CheckLine:
        """Return the row at a place of the list."""
        if row < self._core:
            return self._lines[row]
        if row == self._core:
            return self._fold_line()
        return self._lines[row - 1]

    def _fold_line(self) -> CheckLine:
        folded = self._lines[self._core :]
        ended = [line for line in folded if line.state is not None]
        if ended:
            counts = [(sum(line.state is state for line in ended), look.word.lower()) for state, look in LOOKS.items()]
            words = ", ".join(f"{count} {word}" for count, word in counts if count)
        else:
            words = "duplicate, out of order, unknown event, bad JSON, stale, 1 MB"
        running = any(line.running for line in folded)
        return CheckLine(FOLD_KEY, 0, "More checks", words, running=running, open=self._open)

    def row_of(self, key: str) -> int:
        """Return where a check stands in the list, -1 where it is folded away."""
        place = next((place for place, line in enumerate(self._lines) if line.key == key), -1)
        if place < self._core:
            return place
        return place + 1 if self._open else -1

    def line_of(self, key: str) -> CheckLine | None:
        """Return a check's row by its key, folded or not."""
        return next((line for line in self._lines if line.key == key), None)

    # -- changes -------------------------------------------------------------------------------------------------

    def set_open(self, unfolded: bool) -> None:
        """Fold the further checks away, or show them."""
        if unfolded == self._open:
            return
        first, last = self._core + 1, len(self._lines)
        if unfolded:
            self.beginInsertRows(QModelIndex(), first, last)
            self._open = True
            self.endInsertRows()
        else:
            self.beginRemoveRows(QModelIndex(), first, last)
            self._open = False
            self.endRemoveRows()
        self._tell(self._core)

    def set_provider(self, provider: Provider | None) -> None:
        """Say of each check what it sends for a provider, and forget how it ended."""
        self._lines = [_fresh(check, number, provider) for number, check in enumerate(CHECKS, 1)]
        self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))

    def set_running(self, key: str, until: float = 0.0) -> None:
        """Show that a check runs; `until` is when its wait ends."""
        self._change(key, running=True, until=until, outcome=None)

    def set_outcome(self, outcome: Outcome) -> None:
        """Show how a check ended."""
        self._change(outcome.key, running=False, until=0.0, outcome=outcome)

    def stop(self) -> None:
        """Nothing runs any more."""
        for line in [line for line in self._lines if line.running]:
            self._change(line.key, running=False, until=0.0)

    def tick(self) -> None:
        """Write the waits anew."""
        for line in self._lines:
            if line.running:
                self._tell(self.row_of(line.key))
                self._tell(self._core)

    def _change(self, key: str, **values: object) -> None:
        place = next(place for place, line in enumerate(self._lines) if line.key == key)
        self._lines[place] = replace(self._lines[place], **values)  # type: ignore[arg-type]  # names of CheckLine
        self._tell(self.row_of(key))
        if place >= self._core:
            self._tell(self._core)

    def _tell(self, row: int) -> None:
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))


def _fresh(check: Check, number: int, provider: Provider | None) -> CheckLine:
    sends = check.sends(provider) if provider is not None else check.expected
    return CheckLine(check.key, number, check.title, sends)
