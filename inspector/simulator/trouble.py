"""The troubles a provider can make, for trying out what happens then: data that the menu and the command line show."""

from __future__ import annotations

from dataclasses import dataclass

WRONG_SIGNATURE = "wrong-signature"
DUPLICATE = "duplicate-of-last"
READ_FIRST = "read-before-delivered"
BURST = "burst"

BURST_RATE = 500
BURST_S = 10.0


@dataclass(frozen=True, slots=True)
class TroubleCase:
    """One trouble: its key, what the menu says, and what to expect."""

    key: str
    title: str
    hint: str


TROUBLE = (
    TroubleCase(WRONG_SIGNATURE, "Wrong signature", "Signed with a random secret; a careful handler refuses it."),
    TroubleCase(DUPLICATE, "Duplicate of the last one", "The last test event again, byte for byte."),
    TroubleCase(READ_FIRST, "Read before delivered", "Two events about one message, in the wrong order."),
    TroubleCase(BURST, f"Burst, {BURST_RATE} a second for {BURST_S:g} s", "5,000 events with fresh message IDs."),
)
