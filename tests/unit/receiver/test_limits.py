"""How many connections the receiver takes on."""

from __future__ import annotations

from inspector.receiver.limits import most_connections


def test_the_system_has_the_last_word_on_connections() -> None:
    assert 1 <= most_connections(10**12) <= 10**12
    assert most_connections(10) == 10
