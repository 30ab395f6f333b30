"""The line under the filter row that says which part of a search cannot be read."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.ui.events.search_reading import SearchProblem
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import LinkButton
from inspector.ui.widgets.labels import ElidingLabel

_HEIGHT_PX = 30
_LEFT_PX = 37
_ICON_LEFT_PX = 14
_ICON_PX = 15


class ProblemStrip(QWidget):
    """Hidden while the search can be read.

    Signals:
        fix_chosen(str): use this text instead.
    """

    fix_chosen = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._fixed = ""
        self.sentence = ElidingLabel(theme, "", self, font="small", color="failFg")
        self.fix = LinkButton(theme, icons, "", "", self)
        self.fix.clicked.connect(lambda: self.fix_chosen.emit(self._fixed))
        row = QHBoxLayout(self)
        row.setContentsMargins(_LEFT_PX, 0, 14, 0)
        row.setSpacing(10)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.fix)
        self.setFixedHeight(_HEIGHT_PX)
        theme.changed.connect(self.update)
        self.hide()

    def show_problem(self, problem: SearchProblem | None) -> None:
        """Say what is wrong and offer the mended text, or nothing."""
        if problem is not None and problem.sentence != self.sentence.text():
            announce(self, problem.sentence, at_once=True)
        self.sentence.setText(problem.sentence if problem else "")
        self._fixed = problem.fixed if problem else ""
        self.fix.setText(f"Use {self._fixed}" if self._fixed else "")
        self.fix.setVisible(bool(self._fixed))
        self.fix.updateGeometry()
        self.setVisible(problem is not None)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.failBg)
        self._icons.paint(painter, "circle-x", tokens.failFg, _ICON_LEFT_PX, (self.height() - _ICON_PX) / 2, _ICON_PX)
        painter.end()
