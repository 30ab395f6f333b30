"""What is to be down, for how long, and what is answered meanwhile."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QVBoxLayout, QWidget

from inspector.domain.answer import Answer, Outage
from inspector.ui.endpoints.checks import number_problem
from inspector.ui.endpoints.chip_field import ChipField
from inspector.ui.endpoints.kind_rows import WORDS
from inspector.ui.icons import Icons
from inspector.ui.outage.words import ANSWERS, LONGEST_MIN, MINUTES, Documented, answer_words, plan_words
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import GhostButton
from inspector.ui.widgets.fields import ComboBox, TextField
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.window_size import scaled

NOT_FORWARDED = "What is turned away is not forwarded; its retry is, once it is accepted."
LABEL_PX = 92
MINUTES_PX = 64
SHORTEST_MIN = 0.1
USUAL_MIN = "2"


class OutageForm(QWidget):
    """Three lines, and what is to be expected of them.

    Signals:
        changed: something else is chosen.
    """

    changed = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._terms = Documented(())
        self.kinds = ChipField(theme, icons, (), "Kinds that fail", "all kinds")
        completer = QCompleter(WORDS, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.kinds.typing.setCompleter(completer)
        self.kinds.setToolTip("message.delivered, engagement, or the provider's own words; none means all")
        self.minutes = TextField(theme, USUAL_MIN, self, name="Minutes")
        self.minutes.setFixedWidth(scaled(theme, MINUTES_PX))
        self.usual = {key: GhostButton(theme, icons, words, "", self) for key, words in MINUTES}
        for key, button in self.usual.items():
            button.setAccessibleName(f"For {button.text()}")
            button.clicked.connect(partial(self.minutes.setText, key))
        self.answer = ComboBox(theme, icons, self, name="Answer meanwhile")
        for key, words, _answer in ANSWERS:
            self.answer.addItem(words, key)
        self.hint = Label(theme, "", self, font="small", color="text2", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for words, fields in (
            ("Be down for", (self.kinds,)),
            ("for", (self.minutes, Label(theme, "minutes", color="text2"), *self.usual.values())),
            ("answering", (self.answer,)),
        ):
            column.addLayout(self._line(words, fields))
        column.addWidget(self.hint)
        self.kinds.changed.connect(self.changed)
        self.minutes.textChanged.connect(lambda _text: self._on_minutes())
        self.answer.currentIndexChanged.connect(lambda _place: self.changed.emit())

    def _line(self, words: str, fields: tuple[QWidget, ...]) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        label = Label(self._theme, words, color="text2")
        label.setFixedWidth(scaled(self._theme, LABEL_PX))
        line.addWidget(label)
        for field in fields:
            line.addWidget(field, 1 if field is self.kinds else 0)
        if self.kinds not in fields:
            line.addStretch(1)
        return line

    def show_terms(self, terms: Documented) -> None:
        """Say what the provider documents."""
        self._terms = terms
        self._show_hint()

    def show_outage(self, outage: Outage) -> None:
        """Show what is under way, or was last."""
        self.kinds.set_values(outage.kinds)
        self.minutes.setText(f"{(outage.until - outage.since).total_seconds() / 60:g}")
        wanted = answer_words(outage.answer)
        key = next((key for key, _words, answer in ANSWERS if answer_words(answer) == wanted), "")
        self.answer.setCurrentIndex(max(0, self.answer.findData(key)))

    def problem(self) -> str:
        """Return why this cannot be begun, "" where it can."""
        return number_problem(self.minutes.text(), SHORTEST_MIN, LONGEST_MIN, "minutes", whole=False)

    def values(self) -> tuple[tuple[str, ...], float, Answer]:
        """Return kinds, minutes and the answer; only where there is no problem."""
        key = str(self.answer.currentData())
        return self.kinds.values, float(self.minutes.text()), next(one[2] for one in ANSWERS if one[0] == key)

    def _on_minutes(self) -> None:
        self._show_hint()
        self.changed.emit()

    def _show_hint(self) -> None:
        problem = self.problem()
        self.minutes.set_invalid(bool(problem), problem)
        self.hint.setText(problem or f"{plan_words(self._terms, float(self.minutes.text()))} {NOT_FORWARDED}")
        self.hint.set_color("failFg" if problem else "text2")
        self.hint.setToolTip(self._terms.source)
