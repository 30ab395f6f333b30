"""The Replays view: every attempt of this event, newest first, those of a series under it; the open one shows more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.domain.attempt import Attempt, AttemptId, SeriesId
from inspector.domain.event import Event
from inspector.domain.series import BY_HAND, Series
from inspector.ui.detail.attempt_card import AttemptCard
from inspector.ui.detail.attempt_row import AttemptRow, RunningRow
from inspector.ui.detail.attempt_series import Group, groups_of, name_of, standing_of, tries_words, waited_words
from inspector.ui.detail.attempt_series_row import SeriesRow
from inspector.ui.detail.attempt_source import SeriesSource
from inspector.ui.detail.attempt_words import outcome_of
from inspector.ui.detail.detail_view import DetailView, Surroundings
from inspector.ui.detail.event_menus import can_replay
from inspector.ui.detail.overview_view import scroll_area
from inspector.ui.detail.sizes import clock, day
from inspector.ui.widgets.buttons import SecondaryButton
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.labels import Label

MOST_ROWS = 100
TICK_MS = 1_000
GATHER_MS = 300
MANY = 30
"""With more attempts than this, those that come in a rush are shown together."""

INDENT_PX = 22


@dataclass(frozen=True, slots=True)
class _Line:
    """What one row shows: an attempt, or the head of a series."""

    group: Group
    attempt: Attempt | None = None
    before: Attempt | None = None  # the try before it in its series

    def says_the_same(self, other: _Line) -> bool:
        """Whether another line is about the same attempt in the same words."""
        if self.attempt is None or other.attempt is None or self.attempt.id != other.attempt.id:
            return False
        same_before = (self.before is None) == (other.before is None)
        return same_before and self.group.is_single == other.group.is_single


class ReplaysView(DetailView):
    """One attempt is open at a time; the newest opens when it arrives. A series folds."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(around, parent)
        self._event: Event | None = None
        self._attempts: tuple[Attempt, ...] = ()
        self._series: tuple[Series, ...] = ()
        self._source: SeriesSource | None = None
        self._folded: set[SeriesId] = set()
        self._running = ""
        self._open_id: AttemptId | None = None
        theme, icons = self.theme, self.icons
        self.caption = Label(theme, "", self, font="caption", color="text2", numbers=True)
        self.again = SecondaryButton(theme, icons, "Replay again", "repeat-2", self, size_name="controlSmall")
        self.again.clicked.connect(self.replay)
        self.running = RunningRow(theme, icons, self.cancel, self)
        self.rows: list[AttemptRow] = []
        self.series_rows: list[SeriesRow] = []
        self._row_of: dict[AttemptId, AttemptRow] = {}
        self._shown_as: dict[AttemptRow, _Line] = {}
        self._shown_series: list[Group] = []
        self.card = AttemptCard(around, self)
        self.older = Label(theme, "", self, font="small", color="text3")
        self.nothing = EmptyState(theme, icons, "repeat-2", "", "", self)
        self._ticks = QTimer(self)
        self._ticks.setInterval(TICK_MS)
        self._ticks.timeout.connect(self._tick)
        self._gathering = QTimer(self)
        self._gathering.setSingleShot(True)
        self._gathering.setInterval(GATHER_MS)
        self._gathering.timeout.connect(self.refresh)
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
        self._card_column = QVBoxLayout(self._card_box)
        self._card_column.setContentsMargins(8, 5, 8, 10)
        self._card_column.addWidget(self.card)
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
        self.theme.times_changed.connect(self._write_times)

    # -- what is shown ------------------------------------------------------------------------------------------

    def serve(self, source: SeriesSource) -> None:
        """Ask for series here from now on."""
        self._source = source
        self.refresh()

    def show_event(self, event: Event | None) -> None:
        if event is not None and (self._event is None or event.id != self._event.id):
            self._open_id = None
            self._folded.clear()
            self._gathering.stop()
        self._event = event
        if event is None:
            self._ticks.stop()
            self._gathering.stop()
        elif not can_replay(event):
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
        in_a_rush = self._gathering.isActive() and len(attempts) > MANY
        self._attempts, self._running = attempts, running
        if not in_a_rush:
            self.refresh()

    def refresh_soon(self) -> None:
        """Read the series again, in a rush together with what else comes."""
        if not (self._gathering.isActive() and len(self._attempts) > MANY):
            self.refresh()

    def refresh(self) -> None:
        """Read the event's series again, and show how everything stands."""
        source, event = self._source, self._event
        self._series = tuple(source.series_of(event.id)) if source is not None and event is not None else ()
        self._fill()
        if len(self._attempts) > MANY and self._open_series():
            self._gathering.start()

    def _fill(self) -> None:
        alone = bool(self._running) and not any(one.target == self._running for one in self._open_series())
        count = len(self._attempts)
        self._list.setVisible(alone or bool(self._attempts) or bool(self._series))
        self.nothing.setVisible(self._list.isHidden())
        self.caption.setText(f"{count:,} replay{'' if count == 1 else 's'}" if count else "First replay")
        self.again.setEnabled(not self._running)
        self.running.setVisible(alone)
        self.running.set_target(self._running)
        self._show_lines()
        self._fit_clock()

    def _open_series(self) -> list[Series]:
        return [one for one in self._series if one.state.is_open]

    def _lines(self) -> list[_Line]:
        found: list[_Line] = []
        for group in groups_of(self._attempts, self._series):
            if group.is_single:
                found.append(_Line(group, group.attempts[0]))
                continue
            found.append(_Line(group))
            if group.series is not None and group.series.id not in self._folded:
                befores = (*group.attempts[1:], None)
                tries = zip(group.attempts[:MOST_ROWS], befores, strict=False)
                found += [_Line(group, attempt, before) for attempt, before in tries]
        return found

    def _show_lines(self) -> None:
        lines = self._lines()
        shown = lines[:MOST_ROWS]
        attempts_shown = [line.attempt for line in shown if line.attempt is not None]
        folded = sum(len(line.group.attempts) for line in lines if self._is_folded(line.group))
        left = len(self._attempts) - len(attempts_shown) - folded
        self.older.setVisible(left > 0)
        self.older.setText(f"{left:,} older replays are not shown")
        self._shown_series = [line.group for line in shown if line.attempt is None]
        self._take_rows(attempts_shown)
        self._column.removeWidget(self._card_box)
        self._card_box.hide()
        place = self._column.indexOf(self.running) + 1
        attempts, heads = iter(self.rows), iter(self.series_rows)
        for line in shown:
            row = next(heads) if line.attempt is None else next(attempts)
            if self._column.indexOf(row) != place:
                self._column.removeWidget(row)
                self._column.insertWidget(place, row)
            place += 1
            row.show()
            if line.attempt is None:
                continue
            self._show_attempt(row, line, line.attempt)
            if line.attempt.id == self._open_id and self._event is not None:
                self.card.show_attempt(line.attempt, self._event)
                self._card_column.setContentsMargins(8 if line.group.is_single else 8 + INDENT_PX, 5, 8, 10)
                self._column.insertWidget(place, self._card_box)
                self._card_box.show()
                place += 1
        for rest in (*attempts, *heads):
            rest.hide()
        self._show_heads()

    def _write_times(self) -> None:
        self._shown_as.clear()
        self._show_lines()

    def _is_folded(self, group: Group) -> bool:
        return group.series is not None and not group.is_single and group.series.id in self._folded

    def _take_rows(self, attempts: list[Attempt]) -> None:
        """Put a row for each attempt in front; one that was shown keeps its row, for most stay as they are."""
        kept = {id(self._row_of.get(attempt.id)) for attempt in attempts}
        free = [row for row in self.rows if id(row) not in kept]
        taken: list[AttemptRow] = []
        known, self._row_of = self._row_of, {}
        for attempt in attempts:
            row = known.get(attempt.id) or (free.pop() if free else self._new_row())
            self._row_of[attempt.id] = row
            taken.append(row)
        self.rows = [*taken, *free]
        while len(self.series_rows) < len(self._shown_series):
            number = len(self.series_rows)
            head = SeriesRow(self.theme, self.icons, partial(self.stop, number), self)
            head.clicked.connect(lambda _checked=False, number=number: self.fold(number))
            self.series_rows.append(head)
            self._column.insertWidget(self._column.count() - 2, head)

    def _new_row(self) -> AttemptRow:
        row = AttemptRow(self.theme, self.icons, self)
        row.clicked.connect(lambda _checked=False: self._on_row(row))
        self._column.insertWidget(self._column.count() - 2, row)
        return row

    def _show_attempt(self, row: AttemptRow, line: _Line, attempt: Attempt) -> None:
        row.setChecked(attempt.id == self._open_id)
        known = self._shown_as.get(row)
        self._shown_as[row] = line
        group, series = line.group, line.group.series
        if known is not None and known.says_the_same(line):
            return
        when = self._when(attempt.sent_at)
        if series is None:
            row.set_attempt(attempt.sent.url, when, outcome_of(attempt))
        elif group.is_single:
            words = name_of(series, self._rule_of(series))
            row.set_attempt(attempt.sent.url, f"{when}, {words[:1].lower()}{words[1:]}", outcome_of(attempt))
        else:
            title, waited = f"Attempt {attempt.try_no:,}", waited_words(series, attempt, line.before)
            row.set_attempt(title, f"{when}, {waited}", outcome_of(attempt), plain=True, indent=INDENT_PX)

    def _show_heads(self) -> None:
        now = datetime.now(UTC)
        for row, group in zip(self.series_rows, self._shown_series, strict=False):
            series, source = group.series, self._source
            if series is None or source is None:
                continue
            outcome = standing_of(series, now, running=source.is_running(series), paused=source.is_paused(series))
            words = f"{name_of(series, self._rule_of(series))}, {tries_words(series)}"
            row.set_series(series.target, words, outcome, is_open=series.state.is_open)
            row.setChecked(False)

    def _rule_of(self, series: Series) -> str:
        return "" if self._source is None or series.rule_id == BY_HAND else self._source.rule_name(series)

    def _when(self, moment: datetime) -> str:
        zone = self.theme.times.zone
        when = clock(moment, zone)[:8]
        today = self._event is None or day(moment, zone) == day(self._event.request.received_at, zone)
        return when if today else f"{day(moment, zone)} {when}"

    # -- the countdown ------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        self._show_heads()
        self._fit_clock()

    def _fit_clock(self) -> None:
        """Count down only while there is something to count, and somebody to see it."""
        if self._event is not None and self._open_series() and self.isVisible():
            if not self._ticks.isActive():
                self._ticks.start()
        else:
            self._ticks.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._ticks.stop()

    # -- doing --------------------------------------------------------------------------------------------------

    def _on_row(self, row: AttemptRow) -> None:
        attempt = self._shown_as[row].attempt
        if attempt is not None:
            self.toggle(attempt)

    def toggle(self, attempt: Attempt) -> None:
        """Open an attempt, or close it where it is open."""
        # 0 is no attempt's number: everything is closed, and stays so until a newer attempt comes.
        self._open_id = AttemptId(0) if attempt.id == self._open_id else attempt.id
        self._show_lines()

    def fold(self, number: int) -> None:
        """Show the attempts of a series, or hide them."""
        series = self._shown_series[number].series
        if series is not None:
            self._folded ^= {series.id}
            self._show_lines()

    def stop(self, number: int) -> None:
        """Ask for a series to be stopped."""
        series = self._shown_series[number].series
        if series is not None and self._source is not None:
            self._source.stop(series.id)

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
