"""The tools under a signature: try a secret, copy code that checks it, check it again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QWidget

from inspector.ui.detail.signature_known import CodeChoice
from inspector.ui.detail.signature_wrap import WrapRow
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import SecondaryButton
from inspector.ui.widgets.menu import Menu


class SignatureTools(WrapRow):
    """Three buttons.

    Signals:
        try_requested, check_requested: the buttons were clicked.
        code_requested(str): code in this language is wanted.
    """

    try_requested = Signal()
    check_requested = Signal()
    code_requested = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent, gap_px=6)
        self._theme, self._icons = theme, icons
        self._choices: tuple[CodeChoice, ...] = ()
        self.menu: Menu | None = None
        small = "controlSmall"
        self.try_button = SecondaryButton(theme, icons, "Try a secret…", "key-round", self, size_name=small)
        self.code_button = SecondaryButton(theme, icons, "Copy verification code", "code", self, size_name=small)
        self.check_button = SecondaryButton(theme, icons, "Check again", "", self, size_name=small)
        self.try_button.clicked.connect(self.try_requested)
        self.check_button.clicked.connect(self.check_requested)
        self.code_button.clicked.connect(self.open_menu)
        self.set_items([self.try_button, self.code_button, self.check_button])

    def set_choices(self, choices: Sequence[CodeChoice]) -> None:
        """Offer code in these languages."""
        self._choices = tuple(choices)
        reasons = {choice.reason for choice in self._choices}
        none = bool(self._choices) and all(choice.reason for choice in self._choices)
        self.code_button.setEnabled(bool(self._choices) and not none)
        self.code_button.setToolTip(next(iter(reasons)) if none and len(reasons) == 1 else "")

    def open_menu(self) -> None:
        """Open the languages under the button."""
        if self.menu is not None:
            self.menu.deleteLater()
        self.menu = Menu(self._theme, self._icons, self)
        for choice in self._choices:
            self.menu.add(
                choice.language,
                "code",
                partial(self.code_requested.emit, choice.language),
                reason=choice.reason,
            )
        self.menu.popup(self.code_button.mapToGlobal(QPoint(0, self.code_button.height() + 4)))
