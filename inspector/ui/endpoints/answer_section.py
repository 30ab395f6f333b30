"""What the provider gets back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QPlainTextEdit

from inspector.providers.profile import Profile
from inspector.ui.endpoints.endpoint_form import CONTENT_TYPES, STATUSES, EndpointForm
from inspector.ui.endpoints.form_parts import FormSection
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.segments import Segments

DELAYS = (("0", "None"), ("2000", "2 s"), ("5000", "5 s"), ("6000", "6 s"))


class AnswerSection(FormSection):
    """Status, body, headers and delay of the answer to an accepted event."""

    def __init__(self, theme: Theme, icons: Icons, form: EndpointForm, told: Callable[[], object]) -> None:
        text = "What the provider gets back. Use it to rehearse slow or failing receivers."
        super().__init__(theme, icons, "answer", "Answer", text, told)
        self.status = self.statuses(STATUSES, form.status, "Status")
        self.body = self.field(form.body, "Body", mono=True)
        types = [(kind, kind.partition(";")[0]) for kind in dict.fromkeys((*CONTENT_TYPES, form.content_type))]
        self.content_type = self.box(types, form.content_type, "Content type")
        self.add("Status and body", self.status, self.body, self.content_type, stretch=1)
        self.headers = QPlainTextEdit(form.headers)
        self.headers.setAccessibleName("More headers")
        self.headers.setPlaceholderText("X-My-Header: value")
        self.headers.setTabChangesFocus(True)
        self.headers.setFixedHeight(62)
        self.headers.textChanged.connect(self.tell)
        self.keep("headers", self.add("More headers", self.headers, stretch=0), self.headers)
        self.delay = self.field(form.delay, "Delay", width=80)
        self.delays = Segments(theme, DELAYS, name="Usual delays")
        if form.delay in dict(DELAYS):
            self.delays.set_current(form.delay)
        self.delays.changed.connect(self.delay.setText)
        self._delay_row = self.keep("delay", self.add("Delay", self.delay, "ms", self.delays), self.delay)

    def show_provider(self, profile: Profile | None) -> None:
        """Say how patient the provider is."""
        limit = profile.answer_limit_s if profile is not None else 0
        self._delay_row.set_hint(f"Over {limit} s the provider counts the call as failed and retries." if limit else "")
