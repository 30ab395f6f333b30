"""How long an endpoint's events are kept, and how much of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import Signal

from inspector.ui.endpoints.endpoint_form import EndpointForm
from inspector.ui.endpoints.form_parts import FormSection
from inspector.ui.endpoints.storage_form import StorageForm
from inspector.ui.widgets.buttons import SecondaryButton


class StorageSection(FormSection):
    """Days, count, bodies, recipients, and a way to empty the endpoint.

    Signals:
        clear_wanted: all events of the endpoint are to be deleted; asking is up to the receiver of the signal.
    """

    clear_wanted = Signal()

    def rows(self) -> Iterator[None]:
        form = self.start.storage
        self.keep_days = self.field(form.keep_days, "Days kept", "no limit", width=80)
        self.keep("keep_days", self.add("Keep for", self.keep_days, "days"), self.keep_days)
        self.keep_events = self.field(form.keep_events, "Events kept", "no limit", width=110)
        hint = "Older ones are removed for good within a minute or so. Starred events stay."
        self.keep("keep_events", self.add("Keep at most", self.keep_events, "events", hint=hint), self.keep_events)
        yield
        self.keep_bodies = self.check_box("Keep bodies", form.keep_bodies)
        self.keep_bodies.toggled.connect(self._show_bodies)
        self._bodies_row = self.add("Bodies", self.keep_bodies)
        self.mask_recipients = self.check_box("Mask recipients in this endpoint", form.mask_recipients)
        self.add("Recipients", self.mask_recipients, hint="The list shows +1415•••0132 instead of the whole number.")
        yield
        self.clear_button = SecondaryButton(self.theme, self.icons, "Clear now…", danger=True)
        self.clear_button.clicked.connect(self.clear_wanted)
        self.add("Events", self.clear_button, hint="Deletes all events of this endpoint, the starred ones too.")
        self._show_bodies()

    def read(self, form: EndpointForm) -> EndpointForm:
        storage = StorageForm(
            keep_days=self.keep_days.text(),
            keep_events=self.keep_events.text(),
            keep_bodies=self.keep_bodies.isChecked(),
            mask_recipients=self.mask_recipients.isChecked(),
        )
        return replace(form, storage=storage)

    def _show_bodies(self, *_said: object) -> None:
        gone = "A body is removed once its event is answered and forwarded; such an event cannot be replayed."
        self._bodies_row.set_hint("" if self.keep_bodies.isChecked() else gone)
