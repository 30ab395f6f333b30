"""The Replays view: every attempt of this event, newest first; the open one shows its response."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.domain.attempt import Attempt, AttemptId
from inspector.domain.event import Event
from inspector.ui.detail.attempt_card import AttemptCard
from inspector.ui.detail.attempt_row import AttemptRow, RunningRow
from inspector.ui.detail.attempt_words import outcome_of
from inspector.ui.detail.detail_view import DetailView, Surroundings
from inspector.ui.detail.event_menus import can_replay
from inspector.ui.detail.overview_view import scroll_area
from inspector.ui.detail.sizes import clock, day
from inspector.ui.widgets.buttons import SecondaryButton
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.labels import Label

MOST_ROWS = 100


class ReplaysView(DetailView):
    """One row is open at a time; the newest opens when it arrives."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(around, parent)
        self._event: Event | None = None
        self._attempts: tuple[Attempt, ...] = ()
        self._running = ""
        self._open_id: AttemptId | None = None
        theme, icons = self.theme, self.icons
        self.caption = Label(theme, "", self, font="caption", color="text2", numbers=True)
        self.again = SecondaryButton(theme, icons, "Replay again", "repeat-2", self, size_name="controlSmall")
        self.again.clicked.connect(self.replay)
        self.running = RunningRow(theme, icons, self.cancel, self)
        self.rows: list[AttemptRow] = []
        self.card = AttemptCard(around, self)
        self.older = Label(theme, "", self, font="small", color="text3")
        self.nothing = EmptyState(
            theme,
            icons,
            "repeat-2",
            "",
            "",
            self,
        )
        self._lay_out()

    def _lay_out(self) -> None:
        self._list = QWidget(self)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 16, 6)
        head.addWidget(self.caption)
        head.addStretch(1)
        head.addWidget(self.again)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(8, 0, 8, 16)
        self._column.setSpacing(0)
        self._column.addWidget(self.running)
        self._column.addWidget(self.older, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(1)
        self._card_box = QWidget(body)
        box = QVBoxLayout(self._card_box)
        box.setContentsMargins(8, 5, 8, 10)
        box.addWidget(self.card)
        area = scroll_area(self)
        area.setWidget(body)
        inner = QVBoxLayout(self._list)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addLayout(head)
        inner.addWidget(area, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._list)
        column.addWidget(self.nothing)

    def show_event(self, event: Event | None) -> None:
        if event is not None and (self._event is None or event.id != self._event.id):
            self._open_id = None
        self._event = event
        if event is not None and not can_replay(event):
            self.nothing.set_content("ban", "Cannot be replayed", "The body of this request was not kept.")
        else:
            self.nothing.set_content(
                "repeat-2",
                "Not replayed yet",
                "Replay sends this event to your own handler and keeps the response.",
                primary=("Replay", self.replay),
                actions=(("Edit and replay…", self.replay_to),),
            )

    def show_attempts(self, attempts: tuple[Attempt, ...], running: str) -> None:
        newest = attempts[0].id if attempts else None
        is_new = bool(self._attempts) and newest is not None and newest != self._attempts[0].id
        known = {attempt.id for attempt in attempts}
        if self._open_id is None or is_new or (self._open_id and self._open_id not in known):
            self._open_id = newest
        self._attempts, self._running = attempts, running
        self._fill()

    def _fill(self) -> None:
        busy = bool(self._running)
        self._list.setVisible(busy or bool(self._attempts))
        self.nothing.setVisible(self._list.isHidden())
        count = len(self._attempts)
        self.caption.setText(f"{count:,} replay{'' if count == 1 else 's'}" if count else "First replay")
        self.again.setEnabled(not busy)
        self.running.setVisible(busy)
        self.running.set_target(self._running)
        shown = self._attempts[:MOST_ROWS]
        self.older.setVisible(count > MOST_ROWS)
        self.older.setText(f"{count - MOST_ROWS:,} older replays are not shown")
        self._show_rows(shown)

    def _show_rows(self, shown: tuple[Attempt, ...]) -> None:
        while len(self.rows) < len(shown):
            row = AttemptRow(self.theme, self.icons, self)
            number = len(self.rows)
            row.clicked.connect(lambda _checked=False, number=number: self.toggle(number))
            self.rows.append(row)
            self._column.insertWidget(self._column.count() - 2, row)
        self._column.removeWidget(self._card_box)
        self._card_box.hide()
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(shown))
            if number >= len(shown):
                continue
            attempt = shown[number]
            when = clock(attempt.sent_at)[:8]
            today = self._event is None or day(attempt.sent_at) == day(self._event.request.received_at)
            row.set_attempt(attempt.sent.url, when if today else f"{day(attempt.sent_at)} {when}", outcome_of(attempt))
            row.setChecked(attempt.id == self._open_id)
            if attempt.id == self._open_id and self._event is not None:
                self.card.show_attempt(attempt, self._event)
                self._column.insertWidget(self._column.indexOf(row) + 1, self._card_box)
                self._card_box.show()

    def toggle(self, number: int) -> None:
        """Open a row, or close it where it is open."""
        attempt = self._attempts[number]
        # 0 is no attempt's number: everything is closed, and stays so until a newer attempt comes.
        self._open_id = AttemptId(0) if attempt.id == self._open_id else attempt.id
        self._show_rows(self._attempts[:MOST_ROWS])

    def replay(self) -> None:
        """Ask for another replay to the endpoint's target, or to one that is asked for where there is none."""
        if self._event is None:
            return
        endpoint_id = self._event.summary.endpoint_id
        endpoint = self.around.reader.endpoint(endpoint_id) if endpoint_id is not None else None
        if endpoint is not None and endpoint.target:
            self.around.wishes.replay_requested.emit(self._event.id)
        else:
            self.around.wishes.replay_to_requested.emit(self._event.id)

    def replay_to(self) -> None:
        """Ask for a replay to a target that is asked for."""
        if self._event is not None:
            self.around.wishes.replay_to_requested.emit(self._event.id)

    def cancel(self) -> None:
        """Ask for the replay that runs to be stopped."""
        if self._event is not None:
            self.around.wishes.attempt_cancel_requested.emit(self._event.id)
