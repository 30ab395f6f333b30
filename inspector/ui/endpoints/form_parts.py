"""What the sections of the endpoint form have in common: fields that report changes and rows that show mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QWidget

from inspector.ui.endpoints.checks import is_target
from inspector.ui.endpoints.chip_field import ChipField
from inspector.ui.endpoints.endpoint_form import EndpointForm, status_words
from inspector.ui.form import Row, Section
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton
from inspector.ui.widgets.choices import CheckBox
from inspector.ui.widgets.fields import ComboBox, TextField
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.window_size import scaled

AREA_PX = 62


class FormSection(Section):
    """A section whose rows can show why they cannot be saved; `told` is called on every change.

    Its rows are made in steps, because making all rows of the form at once would hold up what is being received.

    Signals:
        test_wanted(str): test a target, by its address.
    """

    test_wanted = Signal(str)

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        key: str,
        title: str,
        text: str,
        form: EndpointForm,
        told: Callable[[], object],
    ) -> None:
        super().__init__(theme, key, title, text)
        self.theme, self.icons = theme, icons
        self.start = form
        self.whole = False
        self.fields: dict[str, tuple[Row, QWidget]] = {}
        self._told = told
        self._steps = self.rows()

    def rows(self) -> Iterator[None]:
        """Make the rows; every `yield` is a place to stop and go on in a later turn of the loop."""
        raise NotImplementedError

    def read(self, form: EndpointForm) -> EndpointForm:
        """Return the form with what stands in this section; called when all rows are there."""
        raise NotImplementedError

    def step(self) -> bool:
        """Make a few more rows; False where all are there."""
        if not self.whole:
            try:
                next(self._steps)
            except StopIteration:
                self.whole = True
        return not self.whole

    def finish(self) -> None:
        """Make all rows that are missing."""
        while self.step():
            pass

    def tell(self, *_said: object) -> None:
        """Say that something changed; fields speak while they are being made, and nobody needs to hear that."""
        if self.whole:
            self._told()

    def field(self, text: str, name: str, placeholder: str = "", *, mono: bool = False, width: int = 0) -> TextField:
        """Return a text field of this section."""
        field = TextField(self.theme, text, name=name, placeholder=placeholder, mono=mono)
        if width:
            field.setFixedWidth(scaled(self.theme, width))
        field.textChanged.connect(self.tell)
        return field

    def tester(self, field: TextField) -> IconButton:
        """Return the button that tests the target in a field."""
        button = IconButton(self.theme, self.icons, "plug-zap", "Test this target", size_name="control")
        button.clicked.connect(lambda _checked=False: self.test_wanted.emit(field.text().strip()))
        field.textChanged.connect(lambda _text: button.setEnabled(is_target(field.text())))
        button.setEnabled(is_target(field.text()))
        return button

    def box(self, choices: Sequence[tuple[object, str]], current: object, name: str) -> ComboBox:
        """Return a list of choices, each with its value; a current value that is none of them is added."""
        box = ComboBox(self.theme, self.icons, name=name)
        for value, words in choices:
            box.addItem(words, value)
        if box.findData(current) < 0:
            box.addItem(str(current), current)
        box.setCurrentIndex(box.findData(current))
        box.currentIndexChanged.connect(self.tell)
        return box

    def area(self, text: str, name: str, placeholder: str = "", height: int = AREA_PX) -> QPlainTextEdit:
        """Return a field of several lines; Tab leaves it."""
        area = QPlainTextEdit(text)
        area.setAccessibleName(name)
        area.setPlaceholderText(placeholder)
        area.setTabChangesFocus(True)
        area.setFixedHeight(height)
        area.textChanged.connect(self.tell)
        return area

    def check_box(self, words: str, on: bool) -> CheckBox:
        """Return a box to tick."""
        box = CheckBox(self.theme, self.icons, words)
        box.setChecked(on)
        box.toggled.connect(self.tell)
        return box

    def statuses(self, statuses: Sequence[int], current: int, name: str) -> ComboBox:
        """Return a list of answer statuses."""
        return self.box(
            [(status, status_words(status)) for status in dict.fromkeys((*statuses, current))], current, name
        )

    def keep(self, key: str, row: Row, field: QWidget) -> Row:
        """Show under this row what is wrong with the form's value of this name."""
        self.fields[key] = (row, field)
        return row

    def show_problems(self, found: Mapping[str, str]) -> bool:
        """Show the reasons under their rows; True where one of them is in this section."""
        for key, (row, field) in self.fields.items():
            row.set_error(found.get(key, ""))
            if isinstance(field, TextField | ChipField):
                field.set_invalid(key in found, found.get(key, ""))
        return any(key in found for key in self.fields)


def set_label(row: Row, text: str) -> None:
    """Write another label before a row."""
    item = cast("QGridLayout", row.layout()).itemAtPosition(0, 0)
    label = item.widget() if item is not None else None
    if isinstance(label, Label):
        label.setText(text)
