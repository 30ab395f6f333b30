"""What an endpoint is called, where it is reached, and where its replays go."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from inspector.ui.endpoints.endpoint_form import GUESSABLE_BELOW, EndpointForm
from inspector.ui.endpoints.form_parts import FormSection
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme


class GeneralSection(FormSection):
    """Name, path, replay target, and how patient the Messages page is."""

    def __init__(self, theme: Theme, icons: Icons, form: EndpointForm, told: Callable[[], object]) -> None:
        super().__init__(theme, icons, "general", "General", "What it is called, and where it is reached.", told)
        self._token = form.token
        self.name = self.field(form.name, "Name")
        self.keep("name", self.add("Name", self.name, stretch=0), self.name)
        self.token = self.field(form.token, "Path", mono=True)
        self.keep("token", self.add("Path", "/in/", self.token, stretch=1), self.token)
        self.target = self.field(form.target, "Replay target", "http://localhost:5000/webhooks/rcs", mono=True)
        hint = "Your own handler: one click sends events there."
        self.keep("target", self.add("Replay target", self.target, stretch=0, hint=hint), self.target)
        self.stuck_min = self.field(form.stuck_min, "Minutes until a message is stuck", width=80)
        hint = "A message that is sent but not delivered by then is marked on the Messages page."
        self.keep("stuck_min", self.add("Stuck after", self.stuck_min, "minutes", hint=hint), self.stuck_min)

    def show_problems(self, found: Mapping[str, str]) -> bool:
        """Show the reasons, or what a new path means."""
        wrong = super().show_problems(found)
        if "token" not in found:
            new = self.token.text().strip()
            self.fields["token"][0].set_hint(path_hint(new) if new != self._token else "")
        return wrong


def path_hint(token: str) -> str:
    """Return what a new path brings with it."""
    change = "The provider must be given the new address."
    return change if len(token) >= GUESSABLE_BELOW else f"{change} A short path can be guessed."
