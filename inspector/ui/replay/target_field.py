"""The address a replay goes to, with those used before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QWidget

from inspector.ui.endpoints.endpoint_form import url_problem
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.menu import Menu

METHODS = ("POST", "GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
GAP_PX = 4
SUGGESTED = "http://localhost:5000/webhooks/rcs"


class TargetField(QWidget):
    """A line of text and a menu of earlier targets.

    Signals:
        changed: another address is in the field.
    """

    changed = Signal()

    def __init__(
        self, theme: Theme, icons: Icons, target: str, history: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self._history = list(history)
        self.field = TextField(theme, target, self, name="Target", placeholder=SUGGESTED, mono=True)
        self.field.setCompleter(QCompleter(self._history, self.field))
        self.arrow = IconButton(theme, icons, "chevron-down", "Earlier targets", self)
        self._menu = Menu(theme, icons, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.field)
        self.field.textChanged.connect(lambda _text: self._on_text())
        self.arrow.clicked.connect(self._open)
        self.test = IconButton(theme, icons, "plug-zap", "Test this target", self)
        self.test.hide()
        self._test: Callable[[str], object] | None = None
        self.test.clicked.connect(lambda _checked=False: self._test and self._test(self.text))
        row.setSpacing(GAP_PX)
        row.addWidget(self.test)
        self.field.setTextMargins(0, 0, self.arrow.sizeHint().width(), 0)
        self.setFocusProxy(self.field)
        self._on_text()

    @property
    def text(self) -> str:
        """The address."""
        return self.field.text().strip()

    @property
    def is_usable(self) -> bool:
        """Whether requests can be sent there."""
        return bool(self.text) and not url_problem(self.text)

    def offer_test(self, test: Callable[[str], object]) -> None:
        """Show the button that tests the address."""
        self._test = test
        self.test.show()
        self._place()

    def remember(self) -> None:
        """Put the address on top of the earlier ones."""
        self._history = [self.text, *(url for url in self._history if url != self.text)]
        self.field.setCompleter(QCompleter(self._history, self.field))
        self.arrow.setEnabled(True)

    def _on_text(self) -> None:
        problem = url_problem(self.text) if self.text else ""
        self.field.set_invalid(bool(problem), problem)
        self.arrow.setEnabled(bool(self._history))
        self.test.setEnabled(self.is_usable)
        self.changed.emit()

    def _open(self) -> None:
        self._menu.clear()
        for url in self._history:
            self._menu.add(url, "repeat-2" if url == self.text else "", partial(self.field.setText, url))
        self._menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        side = min(self.arrow.sizeHint().width(), self.height() - 4)
        beside = self.test.sizeHint().width() + GAP_PX if self._test is not None else 0
        self.arrow.setGeometry(self.width() - beside - side - 3, (self.height() - side) // 2, side, side)
