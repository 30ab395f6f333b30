"""The settings of one endpoint: General, Signature, Answer, Duplicates; Save applies from the next request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import cast

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QScrollArea, QVBoxLayout, QWidget

from inspector.domain.endpoint import Endpoint
from inspector.domain.event import Event
from inspector.providers.catalogue import Catalogue
from inspector.providers.profile import Profile
from inspector.ui.dialogs.base import Footer
from inspector.ui.dialogs.scrim import Dimmer
from inspector.ui.endpoints import secret_drafts as drafting
from inspector.ui.endpoints.answer_section import AnswerSection
from inspector.ui.endpoints.duplicates_section import DuplicatesSection
from inspector.ui.endpoints.endpoint_form import EndpointForm, applied, form_of, problems
from inspector.ui.endpoints.form_parts import FormSection, set_tab_chain, tab_stops
from inspector.ui.endpoints.general_section import GeneralSection
from inspector.ui.endpoints.provider_picker import ProviderList
from inspector.ui.endpoints.provider_shelf import ProviderShelf
from inspector.ui.endpoints.signature_section import SignatureSection
from inspector.ui.endpoints.trial import Settings, verdict_on
from inspector.ui.form import Line
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import PrimaryButton, SecondaryButton
from inspector.ui.widgets.labels import ElidingLabel, Label

SIZE = QSize(880, 790)
SMALLEST = QSize(720, 520)
RAIL_PX = 168
ICON_PX = 16
TOP_PX = 18
TRIAL_DELAY_MS = 120
LARGEST_TRIAL = 1024 * 1024
"""Bodies up to this many bytes are checked while one types: about 2 ms."""

SECTIONS = (
    ("general", "General", "webhook"),
    ("signature", "Signature", "shield-check"),
    ("answer", "Answer", "reply"),
    ("duplicates", "Duplicates", "layers-2"),
)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Edited:
    """What the dialog edits and has to know.

    `values` are the secrets by the keys of their references, `own` the ids of the user's own schemes, `documents` the
    certificates and key sets at hand, `local_url` where the receiver is reached on this computer.
    """

    endpoint: Endpoint
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    taken_tokens: frozenset[str] = frozenset()
    kept_in: str = ""
    own: frozenset[str] = frozenset()
    documents: Mapping[str, str] = field(default_factory=dict)
    local_url: str = ""
    clock: Callable[[], datetime] = _now


class EndpointSettings(QDialog):
    """Edits a copy; nothing changes before Save.

    Signals:
        saved(Endpoint, dict): Save was clicked; the changed endpoint, and the values of new secrets by their keys.
        delete_requested(int): Delete was clicked; asking is up to the receiver of the signal.
        test_requested(int): Send test event was clicked.
        new_scheme_wanted: the user wants to describe a provider of their own.
        scheme_wanted(str): the user wants to edit one.
    """

    saved = Signal(object, object)
    delete_requested = Signal(int)
    test_requested = Signal(int)
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
        self._list: ProviderList | None = None
        self._ready = False
        self.setWindowTitle("Endpoint settings")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._dimmer = Dimmer(theme, self)
        self.setMinimumSize(SMALLEST)
        self._start = form_of(edited.endpoint)
        self._shelf = ProviderShelf(catalogue, self._own, self)
        self._trial_clock = QTimer(self)
        self._trial_clock.setSingleShot(True)
        self._trial_clock.setInterval(TRIAL_DELAY_MS)
        self._trial_clock.timeout.connect(self._try)
        self._build()
        self._ready = True
        self.signature.rebuilt.connect(self._chain)
        self._show_provider(self._start.provider)
        available = parent.size() if parent is not None else SIZE
        self.resize(SIZE.boundedTo(QSize(max(available.width() - 40, 720), max(available.height() - 40, 520))))
        self.go_to(section)

    @property
    def profile(self) -> Profile | None:
        """The provider that is chosen, None where nothing is checked."""
        return self._catalogue.get(self.signature.provider_id)

    def form(self) -> EndpointForm:
        """Return what the fields say now."""
        general, signature, answer, duplicates = self.general, self.signature, self.answer, self.duplicates
        return EndpointForm(
            name=general.name.text(),
            token=general.token.text().strip(),
            target=general.target.text(),
            provider=signature.provider_id,
            tolerance=signature.tolerance_text,
            public_url=signature.public_url.text(),
            reject=signature.reject_invalid.isChecked(),
            status=int(answer.status.currentData()),
            body=answer.body.text(),
            content_type=str(answer.content_type.currentData()),
            headers=answer.headers.toPlainText(),
            delay=answer.delay.text(),
            rejected_status=int(signature.rejected_status.currentData()),
            rejected_body=signature.rejected_body.text(),
            duplicate_key=duplicates.key_value,
            window_h=duplicates.window_h.text(),
            duplicate_place=duplicates.place,
            facts=signature.facts.values,
            stuck_min=general.stuck_min.text(),
        )

    def endpoint(self) -> Endpoint:
        """Return the endpoint as the form says; only for a form without problems."""
        changed = applied(self.form(), self._edited.endpoint)
        refs = drafting.refs_of(self.signature.secrets.drafts)
        return replace(changed, signing=replace(changed.signing, secrets=refs))

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
        for row, section in enumerate(self._sections):
            if section.key == key:
                self.list.setCurrentRow(row)

    def show_newest(self, event: Event | None) -> None:
        """Try the settings on this event from now on."""
        self._newest = event
        self.duplicates.show_newest(event)
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
        found = self.check()
        if found:
            first = next(iter(found))
            row, widget = next(section.fields[first] for section in self._sections if first in section.fields)
            widget.setFocus()
            self._scroll.ensureWidgetVisible(row)
            return
        self.saved.emit(self.endpoint(), drafting.gained(self.signature.secrets.drafts))
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
        self.list = self._build_list()
        middle.addWidget(self.list)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("Settings")
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        middle.addWidget(self._scroll, 1)
        outer.addLayout(middle, 1)
        self._page = QWidget()
        column = QVBoxLayout(self._page)
        column.setContentsMargins(24, TOP_PX, 24, 24)
        column.setSpacing(TOP_PX)
        self._sections = self._build_sections()
        for number, section in enumerate(self._sections):
            if number:
                column.addWidget(Line(self._theme))
            column.addWidget(section)
        column.addStretch(1)
        self._scroll.setWidget(self._page)
        self._page.setAutoFillBackground(False)
        self._scroll.viewport().setAutoFillBackground(False)
        self.list.currentRowChanged.connect(self._scroll_to)
        self._scroll.verticalScrollBar().valueChanged.connect(self._follow)
        self._footer = self._build_footer()
        outer.addWidget(self._footer)
        self._theme.changed.connect(self._dress)
        self._dress()

    def _build_sections(self) -> tuple[FormSection, ...]:
        theme, icons, form, edited = self._theme, self._icons, self._start, self._edited
        self.general = GeneralSection(theme, icons, form, self._on_change)
        refs = edited.endpoint.signing.secrets
        self.signature = SignatureSection(
            theme, icons, form, refs, edited.values, edited.kept_in, edited.clock, self._on_change
        )
        self.signature.list_wanted.connect(self.open_providers)
        self.signature.edit_wanted.connect(self.scheme_wanted)
        self.answer = AnswerSection(theme, icons, form, self._on_change)
        self.duplicates = DuplicatesSection(theme, icons, form, self._on_change)
        return (self.general, self.signature, self.answer, self.duplicates)

    def _build_head(self) -> QHBoxLayout:
        endpoint = self._edited.endpoint
        head = QHBoxLayout()
        head.setContentsMargins(20, 12, 16, 12)
        head.setSpacing(10)
        head.addWidget(_Dot(self._theme, endpoint.paused))
        head.addWidget(Label(self._theme, endpoint.name, font="title"))
        head.addWidget(ElidingLabel(self._theme, endpoint.path, font="mono", color="text2"), 1)
        test = SecondaryButton(self._theme, self._icons, "Send test event", "send")
        test.clicked.connect(lambda: self.test_requested.emit(int(endpoint.id)))
        head.addWidget(test)
        return head

    def _build_list(self) -> QListWidget:
        sections = QListWidget()
        sections.setObjectName("sections")
        sections.setAccessibleName("Sections")
        sections.setFixedWidth(RAIL_PX)
        sections.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        sections.setIconSize(QSize(ICON_PX, ICON_PX))
        sections.setSpacing(1)
        for _key, title, _icon in SECTIONS:
            item = QListWidgetItem(title)
            item.setSizeHint(QSize(RAIL_PX - 12, 32))
            sections.addItem(item)
        return sections

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
            self._mark(row, section.show_problems(found))
        self.save_button.setEnabled(not found)
        return found

    def _mark(self, row: int, wrong: bool) -> None:
        _key, title, icon = SECTIONS[row]
        item = self.list.item(row)
        item.setIcon(self._icons.icon("octagon-alert", "failFg") if wrong else self._icons.icon(icon))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title}, cannot be saved yet" if wrong else title)

    def _show_provider(self, id: str) -> None:
        profile = self._catalogue.get(id)
        self.signature.show_provider(id, profile, own=id in self._own)
        self.answer.show_provider(profile)
        self.duplicates.show_provider(profile)
        self.check()  # a field that is out of sight keeps nobody from saving
        self._try()

    def _try(self) -> None:
        """Say what the newest event would come to with what the form says."""
        event = self._newest
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
        set_tab_chain([self.list, *tab_stops(self._page), *tab_stops(self._footer)])

    def _scroll_to(self, row: int) -> None:
        section = self._sections[row]
        self._jumping = True
        top = section.mapTo(self._page, section.rect().topLeft()).y() - TOP_PX
        self._scroll.verticalScrollBar().setValue(max(0, top))
        self._jumping = False

    def _follow(self, value: int) -> None:
        """Mark the section that is being scrolled through; the last one where there is nothing left to scroll."""
        if self._jumping:
            return
        tops = [section.mapTo(self._page, section.rect().topLeft()).y() for section in self._sections]
        row = max((number for number, top in enumerate(tops) if top <= value + self._scroll.height() // 3), default=0)
        if value == self._scroll.verticalScrollBar().maximum():
            row = len(tops) - 1
        self.list.blockSignals(True)
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)

    def _dress(self) -> None:
        tokens = self._theme.tokens
        self.list.setStyleSheet(
            f"QListWidget#sections {{ background: {_css(tokens.window)}; border: 0;"
            f" border-right: 1px solid {_css(tokens.border)}; padding: 6px; outline: 0; }}"
            f"QListWidget#sections::item {{ border-radius: 6px; padding-left: 8px; color: {_css(tokens.text)}; }}"
            f"QListWidget#sections::item:selected {{ background: {_css(tokens.selected)}; }}"
        )
        if self._ready:
            self.check()
        else:
            for row in range(len(SECTIONS)):
                self._mark(row, wrong=False)

    def event(self, event: QEvent) -> bool:
        """Lay out before the first scroll: a section's place is only known once the dialog has its size."""
        handled = super().event(event)
        if event.type() == QEvent.Type.Show:
            self._scroll_to(max(0, self.list.currentRow()))
        return handled


class _Dot(QWidget):
    """The state of the endpoint: a green dot while it receives, an amber one while it is paused."""

    def __init__(self, theme: Theme, paused: bool) -> None:
        super().__init__()
        self._theme = theme
        self._paused = paused
        self.setFixedSize(14, 14)
        self.setAccessibleName("Paused" if paused else "Receiving")

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.warnBg if self._paused else tokens.passBg)
        painter.drawEllipse(0, 0, 14, 14)
        painter.setBrush(tokens.warnSolid if self._paused else tokens.passSolid)
        painter.drawEllipse(3, 3, 8, 8)
        painter.end()


def _css(color: QColor) -> str:
    return color.name(QColor.NameFormat.HexRgb)
