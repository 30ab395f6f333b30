"""One forward rule in the endpoint form: which events, where to, as whom, and how often it is tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from inspector.domain.identity import Identity
from inspector.domain.schedules import SCHEDULES
from inspector.ui.endpoints.checks import is_target
from inspector.ui.endpoints.forward_form import ForwardForm, targets_of
from inspector.ui.form import Row
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton
from inspector.ui.widgets.choices import CheckBox
from inspector.ui.widgets.fields import ComboBox, TextField
from inspector.ui.widgets.menu import Menu
from inspector.ui.widgets.paint import fill_box
from inspector.ui.widgets.switch import Switch
from inspector.ui.widgets.window_size import scaled

OWN = "own"
IDENTITIES = (
    (Identity.CAPTURED.value, "As it came, signature and all"),
    (Identity.SIGNED.value, "Signed again with this endpoint's secret"),
    (Identity.NEW_IDS.value, "With new IDs, signed again"),
)
IN_ORDER_HINT = "An event waits until the earlier ones of its message have got through or been given up."
TARGETS_PX = 48


class ForwardCard(QWidget):
    """Edits one rule.

    Signals:
        changed: something was typed or chosen.
        removed: the rule is to go.
        test_wanted(str): test a target.
    """

    changed = Signal()
    removed = Signal()
    test_wanted = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, form: ForwardForm) -> None:
        super().__init__()
        self._theme, self._icons, self._form = theme, icons, form
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addLayout(self._head())
        self.fields: dict[str, tuple[Row, QWidget]] = {}
        for row in (*self._what(), *self._how()):
            column.addWidget(row)
        theme.changed.connect(self.update)

    @property
    def form(self) -> ForwardForm:
        """What the card says."""
        own = self.schedule.currentData() == OWN
        return replace(
            self._form,
            name=self.name.text(),
            enabled=self.enabled.isChecked(),
            match=self.match.text(),
            targets=self.targets.toPlainText(),
            identity=str(self.identity.currentData()),
            in_order=self.in_order.isChecked(),
            schedule=self.waits.text().strip() if own else str(self.schedule.currentData()),
            limit=self.limit.text(),
        )

    def show_problems(self, found: Mapping[str, str]) -> bool:
        """Show the reasons under their rows; True where one of them is on this card."""
        for key, (row, field) in self.fields.items():
            row.set_error(found.get(key, ""))
            if isinstance(field, TextField):
                field.set_invalid(key in found, found.get(key, ""))
        return any(key in found for key in self.fields)

    def _head(self) -> QHBoxLayout:
        self.enabled = Switch(self._theme, "Forward")
        self.enabled.setChecked(self._form.enabled)
        self.enabled.setToolTip("On or off")
        self.enabled.toggled.connect(self.changed)
        self.name = self._field(self._form.name, "Name of this rule", "Name, such as Staging")
        remove = IconButton(self._theme, self._icons, "trash-2", "Remove this rule")
        remove.clicked.connect(self.removed)
        self.remove = remove
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.enabled)
        head.addWidget(self.name, 1)
        head.addWidget(remove)
        return head

    def _what(self) -> tuple[Row, ...]:
        form = self._form
        self.match = self._field(form.match, "Which events", "all of them", mono=True)
        hint = "As in the search field: type:failed, sig:valid, carrier:Acme."
        match = self._row("match", Row(self._theme, "Events", [self.match], hint, 0), self.match)
        self.targets = QPlainTextEdit(form.targets)
        self.targets.setAccessibleName("Targets")
        self.targets.setPlaceholderText("https://staging.example.com/webhooks")
        self.targets.setTabChangesFocus(True)
        self.targets.setFixedHeight(TARGETS_PX)
        self.targets.textChanged.connect(self.changed)
        self.test = IconButton(self._theme, self._icons, "plug-zap", "Test these targets", size_name="control")
        self.test.clicked.connect(self._test)
        self.targets.textChanged.connect(self._fit_test)
        self._fit_test()
        row = Row(self._theme, "Send to", [self.targets, self.test], "One address a line; each gets every event.", 0)
        targets = self._row("targets", row, self.targets)
        return match, targets

    def _fit_test(self) -> None:
        self.test.setEnabled(any(map(is_target, targets_of(self.targets.toPlainText()))))

    def _test(self) -> None:
        """Have the target tested; where there are several, the one that is chosen from a menu."""
        targets = [target for target in targets_of(self.targets.toPlainText()) if is_target(target)]
        if len(targets) == 1:
            self.test_wanted.emit(targets[0])
            return
        self._menu = Menu(self._theme, self._icons, self)
        for target in targets:
            self._menu.add(target, "plug-zap", partial(self.test_wanted.emit, target))
        self._menu.popup(self.test.mapToGlobal(QPoint(0, self.test.height() + 4)))

    def _how(self) -> tuple[Row, ...]:
        form = self._form
        self.identity = self._box(IDENTITIES, form.identity, "Send as")
        self.schedule = self._box(
            [*((item.id, item.title) for item in SCHEDULES), (OWN, "Waits of my own")],
            form.schedule if form.schedule in {item.id for item in SCHEDULES} else OWN,
            "Tried again",
        )
        self.schedule.currentIndexChanged.connect(self._show_own)
        own = "" if form.schedule in {item.id for item in SCHEDULES} else form.schedule
        self.waits = self._field(own, "Waits", "0, 10s, 5m, 2h", mono=True)
        self._waits_row = self._row(
            "schedule",
            Row(self._theme, "Waits", [self.waits], "Before the first try, then between tries.", 0),
            self.waits,
        )
        self.limit = self._field(form.limit, "Time limit", "")
        self.limit.setFixedWidth(scaled(self._theme, 80))
        limit = self._row("limit", Row(self._theme, "Time limit", [self.limit, "seconds"], "", -1), self.limit)
        self.in_order = CheckBox(self._theme, self._icons, "Keep the order of a message's events")
        self.in_order.setChecked(form.in_order)
        self.in_order.setToolTip(IN_ORDER_HINT)
        self.in_order.toggled.connect(self.changed)
        order = Row(self._theme, "Order", [self.in_order], "", -1)
        self._show_own()
        send_as = Row(self._theme, "Send as", [self.identity], "", -1)
        return send_as, Row(self._theme, "Tried again", [self.schedule], "", 0), self._waits_row, limit, order

    def _show_own(self, *_said: object) -> None:
        """Show the field for one's own waits where they are chosen, and the limit the schedule has by itself."""
        own = self.schedule.currentData() == OWN
        self._waits_row.setVisible(own)
        limits = {item.id: item.limit_s for item in SCHEDULES}
        limit = limits.get(str(self.schedule.currentData()))
        self.limit.setPlaceholderText(f"{limit:g}" if limit is not None else "30")

    def _field(self, text: str, name: str, placeholder: str, *, mono: bool = False) -> TextField:
        field = TextField(self._theme, text, name=name, placeholder=placeholder, mono=mono)
        field.textChanged.connect(self.changed)
        return field

    def _box(self, choices: Sequence[tuple[str, str]], current: str, name: str) -> ComboBox:
        box = ComboBox(self._theme, self._icons, name=name)
        for value, words in choices:
            box.addItem(words, value)
        box.setCurrentIndex(max(0, box.findData(current)))
        box.currentIndexChanged.connect(self.changed)
        return box

    def _row(self, key: str, row: Row, field: QWidget) -> Row:
        self.fields[self._form.key(key)] = (row, field)
        return row

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        fill_box(painter, self.rect().toRectF(), self._theme.radius("card"), tokens.subtle, tokens.border)
        painter.end()
