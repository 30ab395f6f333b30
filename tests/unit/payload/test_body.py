"""A body read as what it is, once, and without ever raising."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.payload.body import Payload, inflate, parse_form, parse_json
from inspector.payload.selector import MISSING
from tests.builders import a_request, headers_of


def payload(body: bytes, **headers: str) -> Payload:
    lines = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Payload(a_request(body, headers=headers_of(lines)))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a":1}', {"a": 1}),
        (b"  \n[1]", [1]),
        (b'"x"', "x"),
        (b"null", None),
        (b"-1.5", -1.5),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b"\xef\xbb\xbf{}", {}),
        ('{"a":"ü"}'.encode("utf-16"), {"a": "ü"}),
        (b'{"n":12345678901234567890}', {"n": 12345678901234567890}),
        (b'{"n":123456789012345678901234567890}', {"n": 123456789012345678901234567890.0}),
        (b'{"s":"\\ud800"}', {"s": "\ud800"}),
        (b"", MISSING),
        (b"   ", MISSING),
        (b"{", MISSING),
        (b"hello", MISSING),
        (b"<xml/>", MISSING),
        (b"a=1&b=2", MISSING),
        (b'{"a":"\xff"}', MISSING),
        (b"[" * 100_000, MISSING),
        (b'{"a":' * 100_000, MISSING),
    ],
)
def test_json_is_parsed_or_missing(text: bytes, value: object) -> None:
    assert parse_json(text) == value


def test_a_form_keeps_order_repeats_and_blanks() -> None:
    found = payload(b"b=2&a=&b=1&c=%C3%BC+x", Content_Type="application/x-www-form-urlencoded; charset=UTF-8")
    assert found.form == (("b", "2"), ("a", ""), ("b", "1"), ("c", "ü x"))
    assert (found.field("b"), found.field("a"), found.field("z")) == ("2", "", None)


def test_another_body_has_no_form_fields() -> None:
    assert payload(b"a=1", Content_Type="text/plain").form == ()


def test_form_bytes_that_are_no_text_survive() -> None:
    ((_name, value),) = parse_form("a=%FF%FE")
    assert value.encode("utf-8", "surrogateescape") == b"\xff\xfe"


@pytest.mark.parametrize("packed", [("gzip", gzip.compress), ("deflate", zlib.compress), ("GZIP", gzip.compress)])
def test_a_compressed_body_is_read_but_stays_as_it_came(packed: tuple[str, object]) -> None:
    coding, pack = packed
    assert callable(pack)
    found = payload(pack(b'{"a":1}'), Content_Encoding=coding)
    assert found.json == {"a": 1}
    assert found.request.body != found.plain


def test_a_bomb_is_not_inflated() -> None:
    bomb = gzip.compress(b"\0" * 2_000_000)
    assert inflate(bomb, "gzip", limit=1_000_000) == bomb
    assert len(inflate(bomb, "gzip", limit=2_000_000)) == 2_000_000


def test_a_body_that_is_not_compressed_as_it_says_is_read_as_received() -> None:
    assert payload(b'{"a":1}', Content_Encoding="gzip").json == {"a": 1}
    assert payload(b'{"a":1}', Content_Encoding="br").json == {"a": 1}


@given(st.binary(max_size=60), st.sampled_from(["", "gzip", "deflate", "br"]))
def test_no_body_raises(body: bytes, coding: str) -> None:
    found = payload(body, Content_Type="application/x-www-form-urlencoded", Content_Encoding=coding)
    assert found.json is not None or body.strip() == b"null"
    assert isinstance(found.form, tuple)
