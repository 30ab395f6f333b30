"""The rehearsal of an outage: be down for a while, then see what came back, when, and what never did."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.errors import UsageError
from inspector.domain.event import EventSummary
from inspector.domain.schedules import wait_words
from inspector.replay.outage import OutageTable, Step, Struck
from inspector.ui.dialogs.base import Footer, shown
from inspector.ui.events.wording import clock_parts
from inspector.ui.form import Line
from inspector.ui.icons import Icons
from inspector.ui.outage.desk import OutageDesk
from inspector.ui.outage.export import to_csv, to_json
from inspector.ui.outage.form import OutageForm
from inspector.ui.outage.rows_table import CellText, Column, RowsModel, RowsTable
from inspector.ui.outage.words import (
    LOOKS,
    Documented,
    answer_words,
    fate_of,
    is_on,
    kinds_words,
    left,
    step_tone,
    step_words,
    steps_shown,
    summary,
    waits_words,
)
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import GhostButton, PrimaryButton, SecondaryButton
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.fields import ComboBox
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.segments import Segments
from inspector.ui.widgets.spaced_reading import SpacedReading
from inspector.ui.widgets.window_size import WindowSize

SIZE = QSize(840, 680)
SMALLEST = QSize(680, 520)
TICK_MS = 1_000
READ_MS = 500
FEW = 300
"""What became of so many events is told anew every second; of more when they are read anew."""

RETRIES, EVENTS = "retries", "events"
EMPTY = "Nothing has been turned away."
NO_RETRIES = "No retry was seen, and the provider documents none."

RETRY_COLUMNS = (
    Column("Retry", 70),
    Column("Documented wait", 130, right=True),
    Column("Wait seen", 110, right=True),
    Column("Least to most", 0),
    Column("Came", 80, right=True),
    Column("Accepted", 90, right=True),
)
EVENT_COLUMNS = (
    Column("Event", 84),
    Column("Kind", 0),
    Column("Turned away", 110, font="mono"),
    Column("Came again after", 190),
    Column("Now", 190),
)


class OutageDialog(QDialog):
    """Modeless; closing it ends nothing: the banner has the way to stop."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        desk: OutageDesk,
        endpoint_id: EndpointId,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._tasks, self._desk = theme, icons, tasks, desk
        self.endpoint_id = endpoint_id
        self.table: OutageTable | None = None
        self._terms = Documented(())
        self._closed = False
        self._was_on = False
        self._told = ("", False)  # what became of the events in words, and whether all came back
        self.setWindowTitle("Outage rehearsal")
        self.setModal(False)
        WindowSize(self, theme, SIZE, SMALLEST)
        self._reading = SpacedReading(tasks, "Read what came back", self._read, READ_MS, self)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._build()
        self._unsubscribe = (
            desk.endpoints_changed.subscribe(lambda _: self._on_endpoints()),
            desk.added.subscribe(self._on_added),
        )
        self._show_endpoints()
        self._look_at()
        (self.stop if self._was_on else self.form.kinds).setFocus()

    # -- parts --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        theme, icons = self._theme, self._icons
        self.endpoint = ComboBox(theme, icons, self, name="Endpoint")
        self.endpoint.currentIndexChanged.connect(self._on_endpoint)
        self.go = PrimaryButton(theme, icons, "Start", "unplug", self)
        self.go.clicked.connect(self.start)
        self.stop = SecondaryButton(theme, icons, "Stop now", "square", self)
        self.stop.clicked.connect(self.end)
        head = QHBoxLayout()
        head.setContentsMargins(20, 12, 16, 12)
        head.setSpacing(8)
        head.addWidget(Label(theme, "Endpoint", self, color="text2"))
        head.addWidget(self.endpoint)
        head.addStretch(1)
        head.addWidget(self.stop)
        head.addWidget(self.go)
        self.form = OutageForm(theme, icons, self)
        self.form.changed.connect(self._show_buttons)
        self.state = Callout(theme, icons, "neut", "unplug", "No rehearsal yet", parent=self)
        self.page = Segments(theme, ((RETRIES, "Retries"), (EVENTS, "Events")), self, name="Show")
        self.page.changed.connect(lambda key: self._stack.setCurrentIndex(int(key == EVENTS)))
        self.source = Label(theme, "", self, font="small", color="text2")
        inside = QVBoxLayout()
        inside.setContentsMargins(20, 14, 20, 12)
        inside.setSpacing(12)
        inside.addWidget(self.form)
        inside.addWidget(self.state)
        choice = QHBoxLayout()
        choice.addWidget(self.page)
        choice.addStretch(1)
        inside.addLayout(choice)
        self._build_tables()
        self.export = GhostButton(theme, icons, "Export…", "download", self, size_name="control")
        self.export.clicked.connect(lambda: self._tasks.start(self._export(), "Export the outage"))
        close = SecondaryButton(theme, icons, "Close", parent=self)
        close.clicked.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Line(theme))
        column.addLayout(inside)
        column.addWidget(Line(theme))
        column.addWidget(self._stack, 1)
        column.addWidget(Footer(theme, [close], self.export))

    def _build_tables(self) -> None:
        theme, icons = self._theme, self._icons
        self.retries: RowsModel[Step] = RowsModel(RETRY_COLUMNS, self._step_cells, self)
        self.events: RowsModel[Struck] = RowsModel(EVENT_COLUMNS, self._event_cells, self)
        self.retry_table = RowsTable(self.retries, theme, icons, "Retries", NO_RETRIES, self)
        self.event_table = RowsTable(self.events, theme, icons, "Events turned away", EMPTY, self)
        self.event_table.row_wanted.connect(self._show_event)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.retry_table)
        self._stack.addWidget(self.event_table)

    def _step_cells(self, step: Step) -> Sequence[CellText]:
        seen, span = step_words(step)
        documented = "" if step.documented_s is None else _wait(step.documented_s)
        return (
            CellText(f"{step.number:,}"),
            CellText(documented or "–", "text2"),
            CellText(seen or "–", step_tone(step) if seen else "text3"),
            CellText(span, "text2"),
            CellText(grouped(step.events) if step.events else "–", "text" if step.events else "text3"),
            CellText(grouped(step.accepted) if step.accepted else "–", "passFg" if step.accepted else "text3"),
        )

    def _event_cells(self, struck: Struck) -> Sequence[CellText]:
        fate, words = fate_of(struck, self._terms.waits_s, datetime.now(UTC))
        _word, icon, color = LOOKS[fate]
        at, part = clock_parts(struck.sightings[0].received_us, self._theme.times.zone)
        return (
            CellText(f"#{struck.event_id:,}"),
            CellText(struck.kind or "event"),
            CellText(at + part, "text2"),
            CellText(waits_words(struck), "text2"),
            CellText(words, color, icon),
        )

    # -- the endpoint -------------------------------------------------------------------------------------------

    def look_at(self, endpoint_id: EndpointId) -> None:
        """Show another endpoint."""
        if endpoint_id != self.endpoint_id:
            self.endpoint_id = endpoint_id
            self._show_endpoints()
            self._look_at()

    @property
    def shown_endpoint(self) -> Endpoint | None:
        """The endpoint in view."""
        return self._desk.endpoint(self.endpoint_id)

    def _on_endpoint(self) -> None:
        self.look_at(EndpointId(int(self.endpoint.currentData())))

    def _on_endpoints(self) -> None:
        endpoints = self._desk.endpoints()
        if not endpoints:
            self.close()
            return
        if self.shown_endpoint is None:
            self.look_at(endpoints[0].id)
            return
        self._show_endpoints()
        self._terms = self._desk.terms(self.endpoint_id)
        self.form.show_terms(self._terms)
        self._show_state()
        self._reading.soon()

    def _show_endpoints(self) -> None:
        self.endpoint.blockSignals(True)
        self.endpoint.clear()
        for endpoint in self._desk.endpoints():
            self.endpoint.addItem(endpoint.name, int(endpoint.id))
        self.endpoint.setCurrentIndex(self.endpoint.findData(int(self.endpoint_id)))
        self.endpoint.blockSignals(False)

    def _look_at(self) -> None:
        self._terms = self._desk.terms(self.endpoint_id)
        self.form.show_terms(self._terms)
        endpoint = self.shown_endpoint
        if endpoint is not None and endpoint.answers.outage is not None:
            self.form.show_outage(endpoint.answers.outage)
        self._show_table(None)
        self._reading.now()

    # -- doing --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Be down from now on, as the form says."""
        if not self.form.problem():
            kinds, minutes, answer = self.form.values()
            self._show_table(None)
            self._tasks.start(self._desk.begin(self.endpoint_id, kinds, minutes, answer), "Rehearse an outage")

    def end(self) -> None:
        """Answer as usual from now on."""
        self._tasks.start(self._desk.end(self.endpoint_id), "End the outage")

    def _show_event(self, row: int) -> None:
        self._desk.show_event(self.events.items[row].event_id)

    # -- showing ------------------------------------------------------------------------------------------------

    def _on_added(self, rows: Sequence[EventSummary]) -> None:
        if any(row.endpoint_id == self.endpoint_id for row in rows):
            self._reading.soon()

    async def _read(self) -> None:
        wanted = self.endpoint_id
        table, told = await self._desk.table(wanted), ("", False)
        if table is not None:
            # Thousands of events are a long calculation.
            told = await asyncio.to_thread(_told, table, self._terms.waits_s)
        if self._closed:
            return
        if wanted == self.endpoint_id:
            self._show_table(table, told)
        else:
            self._reading.now()

    def _show_table(self, table: OutageTable | None, told: tuple[str, bool] = ("", False)) -> None:
        self.table, self._told = table, told
        self.retries.set_items(steps_shown(table, self._terms.waits_s))
        self.events.set_items(table.struck if table is not None else ())
        self.page.set_counts({EVENTS: len(table.struck)} if table is not None else {})
        self._show_state()

    def _show_state(self) -> None:
        """Say where it stands; called every second while somebody looks."""
        endpoint, now = self.shown_endpoint, datetime.now(UTC)
        outage = endpoint.answers.outage if endpoint is not None else None
        on = is_on(outage, now)
        so_far, all_back = self._told
        if outage is None:
            text = "The endpoint answers as usual. When the time is over it does so again by itself."
            self._say("neut", "No rehearsal yet", text)
        elif on:
            answer = answer_words(outage.answer)
            words = f"{answer[:1].upper()}{answer[1:]} for {kinds_words(outage.kinds)}. {so_far}"
            self._say("warn", f"Down: {left(outage, now)}", words)
        else:
            until, _part = clock_parts(round(outage.until.timestamp() * 1_000_000), self._theme.times.zone)
            self._say("pass" if all_back else "neut", f"Over since {until}", so_far)
        if self._was_on and not on:
            announce(self, f"The rehearsal is over. {so_far}")
        self._was_on = on
        self._show_buttons()

    def _say(self, tone: str, title: str, text: str) -> None:
        if (self.state.tone, self.state.title.text(), self.state.text.text()) != (tone, title, text):
            self.state.set_content(tone, "unplug", title, text)  # type: ignore[arg-type]  # a tone

    def _show_buttons(self) -> None:
        endpoint = self.shown_endpoint
        on = endpoint is not None and is_on(endpoint.answers.outage, datetime.now(UTC))
        self.form.setEnabled(not on)
        self.go.setVisible(not on)
        self.go.setEnabled(not self.form.problem())
        self.stop.setVisible(on)
        self.export.setEnabled(self.table is not None and bool(self.table.struck))

    def _on_tick(self) -> None:
        if self.table is not None and len(self.table.struck) <= FEW:
            self._told = _told(self.table, self._terms.waits_s)
        elif self.table is not None:
            self._reading.soon()
        self._show_state()
        if self.events.items and self._stack.currentWidget() is self.event_table:
            self.event_table.viewport().update()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()

    # -- results ------------------------------------------------------------------------------------------------

    async def _export(self) -> None:
        chooser = QFileDialog(self, "Export what came back", "", "CSV (*.csv);;JSON (*.json)")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("csv")
        chooser.selectFile("outage.csv")
        if await shown(chooser):
            await self.save(Path(chooser.selectedFiles()[0]))

    async def save(self, path: Path) -> None:
        """Write the table to a file: JSON where its name says so, else CSV. Raises UsageError."""
        endpoint, table = self.shown_endpoint, self.table
        if endpoint is None or table is None or endpoint.answers.outage is None:
            return
        outage, waits_s, now = endpoint.answers.outage, self._terms.waits_s, datetime.now(UTC)

        def write() -> None:
            as_json = path.suffix.lower() == ".json"
            text = to_json(endpoint.name, outage, table, waits_s, now) if as_json else to_csv(table, waits_s, now)
            path.write_text(text, encoding="utf-8")

        try:
            await asyncio.to_thread(write)
        except OSError as error:
            raise UsageError(f"{path.name} was not written.", f"{error.strerror or error}.", "Try again.") from error
        self._desk.tell(f"Saved as {path.name}")

    def done(self, result: int) -> None:
        """Close and listen no more."""
        self._closed = True
        self._reading.stop()
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        super().done(result)


def _told(table: OutageTable, waits_s: Sequence[float]) -> tuple[str, bool]:
    """Return what became of the events so far, and whether all came back."""
    return summary(table, waits_s, datetime.now(UTC)), bool(table.struck) and len(table.recovered) == len(table.struck)


def _wait(seconds: float) -> str:
    return "at once" if not seconds else wait_words(seconds)
