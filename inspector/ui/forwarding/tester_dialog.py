"""The test of a target: name, both kinds of addresses, encryption, answer, and for what is wrong something to try."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from inspector.doctor.finding import Outcome
from inspector.domain.errors import InspectorError, UsageError
from inspector.replay.target_options import TargetOptions
from inspector.replay.target_test import TargetReport
from inspector.ui.dialogs.base import Footer
from inspector.ui.doctor.check_row import LOOKS, TONES, WORDS, Mark
from inspector.ui.endpoints.checks import url_problem
from inspector.ui.form import Line
from inspector.ui.forwarding.tester_words import FoundLine, lines_of, report_text, verdict_of
from inspector.ui.icons import Icons
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import GhostButton, PrimaryButton, SecondaryButton
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.labels import Label, SectionLabel
from inspector.ui.widgets.window_size import WindowSize, scaled

SIZE = QSize(620, 640)
SMALLEST = QSize(480, 400)
LABEL_PX = 96
NAME_PX = 84
CERTIFICATES = "Certificates (*.pem *.crt *.cer);;All files (*)"
BUSY = ("neut", "search", "Testing the way to this target")


class TargetNeeds(Protocol):
    """What the dialog needs of the program (tester_desk.py)."""

    async def check(self, url: str) -> TargetReport:
        """Try a target. Raises UsageError."""

    def options(self, url: str) -> TargetOptions | None:
        """Return what is set for the target's origin. Raises UsageError."""

    async def keep(self, url: str, host: str, ca_file: str) -> None:
        """Set Host line and certificate of the target's origin. Raises UsageError."""


