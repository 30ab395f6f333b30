"""“Nothing arrived?”: every check from the port to the certificate, live, with one thing to do for each finding."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from inspector.doctor.check import Check
from inspector.doctor.doctor import CHECKS, Doctor
from inspector.doctor.finding import Finding, Outcome
from inspector.doctor.report import as_text
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.ui.dialogs.base import Footer
from inspector.ui.doctor.check_row import LOOKS, TONES, CheckRow
from inspector.ui.icons import Icons
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import GhostButton, PrimaryButton, SecondaryButton
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.fields import ComboBox
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.window_size import WindowSize

SIZE = QSize(720, 760)
SMALLEST = QSize(560, 420)
TITLE = "Nothing arrived?"


class DoctorDialog(QDialog):
    """Modeless: what is mended in the window behind it can be checked again at once.

    Signals:
        wanted(object): the Action of a finding was clicked.
        gone: the dialog was closed.
    """

    wanted = Signal(object)
    gone = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        doctor: Doctor,
        endpoints: Sequence[Endpoint],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._tasks, self._doctor = theme, icons, tasks, doctor
        self._running = False
        self.setWindowTitle(TITLE)
        self.setModal(False)
        WindowSize(self, theme, SIZE, SMALLEST)
        self.rows: dict[str, CheckRow] = {}
        self._build(endpoints)
        self.again.setFocus()

    # -- parts --------------------------------------------------------------------------------------------------

    def _build(self, endpoints: Sequence[Endpoint]) -> None:
        theme, icons = self._theme, self._icons
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(20, 16, 20, 14)
        head.setSpacing(12)
        head.addLayout(self._head(endpoints))
        self.verdict = Callout(theme, icons, "neut", "search", "Checking the way a webhook takes")
        head.addWidget(self.verdict)
        outer.addLayout(head)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        area = QScrollArea()
        area.setAccessibleName("Checks")
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        # The dialog's own ground shows through; a style sheet here would take the labels' colours away.
        area.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        outer.addWidget(area, 1)
        self.copy = GhostButton(theme, icons, "Copy as text", "copy")
        self.copy.clicked.connect(self.copy_text)
        self._close = SecondaryButton(theme, icons, "Close")
        self._close.clicked.connect(self.close)
        outer.addWidget(Footer(theme, [self._close], self.copy))

    def _head(self, endpoints: Sequence[Endpoint]) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(Label(self._theme, "Endpoint", color="text2"))
        self.endpoint = ComboBox(self._theme, self._icons, name="Endpoint that is waited at")
        for endpoint in endpoints:
            self.endpoint.addItem(endpoint.name, int(endpoint.id))
        resolved = self._doctor.resolved
        if resolved is not None:
            self.endpoint.setCurrentIndex(self.endpoint.findData(int(resolved.endpoint.id)))
        self.endpoint.currentIndexChanged.connect(self._on_endpoint)
        line.addWidget(self.endpoint)
        line.addStretch(1)
        self.again = PrimaryButton(self._theme, self._icons, "Check again", "rotate-cw")
        self.again.clicked.connect(self.check_all)
        line.addWidget(self.again)
        return line

    async def _fill(self) -> None:
        """Make the lines that are not there yet, one a turn of the loop: together they would take too long."""
        for check in CHECKS[len(self.rows) :]:
            row = CheckRow(self._theme, self._icons, check)
            row.again.connect(self.check_one)
            row.wanted.connect(self.wanted)
            self._column.insertWidget(len(self.rows), row)
            self.rows[check.key] = row
            await asyncio.sleep(0)
        # The keyboard goes down the lines, not to what was made first.
        stops = [part for row in self.rows.values() for part in (row.act, row.repeat)]
        for before, after in pairwise([self.endpoint, self.again, *stops, self.copy, self._close]):
            QWidget.setTabOrder(before, after)

    # -- checking -----------------------------------------------------------------------------------------------

    def check_all(self) -> None:
        """Make every check; while that runs nothing else is begun."""
        if not self._running:
            for row in self.rows.values():
                row.show_finding(None)
            self.verdict.set_content("neut", "search", "Checking the way a webhook takes")
            self._begin()
            self._tasks.start(self._all(), "Checking")

    def check_one(self, key: str) -> None:
        """Make one check again, with those it builds on where they went wrong."""
        if not self._running:
            self._begin()
            self._tasks.start(self._one(key), "Checking")

    def show_news(self, check: Check, finding: Finding | None) -> None:
        """Show that a check begins, or what it found; the doctor calls this."""
        row = self.rows[check.key]
        if finding is None:
            row.show_running()
        else:
            row.show_finding(finding)

    async def _all(self) -> None:
        try:
            await self._fill()
            await self._doctor.run()
        finally:
            self._end()

    async def _one(self, key: str) -> None:
        try:
            await self._doctor.run_one(key)
        finally:
            self._end()

    def _begin(self) -> None:
        self._running = True
        self.again.setEnabled(False)
        self.copy.setEnabled(False)

    def _end(self) -> None:
        self._running = False
        self.again.setEnabled(True)
        self.copy.setEnabled(True)
        self._show_verdict(self._doctor.verdict())

    def _show_verdict(self, verdict: Finding) -> None:
        action = verdict.action
        actions = ((action.words, lambda: self.wanted.emit(action)),) if action is not None else ()
        icon = LOOKS[verdict.outcome][0]
        self.verdict.set_content(TONES[verdict.outcome], icon, verdict.words, verdict.detail, actions)
        announce(self, f"{verdict.words} {verdict.detail}", at_once=verdict.outcome is Outcome.BAD)

    def _on_endpoint(self) -> None:
        self._doctor.look_at(EndpointId(int(self.endpoint.currentData())))
        self.check_all()

    # -- telling ------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """Return what was found as text for a colleague."""
        resolved = self._doctor.resolved
        name = f"{resolved.endpoint.name} ({self._doctor.address})" if resolved is not None else ""
        return as_text(self._doctor.findings, self._doctor.verdict(), name, datetime.now(UTC))

    def copy_text(self) -> None:
        """Put that text on the clipboard."""
        QGuiApplication.clipboard().setText(self.text())
        announce(self, "Findings copied")

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.gone.emit()
