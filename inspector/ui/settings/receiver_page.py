"""The settings page of the receiver: where it listens, and how much it takes on."""

from __future__ import annotations

from inspector.settings import MIB
from inspector.ui.settings.page import SettingsPage

HOSTS = (
    ("127.0.0.1", "This computer only"),
    ("0.0.0.0", "Every network this computer is in"),
    ("::", "Every network, IPv6 too"),
)


class ReceiverPage(SettingsPage):
    """Port and address start the receiver again; the limits hold for the next request."""

    def build(self) -> None:
        section = self.section("Receiver", "Another port or address starts the receiver again.")
        self.add_number(section, "port", "Port")
        hint = "Other computers reach the receiver only when you say so here."
        section.add("Listen on", self.choice("host", HOSTS), hint=hint)
        limits = self.section("Limits", "They keep one sender from taking all the room. An endpoint may ask for less.")
        self.add_number(limits, "max_body_bytes", "Largest body", "MB", unit=MIB)
        self.add_number(limits, "max_connections", "Connections")
        self.add_number(limits, "head_limit_s", "Time for a head", "seconds", hint="Slower senders get 408.")
        hint = "And one more for each 16 KiB. Slower senders get 408."
        self.add_number(limits, "body_limit_s", "Time for a body", "seconds", hint=hint)
