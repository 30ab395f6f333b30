"""The requests of a check with their responses, as raw HTTP; secrets are covered."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.simulator.check.judge import got_words
from inspector.simulator.check.outcome import Exchange, Outcome
from inspector.simulator.check.report import shown_exchanges, shown_of
from inspector.ui.check.code_box import CodeBox
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import GhostButton, IconButton
from inspector.ui.widgets.fields import ComboBox
from inspector.ui.widgets.labels import ElidingLabel, Label, SectionLabel


class ExchangesView(QWidget):
    """One request at a time, chosen from those the check sent.

    Signals:
        left: back to the verdict.
    """

    left = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Sequence[Exchange] = ()
        self._scrub: tuple[bytes, ...] = ()
        self.back = IconButton(theme, icons, "undo-2", "Back to the result", self)
        self.title = ElidingLabel(theme, "", self, font="title")
        self.choice = ComboBox(theme, icons, self, name="Request")
        self.note = Label(theme, "", self, font="small", color="text2", wrap=True)
        self.request = CodeBox(theme, "Request sent", self, coloured=False)
        self.response = CodeBox(theme, "Response", self, coloured=False)
        self.copy = GhostButton(theme, icons, "Copy", "copy", self)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.back)
        head.addWidget(self.title, 1)
        names = QHBoxLayout()
        names.addWidget(SectionLabel(theme, "Request sent", self))
        names.addStretch(1)
        names.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 14, 20, 16)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.choice)
        column.addWidget(self.note)
        column.addLayout(names)
        column.addWidget(self.request, 3)
        column.addWidget(SectionLabel(theme, "Response", self))
        column.addWidget(self.response, 2)
        self.back.clicked.connect(self.left)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.request.text))
        self.choice.currentIndexChanged.connect(self._on_choice)

    def show_outcome(self, title: str, outcome: Outcome, scrub: tuple[bytes, ...]) -> None:
        """Show what a check sent, beginning with the request that decided it."""
        self._shown, self._scrub = shown_exchanges(outcome), scrub
        self.title.setText(title)
        self.choice.blockSignals(True)
        self.choice.clear()
        for number, exchange in enumerate(self._shown, 1):
            self.choice.addItem(f"{number}. {exchange.label}, {got_words(exchange)}")
        self.choice.blockSignals(False)
        self.choice.setVisible(len(self._shown) > 1)
        left_out = len(outcome.exchanges) - len(self._shown)
        self.note.setText(f"{left_out} more requests like these were sent.")
        self.note.setVisible(left_out > 0)
        decisive = outcome.decisive
        place = next((place for place, one in enumerate(self._shown) if one is decisive), len(self._shown) - 1)
        self.choice.setCurrentIndex(place)
        self._on_choice(place)
        self.back.setFocus()

    def _on_choice(self, place: int) -> None:
        if 0 <= place < len(self._shown):
            shown = shown_of(self._shown[place], self._scrub)
            self.request.show_text(shown.request)
            self.response.show_text(shown.response)
