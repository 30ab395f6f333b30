"""The attempts beside the replay dialog: those of the newest series in their order, the earlier ones behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from inspector.domain.attempt import Attempt, AttemptId
from inspector.domain.schedules import wait_words
from inspector.domain.series import Series
from inspector.ui.detail.attempt_row import ROW_PX, AttemptRow
from inspector.ui.detail.attempt_series import Group, standing_of, waited_words
from inspector.ui.detail.attempt_series_row import SeriesRow
from inspector.ui.detail.attempt_words import Outcome, answer_words, outcome_of
from inspector.ui.detail.sizes import clock
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.labels import Label

MOST_ROWS = 50
ROWS_IN_SIGHT = 3
EARLIER_PX = 24


class AttemptList(QScrollArea):
    """As high as its rows, three at most.

    Signals:
        chosen(int): an attempt was chosen, by its id.
        stop_requested(int): a series is to be stopped, by its id.
    """

    chosen = Signal(object)
    stop_requested = Signal(object)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self._shown: list[Attempt] = []
        self._series: Series | None = None
        self._short = False
        self.rows: list[AttemptRow] = []
        self.setWidgetResizable(True)
        self.setAccessibleName("Attempts")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._page = page = QWidget()
        self.pending = SeriesRow(theme, icons, self._stop, page)
        self.pending.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pending.setCheckable(False)
        self.earlier = Label(theme, "Earlier", page, font="caption", color="text2")
        self.earlier.setFixedHeight(EARLIER_PX)
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.pending)
        self._column.addWidget(self.earlier)
        self._column.addStretch(1)
        self.setWidget(page)
        self._fit(0)

    def show_attempts(
        self, current: Group | None, others: Sequence[tuple[int, Attempt]], chosen: AttemptId | None
    ) -> None:
        """Show the series that is the newest, if one is, and other attempts with their numbers, newest first."""
        self._series = current.series if current is not None else None
        tries = list(current.attempts[:MOST_ROWS][::-1]) if current is not None else []
        rest = list(others[: MOST_ROWS - len(tries)])
        before = len(self._shown)
        self._shown = [*tries, *(attempt for _number, attempt in rest)]
        self._make_rows()
        self._order(len(tries))
        for row, attempt in zip(self.rows, self._shown, strict=False):
            row.setChecked(attempt.id == chosen)
            row.show()
        for row in self.rows[len(self._shown) :]:
            row.hide()
        for row, attempt in zip(self.rows, tries, strict=False):
            self._show_try(row, attempt, tries)
        for row, (number, attempt) in zip(self.rows[len(tries) :], rest, strict=False):
            when = clock(attempt.sent_at, self._theme.times.zone)
            row.set_attempt(attempt.sent.url, f"Attempt {number:,}, {when}", outcome_of(attempt))
        is_open = self._series is not None and self._series.state.is_open
        self.pending.setVisible(is_open)
        self.earlier.setVisible(bool(rest) and current is not None)
        self._fit(len(self._shown) + is_open)
        if is_open and len(self._shown) != before:
            self._page.adjustSize()
            self.ensureWidgetVisible(self.pending, 0, 0)

    def show_standing(self, now: datetime, *, running: bool, paused: bool) -> None:
        """Say what the series waits for."""
        series = self._series
        if series is None or not series.state.is_open:
            return
        outcome = standing_of(series, now, running=running, paused=paused)
        waits = series.plan.schedule.waits_s
        wait_s = waits[min(series.tries, len(waits) - 1)]
        when = f"after {wait_words(wait_s)}" if wait_s else "at once"
        self.pending.set_series(
            f"Attempt {series.tries + 1:,} of {len(waits):,}", when, outcome, is_open=True, plain=True
        )

    def _make_rows(self) -> None:
        while len(self.rows) < len(self._shown):
            row = AttemptRow(self._theme, self._icons, self._page)
            place = len(self.rows)
            row.clicked.connect(lambda _checked=False, place=place: self.chosen.emit(self._shown[place].id))
            self.rows.append(row)
            self._column.insertWidget(self._column.count() - 1, row)

    def _order(self, tries: int) -> None:
        """Put what is to come behind the tries, and before the other attempts."""
        wanted: list[QWidget] = [*self.rows[:tries], self.pending, self.earlier, *self.rows[tries:]]
        for place, widget in enumerate(wanted):
            if self._column.indexOf(widget) != place:
                self._column.removeWidget(widget)
                self._column.insertWidget(place, widget)

    def _show_try(self, row: AttemptRow, attempt: Attempt, tries: Sequence[Attempt]) -> None:
        assert self._series is not None  # tries are shown, so their series is
        place = tries.index(attempt)
        waited = waited_words(self._series, attempt, tries[place - 1] if place else None)
        when = clock(attempt.sent_at, self._theme.times.zone)
        row.set_attempt(f"Attempt {attempt.try_no:,}", f"{when}, {waited}", _told(attempt), plain=True)

    def _stop(self) -> None:
        if self._series is not None:
            self.stop_requested.emit(self._series.id)

    def set_short(self, short: bool) -> None:
        """Give the room to what is below where there is little of it."""
        self._short = short
        self._fit(len(self._shown) + (not self.pending.isHidden()))

    def _fit(self, count: int) -> None:
        more = EARLIER_PX if not self.earlier.isHidden() and count <= ROWS_IN_SIGHT else 0
        self.setFixedHeight(ROW_PX * min(count, 1 if self._short else ROWS_IN_SIGHT) + more)
        self.setVisible(count > 0)

    def sizeHint(self) -> QSize:
        return QSize(300, self.height())


def _told(attempt: Attempt) -> Outcome:
    """Return how a try ended, with the status line in full."""
    return replace(outcome_of(attempt), word=answer_words(attempt)[0])
