"""The rows of the provider list, read from the catalogue in slices after the dialog is on screen."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QObject, QTimer, Signal

from inspector.payload.steps import Steps
from inspector.providers.catalogue import Catalogue
from inspector.ui.detail.slices import Slices
from inspector.ui.endpoints.provider_rows import ProviderRow, row_of

TELL_EVERY = 40
"""Rows read between two signals: filling the list again costs more than reading one file."""


class ProviderShelf(QObject):
    """Reading some two hundred definitions takes a few tenths of a second, so it begins when asked and in slices.

    Signals:
        grown: there are more rows, or the last one is in.
    """

    grown = Signal()

    def __init__(self, catalogue: Catalogue, own: Collection[str], parent: QObject) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._own = frozenset(own)
        self._slices = Slices(self)
        self._started = False
        self.rows: list[ProviderRow] = []
        self.loading = True

    def start(self) -> None:
        """Begin once the events that are waiting, the first paint among them, are done."""
        if not self._started:
            self._started = True
            QTimer.singleShot(0, self, self._begin)

    def restart(self, own: Collection[str]) -> None:
        """Read anew, after a definition has changed."""
        self._slices.cancel()
        self._own = frozenset(own)
        self._begin()

    def _begin(self) -> None:
        self.rows, self.loading = [], True
        self._slices.start(self._read(), lambda _none: self._finish(), lambda _error: self._finish())

    def _read(self) -> Steps[None]:
        ids = self._catalogue.ids
        for number, id in enumerate(ids, 1):
            profile = self._catalogue.get(id)
            if profile is not None:
                self.rows.append(row_of(profile, own=id in self._own))
            if number % TELL_EVERY == 0:
                self.grown.emit()
            yield number / len(ids)

    def _finish(self) -> None:
        self.loading = False
        self.grown.emit()
