"""The campaign dialog: choose a scenario, change its numbers, run it, and see that everything was recognised."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QScrollArea, QSplitter, QVBoxLayout, QWidget

from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.errors import InspectorError, UsageError
from inspector.simulator.campaign.estimate import Estimate, estimate
from inspector.simulator.campaign.player import Phase, Progress
from inspector.simulator.campaign.result import sentence, table
from inspector.simulator.campaign.scenario import Scenario
from inspector.simulator.campaign.session import Outcome, Session, Stage
from inspector.ui.detail.card import Card
from inspector.ui.dialogs.base import Footer
from inspector.ui.form import Line
from inspector.ui.icons import Icons
from inspector.ui.simulator.campaign_form import CampaignForm
from inspector.ui.simulator.campaign_words import bars_of, looks_of, words_of
from inspector.ui.simulator.comparison_table import ComparisonTable
from inspector.ui.simulator.funnel_view import FunnelView
from inspector.ui.simulator.target_choice import Choice, TargetChoice
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import GhostButton, PrimaryButton, SecondaryButton
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.fields import ComboBox
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.window_size import WindowSize, scaled

SIZE = QSize(1140, 740)
SMALLEST = QSize(920, 560)
LEFT_PX = 560


class CampaignDesk(Protocol):
    """What the dialog needs of the program."""

    def scenarios(self) -> tuple[tuple[Scenario, ...], tuple[UsageError, ...]]:
        """Return the scenarios there are, and what is wrong with the others."""

    def endpoints(self) -> Sequence[Endpoint]:
        """Return every endpoint."""

    def addresses(self, endpoint: Endpoint) -> Sequence[tuple[str, str]]:
        """Return the addresses of an endpoint: what each is called, and the address."""

    async def stage(self, endpoint_id: EndpointId, url: str, *, ours: bool) -> Stage | None:
        """Return where to play, None where the user did not agree to the target. Raises UsageError."""

    def save(self, scenario: Scenario) -> None:
        """Ask for a name and keep a scenario under it."""

    def show_events(self, endpoint_id: EndpointId, search: str) -> None:
        """Show the events a search text finds."""

    def tell(self, text: str) -> None:
        """Say something in passing."""


class CampaignDialog(QDialog):
    """Modeless; closing it stops the run."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        desk: CampaignDesk,
        endpoint_id: EndpointId,
        history: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._tasks, self._desk = theme, icons, tasks, desk
        self.session: Session | None = None
        self.outcome: Outcome | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._scenarios: tuple[Scenario, ...] = ()
        self.setWindowTitle("Campaign")
        self.setModal(False)
        WindowSize(self, theme, SIZE, SMALLEST)
        self._build(history)
        self.target.show_endpoints(desk.endpoints(), endpoint_id)
        self.reload()

    # -- parts --------------------------------------------------------------------------------------------------

    def _build(self, history: Sequence[str]) -> None:
        theme, icons = self._theme, self._icons
        self.picker = ComboBox(theme, icons, self, name="Scenario")
        self.picker.setMinimumWidth(250)
        self.about = Label(theme, "", self, font="small", color="text2", wrap=True)
        self.go = PrimaryButton(theme, icons, "Run campaign", "play", self)
        self.go.setDefault(True)
        top = QHBoxLayout()
        top.setContentsMargins(16, 14, 12, 12)
        top.setSpacing(12)
        top.addWidget(self.picker)
        top.addWidget(self.about, 1)
        top.addWidget(self.go)
        self.target = TargetChoice(theme, icons, self._desk.addresses, history, self)
        self.form = CampaignForm(theme, icons, self)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.form)
        area.setMinimumWidth(self.form.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width())
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(area)
        split.addWidget(self._build_right())
        split.setStretchFactor(1, 1)
        split.setSizes([scaled(theme, LEFT_PX), SIZE.width() - LEFT_PX])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(Line(theme))
        column.addWidget(self.target)
        column.addWidget(Line(theme))
        column.addWidget(split, 1)
        column.addWidget(self._build_footer())
        self.picker.currentIndexChanged.connect(lambda _place: self._on_picked())
        self.go.clicked.connect(self.start)
        self.form.changed.connect(self._on_form)
        self.target.changed.connect(self._on_form)

    def _build_right(self) -> QWidget:
        theme, icons = self._theme, self._icons
        self.funnel = FunnelView(theme, self)
        self.callout = Callout(theme, icons, "info", "play", "Not started", parent=self)
        self.bar = QProgressBar(self)
        self.bar.setAccessibleName("Progress")
        self.bar.setTextVisible(False)
        self.table = ComparisonTable(theme, icons, self)
        self.card = Card(theme, self)
        inside = QVBoxLayout(self.card)
        inside.setContentsMargins(2, 2, 2, 2)
        inside.addWidget(self.table)
        self.answers = Label(theme, "", self, font="small", color="text2", wrap=True, numbers=True)
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.funnel)
        column.addWidget(self.callout)
        column.addWidget(self.bar)
        column.addWidget(self.card, 1)
        column.addWidget(self.answers)
        self._filler = QWidget(right)
        column.addWidget(self._filler, 1)
        self.card.hide()
        return right

    def _build_footer(self) -> Footer:
        theme, icons = self._theme, self._icons
        self.keep = GhostButton(theme, icons, "Save scenario…", "plus", self, size_name="control")
        self.copy_result = SecondaryButton(theme, icons, "Copy result", "copy", self)
        self.events = SecondaryButton(theme, icons, "Show these events", "list-filter", self)
        self.pause = SecondaryButton(theme, icons, "Pause", "pause", self)
        self.stop = SecondaryButton(theme, icons, "Stop", parent=self)
        close = SecondaryButton(theme, icons, "Close", parent=self)
        self.keep.clicked.connect(self._save)
        self.copy_result.clicked.connect(self._copy_result)
        self.events.clicked.connect(self._show_events)
        self.pause.clicked.connect(self._toggle_pause)
        self.stop.clicked.connect(self._stop)
        close.clicked.connect(self.close)
        return Footer(theme, [self.copy_result, self.events, self.pause, self.stop, close], self.keep)

    # -- scenarios ------------------------------------------------------------------------------------------------

    def reload(self, choose: str = "normal-campaign") -> None:
        """Read the scenarios again and choose one by its name."""
        self._scenarios, wrong = self._desk.scenarios()
        self.picker.blockSignals(True)
        self.picker.clear()
        for scenario in self._scenarios:
            self.picker.addItem(scenario.title, scenario.name)
        self.picker.setCurrentIndex(max(self.picker.findData(choose), 0))
        self.picker.blockSignals(False)
        self._on_picked()
        if wrong:
            self.callout.set_content("warn", "triangle-alert", wrong[0].what, wrong[0].why)

    def _on_picked(self) -> None:
        place = self.picker.currentIndex()
        if not 0 <= place < len(self._scenarios):
            return
        scenario = self._scenarios[place]
        self.about.setText(scenario.about)
        self.target.prefer(scenario.provider)
        self._forget()
        self.form.show_scenario(scenario)

    def _forget(self) -> None:
        """Take the last run's result away."""
        self.session, self.outcome = None, None
        self.card.hide()
        self._filler.show()
        self.answers.setText("")
        self.bar.hide()

    def _save(self) -> None:
        try:
            self._desk.save(self.form.scenario())
        except UsageError as error:
            self._show_problem(error)

    # -- running --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Run what the form says; nothing while a run is under way."""
        if self._task is not None:
            return
        try:
            scenario = self.form.scenario()
        except UsageError as error:
            self._show_problem(error)
            return
        self._forget()
        self._task = self._tasks.start(self._run(scenario, self.target.chosen()), "Campaign")
        self._task.add_done_callback(lambda _task: self._on_ended())
        self._show_buttons()

    async def _run(self, scenario: Scenario, choice: Choice) -> None:
        """Play it. The dialog may be closed meanwhile: then its parts are gone."""
        try:
            stage = await self._desk.stage(choice.endpoint_id, choice.url, ours=choice.ours)
            if stage is None or self._closed:
                return
            self.target.remember()
            self.session = session = Session(scenario, stage)
            session.player.progress.subscribe(self._show_progress)
            outcome = await session.run()
        except InspectorError as error:
            if self._closed:
                raise
            self._show_problem(error)
            return
        if not self._closed:
            self._show_outcome(outcome)

    def _on_ended(self) -> None:
        self._task = None
        if not self._closed:
            self._show_buttons()

    def _toggle_pause(self) -> None:
        if self.session is not None:
            player = self.session.player
            (player.resume if player.state.phase is Phase.PAUSED else player.pause)()
            self._show_buttons()

    def _stop(self) -> None:
        if self.session is not None:
            self.session.player.stop()

    def done(self, result: int) -> None:
        """Close and stop what runs."""
        self._closed = True
        self._stop()
        super().done(result)

    # -- showing --------------------------------------------------------------------------------------------------

    def _show_problem(self, error: InspectorError) -> None:
        text = " ".join(part for part in (error.why, error.todo) if part)
        self.callout.set_content("fail", "circle-x", error.what, text)

    def _show_progress(self, progress: Progress) -> None:
        if self._closed or self.session is None:
            return
        title, text = words_of(progress)
        tone, icon = looks_of(progress.phase)
        if progress.phase is Phase.RUNNING:
            text = " ".join([text, *self.session.cast.notes])
        self.callout.set_content(tone, icon, title, text)  # type: ignore[arg-type]  # names of tones
        self.bar.show()
        self.bar.setMaximum(max(progress.expected, 1))
        self.bar.setValue(min(progress.sent, progress.expected))
        self._show_funnel(self.session.run_of.scenario, self.session.estimate)
        if progress.phase is not Phase.RUNNING:
            self._show_buttons()

    def _show_outcome(self, outcome: Outcome) -> None:
        self.outcome = outcome
        if self.session is not None:
            self._show_funnel(outcome.run.scenario, self.session.estimate)
        stopped = outcome.phase is Phase.STOPPED
        tone, icon = ("pass", "circle-check") if outcome.well else ("fail", "circle-x")
        if stopped and outcome.agrees:
            tone, icon = "warn", "square"
        start = outcome.run.start.isoformat().replace("+00:00", "Z")
        notes = self.session.cast.notes if self.session is not None else ()
        again = " ".join([f"Seed {outcome.run.seed}, beginning {start}.", *notes])
        words = sentence(outcome)
        self.callout.set_content(tone, icon, words, again)  # type: ignore[arg-type]  # names of tones
        self.bar.hide()
        self.table.show_lines(outcome.lines)
        self._filler.hide()
        self.card.show()
        tally = outcome.tally
        parts = [f"{count:,} × {what}" for what, count in tally.statuses.most_common(4)]
        times = [f"p{percent} {tally.percentile_ms(percent):.0f} ms" for percent in (50, 95, 99)]
        self.answers.setText(" · ".join([*parts, *times]))
        announce(self, words)
        self._show_buttons()

    def _show_funnel(self, scenario: Scenario, expected: Estimate) -> None:
        tally = self.session.player.tally if self.session is not None else None
        self.funnel.set_bars(bars_of(scenario, expected, tally))

    def _on_form(self) -> None:
        try:
            scenario = self.form.scenario()
        except UsageError:
            self._show_buttons()
            return
        if self._task is None:
            if self.outcome is not None or self.session is not None:
                self._forget()
            expected = estimate(scenario)
            self.funnel.set_bars(bars_of(scenario, expected, None))
            least = f"At least {words_of_time(expected.least_s)} at {scenario.rate:g}/s."
            title = f"About {round(expected.requests):,} requests for {scenario.recipients:,} people"
            self.callout.set_content("info", "info", title, least)
        self._show_buttons()

    def _show_buttons(self) -> None:
        running = self._task is not None
        paused = self.session is not None and self.session.player.state.phase is Phase.PAUSED
        self.pause.setVisible(running)
        self.stop.setVisible(running)
        self.pause.setText("Resume" if paused else "Pause")
        self.pause.set_icon_name("play" if paused else "pause")
        self.form.setEnabled(not running)
        self.target.setEnabled(not running)
        self.picker.setEnabled(not running)
        usable = not self.form.problems() and not self.form.problem.text() and self.target.is_usable
        self.go.setEnabled(not running and usable)
        self.keep.setEnabled(not running and not self.form.problems())
        shown = self.outcome is not None and self.outcome.recognised is not None
        self.events.setVisible(shown and not running)
        self.copy_result.setVisible(self.outcome is not None and not running)

    def _copy_result(self) -> None:
        """Put the result on the clipboard as text, with what repeats the run."""
        if self.outcome is None:
            return
        run = self.outcome.run
        head = f"{run.scenario.title}, seed {run.seed}, to {self.outcome.url}\n{sentence(self.outcome)}"
        QGuiApplication.clipboard().setText(f"{head}\n{table(self.outcome)}\n{self.answers.text()}\n")
        self._desk.tell("Result copied")

    def _show_events(self) -> None:
        if self.outcome is not None and self.session is not None:
            self._desk.show_events(self.session.stage.resolved.endpoint.id, self.outcome.search)


def words_of_time(seconds: float) -> str:
    """Return a time as a person says it."""
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
