"""A series in a list of attempts: where it goes, how it stands, and a way to stop it while it is not over."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from inspector.ui.detail.attempt_row import ICON_PX, AttemptRow
from inspector.ui.detail.attempt_words import Outcome
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import link_button
from inspector.ui.widgets.spinner import Spinner

_EDGE_PX = 8
_GAP_PX = 10


class SeriesRow(AttemptRow):
    """A row with a spinner while the series is open; its link stops it."""

    def __init__(self, theme: Theme, icons: Icons, stop: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(theme, icons, parent)
        self.spinner = Spinner(theme, icons, self, size_px=ICON_PX)
        self.stop_link = link_button(theme, icons, "Stop", stop, self)
        self.stop_link.setAccessibleName("Stop this series")
        self._turns = False
        self._place()

    def set_series(self, url: str, when: str, outcome: Outcome, *, is_open: bool, plain: bool = False) -> None:
        """Show a series; one that is open turns, and can be stopped."""
        self._turns = is_open and outcome.icon == "loader-circle"
        self.spinner.setVisible(self._turns)
        self.stop_link.setVisible(is_open)
        self.set_attempt(url, when, outcome, plain=plain)
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        link = self.stop_link.sizeHint()
        x = self.width() - link.width() - _EDGE_PX
        self.stop_link.setGeometry(x, (self.height() - link.height()) // 2, link.width(), link.height())
        left, _text = self._icon_room()
        self.spinner.setGeometry(round(left), (self.height() - ICON_PX) // 2, ICON_PX, ICON_PX)

    def _right_px(self) -> float:
        reserved = 0 if self.stop_link.isHidden() else self.stop_link.sizeHint().width() + _GAP_PX
        return super()._right_px() + reserved

    def _paint_icon(self, painter: QPainter, x: float, y: float) -> None:
        if not self._turns:
            super()._paint_icon(painter, x, y)
