"""What the chip, the menu, the banner and the bands say, with the clock as a value."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inspector.tunnels.kinds import TUNNELS
from inspector.tunnels.state import Outage, TunnelError, TunnelState, TunnelStatus
from inspector.ui.events.blind_bands import outages_between
from inspector.ui.tunnels.menu import menu_rows
from inspector.ui.tunnels.words import chip_words, down_text, duration_words, menu_caption, outage_words

NOW = datetime(2024, 12, 20, 14, 23, 45, tzinfo=UTC)
UP = TunnelState("cloudflared", "Cloudflare Tunnel", "Cloudflare", TunnelStatus.UP, "https://a.example.com", NOW)


def state(**changes: Any) -> TunnelState:
    return replace(UP, **changes)


@pytest.mark.parametrize(
    ("shown", "spoken", "color"),
    [
        (TunnelState(), "No tunnel Start", "text"),
        (state(latency_ms=48.4), "Tunnel up 48 ms", "text"),
        (state(latency_ms=None), "Tunnel up", "text"),
        (state(status=TunnelStatus.CONNECTING), "Connecting", "text"),
        (state(status=TunnelStatus.NO_NETWORK), "No network", "failFg"),
        (state(status=TunnelStatus.ASKING), "Tunnel asks Answer", "warnFg"),
        (state(status=TunnelStatus.DOWN), "Tunnel down", "failFg"),
        (
            state(status=TunnelStatus.DOWN, retry_at=NOW + timedelta(seconds=3.2)),
            "Tunnel down, retry in 4 s",
            "failFg",
        ),
        (state(status=TunnelStatus.DOWN, retry_at=NOW - timedelta(seconds=1)), "Tunnel down, retry in 0 s", "failFg"),
    ],
)
def test_the_chip_says_how_the_tunnel_is(shown: TunnelState, spoken: str, color: str) -> None:
    words = chip_words(shown, NOW)
    assert (words.spoken, words.color) == (spoken, color)


def test_the_banner_tells_why_when_and_what_still_works() -> None:
    error = TunnelError("cloudflared ended with code 1.", "It said: x")
    down = state(status=TunnelStatus.DOWN, error=error, retry_at=NOW + timedelta(seconds=4))
    assert down_text(down, NOW) == "cloudflared ended with code 1. Next try in 4 s; the local address still works."
    refused = TunnelError("The token was refused.", "", "Copy it again.", lasting=True)
    assert down_text(state(status=TunnelStatus.DOWN, error=refused), NOW) == "The token was refused. Copy it again."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (8040, "2 h 14 min"), (90_000, "1 d 1 h")],
)
def test_durations_have_their_two_largest_units(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words


def test_the_menus_caption_tells_since_when() -> None:
    assert menu_caption(UP, NOW + timedelta(hours=2, minutes=14)) == "Cloudflare Tunnel, up for 2 h 14 min"


def test_a_running_tunnel_can_be_copied_measured_restarted_and_stopped() -> None:
    keys = [row.key for row in menu_rows(UP, TUNNELS, {})]
    assert keys == ["copy", "probe", "restart", "stop", "", "doctor", "log", "settings"]
    assert next(row.detail for row in menu_rows(UP, TUNNELS, {}) if row.key == "restart") == "new address"
    asking = state(status=TunnelStatus.ASKING, public_url="")
    assert [row.key for row in menu_rows(asking, TUNNELS, {})][:2] == ["answer", "restart"]


def test_found_programs_stand_first_and_missing_ones_say_where_to_get_them() -> None:
    rows = {row.key: row for row in menu_rows(TunnelState(), TUNNELS, {"cloudflared": "/usr/bin/cloudflared"})}
    assert not rows["start:cloudflared"].more
    assert rows["start:ngrok"].more
    assert "https://ngrok.com/download" in rows["start:ngrok"].reason
    assert rows["start:localhost.run"].more
    assert not rows["start:localhost.run"].reason
    assert {f"start:{kind.key}" for kind in TUNNELS} <= set(rows)


def test_an_outage_is_told_with_its_times_to_the_second_where_it_was_short() -> None:
    start = NOW.astimezone().replace(hour=14, minute=2, second=7)
    short = Outage(start, start + timedelta(seconds=41), "the tunnel was down")
    assert outage_words(short, start) == "Nothing could arrive 14:02:07–14:02:48: the tunnel was down"
    long = Outage(start, start + timedelta(minutes=3), "the computer slept")
    assert outage_words(long, start) == "Nothing could arrive 14:02–14:05: the computer slept"
    running = Outage(start, None, "the tunnel was down")
    assert outage_words(running, start) == "Nothing can arrive since 14:02: the tunnel was down"
    assert "2024-12-20 14:02" in outage_words(long, start + timedelta(days=1))


def test_every_outage_falls_between_two_neighbours_and_never_twice() -> None:
    def at(seconds: float) -> int:
        return int((NOW + timedelta(seconds=seconds)).timestamp() * 1e6)

    inside = Outage(NOW + timedelta(seconds=12), NOW + timedelta(seconds=18), "x")
    across = Outage(NOW + timedelta(seconds=15), NOW + timedelta(seconds=25), "y")
    running = Outage(NOW + timedelta(seconds=40), None, "z")
    outages = (inside, across, running)
    events = [at(10), at(20), at(30)]
    assert outages_between(outages, events[0], events[1]) == [inside]
    assert outages_between(outages, events[1], events[2]) == [across]
    assert outages_between(outages, events[2], None) == [running]
