"""A splitter with 1 px lines that are easy to grab; a double-click on one restores the default width."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMargins, QRectF, Qt
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from inspector.ui.theme import Theme

GRAB_PX = 7
LINE_PX = 1


class Splitter(QSplitter):
    """Panes side by side (or above each other) with our handles."""

    def __init__(
        self,
        theme: Theme,
        orientation: Qt.Orientation = Qt.Orientation.Horizontal,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(orientation, parent)
        self._theme = theme
        self._defaults: tuple[int | None, ...] = ()
        self.setHandleWidth(LINE_PX)
        self.setChildrenCollapsible(False)

    def set_defaults(self, sizes: Sequence[int | None]) -> None:
        """Tell each pane's default size in pixels, None for the pane that takes the rest."""
        self._defaults = tuple(sizes)

    def restore_default(self, handle_index: int) -> None:
        """Give the pane beside a handle its default size, taking from or giving to the pane without one."""
        before, after = handle_index - 1, handle_index
        pane = before if self._default(before) is not None else after
        wanted = self._default(pane)
        rest = next((index for index, size in enumerate(self._defaults) if size is None), None)
        if wanted is None or rest is None:
            return
        sizes = self.sizes()
        sizes[rest] += sizes[pane] - wanted
        sizes[pane] = wanted
        self.setSizes(sizes)
        self.splitterMoved.emit(0, handle_index)

    def _default(self, index: int) -> int | None:
        return self._defaults[index] if 0 <= index < len(self._defaults) else None

    def createHandle(self) -> QSplitterHandle:
        return SplitterHandle(self._theme, self)


class SplitterHandle(QSplitterHandle):
    """The line between two panes."""

    def __init__(self, theme: Theme, splitter: Splitter) -> None:
        super().__init__(splitter.orientation(), splitter)
        self._theme = theme
        self._splitter = splitter
        theme.changed.connect(self.update)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        # QSplitter lays its panes out by the handle's contents rectangle and lets the margins lie over the panes:
        # the margins are grabbed, and the mask keeps all but the line from being painted.
        # QSplitterHandle's own resizeEvent is left out, it would set margins for 5 px and the two would take turns.
        margin = (GRAB_PX - LINE_PX) // 2
        across = self.orientation() is Qt.Orientation.Horizontal
        margins = QMargins(margin, 0, margin, 0) if across else QMargins(0, margin, 0, margin)
        if self.contentsMargins() != margins:
            self.setContentsMargins(margins)
        self.setAttribute(Qt.WidgetAttribute.WA_MouseNoMask, True)
        self.setMask(QRegion(self.contentsRect()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._splitter.restore_default(self._splitter.indexOf(self))
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        painter.fillRect(QRectF(self.contentsRect()), tokens.control if self.underMouse() else tokens.border)
        painter.end()
