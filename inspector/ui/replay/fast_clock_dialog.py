"""Days in a minute: a schedule against the handler's real answers, and when each event would get through or be lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import Protocol

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from inspector.domain.errors import InspectorError, UsageError
from inspector.domain.event import EventId
from inspector.domain.forwarding import Schedule
from inspector.domain.identity import Identity
from inspector.replay.plan import Captured
from inspector.replay.rehearsal import TAKES_S, Down, Picture, Rehearsal, Try, first_lane, span_of
from inspector.replay.rewrite import reason_of
from inspector.ui.control.words import counted
from inspector.ui.detail.code_area import CodeArea
from inspector.ui.dialogs.base import Footer
from inspector.ui.form import Line
from inspector.ui.icons import Icons
from inspector.ui.replay.fast_clock import FastClock
from inspector.ui.replay.fast_clock_words import down_of, field_words, lines_of, picture_words, seconds_of
from inspector.ui.replay.identity_card import NAMES
from inspector.ui.replay.schedule_choice import ScheduleChoice
from inspector.ui.replay.target_field import TargetField
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import GhostButton, PrimaryButton, SecondaryButton
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.choices import CheckBox
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.segments import Segments
from inspector.ui.widgets.window_size import WindowSize

SIZE = QSize(960, 720)
SMALLEST = QSize(760, 540)
FIELD_PX = 72
MOST_EVENTS = 500
TEXT_EVERY_S = 1.0
MINUTE, AT_ONCE = "minute", "answers"


class FastClockDesk(Protocol):
    """What the dialog needs of the program."""

    async def captured(self, ids: Sequence[EventId]) -> list[Captured]:
        """Return when each event was received; those that cannot be sent again are left out."""

    async def tries_of(self, url: str, identity: Identity, limit_s: float) -> Try | None:
        """Return what makes real tries that are not kept; None where the user did not agree to the target."""

    def tell(self, text: str) -> None:
        """Say something in passing."""


class FastClockDialog(QDialog):
    """Modeless; closing it ends the rehearsal, which keeps no attempts."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        desk: FastClockDesk,
        ids: Sequence[EventId],
        history: Sequence[str],
        parent: QWidget | None = None,
        *,
        target: str = "",
        schedule: str = "",
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._tasks, self._desk = theme, icons, tasks, desk
        self._ids, self._left_out = list(ids)[:MOST_EVENTS], max(len(ids) - MOST_EVENTS, 0)
        self.rehearsal: Rehearsal | None = None
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._drawing = False
        self._texts_at = 0.0
        self.setModal(False)
        self.setWindowTitle(f"Fast clock: {counted(len(self._ids), 'event')}")
        WindowSize(self, theme, SIZE, SMALLEST)
        self._build(target, history)
        if schedule:
            self.choice.choose(schedule)
        self._connect()
        self._on_form()

    # -- parts --------------------------------------------------------------------------------------------------

    def _build(self, target: str, history: Sequence[str]) -> None:
        theme, icons = self._theme, self._icons
        self.target = TargetField(theme, icons, target, history, self)
        self.go = PrimaryButton(theme, icons, "Start", "play", self)
        self.go.setDefault(True)
        top = QHBoxLayout()
        top.setContentsMargins(16, 14, 16, 10)
        top.setSpacing(8)
        top.addWidget(self.target, 1)
        top.addWidget(self.go)
        self.clock = FastClock(theme, icons, self)
        self.callout = Callout(theme, icons, "info", "timer", "Not started", parent=self)
        self.text = CodeArea(theme, self, name="What becomes of each event")
        self.text.set_wrapped(True)
        below = QWidget(self)
        inside = QVBoxLayout(below)
        inside.setContentsMargins(16, 10, 16, 8)
        inside.setSpacing(8)
        inside.addWidget(self.callout)
        inside.addWidget(self.text, 1)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(self.clock)
        split.addWidget(below)
        split.setSizes([280, 180])
        self.stop = SecondaryButton(theme, icons, "Stop", parent=self)
        self.close_button = SecondaryButton(theme, icons, "Close", parent=self)
        self.copy = GhostButton(theme, icons, "Copy as text", "copy", self, size_name="control")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(self._build_choices())
        column.addWidget(Line(theme))
        column.addWidget(split, 1)
        column.addWidget(Footer(theme, [self.stop, self.close_button], self.copy))

    def _build_choices(self) -> QVBoxLayout:
        theme, icons = self._theme, self._icons
        self.choice = ScheduleChoice(theme, icons, self)
        self.identity = Segments(theme, NAMES, self, name="Send as")
        self.pace = Segments(
            theme, ((MINUTE, "In a minute"), (AT_ONCE, "As fast as it answers")), self, name="How fast"
        )
        self.down = CheckBox(theme, icons, "My handler is down from", self)
        self.down_from = self._field("0", "Down from")
        self.down_until = self._field("1h", "Down until")
        self.apart = self._field("0", "Time between the events")
        self._apart_words = Label(theme, "Events begin apart by", self, color="text2")
        self.problem = Label(theme, "", self, font="small", color="failFg", wrap=True)
        first, second, third = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        first.setSpacing(10)
        name = Label(theme, "Retry like", self, font="label")
        name.setMinimumHeight(theme.size("control"))
        first.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
        first.addWidget(self.choice, 1)
        second.setSpacing(8)
        second.addWidget(self.down)
        second.addWidget(self.down_from)
        second.addWidget(Label(theme, "to", self, color="text2"))
        second.addWidget(self.down_until)
        second.addSpacing(12)
        second.addWidget(self._apart_words)
        second.addWidget(self.apart)
        second.addStretch(1)
        third.addWidget(self.identity)
        third.addStretch(1)
        third.addWidget(self.pace)
        for part in (self.apart, self._apart_words):
            part.setVisible(len(self._ids) > 1)
        column = QVBoxLayout()
        column.setContentsMargins(16, 0, 16, 12)
        column.setSpacing(8)
        column.addLayout(first)
        column.addLayout(second)
        column.addLayout(third)
        column.addWidget(self.problem)
        return column

    def _field(self, text: str, name: str) -> TextField:
        field = TextField(self._theme, text, self, name=name, placeholder="10m, 2h, 1d")
        field.setFixedWidth(FIELD_PX)
        return field

    def _connect(self) -> None:
        self.go.clicked.connect(self.start)
        self.stop.clicked.connect(self._stop)
        self.copy.clicked.connect(self.copy_text)
        self.close_button.clicked.connect(self.close)
        self.clock.down_drawn.connect(self._on_drawn)
        for field in (self.down_from, self.down_until, self.apart):
            field.textChanged.connect(lambda _text: self._on_form())
        self.down.toggled.connect(lambda _on: self._on_form())
        self.choice.changed.connect(self._on_form)
        self.target.changed.connect(self._on_form)

    # -- what is chosen -----------------------------------------------------------------------------------------

    def downs(self) -> tuple[Down, ...]:
        """Return when the handler is down. Raises UsageError."""
        return (down_of(self.down_from.text(), self.down_until.text()),) if self.down.isChecked() else ()

    def apart_s(self) -> float:
        """Return the seconds between the beginnings of two events. Raises UsageError."""
        return seconds_of(self.apart.text()) if len(self._ids) > 1 else 0.0

    def _problem(self) -> str:
        try:
            self.downs()
            self.apart_s()
        except UsageError as error:
            return reason_of(error)
        return ""

    def _on_drawn(self, from_s: float, until_s: float) -> None:
        self._drawing = True
        self.down.setChecked(True)
        self.down_from.setText(field_words(from_s))
        self._drawing = False
        self.down_until.setText(field_words(until_s))
        self._on_form()

    def _on_form(self) -> None:
        if self._drawing:
            return
        problem = self._problem()
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        for field in (self.down_from, self.down_until):
            field.setEnabled(self.down.isChecked() and self._task is None)
        if self._task is None and not problem and not self.choice.problem():
            self._show_plan(self.choice.schedule())
        self._show_buttons()

    def _show_plan(self, schedule: Schedule) -> None:
        """Draw what is to come: every event before its first try."""
        apart_s = self.apart_s()
        lanes = tuple(first_lane(event_id, schedule, apart_s * place) for place, event_id in enumerate(self._ids))
        span_s = max(span_of(schedule) + apart_s * max(len(lanes) - 1, 0), 1e-9)
        self.clock.set_downs(self.downs())
        self.clock.show_picture(Picture(0.0, span_s, lanes))
        more = f" The first {MOST_EVENTS:,} of {MOST_EVENTS + self._left_out:,} are taken." if self._left_out else ""
        hint = "Requests are real and are not kept; only the time is not. Draw in the lanes to take the handler down."
        self.callout.set_content("info", "timer", "Not started", f"{hint}{more}")
        self.text.set_text("", None)

    # -- the rehearsal ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin as chosen."""
        if self._task is not None or not self.go.isEnabled():
            return
        self.target.remember()
        self._task = self._tasks.start(self._run(), "Fast clock")
        self._task.add_done_callback(lambda _task: self._on_ended())
        self._show_buttons()

    async def _run(self) -> None:
        schedule, downs, apart_s = self.choice.schedule(), self.downs(), self.apart_s()
        takes_s = TAKES_S if self.pace.current == MINUTE else None
        try:
            tries = await self._desk.tries_of(self.target.text, Identity(self.identity.current), schedule.limit_s)
            if tries is None or self._closed:
                return
            ids = [captured.event_id for captured in await self._desk.captured(self._ids)]
            if not ids:
                raise UsageError("There is nothing to send.", "Every event is gone, or was turned away.")
            self.rehearsal = Rehearsal(ids, schedule, tries, downs=downs, takes_s=takes_s, apart_s=apart_s)
            self.rehearsal.progress.subscribe(self._show)
            self.clock.set_downs(downs)
            await self.rehearsal.run()
        except InspectorError as error:
            if self._closed:
                raise
            self.callout.set_content("fail", "circle-x", error.what, " ".join(filter(None, (error.why, error.todo))))

    def _on_ended(self) -> None:
        self._task = None
        if not self._closed:
            self._show_buttons()

    def _stop(self) -> None:
        if self.rehearsal is not None:
            self.rehearsal.stop()

    def done(self, result: int) -> None:
        """Close and end what runs."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
        super().done(result)

    # -- showing ------------------------------------------------------------------------------------------------

    def _show(self, picture: Picture) -> None:
        if self._closed:
            return
        self.clock.show_picture(picture)
        title, text = picture_words(picture)
        if not picture.is_over:
            self.callout.set_content("info", "loader-circle", title, text)
        elif picture.lost:
            self.callout.set_content("fail", "circle-x", title, text)
        elif picture.through < len(picture.lanes):
            self.callout.set_content("warn", "square", title, text)
        else:
            self.callout.set_content("pass", "circle-check", title, text)
        now = monotonic()
        if picture.is_over or now - self._texts_at > TEXT_EVERY_S:
            self._texts_at = now
            self.text.set_text(lines_of(picture.lanes), None)
        if picture.is_over:
            announce(self, f"{title}. {text}")

    def _show_buttons(self) -> None:
        running = self._task is not None
        ready = self.target.is_usable and not self._problem() and not self.choice.problem()
        self.go.setEnabled(not running and ready)
        self.stop.setVisible(running)
        self.copy.setEnabled(self.rehearsal is not None)
        self.clock.set_editable(not running)
        for part in (self.target, self.choice, self.identity, self.pace, self.down, self.apart):
            part.setEnabled(not running)
        for field in (self.down_from, self.down_until):
            field.setEnabled(self.down.isChecked() and not running)

    def copy_text(self) -> None:
        """Put what came of it on the clipboard, as text."""
        if self.rehearsal is None:
            return
        picture = self.rehearsal.picture
        title, text = picture_words(picture)
        QGuiApplication.clipboard().setText(f"{title}. {text}\n{lines_of(picture.lanes)}\n")
        self._desk.tell("Copied")
