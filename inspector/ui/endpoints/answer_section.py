"""What the provider gets back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from inspector.domain.answer import Fault
from inspector.providers.profile import Profile
from inspector.ui.endpoints.answer_form import ASK, FIXED, HAND, SCRIPT, AnswerForm
from inspector.ui.endpoints.endpoint_form import CONTENT_TYPES, STATUSES, EndpointForm
from inspector.ui.endpoints.form_parts import FormSection
from inspector.ui.endpoints.kind_rows import KindRows
from inspector.ui.endpoints.share_field import ShareField
from inspector.ui.widgets.segments import Segments

WAYS = ((FIXED, "Fixed answer"), (ASK, "Ask my handler"), (SCRIPT, "Script"), (HAND, "By hand"))
STATUS_PX = 130
TYPE_PX = 118
DELAYS = (("0", "None"), ("2000", "2 s"), ("5000", "5 s"), ("6000", "6 s"))
ARRIVALS = (("", "Whole"), (Fault.SILENT, "Never"), (Fault.RESET, "Reset"), (Fault.HALF, "Half of it"))
PURPOSES = (
    *((str(status), str(status)) for status in (500, 502, 503, 504, 429, 408, 404, 401)),
    ("timeout", "no answer"),
    ("reset", "connection reset"),
    ("half", "half an answer"),
)
WAY_HINTS = {
    FIXED: "",
    ASK: "Every event goes to your handler first, and its answer is passed on.",
    SCRIPT: (
        "Each time the same event comes again it gets the next answer; the last one stays. "
        "After a new start of the program every event begins with the first."
    ),
    HAND: "Every event waits for you in the window. The provider waits as well.",
}
SCRIPT_HINT = (
    "Statuses, timeout, reset or half, with commas between. Each may have a wait, a body and headers: "
    '503 "busy" with Retry-After: 30 after 2 s.'
)
BLANKS_HINT = "{{message_id}}, {{event_id}}, {{kind}}, {{received_at}} and {{json:a.path}} are taken from the event."
SEED_HINT = (
    "The same seed fails the same events in the same order, counted from each start of the program. "
    "They are not forwarded; their retry is, once it is accepted."
)
STAND_IN = "It stands in when there is no answer in time."


class AnswerSection(FormSection):
    """Which way an accepted event is answered, and the fixed answer that is behind every way."""

    def rows(self) -> Iterator[None]:
        yield from self._way_rows()
        yield from self._fixed_rows()
        yield from self._trouble_rows()
        self._show_way()

    def _way_rows(self) -> Iterator[None]:
        form = self.start.answer
        self.way = Segments(self.theme, WAYS, name="Answer with")
        self.way.set_current(form.way)
        self.way.changed.connect(self._on_way)
        self._way_row = self.add("Answer with", self.way)
        self.ask_target = self.field(form.ask_target, "Handler", "http://localhost:5000/webhooks/rcs", mono=True)
        ask = self.add("Handler", self.ask_target, self.tester(self.ask_target), stretch=0)
        self._ask_row = self.keep("ask_target", ask, self.ask_target)
        self.ask_limit = self.field(form.ask_limit, "Time limit of the handler", width=80)
        self._limit_row = self.add("Time limit", self.ask_limit, "seconds", hint="Then the fixed answer is sent.")
        self.keep("ask_limit", self._limit_row, self.ask_limit)
        yield
        self.script = self.area(form.script, "Script", "503, 503, then 200")
        self._script_row = self.add("Answers", self.script, stretch=0, hint=SCRIPT_HINT)
        self.keep("script", self._script_row, self.script)
        self.hand_limit = self.field(form.hand_limit, "Time limit by hand", width=80)
        self._hand_row = self.add("Time limit", self.hand_limit, "seconds", hint="Then the fixed answer is sent.")
        self.keep("hand_limit", self._hand_row, self.hand_limit)
        yield

    def _fixed_rows(self) -> Iterator[None]:
        form = self.start
        self.status = self.statuses(STATUSES, form.status, "Status")
        self.body = self.field(form.body, "Body", mono=True)
        self._shown_body = self.body.text()
        types = [(kind, kind.partition(";")[0]) for kind in dict.fromkeys((*CONTENT_TYPES, form.content_type))]
        self.content_type = self.box(types, form.content_type, "Content type")
        self.status.setMaximumWidth(STATUS_PX)  # the body needs the room where the dialog is small
        self.content_type.setMaximumWidth(TYPE_PX)
        self._fixed_row = self.add("Status and body", self.status, self.body, self.content_type, stretch=1)
        yield
        self.template = self.check_box("Fill in blanks", form.answer.template)
        self.template.toggled.connect(self._show_way)
        self._template_row = self.add("", self.template)
        self.headers = self.area(form.headers, "More headers", "X-My-Header: value")
        self._headers_row = self.add("More headers", self.headers, stretch=0)
        self.keep("headers", self._headers_row, self.headers)
        yield
        self.delay = self.field(form.delay, "Delay", width=80)
        self.delays = Segments(self.theme, DELAYS, name="Usual delays")
        if form.delay in dict(DELAYS):
            self.delays.set_current(form.delay)
        self.delays.changed.connect(self.delay.setText)
        self._delay_row = self.keep("delay", self.add("Delay", self.delay, "ms", self.delays), self.delay)
        self.arrives = Segments(self.theme, [(str(key), words) for key, words in ARRIVALS], name="Arrives")
        self.arrives.set_current(form.answer.fault)
        self.arrives.changed.connect(self._on_way)
        self._arrives_row = self.add("Arrives", self.arrives)
        yield

    def _trouble_rows(self) -> Iterator[None]:
        form = self.start.answer
        self.kinds = KindRows(self.theme, self.icons, form.by_kind)
        self.kinds.changed.connect(self.tell)
        self._kinds_row = self.add("By kind", self.kinds, stretch=0)
        self.keep("by_kind", self._kinds_row, self.kinds)
        yield
        self.share = ShareField(self.theme, form.percent, "Fail on purpose")
        self.share.changed.connect(self._on_way)
        self.purpose = self.box(PURPOSES, form.purpose, "Fail with")
        row = self.add("Fail on purpose", self.share.slider, self.share.field, "% with", self.purpose)
        self.keep("percent", row, self.share.field)
        yield
        self.seed = self.field(form.seed, "Seed", width=80)
        self._seed_row = self.add("Seed", self.seed, hint=SEED_HINT)
        self.keep("seed", self._seed_row, self.seed)

    def read(self, form: EndpointForm) -> EndpointForm:
        body = self.body.text()
        return replace(
            form,
            status=int(self.status.currentData()),
            body=self.start.body if body == self._shown_body else body,
            content_type=str(self.content_type.currentData()),
            headers=self.headers.toPlainText(),
            delay=self.delay.text(),
            answer=AnswerForm(
                way=self.way.current,
                fault=self.arrives.current,
                template=self.template.isChecked(),
                by_kind=self.kinds.forms,
                percent=self.share.field.text().strip() or "0",
                purpose=str(self.purpose.currentData()),
                seed=self.seed.text(),
                ask_target=self.ask_target.text(),
                ask_limit=self.ask_limit.text(),
                script=self.script.toPlainText(),
                hand_limit=self.hand_limit.text(),
            ),
        )

    def show_problems(self, found: Mapping[str, str]) -> bool:
        """Show the reasons, and what there is to know about the blanks."""
        wrong = super().show_problems(found)
        self._show_blanks()
        self._seed_row.setVisible(self.share.field.text().strip() not in ("", "0") or "seed" in found)
        return wrong

    def show_provider(self, profile: Profile | None) -> None:
        """Say how patient the provider is."""
        limit = profile.answer_limit_s if profile is not None else 0
        self._delay_row.set_hint(f"Over {limit} s the provider counts the call as failed and retries." if limit else "")
        late = f" The provider gives up after {limit} s." if limit else ""
        for row in (self._limit_row, self._hand_row):
            row.set_hint(f"Then the fixed answer is sent.{late}")

    def _show_blanks(self) -> None:
        """Say what blanks there are, or which of those in the body nobody can fill."""
        from inspector.receiver.filling import unknown_blanks

        filled = self.template.isChecked()
        unknown = unknown_blanks(self.body.text()) if filled else ()
        stays = f"{{{{{unknown[0]}}}}} is not known and stays as it is. " if unknown else ""
        self._template_row.set_hint(f"{stays}{BLANKS_HINT}" if filled else "")

    def _on_way(self, *_said: object) -> None:
        if self.whole:
            self._show_way()
            self.tell()

    def _show_way(self, *_said: object) -> None:
        """Show what the chosen way needs; a script leaves no room for the fixed answer."""
        way = self.way.current
        self._way_row.set_hint(WAY_HINTS[way])
        for row in (self._ask_row, self._limit_row):
            row.setVisible(way == ASK)
        self._script_row.setVisible(way == SCRIPT)
        self._hand_row.setVisible(way == HAND)
        for row in (self._fixed_row, self._template_row, self._headers_row, self._delay_row, self._arrives_row):
            row.setVisible(way != SCRIPT)
        self._fixed_row.set_hint(STAND_IN if way in (ASK, HAND) else "")
        self._kinds_row.setVisible(way == FIXED)
        self._show_blanks()
        self._seed_row.setVisible(self.share.field.text().strip() not in ("", "0"))
