"""The fields of an answer: presets to click, status, headers and body, with the reason under what is wrong."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from inspector.domain.answer import Answer
from inspector.ui.by_hand.answer_form import (
    FAULT_WORDS,
    PRESETS,
    HandForm,
    answer_of,
    body_note,
    form_of,
    phrase_of,
    preset_of,
    problems,
)
from inspector.ui.form import Row
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import SecondaryButton
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.labels import Label

STATUS_PX = 72
HEADERS_PX = 54
BODY_PX = 84


class AnswerFields(QWidget):
    """Signals:
    changed: something was typed or a preset chosen.
    """

    changed = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fault = ""
        self._quiet = False
        self.touched = False
        self.presets = [self._preset(icons, place) for place in range(len(PRESETS))]
        line = QHBoxLayout()
        line.setSpacing(6)
        for button in self.presets:
            line.addWidget(button)
        line.addStretch(1)
        self.status = TextField(theme, name="Status", mono=True)
        self.status.setFixedWidth(round(STATUS_PX * max(1.0, theme.text_scale)))
        self.phrase = Label(theme, "", color="text2")
        self.headers = self._area("Headers", "Retry-After: 30", HEADERS_PX)
        self.body = self._area("Body", "", BODY_PX)
        self.rows = {
            "status": Row(theme, "Status", [self.status, self.phrase], "", -1),
            "headers": Row(theme, "Headers", [self.headers], "", 0),
            "body": Row(theme, "Body", [self.body], "", 0),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(line)
        for row in self.rows.values():
            column.addWidget(row)
        self.status.textChanged.connect(self._on_typed)
        self.headers.textChanged.connect(self._on_typed)
        self.body.textChanged.connect(self._on_typed)
        theme.changed.connect(self._dress)
        self._dress()
        self.show_answer(PRESETS[0].answer)

    def _preset(self, icons: Icons, place: int) -> SecondaryButton:
        preset = PRESETS[place]
        button = SecondaryButton(self._theme, icons, preset.words, size_name="controlSmall")
        button.setCheckable(True)
        button.setAccessibleName(preset.says)
        button.setToolTip(f"{preset.says} (Alt+{place + 1})")
        button.clicked.connect(partial(self._choose, place))
        shortcut = QShortcut(QKeySequence(f"Alt+{place + 1}"), self)
        shortcut.activated.connect(partial(self._choose, place))
        return button

    def _area(self, name: str, placeholder: str, height: int) -> QPlainTextEdit:
        area = QPlainTextEdit()
        area.setAccessibleName(name)
        area.setPlaceholderText(placeholder)
        area.setTabChangesFocus(True)
        area.setFixedHeight(round(height * max(1.0, self._theme.text_scale)))
        return area

    def _dress(self) -> None:
        for area in (self.headers, self.body):
            area.setFont(self._theme.font("mono"))

    # -- what is in it ------------------------------------------------------------------------------------------

    @property
    def form(self) -> HandForm:
        """What was typed."""
        return HandForm(self.status.text(), self.headers.toPlainText(), self.body.toPlainText(), self._fault)

    @property
    def problems(self) -> dict[str, str]:
        """The reason for every field that cannot be sent; what a fault does not send is not looked at."""
        return {} if self._whole_fault else problems(self.form)

    @property
    def _whole_fault(self) -> bool:
        return self._fault in ("reset", "silent")

    def answer(self) -> Answer | None:
        """Return the answer, None while something is wrong."""
        if self._whole_fault:
            place = preset_of(self.form)
            return PRESETS[place].answer if place is not None else answer_of(HandForm(fault=self._fault))
        return None if self.problems else answer_of(self.form)

    def show_answer(self, answer: Answer) -> None:
        """Show an answer that nobody has touched yet."""
        self._show(form_of(answer))
        self.touched = False

    def _choose(self, place: int, _checked: bool = False) -> None:
        self._show(form_of(PRESETS[place].answer))
        self.touched = True
        self.changed.emit()

    def _show(self, form: HandForm) -> None:
        self._quiet = True
        self._fault = form.fault
        self.status.setText(form.status)
        self.headers.setPlainText(form.headers)
        self.body.setPlainText(form.body)
        self._quiet = False
        self._judge()

    def _on_typed(self) -> None:
        if not self._quiet:
            self.touched = True
            self._judge()
            self.changed.emit()

    def _judge(self) -> None:
        """Say what is wrong, which preset this is, and what a fault leaves out."""
        found, chosen = self.problems, preset_of(self.form)
        for place, button in enumerate(self.presets):
            button.setChecked(place == chosen)
        for name, row in self.rows.items():
            row.setEnabled(not self._whole_fault)
            row.set_error(found.get(name, ""))
        self.status.set_invalid("status" in found, found.get("status", ""))
        self.phrase.setText(FAULT_WORDS.get(self._fault, "") if self._fault else phrase_of(self.status.text()))
        if not self._whole_fault and "body" not in found:
            self.rows["body"].set_hint(body_note(self.form))
