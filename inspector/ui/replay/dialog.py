"""The replay dialog: edit an event, choose as whom it is sent, send it, and see what came of it. It stays open."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from inspector.directory import Resolved
from inspector.domain.attempt import Attempt
from inspector.domain.errors import InspectorError
from inspector.domain.event import Event, EventId
from inspector.domain.identity import Identity
from inspector.domain.request import Request
from inspector.domain.series import NewSeries
from inspector.formats.formats import FORMATS, Format
from inspector.replay.fates import fates_of
from inspector.replay.new_ids import NewIds
from inspector.replay.outgoing import outgoing_of
from inspector.replay.rewrite import Rewritten, depends_on_signature, reason_of, rewritten, why_not
from inspector.replay.target import parse_target
from inspector.ui.detail.attempt_source import SeriesSource
from inspector.ui.dialogs.base import Footer
from inspector.ui.form import Line
from inspector.ui.icons import Icons
from inspector.ui.replay.request_side import RequestSide
from inspector.ui.replay.result_side import ResultSide
from inspector.ui.replay.target_field import METHODS, TargetField
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import GhostButton, PrimaryButton, SecondaryButton
from inspector.ui.widgets.choices import CheckBox
from inspector.ui.widgets.fields import ComboBox
from inspector.ui.widgets.menu import Menu
from inspector.ui.widgets.window_size import WindowSize, scaled

SIZE = QSize(1040, 700)
SMALLEST = QSize(760, 520)
LEFT_SHARE = (575, 425)
RESULT_PX = 360
MENU_GAP_PX = 4
LARGEST_AT_ONCE = 256 * 1024
"""Larger requests are signed in a thread, and their signed text is not shown."""

_NO_TEXT = "The scheme signs no text: it carries a token."


class Desk(Protocol):
    """What the dialog needs of the program."""

    def resolved(self, event: Event) -> Resolved | None:
        """Return the event's endpoint."""

    def attempts(self, event: Event) -> Sequence[Attempt]:
        """Return the event's attempts, newest first."""

    async def send(self, event: Event, made: Rewritten, identity: Identity) -> Attempt | None:
        """Send and keep the attempt, None where the user did not agree to the target."""

    async def trust(self, url: str, over: QWidget) -> bool:
        """Ask whether a target's certificate is to be trusted; False where it is not. Raises UsageError."""

    async def begin(self, event: Event, new: NewSeries) -> bool:
        """Begin a series; False where the user did not agree to the target."""

    def open_fast_clock(self, ids: Sequence[EventId], target: str, schedule: str) -> object:
        """Go through a schedule on the fast clock; "" leaves the choice of the schedule."""

    def compose_like(self, event: Event) -> object:
        """Make a test event of this one."""

    def tell(self, text: str) -> None:
        """Say something in passing."""


