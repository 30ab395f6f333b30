"""The settings of one endpoint: name, signature, answer, duplicates; Save applies from the next request."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from inspector.domain.endpoint import UNSIGNED_PROVIDER, DuplicateKey, Endpoint
from inspector.providers.catalogue import Catalogue
from inspector.providers.profile import Profile
from inspector.ui.dialogs.base import Footer
from inspector.ui.dialogs.scrim import Dimmer
from inspector.ui.endpoints.endpoint_form import (
    CONTENT_TYPES,
    GUESSABLE_BELOW,
    REJECT_STATUSES,
    STATUSES,
    EndpointForm,
    applied,
    form_of,
    problems,
    status_words,
)
from inspector.ui.form import Line, Row, Section
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton, PrimaryButton, SecondaryButton
from inspector.ui.widgets.choices import RadioButton
from inspector.ui.widgets.fields import ComboBox, TextField
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.secret_field import SecretField
from inspector.ui.widgets.segments import Segments

SIZE = QSize(880, 790)
SMALLEST = QSize(720, 520)
RAIL_PX = 168
ICON_PX = 16
DELAYS = (("0", "None"), ("2000", "2 s"), ("5000", "5 s"), ("6000", "6 s"))
SECTIONS = (
    ("general", "General", "webhook"),
    ("signature", "Signature", "shield-check"),
    ("answer", "Answer", "reply"),
    ("duplicates", "Duplicates", "layers-2"),
)
NOT_SIGNED = "Not signed"
DUPLICATE_KEYS = (
    (DuplicateKey.AUTO, "What the provider says identifies an event"),
    (DuplicateKey.BODY, "The same bytes"),
    (DuplicateKey.OFF, "Do not look for duplicates"),
)


class EndpointDialog(QDialog):
    """Edits a copy; nothing changes before Save.

    Signals:
        saved(Endpoint, str): Save was clicked; the changed endpoint and its secret as the field shows it.
        delete_requested(int): Delete was clicked; asking is up to the receiver of the signal.
        test_requested(int): Send test event was clicked.
    """

    saved = Signal(object, str)
    delete_requested = Signal(int)
    test_requested = Signal(int)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        catalogue: Catalogue,
        endpoint: Endpoint,
        secret: str,
        taken_tokens: Collection[str],
        kept_in: str,
        parent: QWidget | None = None,
        *,
        section: str = "signature",
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._catalogue = theme, icons, catalogue
        self._endpoint, self._taken, self._kept_in = endpoint, frozenset(taken_tokens), kept_in
        self._rows: dict[str, tuple[Row, QWidget]] = {}
        self._sections: list[Section] = []
        self.setWindowTitle("Endpoint settings")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._dimmer = Dimmer(theme, self)
        self.setMinimumSize(SMALLEST)
        self._start = form_of(endpoint, secret)
        self._build()
        self._on_provider()
        self._check()
        available = parent.size() if parent is not None else SIZE
        self.resize(SIZE.boundedTo(QSize(max(available.width() - 40, 720), max(available.height() - 40, 520))))
        self.go_to(section)

    def form(self) -> EndpointForm:
        """Return what the fields say now."""
        return EndpointForm(
            name=self.name.text(),
            token=self.token.text().strip(),
            target=self.target.text(),
            provider=str(self.provider.currentData()),
            secret=self.secret.text(),
            tolerance=self._start.tolerance if self._tolerance_row.isHidden() else self.tolerance.text(),
            public_url=self.public_url.text(),
            reject=self.reject_invalid.isChecked(),
            status=int(self.status.currentData()),
            body=self.answer_body.text(),
            content_type=str(self.content_type.currentData()),
            headers=self.answer_headers.toPlainText(),
            delay=self.delay.text(),
            rejected_status=int(self.rejected_status.currentData()),
            rejected_body=self.rejected_body.text(),
            duplicate_key=str(self.duplicate_key.currentData()),
            window_h=self.window_h.text(),
        )

    def go_to(self, key: str) -> None:
        """Scroll to a section."""
        for row, section in enumerate(self._sections):
            if section.key == key:
                self.list.setCurrentRow(row)

    def save(self) -> None:
        """Tell the changed endpoint and close, unless something cannot be saved."""
        form = self.form()
        found = self._check()
        if found:
            first = next(iter(found))
            self._rows[first][1].setFocus()
            self._scroll.ensureWidgetVisible(self._rows[first][0])
            return
        self.saved.emit(applied(form, self._endpoint), form.secret.strip())
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
        self.list = QListWidget()
        self.list.setObjectName("sections")
        self.list.setAccessibleName("Sections")
        self.list.setFixedWidth(RAIL_PX)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setIconSize(QSize(ICON_PX, ICON_PX))
        self.list.setSpacing(1)
        middle.addWidget(self.list)
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("Settings")
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        middle.addWidget(self._scroll, 1)
        outer.addLayout(middle, 1)
        self._page = QWidget()
        self._column = QVBoxLayout(self._page)
        self._column.setContentsMargins(24, 18, 24, 24)
        self._column.setSpacing(18)
        for build in (self._build_general, self._build_signature, self._build_answer, self._build_duplicates):
            self._add_section(build())
        self._column.addStretch(1)
        self._scroll.setWidget(self._page)
        self._page.setAutoFillBackground(False)
        self._scroll.viewport().setAutoFillBackground(False)
        for _key, title, icon in SECTIONS:
            item = QListWidgetItem(self._icons.icon(icon), title)
            item.setSizeHint(QSize(RAIL_PX - 12, 32))
            self.list.addItem(item)
        self.list.currentRowChanged.connect(self._scroll_to)
        outer.addWidget(self._build_footer())
        self._theme.changed.connect(self._dress)
        self._dress()

    def _build_head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(20, 12, 16, 12)
        head.setSpacing(10)
        head.addWidget(_Dot(self._theme, self._endpoint.paused))
        self._title = Label(self._theme, self._endpoint.name, font="title")
        head.addWidget(self._title)
        path = self._endpoint.path if len(self._endpoint.path) < 30 else self._endpoint.path[:27] + "…"
        head.addWidget(Label(self._theme, path, font="mono", color="text2"))
        head.addStretch(1)
        test = SecondaryButton(self._theme, self._icons, "Send test event", "send")
        test.setAutoDefault(False)
        test.clicked.connect(lambda: self.test_requested.emit(int(self._endpoint.id)))
        head.addWidget(test)
        return head

    def _build_footer(self) -> Footer:
        delete = SecondaryButton(self._theme, self._icons, "Delete endpoint…", danger=True)
        cancel = SecondaryButton(self._theme, self._icons, "Cancel")
        save = PrimaryButton(self._theme, self._icons, "Save")
        delete.setAutoDefault(False)
        delete.clicked.connect(lambda: self.delete_requested.emit(int(self._endpoint.id)))
        cancel.clicked.connect(self.reject)
        save.clicked.connect(self.save)
        save.setDefault(True)
        self.save_button = save
        note = Label(self._theme, "Changes apply to the next request", font="small", color="text2")
        footer = Footer(self._theme, [cancel, save], delete)
        layout = cast("QHBoxLayout", footer.layout())
        layout.insertWidget(2, note)
        return footer

    def _add_section(self, section: Section) -> None:
        if self._sections:
            self._column.addWidget(Line(self._theme))
        self._sections.append(section)
        self._column.addWidget(section)

    def _build_general(self) -> Section:
        form = self._start
        section = Section(self._theme, "general", "General", "What it is called, and where it is reached.")
        self.name = self._field(form.name, "Name")
        self._keep("name", section.add("Name", self.name, stretch=0), self.name)
        self.token = self._field(form.token, "Path", mono=True)
        self._keep("token", section.add("Path", "/in/", self.token, stretch=1), self.token)
        self.target = self._field(form.target, "Replay target", "http://localhost:5000/webhooks/rcs", mono=True)
        row = section.add(
            "Replay target", self.target, stretch=0, hint="Your own handler: one click sends events there."
        )
        self._keep("target", row, self.target)
        return section

    def _build_signature(self) -> Section:
        form = self._start
        section = Section(self._theme, "signature", "Signature", "How the provider proves that an event is real.")
        self.provider = ComboBox(self._theme, self._icons, name="Provider")
        for profile in self._catalogue:
            self.provider.addItem(profile.title, profile.id)
        self.provider.addItem(NOT_SIGNED, UNSIGNED_PROVIDER)
        self.provider.setCurrentIndex(max(0, self.provider.findData(form.provider)))
        self.provider.currentIndexChanged.connect(self._on_provider)
        self._provider_row = section.add("Provider", self.provider)
        self.secret = SecretField(self._theme, form.secret, name="Secret")
        self.secret.textChanged.connect(self._check)
        self.show_secret = IconButton(self._theme, self._icons, "eye", "Show the secret")
        self.show_secret.setCheckable(True)
        self.show_secret.toggled.connect(self._on_show_secret)
        copy = IconButton(self._theme, self._icons, "copy", "Copy the secret")
        copy.clicked.connect(self._copy_secret)
        self._secret_row = section.add("Secret", self.secret, self.show_secret, copy, stretch=0)
        self.tolerance = self._field(form.tolerance, "Clock tolerance", width=80)
        self._tolerance_row = section.add("Clock tolerance", self.tolerance, "seconds; older events are marked Stale")
        self._keep("tolerance", self._tolerance_row, self.tolerance)
        self.public_url = self._field(form.public_url, "Public address", "https://hooks.example.com/in/…", mono=True)
        hint = "The address as the provider knows it, where it is not this computer's. Some providers sign it."
        self._keep("public_url", section.add("Public address", self.public_url, stretch=0, hint=hint), self.public_url)
        self.reject_invalid = RadioButton(self._theme, "Reject")
        self.accept_invalid = RadioButton(self._theme, "Accept and mark")
        (self.reject_invalid if form.reject else self.accept_invalid).setChecked(True)
        self._invalid_row = section.add("When invalid", self.reject_invalid, self.accept_invalid)
        self.rejected_status = self._statuses(REJECT_STATUSES, form.rejected_status, "Status when invalid")
        self.rejected_body = self._field(form.rejected_body, "Body when invalid", mono=True)
        self._rejected_row = section.add("Rejected with", self.rejected_status, self.rejected_body, stretch=1)
        self.reject_invalid.toggled.connect(self._rejected_row.setEnabled)
        self._rejected_row.setEnabled(form.reject)
        return section

    def _build_answer(self) -> Section:
        form = self._start
        text = "What the provider gets back. Use it to rehearse slow or failing receivers."
        section = Section(self._theme, "answer", "Answer", text)
        self.status = self._statuses(STATUSES, form.status, "Status")
        self.answer_body = self._field(form.body, "Body", mono=True)
        self.content_type = ComboBox(self._theme, self._icons, name="Content type")
        for kind in dict.fromkeys((*CONTENT_TYPES, form.content_type)):
            self.content_type.addItem(kind.partition(";")[0], kind)
        self.content_type.setCurrentIndex(self.content_type.findData(form.content_type))
        section.add("Status and body", self.status, self.answer_body, self.content_type, stretch=1)
        self.answer_headers = QPlainTextEdit(form.headers)
        self.answer_headers.setAccessibleName("More headers")
        self.answer_headers.setPlaceholderText("X-My-Header: value")
        self.answer_headers.setTabChangesFocus(True)
        self.answer_headers.setFixedHeight(62)
        self.answer_headers.textChanged.connect(self._check)
        self._keep("headers", section.add("More headers", self.answer_headers, stretch=0), self.answer_headers)
        self.delay = self._field(form.delay, "Delay", width=80)
        self.delays = Segments(self._theme, DELAYS, name="Usual delays")
        if form.delay in dict(DELAYS):
            self.delays.set_current(form.delay)
        self.delays.changed.connect(self.delay.setText)
        self._delay_row = section.add("Delay", self.delay, "ms", self.delays)
        self._keep("delay", self._delay_row, self.delay)
        return section

    def _build_duplicates(self) -> Section:
        form = self._start
        section = Section(self._theme, "duplicates", "Duplicates", "What makes two events the same event.")
        self.duplicate_key = ComboBox(self._theme, self._icons, name="Same event when")
        for key, words in DUPLICATE_KEYS:
            self.duplicate_key.addItem(words, key.value)
        self.duplicate_key.setCurrentIndex(self.duplicate_key.findData(form.duplicate_key))
        section.add("Same event when", self.duplicate_key, hint="A repeat is marked, never hidden.")
        self.window_h = self._field(form.window_h, "Window", width=80)
        self._keep("window_h", section.add("Window", self.window_h, "hours after the first one"), self.window_h)
        return section

    def _field(self, text: str, name: str, placeholder: str = "", *, mono: bool = False, width: int = 0) -> TextField:
        field = TextField(self._theme, text, name=name, placeholder=placeholder, mono=mono)
        if width:
            field.setFixedWidth(width)
        field.textChanged.connect(self._check)
        return field

    def _statuses(self, statuses: tuple[int, ...], current: int, name: str) -> ComboBox:
        box = ComboBox(self._theme, self._icons, name=name)
        for status in dict.fromkeys((*statuses, current)):
            box.addItem(status_words(status), status)
        box.setCurrentIndex(box.findData(current))
        return box

    def _keep(self, key: str, row: Row, field: QWidget) -> None:
        self._rows[key] = (row, field)

    # -- reacting -----------------------------------------------------------------------------------------------

    def _check(self) -> dict[str, str]:
        if not hasattr(self, "window_h"):  # fields speak while the form is still being built
            return {}
        form = self.form()
        found = problems(form, self._taken)
        for key, (row, field) in self._rows.items():
            row.set_error(found.get(key, ""))
            if isinstance(field, TextField):
                field.set_invalid(key in found, found.get(key, ""))
        if "token" not in found and form.token != self._start.token:
            self._rows["token"][0].set_hint(_path_hint(form.token))
        self.save_button.setEnabled(not found)
        return found

    def _on_provider(self) -> None:
        profile = self._catalogue.get(str(self.provider.currentData()))
        signed = profile is not None
        for row in (self._secret_row, self._invalid_row, self._rejected_row):
            row.setVisible(signed)
        self._tolerance_row.setVisible(profile is not None and _has_time(profile))
        self._check()  # a field that is out of sight keeps nobody from saving
        if profile is None:
            self._provider_row.set_hint("Signatures are not checked; every event is accepted.")
            return
        self._provider_row.set_hint(profile.docs)
        self._secret_row.set_hint(f"{profile.secret_help} {self._kept_in}".strip())
        limit = profile.answer_limit_s
        self._delay_row.set_hint(f"Over {limit} s the provider counts the call as failed and retries." if limit else "")

    def _on_show_secret(self, shown: bool) -> None:
        self.secret.set_shown(shown)
        self.show_secret.set_name("Hide the secret" if shown else "Show the secret")

    def _copy_secret(self) -> None:
        QApplication.clipboard().setText(self.secret.text())

    def _scroll_to(self, row: int) -> None:
        section = self._sections[row]
        bar = self._scroll.verticalScrollBar()
        bar.setValue(max(0, section.mapTo(self._page, section.rect().topLeft()).y() - 18))

    def _dress(self) -> None:
        tokens = self._theme.tokens
        self.list.setStyleSheet(
            f"QListWidget#sections {{ background: {_css(tokens.window)}; border: 0;"
            f" border-right: 1px solid {_css(tokens.border)}; padding: 6px; outline: 0; }}"
            f"QListWidget#sections::item {{ border-radius: 6px; padding-left: 8px; color: {_css(tokens.text)}; }}"
            f"QListWidget#sections::item:selected {{ background: {_css(tokens.selected)}; }}"
        )

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


def _has_time(profile: Profile) -> bool:
    return any(recipe.time is not None for recipe in profile.recipes)


def _path_hint(token: str) -> str:
    change = "The provider must be given the new address."
    return change if len(token) >= GUESSABLE_BELOW else f"{change} A short path can be guessed."


def _css(color: QColor) -> str:
    return color.name(QColor.NameFormat.HexRgb)
