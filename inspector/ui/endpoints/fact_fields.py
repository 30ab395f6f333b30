"""The fields for what a scheme asks for beside the secret: an audience, a key id, an account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.providers.profile import Field
from inspector.ui.form import Row
from inspector.ui.theme import Theme
from inspector.ui.widgets.fields import TextField


class FactFields(QWidget):
    """One field for each fact of the provider in use; what other providers asked for is kept, out of sight.

    Signals:
        changed: a value was typed.
        rebuilt: there are other fields than before.
    """

    changed = Signal()
    rebuilt = Signal()

    def __init__(self, theme: Theme, facts: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self._theme = theme
        self._values = dict(facts)
        self.fields: dict[str, TextField] = {}
        self._rows: list[Row] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    @property
    def values(self) -> tuple[tuple[str, str], ...]:
        """Every fact that has a value."""
        return tuple((key, value.strip()) for key, value in self._values.items() if value.strip())

    @property
    def shown(self) -> Mapping[str, str]:
        """The facts the provider in use asks for."""
        return {key: value for key, value in self.values if key in self.fields}

    def set_fields(self, asked: Iterable[Field]) -> None:
        """Ask for these."""
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows, self.fields = [], {}
        for item in asked:
            label = f"{item.label} (optional)" if item.optional else item.label
            field = TextField(self._theme, self._values.get(item.key, ""), name=item.label, mono=True)
            field.textChanged.connect(lambda text, key=item.key: self._set(key, text))
            row = Row(self._theme, label, [field], item.help, 0)
            self._column.addWidget(row)
            self._rows.append(row)
            self.fields[item.key] = field
        self.setVisible(bool(self.fields))
        self.rebuilt.emit()

    def _set(self, key: str, text: str) -> None:
        self._values[key] = text
        self.changed.emit()
