"""The settings of one endpoint in one form of seven sections; Save applies from the next request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeVar, cast

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from inspector.domain.endpoint import Endpoint, new_secret_key
from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.event import Event
from inspector.providers.catalogue import Catalogue
from inspector.providers.profile import Profile
from inspector.ui.dialogs.base import Footer
from inspector.ui.dialogs.scrim import Dimmer
from inspector.ui.endpoints import secret_drafts as drafting
from inspector.ui.endpoints.access_section import AccessSection
from inspector.ui.endpoints.answer_section import AnswerSection
from inspector.ui.endpoints.duplicates_section import DuplicatesSection
from inspector.ui.endpoints.endpoint_form import EndpointForm, applied, form_of, problems
from inspector.ui.endpoints.form_parts import FormSection
from inspector.ui.endpoints.forward_section import ForwardSection
from inspector.ui.endpoints.general_section import GeneralSection
from inspector.ui.endpoints.provider_picker import ProviderList
from inspector.ui.endpoints.provider_shelf import ProviderShelf
from inspector.ui.endpoints.section_builder import SectionBuilder
from inspector.ui.endpoints.section_rail import SectionRail
from inspector.ui.endpoints.signature_section import SignatureSection
from inspector.ui.endpoints.state_dot import StateDot
from inspector.ui.endpoints.storage_section import StorageSection
from inspector.ui.endpoints.trial import Settings, verdict_on
from inspector.ui.form import Line
from inspector.ui.icons import Icons
from inspector.ui.tab_order import set_tab_chain, tab_stops
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import PrimaryButton, SecondaryButton
from inspector.ui.widgets.labels import ElidingLabel, Label

SIZE = QSize(880, 790)
SMALLEST = QSize(720, 520)
TOP_PX = 18
TRIAL_DELAY_MS = 120
LARGEST_TRIAL = 1024 * 1024
"""Bodies up to this many bytes are checked while one types: about 2 ms."""

SECTIONS = (
    ("general", "General", "webhook"),
    ("signature", "Signature", "shield-check"),
    ("answer", "Answer", "reply"),
    ("forwarding", "Forwarding", "route"),
    ("access", "Access", "lock"),
    ("duplicates", "Duplicates", "layers-2"),
    ("storage", "Storage", "hard-drive"),
)
ANSWER_TEXT = "What the provider gets back. Use it to rehearse slow or failing receivers."
FORWARD_TEXT = "Where events go on to while they come in. What is due is kept with the event, so none is lost."
DUPLICATES_TEXT = "What makes two events the same event. A repeat is marked, never hidden."
STORAGE_TEXT = "How long events are kept, and how much of them."

S = TypeVar("S", bound=FormSection)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Edited:
    """What the dialog edits and has to know.

    `values` are the secrets by the keys of their references, `own` the ids of the user's own schemes, `documents` the
    certificates and key sets at hand, `local_url` where the receiver is reached on this computer, `largest_body` its
    own limit in bytes. `sender_header` is the header in which the tunnel in use names the sender, "" for none.
    """

    endpoint: Endpoint
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    taken_tokens: frozenset[str] = frozenset()
    kept_in: str = ""
    own: frozenset[str] = frozenset()
    documents: Mapping[str, str] = field(default_factory=dict)
    local_url: str = ""
    largest_body: int = 0
    sender_header: str = ""
    clock: Callable[[], datetime] = _now


class EndpointSettings(QDialog):
    """Edits a copy; nothing changes before Save.

    Signals:
        saved(Endpoint, dict): Save was clicked; the changed endpoint, and the values of new secrets by their keys.
        delete_requested(int): Delete was clicked; asking is up to the receiver of the signal.
        test_requested(int): Send test event was clicked.
        clear_requested(int): Clear now was clicked; asking is up to the receiver of the signal.
        settings_wanted(str): a page of the program's settings is wanted.
        target_test_wanted(str): a target is to be tested.
        new_scheme_wanted: the user wants to describe a provider of their own.
        scheme_wanted(str): the user wants to edit one.
    """

    saved = Signal(object, object)
    delete_requested = Signal(int)
    test_requested = Signal(int)
    clear_requested = Signal(int)
    settings_wanted = Signal(str)
    target_test_wanted = Signal(str)
    new_scheme_wanted = Signal()
    scheme_wanted = Signal(str)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        catalogue: Catalogue,
        edited: Edited,
        parent: QWidget | None = None,
        *,
        section: str = "signature",
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._catalogue, self._edited = theme, icons, catalogue, edited
        self._own = edited.own
        self._newest: Event | None = None
        self._jumping = False
        self._anchor: int | None = None
        self._lines: dict[FormSection, Line] = {}
        self._list: ProviderList | None = None
        self._ready = False
        self.setWindowTitle("Endpoint settings")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._dimmer = Dimmer(theme, self)
        self.setMinimumSize(SMALLEST)
        kept = edited.endpoint.access.password
        self._start = form_of(edited.endpoint, edited.values.get(kept.key, "") if kept else "")
        self._password = SecretRef(new_secret_key(), "Password", edited.clock())
        self._shelf = ProviderShelf(catalogue, self._own, self)
        self._trial_clock = QTimer(self)
        self._trial_clock.setSingleShot(True)
        self._trial_clock.setInterval(TRIAL_DELAY_MS)
        self._trial_clock.timeout.connect(self._try)
        self._build()
        self._ready = True
        available = parent.size() if parent is not None else SIZE
        wanted = SIZE * max(1.0, theme.text_scale)
        self.resize(wanted.boundedTo(QSize(max(available.width() - 40, 720), max(available.height() - 40, 520))))
        self.go_to(section)
        row = max(0, self.list.currentRow())
        self._builder = SectionBuilder(self, self._on_made, self._on_whole)
        self._builder.start((*self._sections[row:], *self._sections[:row]))

    @property
    def general(self) -> GeneralSection:
        """The section General, whole."""
        return self._made(self._general)

    @property
    def signature(self) -> SignatureSection:
        """The section Signature, whole."""
        return self._made(self._signature)

    @property
    def answer(self) -> AnswerSection:
        """The section Answer, whole."""
        return self._made(self._answer)

    @property
    def forwarding(self) -> ForwardSection:
        """The section Forwarding, whole."""
        return self._made(self._forwarding)

    @property
    def access(self) -> AccessSection:
        """The section Access, whole."""
        return self._made(self._access)

    @property
    def duplicates(self) -> DuplicatesSection:
        """The section Duplicates, whole."""
        return self._made(self._duplicates)

    @property
    def storage(self) -> StorageSection:
        """The section Storage, whole."""
        return self._made(self._storage)

    @property
    def profile(self) -> Profile | None:
        """The provider that is chosen, None where nothing is checked."""
        return self._catalogue.get(self._signature.provider_id)

    def form(self) -> EndpointForm:
        """Return what the fields say now; those that are not there yet say what they are going to show."""
        form = self._start
        for section in self._sections:
            if section.whole:
                form = section.read(form)
        return form

    def endpoint(self) -> Endpoint:
        """Return the endpoint as the form says; only for a form without problems."""
        form = self.form()
        changed = applied(form, self._edited.endpoint, self._password_ref(form))
        refs = drafting.refs_of(self.signature.secrets.drafts)
        return replace(changed, signing=replace(changed.signing, secrets=refs))

    def _password_ref(self, form: EndpointForm) -> SecretRef:
        """Return the reference of the password: the kept one where it is still the same."""
        kept = self._edited.endpoint.access.password
        same = kept is not None and form.access.password == self._edited.values.get(kept.key)
        return kept if same and kept is not None else self._password

    def _gained(self) -> dict[str, str]:
        """Return the values of new secrets by their keys."""
        gained = drafting.gained(self.signature.secrets.drafts)
        form = self.form()
        if form.access.password and self._password_ref(form) is self._password:
            gained[self._password.key] = form.access.password
        return gained

    def settings(self) -> Settings:
        """Return what decides about a signature as the form says it, or as it was where the form has a mistake."""
        usable = not problems(self.form(), ())
        return Settings(
            endpoint=self.endpoint() if usable else self._edited.endpoint,
            profile=self.profile,
            secrets=drafting.accepted(self.signature.secrets.drafts, self._edited.clock()),
            facts=dict(self.signature.facts.values),
            documents=self._edited.documents,
        )

    def go_to(self, key: str) -> None:
        """Scroll to a section."""
        row = self.list.row_of(key)
        if row >= 0:
            self.list.setCurrentRow(row)
            self._scroll_to(row)

    def finish(self) -> None:
        """Make all fields that are missing."""
        self._builder.finish()

    def show_newest(self, event: Event | None) -> None:
        """Try the settings on this event from now on."""
        self._newest = event
        if self._duplicates.whole:
            self._duplicates.show_newest(event)
        self._try()

    def choose_provider(self, id: str) -> None:
        """Choose a provider, "" for none."""
        self._show_provider(id)

    def scheme_changed(self, own: frozenset[str], chosen: str | None = None) -> None:
        """Show a scheme of the user's own that was made, changed or removed; `chosen` is used from now on."""
        self._own = own
        self._shelf.restart(own)
        self._show_provider(self.signature.provider_id if chosen is None else chosen)

    def save(self) -> None:
        """Tell the changed endpoint and close, unless something cannot be saved."""
        self.finish()
        found = self.check()
        if found:
            first = next(iter(found))
            row, widget = next(section.fields[first] for section in self._sections if first in section.fields)
            widget.setFocus()
            self._scroll.ensureWidgetVisible(row)
            return
        self.saved.emit(self.endpoint(), self._gained())
        self.accept()

    # -- building -----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(self._build_head())
        outer.addWidget(Line(self._theme))
        middle = QHBoxLayout()
        middle.setSpacing(0)
        self.list = SectionRail(self._theme, self._icons, SECTIONS, "Sections")
        middle.addWidget(self.list)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("Settings")
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        middle.addWidget(self._scroll, 1)
        outer.addLayout(middle, 1)
        self._page = QWidget()
        column = QVBoxLayout(self._page)
        column.setContentsMargins(24, TOP_PX, 22, 24)
        column.setSpacing(TOP_PX)
        self._sections = self._build_sections()
        for number, section in enumerate(self._sections):
            line = Line(self._theme)
            line.setVisible(False)
            section.setVisible(False)  # until it is whole: rows that show are laid out again with each one that comes
            if number:
                column.addWidget(line)
                self._lines[section] = line
            column.addWidget(section)
        column.addStretch(1)
        self._scroll.setWidget(self._page)
        self._page.setAutoFillBackground(False)
        self._scroll.viewport().setAutoFillBackground(False)
        self.list.currentRowChanged.connect(self._scroll_to)
        self._scroll.verticalScrollBar().valueChanged.connect(self._follow)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._stay)
        self._footer = self._build_footer()
        outer.addWidget(self._footer)

    def _build_sections(self) -> tuple[FormSection, ...]:
        theme, icons, form, edited, told = self._theme, self._icons, self._start, self._edited, self._on_change
        text = "What it is called, and where it is reached."
        self._general = GeneralSection(theme, icons, "general", "General", text, form, told)
        refs = edited.endpoint.signing.secrets
        self._signature = SignatureSection(theme, icons, form, refs, edited.values, edited.kept_in, edited.clock, told)
        self._signature.list_wanted.connect(self.open_providers)
        self._signature.edit_wanted.connect(self.scheme_wanted)
        self._signature.rebuilt.connect(self._chain)
        self._answer = AnswerSection(theme, icons, "answer", "Answer", ANSWER_TEXT, form, told)
        self._forwarding = ForwardSection(theme, icons, "forwarding", "Forwarding", FORWARD_TEXT, form, told)
        self._access = AccessSection(
            theme, icons, form, edited.kept_in, edited.largest_body, told, edited.sender_header
        )
        self._access.https_wanted.connect(lambda: self.settings_wanted.emit("https"))
        self._duplicates = DuplicatesSection(theme, icons, "duplicates", "Duplicates", DUPLICATES_TEXT, form, told)
        self._storage = StorageSection(theme, icons, "storage", "Storage", STORAGE_TEXT, form, told)
        self._storage.clear_wanted.connect(lambda: self.clear_requested.emit(int(edited.endpoint.id)))
        for section in (self._general, self._answer, self._forwarding):
            section.test_wanted.connect(self.target_test_wanted)
        return (
            *(self._general, self._signature, self._answer, self._forwarding),
            *(self._access, self._duplicates, self._storage),
        )

    def _made(self, section: S) -> S:
        """Return a section with all its rows."""
        self._builder.need(section)
        return section

    def _on_made(self, section: FormSection) -> None:
        """Tell a section that has just become whole what it has to know."""
        if section is self._signature:
            self._show_signature()
        elif section is self._answer:
            self._answer.show_provider(self.profile)
        elif section is self._access:
            self._access.show_provider(self.profile)
        elif section is self._duplicates:
            self._duplicates.show_provider(self.profile)
            self._duplicates.show_newest(self._newest)
        section.setVisible(True)
        if section in self._lines:
            self._lines[section].setVisible(True)
        if section is self._signature:
            self._try()

    def _on_whole(self) -> None:
        self.check()
        self._chain()

    def _build_head(self) -> QHBoxLayout:
        endpoint = self._edited.endpoint
        head = QHBoxLayout()
        head.setContentsMargins(20, 12, 16, 12)
        head.setSpacing(10)
        head.addWidget(StateDot(self._theme, endpoint.paused))
        head.addWidget(Label(self._theme, endpoint.name, font="title"))
        head.addWidget(ElidingLabel(self._theme, endpoint.path, font="mono", color="text2"), 1)
        test = SecondaryButton(self._theme, self._icons, "Send test event", "send")
        test.clicked.connect(lambda: self.test_requested.emit(int(endpoint.id)))
        head.addWidget(test)
        return head

    def _build_footer(self) -> Footer:
        delete = SecondaryButton(self._theme, self._icons, "Delete endpoint…", danger=True)
        cancel = SecondaryButton(self._theme, self._icons, "Cancel")
        self.save_button = PrimaryButton(self._theme, self._icons, "Save")
        delete.clicked.connect(lambda: self.delete_requested.emit(int(self._edited.endpoint.id)))
        cancel.clicked.connect(self.reject)
        self.save_button.clicked.connect(self.save)
        self.save_button.setDefault(True)
        footer = Footer(self._theme, [cancel, self.save_button], delete)
        note = Label(self._theme, "Changes apply to the next request", font="small", color="text2")
        cast("QHBoxLayout", footer.layout()).insertWidget(2, note)
        return footer

    # -- reacting -----------------------------------------------------------------------------------------------

    def _on_change(self) -> None:
        if self._ready:  # fields speak while the form is still being built
            self.check()
            self._trial_clock.start()

    def check(self) -> dict[str, str]:
        """Show what cannot be saved, under its field and beside its section, and return it."""
        found = problems(self.form(), self._edited.taken_tokens)
        for row, section in enumerate(self._sections):
            if section.whole:
                self.list.mark(row, section.show_problems(found))
        self.save_button.setEnabled(not found)
        return found

    def _show_provider(self, id: str) -> None:
        self.signature.provider_id = id
        self._show_signature()
        for section in (self._answer, self._access, self._duplicates):
            if section.whole:
                section.show_provider(self.profile)
        self.check()  # a field that is out of sight keeps nobody from saving
        self._try()

    def _show_signature(self) -> None:
        id = self._signature.provider_id
        self._signature.show_provider(id, self._catalogue.get(id), own=id in self._own)

    def _try(self) -> None:
        """Say what the newest event would come to with what the form says."""
        event = self._newest
        if not self._signature.whole:
            return
        if event is None or len(event.request.body) > LARGEST_TRIAL or problems(self.form(), ()):
            self.signature.show_trial(None, None)
            return
        self.signature.show_trial(event, verdict_on(event, self.settings(), self._edited.local_url))

    def open_providers(self) -> None:
        """Open the list of providers under its button; it fills while the catalogue is being read."""
        if self._list is not None:
            return
        found = ProviderList(
            self._theme, self._icons, self.signature.provider_id, self, new=self.new_scheme_wanted.emit
        )
        self._list = found
        found.chosen.connect(self.choose_provider)
        found.closed.connect(self._forget_list)
        self._shelf.grown.connect(self._fill_list)
        self._shelf.start()
        self._fill_list()
        found.open_under(self.signature.provider)

    def _fill_list(self) -> None:
        if self._list is not None:
            self._list.set_rows(self._shelf.rows, loading=self._shelf.loading)

    def _forget_list(self) -> None:
        self._list = None
        self._shelf.grown.disconnect(self._fill_list)
        self.signature.provider.setFocus()

    def _chain(self) -> None:
        if self._ready and not self._builder.waiting:
            set_tab_chain([self.list, *tab_stops(self._page), *tab_stops(self._footer)])

    def _scroll_to(self, row: int) -> None:
        section = self._sections[row]
        self._jumping = True
        top = section.mapTo(self._page, section.rect().topLeft()).y() - TOP_PX
        self._scroll.verticalScrollBar().setValue(max(0, top))
        self._jumping = False
        self._anchor = row

    def _stay(self) -> None:
        """Keep the section that was asked for in its place while the ones above it grow, until somebody scrolls."""
        if self._anchor is not None:
            self._scroll_to(self._anchor)

    def _follow(self, value: int) -> None:
        """Mark the section that is being scrolled through; the last one where there is nothing left to scroll."""
        if self._jumping:
            return
        self._anchor = None
        tops = [section.mapTo(self._page, section.rect().topLeft()).y() for section in self._sections]
        row = max((number for number, top in enumerate(tops) if top <= value + self._scroll.height() // 3), default=0)
        if value == self._scroll.verticalScrollBar().maximum():
            row = len(tops) - 1
        self.list.blockSignals(True)
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)

    def event(self, event: QEvent) -> bool:
        """Lay out before the first scroll: a section's place is only known once the dialog has its size."""
        handled = super().event(event)
        if event.type() == QEvent.Type.Show:
            self._scroll_to(max(0, self.list.currentRow()))
        return handled
