"""A scheme tried on a captured event while it is written: the verdict, and the exact text that is signed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from inspector.domain.event import EventSummary
from inspector.domain.verification import Verification
from inspector.ui.endpoints.signature_section import TRIALS
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.fields import ComboBox
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.secret_field import SecretField

SHOWN_BYTES = 4000


class SchemePreview(QWidget):
    """The right half of the scheme dialog.

    Signals:
        event_chosen(int): the scheme is to be tried on another event.
        secret_changed: another secret was typed.
    """

    event_chosen = Signal(int)
    secret_changed = Signal()

    def __init__(self, theme: Theme, icons: Icons, secret: str) -> None:
        super().__init__()
        self._theme = theme
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(6)
        column.addWidget(Label(theme, "Try it", font="title"))
        column.addWidget(Label(theme, "Event", font="small", color="text2"))
        self.events = ComboBox(theme, icons, name="Event to try it on")
        self.events.setMinimumContentsLength(12)
        self.events.activated.connect(lambda row: self.event_chosen.emit(int(self.events.itemData(row))))
        column.addWidget(self.events)
        column.addWidget(Label(theme, "Secret, for this trial only", font="small", color="text2"))
        row = QHBoxLayout()
        self.secret = SecretField(theme, secret, name="Secret for the trial")
        self.secret.textChanged.connect(lambda _text: self.secret_changed.emit())
        self.show_secret = IconButton(theme, icons, "eye", "Show the secret")
        self.show_secret.setCheckable(True)
        self.show_secret.toggled.connect(self._on_show)
        row.addWidget(self.secret, 1)
        row.addWidget(self.show_secret)
        column.addLayout(row)
        column.addSpacing(4)
        self.verdict = Callout(theme, icons, "neut", "shield", "")
        column.addWidget(self.verdict)
        column.addSpacing(4)
        self.caption = Label(theme, "Signed text", font="small", color="text2")
        column.addWidget(self.caption)
        self.signed = QPlainTextEdit()
        self.signed.setReadOnly(True)
        self.signed.setAccessibleName("Signed text")
        self.signed.setTabChangesFocus(True)
        column.addWidget(self.signed, 1)
        theme.changed.connect(self._on_theme)
        self._on_theme()
        self.set_events([])

    def set_events(self, events: Sequence[EventSummary], chosen: int | None = None) -> None:
        """Offer these events, the newest first."""
        self.events.clear()
        for event in events:
            at = event.received_at.astimezone()
            self.events.addItem(f"#{event.id:,} · {at:%H:%M:%S} · {event.label}", int(event.id))
        if chosen is not None:
            self.events.setCurrentIndex(max(0, self.events.findData(chosen)))
        self.events.setEnabled(bool(events))
        if not events:
            self.events.addItem("No event yet", 0)
            text = "Send one to this endpoint, and the scheme is tried on it."
            self.verdict.set_content("neut", "inbox", "Nothing to try it on", text)
            self.show_signed(None)

    def show_verdict(self, found: Verification | None) -> None:
        """Show what the event comes to; None while the scheme cannot be understood."""
        if found is None:
            self.verdict.set_content("neut", "pencil", "Not ready to be tried", "Correct the scheme first.")
            return
        tone, icon, words = TRIALS[found.verdict]
        title = words.replace("The newest event", "This event").replace("would be", "is")
        said = [found.summary] if found.verdict.value == "valid" else [found.title, found.summary]
        self.verdict.set_content(tone, icon, title, " ".join(_sentence(text) for text in said if text))

    def show_signed(self, data: bytes | None) -> None:
        """Show the signed bytes, control characters made visible."""
        shown = "" if data is None else visible(data[:SHOWN_BYTES])
        more = data is not None and len(data) > SHOWN_BYTES
        if self.signed.toPlainText() != shown:
            self.signed.setPlainText(shown)
        size = "" if data is None else f", {len(data):,} bytes" + (f" (the first {SHOWN_BYTES:,})" if more else "")
        self.caption.setText(f"Signed text{size}")
        self.signed.setPlaceholderText("Nothing: a part of it was not sent, or the scheme signs no text.")

    def _on_show(self, shown: bool) -> None:
        self.secret.set_shown(shown)
        self.show_secret.set_icon_name("eye-off" if shown else "eye")
        self.show_secret.set_name("Hide the secret" if shown else "Show the secret")

    def _on_theme(self) -> None:
        self.signed.setFont(self._theme.font("mono"))
        palette = QPalette(self._theme.palette())
        palette.setColor(QPalette.ColorRole.PlaceholderText, self._theme.tokens.text3)
        self.signed.setPalette(palette)


def visible(data: bytes) -> str:
    """Return bytes as text in which nothing hides: line ends and control characters show as their own signs."""
    text = data.decode("utf-8", "backslashreplace")
    out = []
    for letter in text:
        code = ord(letter)
        sign = chr(0x2400 + code) if code < 32 else "\u2421" if code == 127 else letter
        out.append(sign + "\n" if letter == "\n" else sign)
    return "".join(out)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."