class TargetDialog(QDialog):
    """Modeless; nothing is asked of the target that could change anything there."""

    def __init__(
        self, theme: Theme, icons: Icons, tasks: Tasks, desk: TargetNeeds, url: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._tasks, self._desk = theme, icons, tasks, desk
        self.report: TargetReport | None = None
        self._running = False
        self._closed = False
        self._set = ("", "")
        self.setWindowTitle("Test target")
        self.setModal(False)
        WindowSize(self, theme, SIZE, SMALLEST)
        self._build(url)
        self._on_address()
        self._show_options()

    # -- parts --------------------------------------------------------------------------------------------------

    def _build(self, url: str) -> None:
        theme, icons = self._theme, self._icons
        self.address = TextField(
            theme, url, self, name="Target", placeholder="http://localhost:5000/webhooks", mono=True
        )
        self.address.textChanged.connect(self._on_address)
        self.address.editingFinished.connect(self._show_options)
        self.go = PrimaryButton(theme, icons, "Test", "", self)
        self.go.setDefault(True)
        self.go.clicked.connect(self.test)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.address, 1)
        top.addWidget(self.go)
        self.verdict = Callout(
            theme, icons, "neut", "search", "Not tested yet", "One OPTIONS request is sent.", parent=self
        )
        head = QVBoxLayout()
        head.setContentsMargins(20, 16, 20, 14)
        head.setSpacing(12)
        head.addLayout(top)
        head.addWidget(self.verdict)
        self._area = QScrollArea(self)
        self._area.setAccessibleName("What was found")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.viewport().setAutoFillBackground(False)
        self.copy = GhostButton(theme, icons, "Copy as text", "copy", self, size_name="control")
        self.copy.clicked.connect(self.copy_text)
        close = SecondaryButton(theme, icons, "Close", parent=self)
        close.clicked.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Line(theme))
        column.addWidget(self._area, 1)
        column.addWidget(Line(theme))
        column.addLayout(self._options())
        column.addWidget(Footer(theme, [close], self.copy))
        self._show_report(None)

    def _options(self) -> QVBoxLayout:
        theme, icons = self._theme, self._icons
        self.host = TextField(theme, "", self, name="Host line", placeholder="the target's own", mono=True)
        self.certificate = TextField(theme, "", self, name="Certificate to trust", placeholder="those of the system")
        choose = SecondaryButton(theme, icons, "Choose…", parent=self)
        choose.setAccessibleName("Choose a certificate")
        choose.clicked.connect(self._choose)
        self.use = SecondaryButton(theme, icons, "Use and test again", parent=self)
        self.use.clicked.connect(lambda: self._tasks.start(self._use(), "Set the target's options"))
        column = QVBoxLayout()
        column.setContentsMargins(20, 10, 20, 14)
        column.setSpacing(8)
        column.addWidget(SectionLabel(theme, "For everything sent to this target"))
        first = QHBoxLayout()
        second = QHBoxLayout()
        for line, words, field in ((first, "Host line", self.host), (second, "Trust as well", self.certificate)):
            line.setSpacing(8)
            label = Label(theme, words, color="text2")
            label.setFixedWidth(scaled(theme, LABEL_PX))
            line.addWidget(label)
            line.addWidget(field, 1)
            column.addLayout(line)
        first.addWidget(self.use)
        second.addWidget(choose)
        self.host.textChanged.connect(lambda _text: self._on_options())
        self.certificate.textChanged.connect(lambda _text: self._on_options())
        return column

    # -- testing ------------------------------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The address in the field."""
        return self.address.text().strip()

    def test(self) -> None:
        """Test the address in the field."""
        if self.go.isEnabled():
            self._tasks.start(self._test(), "Test a target")

    async def _test(self) -> None:
        self._set_running(True)
        self.verdict.set_content(*BUSY)  # type: ignore[arg-type]  # a tone
        self._show_report(None)
        try:
            report = await self._desk.check(self.url)
        except InspectorError as error:
            if not self._closed:
                self.verdict.set_content(
                    "fail", "circle-x", error.what, " ".join(filter(None, (error.why, error.todo)))
                )
            return
        finally:
            if not self._closed:
                self._set_running(False)
        if self._closed:
            return
        self._show_report(report)
        outcome, title, words = verdict_of(report)
        self.verdict.set_content(TONES[outcome], LOOKS[outcome][0], title, words)
        announce(self, f"{title}. {words}", at_once=outcome is Outcome.BAD)

    def _set_running(self, running: bool) -> None:
        self._running = running
        self._on_address()
        self._on_options()

    def _show_report(self, report: TargetReport | None) -> None:
        self.report = report
        self.copy.setEnabled(report is not None)
        page = QWidget()
        page.setAutoFillBackground(False)
        column = QVBoxLayout(page)
        column.setContentsMargins(20, 12, 20, 12)
        column.setSpacing(10)
        if report is not None:
            for line in lines_of(report):
                column.addWidget(self._line(line))
            if report.advice:
                column.addWidget(SectionLabel(self._theme, "What to try"))
            for words in report.advice:
                column.addWidget(self._tip(words))
        column.addStretch(1)
        self._area.setWidget(page)

    def _line(self, line: FoundLine) -> QWidget:
        row = QWidget()
        mark = Mark(self._theme, self._icons)
        mark.show_outcome(line.outcome)
        title = Label(self._theme, line.title, font="label")
        title.setFixedWidth(scaled(self._theme, NAME_PX))
        bad = line.outcome in (Outcome.BAD, Outcome.DOUBT)
        words = Label(self._theme, line.words, color=LOOKS[line.outcome][1] if bad else "text2", wrap=True)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(words)
        detail = Label(self._theme, line.detail, font="small", color="text2", wrap=True)
        detail.setVisible(bool(line.detail))
        detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(detail)
        column.addStretch(1)
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(9)
        across.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        across.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
        across.addLayout(column, 1)
        row.setAccessibleName(f"{line.title}: {WORDS[line.outcome]}. {line.words} {line.detail}".strip())
        return row

    def _tip(self, words: str) -> QWidget:
        row = QWidget()
        icon = QLabel()
        icon.setPixmap(self._icons.pixmap("lightbulb", "warnFg", 16))
        text = Label(self._theme, words, wrap=True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        across = QHBoxLayout(row)
        across.setContentsMargins(3, 0, 0, 0)
        across.setSpacing(12)
        across.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        across.addWidget(text, 1)
        return row

    def _on_address(self) -> None:
        problem = url_problem(self.url)
        self.address.set_invalid(bool(problem), problem)
        self.go.setEnabled(bool(self.url) and not problem and not self._running)

    # -- options ------------------------------------------------------------------------------------------------

    def _show_options(self) -> None:
        """Show what is set for the address in the field."""
        try:
            options = self._desk.options(self.url) if self.url else None
        except UsageError:
            options = None
        self.host.setText(options.host if options else "")
        self.certificate.setText(options.ca_file if options else "")
        self._set = (self.host.text(), self.certificate.text())
        self._on_options()

    def _on_options(self) -> None:
        changed = (self.host.text().strip(), self.certificate.text().strip()) != self._set
        self.use.setEnabled(changed and self.go.isEnabled())

    async def _use(self) -> None:
        try:
            await self._desk.keep(self.url, self.host.text(), self.certificate.text())
        except UsageError as error:
            if not self._closed:
                self.verdict.set_content(
                    "fail", "circle-x", error.what, " ".join(filter(None, (error.why, error.todo)))
                )
            return
        if not self._closed:
            self._show_options()
            self.test()

    def _choose(self) -> None:
        chooser = QFileDialog(self, "Certificate to trust", "", CERTIFICATES)
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(self.certificate.setText)
        chooser.finished.connect(lambda _result: chooser.deleteLater())
        chooser.open()

    # -- telling ------------------------------------------------------------------------------------------------

    def copy_text(self) -> None:
        """Put what was found on the clipboard."""
        if self.report is not None:
            QGuiApplication.clipboard().setText(report_text(self.report))
            announce(self, "Findings copied")

    def done(self, result: int) -> None:
        """Close; a test under way ends by itself and is not shown."""
        self._closed = True
        super().done(result)
