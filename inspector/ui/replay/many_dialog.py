"""Many events replayed as one run: choose how, watch it, hold it, and take the results along."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from inspector.domain.attempt import Attempt
from inspector.domain.errors import UsageError
from inspector.domain.event import EventId
from inspector.domain.identity import Identity
from inspector.replay.new_ids import NewIds
from inspector.replay.plan import Captured, Options, plan
from inspector.replay.run import Phase, Progress, Run, outcomes
from inspector.replay.summary import to_csv, to_json
from inspector.ui.dialogs.base import Footer, shown
from inspector.ui.form import Line
from inspector.ui.icons import Icons
from inspector.ui.replay.many_form import ManyForm
from inspector.ui.replay.target_field import TargetField
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import GhostButton, PrimaryButton, SecondaryButton
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.labels import Label

SIZE = QSize(640, 640)
MOST_OUTCOMES = 5

Send = Callable[[EventId], Awaitable[Attempt]]


class ManyDesk(Protocol):
    """What the dialog needs of the program."""

    async def captured(self, ids: Sequence[EventId]) -> list[Captured]:
        """Return when each event was received; those that cannot be sent again are left out."""

    async def sender_of(self, url: str, identity: Identity, ids: NewIds) -> Send | None:
        """Return what sends an event to a target; None where the user did not agree to the target."""

    def tell(self, text: str) -> None:
        """Say something in passing."""


class ManyDialog(QDialog):
    """Modeless; closing it stops the run. What was sent is kept under its event, as ever."""

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
        self._options = Options()
        self._last: Progress | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self.setWindowTitle(f"Replay {len(self._ids):,} events")
        self.setModal(False)
        self.resize(SIZE)
        self._build(target, history)
        self._on_form()

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
        self.callout = Callout(theme, icons, "info", "repeat-2", "Not started", parent=self)
        self.bar = QProgressBar(self)
        self.bar.setAccessibleName("Progress")
        self.bar.setTextVisible(False)
        self.counts = Label(theme, "", self, font="small", color="text2", wrap=True, numbers=True)
        inside = QVBoxLayout()
        inside.setContentsMargins(16, 14, 16, 14)
        inside.setSpacing(10)
        inside.addWidget(self.form)
        inside.addStretch(1)
        inside.addWidget(self.callout)
        inside.addWidget(self.bar)
        inside.addWidget(self.counts)
        self.pause = SecondaryButton(theme, icons, "Pause", "pause", self)
        self.stop = SecondaryButton(theme, icons, "Stop", parent=self)
        self.export = GhostButton(theme, icons, "Export results…", "download", self, size_name="control")
        close = SecondaryButton(theme, icons, "Close", parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(Line(theme))
        column.addLayout(inside, 1)
        column.addWidget(Footer(theme, [self.pause, self.stop, close], self.export))
        self.go.clicked.connect(self.start)
        self.pause.clicked.connect(self._toggle_pause)
        self.stop.clicked.connect(self._stop)
        self.export.clicked.connect(lambda: self._tasks.start(self._export(), "Export the results"))
        close.clicked.connect(self.close)
        self.form.changed.connect(self._on_form)
        self.target.changed.connect(self._on_form)
        self._show_buttons()

    def start(self) -> None:
        """Begin the run as the form says."""
        if self._task is not None:
            return
        try:
            self._options = self.form.options()
        except UsageError as error:
            self.callout.set_content("fail", "circle-x", error.what, error.todo)
            return
        self.target.remember()
        self._task = self._tasks.start(self._run(self.target.text, self.form.chosen_identity), "Replay many")
        self._task.add_done_callback(lambda _task: self._on_ended())
        self._show_buttons()

    async def _run(self, url: str, identity: Identity) -> None:
        send = await self._desk.sender_of(url, identity, NewIds(secrets.token_hex(8)))
        if send is None or self._closed:
            return
        sendings = plan(await self._desk.captured(self._ids), self._options)
        if self._closed:
            return
        if not sendings:
            raise UsageError("There is nothing to send.", "Every event was left out, is gone, or was turned away.")
        self.run_now = run = Run(sendings, self._options, send)
        run.progress.subscribe(self._show)
        self._show(run.state)
        self._show(await run.run())

    def _on_ended(self) -> None:
        self._task = None
        if not self._closed:
            self._show_buttons()

    def _toggle_pause(self) -> None:
        run = self.run_now
        if run is not None:
            (run.resume if run.state.phase is Phase.PAUSED else run.pause)()

    def _stop(self) -> None:
        if self.run_now is not None:
            self.run_now.stop()

    def done(self, result: int) -> None:
        """Close and stop what runs."""
        self._closed = True
        self._stop()
        super().done(result)

    # -- showing ------------------------------------------------------------------------------------------------

    def _show(self, progress: Progress) -> None:
        self._last = progress
        if self._closed or self.run_now is None:
            return
        self.bar.setMaximum(progress.total)
        self.bar.setValue(progress.done)
        title, text = words_of(progress)
        tone, icon = _LOOKS[progress.phase]
        if progress.phase is Phase.DONE and progress.failed:
            tone, icon = "fail", "circle-x"
        self.callout.set_content(tone, icon, title, text)  # type: ignore[arg-type]
        if progress.phase in (Phase.DONE, Phase.STOPPED, Phase.PAUSED):
            found = outcomes(self.run_now.lines)
            self.counts.setText(" · ".join(f"{count:,} × {what}" for what, count in found[:MOST_OUTCOMES]))
        if progress.phase in (Phase.DONE, Phase.STOPPED):
            announce(self, title)
        self._show_buttons()

    def _show_buttons(self) -> None:
        running = self._task is not None
        paused = self.run_now is not None and self.run_now.state.phase is Phase.PAUSED
        self.pause.setVisible(running)
        self.stop.setVisible(running)
        self.pause.setText("Resume" if paused else "Pause")
        self.pause.set_icon_name("play" if paused else "pause")
        self.form.setEnabled(not running)
        self.go.setEnabled(not running and self.target.is_usable and not self.form.problems())
        self.export.setVisible(not running and self.run_now is not None and bool(self.run_now.lines))

    def _on_form(self) -> None:
        self._show_buttons()

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
        try:
            await asyncio.to_thread(path.write_text, text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{path.name} was not written.", f"{error.strerror or error}.", "Try again.") from error
        self._desk.tell(f"Results saved as {path.name}")


_LOOKS = {
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
