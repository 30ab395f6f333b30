"""A provider of one's own: a form and a text for the same file, tried on a captured event while it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from inspector.domain.event import EventSummary
from inspector.domain.verification import Verification
from inspector.providers.own_scheme import (
    START,
    Checked,
    check,
    hidden_keys,
    id_for,
    id_problem,
    scheme_of,
    table_of,
    text_of,
    with_scheme,
)
from inspector.providers.profile import Profile
from inspector.providers.toml_text import write_toml
from inspector.ui.dialogs.base import Footer
from inspector.ui.dialogs.scrim import Dimmer
from inspector.ui.endpoints.scheme_form import SchemeForm
from inspector.ui.endpoints.scheme_preview import SchemePreview
from inspector.ui.endpoints.scheme_text import SchemeText
from inspector.ui.form import Line
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import GhostButton, LinkButton, PrimaryButton, SecondaryButton, link_button
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.segments import Segments

SIZE = QSize(940, 760)
SMALLEST = QSize(720, 520)
PREVIEW_PX = 300
CHECK_DELAY_MS = 80
TABS = (("form", "Form"), ("text", "TOML"))

Trial = Callable[[int, Profile, str], tuple[Verification | None, bytes | None]]
"""Tries a provider with a secret on an event (by its id): the verdict, and the bytes that are signed."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What the dialog begins with: the file's id and text ("" for a new one), ids in use, and what to try it on."""

    id: str = ""
    text: str = ""
    own: frozenset[str] = frozenset()
    bundled: frozenset[str] = frozenset()
    secret: str = field(default="", repr=False)
    events: Sequence[EventSummary] = ()
    event_id: int | None = None