class ReplayDialog(QDialog):
    """One event; modeless, so that the list and other events stay at hand."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        desk: Desk,
        source: SeriesSource,
        event: Event,
        history: Sequence[str],
        parent: QWidget | None = None,
        *,
        target: str = "",
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._tasks, self._desk, self.event_shown = theme, icons, tasks, desk, event
        self._source = source
        self._sending: asyncio.Task[None] | None = None
        self._ids = NewIds(secrets.token_hex(8))
        self._chosen_by_hand = False
        self._closed = False
        self._switching = False
        self.setWindowTitle(f"Replay #{event.id:,}  {event.summary.label}")
        self.setModal(False)
        WindowSize(self, theme, SIZE, SMALLEST)
        self._preview_clock = QTimer(self)
        self._preview_clock.setSingleShot(True)
        self._preview_clock.setInterval(120)
        self._preview_clock.timeout.connect(self._preview)
        self._build(history, target)
        self._begin()

    # -- parts --------------------------------------------------------------------------------------------------

    def _build(self, history: Sequence[str], target: str) -> None:
        theme, icons = self._theme, self._icons
        self.method = ComboBox(theme, icons, self, name="Method")
        self.method.addItems(list(dict.fromkeys([self.event_shown.request.method, *METHODS])))
        self.target = TargetField(theme, icons, target, history, self)
        self.go = PrimaryButton(theme, icons, "Replay now", "repeat-2", self)
        self.go.setDefault(True)
        top = QHBoxLayout()
        top.setContentsMargins(16, 14, 12, 12)
        top.setSpacing(8)
        top.addWidget(self.method)
        top.addWidget(self.target, 1)
        top.addWidget(self.go)
        self.request = RequestSide(theme, icons, self)
        self.outcome = ResultSide(theme, icons, self._source, self)
        self.outcome.setMinimumWidth(scaled(theme, RESULT_PX))
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        self._split.addWidget(self.request)
        self._split.addWidget(self.outcome)
        for place, share in enumerate(LEFT_SHARE):
            self._split.setStretchFactor(place, share)
        self._split.setSizes([SIZE.width() * share // sum(LEFT_SHARE) for share in LEFT_SHARE])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(Line(theme))
        column.addWidget(self._split, 1)
        column.addWidget(self._build_footer())
        self.go.clicked.connect(self._on_go)
        self._send_key = QShortcut(QKeySequence("Ctrl+Return"), self)
        self._send_key.activated.connect(self.send)
        self.method.currentIndexChanged.connect(lambda _index: self._preview_clock.start())
        self.target.changed.connect(self._on_target)
        self.request.changed.connect(self._on_change)
        self.request.identity.choice.changed.connect(lambda _key: self._on_identity())
        self.request.retry.fast_clock_requested.connect(self._open_fast_clock)
        self.outcome.stop_requested.connect(self._source.stop)
        self.outcome.trust_requested.connect(lambda url: self._tasks.start(self._trust(url), "Trust a target"))

    def _build_footer(self) -> Footer:
        theme, icons = self._theme, self._icons
        self.copy_button = GhostButton(theme, icons, "Copy as", "terminal", self, size_name="control")
        self._copy_menu = Menu(theme, icons, self)
        for form in FORMATS:
            self._copy_menu.add(form.name, form.icon, partial(self.copy_as, form))
        self.copy_button.clicked.connect(self._open_copy_menu)
        self.save_button = GhostButton(theme, icons, "Save as test event", "plus", self, size_name="control")
        self.save_button.setToolTip("With what was edited. Ctrl+S")
        self.save_button.clicked.connect(self.save_as_test_event)
        self._save_key = QShortcut(QKeySequence("Ctrl+S"), self)
        self._save_key.activated.connect(self.save_as_test_event)
        self.keep = CheckBox(theme, icons, "Keep open after replay", self)
        self.keep.setChecked(True)
        close = SecondaryButton(theme, icons, "Close", parent=self)
        close.clicked.connect(self.close)
        footer = Footer(theme, [close], self.copy_button)
        layout = footer.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.insertWidget(1, self.save_button)
        layout.insertWidget(layout.count() - 1, self.keep)
        layout.insertSpacing(layout.count() - 1, 12)
        return footer

    def _open_copy_menu(self) -> None:
        height = self._copy_menu.sizeHint().height()
        self._copy_menu.popup(self.copy_button.mapToGlobal(QPoint(0, -height - MENU_GAP_PX)))

    def _begin(self) -> None:
        event = self.event_shown
        headers = outgoing_of(event.request, "http://localhost/").headers
        own = (b"host", b"content-length")
        self.request.show_request(event.request, tuple(line for line in headers if line[0].lower() not in own))
        resolved = self._desk.resolved(event)
        reason = why_not(resolved)
        unsigned = resolved is None or resolved.profile is None
        name = resolved.endpoint.name if resolved is not None else ""
        self.request.identity.set_signing(
            name, resolved.secrets if resolved is not None else (), reason, unsigned=unsigned
        )
        self.refresh()
        self._on_target()
        self.go.setFocus()

    def refresh(self) -> None:
        """Show the attempts and the series there are now."""
        event = self.event_shown
        self.outcome.show_attempts(event, self._desk.attempts(event), self._source.series_of(event.id))

    # -- what is sent -------------------------------------------------------------------------------------------

    def edited_request(self) -> Request:
        """Return the request as it is edited, before anything is signed. Raises UsageError."""
        self.request.settle()
        return replace(
            self.event_shown.request,
            method=self.method.currentText(),
            headers=self.request.request_headers(),
            body=self.request.request_body(),
        )

    def made(self) -> Rewritten:
        """Return what would be sent now. Raises UsageError."""
        return self._maker()()

    def _maker(self) -> Callable[[], Rewritten]:
        """Return what makes the request; it touches no widget, so that a thread may call it. Raises UsageError."""
        request, url, identity = self.edited_request(), self.target.text, self.request.identity.identity
        resolved, ids, secret = self._desk.resolved(self.event_shown), self._ids, self.request.identity.chosen_secret
        now = datetime.now(UTC)
        return lambda: rewritten(
            request, url, identity, now=now, resolved=resolved, ids=ids, secret=secret, edited=True
        )

    def send(self) -> None:
        """Send what is shown; nothing where one is under way."""
        if self._sending is not None or not self.target.is_usable:
            return
        try:
            work = self._begin_series() if self.request.retry.is_on else self._send_once()
        except InspectorError as error:
            self._show_problem(error)
            return
        self.target.remember()
        self.outcome.show_running(self.target.text)
        self._sending = self._tasks.start(work, "Replay")
        self._sending.add_done_callback(lambda _task: self._on_sent())
        self._show_sending()

    def _show_problem(self, error: InspectorError) -> None:
        self.outcome.show_problem(error.what, " ".join(part for part in (error.why, error.todo) if part))

    def _begin_series(self) -> Coroutine[Any, Any, None]:
        """Return what begins a series as it is chosen. Raises UsageError."""
        event, card = self.event_shown, self.request.identity
        request, url = self.edited_request(), self.target.text
        parse_target(url)
        edited = self.request.is_edited or request.method != event.request.method
        outgoing = None
        if edited:
            outgoing = rewritten(request, url, Identity.CAPTURED, now=datetime.now(UTC), edited=True).outgoing
        plan = replace(self.request.retry.plan(card.identity), secret=card.series_secret)
        return self._begin_now(NewSeries(event.id, url, plan, outgoing))

    async def _begin_now(self, new: NewSeries) -> None:
        """Begin a series; what becomes of it is told by its source, also to the next dialog of this event."""
        try:
            begun = await self._desk.begin(self.event_shown, new)
        except InspectorError as error:
            if self._closed:
                raise
            self._show_problem(error)
            return
        if self._closed:
            return
        self.outcome.show_running("")
        self.refresh()
        if begun and not self.keep.isChecked():
            self.close()

    def _send_once(self) -> Coroutine[Any, Any, None]:
        """Return what sends the request once. Raises UsageError."""
        return self._send(self._maker(), self.request.identity.identity)

    async def _send(self, make: Callable[[], Rewritten], identity: Identity) -> None:
        """Make and send the request. The dialog may be closed meanwhile: then its parts are gone."""
        try:
            large = len(self.event_shown.request.body) > LARGEST_AT_ONCE
            made = await asyncio.to_thread(make) if large else make()
            attempt = await self._desk.send(self.event_shown, made, identity)
        except InspectorError as error:
            if self._closed:
                raise
            self._show_problem(error)
            return
        if self._closed:
            return
        self.outcome.show_running("")
        self.refresh()
        if attempt is None:
            return
        self._ids = NewIds(secrets.token_hex(8))
        announce(self, self.outcome.callout.accessibleName())
        if not self.keep.isChecked():
            self.close()

    async def _trust(self, url: str) -> None:
        """Trust a target's certificate where the user agrees, and send again."""
        try:
            trusted = await self._desk.trust(url, self)
        except InspectorError as error:
            if self._closed:
                raise
            self._show_problem(error)
            return
        if trusted and not self._closed:
            self.send()

    def done(self, result: int) -> None:
        """Close; what is under way goes on, series too, and every attempt is kept."""
        self._closed = True
        self._preview_clock.stop()
        self.outcome.end()
        super().done(result)

    def _on_go(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
        else:
            self.send()

    def _on_sent(self) -> None:
        cancelled = self._sending is not None and self._sending.cancelled()
        self._sending = None
        if self._closed:
            return
        self._show_sending()
        if cancelled:
            self.outcome.show_running("")
            self.refresh()
        self._preview_clock.start()

    def _show_sending(self) -> None:
        running = self._sending is not None
        self.go.setText("Cancel" if running else "Replay now")
        self.go.set_icon_name("x" if running else "repeat-2")
        self.go.updateGeometry()

    def copy_as(self, form: Format) -> None:
        """Put what would be sent on the clipboard, as a command or a program."""
        try:
            text = form.write(self.made().outgoing)
        except InspectorError as error:
            self._desk.tell(" ".join(part for part in (error.what, error.why, error.todo) if part))
            return
        QGuiApplication.clipboard().setText(text)
        self._desk.tell(f"Copied as {form.name}")

    # -- showing what would be sent -----------------------------------------------------------------------------

    def save_as_test_event(self) -> None:
        """Open the composer with what is edited here, where it gets a name."""
        try:
            request = self.edited_request()
        except InspectorError as error:
            self._show_problem(error)
        else:
            self._desk.compose_like(replace(self.event_shown, request=request))

    def _open_fast_clock(self) -> None:
        choice = self.request.retry.choice
        schedule = "" if choice.problem() else choice.schedule().id
        self._desk.open_fast_clock([self.event_shown.id], self.target.text, schedule)

    def _on_target(self) -> None:
        self._fit_go()
        self._preview_clock.start()

    def _fit_go(self) -> None:
        self.go.setEnabled(self.target.is_usable and not self.request.retry.problem())

    def _on_identity(self) -> None:
        if not self._switching:
            self._chosen_by_hand = True

    def _on_change(self) -> None:
        self._fit_go()
        self._preview_clock.start()

    def _preview(self) -> None:
        """Show the signed text and what becomes of header lines, and sign again by itself where that is needed."""
        if not self.target.is_usable:
            self.request.show_signed("")
            return
        try:
            request = self.edited_request()
            self.request.show_lines(
                fates_of(self.event_shown.request.headers, parse_target(self.target.text), len(request.body))
            )
            self._sign_where_edited(request)
            if len(request.body) > LARGEST_AT_ONCE:
                self.request.show_signed("The body is too large to be shown here.")
                return
            self.request.show_signed(_signed_words(self.made()))
        except InspectorError as error:
            self.request.identity.say(reason_of(error))
            self.request.show_signed(reason_of(error))

    def _sign_where_edited(self, request: Request) -> None:
        resolved = self._desk.resolved(self.event_shown)
        captured = outgoing_of(self.event_shown.request, self.target.text)
        now = rewritten(request, self.target.text, Identity.CAPTURED, now=request.received_at, edited=True).outgoing
        part = depends_on_signature(
            replace(self.event_shown.request, headers=captured.headers), now, resolved.profile if resolved else None
        )
        card = self.request.identity
        if part and card.identity is Identity.CAPTURED and card.can(Identity.SIGNED) and not self._chosen_by_hand:
            self._switching = True
            card.choose(Identity.SIGNED)
            self._switching = False
        card.warn(part)


def _signed_words(made: Rewritten) -> str:
    """Return what the "Signed text" tab shows."""
    lines = [f"{old}  →  {new}" for old, new in made.ids]
    if made.ids:
        lines.append("")
    if made.signed_text is not None:
        lines.append(made.signed_text.decode("utf-8", "replace"))
    elif made.note:
        lines.append(_NO_TEXT if "signed" in made.note else "Nothing is signed.")
    else:
        lines.append("The captured signature is sent as it came. Choose Signed again to make a new one.")
    return "\n".join(lines)
