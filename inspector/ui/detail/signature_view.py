"""The Signature view: the verdict, its likely cause with the fix, every check, the values compared, and the tools."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.domain.endpoint import Endpoint
from inspector.domain.event import Event
from inspector.domain.verification import Verdict, Verification
from inspector.signatures.diagnosis.cause import Action, Diagnosis, Do
from inspector.ui.detail.compare import Comparison
from inspector.ui.detail.detail_view import DetailView, Surroundings, copy_text
from inspector.ui.detail.overview_view import scroll_area
from inspector.ui.detail.signature_cause import CauseCard
from inspector.ui.detail.signature_known import Known
from inspector.ui.detail.signature_rows import CompareCard, StepRows
from inspector.ui.detail.signature_text import SignedText
from inspector.ui.detail.signature_tools import SignatureTools
from inspector.ui.detail.signature_words import (
    COVERS,
    TONES,
    cause_of,
    cause_title,
    comparison,
    fallback_action,
    recheck_words,
    steps_of,
    verdict_text,
)
from inspector.ui.theme_tokens import PANE_PADDING
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import link_button
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.labels import Label

GAP_PX = 8
_DELETED = "Its endpoint was deleted, so nothing can be changed for it."


class SignatureView(DetailView):
    """What is not known for an event is left out. Until somebody attends to its signals it explains by the steps alone.

    Signals:
        asked(Event): what else is known about this signature? The answer comes by `show_known`.
        action_requested(Event, Action): carry out a fix.
        try_requested(Event), check_requested(Event), code_requested(Event, str): the tools.
    """

    asked = Signal(object)
    action_requested = Signal(object, object)
    try_requested = Signal(object)
    check_requested = Signal(object)
    code_requested = Signal(object, str)

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(around, parent)
        self._event: Event | None = None
        self._known: Known | None = None
        self._attended = False
        self._comparison: Comparison | None = None
        theme, icons = self.theme, self.icons
        self.callout = Callout(theme, icons, "neut", "shield", "", "", (), self)
        self.recheck = Callout(theme, icons, "neut", "shield", "", "", (), self)
        self.cause = CauseCard(theme, icons, self)
        self.steps_caption = Label(theme, "Checked", self, font="caption", color="text2")
        self.steps = StepRows(theme, icons, self)
        self.compare_head = QWidget(self)
        self.compare_caption = Label(theme, "Compare", self, font="caption", color="text2")
        self.copy_link = link_button(theme, icons, "Copy expected value", self.copy_expected, self)
        self.compare = CompareCard(theme, icons, self)
        self.covers_caption = Label(theme, "Covered", self, font="caption", color="text2")
        self.covers = Label(theme, "", self, color="text2", wrap=True)
        self.tools = SignatureTools(theme, icons, self)
        self.signed = SignedText(theme, icons, self)
        self.nothing = EmptyState(theme, icons, "shield-off", "", "", self)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(PANE_PADDING, 14, PANE_PADDING, PANE_PADDING)
        inner.setSpacing(GAP_PX)  # and none for a part that is hidden
        head = QHBoxLayout(self.compare_head)
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.compare_caption)
        head.addStretch(1)
        head.addWidget(self.copy_link)
        for caption in (self.steps_caption, self.covers_caption):
            caption.setContentsMargins(0, 3, 0, 0)
        for part in (
            *(self.callout, self.recheck, self.cause, self.steps_caption, self.steps, self.compare_head, self.compare),
            *(self.covers_caption, self.covers, self.tools, self.signed),
        ):
            inner.addWidget(part)
        inner.addStretch(1)
        self._area = scroll_area(self)
        self._area.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        column.addWidget(self.nothing)

    def _connect(self) -> None:
        self.cause.chosen.connect(self._act)
        self.tools.try_requested.connect(lambda: self.try_requested.emit(self._event))
        self.tools.check_requested.connect(lambda: self.check_requested.emit(self._event))
        self.tools.code_requested.connect(lambda language: self.code_requested.emit(self._event, language))

    def attend(self) -> None:
        """From now on somebody answers `asked`: ask about the event that is shown."""
        self._attended = True
        self.ask_again()

    def ask_again(self) -> None:
        """Ask anew, after a setting has changed."""
        event = self._event
        if self._attended and event is not None and event.verification is not None and event.summary.checked:
            if event.verification.verdict is not Verdict.VALID:
                self.cause.wait()
            self.asked.emit(event)

    def show_event(self, event: Event | None) -> None:
        if event is self._event:
            return
        moved = event is None or self._event is None or event.id != self._event.id
        self._event = event
        if event is None:
            self.cause.stop_waiting()
            return
        if moved:
            self._known = None
            self._area.verticalScrollBar().setValue(0)
        found = event.verification
        self._area.setVisible(found is not None and event.summary.checked)
        self.nothing.setVisible(self._area.isHidden())
        if found is None:
            words = event.reason or "The request was turned away before its signature."
            self.nothing.set_content("ban", "Not checked", words)
        elif not event.summary.checked:
            text = "Choose a provider in the endpoint's settings to have signatures checked."
            self.nothing.set_content("shield-off", "This endpoint does not check signatures", text)
        else:
            self._show(event, found)
            if moved:
                self.ask_again()

    def show_known(self, event_id: int, known: Known) -> None:
        """Take what was found out about an event; nothing happens where another one is shown by now."""
        event = self._event
        if event is None or event.id != event_id or event.verification is None:
            return
        self._known = known
        self._show(event, event.verification)
        if known.diagnosis is not None:
            announce(self, cause_title(known.diagnosis))

    def _show(self, event: Event, found: Verification) -> None:
        known = self._known
        endpoint = self._endpoint(event)
        diagnosis = known.diagnosis if known is not None else None
        tone, icon, title = TONES[found.verdict]
        self.callout.set_content(tone, icon, (found.title or title).rstrip("."), verdict_text(event, found))
        self._show_recheck(found, known)
        self._show_cause(found, endpoint, diagnosis)
        self._show_checks(found, endpoint, diagnosis)
        right = found.verdict in (Verdict.VALID, Verdict.STALE)
        self.covers_caption.setVisible(right)
        self.covers.setVisible(right)
        self.covers.setText(COVERS[found.covers])
        self.tools.setVisible(known is not None)
        self.tools.set_choices(known.codes if known is not None else ())
        self.signed.set_parts(known.parts if known is not None else ())

    def _endpoint(self, event: Event) -> Endpoint | None:
        endpoint_id = event.summary.endpoint_id
        return self.around.reader.endpoint(endpoint_id) if endpoint_id is not None else None

    def _show_recheck(self, found: Verification, known: Known | None) -> None:
        later = known.recheck if known is not None else None
        self.recheck.setVisible(later is not None)
        if later is not None:
            self.recheck.set_content(*recheck_words(found, later))

    def _show_cause(self, found: Verification, endpoint: Endpoint | None, diagnosis: Diagnosis | None) -> None:
        if diagnosis is not None:
            actions = (diagnosis.action, *diagnosis.others) if endpoint is not None else ()
            kept = actions or tuple(
                action
                for action in (diagnosis.action, *diagnosis.others)
                if action.do in (Do.HOW_TO_FIX, Do.SHOW_BYTES)
            )
            text = diagnosis.sentence if endpoint is not None else f"{diagnosis.sentence} {_DELETED}"
            self.cause.show_cause(cause_title(diagnosis), text, kept, diagnosis.guide)
        elif self._known is not None or not self._attended:
            self.cause.stop_waiting()
            explained = found.verdict in (Verdict.INVALID, Verdict.NO_SECRET) and endpoint is not None
            self.cause.setVisible(explained)
            if explained:
                self.cause.show_cause(*cause_of(found), (fallback_action(found),))
        elif not self.cause.busy:
            self.cause.hide()

    def _show_checks(self, found: Verification, endpoint: Endpoint | None, diagnosis: Diagnosis | None) -> None:
        steps = steps_of(found, diagnosis)
        self.steps_caption.setVisible(bool(steps))
        self.steps.set_steps(steps)
        self._comparison = comparison(found, _endings(endpoint), diagnosis)
        self.compare_head.setVisible(self._comparison is not None)
        self.compare.setVisible(self._comparison is not None)
        if self._comparison is not None:
            self.compare.set_comparison(self._comparison)

    def copy_expected(self) -> None:
        """Copy the signature that the current secret gives."""
        if self._comparison is not None:
            copy_text(self._comparison.expected[0].value, self, "Expected value")

    def edit_secret(self) -> None:
        """Ask for the endpoint's secrets to be opened."""
        if self._event is not None and self._event.summary.endpoint_id is not None:
            self.around.wishes.edit_secret_requested.emit(self._event.summary.endpoint_id)

    def show_bytes(self) -> None:
        """Bring the signed text into view."""
        self._area.ensureWidgetVisible(self.signed, 0, 8)
        self.signed.area.setFocus()

    def _act(self, action: Action) -> None:
        if action.do is Do.EDIT_SECRET:
            self.edit_secret()
        elif action.do is Do.SHOW_BYTES:
            self.show_bytes()
        else:
            self.action_requested.emit(self._event, action)


def _endings(endpoint: Endpoint | None) -> tuple[str, ...]:
    return tuple(secret.ending for secret in endpoint.signing.secrets) if endpoint is not None else ()
