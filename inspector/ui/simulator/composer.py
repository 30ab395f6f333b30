"""The composer: any event of any provider, edited, signed as it is sent, and kept under Mine. It stays open."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from inspector.directory import Resolved
from inspector.domain.attempt import Outgoing
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.errors import InspectorError, ProviderError, UsageError
from inspector.payload.contents import Contents
from inspector.replay.outgoing import wire_bytes
from inspector.replay.rewrite import why_not
from inspector.replay.sender import Result
from inspector.replay.target import parse_target
from inspector.simulator.draft import Draft, again, made, reports, settled, start
from inspector.simulator.places import fitted
from inspector.simulator.samples import Sample
from inspector.ui.detail.card import Card
from inspector.ui.detail.code_area import CodeArea
from inspector.ui.dialogs.base import Footer
from inspector.ui.form import Line
from inspector.ui.icons import Icons
from inspector.ui.replay.target_field import METHODS
from inspector.ui.simulator.composer_side import ComposerSide
from inspector.ui.simulator.composer_words import reads_as, result_words
from inspector.ui.simulator.target_choice import TargetChoice
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import GhostButton, PrimaryButton, SecondaryButton
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.choices import CheckBox
from inspector.ui.widgets.fields import ComboBox
from inspector.ui.widgets.labels import ElidingLabel, Label, SectionLabel
from inspector.ui.widgets.window_size import WindowSize

SIZE = QSize(1080, 720)
SMALLEST = QSize(820, 560)
LEFT_SHARE = (560, 520)
PREVIEW_MS = 150
MOST_SHOWN = 32 * 1024
SIBLING = "sibling"


class ComposerDesk(Protocol):
    """What the dialog needs of the program."""

    def endpoints(self) -> Sequence[Endpoint]:
        """Return every endpoint."""

    def addresses(self, endpoint: Endpoint) -> Sequence[tuple[str, str]]:
        """Return the addresses of an endpoint: what each is called, and the address."""

    def resolved(self, endpoint_id: EndpointId) -> Resolved | None:
        """Return an endpoint with its secrets."""

    def samples(self, endpoint: Endpoint) -> Sequence[Sample]:
        """Return the events its provider could send, and Mine."""

    def problems(self, endpoint: Endpoint) -> Sequence[ProviderError]:
        """Return what is wrong with those of Mine that cannot be read."""

    async def send(self, outgoing: Outgoing, *, ours: bool) -> Result | None:
        """Send a request, None where the user did not agree to the target."""

    async def keep(self, sample: Sample) -> Sample | None:
        """Ask for a name and keep a sample under Mine; None where the user thought better of it. Raises UsageError."""

    async def rename(self, sample: Sample) -> Sample | None:
        """Ask for another name of one of Mine. Raises UsageError."""

    async def delete(self, sample: Sample) -> bool:
        """Ask, and delete one of Mine. Raises UsageError."""


class Composer(QDialog):
    """Modeless, so that what arrives can be seen beside it."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        desk: ComposerDesk,
        endpoint_id: EndpointId,
        history: Sequence[str],
        parent: QWidget | None = None,
        *,
        chosen: str = "",
        sibling: Sample | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._tasks, self._desk = theme, icons, tasks, desk
        self._sibling = sibling
        self._samples: tuple[Sample, ...] = ()
        self._sending: asyncio.Task[None] | None = None
        self._closed = False
        self.setWindowTitle("Compose an event")
        self.setModal(False)
        WindowSize(self, theme, SIZE, SMALLEST)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(PREVIEW_MS)
        self._clock.timeout.connect(self._preview)
        self._build(history)
        self.target.show_endpoints(desk.endpoints(), endpoint_id)
        self.reload(SIBLING if sibling is not None else chosen)

    # -- parts --------------------------------------------------------------------------------------------------

    def _build(self, history: Sequence[str]) -> None:
        theme, icons = self._theme, self._icons
        self.picker = ComboBox(theme, icons, self, name="Event")
        self.picker.setMinimumWidth(300)
        self.method = ComboBox(theme, icons, self, name="Method")
        self.sign = CheckBox(theme, icons, "Sign", self)
        self.sign.setChecked(True)
        self.sign_note = ElidingLabel(theme, "", self, font="small", color="text2")
        self.go = PrimaryButton(theme, icons, "Send", "send", self)
        self.go.setDefault(True)
        top = QHBoxLayout()
        top.setContentsMargins(16, 14, 12, 12)
        top.setSpacing(10)
        top.addWidget(self.picker)
        top.addWidget(self.method)
        top.addWidget(self.sign)
        top.addWidget(self.sign_note, 1)
        top.addWidget(self.go)
        self.target = TargetChoice(theme, icons, self._desk.addresses, history, self)
        self.side = ComposerSide(theme, icons, self)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(self.side)
        split.addWidget(self._build_right())
        for place, share in enumerate(LEFT_SHARE):
            split.setStretchFactor(place, share)
        split.setSizes(list(LEFT_SHARE))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(Line(theme))
        column.addWidget(self.target)
        column.addWidget(Line(theme))
        column.addWidget(split, 1)
        column.addWidget(self._build_footer())
        self._connect()

    def _build_right(self) -> QWidget:
        theme, icons = self._theme, self._icons
        self.callout = Callout(theme, icons, "info", "info", "Not sent yet", parent=self)
        self.preview = CodeArea(theme, name="What is sent")
        self.preview.set_wrapped(True)
        frame = Card(theme, self)
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(2, 2, 2, 2)
        inside.addWidget(self.preview)
        self.meaning = Label(theme, "", self, font="small", color="text2", wrap=True)
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.callout)
        column.addSpacing(4)
        column.addWidget(SectionLabel(theme, "What is sent"))
        column.addWidget(frame, 1)
        column.addWidget(self.meaning)
        return right

    def _build_footer(self) -> Footer:
        theme, icons = self._theme, self._icons
        self.keep = GhostButton(theme, icons, "Save under Mine…", "plus", self, size_name="control")
        self.rename = SecondaryButton(theme, icons, "Rename…", parent=self)
        self.delete = SecondaryButton(theme, icons, "Delete…", parent=self)
        close = SecondaryButton(theme, icons, "Close", parent=self)
        close.clicked.connect(self.close)
        return Footer(theme, [self.rename, self.delete, close], self.keep)

    def _connect(self) -> None:
        self.go.clicked.connect(self.send)
        self._send_key = QShortcut(QKeySequence("Ctrl+Return"), self)
        self._send_key.activated.connect(self.send)
        self.picker.currentIndexChanged.connect(lambda _place: self._on_picked())
        self.method.currentIndexChanged.connect(lambda _place: self._clock.start())
        self.target.endpoint.currentIndexChanged.connect(lambda _place: self.reload())
        self.target.changed.connect(self._on_target)
        self.sign.toggled.connect(lambda _on: self._clock.start())
        self.side.changed.connect(self._clock.start)
        self.side.fresh_requested.connect(self._fresh)
        self.keep.clicked.connect(lambda: self._tasks.start(self._keep(), "Save the event"))
        self.rename.clicked.connect(lambda: self._tasks.start(self._rename(), "Rename the event"))
        self.delete.clicked.connect(lambda: self._tasks.start(self._delete(), "Delete the event"))

    # -- which event ----------------------------------------------------------------------------------------------

    def reload(self, choose: str = "") -> None:
        """Read the events of the chosen endpoint's provider again, and choose one by its key."""
        endpoint = self.target.current
        samples = tuple(self._desk.samples(endpoint)) if endpoint is not None else ()
        self._samples = samples if self._sibling is None else (self._sibling, *samples)
        wanted = choose or str(self.picker.currentData() or "")
        self.picker.blockSignals(True)
        self.picker.clear()
        for sample in self._samples:
            words = f"{sample.title}  (mine)" if sample.mine and sample is not self._sibling else sample.title
            self.picker.addItem(words, sample.key)
        self.picker.setCurrentIndex(max(self.picker.findData(wanted), 0))
        self.picker.blockSignals(False)
        self._on_picked()
        wrong = self._desk.problems(endpoint) if endpoint is not None else ()
        if wrong:
            self.callout.set_content("warn", "triangle-alert", wrong[0].what, wrong[0].why)

    @property
    def sample(self) -> Sample | None:
        """The event that was chosen to begin with."""
        place = self.picker.currentIndex()
        return self._samples[place] if 0 <= place < len(self._samples) else None

    def _on_picked(self) -> None:
        sample = self.sample
        if sample is None:
            self.go.setEnabled(False)
            return
        self.method.blockSignals(True)
        self.method.clear()
        self.method.addItems(list(dict.fromkeys([sample.method, *METHODS])))
        self.method.blockSignals(False)
        self.side.show_draft(start(self._fitted(sample)))
        own = sample.mine and sample is not self._sibling
        self.rename.setVisible(own)
        self.delete.setVisible(own)
        self._on_target()

    def _fitted(self, sample: Sample) -> Sample:
        endpoint = self.target.current
        resolved = self._desk.resolved(endpoint.id) if endpoint is not None else None
        if resolved is None or resolved.profile is None:
            return sample
        return fitted(sample, resolved.profile.recipes, next(iter(resolved.secrets), None))

    def _on_target(self) -> None:
        endpoint = self.target.current
        resolved = self._desk.resolved(endpoint.id) if endpoint is not None else None
        reason = why_not(resolved)
        self.sign.setEnabled(not reason)
        name = resolved.endpoint.name if resolved is not None else ""
        self.sign_note.setText(reason or f"with the secret of {name}")
        self.go.setEnabled(self.target.is_usable and self.sample is not None)
        self._clock.start()

    # -- what is sent ---------------------------------------------------------------------------------------------

    def draft(self) -> Draft:
        """Return the event as it is edited now."""
        draft = self.side.draft
        return replace(draft, sample=replace(draft.sample, method=self.method.currentText() or draft.sample.method))

    def outgoing(self) -> Outgoing:
        """Return the request that would be sent now. Raises UsageError."""
        if self.side.problem:
            raise UsageError(self.side.problem)
        choice = self.target.chosen()
        resolved = self._desk.resolved(choice.endpoint_id)
        sign = self.sign.isChecked() and self.sign.isEnabled()
        return made(self.draft(), choice.url, resolved, datetime.now(UTC), sign=sign)

    def send(self) -> None:
        """Send what is shown; nothing while one is under way."""
        if self._sending is not None or not self.go.isEnabled():
            return
        try:
            outgoing = self.outgoing()
        except InspectorError as error:
            self._show_problem(error)
            return
        self.target.remember()
        self.callout.set_content("info", "loader-circle", "Sending", outgoing.url)
        self.go.setEnabled(False)
        self._sending = self._tasks.start(self._send(outgoing, self.target.is_ours), "Send the event")
        self._sending.add_done_callback(lambda _task: self._on_sent())

    async def _send(self, outgoing: Outgoing, ours: bool) -> None:
        """Send it. The dialog may be closed meanwhile: then its parts are gone."""
        try:
            result = await self._desk.send(outgoing, ours=ours)
        except InspectorError as error:
            if self._closed:
                raise
            self._show_problem(error)
            return
        if self._closed:
            return
        if result is None:
            self.callout.set_content("info", "info", "Not sent yet")
            return
        tone, icon, title, text = result_words(result)
        self.callout.set_content(tone, icon, title, text)
        announce(self, title)
        self._fresh()

    def _on_sent(self) -> None:
        self._sending = None
        if not self._closed:
            self.go.setEnabled(self.target.is_usable)

    def _fresh(self) -> None:
        """Fill the blanks anew for the next event."""
        self.side.refresh(again(self.side.draft))
        self._clock.start()

    def _preview(self) -> None:
        if self._closed or self.sample is None:
            return
        try:
            outgoing = self.outgoing()
            wire = wire_bytes(outgoing, parse_target(outgoing.url).path)
            text = wire[:MOST_SHOWN].decode("utf-8", "replace").replace("\r\n", "\n")
            text += "\n…" if len(wire) > MOST_SHOWN else ""
            endpoint = self.target.current
            resolved = self._desk.resolved(endpoint.id) if endpoint is not None else None
            self.meaning.setText(reads_as(reports(self.draft(), resolved)))
        except InspectorError as error:
            text = " ".join(part for part in (error.what, error.why, error.todo) if part)
            self.meaning.setText("")
        if text != self.preview.toPlainText():
            self.preview.set_text(text, Contents.TEXT, pretty=False)

    def _show_problem(self, error: InspectorError) -> None:
        text = " ".join(part for part in (error.why, error.todo) if part)
        self.callout.set_content("fail", "circle-x", error.what, text)

    # -- Mine -----------------------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        draft = self.draft()
        endpoint = self.target.current
        provider = endpoint.provider if endpoint is not None else draft.sample.provider
        kept = await self._desk.keep(replace(settled(draft), provider=provider))
        if kept is not None and not self._closed:
            self.reload(kept.key)

    async def _rename(self) -> None:
        sample = self.sample
        renamed = await self._desk.rename(sample) if sample is not None else None
        if renamed is not None and not self._closed:
            self.reload(renamed.key)

    async def _delete(self) -> None:
        sample = self.sample
        if sample is not None and await self._desk.delete(sample) and not self._closed:
            self.reload()

    def done(self, result: int) -> None:
        """Close; what is under way goes on."""
        self._closed = True
        self._clock.stop()
        super().done(result)
