"""The card of the likely cause: a lamp, what it is, what to do, and how to fix what the program cannot."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from inspector.signatures.diagnosis.cause import Action, Do
from inspector.ui.detail.card import Card
from inspector.ui.detail.signature_words import WAITING
from inspector.ui.detail.signature_wrap import WrapRow
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import PrimaryButton, SecondaryButton
from inspector.ui.widgets.labels import Label

WAITING_AFTER_MS = 100
MOST_BUTTONS = 3


class CauseCard(Card):
    """Title, text and buttons; the first one does what the diagnosis advises.

    Signals:
        chosen(Action): a button was clicked; How to fix is shown by the card itself.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._icons = icons
        self._busy = False
        self.actions_shown: tuple[Action, ...] = ()
        self.title = Label(theme, "", self, font="strong", wrap=True)
        self.text = Label(theme, "", self, color="text2", wrap=True)
        self.guide = Label(theme, "", self, color="text2", wrap=True)
        self.guide.hide()
        self.row = WrapRow(self)
        self.buttons: list[QPushButton] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 9, 14, 11)
        column.setSpacing(3)
        head = QHBoxLayout()
        head.addSpacing(24)
        head.addWidget(self.title, 1)
        column.addLayout(head)
        column.addWidget(self.text)
        column.addWidget(self.guide)
        column.addSpacing(5)
        column.addWidget(self.row)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(WAITING_AFTER_MS)
        self._clock.timeout.connect(self._say_waiting)

    @property
    def button(self) -> QPushButton:
        """The button of the advised action."""
        return self.buttons[0]

    @property
    def busy(self) -> bool:
        """Whether the cause is still looked for."""
        return self._busy

    def wait(self) -> None:
        """Hide until the cause is known; say after a moment that it is looked for."""
        self._busy = True
        self.hide()
        self._clock.start()

    def _say_waiting(self) -> None:
        self._say(*WAITING, (), "")
        self.show()

    def stop_waiting(self) -> None:
        """There is nothing to wait for."""
        self._busy = False
        self._clock.stop()

    def show_cause(self, title: str, text: str, actions: Sequence[Action], guide: str = "") -> None:
        """Show a cause with what can be done about it."""
        self.stop_waiting()
        self._say(title, text, actions, guide)
        self.show()

    def _say(self, title: str, text: str, actions: Sequence[Action], guide: str) -> None:
        self.title.setText(title)
        self.text.setText(text)
        self.guide.setText(guide)
        self.guide.hide()
        self.actions_shown = tuple(actions[:MOST_BUTTONS])
        self.buttons = [self._button(action, first=not place) for place, action in enumerate(self.actions_shown)]
        self.row.set_items(self.buttons)
        self.row.setVisible(bool(self.buttons))
        self.setAccessibleName(f"{title}. {text}")
        self.updateGeometry()

    def _button(self, action: Action, *, first: bool) -> QPushButton:
        kind = PrimaryButton if first and action.do is not Do.EDIT_SECRET else SecondaryButton
        button = kind(self._theme, self._icons, action.words, "", self.row, size_name="controlSmall")
        button.clicked.connect(lambda _checked=False: self._choose(action))
        return button

    def _choose(self, action: Action) -> None:
        if action.do is Do.HOW_TO_FIX:
            self.guide.setVisible(self.guide.isHidden())
            self.updateGeometry()
        else:
            self.chosen.emit(action)

    def set_enabled(self, enabled: bool) -> None:
        """Let the buttons be clicked, or not while one of them is being carried out."""
        self.row.setEnabled(enabled)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        place = QRectF(12, self.title.geometry().top() + 1, 16, 16)
        icon, tint = ("search", "text2") if self._busy else ("lightbulb", "warnFg")
        self._icons.paint(painter, icon, tint, place.left(), place.top(), 16)
        painter.end()
