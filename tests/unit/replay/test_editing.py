"""What is not edited stays the same bytes; what is edited changes there only."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.errors import UsageError
from inspector.payload.body import inflate
from inspector.replay.editing import (
    LARGEST_BYTES,
    body_from,
    changed_lines,
    headers_from,
    shown_body,
    shown_headers,
)
from tests.builders import a_request, headers_of


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_an_untouched_body_is_the_captured_bytes(body: bytes) -> None:
    shown = shown_body(a_request(body))
    assert body_from(shown, shown.text or "") == body


@given(st.text("ab\n\r \u00a0é", max_size=60))
def test_a_line_added_at_the_end_leaves_the_rest_alone(text: str) -> None:
    body = text.encode()
    shown = shown_body(a_request(body))
    if shown.text is not None:
        edited = body_from(shown, shown.text + "!")
        assert edited == body + b"!"


def test_line_ends_stay_where_lines_stay() -> None:
    shown = shown_body(a_request(b"a\r\nb\nc\r\nd"))
    assert shown.text == "a\nb\nc\nd"
    assert body_from(shown, "a\nb\nnew\nc\nd!") == b"a\r\nb\nnew\r\nc\r\nd!"


def test_a_byte_order_mark_stays() -> None:
    shown = shown_body(a_request(b"\xef\xbb\xbf{}"))
    assert shown.text == "{}"
    assert body_from(shown, "[]") == b"\xef\xbb\xbf[]"


def test_a_packed_body_is_edited_as_text_and_packed_again() -> None:
    headers = headers_of([("Content-Encoding", "gzip")])
    packed = gzip.compress(b'{"a":1}')
    shown = shown_body(a_request(packed, headers=headers))
    assert shown.text == '{"a":1}'
    assert body_from(shown, '{"a":1}') == packed
    assert inflate(body_from(shown, '{"a":2}'), "gzip") == b'{"a":2}'


@pytest.mark.parametrize("body", [b"\xff", b"a\x00b", b"a\rb", "a\u2028b".encode(), b"x" * (LARGEST_BYTES + 1)])
def test_what_an_editor_would_change_is_not_edited(body: bytes) -> None:
    shown = shown_body(a_request(body))
    assert shown.text is None
    assert "as captured" in shown.why


def test_changed_lines_are_found() -> None:
    assert changed_lines("a\nb\nc", "a\nB\nc\nd") == [1, 3]
    assert changed_lines("a\nb\nc", "a\nc") == [1]
    assert changed_lines("a", "a") == []


def test_header_lines_keep_their_bytes() -> None:
    captured = ((b"X-Raw", b"caf\xe9"), (b"x-B", b"1"), (b"X-Raw", b"caf\xea"), (b"X-Empty", b""))
    text = shown_headers(captured)
    assert headers_from(text, captured) == captured
    assert headers_from(f"{text}\nNew: é", captured) == (*captured, (b"New", "é".encode()))


@pytest.mark.parametrize("line", ["no colon", ": value", "na me: x", "x: a\x01"])
def test_a_line_that_is_none_is_named(line: str) -> None:
    with pytest.raises(UsageError, match="Line 2"):
        headers_from(f"A: b\n{line}", ())
