"""What makes two events the same event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from inspector.domain.endpoint import DuplicateKey
from inspector.domain.event import Event
from inspector.providers.profile import DedupeFields, Profile
from inspector.ui.endpoints.endpoint_form import EndpointForm
from inspector.ui.endpoints.form_parts import FormSection
from inspector.ui.endpoints.trial import value_at
from inspector.ui.widgets.choices import RadioButton

KEYS = (
    (DuplicateKey.AUTO.value, "Automatic"),
    (DuplicateKey.EVENT_ID.value, "The event ID is the same"),
    (DuplicateKey.FIELD.value, "A value of your choice is the same"),
    (DuplicateKey.BODY.value, "The body is the same, byte for byte"),
    (DuplicateKey.OFF.value, "Never: do not look for duplicates"),
)
PLACES = (("header", "Header"), ("json", "JSON path"), ("form", "Form field"), ("query", "Query parameter"))
EXAMPLES = {"header": "X-Request-Id", "json": "data.id", "form": "MessageSid", "query": "id"}


class DuplicatesSection(FormSection):
    """The key by which a repeat is recognised, for how long, and what becomes of a duplicate."""

    def rows(self) -> Iterator[None]:
        form = self.start
        self._profile: Profile | None = None
        self._newest: Event | None = None
        kind, _colon, name = form.duplicate_place.partition(":")
        self.key_box = self.box(KEYS, form.duplicate_key, "Same event when")
        self._key_row = self.add("Same event when", self.key_box)
        self.place_kind = self.box(PLACES, kind or "header", "Kind of value")
        self.place_name = self.field(name, "Which value", mono=True)
        self._place_row = self.add("Value", self.place_kind, self.place_name, stretch=1)
        self.keep("duplicate_place", self._place_row, self.place_name)
        yield
        self.window_h = self.field(form.window_h, "Window", width=80)
        self.keep("window_h", self.add("Window", self.window_h, "hours after the first one"), self.window_h)
        self.mark_only = RadioButton(self.theme, "Mark only")
        self.answer_only = RadioButton(self.theme, "Answer 200, not forwarded")
        (self.answer_only if form.answer_only else self.mark_only).setChecked(True)
        self.answer_only.toggled.connect(self.tell)
        hint = "An event that was answered 2xx before counts as a duplicate; else it is a retry and treated as new."
        self.add("A duplicate", self.mark_only, self.answer_only, hint=hint)
        self._show_choice()

    def read(self, form: EndpointForm) -> EndpointForm:
        return replace(
            form,
            duplicate_key=self.key_value,
            window_h=self.window_h.text(),
            duplicate_place=self.place,
            answer_only=self.answer_only.isChecked(),
        )

    @property
    def key_value(self) -> str:
        """The key that is chosen."""
        return str(self.key_box.currentData())

    @property
    def place(self) -> str:
        """The place in a provider's own words: `header:X-Id`."""
        return f"{self.place_kind.currentData()}:{self.place_name.text().strip()}"

    def show_provider(self, profile: Profile | None) -> None:
        """Say what the automatic key is with this provider."""
        self._profile = profile
        self._show_choice()

    def show_newest(self, event: Event | None) -> None:
        """Say what the newest event has at the chosen place."""
        self._newest = event
        self._show_choice()

    def show_problems(self, found: Mapping[str, str]) -> bool:
        """Show the fields that fit the choice, with the reasons or what the newest event has there."""
        self._show_choice()
        return super().show_problems(found)

    def _show_choice(self) -> None:
        key = DuplicateKey(self.key_value)
        chosen = key is DuplicateKey.FIELD
        self._place_row.setVisible(chosen)
        self.place_name.setPlaceholderText(EXAMPLES[str(self.place_kind.currentData())])
        self.window_h.setEnabled(key is not DuplicateKey.OFF)
        self._key_row.set_hint(key_hint(key, self._profile))
        self._place_row.set_hint(self._found() if chosen and self.place_name.text().strip() else "")

    def _found(self) -> str:
        if self._newest is None:
            return "An event without this value is never a repeat."
        try:
            value = value_at(self._newest, self.place)
        except ValueError:
            return ""
        number = f"#{self._newest.id:,}"
        if value is None:
            return f"The newest event, {number}, has nothing there. Without this value an event is never a repeat."
        return f"The newest event, {number}, has “{value}” there."


def key_hint(key: DuplicateKey, profile: Profile | None) -> str:
    """Return what a key means with a provider."""
    fields = profile.dedupe if profile is not None else DedupeFields()
    if key is DuplicateKey.AUTO:
        return f"{fields.id_words}; where there is none: {_small(fields.words)}; else the same body."
    if key is DuplicateKey.EVENT_ID:
        return f"{fields.id_words}. An event without one is never a repeat."
    if key is DuplicateKey.BODY:
        return "Providers that count their attempts inside the body are not recognised."
    return ""


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]
