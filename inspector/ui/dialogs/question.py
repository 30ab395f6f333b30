"""One question with its answers, and one line to type where an answer needs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QCompleter, QPushButton, QWidget

from inspector.ui.dialogs.base import PlainDialog, shown
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import PrimaryButton, SecondaryButton
from inspector.ui.widgets.choices import CheckBox
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.labels import Label

WIDTH_PX = 440


@dataclass(frozen=True, slots=True)
class Reply:
    """What the user answered: the text of the field where there was one, and whether the box was ticked."""

    text: str = ""
    ticked: bool = False


class Question(PlainDialog):
    """Title, text, Cancel and one answer. A `danger` answer is red and is not the default button."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        title: str,
        text: str,
        answer: str,
        parent: QWidget | None,
        *,
        danger: bool = False,
        tick: str = "",
    ) -> None:
        super().__init__(theme, icons, title, parent, heading=title)
        self.body.addWidget(Label(theme, text, color="text2", wrap=True))
        self.box = CheckBox(theme, icons, tick, self)
        self.box.setVisible(bool(tick))
        self.body.addWidget(self.box)
        self.cancel = SecondaryButton(theme, icons, "Cancel", parent=self)
        kind = SecondaryButton(theme, icons, answer, danger=True) if danger else PrimaryButton(theme, icons, answer)
        self.answer: QPushButton = kind
        self.cancel.clicked.connect(self.reject)
        self.answer.clicked.connect(self.accept)
        (self.cancel if danger else self.answer).setDefault(True)
        self.set_footer([self.cancel, self.answer])
        self.fit(WIDTH_PX)


class TextQuestion(PlainDialog):
    """A question answered by one line of text, checked while it is typed."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        title: str,
        text: str,
        answer: str,
        parent: QWidget | None,
        *,
        value: str = "",
        placeholder: str = "",
        mono: bool = True,
        check: Callable[[str], str] = lambda _text: "",
        history: Sequence[str] = (),
    ) -> None:
        super().__init__(theme, icons, title, parent, heading=title)
        self._check = check
        self.body.addWidget(Label(theme, text, color="text2", wrap=True))
        self.field = TextField(theme, value, self, name=title, placeholder=placeholder, mono=mono)
        if history:
            self.field.setCompleter(QCompleter(list(history), self.field))
        self.error = Label(theme, " ", font="small", color="failFg", wrap=True)
        self.body.addWidget(self.field)
        self.body.addWidget(self.error)
        self.cancel = SecondaryButton(theme, icons, "Cancel", parent=self)
        self.answer = PrimaryButton(theme, icons, answer, parent=self)
        self.cancel.clicked.connect(self.reject)
        self.answer.clicked.connect(self.accept)
        self.answer.setDefault(True)
        self.set_footer([self.cancel, self.answer])
        self.field.textChanged.connect(self._on_text)
        self.field.selectAll()
        self._on_text(value)
        self.fit(WIDTH_PX)

    def accept(self) -> None:
        """Close with the text, unless it cannot be used: then the reason is shown and the dialog stays."""
        reason = self._check(self.field.text().strip())
        if reason:
            self.error.setText(reason)
            self.field.set_invalid(True, reason)
            return
        super().accept()

    def _on_text(self, text: str) -> None:
        reason = self._check(text.strip()) if text.strip() else ""
        self.error.setText(reason or " ")
        self.field.set_invalid(bool(reason), reason)
        self.answer.setEnabled(bool(text.strip()) and not reason)


async def ask(question: Question) -> Reply | None:
    """Show a question; None where it was not answered."""
    return Reply(ticked=question.box.isChecked()) if await shown(question) else None


async def ask_text(question: TextQuestion) -> Reply | None:
    """Show a question with a text field; None where it was not answered."""
    return Reply(text=question.field.text().strip()) if await shown(question) else None
