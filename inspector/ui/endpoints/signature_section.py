"""How the provider proves that an event is real: the provider, its secrets, and whether they fit the newest event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout

from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.event import Event
from inspector.domain.verification import Verdict, Verification
from inspector.providers.profile import Profile
from inspector.ui.endpoints.asked_for import AskedFor, asked_for, scheme_words
from inspector.ui.endpoints.endpoint_form import REJECT_STATUSES, EndpointForm
from inspector.ui.endpoints.fact_fields import FactFields
from inspector.ui.endpoints.form_parts import FormSection, set_label
from inspector.ui.endpoints.provider_picker import ProviderButton
from inspector.ui.endpoints.provider_rows import NOT_SIGNED
from inspector.ui.endpoints.secret_list import SecretList
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.badges import Tone
from inspector.ui.widgets.buttons import IconButton, link_button
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.choices import RadioButton

TRIALS: dict[Verdict, tuple[Tone, str, str]] = {
    Verdict.VALID: ("pass", "shield-check", "The newest event would be valid"),
    Verdict.INVALID: ("fail", "shield-x", "The newest event would be invalid"),
    Verdict.STALE: ("warn", "timer-off", "The newest event would be genuine, but too old"),
    Verdict.UNSIGNED: ("neut", "shield-off", "The newest event carries no signature of this kind"),
    Verdict.NO_SECRET: ("warn", "key-round", "The newest event cannot be checked yet"),
}
ANY_ADDRESS = "The address as the provider knows it, where it is not this computer's."


class SignatureSection(FormSection):
    """Shows exactly what the chosen provider's scheme needs.

    Signals:
        list_wanted: the provider list is to open.
        edit_wanted(str): a scheme of the user's own is to be edited.
        rebuilt: there are other fields than before.
    """

    list_wanted = Signal()
    edit_wanted = Signal(str)
    rebuilt = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        form: EndpointForm,
        refs: Iterable[SecretRef],
        values: Mapping[str, str],
        kept_in: str,
        clock: Callable[[], datetime],
        told: Callable[[], object],
    ) -> None:
        text = "How the provider proves that an event is real."
        super().__init__(theme, icons, "signature", "Signature", text, form, told)
        self._refs, self._values, self._clock = refs, values, clock
        self._kept_in = kept_in
        self._docs = ""
        self.provider_id = form.provider

    def rows(self) -> Iterator[None]:
        theme, icons, form = self.theme, self.icons, self.start
        self._build_provider()
        yield
        self.secrets = SecretList(theme, icons, self._refs, self._values, self._clock)
        self.secrets.changed.connect(self.tell)
        self.secrets.rebuilt.connect(self.rebuilt)
        self._secret_row = self.add("Secret", self.secrets, stretch=0)
        self.facts = FactFields(theme, form.facts)
        self.facts.changed.connect(self.tell)
        self.facts.rebuilt.connect(self.rebuilt)
        holder = QHBoxLayout()
        holder.addWidget(self.facts)
        self.add_layout(holder)
        yield
        self.tolerance = self.field(form.tolerance, "Clock tolerance", width=80)
        self._tolerance_row = self.add("Clock tolerance", self.tolerance, "seconds; older events are marked Stale")
        self.keep("tolerance", self._tolerance_row, self.tolerance)
        self._first_tolerance = form.tolerance
        self.public_url = self.field(form.public_url, "Public address", "https://hooks.example.com/in/…", mono=True)
        self._address_row = self.add("Public address", self.public_url, stretch=0, hint=ANY_ADDRESS)
        self.keep("public_url", self._address_row, self.public_url)
        yield
        self._build_invalid(form)
        yield
        self.trial = Callout(theme, icons, "neut", "shield", "")
        self.trial.hide()
        below = QHBoxLayout()
        below.setContentsMargins(0, 6, 0, 0)
        below.addWidget(self.trial)
        self.add_layout(below)

    def _build_provider(self) -> None:
        self.provider = ProviderButton(self.theme, self.icons)
        self.provider.opened.connect(self.list_wanted)
        self.edit_scheme = IconButton(self.theme, self.icons, "pencil", "Edit this scheme")
        self.edit_scheme.clicked.connect(lambda: self.edit_wanted.emit(self.provider_id))
        self.edit_scheme.hide()
        self.docs = link_button(self.theme, self.icons, "Documentation", self._open_docs, self)
        self._provider_row = self.add("Provider", self.provider, self.edit_scheme, self.docs)

    def _build_invalid(self, form: EndpointForm) -> None:
        self.reject_invalid = RadioButton(self.theme, "Reject")
        self.accept_invalid = RadioButton(self.theme, "Accept and mark")
        (self.reject_invalid if form.reject else self.accept_invalid).setChecked(True)
        self._invalid_row = self.add("When invalid", self.reject_invalid, self.accept_invalid)
        self.rejected_status = self.statuses(REJECT_STATUSES, form.rejected_status, "Status when invalid")
        self.rejected_body = self.field(form.rejected_body, "Body when invalid", mono=True)
        self._rejected_row = self.add("Rejected with", self.rejected_status, self.rejected_body, stretch=1)
        self.reject_invalid.toggled.connect(self._rejected_row.setEnabled)
        self.reject_invalid.toggled.connect(self.tell)
        self._rejected_row.setEnabled(form.reject)

    def read(self, form: EndpointForm) -> EndpointForm:
        return replace(
            form,
            provider=self.provider_id,
            tolerance=self.tolerance_text,
            public_url=self.public_url.text(),
            reject=self.reject_invalid.isChecked(),
            rejected_status=int(self.rejected_status.currentData()),
            rejected_body=self.rejected_body.text(),
            facts=self.facts.values,
        )

    @property
    def tolerance_text(self) -> str:
        """What the tolerance is saved as: a field that is out of sight keeps what it was."""
        return self._first_tolerance if self._tolerance_row.isHidden() else self.tolerance.text()

    def show_provider(self, id: str, profile: Profile | None, *, own: bool) -> None:
        """Show what a provider needs; None for one that checks nothing, or that is no longer there."""
        self.provider_id = id
        title = profile.title if profile is not None else id or NOT_SIGNED.title
        self.provider.show_provider(title)
        self.edit_scheme.setVisible(own)
        self._docs = profile.docs if profile is not None else ""
        self.docs.setVisible(bool(self._docs))
        self.docs.setToolTip(self._docs)
        for row in (self._secret_row, self._invalid_row, self._rejected_row):
            row.setVisible(profile is not None and bool(profile.recipes))
        self.facts.set_fields(profile.fields if profile is not None else ())
        if profile is None:
            self._tolerance_row.hide()
            self._address_row.set_hint(ANY_ADDRESS)
            gone = "There is no such provider any more; nothing is checked."
            self._provider_row.set_hint(gone if id else "Signatures are not checked; every event is accepted.")
            return
        self._provider_row.set_hint(scheme_words(profile))
        self._show_asked(asked_for(profile))

    def _show_asked(self, asked: AskedFor) -> None:
        set_label(self._secret_row, asked.label)
        self.secrets.set_asked(asked.label, several_lines=asked.several_lines)
        also = f"It may also be the {_joined(asked.others)}: add each." if asked.others else ""
        told = "fetch" in asked.help.lower()
        fetched = "It can be fetched from the provider with your consent." if asked.fetched and not told else ""
        self._secret_row.set_hint(" ".join(text for text in (asked.help, also, fetched, self._kept_in) if text))
        self._tolerance_row.setVisible(asked.limit_s is not None)
        self.tolerance.setPlaceholderText(str(asked.limit_s) if asked.limit_s else "no limit")
        signed = "This provider signs the address: enter it exactly as it is registered there."
        self._address_row.set_hint(signed if asked.address else ANY_ADDRESS)

    def show_trial(self, event: Event | None, found: Verification | None) -> None:
        """Say what the newest event would come to; nothing where there is none or nothing is checked."""
        self.trial.setVisible(event is not None and found is not None)
        if event is None or found is None:
            return
        tone, icon, title = TRIALS[found.verdict]
        at = event.summary.received_at.astimezone()
        parts = [] if found.verdict is Verdict.VALID else [_sentence(found.title)]
        text = " ".join(part for part in (*parts, found.summary) if part)
        self.trial.set_content(tone, icon, f"{title} (#{event.id:,}, {at:%H:%M:%S})", text)

    def _open_docs(self) -> None:
        QDesktopServices.openUrl(QUrl(self._docs))


def _joined(names: tuple[str, ...]) -> str:
    small = [name[:1].lower() + name[1:] for name in names]
    return small[0] if len(small) == 1 else f"{', '.join(small[:-1])} or {small[-1]}"


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "?")) else f"{text}."
