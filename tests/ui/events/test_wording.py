"""Tests of the words and figures of a row."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import Any

import pytest

from inspector.domain.event import Refusal, Repeat
from inspector.domain.verification import Covers, Verdict
from inspector.ui.events.wording import (
    RowStyle,
    answer_time,
    clock_parts,
    full_time,
    is_issue,
    label_of,
    label_parts,
    moment,
    recipient_text,
    short_ago,
    short_count,
    signature_tip,
    size_text,
    spoken_row,
)
from tests.ui.events.fake_rows import BASE_US, an_event


def test_time_of_day_keeps_its_milliseconds_apart() -> None:
    assert clock_parts(BASE_US, UTC) == ("14:23:45", ".218")
    assert clock_parts(BASE_US + 790, UTC) == ("14:23:45", ".218")
    assert clock_parts(BASE_US, timezone(timedelta(hours=2))) == ("16:23:45", ".218")


def test_full_time_says_how_long_ago_it_was() -> None:
    now = moment(BASE_US, UTC) + timedelta(minutes=3, seconds=5)
    assert full_time(BASE_US, UTC, now) == "2024-12-20 14:23:45.218 UTC\n3 minutes ago"
    assert full_time(BASE_US, UTC, moment(BASE_US, UTC)).endswith("just now")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "now"), (0, "now"), (1, "1 s ago"), (59, "59 s ago"), (60, "1 min ago"), (3599, "59 min ago"),
     (3600, "1 h ago"), (86_399, "23 h ago"), (86_400, "1 d ago"), (400 * 86_400, "400 d ago")],
)  # fmt: skip
def test_the_list_says_in_short_how_long_ago_it_was(seconds: int, text: str) -> None:
    assert short_ago(BASE_US, BASE_US + seconds * 1_000_000) == text


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        ("message.delivered", ("message.", "delivered")),
        ("rcs:message:status", ("rcs:message:", "status")),
        ("a.b.c", ("a.b.", "c")),
        ("push", ("", "push")),
        ("Unknown endpoint", ("", "Unknown endpoint")),
        ("ends.", ("", "ends.")),
        ("", ("", "")),
    ],
)
def test_a_label_is_split_before_its_last_part(label: str, parts: tuple[str, str]) -> None:
    assert label_parts(label) == parts


def test_a_masked_recipient_keeps_country_and_ending_only() -> None:
    row = an_event(1, recipient="+14155550132")
    assert recipient_text(row, masked=True) == "+1415•••0132"
    assert recipient_text(row, masked=False) == "+14155550132"
    assert recipient_text(an_event(1, recipient="12345"), masked=True) == "•••45"
    assert recipient_text(an_event(1, recipient=""), masked=True) == ""


@pytest.mark.parametrize(
    ("us", "text"),
    [(None, ""), (120, "<1 ms"), (11_000, "11 ms"), (999_400, "999 ms"), (999_600, "1.0 s"), (2_340_000, "2.3 s")],
)
def test_answer_time_has_a_unit_that_fits(us: int | None, text: str) -> None:
    assert answer_time(us) == text


@pytest.mark.parametrize(
    ("size", "text"), [(438, "438 B"), (7_200, "7.2 kB"), (14_200_000, "14.2 MB"), (612_000_000, "612 MB")]
)
def test_sizes_have_a_unit_that_fits(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(("count", "text"), [(9_999, "9,999"), (12_400, "12.4k"), (1_200_000, "1.2M")])
def test_counts_are_short_from_ten_thousand(count: int, text: str) -> None:
    assert short_count(count) == text


def test_a_row_is_spoken_as_one_sentence() -> None:
    row = an_event(1, message_id="msg_8f31c07a", received_us=BASE_US, unread=True)
    assert spoken_row(row, RowStyle(zone=UTC)) == (
        "message.delivered, message 8f31c07a, 14:23:45, signature valid, answered 200 in 11 milliseconds, unread"
    )


def test_a_relative_time_is_spoken_as_one() -> None:
    style = RowStyle(relative=True, clock=lambda: BASE_US + 180_000_000)
    assert "3 minutes ago" in spoken_row(an_event(1, received_us=BASE_US), style)


def test_repeats_and_replays_are_spoken() -> None:
    row = an_event(1, repeat=Repeat.RETRY, repeat_no=2, replay_count=1, starred=True)
    said = spoken_row(row, RowStyle(zone=UTC))
    assert "retry 1, replayed 1 time, answered 200" in said
    assert said.endswith("starred")


def test_a_refused_request_says_why_instead_of_a_type() -> None:
    row = an_event(1, "", refusal=Refusal.TOO_LARGE, verdict=None, answer_status=413)
    assert label_of(row) == "Too large"
    assert "signature" not in spoken_row(row, RowStyle(zone=UTC))
    assert signature_tip(row).startswith("Turned away")


@pytest.mark.parametrize(
    ("changes", "issue"),
    [
        ({}, False),
        ({"verdict": Verdict.INVALID}, True),
        ({"verdict": Verdict.STALE}, True),
        ({"verdict": Verdict.UNSIGNED}, False),
        ({"repeat": Repeat.DUPLICATE}, True),
        ({"kind": "message.failed"}, True),
        ({"answer_status": 401}, True),
        ({"answer_status": 0}, False),
    ],
)
def test_issues_are_what_a_person_should_look_at(changes: dict[str, Any], issue: bool) -> None:
    assert is_issue(an_event(1, **changes)) is issue


def test_a_signature_over_a_part_of_the_request_says_so() -> None:
    assert "part" in signature_tip(an_event(1, covers=Covers.PARTIAL))
    assert "does not check" in signature_tip(an_event(1, checked=False))
