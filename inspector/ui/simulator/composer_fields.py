"""The values of a composed event one by one: its blanks, then every value of its JSON or form."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from inspector.domain.errors import UsageError
from inspector.simulator.draft import Draft, is_blank, with_blank, with_value
from inspector.simulator.template_leaves import Leaf
from inspector.ui.theme import Theme
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.labels import ElidingLabel, Label, SectionLabel
from inspector.ui.widgets.window_size import scaled

NAME_PX = 190
MOST_SHOWN = 60
"""More values are edited in the text: a form of hundreds of fields takes long to make and nobody reads it."""


class ComposerFields(QScrollArea):
    """A scrolling form; it is made anew where another text has other values.

    Signals:
        edited(object): a draft with one value changed.
        told(str): why a value cannot be used; "" where all can.
    """

    edited = Signal(object)
    told = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._draft: Draft | None = None
        self.blanks: dict[str, TextField] = {}
        self.values: list[TextField] = []
        self._shape: tuple[object, ...] = ()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Values of the event")

    def show_draft(self, draft: Draft) -> None:
        """Show another draft; fields stay where only their values are others."""
        leaves = _shown(draft)
        shape = (draft.blanks(), tuple(leaf.path for leaf in leaves), draft.sample.provider, draft.sample.key)
        self._draft = draft
        if shape != self._shape:
            self._shape = shape
            self._build(draft, leaves)
        texts = draft.values.texts()
        for name, field in self.blanks.items():
            field.setPlaceholderText(texts.get(name, ""))
            if not field.hasFocus():
                _put(field, draft.filled.get(name, ""))
        for leaf, field in zip(leaves, self.values, strict=True):
            if not field.hasFocus():
                _put(field, leaf.value)
                field.set_invalid(False)

    def _build(self, draft: Draft, leaves: tuple[Leaf, ...]) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(6)
        self.blanks, self.values = {}, []
        if draft.blanks():
            column.addWidget(SectionLabel(self._theme, "Filled in"))
            hint = "Leave a field empty for a new value each time the event is sent."
            column.addWidget(Label(self._theme, hint, page, font="small", color="text2", wrap=True))
            column.addLayout(self._blank_grid(page, draft.blanks()))
            column.addSpacing(8)
        column.addWidget(SectionLabel(self._theme, "Inner document" if draft.is_wrapped else "Values"))
        if leaves:
            column.addLayout(self._value_grid(page, leaves))
        else:
            words = "This text has no single values to show. Edit it as a text."
            column.addWidget(Label(self._theme, words, page, font="small", color="text2", wrap=True))
        column.addStretch(1)
        self.setWidget(page)

    def _blank_grid(self, page: QWidget, names: tuple[str, ...]) -> QGridLayout:
        grid = _grid()
        for row, name in enumerate(names):
            field = TextField(self._theme, "", page, name=name, mono=True)
            field.textEdited.connect(partial(self._on_blank, name))
            self.blanks[name] = field
            grid.addWidget(_name(self._theme, name, page), row, 0)
            grid.addWidget(field, row, 1)
        return grid

    def _value_grid(self, page: QWidget, leaves: tuple[Leaf, ...]) -> QGridLayout:
        grid = _grid()
        for row, leaf in enumerate(leaves):
            field = TextField(self._theme, leaf.value, page, name=leaf.path, mono=True)
            field.textEdited.connect(partial(self._on_value, row))
            self.values.append(field)
            grid.addWidget(_name(self._theme, leaf.path, page), row, 0)
            grid.addWidget(field, row, 1)
        return grid

    def _on_blank(self, name: str, text: str) -> None:
        if self._draft is not None:
            self._draft = with_blank(self._draft, name, text or None)
            self.edited.emit(self._draft)

    def _on_value(self, row: int, text: str) -> None:
        if self._draft is None:
            return
        field = self.values[row]
        try:
            # The places of the values move with every change, so they are looked up again.
            self._draft = with_value(self._draft, _shown(self._draft)[row], text)
        except (UsageError, IndexError) as error:
            field.set_invalid(True, str(error))
            self.told.emit(str(error))
            return
        field.set_invalid(False)
        self.told.emit("")
        self.edited.emit(self._draft)


def _shown(draft: Draft) -> tuple[Leaf, ...]:
    """Return the values that have a field; one that is a blank and nothing else has its field among the blanks."""
    return tuple(leaf for leaf in draft.leaves() if not is_blank(leaf.value))[:MOST_SHOWN]


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(10)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(1, 1)
    return grid


def _name(theme: Theme, text: str, page: QWidget) -> ElidingLabel:
    label = ElidingLabel(theme, text, page, font="mono", color="text2")
    label.setFixedWidth(scaled(theme, NAME_PX))
    return label


def _put(field: TextField, text: str) -> None:
    if field.text() != text:
        field.setText(text)
        field.setCursorPosition(0)