class SchemeDialog(QDialog):
    """Edits one file; nothing is written before Save.

    Signals:
        saved(str, str, str): id, text, and the id it had so far ("" for a new one).
        delete_requested(str): asking is up to the receiver of the signal.
        import_requested: a file from elsewhere is wanted; it is handed to `load`.
        export_requested(str, str): id and text are to go to a file elsewhere.
    """

    saved = Signal(str, str, str)
    delete_requested = Signal(str)
    import_requested = Signal()
    export_requested = Signal(str, str)

    def __init__(self, theme: Theme, icons: Icons, opened: Opened, trial: Trial, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._opened, self._trial = theme, icons, opened, trial
        self._text = opened.text or text_of(START)
        self._id_typed = bool(opened.id)
        self._busy = False
        self.checked: Checked = check(opened.id or "new", self._text)
        self.setWindowTitle("Edit scheme" if opened.id else "New scheme")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._dimmer = Dimmer(theme, self)
        self.setMinimumSize(SMALLEST)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(CHECK_DELAY_MS)
        self._clock.timeout.connect(self.refresh)
        self._build()
        self.load(opened.id, self._text)
        available = parent.size() if parent is not None else SIZE
        wanted = SIZE * max(1.0, theme.text_scale)
        self.resize(wanted.boundedTo(QSize(max(available.width() - 40, 720), max(available.height() - 40, 520))))

    @property
    def id(self) -> str:
        """The id the file would be saved under."""
        return self.file_id.text().strip()

    @property
    def text(self) -> str:
        """The text that would be saved."""
        return self._text

    def load(self, id: str, text: str) -> None:
        """Show another text, as imported; a form cannot show what is no TOML, so that is shown as text."""
        self._text = text
        self.editor.show_text(text)
        table = table_of(text)
        if table is None:
            self.tabs.set_current("text")
        else:
            self._fill_form(table)
        if id:
            self._id_typed = True
            self.file_id.setText(id)
        self.refresh()

    def save(self) -> None:
        """Tell the text and close, unless it cannot be understood."""
        self.refresh()
        if self.save_button.isEnabled():
            self.saved.emit(self.id, self._text, self._opened.id)
            self.accept()

    # -- building -----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        theme, icons = self._theme, self._icons
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(self._build_head())
        outer.addWidget(Line(theme))
        middle = QHBoxLayout()
        middle.setSpacing(0)
        self.form = SchemeForm(theme, icons)
        self.form.edited.connect(self._on_form)
        area = QScrollArea()
        area.setAccessibleName("Form")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.form)
        self.form.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        self.editor = SchemeText(theme)
        self.editor.textChanged.connect(self._on_text)
        self.pages = QStackedWidget()
        self.pages.addWidget(area)
        self.pages.addWidget(self.editor)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.pages, 1)
        left.addWidget(self._build_problem())
        middle.addLayout(left, 1)
        middle.addWidget(_Upright(theme))
        self.preview = SchemePreview(theme, icons, self._opened.secret)
        self.preview.setFixedWidth(PREVIEW_PX)
        self.preview.set_events(self._opened.events, self._opened.event_id)
        self.preview.event_chosen.connect(lambda _id: self._try())
        self.preview.secret_changed.connect(self._clock.start)
        middle.addWidget(self.preview)
        outer.addLayout(middle, 1)
        outer.addWidget(self._build_footer())

    def _build_head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(20, 12, 16, 12)
        head.setSpacing(10)
        head.addWidget(Label(self._theme, self.windowTitle(), font="title"))
        self.tabs = Segments(self._theme, TABS, name="Form or text")
        self.tabs.changed.connect(self._on_tab)
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(Label(self._theme, "File", color="text2"))
        self.file_id = TextField(self._theme, name="File name", placeholder="my-provider", mono=True)
        self.file_id.setFixedWidth(170)
        self.file_id.textEdited.connect(self._on_id)
        head.addWidget(self.file_id)
        head.addWidget(Label(self._theme, ".toml", font="mono", color="text2"))
        return head

    def _build_problem(self) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(20, 6, 12, 8)
        row.setSpacing(10)
        self.problem = Label(self._theme, "", font="small", color="text2", wrap=True)
        self.problem.setMinimumHeight(32)
        row.addWidget(self.problem, 1)
        self.show_line: LinkButton = link_button(self._theme, self._icons, "Show the line", self._show_line, holder)
        row.addWidget(self.show_line)
        return holder

    def _build_footer(self) -> Footer:
        left = QWidget()
        row = QHBoxLayout(left)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        if self._opened.id:
            delete = SecondaryButton(self._theme, self._icons, "Delete…", danger=True)
            delete.clicked.connect(lambda: self.delete_requested.emit(self._opened.id))
            row.addWidget(delete)
        load = GhostButton(self._theme, self._icons, "Import…", size_name="control")
        load.clicked.connect(lambda: self.import_requested.emit())
        self.export = GhostButton(self._theme, self._icons, "Export…", size_name="control")
        self.export.clicked.connect(lambda: self.export_requested.emit(self.id or "provider", self._text))
        row.addWidget(load)
        row.addWidget(self.export)
        cancel = SecondaryButton(self._theme, self._icons, "Cancel")
        cancel.clicked.connect(self.reject)
        self.save_button = PrimaryButton(self._theme, self._icons, "Save")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.save)
        return Footer(self._theme, [cancel, self.save_button], left)

    # -- reacting -----------------------------------------------------------------------------------------------

    def _on_form(self) -> None:
        """Write the form into the text; what the form does not show stays, comments go."""
        self._text = write_toml(with_scheme(table_of(self._text) or {}, self.form.value()))
        self._name_file()
        self._clock.start()

    def _on_text(self) -> None:
        if not self._busy:
            self._text = self.editor.toPlainText()
            self._clock.start()

    def _on_id(self, _text: str) -> None:
        self._id_typed = True
        self.refresh()

    def _on_tab(self, key: str) -> None:
        self._busy = True
        if key == "text":
            self.editor.show_text(self._text)
        else:
            self._fill_form(table_of(self._text) or {})
        self._busy = False
        self.pages.setCurrentIndex(0 if key == "form" else 1)
        self.refresh()

    def _fill_form(self, table: dict[str, Any]) -> None:
        self.form.show_scheme(scheme_of(table))
        self._name_file()

    def _name_file(self) -> None:
        """Name a new file after its provider until the user names it."""
        if not self._id_typed:
            self.file_id.setText(id_for(self.form.value().name, self._opened.own | self._opened.bundled))

    def refresh(self) -> None:
        """Check the text, mark its mistake, and try it."""
        self.checked = check(self.id or "new", self._text)
        table = table_of(self._text)
        self.tabs.set_segment_enabled("form", table is not None, "The text is no TOML yet; correct it first.")
        wrong_id = self._id_problem()
        self.file_id.set_invalid(bool(wrong_id), wrong_id)
        error = self.checked.error
        self.form.show_error(error)
        self.editor.mark_line(self.checked.line)
        self._say(error.what + (f" {error.why}" if error.why else "") if error else wrong_id, table)
        self.show_line.setVisible(bool(self.checked.line))
        self.save_button.setEnabled(error is None and not wrong_id)
        self._try()

    def _say(self, problem: str, table: dict[str, Any] | None) -> None:
        self.problem.set_color("failFg" if problem else "text2")
        if problem:
            self.problem.setText(problem)
            return
        hidden = hidden_keys(table or {})
        over = self.id in self._opened.bundled and self.id not in self._opened.own
        said = [
            f"It takes the place of the provider {self.id} that comes with the program." if over else "",
            f"Only in the text: {', '.join(hidden)}." if hidden else "",
        ]
        self.problem.setText(" ".join(text for text in said if text) or "The scheme can be understood.")

    def _id_problem(self) -> str:
        if self.id != self._opened.id and self.id in self._opened.own:
            return f"There is a file {self.id}.toml already."
        return id_problem(self.id)

    def _show_line(self) -> None:
        self.tabs.set_current("text")
        self.editor.go_to_line(self.checked.line)

    def _try(self) -> None:
        event_id = int(self.preview.events.currentData() or 0)
        if not event_id:
            return
        if self.checked.profile is None:
            self.preview.show_verdict(None)
            self.preview.show_signed(None)
            return
        found, signed = self._trial(event_id, self.checked.profile, self.preview.secret.text().strip())
        self.preview.show_verdict(found)
        self.preview.show_signed(signed)


class _Upright(QWidget):
    """A line of one pixel between two columns."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setFixedWidth(1)
        self._line = Line(theme)
        self._line.setMaximumHeight(16_777_215)
        self._line.setMinimumHeight(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._line)
