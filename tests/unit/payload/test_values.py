"""Grey notes say what a value means, and only where that is certain."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from inspector.payload.node import NodeKind
from inspector.payload.values import note_on, shown, spell_span

RECEIVED = datetime(2024, 12, 20, 14, 23, 45, 218_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("2024-12-20T14:23:44Z", "1.2 s before receipt"),
        ("2024-12-20T14:23:45.203123456Z", "15 ms before receipt"),
        ("2024-12-20 15:23:45.218+0100", "at receipt"),
        ("2024-12-20T14:35:45+00:00", "12 min after receipt"),
        ("2024-12-20 14:23:44", ""),
        ("2024-13-40T99:00:00Z", ""),
        ("1734704624", "2024-12-20 14:23:44 UTC, 1.2 s before receipt"),
        ("+447700900312", "United Kingdom"),
        ("rcs:+4915112345678", "Germany"),
        ("+14155550132", ""),
        ("https://x.example/a?b=1&c=2", "link, 2 parameters"),
        ("http://x.example/", "link, not encrypted"),
        ("http://localhost:5000/a", "link"),
        ("http://[", ""),
        ("user_456", ""),
    ],
)
def test_a_text_gets_the_note_that_fits(text: str, note: str) -> None:
    assert note_on(NodeKind.STRING, text, RECEIVED) == note


def test_a_number_is_a_time_only_near_receipt() -> None:
    assert note_on(NodeKind.NUMBER, "1734704624123", RECEIVED) == "2024-12-20 14:23:44 UTC, 1.1 s before receipt"
    assert note_on(NodeKind.NUMBER, "9999999999", RECEIVED) == ""
    assert note_on(NodeKind.NUMBER, "14155550132", RECEIVED) == ""


def test_a_shown_string_stays_on_one_line_and_cannot_reorder_it() -> None:
    assert shown(NodeKind.STRING, 'a"b\n\u202ec\ud800') == '"a\\"b\\n\\u202ec\\ud800"'
    assert len(shown(NodeKind.STRING, "x" * 100_000)) < 2_100


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.015, "15 ms"), (1.218, "1.2 s"), (59.96, "1 min"), (720, "12 min"), (10_800, "3 h"), (172_800, "2 days")],
)
def test_a_span_is_written_with_one_unit(seconds: float, words: str) -> None:
    assert spell_span(seconds) == words
