"""Many events replayed as one run: choose how, watch it, hold it, close it meanwhile, and take the results along."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from inspector.domain.attempt import Attempt
from inspector.domain.errors import UsageError
from inspector.domain.event import EventId
from inspector.domain.identity import Identity
from inspector.domain.series import SeriesPlan, SeriesState
from inspector.replay.new_ids import NewIds
from inspector.replay.plan import Captured, Options, plan
from inspector.replay.run import Phase, Progress, Run, outcomes
from inspector.replay.summary import to_csv, to_json
from inspector.ui.dialogs.base import Footer, shown
from inspector.ui.form import Line
from inspector.ui.icons import Icons
from inspector.ui.replay.many_form import ManyForm
from inspector.ui.replay.retry_card import RetryCard
from inspector.ui.replay.run_dialog import RunDialog, RunWords, Summary
from inspector.ui.replay.series_run import SeriesRun, standing_words
from inspector.ui.replay.target_field import TargetField
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.badges import Tone
from inspector.ui.widgets.buttons import GhostButton, PrimaryButton, SecondaryButton
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.window_size import WindowSize

SIZE = QSize(660, 720)
SMALLEST = QSize(600, 480)
MOST_OUTCOMES = 5
TELL_MS = 100

Send = Callable[[EventId], Awaitable[Attempt]]


class ManyDesk(Protocol):
    """What the dialog needs of the program."""

    async def captured(self, ids: Sequence[EventId]) -> list[Captured]:
        """Return when each event was received; those that cannot be sent again are left out."""

    async def sender_of(self, url: str, identity: Identity, ids: NewIds) -> Send | None:
        """Return what sends an event to a target; None where the user did not agree to the target."""

    async def series_sender_of(self, url: str, plan: SeriesPlan, ids: NewIds) -> tuple[Send, SeriesRun] | None:
        """Return what begins a series for an event, and what follows them; None where the user did not agree."""

    def open_fast_clock(self, ids: Sequence[EventId], target: str, schedule: str) -> object:
        """Go through a schedule on the fast clock."""

    def open_versus(self, ids: Sequence[EventId], target: str) -> object:
        """Compare what two targets answer."""

    def tell(self, text: str) -> None:
        """Say something in passing."""


class ManyDialog(RunDialog):
    """Closing it lets the run go on. What was sent is kept under its event, as ever."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        desk: ManyDesk,
        ids: Sequence[EventId],
        history: Sequence[str],
        parent: QWidget | None = None,
        *,
        target: str = "",
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._tasks, self._desk = theme, icons, tasks, desk
        self._ids = list(ids)
        self.run_now: Run | None = None
        self.series_now: SeriesRun | None = None
        self._options = Options()
        self._last: Progress | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_over = True
        self._ticks = QTimer(self)
        self._ticks.setSingleShot(True)
        self._ticks.setInterval(TELL_MS)
        self._ticks.timeout.connect(self._show_series)
        self.setWindowTitle(f"Replay {len(self._ids):,} events")
        WindowSize(self, theme, SIZE, SMALLEST)
        self._build(target, history)
        self._show_buttons()

    def _build(self, target: str, history: Sequence[str]) -> None:
        theme, icons = self._theme, self._icons
        self.target = TargetField(theme, icons, target, history, self)
        self.go = PrimaryButton(theme, icons, f"Replay {len(self._ids):,} events", "repeat-2", self)
        top = QHBoxLayout()
        top.setContentsMargins(16, 14, 12, 12)
        top.setSpacing(8)
        top.addWidget(self.target, 1)
        top.addWidget(self.go)
        self.form = ManyForm(theme, icons, self)
        self.retry = RetryCard(theme, icons, self)
        self.callout = Callout(theme, icons, "info", "repeat-2", "Not started", parent=self)
        self.bar = QProgressBar(self)
        self.bar.setAccessibleName("Progress")
        self.bar.setTextVisible(False)
        self.counts = Label(theme, "", self, font="small", color="text2", wrap=True, numbers=True)
        self.versus = GhostButton(theme, icons, "Compare two targets…", "git-compare", self, size_name="control")
        below = QVBoxLayout()
        below.setContentsMargins(16, 10, 16, 12)
        below.setSpacing(8)
        below.addWidget(self.callout)
        below.addWidget(self.bar)
        below.addWidget(self.counts)
        self.pause = SecondaryButton(theme, icons, "Pause", "pause", self)
        self.stop = SecondaryButton(theme, icons, "Stop", parent=self)
        self.export = GhostButton(theme, icons, "Export results…", "download", self, size_name="control")
        close = SecondaryButton(theme, icons, "Close", parent=self)
        left = QWidget(self)
        row = QHBoxLayout(left)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.versus)
        row.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(Line(theme))
        column.addWidget(self._scrolled(), 1)
        column.addLayout(below)
        column.addWidget(Footer(theme, [self.pause, self.stop, close], left))
        self._connect()
        close.clicked.connect(self.close)

    def _scrolled(self) -> QScrollArea:
        """Return the form in a frame that scrolls where the window is low."""
        page = QWidget()
        inside = QVBoxLayout(page)
        inside.setContentsMargins(16, 14, 16, 6)
        inside.setSpacing(12)
        inside.addWidget(self.form)
        inside.addWidget(self.retry)
        inside.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        return area

    def _connect(self) -> None:
        self.go.clicked.connect(self.start)
        self.pause.clicked.connect(self._toggle_pause)
        self.stop.clicked.connect(self.stop_run)
        self.export.clicked.connect(lambda: self._tasks.start(self._export(), "Export the results"))
        self.versus.clicked.connect(lambda: self._desk.open_versus(self._ids, self.target.text))
        self.retry.fast_clock_requested.connect(self._open_fast_clock)
        for part in (self.form.changed, self.retry.changed, self.target.changed):
            part.connect(self._show_buttons)

    def _open_fast_clock(self) -> None:
        choice = self.retry.choice
        self._desk.open_fast_clock(self._ids, self.target.text, "" if choice.problem() else choice.schedule().id)

    # -- the run ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin the run as the form says."""
        if self.is_busy:
            return
        try:
            self._options = self.form.options()
            retries = self.retry.plan(self.form.chosen_identity) if self.retry.is_on else None
        except UsageError as error:
            self.callout.set_content("fail", "circle-x", error.what, error.todo)
            return
        self.target.remember()
        self.run_now, self._last, self._is_over = None, None, False
        self._follow(None)
        self._task = self._tasks.start(self._run(self.target.text, retries), "Replay many")
        self._task.add_done_callback(lambda _task: self._on_ended())
        self._show_buttons()

    async def _run(self, url: str, retries: SeriesPlan | None) -> None:
        ids = NewIds(secrets.token_hex(8))
        if retries is None:
            send = await self._desk.sender_of(url, self.form.chosen_identity, ids)
        else:
            found = await self._desk.series_sender_of(url, retries, ids)
            send, series = found if found is not None else (None, None)
            self._follow(series)
        if send is None:
            return
        sendings = plan(await self._desk.captured(self._ids), self._options)
        if not sendings:
            raise UsageError("There is nothing to send.", "Every event was left out, is gone, or was turned away.")
        self.run_now = run = Run(sendings, self._options, send)
        run.progress.subscribe(self._show)
        self._show(run.state)
        self._show(await run.run())

    def _follow(self, series: SeriesRun | None) -> None:
        if self.series_now is not None:
            self.series_now.close()
        self.series_now = series
        if series is not None:
            series.changed.subscribe(self._on_series)

    def _on_series(self, _none: None) -> None:
        if not self._ticks.isActive():
            self._ticks.start()

    def _on_ended(self) -> None:
        self._task = None
        self._show_buttons()
        if not self.is_busy and self.run_now is not None:
            self._end()

    def _end(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        if self.series_now is not None:
            self.series_now.close()
        self.ended.emit()

    def _toggle_pause(self) -> None:
        run = self.run_now
        if run is not None:
            (run.resume if run.state.phase is Phase.PAUSED else run.pause)()

    # -- what its owner asks ------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether the run goes on, or a series of it."""
        return self._task is not None or (self.series_now is not None and self.series_now.open_count > 0)

    def words(self) -> RunWords:
        """Return how far the run is, or how its series stand."""
        progress, series = self._last, self.series_now
        if self._task is None and series is not None:
            waiting = series.open_count
            text = f"{waiting:,} of {series.begun:,} {'waits' if waiting == 1 else 'wait'} to retry"
            return RunWords(text, 1 - waiting / max(series.begun, 1))
        if progress is None:
            return RunWords(f"Replaying {len(self._ids):,} events")
        left = f", {_time(progress.left_s)} left" if progress.left_s is not None else ""
        verb = {Phase.PAUSED: "Paused at", Phase.STOPPED: "Stopping at"}.get(progress.phase, "Replaying")
        return RunWords(f"{verb} {progress.done:,} of {progress.total:,}{left}", progress.done / max(progress.total, 1))

    def summary(self) -> Summary | None:
        """Return what came of the run."""
        progress, series = self._last, self.series_now
        if progress is None:
            return None
        if series is not None and series.begun:
            lost = series.begun - series.counts[SeriesState.DONE]
            text = f"{series.begun:,} replayed with retries: {standing_words(series.counts)}"
            return _summary(text, failed=lost > 0)
        what = "Stopped" if progress.phase is Phase.STOPPED else "Replayed"
        text = f"{what} {'after ' if what == 'Stopped' else ''}{progress.done:,} of {progress.total:,} events"
        failed = f", {progress.failed:,} failed" if progress.failed else ""
        return _summary(f"{text}{failed}", failed=progress.failed > 0)

    def stop_run(self) -> None:
        """Begin nothing more, and stop the series that were begun."""
        if self.run_now is not None:
            self.run_now.stop()
        if self.series_now is not None:
            self._tasks.start(self.series_now.stop(), "Stop the series")

    def let_go(self) -> None:
        """Follow the series no more; they go on."""
        self._ticks.stop()
        if self.series_now is not None:
            self.series_now.close()

    # -- showing ------------------------------------------------------------------------------------------------

    def _show(self, progress: Progress) -> None:
        self._last = progress
        run = self.run_now
        if run is None:
            return
        self.bar.setMaximum(progress.total)
        self.bar.setValue(progress.done)
        title, text = words_of(progress)
        tone, icon = _LOOKS[progress.phase]
        if self._is_stopping:
            title, text = f"Stopping after {progress.done:,} of {progress.total:,}", "What is under way ends."
        if progress.phase is Phase.DONE and progress.failed:
            tone, icon = "fail", "circle-x"
        self.callout.set_content(tone, icon, title, text)
        if progress.phase in (Phase.DONE, Phase.STOPPED, Phase.PAUSED):
            found = outcomes(run.lines)
            first = "First attempts: " if self.series_now is not None else ""
            counts = " · ".join(f"{count:,} × {what}" for what, count in found[:MOST_OUTCOMES])
            self.counts.setText(f"{first}{counts}" if counts else "")
        if self.series_now is not None:
            self._show_series()
        if run.is_over or self._is_stopping:
            announce(self, title)
        self._show_buttons()

    @property
    def _is_stopping(self) -> bool:
        """Whether the run was stopped while something of it is still under way."""
        run = self.run_now
        return run is not None and run.state.phase is Phase.STOPPED and not run.is_over

    def _show_series(self) -> None:
        """Say how the series stand, also after the run has begun the last of them."""
        series, progress = self.series_now, self._last
        if series is None or progress is None or not series.begun:
            return
        standing = standing_words(series.counts)
        if progress.phase in (Phase.RUNNING, Phase.PAUSED):
            title, text = words_of(progress)
            self.callout.set_content(*_LOOKS[progress.phase], title, f"{text}. {standing.capitalize()}.")
            self.progressed.emit()
            return
        is_open = series.open_count > 0
        tone: Tone = "info" if is_open else "pass"
        icon = "loader-circle" if is_open else "circle-check"
        if not is_open and series.counts[SeriesState.DONE] < series.begun:
            tone, icon = "fail", "circle-x"
        more = "Closing this leaves the retries going, also after a restart." if is_open else ""
        self.callout.set_content(tone, icon, standing, more)
        self._show_buttons()
        if self._task is None and not is_open:
            self._end()

    def _show_buttons(self) -> None:
        running, busy = self._task is not None, self.is_busy
        paused = self.run_now is not None and self.run_now.state.phase is Phase.PAUSED
        self.pause.setVisible(running and not self._is_stopping)
        self.stop.setVisible(busy)
        self.stop.setEnabled(not self._is_stopping)
        self.pause.setText("Resume" if paused else "Pause")
        self.pause.set_icon_name("play" if paused else "pause")
        self.form.setEnabled(not busy)
        self.retry.setEnabled(not busy)
        wrong = bool(self.form.problems()) or bool(self.retry.problem())
        self.go.setEnabled(not busy and self.target.is_usable and not wrong)
        self.export.setVisible(not running and self.run_now is not None and bool(self.run_now.lines))
        self.progressed.emit()

    # -- results ------------------------------------------------------------------------------------------------

    async def _export(self) -> None:
        chooser = QFileDialog(self, "Export the results", "", "CSV (*.csv);;JSON (*.json)")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("csv")
        chooser.selectFile("replay.csv")
        if not await shown(chooser):
            return
        await self.save(Path(chooser.selectedFiles()[0]))

    async def save(self, path: Path) -> None:
        """Write the results to a file: JSON where its name says so, else CSV. Raises UsageError."""
        run, progress = self.run_now, self._last
        if run is None or progress is None:
            return
        as_json = path.suffix.lower() == ".json"
        text = to_json(run.lines, progress, self._options) if as_json else to_csv(run.lines)
        await write_file(path, text)
        self._desk.tell(f"Results saved as {path.name}")


async def write_file(path: Path, text: str) -> None:
    """Write a text in a thread. Raises UsageError."""
    try:
        await asyncio.to_thread(path.write_text, text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path.name} was not written.", f"{error.strerror or error}.", "Try again.") from error


def _summary(text: str, *, failed: bool) -> Summary:
    return Summary(text, "circle-x", "fail") if failed else Summary(text, "circle-check", "pass")


_LOOKS: dict[Phase, tuple[Tone, str]] = {
    Phase.RUNNING: ("info", "loader-circle"),
    Phase.PAUSED: ("warn", "pause"),
    Phase.DONE: ("pass", "circle-check"),
    Phase.STOPPED: ("warn", "square"),
}


def words_of(progress: Progress) -> tuple[str, str]:
    """Return how far a run is, as a title and a sentence."""
    failed = f", {progress.failed:,} failed" if progress.failed else ""
    if progress.phase is Phase.RUNNING:
        left = f", {_time(progress.left_s)} left" if progress.left_s is not None else ""
        return f"{progress.done:,} of {progress.total:,} sent{failed}", f"{progress.rate:,.0f}/s{left}"
    if progress.phase is Phase.PAUSED:
        return f"Paused after {progress.done:,} of {progress.total:,}{failed}", "What is under way ends."
    answered = f"{progress.done - progress.failed:,} were answered 2xx{failed}."
    if progress.phase is Phase.STOPPED:
        return f"Stopped after {progress.done:,} of {progress.total:,}", answered
    return f"{progress.done:,} sent{failed}", f"{answered} {progress.rate:,.0f}/s."


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
