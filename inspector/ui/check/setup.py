"""The fields over the list: the handler's address, whose events with which secret, and the probe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QStackedWidget, QWidget

from inspector.domain.endpoint import EndpointId
from inspector.domain.secret import Secret
from inspector.providers.catalogue import Catalogue
from inspector.ui.endpoints.endpoint_form import url_problem
from inspector.ui.endpoints.provider_choice import ProviderChoice
from inspector.ui.icons import Icons
from inspector.ui.replay.target_field import TargetField
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton, PrimaryButton
from inspector.ui.widgets.fields import ComboBox, TextField
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.secret_field import SecretField

SHARES = (34, 27, 22)
TYPED = "Another secret…"


@dataclass(frozen=True, slots=True)
class SecretChoice:
    """A secret that is at hand: an endpoint's, with what tells it from others."""

    words: str
    secret: Secret
    endpoint: EndpointId


class SetUp(QWidget):
    """What is checked, and as whom.

    Signals:
        changed: another address, provider, secret or probe.
        provider_chosen(str): its secrets are wanted, see `show_secrets`.
    """

    changed = Signal()
    provider_chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        catalogue: Catalogue,
        target: str,
        history: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._secrets: tuple[SecretChoice, ...] = ()
        self.target = TargetField(theme, icons, target, history, self)
        self.target.field.setAccessibleName("Handler URL")
        self.provider = ProviderChoice(theme, icons, catalogue)
        self.secret = ComboBox(theme, icons, self, name="Secret")
        self.typed = SecretField(theme, "", self, name="Secret")
        self.listed = IconButton(theme, icons, "x", "Choose a known secret", self)
        self.probe = TextField(
            theme,
            "",
            self,
            name="Probe URL",
            placeholder="Optional: an address whose GET shows what was processed",
            mono=False,
        )
        self.probe.setToolTip("Read before and after an event, it shows whether duplicates are processed once")
        self.go = PrimaryButton(theme, icons, "Run all", "play", self)
        self._typing = QWidget()
        typing = QHBoxLayout(self._typing)
        typing.setContentsMargins(0, 0, 0, 0)
        typing.setSpacing(2)
        typing.addWidget(self.typed, 1)
        typing.addWidget(self.listed)
        self._choice = QStackedWidget(self)
        self._choice.addWidget(self.secret)
        self._choice.addWidget(self._typing)
        self._choice.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._lay_out(theme)
        self._connect()

    def _lay_out(self, theme: Theme) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(5)
        for place, words in enumerate(("Handler URL", "Events and signature", "Secret")):
            grid.addWidget(Label(theme, words, font="label", color="text2"), 0, place)
            grid.setColumnStretch(place, SHARES[place])
        self.provider.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for field in (self.target, self.provider, self._choice):
            field.setMinimumWidth(80)
        grid.addWidget(self.target, 1, 0)
        grid.addWidget(self.provider, 1, 1)
        grid.addWidget(self._choice, 1, 2)
        grid.addWidget(self.go, 1, 3)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(Label(theme, "Probe URL", font="label", color="text2"))
        row.addWidget(self.probe, 1)
        grid.addLayout(row, 2, 0, 1, 4)

    def _connect(self) -> None:
        self.target.changed.connect(self.changed)
        self.probe.textChanged.connect(self._on_probe)
        self.provider.changed.connect(self._on_provider)
        self.secret.currentIndexChanged.connect(self._on_secret)
        self.typed.textChanged.connect(lambda _text: self.changed.emit())
        self.listed.clicked.connect(self._choose_listed)

    # -- what is chosen ------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> SecretChoice | None:
        """The known secret that is chosen, None where one is typed or none is needed."""
        place = self.secret.currentIndex()
        listed = self._choice.currentWidget() is self.secret
        return self._secrets[place] if listed and 0 <= place < len(self._secrets) else None

    @property
    def secret_value(self) -> Secret | None:
        """The secret to sign with, None where there is none."""
        if self._choice.currentWidget() is self._typing:
            return Secret(self.typed.text()) if self.typed.text() else None
        return self.chosen.secret if self.chosen else None

    @property
    def probe_url(self) -> str:
        """The probe's address, "" for none."""
        return self.probe.text().strip()

    @property
    def problem(self) -> str:
        """Why nothing can be run, "" where it can."""
        if not self.target.is_usable:
            return "Enter the handler's address first"
        if self.probe_url and url_problem(self.probe_url):
            return "The probe URL is not an address"
        if self.provider.provider_id and self.secret_value is None:
            return "Choose or paste the secret the handler knows"
        return ""

    def show_secrets(self, secrets: Sequence[SecretChoice], chosen: SecretChoice | None = None) -> None:
        """Offer a provider's secrets; without any, one is typed."""
        self._secrets = tuple(secrets)
        self.secret.blockSignals(True)
        self.secret.clear()
        self.secret.addItems([choice.words for choice in self._secrets])
        signed = bool(self.provider.provider_id)
        self.secret.addItem(TYPED if signed else "None needed")
        place = self._secrets.index(chosen) if chosen in self._secrets else 0
        self.secret.setCurrentIndex(place)
        self.secret.blockSignals(False)
        self.secret.setEnabled(signed)
        self.typed.clear()
        self.listed.setVisible(bool(self._secrets))
        self._choice.setCurrentWidget(self._typing if signed and not self._secrets else self.secret)
        self.changed.emit()

    def set_running(self, running: bool) -> None:
        """Nothing of this can be changed while checks run."""
        for field in (self.target, self.provider, self._choice, self.probe):
            field.setEnabled(not running)

    def _on_provider(self, provider: str) -> None:
        self.provider_chosen.emit(provider)

    def _on_secret(self, place: int) -> None:
        if place >= len(self._secrets) and self.provider.provider_id:
            self._choice.setCurrentWidget(self._typing)
            self.typed.setFocus()
        self.changed.emit()

    def _choose_listed(self) -> None:
        self.typed.clear()
        self._choice.setCurrentWidget(self.secret)
        self.secret.setCurrentIndex(0)
        self.secret.setFocus()
        self.changed.emit()

    def _on_probe(self, _text: str) -> None:
        wrong = url_problem(self.probe_url) if self.probe_url else ""
        self.probe.set_invalid(bool(wrong), wrong)
        self.changed.emit()
