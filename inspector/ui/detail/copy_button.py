"""A button that copies and says for a moment that it did."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton

COPIED_MS = 1500


class CopyButton(IconButton):
    """Its icon is a check for a second and a half after each click."""

    def __init__(self, theme: Theme, icons: Icons, name: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, icons, "copy", name, parent)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(COPIED_MS)
        self._clock.timeout.connect(self._rest)
        self.clicked.connect(self._on_click)

    def _on_click(self) -> None:
        self.set_icon_name("check")
        self.set_tint("passFg")
        self._clock.start()

    def _rest(self) -> None:
        self.set_icon_name("copy")
        self.set_tint("")
