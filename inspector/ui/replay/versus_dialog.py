"""The same events to two targets: a grid of what both say, and the two responses to the chosen one."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QSplitter, QVBoxLayout, QWidget

from inspector.domain.attempt import Attempt
from inspector.domain.errors import UsageError
from inspector.domain.event import EventId
from inspector.domain.identity import Identity
from inspector.replay.new_ids import NewIds
from inspector.replay.plan import MOST_AT_ONCE, Captured, Options, plan
from inspector.replay.run import Progress, Run
from inspector.replay.versus import Versus, VersusTotals, to_csv, to_json, totals
from inspector.ui.control.words import counted
from inspector.ui.dialogs.base import Footer, shown
from inspector.ui.endpoints.endpoint_form import number_problem
from inspector.ui.form import Line
from inspector.ui.icons import Icons
from inspector.ui.replay.identity_card import NAMES
from inspector.ui.replay.many_dialog import Send, write_file
from inspector.ui.replay.run_dialog import RunDialog, RunWords, Summary
from inspector.ui.replay.target_field import TargetField
from inspector.ui.replay.versus_model import VersusModel
from inspector.ui.replay.versus_sides import VersusSides
from inspector.ui.replay.versus_table import VersusTable
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.badges import duration
from inspector.ui.widgets.buttons import GhostButton, PrimaryButton, SecondaryButton
from inspector.ui.widgets.choices import CheckBox
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.labels import ElidingLabel, Label
from inspector.ui.widgets.segments import Segments
from inspector.ui.widgets.window_size import WindowSize

SIZE = QSize(1040, 720)
SMALLEST = QSize(760, 520)
FIELD_PX = 48
NAME_PX = 12
USUAL_AT_ONCE = 4
MOST_SUMMED = 2_000
"""The figures of more rows than this wait for the end: they are counted anew each time."""


class VersusDesk(Protocol):
    """What the dialog needs of the program."""

    async def captured(self, ids: Sequence[EventId]) -> list[Captured]:
        """Return when each event was received; those that cannot be sent again are left out."""

    async def sender_of(self, url: str, identity: Identity, ids: NewIds) -> Send | None:
        """Return what sends an event to a target; None where the user did not agree to the target."""

    def label_of(self, event_id: EventId) -> str:
        """Return the type of an event."""

    def show_event(self, event_id: EventId) -> None:
        """Bring an event with its attempts into sight."""

    def tell(self, text: str) -> None:
        """Say something in passing."""


class VersusDialog(RunDialog):
    """Closing it lets the run go on; every attempt is kept under its event."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        desk: VersusDesk,
        ids: Sequence[EventId],
        history: Sequence[str],
        parent: QWidget | None = None,
        *,
        targets: tuple[str, str] = ("", ""),
        everything: Sequence[EventId] = (),
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._tasks, self._desk = theme, icons, tasks, desk
        self._ids, self._everything = list(ids), list(everything)
        self.run_now: Run | None = None
        self.versus: Versus | None = None
        self._last: Progress | None = None
        self._summed = (-1, "")
        self._task: asyncio.Task[None] | None = None
        self.setWindowTitle("Compare two targets")
        WindowSize(self, theme, SIZE, SMALLEST)
        self._build(targets, history)
        self._connect()
        self._show_state()

    # -- parts --------------------------------------------------------------------------------------------------

    def _build(self, targets: tuple[str, str], history: Sequence[str]) -> None:
        theme, icons = self._theme, self._icons
        self.targets = [TargetField(theme, icons, url, history, self) for url in targets]
        self.go = PrimaryButton(theme, icons, "Compare", "arrow-left-right", self)
        self.go.setDefault(True)
        top = QVBoxLayout()
        top.setContentsMargins(16, 12, 16, 10)
        top.setSpacing(8)
        for name, target in zip("AB", self.targets, strict=True):
            target.field.setAccessibleName(f"Target {name}")
            row = QHBoxLayout()
            row.setSpacing(10)
            label = Label(theme, name, self, font="strong", color="text2")
            label.setFixedWidth(NAME_PX)
            row.addWidget(label)
            row.addWidget(target, 1)
            top.addLayout(row)
        top.addLayout(self._build_choices())
        self.bar = QProgressBar(self)
        self.bar.setAccessibleName("Progress")
        self.bar.setTextVisible(False)
        self.bar.setMaximum(1)
        self.model = VersusModel(self._desk.label_of, self)
        self.table = VersusTable(theme, icons, self.model, self)
        self.sides = VersusSides(theme, icons, self)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(self.table)
        split.addWidget(self.sides)
        split.setSizes([260, 280])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.bar)
        column.addWidget(Line(theme))
        column.addLayout(self._build_totals())
        column.addWidget(split, 1)
        self.stop = SecondaryButton(theme, icons, "Stop", parent=self)
        self.export = GhostButton(theme, icons, "Export results…", "download", self, size_name="control")
        self.close_button = SecondaryButton(theme, icons, "Close", parent=self)
        column.addWidget(Footer(theme, [self.stop, self.close_button], self.export))

    def _build_choices(self) -> QHBoxLayout:
        theme = self._theme
        more = len(self._everything) > len(self._ids)
        names = (("chosen", f"Selected {len(self._ids):,}"), ("all", f"All in the list {len(self._everything):,}"))
        self.scope = Segments(theme, names, self, name="Which events")
        self.scope.setVisible(more)
        self.which = Label(theme, counted(len(self._ids), "event"), self, color="text2", numbers=True)
        self.which.setVisible(not more)
        self.identity = Segments(theme, NAMES, self, name="Send as")
        self.at_once = TextField(theme, str(USUAL_AT_ONCE), self, name="At once")
        self.at_once.setFixedWidth(FIELD_PX)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.scope)
        row.addWidget(self.which)
        row.addWidget(self.identity)
        row.addWidget(self.at_once)
        row.addWidget(Label(theme, "at once", self, color="text2"))
        row.addStretch(1)
        row.addWidget(self.go)
        return row

    def _build_totals(self) -> QHBoxLayout:
        self.only = CheckBox(self._theme, self._icons, "Only differences", self)
        self.totals = ElidingLabel(self._theme, "", self, color="text2", numbers=True)
        row = QHBoxLayout()
        row.setContentsMargins(16, 6, 16, 6)
        row.addWidget(self.totals, 1)
        row.addWidget(self.only)
        return row

    def _connect(self) -> None:
        self.go.clicked.connect(self.start)
        self.stop.clicked.connect(self.stop_run)
        self.export.clicked.connect(lambda: self._tasks.start(self._export(), "Export the comparison"))
        self.close_button.clicked.connect(self.close)
        self.only.toggled.connect(self._on_only)
        self.table.row_chosen.connect(self.sides.show_row)
        self.table.opened.connect(self._desk.show_event)
        self.at_once.textChanged.connect(lambda _text: self._show_state())
        for target in self.targets:
            target.changed.connect(self._show_state)

    # -- the run ------------------------------------------------------------------------------------------------

    def chosen_ids(self) -> list[EventId]:
        """Return the events that are sent."""
        return self._everything if self.scope.current == "all" else self._ids

    def start(self) -> None:
        """Send the events to both."""
        if self.is_busy or self.problem():
            return
        for target in self.targets:
            target.remember()
        self._last, self.run_now, self._summed = None, None, (-1, "")
        a, b = (target.text for target in self.targets)
        options = Options(at_once=int(self.at_once.text()))
        self._task = self._tasks.start(self._run(a, b, options), "Compare two targets")
        self._task.add_done_callback(lambda _task: self._on_ended())
        self._show_state()

    async def _run(self, a: str, b: str, options: Options) -> None:
        ids, identity = NewIds(secrets.token_hex(8)), Identity(self.identity.current)
        send_a = await self._desk.sender_of(a, identity, ids)
        send_b = await self._desk.sender_of(b, identity, ids) if send_a is not None else None
        if send_a is None or send_b is None:
            return
        by_target = {a: send_a, b: send_b}

        async def send_to(event_id: EventId, target: str) -> Attempt:
            return await by_target[target](event_id)

        sendings = plan(await self._desk.captured(self.chosen_ids()), options)
        if not sendings:
            raise UsageError("There is nothing to send.", "Every event is gone, or was turned away.")
        self.versus = versus = Versus(a, b, send_to)
        self.model.set_source(versus.rows)
        self.run_now = run = Run(sendings, options, versus.send)
        run.progress.subscribe(self._show)
        self._show(run.state)
        self._show(await run.run())

    def _on_ended(self) -> None:
        self._task = None
        self._show_state()
        if self.run_now is not None:
            self.ended.emit()

    @property
    def is_busy(self) -> bool:
        """Whether the run goes on."""
        return self._task is not None

    def words(self) -> RunWords:
        """Return how far the run is."""
        progress = self._last
        if progress is None:
            return RunWords("Comparing two targets")
        share = progress.done / max(progress.total, 1)
        return RunWords(f"Comparing {progress.done:,} of {progress.total:,}", share)

    def summary(self) -> Summary | None:
        """Return what came of the run."""
        if self.versus is None:
            return None
        found = totals(self.versus.rows)
        differ = found.events - found.same
        text = f"{counted(found.events, 'event')} compared, {f'{differ:,} differ' if differ else 'no differences'}"
        return Summary(text, "git-compare", "warn" if differ else "pass")

    def stop_run(self) -> None:
        """Begin nothing more; what is under way ends, and is kept."""
        if self.run_now is not None:
            self.run_now.stop()

    # -- showing ------------------------------------------------------------------------------------------------

    def problem(self) -> str:
        """Return why the comparison cannot begin, "" where it can."""
        a, b = self.targets
        if not a.is_usable or not b.is_usable:
            return "Name two targets."
        if a.text == b.text:
            return "Name two different targets."
        return number_problem(self.at_once.text(), 1, MOST_AT_ONCE, "how many at once,")

    def _show(self, progress: Progress) -> None:
        self._last = progress
        self.bar.setMaximum(max(progress.total, 1))
        self.bar.setValue(progress.done)
        self.model.take()
        if self.run_now is not None and self.run_now.is_over:
            self._choose_first()
            announce(self, self._totals_words())
        self._show_state()

    def _choose_first(self) -> None:
        """Open the first row that differs, where none is open."""
        if self.table.currentIndex().isValid() or not self.model.rows:
            return
        place = next((place for place, row in enumerate(self.model.rows) if not row.same), 0)
        self.table.setCurrentIndex(self.model.index(place, 0))

    def _on_only(self, only: bool) -> None:
        self.model.set_only_differences(only)
        self._choose_first()

    def _show_state(self) -> None:
        busy, problem = self.is_busy, self.problem()
        self.stop.setVisible(busy)
        self.go.setEnabled(not busy and not problem)
        self.go.setToolTip(problem)
        for part in (*self.targets, self.scope, self.identity, self.at_once):
            part.setEnabled(not busy)
        self.export.setEnabled(not busy and self.versus is not None and bool(self.versus.rows))
        self.only.setEnabled(self.versus is not None)
        self.totals.setText(self._totals_words())
        self.progressed.emit()

    def _totals_words(self) -> str:
        if self.versus is None:
            return "Every event goes to both at the same time. What they answer is compared here."
        rows, progress = self.versus.rows, self._last
        if self.is_busy and progress is not None and len(rows) > MOST_SUMMED:
            return f"{progress.done:,} of {progress.total:,} compared"
        if self._summed[0] != len(rows):
            self._summed = len(rows), totals_words(totals(rows))
        return self._summed[1]

    # -- results ------------------------------------------------------------------------------------------------

    async def _export(self) -> None:
        chooser = QFileDialog(self, "Export the comparison", "", "CSV (*.csv);;JSON (*.json)")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("csv")
        chooser.selectFile("comparison.csv")
        if not await shown(chooser):
            return
        await self.save(Path(chooser.selectedFiles()[0]))

    async def save(self, path: Path) -> None:
        """Write every row to a file: JSON where its name says so, else CSV. Raises UsageError."""
        versus = self.versus
        if versus is None:
            return
        as_json = path.suffix.lower() == ".json"
        text = to_json(versus.rows, versus.a, versus.b) if as_json else to_csv(versus.rows)
        await write_file(path, text)
        self._desk.tell(f"Comparison saved as {path.name}")


def totals_words(found: VersusTotals) -> str:
    """Return the figures of a comparison in a line."""
    times = [
        f"{name} {duration(median)}" for name, median in (("A", found.a_median_ms), ("B", found.b_median_ms)) if median
    ]
    parts = [
        f"{found.same:,} of {counted(found.events, 'event')} the same",
        f"{found.status_differs:,} with another status" if found.status_differs else "",
        f"{found.body_differs:,} with another body" if found.body_differs else "",
        f"median {', '.join(times)}" if times else "",
    ]
    return " · ".join(part for part in parts if part)
