"""The right of the replay dialog: every attempt of the event, and what the chosen one got."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from inspector.domain.attempt import Attempt, AttemptId
from inspector.domain.event import Event
from inspector.payload.contents import Contents
from inspector.replay.comparison import Side, in_words, side_of_answer, side_of_attempt
from inspector.replay.editing import shown_headers
from inspector.ui.control.words import counted
from inspector.ui.detail.attempt_card import response_text
from inspector.ui.detail.attempt_row import ROW_PX, AttemptRow
from inspector.ui.detail.attempt_words import outcome_of, summary_words
from inspector.ui.detail.card import Card
from inspector.ui.detail.code_area import CodeArea
from inspector.ui.detail.sizes import clock
from inspector.ui.icons import Icons
from inspector.ui.replay.timing_bar import TimingBar
from inspector.ui.theme import Theme
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.segments import Segments
from inspector.ui.widgets.tabs import UnderlineTabs

MOST_ROWS = 50
ROWS_IN_SIGHT = 3
SHORT_PX = 500
LONGEST_SENT = 200_000
TABS = [("response", "Response"), ("headers", "Headers"), ("sent", "Request sent"), ("compare", "Compare")]


class ResultSide(QWidget):
    """A callout, the attempts (newest first), and tabs about the chosen one."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self._event: Event | None = None
        self._attempts: tuple[Attempt, ...] = ()
        self._chosen: AttemptId | None = None
        self.count = Label(theme, "", self, font="small", color="text2", numbers=True)
        self.callout = Callout(theme, icons, "info", "repeat-2", "Not replayed yet", parent=self)
        self.rows: list[AttemptRow] = []
        self.tabs = UnderlineTabs(theme, icons, TABS, self, name="Result")
        self.against = Segments(theme, (("answer", "Our answer"), ("previous", "Previous attempt")), self)
        self.against.setAccessibleName("Compare with")
        self.code = CodeArea(theme, name="Result")
        self.timing = TimingBar(theme, self)
        self._lay_out()
        self.tabs.changed.connect(lambda _key: self._show_tab())
        self.against.changed.connect(lambda _key: self._show_tab())

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label(self._theme, "Result", self, font="caption", color="text2"))
        head.addStretch(1)
        head.addWidget(self.count)
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self.list = _Attempts(self)
        self.list.setWidget(page)
        frame = Card(self._theme, self)
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(2, 2, 2, 2)
        inside.addWidget(self.code)
        self.details = QStackedWidget(self)
        shown = QWidget()
        below = QVBoxLayout(shown)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(8)
        below.addWidget(self.tabs)
        below.addWidget(self.against, 0, Qt.AlignmentFlag.AlignLeft)
        below.addWidget(frame, 1)
        below.addWidget(self.timing)
        self.details.addWidget(QWidget())
        self.details.addWidget(shown)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 14)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.callout)
        column.addWidget(self.list)
        column.addWidget(self.details, 1)

    def show_attempts(self, event: Event, attempts: Sequence[Attempt]) -> None:
        """Show an event's attempts, newest first; a new one is chosen."""
        newest = attempts[0].id if attempts else None
        is_new = not self._attempts or newest != self._attempts[0].id
        self._event, self._attempts = event, tuple(attempts)
        if is_new or self._chosen not in {attempt.id for attempt in attempts}:
            self._chosen = newest
        self.count.setText(counted(len(attempts), "attempt") if attempts else "")
        self._fill()

    def show_running(self, url: str) -> None:
        """Say that a request is under way."""
        self.callout.set_content("info", "loader-circle", "Running", f"Waiting for {url}")

    def show_problem(self, title: str, text: str) -> None:
        """Say why nothing was sent."""
        self.callout.set_content("fail", "circle-x", title, text)

    @property
    def chosen(self) -> Attempt | None:
        """The attempt that is open."""
        return next((attempt for attempt in self._attempts if attempt.id == self._chosen), None)

    def choose(self, attempt_id: AttemptId) -> None:
        """Open an attempt."""
        self._chosen = attempt_id
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.list.set_short(event.size().height() < SHORT_PX)

    def _number(self, attempt: Attempt) -> int:
        return len(self._attempts) - self._attempts.index(attempt)

    def _fill(self) -> None:
        shown = self._attempts[:MOST_ROWS]
        while len(self.rows) < len(shown):
            row = AttemptRow(self._theme, self._icons, self)
            place = len(self.rows)
            row.clicked.connect(lambda _checked=False, place=place: self.choose(self._attempts[place].id))
            self.rows.append(row)
            self._column.insertWidget(self._column.count() - 1, row)
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(shown))
            if place < len(shown):
                attempt = shown[place]
                when = f"Attempt {self._number(attempt):,}, {clock(attempt.sent_at)}"
                row.set_attempt(attempt.sent.url, when, outcome_of(attempt))
                row.setChecked(attempt.id == self._chosen)
        self.list.set_count(len(shown))
        chosen = self.chosen
        self.details.setCurrentIndex(1 if chosen is not None else 0)
        if chosen is None:
            self.callout.set_content(
                "info", "repeat-2", "Not replayed yet", "Every attempt is kept here with its response."
            )
            return
        self.callout.set_content(*summary_words(chosen, self._number(chosen)))
        response = chosen.response
        self.tabs.set_count("headers", len(response.headers) if response is not None else None)
        self.against.set_segment_enabled("previous", self._previous() is not None, "This is the first attempt.")
        self.timing.show_attempt(chosen, self._number(chosen))
        self._show_tab()

    def _previous(self) -> Attempt | None:
        place = next((place for place, item in enumerate(self._attempts) if item.id == self._chosen), len(self.rows))
        return self._attempts[place + 1] if place + 1 < len(self._attempts) else None

    def _show_tab(self) -> None:
        chosen = self.chosen
        if chosen is None:
            return
        key = self.tabs.current
        self.against.setVisible(key == "compare")
        text, contents = self._text(chosen, key)
        self.code.set_text(text, contents)

    def _text(self, chosen: Attempt, key: str) -> tuple[str, Contents | None]:
        if key == "sent":
            return _sent_text(chosen), None
        if key == "compare":
            return in_words(self._other(), side_of_attempt(chosen, f"Attempt {self._number(chosen)}")), None
        if chosen.response is None:
            return f"{chosen.failure_title}\n{chosen.failure_hint}", None
        if key == "headers":
            return shown_headers(chosen.response.headers), None
        if not chosen.response.body:
            return "", None
        text, contents, _cut = response_text(chosen.response)
        return text, contents

    def _other(self) -> Side:
        previous = self._previous()
        if self.against.current == "previous" and previous is not None:
            return side_of_attempt(previous, f"Attempt {self._number(previous)}")
        assert self._event is not None  # an attempt is shown, so its event is
        return side_of_answer(self._event.answer)


class _Attempts(QScrollArea):
    """As high as its rows, three at most."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._count = 0
        self._short = False
        self.setWidgetResizable(True)
        self.setAccessibleName("Attempts")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def set_count(self, count: int) -> None:
        self._count = count
        self._fit()
        self.setVisible(count > 0)

    def set_short(self, short: bool) -> None:
        """Give the room to what is below where there is little of it."""
        self._short = short
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(ROW_PX * min(self._count, 1 if self._short else ROWS_IN_SIGHT))

    def sizeHint(self) -> QSize:
        return QSize(300, self.height())


def _sent_text(attempt: Attempt) -> str:
    sent = attempt.sent
    body = sent.body[:LONGEST_SENT].decode("utf-8", "replace")
    left = len(sent.body) - LONGEST_SENT
    note = f"{attempt.note[:1].upper()}{attempt.note[1:]}\n\n" if attempt.note else ""
    more = f"\n… {left:,} more bytes" if left > 0 else ""
    return f"{note}{sent.method} {sent.url}\n{shown_headers(sent.headers)}\n\n{body}{more}"
