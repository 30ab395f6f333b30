"""The Signature view: the verdict, its likely cause, every check that was made, and the values that were compared."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.domain.endpoint import Endpoint
from inspector.domain.event import Event
from inspector.domain.verification import Covers, StepState, Verdict, Verification
from inspector.ui.detail.card import Card
from inspector.ui.detail.compare import Comparison, comparison_of, is_digest
from inspector.ui.detail.detail_view import DetailView, Surroundings, copy_text
from inspector.ui.detail.overview_view import scroll_area
from inspector.ui.detail.signature_rows import CompareCard, StepRows
from inspector.ui.theme_tokens import PANE_PADDING
from inspector.ui.widgets.badges import Tone
from inspector.ui.widgets.buttons import SecondaryButton, link_button
from inspector.ui.widgets.callout import Callout
from inspector.ui.widgets.empty_state import EmptyState
from inspector.ui.widgets.labels import Label

_TONES: dict[Verdict, tuple[Tone, str, str]] = {
    Verdict.VALID: ("pass", "shield-check", "Signed by the provider"),
    Verdict.INVALID: ("fail", "shield-x", "The signature does not match"),
    Verdict.STALE: ("warn", "timer-off", "Genuine, but too old"),
    Verdict.UNSIGNED: ("neut", "shield-off", "No signature was sent"),
    Verdict.NO_SECRET: ("warn", "key-round", "Cannot check: no secret for this endpoint"),
}
_COVERS = {
    Covers.BODY: "The whole body: a change to any byte of it would have been noticed.",
    Covers.PARTIAL: "A part of the body only: what lies outside it could be changed unnoticed.",
    Covers.NONE: "Nothing of the body: it tells who sent the event, not that the body is unchanged.",
}
_NO_HINT = "The secret stored here is not the provider’s current one, or something changed the body on its way."
_NO_SECRET_HINT = "The event is signed. With the provider’s secret its signature can be checked."


class SignatureView(DetailView):
    """What is not known for an event is left out."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(around, parent)
        self._event: Event | None = None
        self._comparison: Comparison | None = None
        theme, icons = self.theme, self.icons
        self.callout = Callout(theme, icons, "neut", "shield", "", "", (), self)
        self.cause = _CauseCard(self)
        self.steps_caption = Label(theme, "Checked", self, font="caption", color="text2")
        self.steps = StepRows(theme, icons, self)
        self.compare_caption = Label(theme, "Compare", self, font="caption", color="text2")
        self.copy_link = link_button(theme, icons, "Copy expected value", self.copy_expected, self)
        self.compare = CompareCard(theme, icons, self)
        self.covers_caption = Label(theme, "Covered", self, font="caption", color="text2")
        self.covers = Label(theme, "", self, color="text2", wrap=True)
        self.nothing = EmptyState(theme, icons, "shield-off", "", "", self)
        self._lay_out()

    def _lay_out(self) -> None:
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(PANE_PADDING, 14, PANE_PADDING, PANE_PADDING)
        inner.setSpacing(0)
        inner.addWidget(self.callout)
        inner.addSpacing(8)
        inner.addWidget(self.cause)
        inner.addSpacing(10)
        inner.addWidget(self.steps_caption)
        inner.addSpacing(7)
        inner.addWidget(self.steps)
        inner.addSpacing(10)
        head = QHBoxLayout()
        head.addWidget(self.compare_caption)
        head.addStretch(1)
        head.addWidget(self.copy_link)
        inner.addLayout(head)
        inner.addSpacing(4)
        inner.addWidget(self.compare)
        inner.addSpacing(12)
        inner.addWidget(self.covers_caption)
        inner.addSpacing(4)
        inner.addWidget(self.covers)
        inner.addStretch(1)
        self._area = scroll_area(self)
        self._area.setWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        column.addWidget(self.nothing)

    def show_event(self, event: Event | None) -> None:
        if event is self._event:
            return
        moved = event is None or self._event is None or event.id != self._event.id
        self._event = event
        if event is None:
            return
        if moved:
            self._area.verticalScrollBar().setValue(0)
        found = event.verification
        self._area.setVisible(found is not None and event.summary.checked)
        self.nothing.setVisible(self._area.isHidden())
        if found is None:
            self.nothing.set_content("ban", "Not checked", "The request was turned away before its signature.")
        elif not event.summary.checked:
            text = "Choose a provider in the endpoint's settings to have signatures checked."
            self.nothing.set_content("shield-off", "This endpoint does not check signatures", text)
        else:
            self._show(event, found)

    def _show(self, event: Event, found: Verification) -> None:
        endpoint_id = event.summary.endpoint_id
        endpoint = self.around.reader.endpoint(endpoint_id) if endpoint_id is not None else None
        tone, icon, title = _TONES[found.verdict]
        self.callout.set_content(tone, icon, (found.title or title).rstrip("."), verdict_text(event, found))
        self.cause.setVisible(found.verdict in (Verdict.INVALID, Verdict.NO_SECRET) and endpoint is not None)
        self.cause.show_cause(*cause_of(found), "Add secret…" if _lacks_secret(found) else "Edit secret…")
        self.steps_caption.setVisible(bool(found.steps))
        self.steps.set_steps(found.steps)
        self._comparison = comparison_of(found, _endings(endpoint))
        for widget in (self.compare_caption, self.copy_link, self.compare):
            widget.setVisible(self._comparison is not None)
        if self._comparison is not None:
            self.compare.set_comparison(self._comparison)
        right = found.verdict in (Verdict.VALID, Verdict.STALE)
        self.covers_caption.setVisible(right)
        self.covers.setVisible(right)
        self.covers.setText(_COVERS[found.covers])

    def copy_expected(self) -> None:
        """Copy the signature that the current secret gives."""
        if self._comparison is not None:
            copy_text(self._comparison.expected[0].value, self, "Expected value")

    def edit_secret(self) -> None:
        """Ask for the endpoint's secrets to be opened."""
        if self._event is not None and self._event.summary.endpoint_id is not None:
            self.around.wishes.edit_secret_requested.emit(self._event.summary.endpoint_id)


