"""One rule of alerts in the settings: a switch, and a field for each threshold with its limits and their reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.monitor.alerts import LIMITS, Limit, Rule, RuleId
from inspector.ui.form import Row
from inspector.ui.theme import Theme
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.switch import Switch

FIELD_PX = 82
WHOLE = ("at_least", "window_s", "calm_s")
STEP_S = 10
UNITS: Mapping[str, str] = MappingProxyType({"s": "seconds", "times": "times"})

WHAT: Mapping[RuleId, str] = MappingProxyType(
    {
        RuleId.FAILURE_RATE: "Deliveries that were not answered 2xx within the provider's limit.",
        RuleId.PROCESSING_TIME: "From the last byte of a request to the last byte of its answer.",
        RuleId.ENDPOINT_DOWN: "The receiver does not listen, or the tunnel does not answer. A pause is no fault.",
        RuleId.SIGNATURE_FAILURE: "Events whose signature is invalid or too old.",
        RuleId.OPT_OUT_VIOLATION: "A message that was sent to somebody after their opt-out.",
        RuleId.SHAPE_DRIFT: "A field that was always there is missing, changed its type, or is new.",
        RuleId.SILENCE: "Nothing comes for longer than is usual at this time of day.",
    }
)


def shown_value(rule: Rule, limit: Limit) -> str:
    """Return a rule's value as its field shows it: a share in per cent."""
    value = float(getattr(rule, limit.field))
    return f"{value * 100 if limit.unit == '%' else value:.10g}"


def limits_words(limit: Limit) -> str:
    """Return the limits of a field and their reason: "0 to 100 %. A share of all deliveries."."""
    unit = " %" if limit.unit == "%" else ""
    return f"{limit.low:,.10g} to {limit.high:,.10g}{unit}. {limit.why}."


def changed_rule(rule: Rule, limit: Limit, text: str) -> Rule:
    """Return the rule with what was typed. Raises ValueError with the reason, as a sentence."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        raise ValueError("Enter a number.") from None
    if not limit.low <= value <= limit.high:
        raise ValueError(f"Choose a value from {limits_words(limit)[:1].lower()}{limits_words(limit)[1:]}")
    if limit.field in WHOLE and value != round(value):
        raise ValueError("Enter a whole number.")
    if limit.field == "window_s" and value % STEP_S:
        raise ValueError("Choose whole ten seconds: rules are checked every ten.")
    stored: float = value / 100 if limit.unit == "%" else value
    changes: dict[str, Any] = {limit.field: round(stored) if limit.field in WHOLE else stored}
    return replace(rule, **changes)


class RuleEditor(QWidget):
    """Follows `show_rule`; what cannot be is said under its field and not told on.

    Signals:
        changed(object): the Rule as it is now.
    """

    changed = Signal(object)

    def __init__(self, theme: Theme, rule: Rule, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rule = rule
        self.fields: dict[str, TextField] = {}
        self.rows: dict[str, Row] = {}
        self.switch = Switch(theme, f"{rule.title}: alert", self)
        self.switch.clicked.connect(self._on_switch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(10)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(Label(theme, rule.title, self, font="strong"))
        words.addWidget(Label(theme, WHAT[rule.id], self, font="small", color="text2", wrap=True))
        head.addLayout(words, 1)
        head.addWidget(self.switch)
        column.addLayout(head)
        for limit in LIMITS[rule.id]:
            column.addWidget(self._row(theme, limit))
        self.setAccessibleName(rule.title)
        self.show_rule(rule)

    @property
    def rule(self) -> Rule:
        """The rule that is shown."""
        return self._rule

    def show_rule(self, rule: Rule) -> None:
        """Show a rule; a field that says the same already is left alone."""
        self._rule = rule
        self.switch.setChecked(rule.on)
        for limit in LIMITS[rule.id]:
            field = self.fields[limit.field]
            text = shown_value(rule, limit)
            if field.text() != text and not (field.hasFocus() and field.isModified()):
                field.setText(text)
                self._say(limit.field, "")
            self.rows[limit.field].setEnabled(rule.on)

    def refuse(self, name: str, reason: str) -> None:
        """Say why a field's value was not taken."""
        self._say(name, reason)

    def _row(self, theme: Theme, limit: Limit) -> Row:
        field = TextField(theme, name=f"{self._rule.title}, {limit.label.lower()}")
        field.setFixedWidth(round(FIELD_PX * max(1.0, theme.text_scale)))
        field.editingFinished.connect(lambda: self._on_edited(limit))
        parts: list[QWidget | str] = [field]
        if limit.unit:
            parts.append(UNITS.get(limit.unit, limit.unit))
        row = Row(theme, limit.label, parts, limits_words(limit), -1)
        self.fields[limit.field], self.rows[limit.field] = field, row
        return row

    def _on_edited(self, limit: Limit) -> None:
        field = self.fields[limit.field]
        try:
            rule = changed_rule(self._rule, limit, field.text())
        except ValueError as error:
            self._say(limit.field, str(error))
            return
        self._say(limit.field, "")
        field.setModified(False)
        if rule != self._rule:
            self._rule = rule
            self.changed.emit(rule)

    def _on_switch(self) -> None:
        self._rule = replace(self._rule, on=self.switch.isChecked())
        self.changed.emit(self._rule)

    def _say(self, name: str, reason: str) -> None:
        self.fields[name].set_invalid(bool(reason), reason)
        self.rows[name].set_error(reason)
