"""The parts of a comparison: rows brought in line, lines and words, headers, whole bodies, and what is ignored."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.payload import diff_bodies as bodies
from inspector.payload.diff import Change
from inspector.payload.diff_align import align, longest_rise
from inspector.payload.diff_bodies import Body, BodyDiff
from inspector.payload.diff_headers import diff_headers
from inspector.payload.diff_ignore import Ignored, entry_for_name, entry_for_place
from inspector.payload.diff_text import Fold, Line, diff_lines, diff_words, first_difference, folded
from inspector.payload.steps import finish

ROWS = st.lists(st.integers(0, 6), max_size=30)
JSON = "application/json"


@given(ROWS, ROWS)
def test_aligned_elements_are_equal_and_keep_their_order(one: list[int], other: list[int]) -> None:
    pairs = finish(align(one, other))
    assert all(one[place] == other[partner] for place, partner in pairs)
    assert all(here[0] < there[0] and here[1] < there[1] for here, there in pairwise(pairs))


def test_long_rows_are_aligned_by_what_occurs_once() -> None:
    dice = random.Random(7)
    one = [dice.randrange(10**9) for _ in range(5_000)]
    other = [value for place, value in enumerate(one) if place % 100 or not place]
    other[2_000:2_000] = range(40)
    assert len(finish(align(one, other))) == len(one) - 49


@given(st.lists(st.integers(), unique=True, max_size=40))
def test_a_longest_rise_rises(values: list[int]) -> None:
    found = [values[place] for place in longest_rise(values)]
    assert found == sorted(found)
    assert bool(found) == bool(values)


LINES = st.lists(st.sampled_from(["", "a", "b", "a b", "same"]), max_size=20)


@given(LINES, LINES)
def test_a_text_diff_holds_both_texts_whole(old: list[str], new: list[str]) -> None:
    diff = finish(diff_lines(old, new))
    assert [row.old for row in diff.rows if row.before] == old
    assert [row.new for row in diff.rows if row.after] == new
    assert (old == new) == (diff.removed == diff.added == 0)
    shown = list(folded(diff.rows))
    kept = sum(row.count if isinstance(row, Fold) else 1 for row in shown)
    assert kept == len(diff.rows)


def test_words_that_differ_are_marked() -> None:
    old, new = '"status": "sent",', '"status": "delivered",'
    assert [[text[a:b] for a, b in spans] for text, spans in zip((old, new), diff_words(old, new), strict=True)] == [
        ["sent"],
        ["delivered"],
    ]
    assert diff_words("abc", "xyz") == ((), ())
    assert diff_words("a" * 40 + "b" + "c" * 40, "a" * 40 + "x" + "c" * 40) == (((40, 41),), ((40, 41),))
    assert diff_words("a " * 900, "a " * 899 + "b ")[1] == ((1798, 1799),)


def test_lines_that_begin_alike_face_each_other() -> None:
    old = ['"error": null,', '"sms": true,', '"ms": "1",']
    diff = finish(diff_lines(old, ['"sms": false,', '"ms": 1,', '"new": 2']))
    assert [(row.old, row.new) for row in diff.rows] == [
        ('"error": null,', ""),
        ('"sms": true,', '"sms": false,'),
        ('"ms": "1",', '"ms": 1,'),
        ("", '"new": 2'),
    ]


def test_equal_lines_are_folded_but_for_some_around_a_difference() -> None:
    lines = [str(number) for number in range(30)]
    diff = finish(diff_lines(lines, [*lines[:15], "new", *lines[16:]]))
    rows = list(folded(diff.rows))
    assert rows[0] == Fold(0, 12)
    assert rows[4] == Line(16, 16, "15", "new")
    assert rows[-1] == Fold(19, 11)
    assert len(list(folded(diff.rows, frozenset({0})))) == len(rows) + 11


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_the_first_difference_is_where_the_common_beginning_ends(one: bytes, other: bytes) -> None:
    place = first_difference(one, other)
    assert one[:place] == other[:place]
    assert one[: place + 1] != other[: place + 1] or one == other


def heads(*lines: tuple[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in lines)


def test_headers_are_compared_by_value_case_order_and_repeats() -> None:
    before = heads(("Host", "h"), ("X-Id", "1"), ("Via", "a"), ("Via", "b"), ("Old", "o"), ("Accept", "*/*"))
    after = heads(("Accept", "*/*"), ("host", "h"), ("X-Id", "2"), ("Via", "a"), ("New", "n"))
    found = [(item.name, item.change) for item in diff_headers(before, after)]
    assert found == [
        ("Accept", Change.MOVED),
        ("host", Change.CHANGED),
        ("X-Id", Change.CHANGED),
        ("Via", None),
        ("New", Change.ADDED),
        ("Via", Change.REMOVED),
        ("Old", Change.REMOVED),
    ]


@given(st.lists(st.tuples(st.sampled_from(["A", "a", "B"]), st.sampled_from(["1", "2"])), max_size=8))
def test_the_same_headers_do_not_differ(lines: list[tuple[str, str]]) -> None:
    assert all(item.change is None for item in diff_headers(heads(*lines), heads(*lines)))


@pytest.mark.parametrize(
    ("entry", "covered", "told"),
    [
        ("time", [("time",), ("a", 0, "time"), ("time", "inner")], [("times",), ("a",), ()]),
        ("meta.sent", [("meta", "sent"), ("x", "meta", "sent")], [("sent",), ("meta", "x", "sent")]),
        ("$.a[*].id", [("a", 0, "id"), ("a", 7, "id", "x"), ("a", "id")], [("b", "a", 0, "id"), ("a", 1), ("a",)]),
        ("$.a[*]", [("a", 0), ("a", 1, "x")], [("a",), ("a", "x")]),
        ("$.a[1]", [("a", 1)], [("a", 0)]),
        ('["odd key"]', [("odd key",)], [("odd",)]),
        ("[broken", [], [("broken",)]),
        ("$", [], [("a",), ()]),
    ],
)
def test_an_entry_covers_its_fields(
    entry: str, covered: list[tuple[str | int, ...]], told: list[tuple[str | int, ...]]
) -> None:
    ignored = Ignored([entry])
    assert all(ignored.field(keys) == entry for keys in covered)
    assert not any(ignored.field(keys) for keys in told)


@given(st.lists(st.text(min_size=1, max_size=6) | st.integers(0, 9), min_size=1, max_size=5))
def test_the_entries_offered_for_a_field_cover_it(keys: list[str | int]) -> None:
    assert Ignored([entry_for_place(tuple(keys))]).field(tuple(keys))
    named = entry_for_name(tuple(keys))
    assert not named or named.lower().startswith("header:") or Ignored([named]).field(tuple(keys))


def test_headers_are_ignored_whatever_their_case() -> None:
    ignored = Ignored(["header:X-Signature", "Date"])
    assert ignored.header("x-signature") == "header:X-Signature"
    assert ignored.header("date") == ""


def compared(old: bytes, new: bytes, content_type: str = JSON) -> BodyDiff:
    return finish(bodies.diff_bodies(Body(old, content_type), Body(new, content_type)))


def test_equal_bodies_are_equal_whatever_they_are() -> None:
    assert compared(b"\x00\xff", b"\x00\xff").equal
    assert compared(b"", b"").equal


def test_bodies_of_fields_are_compared_by_field_and_laid_out_as_text() -> None:
    diff = compared(b'{"a":1,"b":2}', b'{"a":1,"b":3}')
    assert diff.differ_at == 11
    assert diff.fields is not None
    assert [item.path for item in diff.fields.differences] == ["$.b"]
    assert diff.laid_out
    assert diff.text is not None
    assert (diff.text.removed, diff.text.added, len(diff.text.rows)) == (1, 1, 4)


def test_what_differs_in_blanks_only_is_shown_as_it_came() -> None:
    diff = compared(b'{"a":1}', b'{"a": 1}')
    assert diff.fields is not None
    assert diff.fields.differences == ()
    assert not diff.laid_out
    assert diff.text is not None
    assert [(row.old, row.new) for row in diff.text.rows] == [('{"a":1}', '{"a": 1}')]


@pytest.mark.parametrize(
    ("old", "new", "content_type"),
    [(b"a\nb", b"a\nc", "text/plain"), (b'{"a":', b'{"a":1}', JSON), (b"<a>", b"<b/>", "text/xml")],
)
def test_bodies_that_cannot_be_read_are_compared_as_text(old: bytes, new: bytes, content_type: str) -> None:
    diff = compared(old, new, content_type)
    assert diff.fields is None
    assert diff.text is not None
    assert diff.text.added


def test_of_binary_and_of_large_bodies_only_the_first_difference_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    diff = compared(b"\x00\x01\x02", b"\x00\x01\x03", "application/octet-stream")
    assert (diff.differ_at, diff.text, diff.fields, diff.too_large) == (2, None, None, False)
    monkeypatch.setattr(bodies, "MAX_DIFF_BYTES", 10)
    diff = compared(b'{"a":1,"b":2}', b'{"a":1,"b":2,"c":3}')
    assert (diff.differ_at, diff.sizes, diff.too_large) == (12, (13, 19), True)


def test_long_texts_are_not_compared_by_line() -> None:
    old = b"line\n" * (bodies.MOST_LINES + 1)
    diff = compared(old, old + b"more", "text/plain")
    assert (diff.text, diff.too_long, diff.differ_at) == (None, True, len(old))


@given(st.binary(max_size=60), st.binary(max_size=60), st.sampled_from([JSON, "text/xml", "text/plain", "", "a/b;;"]))
def test_no_body_breaks_a_comparison(old: bytes, new: bytes, content_type: str) -> None:
    assert compared(old, new, content_type).equal == (old == new)