def verdict_text(event: Event, found: Verification) -> str:
    """Return the explanation under the verdict, with what we answered where that was no 2xx."""
    text = found.summary
    if found.secret_hint and found.secret_hint not in text:
        text = f"{text} Checked with the secret ending {found.secret_hint}.".strip()
    if not event.answer.accepted:
        text = f"{text} We answered {event.answer.status}, so the provider will retry.".strip()
    return text


def cause_of(found: Verification) -> tuple[str, str]:
    """Return title and text of the likely cause of a verdict that is not valid."""
    if _lacks_secret(found):
        return "The secret is missing", _NO_SECRET_HINT
    failed = [step for step in found.steps if step.state is StepState.FAILED]
    hinted = next((step for step in failed if step.hint), None)
    if hinted is not None:
        return f"Likely cause: {hinted.name[:1].lower()}{hinted.name[1:]}", hinted.hint
    if failed and not is_digest(failed[0]) and failed[0].expected:
        return "Likely cause: another scheme", "The provider signs in another way than this endpoint expects."
    return "Likely cause: another secret, or a changed body", _NO_HINT


def _lacks_secret(found: Verification) -> bool:
    return found.verdict is Verdict.NO_SECRET


def _endings(endpoint: Endpoint | None) -> tuple[str, ...]:
    return tuple(secret.ending for secret in endpoint.signing.secrets) if endpoint is not None else ()


class _CauseCard(Card):
    """A lamp, the likely cause, what to do about it."""

    def __init__(self, view: SignatureView) -> None:
        super().__init__(view.theme, view)
        self._icons = view.icons
        self.title = Label(view.theme, "", self, font="strong", wrap=True)
        self.text = Label(view.theme, "", self, color="text2", wrap=True)
        self.button = SecondaryButton(view.theme, view.icons, "Edit secret…", "", self, size_name="controlSmall")
        self.button.clicked.connect(view.edit_secret)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 9, 14, 11)
        column.setSpacing(3)
        head = QHBoxLayout()
        head.addSpacing(24)
        head.addWidget(self.title, 1)
        column.addLayout(head)
        column.addWidget(self.text)
        column.addSpacing(5)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)

    def show_cause(self, title: str, text: str, action: str) -> None:
        self.title.setText(title)
        self.text.setText(text)
        self.button.setText(action)
        self.button.updateGeometry()
        self.setAccessibleName(f"{title}. {text}")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        place = QRectF(12, self.title.geometry().top() + 1, 16, 16)
        self._icons.paint(painter, "lightbulb", "warnFg", place.left(), place.top(), 16)
        painter.end()
