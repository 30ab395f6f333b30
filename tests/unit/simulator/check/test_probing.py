"""A probe's figures: which of them tell that an event was processed, and which only count requests."""

from __future__ import annotations

import pytest

from inspector.simulator.check.probing import changes, leaves_of, repeated, without

Figures = dict[str, object]


def verdict(before: bytes, after: bytes, again: bytes, noise: frozenset[str] = frozenset()) -> set[str]:
    """Return what the second event did again."""
    first = without(changes(leaves_of(before), leaves_of(after)), noise)
    return set(repeated(first, without(changes(leaves_of(after), leaves_of(again)), noise)))


ONCE = [
    (b"4", b"5", b"5"),
    (b'{"processed":1}', b'{"processed":2}', b'{"processed":2}'),
    (b'{"processed":1,"duplicates":0}', b'{"processed":2,"duplicates":0}', b'{"processed":2,"duplicates":1}'),
    (b'{"requests":1,"processed":1}', b'{"requests":2,"processed":2}', b'{"requests":3,"processed":2}'),
    (b'{"received":1,"processed":1}', b'{"received":2,"processed":2}', b'{"received":3,"processed":2}'),
    (b'["a"]', b'["a","b"]', b'["a","b"]'),
    (
        b'{"n":1,"at":"2026-03-01T12:00:00Z"}',
        b'{"n":2,"at":"2026-03-01T12:00:01Z"}',
        b'{"n":2,"at":"2026-03-01T12:00:02Z"}',
    ),
    (
        b"done_total 1\nhttp_requests_total 4\n",
        b"done_total 2\nhttp_requests_total 5\n",
        b"done_total 2\nhttp_requests_total 6\n",
    ),
]

TWICE = [
    (b"4", b"5", b"6", {"the probe"}),
    (b'{"processed":1}', b'{"processed":2}', b'{"processed":3}', {"processed"}),
    (b'{"processed":1,"last":"a"}', b'{"processed":2,"last":"b"}', b'{"processed":3,"last":"b"}', {"processed"}),
    (b'{"received":1}', b'{"received":2}', b'{"received":3}', {"received"}),
    (b'["a"]', b'["a","b"]', b'["a","b","b"]', {"the probe (length)"}),
    (b'{"by":{"x":1}}', b'{"by":{"x":1,"y":1}}', b'{"by":{"x":1,"y":2}}', {"by.y"}),
    (b'{"balance":10.5}', b'{"balance":21.0}', b'{"balance":31.5}', {"balance"}),
    (b"Processed: 1\n", b"Processed: 2\n", b"Processed: 3\n", {"Processed"}),
]


@pytest.mark.parametrize(("before", "after", "again"), ONCE)
def test_an_event_processed_once_leaves_nothing_repeated(before: bytes, after: bytes, again: bytes) -> None:
    assert verdict(before, after, again) == set()
    assert without(changes(leaves_of(before), leaves_of(after)), frozenset())


@pytest.mark.parametrize(("before", "after", "again", "names"), TWICE)
def test_an_event_processed_twice_shows(before: bytes, after: bytes, again: bytes, names: set[str]) -> None:
    assert verdict(before, after, again) == names


def test_what_changes_by_itself_does_not_count() -> None:
    assert verdict(b'{"a":1,"b":1}', b'{"a":2,"b":2}', b'{"a":3,"b":2}', frozenset({"a"})) == set()


def test_figures_about_requests_alone_show_nothing_of_an_event() -> None:
    found = changes(leaves_of(b'{"requests":1,"uptime":4.5}'), leaves_of(b'{"requests":2,"uptime":9.5}'))
    assert without(found, frozenset()) == {}
