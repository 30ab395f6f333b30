"""The handler check: checks on the left, what they found on the right. Modeless; it can be stopped at any time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Protocol

from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from inspector.domain.errors import InspectorError
from inspector.domain.secret import Secret
from inspector.providers.catalogue import Catalogue
from inspector.simulator.check.check import Check
from inspector.simulator.check.checks import CHECKS, check_of
from inspector.simulator.check.fixes import Fix, Framework, fix_for
from inspector.simulator.check.outcome import Outcome, Run, State
from inspector.simulator.check.provider import Identity
from inspector.simulator.check.report import Report, report_of
from inspector.simulator.check.report_formats import FORMATS, ReportFormat
from inspector.simulator.check.runner import HandlerCheck, Progress
from inspector.ui.check.detail import DetailSide
from inspector.ui.check.model import CheckLine, CheckModel
from inspector.ui.check.rows import CheckRows
from inspector.ui.check.setup import SecretChoice, SetUp
from inspector.ui.check.summary import Summary
from inspector.ui.dialogs.base import Footer
from inspector.ui.form import Line
from inspector.ui.icons import Icons
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import GhostButton, SecondaryButton
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.menu import Menu
from inspector.ui.widgets.window_size import WindowSize

SIZE = QSize(1060, 664)
SMALLEST = QSize(820, 560)
SHARES = (588, 472)
TICK_MS = 500
MENU_GAP_PX = 4


class Desk(Protocol):
    """What the dialog needs of the program."""

    @property
    def catalogue(self) -> Catalogue:
        """All providers."""

    def frameworks(self) -> tuple[Framework, ...]:
        """Return the frameworks there is advice for."""

    def secrets_for(self, provider: str) -> Sequence[SecretChoice]:
        """Return the endpoints' secrets of a provider."""

    def identity(self, provider: str, secret: Secret | None, choice: SecretChoice | None) -> Identity:
        """Return whom to play. Raises InspectorError."""

    async def may_send(self, url: str, over: QWidget) -> bool:
        """Ask where the address is somebody else's; False where the user did not agree."""

    def checking(self, url: str, identity: Identity, probe: str) -> HandlerCheck:
        """Return what runs the checks. Raises InspectorError."""

    async def save(self, report: Report, form: ReportFormat, over: QWidget) -> None:
        """Have a file chosen and write the report into it."""

    def program(self) -> str:
        """Return the program's name and version."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a closed dialog had found: of which handler, as whom, how every check ended, and which one was read."""

    target: str
    probe: str
    provider: str
    secret: SecretChoice | None
    checking: HandlerCheck
    outcomes: tuple[Outcome, ...]
    last: Run | None
    key: str


