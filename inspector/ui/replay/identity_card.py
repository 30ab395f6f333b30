"""As whom the event is sent: as captured, signed again, or with new ids; and with which secret."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.domain.identity import Identity
from inspector.domain.secret import Secret
from inspector.ui.detail.card import Card
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.fields import ComboBox
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.segments import Segments

NAMES = (
    (Identity.CAPTURED.value, "As captured"),
    (Identity.SIGNED.value, "Signed again"),
    (Identity.NEW_IDS.value, "New ids"),
)
NOTES = {
    Identity.CAPTURED: "Signature and timestamp stay as they came. A handler may find them too old.",
    Identity.SIGNED: "Signature and timestamp are made anew when it is sent.",
    Identity.NEW_IDS: "Message and event ids are replaced, so that it is no duplicate; then it is signed again.",
}
WONT_MATCH = "The captured signature will not match: the {part} was edited."


class IdentityCard(Card):
    """The choice, the secret that signs, and one sentence about it.

    Signals:
        changed: another identity or secret was chosen, by the user or by the program.
    """

    changed = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent, fill="subtle")
        self._secrets: tuple[Secret, ...] = ()
        self._unsigned = False
        self.choice = Segments(theme, NAMES, self, name="Send as")
        self.secret = ComboBox(theme, icons, self, name="Secret that signs")
        self.note = Label(theme, "", self, font="small", color="text2", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(Label(theme, "Send", self, font="label"))
        row.addWidget(self.choice)
        row.addStretch(1)
        self._with = QWidget(self)
        second = QHBoxLayout(self._with)
        second.setContentsMargins(0, 0, 0, 0)
        second.setSpacing(10)
        second.addWidget(Label(theme, "with", self, font="label"))
        second.addWidget(self.secret, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self._with)
        column.addWidget(self.note)
        self.choice.changed.connect(lambda _key: self._on_change())
        self.secret.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self._on_change()

    @property
    def identity(self) -> Identity:
        """What is chosen."""
        return Identity(self.choice.current)

    @property
    def chosen_secret(self) -> Secret | None:
        """The secret that signs, None where there is none."""
        index = self.secret.currentIndex()
        return self._secrets[index] if 0 <= index < len(self._secrets) else None

    def set_signing(self, endpoint: str, secrets: Sequence[Secret], reason: str, *, unsigned: bool) -> None:
        """Offer an endpoint's secrets; `reason` says why nothing can be signed, "" where it can.

        `unsigned` endpoints check nothing: ids can still be new there.
        """
        self._secrets = tuple(secrets)
        self._unsigned = unsigned
        self.secret.clear()
        for secret in secrets:
            ending = f" (••••{secret.ending})" if secret.ending else ""
            self.secret.addItem(f"{secret.name or f'{endpoint} secret'}{ending}")
        self.choice.set_segment_enabled(Identity.SIGNED.value, not reason, reason)
        self.choice.set_segment_enabled(Identity.NEW_IDS.value, not reason or unsigned, reason)
        self._on_change()

    def choose(self, identity: Identity) -> None:
        """Choose an identity."""
        self.choice.set_current(identity.value)

    @property
    def series_secret(self) -> str:
        """The key of the secret that is to sign later tries as well, "" for the newest at that time."""
        chosen = self.chosen_secret
        return "" if chosen is None or self.secret.currentIndex() == 0 else chosen.key

    def can(self, identity: Identity) -> bool:
        """Whether an identity can be chosen."""
        return self.choice.button(identity.value).isEnabled()

    def warn(self, part: str) -> None:
        """Say that a signed part was edited, "" for none."""
        broken = bool(part) and self.identity is Identity.CAPTURED
        self.note.setText(WONT_MATCH.format(part=part) if broken else self._plain_note())
        self.note.set_color("warnFg" if broken else "text2")

    def say(self, problem: str) -> None:
        """Say why the request cannot be made as chosen."""
        self.note.setText(problem)
        self.note.set_color("failFg")

    def _plain_note(self) -> str:
        if self.identity is Identity.NEW_IDS and self._unsigned:
            return "Message and event ids are replaced, so that it is no duplicate."
        return NOTES[self.identity]

    def _on_change(self) -> None:
        self._with.setVisible(self.identity is not Identity.CAPTURED and bool(self._secrets))
        self.warn("")
        self.changed.emit()
