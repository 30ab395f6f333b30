"""Waiting, sleeping and outages, with the clock as a value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from inspector.tunnels.backoff import Backoff
from inspector.tunnels.host_keys import HostKeys
from inspector.tunnels.journal import KEPT, Journal
from inspector.tunnels.kinds import TUNNELS
from inspector.tunnels.outages import Outages
from inspector.tunnels.program import LastWords
from inspector.tunnels.state import Outage
from inspector.tunnels.watch import Moment, slept_s

NOON = datetime(2024, 12, 20, 12, tzinfo=UTC)


def test_waits_grow_to_half_a_minute_and_stay_there() -> None:
    waits = Backoff()
    assert [waits.next_wait_s() for _ in range(7)] == [1, 2, 4, 8, 30, 30, 30]


def test_a_tunnel_that_had_worked_is_tried_again_soon() -> None:
    waits = Backoff()
    for _ in range(5):
        waits.next_wait_s()
    assert waits.next_wait_s(was_up_s=0.5) == 30, "coming up for a moment is no recovery"
    assert waits.next_wait_s(was_up_s=60) == 1


def test_sleep_is_seen_where_the_steady_clock_stood_still_and_where_it_ran_on() -> None:
    before = Moment(wall=1000.0, monotonic=50.0)
    assert slept_s(before, Moment(1001.0, 51.0), 1.0) == 0
    assert slept_s(before, Moment(1600.0, 51.0), 1.0) == 599
    assert slept_s(before, Moment(1600.0, 650.0), 1.0) == 599
    assert slept_s(before, Moment(1003.0, 53.0), 1.0) == 0, "a busy loop is no sleep"
    assert slept_s(before, Moment(400.0, 51.0), 1.0) == 0, "a clock that was set back is no sleep"


def test_an_outage_is_noted_when_it_begins_and_when_it_ends_and_only_once() -> None:
    outages = Outages()
    noted: list[tuple[datetime, datetime | None, str]] = []
    outages.note = lambda start, end, reason: noted.append((start, end, reason))
    outages.begin(NOON, "the tunnel was down")
    outages.begin(NOON + timedelta(seconds=5), "another word for the same")
    assert outages.since == NOON
    outages.end(NOON + timedelta(seconds=9))
    outages.end(NOON + timedelta(seconds=10))
    assert outages.all == (Outage(NOON, NOON + timedelta(seconds=9), "the tunnel was down"),)
    assert noted == [
        (NOON, None, "the tunnel was down"),
        (NOON, NOON + timedelta(seconds=9), "the tunnel was down"),
    ]


def test_the_log_keeps_the_last_lines_and_no_secrets() -> None:
    journal = Journal(lambda: NOON)
    journal.hide("open sesame")
    journal.hide("")
    journal.add("token=open sesame;")
    assert journal.lines[0].text == "token=••••;"
    for number in range(KEPT):
        journal.add(str(number))
    assert len(journal.lines) == KEPT
    assert journal.lines[0].text == "0"


def test_the_last_words_are_the_ones_about_the_error() -> None:
    last = LastWords()
    for line in ("starting", "ERR could not connect", "", "goodbye"):
        last.add(line)
    assert last.reason() == "ERR could not connect"
    assert LastWords().reason() == ""


def test_host_keys_are_kept_by_server_and_port_and_forgotten_alone(tmp_path: Path) -> None:
    keys = HostKeys(tmp_path)
    assert keys.known("a.example.com", 22) == ()
    keys.remember("A.example.com", 22, "ssh-ed25519 AAAA comment")
    keys.remember("a.example.com", 2222, "ssh-ed25519 BBBB")
    keys.remember("a.example.com", 2222, "ssh-ed25519 BBBB")
    keys.remember("a.example.com", 2222, "ssh-rsa CCCC")
    assert keys.known("a.example.com", 22) == ("ssh-ed25519 AAAA",)
    assert keys.known("a.example.com", 2222) == ("ssh-ed25519 BBBB", "ssh-rsa CCCC")
    keys.forget("a.example.com", 2222)
    assert keys.known("a.example.com", 2222) == ()
    assert keys.known("a.example.com", 22) == ("ssh-ed25519 AAAA",)


def test_every_kind_names_its_carrier_or_needs_none() -> None:
    from inspector.settings import Settings

    settings = Settings(tunnel_relay_url="https://relay.example.com/abc", tunnel_ssh_host="box.example.com")
    assert len({kind.key for kind in TUNNELS}) == len(TUNNELS)
    for kind in TUNNELS:
        text, who = kind.consent_text(settings), kind.who(settings)
        assert (who in text) if who else not text, kind.key
        assert "{" not in text
        assert bool(kind.programs) == bool(kind.install), kind.key
