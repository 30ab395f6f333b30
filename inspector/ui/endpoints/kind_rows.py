"""The answers by kind in the endpoint form: kinds on the left, an answer in words on the right."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QVBoxLayout, QWidget

from inspector.domain.report import Category, Kind
from inspector.ui.endpoints.answer_form import KindForm
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton, link_button
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.labels import Label

WORDS = (*(kind.value for kind in Kind), *(category.value for category in Category))
ANSWER_PX = 144


class KindRows(QWidget):
    """Edits rows; the first one that names an event's kind or category answers it.

    Signals:
        changed: a row was added, removed or changed.
    """

    changed = Signal()

    def __init__(self, theme: Theme, icons: Icons, forms: Iterable[KindForm]) -> None:
        super().__init__()
        self._theme, self._icons = theme, icons
        self._rows: list[_KindRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.add_button = link_button(theme, icons, "Answer some kinds otherwise", self.add, self)
        self._column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        for form in forms:
            self._append(form)

    @property
    def forms(self) -> tuple[KindForm, ...]:
        """What the rows say, from top to bottom."""
        return tuple(row.form for row in self._rows)

    @property
    def rows(self) -> tuple[_KindRow, ...]:
        """The rows themselves."""
        return tuple(self._rows)

    def add(self) -> None:
        """Add an empty row and go to it."""
        row = self._append(KindForm())
        row.kinds.setFocus()
        self.changed.emit()

    def _append(self, form: KindForm) -> _KindRow:
        row = _KindRow(self._theme, self._icons, form)
        row.changed.connect(self.changed)
        row.removed.connect(lambda: self._remove(row))
        self._column.insertWidget(len(self._rows), row)
        self._rows.append(row)
        return row

    def _remove(self, row: _KindRow) -> None:
        self._rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()
        self.add_button.setFocus()
        self.changed.emit()


class _KindRow(QWidget):
    changed = Signal()
    removed = Signal()

    def __init__(self, theme: Theme, icons: Icons, form: KindForm) -> None:
        super().__init__()
        self.kinds = TextField(theme, form.kinds, name="Kinds", placeholder="message.failed, engagement", mono=True)
        completer = QCompleter(WORDS, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.kinds.setCompleter(completer)
        self.answer = TextField(theme, form.answer, name="Answer", placeholder="503 after 2 s", mono=True)
        self.answer.setFixedWidth(ANSWER_PX)
        self.remove = IconButton(theme, icons, "x", "Remove this answer")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.kinds, 1)
        row.addWidget(Label(theme, "get", color="text2"))
        row.addWidget(self.answer)
        row.addWidget(self.remove)
        self.kinds.textChanged.connect(self.changed)
        self.answer.textChanged.connect(self.changed)
        self.remove.clicked.connect(self.removed)

    @property
    def form(self) -> KindForm:
        """What this row says."""
        return KindForm(self.kinds.text(), self.answer.text())
