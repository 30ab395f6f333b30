"""Try a secret on one event without storing it: the answer comes while it is typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from inspector.ui.dialogs.base import PlainDialog
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.badges import Tone
from inspector.ui.widgets.buttons import PrimaryButton, SecondaryButton
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.secret_field import SecretField

WIDTH_PX = 440
TYPING_MS = 120


@dataclass(frozen=True, slots=True)
class TrialResult:
    """How a secret fits: tone, icon, title, text; `value` is what to store so that it does, "" where it never does."""

    tone: Tone
    icon: str
    title: str
    text: str
    value: str = ""


class TrySecretDialog(PlainDialog):
    """One field and an answer. It is accepted when the secret is to be stored."""

    def __init__(
        self, theme: Theme, icons: Icons, check: Callable[[str], TrialResult], parent: QWidget | None, *, storable: bool
    ) -> None:
        super().__init__(theme, icons, "Try a secret", parent, heading="Try a secret")
        self._check = check
        self._storable = storable
        self.result_shown: TrialResult | None = None
        words = "It is checked against this event and forgotten, unless you store it."
        self.body.addWidget(Label(theme, words, color="text2", wrap=True))
        self.field = SecretField(theme, "", self, name="Secret to try")
        self.body.addWidget(self.field)
        self.answer = Callout(theme, icons, "neut", "key-round", "Nothing tried yet", "", (), self)
        self.body.addWidget(self.answer)
        self.close_button = SecondaryButton(theme, icons, "Close", parent=self)
        self.store_button = PrimaryButton(theme, icons, "Store this secret", parent=self)
        self.close_button.clicked.connect(self.reject)
        self.store_button.clicked.connect(self.accept)
        self.store_button.setEnabled(False)
        self.store_button.setVisible(storable)
        self.set_footer([self.close_button, self.store_button])
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(TYPING_MS)
        self._clock.timeout.connect(self._try)
        self.field.textChanged.connect(lambda _text: self._clock.start())
        self.fit(WIDTH_PX)

    @property
    def value(self) -> str:
        """What to store: the secret as it must be for this scheme."""
        return self.result_shown.value if self.result_shown is not None else ""

    def _try(self) -> None:
        text = self.field.text()
        if not text:
            self.result_shown = None
            self.answer.set_content("neut", "key-round", "Nothing tried yet")
        else:
            found = self.result_shown = self._check(text)
            self.answer.set_content(found.tone, found.icon, found.title, found.text)
        self.store_button.setEnabled(self._storable and bool(self.value))
        self.fit(WIDTH_PX)

    def accept(self) -> None:
        """Close to store the secret, if what stands in the field fits."""
        self._clock.stop()
        self._try()
        if self.value:
            super().accept()
