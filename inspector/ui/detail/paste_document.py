"""Paste a certificate or a key set where it should not, or cannot, be fetched."""

from __future__ import annotations

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from inspector.ui.dialogs.base import PlainDialog
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import PrimaryButton, SecondaryButton
from inspector.ui.widgets.labels import Label

WIDTH_PX = 520
_HEIGHT_PX = 180


class PasteDocumentDialog(PlainDialog):
    """The address, and a field for what lies there."""

    def __init__(self, theme: Theme, icons: Icons, url: str, parent: QWidget | None) -> None:
        super().__init__(theme, icons, "Paste the certificate", parent, heading="Paste the certificate")
        words = f"The text at {url}: a certificate in PEM form, or a key set in JSON."
        self.body.addWidget(Label(theme, words, color="text2", wrap=True))
        self.field = QPlainTextEdit(self)
        self.field.setAccessibleName("Certificate or key set")
        self.field.setPlaceholderText("-----BEGIN CERTIFICATE-----")
        self.field.setFont(theme.font("mono"))
        self.field.setMinimumHeight(_HEIGHT_PX)
        self.field.setTabChangesFocus(True)
        self.body.addWidget(self.field)
        self.cancel = SecondaryButton(theme, icons, "Cancel", parent=self)
        self.answer = PrimaryButton(theme, icons, "Keep it", parent=self)
        self.answer.setEnabled(False)
        self.cancel.clicked.connect(self.reject)
        self.answer.clicked.connect(self.accept)
        self.field.textChanged.connect(lambda: self.answer.setEnabled(bool(self.text)))
        self.set_footer([self.cancel, self.answer])
        self.fit(WIDTH_PX)

    @property
    def text(self) -> str:
        """What was pasted."""
        return self.field.toPlainText().strip()
