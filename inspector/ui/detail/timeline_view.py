"""The Timeline: the events of the message with this one among them, and where the time of this request went."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.domain.event import Event
from inspector.store.message_reader import MessageDetail
from inspector.timeline.lifecycle import lifecycle
from inspector.timeline.lines import lines_of
from inspector.ui.detail.detail_view import DetailView, Surroundings
from inspector.ui.detail.overview_view import scroll_area
from inspector.ui.detail.timeline_request import RequestTimes
from inspector.ui.messages.timeline_list import TimelineList
from inspector.ui.theme_tokens import PANE_PADDING
from inspector.ui.widgets.buttons import link_button
from inspector.ui.widgets.labels import ElidingLabel, Label

ALONE = "This event carries no message ID, so it stands alone."
READING = "Reading the message…"


class TimelineView(DetailView):
    """The message is read off the window's thread: it is asked for, and shown when it comes.

    Signals:
        message_wanted(int): the message of this event is to be shown, by `show_message`.
        message_chosen(int): open this message on its own page.
    """

    message_wanted = Signal(object)
    message_chosen = Signal(object)

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(around, parent)
        self._event: Event | None = None
        self._detail: MessageDetail | None = None
        self.title = ElidingLabel(self.theme, "", font="caption", color="text2", mode=Qt.TextElideMode.ElideMiddle)
        self.open_link = link_button(self.theme, self.icons, "Open in Messages", self._on_open)
        self.words = Label(self.theme, "", color="text2", wrap=True)
        self.timeline = TimelineList(self.theme, self.icons)
        self.request = RequestTimes(self.theme)
        self.timeline.event_chosen.connect(self.around.wishes.open_event_requested)
        area = scroll_area(self)
        area.setAccessibleName("Timeline of the message")
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(PANE_PADDING, 14, PANE_PADDING, PANE_PADDING)
        inner.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.open_link)
        inner.addLayout(head)
        inner.addWidget(self.words)
        inner.addWidget(self.timeline)
        inner.addSpacing(6)
        inner.addWidget(self.request)
        inner.addStretch(1)
        area.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)

    def show_event(self, event: Event | None) -> None:
        moved = event is None or self._event is None or event.id != self._event.id
        self._event = event
        if event is None:
            return
        self.request.show_event(event)
        named = any(report.message_id for report in event.reports)
        if moved:
            self._show_nothing(READING if named else ALONE)
        if named:
            self.message_wanted.emit(event.id)

    def refresh(self) -> None:
        """Ask for the message again: something about it changed."""
        if self._event is not None and self.isVisible() and self._detail is not None:
            self.message_wanted.emit(self._event.id)

    def show_message(self, event_id: int, detail: MessageDetail | None, now_us: int) -> None:
        """Show the message that was wanted for an event, as seen at a moment; another event may be shown by now."""
        event = self._event
        if event is None or event.id != event_id:
            return
        if detail is None:
            self._show_nothing("The message is not put together yet." if self.words.text() == READING else ALONE)
            return
        self._detail = detail
        row = detail.row
        life = lifecycle(detail.reports, now_us, expected=row.outline.expected, consents=detail.consents)
        self.title.setText(f"Message {row.message_id}")
        self.open_link.show()
        self.words.hide()
        self.timeline.show_lines(lines_of(life), event.id)
        self.timeline.show()

    def _show_nothing(self, words: str) -> None:
        self._detail = None
        self.title.setText("Message")
        self.open_link.hide()
        self.timeline.hide()
        self.words.setText(words)
        self.words.show()

    def _on_open(self) -> None:
        if self._detail is not None:
            self.message_chosen.emit(self._detail.row.id)
