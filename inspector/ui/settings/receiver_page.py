"""The settings page of the receiver: where it listens, and how much it takes on."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.settings import MIB
from inspector.ui.settings.page import SettingsPage

HOSTS = (
    ("127.0.0.1", "This computer only"),
    ("0.0.0.0", "Every network this computer is in"),
    ("::", "Every network, IPv6 too"),
)


PAUSES = (
    ("refuse", "Answer 503: providers try again later"),
    ("discard", "Answer 200 and keep nothing"),
    ("closed", "Stop listening: providers cannot connect"),
)


class ReceiverPage(SettingsPage):
    """Port and address start the receiver again; the limits hold for the next request."""

    def build(self) -> Iterator[None]:
        section = self.section("Receiver", "Another port or address starts the receiver again.")
        self.add_number(section, "port", "Port")
        yield
        hint = "Other computers reach the receiver only when you say so here."
        section.add("Listen on", self.choice("host", HOSTS), hint=hint)
        yield
        section.add("While paused", self.choice("pause_mode", PAUSES), hint="Nothing is stored in any of these ways.")
        yield
        limits = self.section("Limits", "They keep one sender from taking all the room. An endpoint may ask for less.")
        self.add_number(limits, "max_body_bytes", "Largest body", "MB", unit=MIB)
        yield
        self.add_number(limits, "max_connections", "Connections")
        yield
        self.add_number(limits, "head_limit_s", "Time for a head", "seconds", hint="Slower senders get 408.")
        yield
        hint = "And one more for each 16 KiB. Slower senders get 408."
        self.add_number(limits, "body_limit_s", "Time for a body", "seconds", hint=hint)
