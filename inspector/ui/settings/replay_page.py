"""The settings page of replays: how long a target has, and what is remembered of targets."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.ui.settings.page import SettingsPage, help_of
from inspector.ui.settings.value_list import ValueList


class ReplayPage(SettingsPage):
    """A cross forgets one address or host."""

    def build(self) -> Iterator[None]:
        section = self.section("Replay")
        self.add_number(section, "replay_timeout_s", "Time limit", "seconds", hint=help_of("replay_timeout_s"))
        yield
        self.hosts = self._list("confirmed_hosts", "None. Every outside host asks once.")
        section.add("Hosts not asked about", self.hosts, stretch=0, hint="Replays to these need no question.")
        yield
        self.targets = self._list("targets", "None yet.")
        section.add("Targets", self.targets, stretch=0, hint="Offered where a target is asked for.")

    def _list(self, name: str, nothing: str) -> ValueList:
        values = ValueList(self.theme, self.icons, name, nothing)

        def forget(value: str) -> None:
            left = tuple(item for item in getattr(self.app.settings.current, name) if item != value)
            self.apply(**{name: left})

        values.removed.connect(forget)
        self.follow(name, lambda settings: values.set_values(getattr(settings, name)))
        return values
