"""The right of the replay dialog: every attempt of the event, how a series stands, and what the chosen one got."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from inspector.domain.attempt import Attempt, AttemptId, Failure
from inspector.domain.event import Event
from inspector.domain.series import Series
from inspector.payload.contents import Contents
from inspector.replay.comparison import Side, in_words, side_of_answer, side_of_attempt
from inspector.replay.editing import shown_headers
from inspector.replay.failures import CAN_BE_TRUSTED
from inspector.ui.control.words import counted
from inspector.ui.detail.attempt_card import response_text
from inspector.ui.detail.attempt_row import AttemptRow
from inspector.ui.detail.attempt_series import Group, groups_of, series_summary
from inspector.ui.detail.attempt_source import SeriesSource
from inspector.ui.detail.attempt_words import summary_words
from inspector.ui.detail.card import Card
from inspector.ui.detail.code_area import CodeArea
from inspector.ui.icons import Icons
from inspector.ui.replay.attempt_list import AttemptList
from inspector.ui.replay.timing_bar import TimingBar
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.callout import Action, Callout
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.segments import Segments
from inspector.ui.widgets.tabs import UnderlineTabs

SHORT_PX = 500
TICK_MS = 1_000
LONGEST_SENT = 200_000
TABS = [("response", "Response"), ("headers", "Headers"), ("sent", "Request sent"), ("compare", "Compare")]


class ResultSide(QWidget):
    """A callout, the attempts, and tabs about the chosen one. A series is followed until another attempt is chosen.

    Signals:
        stop_requested(int): a series is to be stopped, by its id.
        trust_requested(str): the certificate of a target is to be trusted, by its address.
    """

    stop_requested = Signal(object)
    trust_requested = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, source: SeriesSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._source = theme, icons, source
        self._event: Event | None = None
        self._attempts: tuple[Attempt, ...] = ()
        self._current: Group | None = None
        self._chosen: AttemptId | None = None
        self._follows = True
        self._told = ""
        self._waits_for = ""
        self.count = Label(theme, "", self, font="small", color="text2", numbers=True)
        self.callout = Callout(theme, icons, "info", "repeat-2", "Not replayed yet", parent=self)
        self.tabs = UnderlineTabs(theme, icons, TABS, self, name="Result")
        self.against = Segments(theme, (("answer", "Our answer"), ("previous", "Previous attempt")), self)
        self.against.setAccessibleName("Compare with")
        self.code = CodeArea(theme, name="Result")
        self.timing = TimingBar(theme, self)
        self.list = AttemptList(theme, icons, self)
        self._ticks = QTimer(self)
        self._ticks.setInterval(TICK_MS)
        self._ticks.timeout.connect(self._show_standing)
        self._lay_out()
        self.tabs.changed.connect(lambda _key: self._show_tab())
        self.against.changed.connect(lambda _key: self._show_tab())
        self.list.chosen.connect(self.choose)
        self.list.stop_requested.connect(self.stop_requested)

    @property
    def rows(self) -> list[AttemptRow]:
        """The rows of the attempts, in the order they are shown."""
        return self.list.rows

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label(self._theme, "Result", self, font="caption", color="text2"))
        head.addStretch(1)
        head.addWidget(self.count)
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

    def show_attempts(self, event: Event, attempts: Sequence[Attempt], series: Sequence[Series] = ()) -> None:
        """Show an event's attempts, newest first, and its series; a new one is chosen."""
        newest = attempts[0].id if attempts else None
        is_new = not self._attempts or newest != self._attempts[0].id
        groups = groups_of(attempts, series)
        current = groups[0] if groups and not groups[0].is_single else None
        begun = current is not None and (self._current is None or _id_of(current) != _id_of(self._current))
        self._event, self._attempts, self._current = event, tuple(attempts), current
        if is_new or begun or self._chosen not in {attempt.id for attempt in attempts}:
            self._chosen = newest
            self._follows = True
            if is_new:
                self._waits_for = ""
        tries = len(current.attempts) if current is not None else 0
        whole = counted(len(attempts), "attempt") if attempts else ""
        self.count.setText(
            f"{counted(tries, 'attempt')}, {len(attempts):,} in all" if 0 < tries < len(attempts) else whole
        )
        self._fill()

    def show_running(self, url: str) -> None:
        """Say that a request is under way, "" for none; it stays said while attempts are shown anew."""
        self._waits_for = url
        if url:
            self.callout.set_content("info", "loader-circle", "Running", f"Waiting for {url}")

    def show_problem(self, title: str, text: str) -> None:
        """Say why nothing was sent."""
        self._waits_for = ""
        self.callout.set_content("fail", "circle-x", title, text)

    @property
    def chosen(self) -> Attempt | None:
        """The attempt that is open."""
        return next((attempt for attempt in self._attempts if attempt.id == self._chosen), None)

    def choose(self, attempt_id: AttemptId) -> None:
        """Open an attempt."""
        self._waits_for = ""
        self._chosen = attempt_id
        tries = self._current.attempts if self._current is not None else ()
        self._follows = bool(tries) and tries[0].id == attempt_id
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.list.set_short(event.size().height() < SHORT_PX)

    def _number(self, attempt: Attempt) -> int:
        """Return an attempt's number: in the series that is shown, or among all."""
        if self._current is not None and attempt in self._current.attempts:
            return attempt.try_no
        return len(self._attempts) - self._attempts.index(attempt)

    def _fill(self) -> None:
        in_series = {attempt.id for attempt in self._current.attempts} if self._current is not None else set()
        others = [
            (len(self._attempts) - place, attempt)
            for place, attempt in enumerate(self._attempts)
            if attempt.id not in in_series
        ]
        self.list.show_attempts(self._current, others, self._chosen)
        chosen = self.chosen
        self.details.setCurrentIndex(1 if chosen is not None else 0)
        self._show_standing()
        self._fit_clock()
        if chosen is None:
            return
        response = chosen.response
        self.tabs.set_count("headers", len(response.headers) if response is not None else None)
        self.against.set_segment_enabled("previous", self._previous() is not None, "This is the first attempt.")
        self.timing.show_attempt(chosen, self._number(chosen))
        self._show_tab()

    def _actions(self, attempt: Attempt) -> Sequence[Action]:
        """Return what can be done about how an attempt ended."""
        if attempt.failure is Failure.TLS and attempt.failure_hint in CAN_BE_TRUSTED:
            return (("Trust for this target…", partial(self.trust_requested.emit, attempt.sent.url)),)
        return ()

    # -- how the series stands ----------------------------------------------------------------------------------

    def _show_standing(self) -> None:
        """Say how the series stands, or what the chosen attempt came to."""
        series = self._current.series if self._current is not None else None
        now = datetime.now(UTC)
        running = series is not None and self._source.is_running(series)
        paused = series is not None and self._source.is_paused(series)
        self.list.show_standing(now, running=running, paused=paused)
        chosen = self.chosen
        if self._waits_for:
            return
        if series is not None and self._follows:
            words = series_summary(series, now, running=running, paused=paused)
            self.callout.set_content(*words)
            told = f"{series.id} {series.state} {series.tries}"
            if told != self._told:
                self._told = told
                announce(self, words[2])
        elif chosen is not None:
            self.callout.set_content(*summary_words(chosen, self._number(chosen)), self._actions(chosen))
        else:
            self.callout.set_content(
                "info", "repeat-2", "Not replayed yet", "Every attempt is kept here with its response."
            )

    def _fit_clock(self) -> None:
        series = self._current.series if self._current is not None else None
        if series is not None and series.state.is_open:
            if not self._ticks.isActive():
                self._ticks.start()
        else:
            self._ticks.stop()

    def end(self) -> None:
        """Stop counting: the dialog is closed."""
        self._ticks.stop()

    def _previous(self) -> Attempt | None:
        chosen = self.chosen
        if chosen is None:
            return None
        among = self._attempts
        if self._current is not None and chosen in self._current.attempts:
            among = self._current.attempts
        place = among.index(chosen)
        return among[place + 1] if place + 1 < len(among) else None

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


def _id_of(group: Group) -> int:
    return group.series.id if group.series is not None else 0


def _sent_text(attempt: Attempt) -> str:
    sent = attempt.sent
    body = sent.body[:LONGEST_SENT].decode("utf-8", "replace")
    left = len(sent.body) - LONGEST_SENT
    note = f"{attempt.note[:1].upper()}{attempt.note[1:]}\n\n" if attempt.note else ""
    more = f"\n… {left:,} more bytes" if left > 0 else ""
    return f"{note}{sent.method} {sent.url}\n{shown_headers(sent.headers)}\n\n{body}{more}"
