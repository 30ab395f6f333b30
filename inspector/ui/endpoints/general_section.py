"""What an endpoint is called, where it is reached, and where its replays go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from inspector.ui.endpoints.chip_field import ChipField
from inspector.ui.endpoints.colour_field import ColourField
from inspector.ui.endpoints.endpoint_form import GUESSABLE_BELOW, EndpointForm
from inspector.ui.endpoints.form_parts import FormSection


class GeneralSection(FormSection):
    """Name, path, methods, colour, replay target, how patient the Messages page is, and notes."""

    def rows(self) -> Iterator[None]:
        form = self.start
        self.name = self.field(form.name, "Name")
        self.keep("name", self.add("Name", self.name, stretch=0), self.name)
        self.token = self.field(form.token, "Path", mono=True)
        self.keep("token", self.add("Path", "/in/", self.token, stretch=1), self.token)
        yield
        self.methods = ChipField(self.theme, self.icons, form.access.methods, "Methods", "Add a method", upper=True)
        self.methods.changed.connect(self.tell)
        hint = "None means every method. Others than these get 405."
        self.keep("methods", self.add("Methods accepted", self.methods, stretch=0, hint=hint), self.methods)
        yield
        self.target = self.field(form.target, "Replay target", "http://localhost:5000/webhooks/rcs", mono=True)
        hint = "Your own handler: one click sends events there."
        self.keep(
            "target",
            self.add("Replay target", self.target, self.tester(self.target), stretch=0, hint=hint),
            self.target,
        )
        self.stuck_min = self.field(form.stuck_min, "Minutes until a message is stuck", width=80)
        hint = "A message that is sent but not delivered by then is marked on the Messages page."
        self.keep("stuck_min", self.add("Stuck after", self.stuck_min, "minutes", hint=hint), self.stuck_min)
        yield
        self.colour = ColourField(self.theme, form.colour)
        self.colour.changed.connect(self.tell)
        self.add("Colour", self.colour, hint="A mark beside the name in the sidebar.")
        self.notes = self.area(form.notes, "Notes", "Who to ask, where it is registered …")
        self.add("Notes", self.notes, stretch=0)

    def read(self, form: EndpointForm) -> EndpointForm:
        return replace(
            form,
            name=self.name.text(),
            token=self.token.text().strip().strip("/"),
            target=self.target.text(),
            stuck_min=self.stuck_min.text(),
            colour=self.colour.current,
            notes=self.notes.toPlainText(),
            access=replace(form.access, methods=self.methods.values),
        )

    def show_problems(self, found: Mapping[str, str]) -> bool:
        """Show the reasons, or what a new path means."""
        wrong = super().show_problems(found)
        if "token" not in found:
            new = self.token.text().strip().strip("/")
            self.fields["token"][0].set_hint(path_hint(new) if new != self.start.token else "")
        return wrong


def path_hint(token: str) -> str:
    """Return what a new path brings with it."""
    change = "The provider must be given the new address."
    return change if len(token) >= GUESSABLE_BELOW else f"{change} A short path can be guessed."