class CheckDialog(QDialog):
    """One handler at a time."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        desk: Desk,
        history: Sequence[str],
        parent: QWidget | None = None,
        *,
        target: str = "",
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._tasks, self._desk = theme, icons, tasks, desk
        self._running: asyncio.Task[None] | None = None
        self._checking: HandlerCheck | None = None
        self._last: Run | None = None
        self._frameworks = desk.frameworks()
        self._framework = self._frameworks[0]
        self._closed = False
        self.setWindowTitle("Handler check")
        self.setModal(False)
        WindowSize(self, theme, SIZE, SMALLEST)
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self.model = CheckModel(self)
        self._build(target, history)
        self._connect()
        self._show_counts()
        self.rows.setCurrentIndex(self.model.index(0))

    # -- parts ---------------------------------------------------------------------------------------------------

    def _build(self, target: str, history: Sequence[str]) -> None:
        theme, icons = self._theme, self._icons
        self.setup = SetUp(theme, icons, self._desk.catalogue, target, history, self)
        self.summary = Summary(theme, self)
        self.problem = Callout(theme, icons, "fail", "plug", "", parent=self)
        self.problem.hide()
        self.rows = CheckRows(theme, icons, self.model, self)
        self.detail = DetailSide(theme, icons, self._frameworks, self)
        head = QVBoxLayout()
        head.setContentsMargins(20, 14, 20, 10)
        head.setSpacing(11)
        head.addWidget(self.setup)
        head.addWidget(self.summary)
        head.addWidget(self.problem)
        left = QWidget(self)
        inner = QVBoxLayout(left)
        inner.setContentsMargins(0, 8, 0, 0)
        inner.addWidget(self.rows)
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        left.setMinimumWidth(320)
        self.detail.setMinimumWidth(340)
        for place, side in enumerate((left, self.detail)):
            self._split.addWidget(side)
            self._split.setStretchFactor(place, SHARES[place])
        self._split.setSizes(list(SHARES))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Line(theme))
        column.addWidget(self._split, 1)
        column.addWidget(self._build_footer())

    def _build_footer(self) -> Footer:
        theme, icons = self._theme, self._icons
        self.export = GhostButton(theme, icons, "Export report…", "download", self, size_name="control")
        self._export_menu = Menu(theme, icons, self)
        for form in FORMATS:
            self._export_menu.add(form.name, "file-text", partial(self.save_as, form), detail=f".{form.suffix}")
        self.stop_button = SecondaryButton(theme, icons, "Stop", "square", self)
        self.close_button = SecondaryButton(theme, icons, "Close", parent=self)
        footer = Footer(theme, [self.stop_button, self.close_button], self.export)
        layout = footer.layout()
        assert isinstance(layout, QHBoxLayout)
        note = Label(theme, "Requests are kept here until the program ends", font="small", color="text2")
        layout.insertWidget(1, note)
        return footer

    def _connect(self) -> None:
        setup, detail = self.setup, self.detail
        setup.go.clicked.connect(self.run_all)
        setup.changed.connect(self._on_setup)
        for field in (setup.target.field, setup.probe):
            field.returnPressed.connect(self.run_all)
        setup.provider_chosen.connect(self._on_provider)
        self.rows.run_requested.connect(self.run_one)
        self.rows.request_requested.connect(self._show_request_of)
        self.rows.chosen.connect(lambda _key: self._show_detail(new=True))
        detail.verdict.again_requested.connect(lambda: self.run_one(self.rows.current_key))
        detail.verdict.request_requested.connect(self.show_request)
        detail.verdict.framework_changed.connect(self._on_framework)
        self.export.clicked.connect(self._open_export)
        self.stop_button.clicked.connect(self.stop)
        self.close_button.clicked.connect(self.close)
        self._clock.timeout.connect(self._on_tick)
        self._run_key = QShortcut(QKeySequence("Ctrl+Return"), self)
        self._run_key.activated.connect(self.run_all)

    def _open_export(self) -> None:
        height = self._export_menu.sizeHint().height()
        self._export_menu.popup(self.export.mapToGlobal(QPoint(0, -height - MENU_GAP_PX)))

    # -- whom and what -------------------------------------------------------------------------------------------

    def play(self, provider: str, chosen: SecretChoice | None) -> None:
        """Take a provider and one of its secrets."""
        self.setup.provider.choose(provider)
        self.setup.show_secrets(self._desk.secrets_for(provider), chosen)

    def findings(self) -> Findings | None:
        """Return what was found, None where nothing was."""
        outcomes = tuple(line.outcome for line in self.model.lines if line.outcome is not None)
        if not outcomes or self._checking is None:
            return None
        setup, key = self.setup, self.rows.current_key
        return Findings(
            setup.target.text,
            setup.probe_url,
            setup.provider.provider_id,
            setup.chosen,
            self._checking,
            outcomes,
            self._last,
            key,
        )

    def take_up(self, found: Findings) -> None:
        """Show again what an earlier dialog had found, with its requests; a secret that was typed is asked for anew."""
        setup = self.setup
        setup.target.field.setText(found.target)
        setup.probe.setText(found.probe)
        self.play(found.provider, found.secret)
        if setup.chosen != found.secret:
            return  # the secret has gone meanwhile, and what was found holds for it
        self._checking, self._last = found.checking, found.last
        self.model.set_provider(found.checking.provider)
        for outcome in found.outcomes:
            self.model.set_outcome(outcome)
        self.rows.show_key(found.key)
        self._show_counts()
        self._show_detail()

    def _on_provider(self, provider: str) -> None:
        self.setup.show_secrets(self._desk.secrets_for(provider))

    def _on_setup(self) -> None:
        """What was found holds for what was checked: with another address or secret all begins anew."""
        if self._running is not None:
            return
        self._checking = None
        self._last = None
        self.problem.hide()
        if any(line.outcome for line in self.model.lines):
            self.model.set_provider(None)
        self._show_counts()
        self._show_detail()

    def _on_framework(self, key: str) -> None:
        self._framework = next(one for one in self._frameworks if one.key == key)
        self._show_detail()

    # -- running -------------------------------------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether checks run."""
        return self._running is not None

    def run_all(self) -> None:
        """Run every check in order."""
        self._start(CHECKS)

    def run_one(self, key: str) -> None:
        """Run one check."""
        if self.model.line_of(key) is not None:
            self._start([check_of(key)])

    def stop(self) -> None:
        """Stop; what was found stays."""
        if self._running is not None:
            self._running.cancel()

    def _start(self, checks: Sequence[Check]) -> None:
        if self._running is not None or self.setup.problem:
            return
        self.problem.hide()
        try:
            checking = self._checking or self._made()
        except InspectorError as error:
            self._show_problem(error.what, " ".join(part for part in (error.why, error.todo) if part))
            return
        self._checking = checking
        if len(checks) == len(CHECKS):
            self.model.set_provider(checking.provider)
        self.setup.target.remember()
        self._running = self._tasks.start(self._run(checking, checks), "Handler check")
        self._running.add_done_callback(lambda _task: self._on_ended())
        self._clock.start()
        self.rows.turning.set_running(True)
        self._show_counts()

    def _made(self) -> HandlerCheck:
        setup = self.setup
        identity = self._desk.identity(setup.provider.provider_id, setup.secret_value, setup.chosen)
        checking = self._desk.checking(setup.target.text, identity, setup.probe_url)
        self.model.set_provider(checking.provider)
        return checking

    async def _run(self, checking: HandlerCheck, checks: Sequence[Check]) -> None:
        if not await self._desk.may_send(self.setup.target.text, self):
            return
        run = await checking.run(checks, self._on_progress)
        if self._closed:
            return
        self._last = run
        if run.problem is not None:
            self._show_problem(run.problem.title, run.problem.hint)
        announce(self, self.summary.segments.accessibleName())

    def _on_progress(self, progress: Progress) -> None:
        if self._closed:
            return
        key = progress.check.key
        if progress.outcome is not None:
            self.model.set_outcome(progress.outcome)
            self._lead_to(progress.outcome.key, progress.outcome.state)
        else:
            until = monotonic() + progress.waits_s if progress.waits_s else 0.0
            self.model.set_running(key, until)
        self._show_counts()
        if key == self.rows.current_key:
            self._show_detail()

    def _lead_to(self, key: str, state: State) -> None:
        """Show the first failure of a run, unless the user reads another row that did not pass."""
        current = self.model.line_of(self.rows.current_key)
        if state is State.FAILED and (current is None or current.state in (None, State.PASSED, State.SKIPPED)):
            self.rows.show_key(key)

    def _on_ended(self) -> None:
        self._running = None
        if self._closed:
            return
        self._clock.stop()
        self.rows.turning.set_running(False)
        self.model.stop()
        self._show_counts()
        self._show_detail()

    def _show_problem(self, title: str, text: str) -> None:
        self.problem.set_content("fail", "plug", title, text)
        self.problem.show()
        announce(self, f"{title}. {text}")

    # -- showing -------------------------------------------------------------------------------------------------

    def _on_tick(self) -> None:
        self.model.tick()

    def _show_counts(self) -> None:
        lines = self.model.lines
        core = [line for line in lines if not check_of(line.key).folded]
        begun = any(line.running or line.outcome for line in lines if check_of(line.key).folded)
        self.summary.show_lines(lines, lines if begun else core)
        running, problem = self._running is not None, self.setup.problem
        self.setup.set_running(running)
        self.setup.go.setEnabled(not running and not problem)
        self.setup.go.setToolTip(problem or "Ctrl+Enter")
        self.stop_button.setEnabled(running)
        ended = any(line.outcome for line in lines)
        self.export.setEnabled(ended and not running)
        self.export.setToolTip("" if ended else "Run a check first")
        self.detail.verdict.again.setEnabled(not running and not problem)
        self.detail.verdict.again.setToolTip(problem)

    def _show_detail(self, *, new: bool = False) -> None:
        line = self.model.line_of(self.rows.current_key)
        if line is None:
            return
        self.detail.verdict.show_framework(self._framework.key)
        self.detail.verdict.show_line(check_of(line.key), line, self._fix(line))
        if new:
            self.detail.show_verdict()
            self.detail.to_top()

    def _fix(self, line: CheckLine) -> Fix:
        outcome, checking = line.outcome, self._checking
        if outcome is None or checking is None or outcome.state not in (State.FAILED, State.NOTED):
            return Fix("", "")
        provider = checking.provider
        recipe = provider.recipe_for_usual if provider.signs else None
        method = outcome.exchanges[0].sent.method if outcome.exchanges else "POST"
        topic = outcome.ruling.topic or check_of(line.key).topic
        return fix_for(topic, self._framework, recipe, method=method, title=provider.name)

    def show_request(self) -> None:
        """Show what the check in view sent."""
        line = self.model.line_of(self.rows.current_key)
        if line is None or line.outcome is None or self._checking is None or not line.outcome.exchanges:
            return
        self.detail.exchanges.show_outcome(line.title, line.outcome, self._checking.provider.scrub())
        self.detail.show_requests()

    def _show_request_of(self, key: str) -> None:
        self.rows.show_key(key)
        self.show_request()

    # -- report --------------------------------------------------------------------------------------------------

    def report(self) -> Report | None:
        """Return everything found so far as a report, None where nothing was run."""
        outcomes = tuple(line.outcome for line in self.model.lines if line.outcome is not None)
        checking = self._checking
        if not outcomes or checking is None:
            return None
        run = checking.run_of(outcomes, self._last)
        recipe = checking.provider.recipe_for_usual if checking.provider.signs else None
        return report_of(run, recipe, self._framework, self._desk.program())

    def save_as(self, form: ReportFormat) -> None:
        """Write a report."""
        report = self.report()
        if report is not None:
            self._tasks.start(self._desk.save(report, form, self), "Export")

    # -- end -----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.detail.shows_request:
            self.detail.show_verdict()
            event.accept()
            return
        super().keyPressEvent(event)

    def done(self, result: int) -> None:
        """Close, and stop what runs."""
        self._closed = True
        self._clock.stop()
        self.stop()
        super().done(result)
