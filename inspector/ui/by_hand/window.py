"""The window in which a person answers: what waits and for how long, and the answer to send."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QModelIndex, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from inspector.domain.answer import Answer
from inspector.domain.event import EventId, EventSummary
from inspector.receiver.by_hand import Held
from inspector.ui.by_hand.answer_fields import AnswerFields
from inspector.ui.by_hand.answer_form import said
from inspector.ui.by_hand.waiting_list import EVENT, RECIPIENT, WHERE, WaitingModel, WaitingTable
from inspector.ui.by_hand.words import count_words, fallback_words
from inspector.ui.dialogs.base import Footer
from inspector.ui.events.wording import label_of, recipient_text
from inspector.ui.form import Line
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import GhostButton, PrimaryButton, SecondaryButton
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.window_size import WindowSize

SIZE = QSize(680, 560)
SMALLEST = QSize(600, 480)
TICK_MS = 250
SIDE_PX = 16
TITLE = "Answer by hand"
NOTHING = "Nothing waits for you"
NOTHING_TEXT = "Events of endpoints that are answered by hand appear here, and the provider waits as well."
SETTINGS = "Change how the endpoint answers…"
KEYS = ("Ctrl+Return", "Ctrl+Enter")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the window needs of the program."""

    read: Callable[[Sequence[EventId]], Sequence[EventSummary]]
    answer: Callable[[EventId, Answer], bool]
    endpoint_name: Callable[[Held], str]
    masked: Callable[[Held], bool]


class ByHandWindow(QDialog):
    """Modeless. What is answered goes; the answer stays in the fields for the next one.

    Signals:
        event_wanted(object): show this EventId in the main window.
        settings_wanted: change how the endpoint in view answers.
        gone: the window was closed; what waits goes on waiting.
    """

    event_wanted = Signal(object)
    settings_wanted = Signal()
    gone = Signal()

    def __init__(self, theme: Theme, icons: Icons, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._desk = theme, icons, desk
        self._held: tuple[Held, ...] = ()
        self._answered: set[EventId] = set()
        self.setWindowTitle(TITLE)
        self.setModal(False)
        WindowSize(self, theme, SIZE, SMALLEST)
        self._build()
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        for keys in KEYS:
            QShortcut(QKeySequence(keys), self).activated.connect(self.answer_chosen)
        self.show_held(())

    # -- parts --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        theme, icons, desk = self._theme, self._icons, self._desk
        self.model = WaitingModel(
            icons,
            {
                EVENT: lambda _held, row: label_of(row) if row is not None else "",
                WHERE: lambda held, _row: desk.endpoint_name(held),
                RECIPIENT: lambda held, row: recipient_text(row, masked=desk.masked(held)) if row is not None else "",
            },
        )
        self.fields = AnswerFields(theme, icons)
        self.fields.changed.connect(self._judge)
        self.table = WaitingTable(theme, self.model)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.activated.connect(lambda _index: self.fields.status.setFocus())
        self.title = Label(theme, "", font="title")
        self.text = Label(theme, "", color="text2", wrap=True, numbers=True)
        self.told = Label(theme, "", font="small", color="text2", numbers=True)
        links = ((SETTINGS, self.settings_wanted.emit),)
        self.empty = EmptyState(theme, icons, "hand", NOTHING, NOTHING_TEXT, links=links)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._waiting_page())
        self.pages.addWidget(self.empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.pages, 1)
        outer.addWidget(self._footer())

    def _waiting_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(20, 14, 20, 10)
        head.setSpacing(2)
        head.addWidget(self.title)
        head.addWidget(self.text)
        column.addLayout(head)
        column.addWidget(Line(self._theme))
        indented = QHBoxLayout()
        indented.setContentsMargins(SIDE_PX, 0, SIDE_PX, 0)
        indented.addWidget(self.table)
        column.addLayout(indented, 1)
        column.addWidget(Line(self._theme))
        below = QVBoxLayout()
        below.setContentsMargins(20, 12, 20, 10)
        below.addWidget(self.fields)
        column.addLayout(below)
        return page

    def _footer(self) -> Footer:
        theme, icons = self._theme, self._icons
        self.show_event = GhostButton(theme, icons, "Show event", "external-link")
        self.show_event.clicked.connect(self._show_chosen)
        self.all_button = SecondaryButton(theme, icons, "Answer all waiting")
        self.all_button.clicked.connect(self.answer_all)
        self.answer_button = PrimaryButton(theme, icons, "Answer", "send")
        self.answer_button.setToolTip("Answer the chosen event (Ctrl+Enter)")
        self.answer_button.clicked.connect(self.answer_chosen)
        footer = Footer(theme, [self.all_button, self.answer_button], self.show_event)
        cast("QHBoxLayout", footer.layout()).insertWidget(1, self.told)
        return footer

    # -- what is shown ------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> Held | None:
        """The event the answer is for."""
        return self.model.held(self.table.row)

    def show_held(self, held: Sequence[Held]) -> None:
        """Take over what waits now, oldest first."""
        before = self._held
        self._held = tuple(item for item in held if item.event_id not in self._answered)
        self._answered &= {item.event_id for item in held}
        row = self.table.row
        self.model.show_held(self._held, self._desk.read)
        if self._held and (self.table.row < 0 or not before):
            self.table.choose(min(max(row, 0), self.model.rowCount() - 1))
        self.pages.setCurrentIndex(0 if self._held else 1)
        if self._held and not before:
            self.table.setFocus()
        self.title.setText(count_words(len(self._held)))
        self._tick()
        self._judge()

    def _tick(self) -> None:
        self.text.setText(fallback_words(self._held))
        self.model.tick()

    def _on_row(self, now: QModelIndex, _before: QModelIndex) -> None:
        held = self.model.held(now.row()) if now.isValid() else None
        if held is not None and not self.fields.touched:
            self.fields.show_answer(held.fallback)
        self._judge()

    def _judge(self) -> None:
        ready = not self.fields.problems
        count = len(self._held)
        self.answer_button.setEnabled(ready and self.chosen is not None)
        self.all_button.setText(f"Answer all {count:,}" if count > 1 else "Answer all waiting")
        self.all_button.setAccessibleName("Answer all waiting")
        self.all_button.updateGeometry()
        self.all_button.setEnabled(ready and count > 1)
        self.show_event.setEnabled(self.chosen is not None)

    # -- answering ----------------------------------------------------------------------------------------------

    def answer_chosen(self) -> None:
        """Send the answer to the chosen event, and choose the next one."""
        held, answer = self.chosen, self.fields.answer()
        if held is not None and answer is not None:
            self._send([held], answer)

    def answer_all(self) -> None:
        """Send the answer to every event that waits."""
        answer = self.fields.answer()
        if answer is not None and self._held:
            self._send(self._held, answer)

    def _send(self, some: Sequence[Held], answer: Answer) -> None:
        sent = [held for held in some if self._desk.answer(held.event_id, answer)]
        self._answered |= {held.event_id for held in sent}
        late = len(some) - len(sent)
        if len(some) == 1:
            number = f"#{some[0].event_id:,}"
            words = f"{number} got {said(answer)}." if sent else f"{number} does not wait any more."
        else:
            words = f"{len(sent):,} events got {said(answer)}.{f' {late:,} did not wait any more.' if late else ''}"
        self._say(words)
        self.show_held(self._held)

    def _say(self, words: str) -> None:
        self.told.setText(words)
        announce(self, words)

    def _show_chosen(self) -> None:
        if self.chosen is not None:
            self.event_wanted.emit(self.chosen.event_id)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def reject(self) -> None:
        """Escape closes it as the cross does."""
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.gone.emit()
