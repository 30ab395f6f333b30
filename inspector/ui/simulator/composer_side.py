"""The left of the composer: the event as values, as a text and as header lines, all three about one draft."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from inspector.domain.errors import UsageError
from inspector.payload.contents import Contents
from inspector.replay.editing import headers_from
from inspector.simulator.draft import Draft, with_headers, with_text
from inspector.ui.detail.card import Card
from inspector.ui.icons import Icons
from inspector.ui.replay.edit_area import EditArea
from inspector.ui.simulator.composer_fields import ComposerFields
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import link_button
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.tabs import UnderlineTabs

TABS = [("fields", "Values"), ("text", "Text"), ("headers", "Headers")]


class ComposerSide(QWidget):
    """Edits a draft.

    Signals:
        changed: the draft is another.
        fresh_requested: new values for the blanks.
    """

    changed = Signal()
    fresh_requested = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft: Draft | None = None
        self.problem = ""
        self._put_in = ""
        self.tabs = UnderlineTabs(theme, icons, TABS, self, name="Event")
        self.fields = ComposerFields(theme, self)
        self.text = EditArea(theme, name="Text of the event")
        self.headers = EditArea(theme, name="Header lines")
        self.note = Label(theme, "", self, font="small", color="warnFg", wrap=True)
        self.fresh = link_button(theme, icons, "New values", self.fresh_requested.emit, self)
        self._stack = QStackedWidget(self)
        for area in (self.fields, self.text, self.headers):
            frame = Card(theme, self)
            inside = QVBoxLayout(frame)
            inside.setContentsMargins(2, 2, 2, 2)
            inside.addWidget(area)
            self._stack.addWidget(frame)
        below = QHBoxLayout()
        below.addWidget(self.note, 1)
        below.addWidget(self.fresh)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 4, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.tabs)
        column.addSpacing(4)
        column.addWidget(self._stack, 1)
        column.addLayout(below)
        self.tabs.changed.connect(self._on_tab)
        self.fields.edited.connect(self._on_fields)
        self.fields.told.connect(self._say)
        self.text.edited.connect(self._on_text)
        self.headers.edited.connect(self._on_headers)

    @property
    def draft(self) -> Draft:
        """The event as it is edited now."""
        assert self._draft is not None
        self.settle()
        return self._draft

    def show_draft(self, draft: Draft) -> None:
        """Begin with another event."""
        self._draft = draft
        self._say("")
        self.fields.show_draft(draft)
        self._put_in = draft.text.strip()
        self.text.show_captured(draft.text.strip("\n"), _contents(draft.text))
        lines = "\n".join(f"{name}: {value}" for name, value in draft.sample.headers)
        self.headers.show_captured(lines, None)
        self.tabs.set_count("headers", len(draft.sample.headers))
        self.fresh.setVisible(bool(draft.blanks()))

    def refresh(self, draft: Draft) -> None:
        """Take over new values of the blanks; what is edited stays."""
        self._draft = draft
        self.fields.show_draft(draft)

    def settle(self) -> None:
        """Take what was typed a moment ago."""
        self.text.settle()
        self.headers.settle()

    def _on_tab(self, key: str) -> None:
        self.settle()
        draft = self._draft
        if draft is not None and key == "text" and self.text.text.strip() != draft.text.strip():
            self._put_in = draft.text.strip()
            self.text.replace(draft.text.strip("\n"))
        if draft is not None and key == "fields":
            self.fields.show_draft(draft)
        self._stack.setCurrentIndex([name for name, _words in TABS].index(key))

    def _on_fields(self, draft: object) -> None:
        assert isinstance(draft, Draft)
        self._draft = draft
        self.changed.emit()

    def _on_text(self) -> None:
        draft, text = self._draft, self.text.text.strip()
        # What was put in by us and not typed since is older than the values, where those were edited.
        if draft is None or text in (self._put_in, draft.text.strip()):
            return
        self._put_in = text
        self._draft = with_text(draft, self.text.text)
        self.changed.emit()

    def _on_headers(self) -> None:
        draft = self._draft
        if draft is None or not self.headers.is_ready:
            return
        try:
            lines = headers_from(self.headers.text, ())
        except UsageError as error:
            self._say(error.what)
            return
        self._say("")
        written = tuple((name.decode("utf-8", "replace"), value.decode("utf-8", "replace")) for name, value in lines)
        self.tabs.set_count("headers", len(written))
        if written != draft.sample.headers:
            self._draft = with_headers(draft, written)
            self.changed.emit()

    def _say(self, problem: str) -> None:
        self.problem = problem
        self.note.setText(problem)


def _contents(text: str) -> Contents:
    return Contents.JSON if text.lstrip()[:1] in ("{", "[") else Contents.TEXT
