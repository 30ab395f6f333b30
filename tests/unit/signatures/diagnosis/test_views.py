"""What is shown of a signature: its signed text byte by byte, and where two signatures first differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.secret import Secret
from inspector.payload.body import Payload
from inspector.signatures.diagnosis.side_by_side import side_by_side
from inspector.signatures.diagnosis.signed_text import Part, Run, runs, signed_parts
from inspector.signatures.engine import signed_bytes
from inspector.signatures.recipe import parse_recipe
from tests.builders import a_request, headers_of
from tests.unit.signatures.diagnosis.broken import BODY_SCHEMES, RBM, TWILIO, URL, Scheme


@pytest.mark.parametrize("scheme", [*BODY_SCHEMES, TWILIO, RBM], ids=lambda scheme: scheme.id)
def test_the_parts_make_up_the_signed_text(scheme: Scheme) -> None:
    request, secret = scheme.signed(), Secret(scheme.secret)
    recipe = scheme.profile.recipes[1] if scheme is TWILIO else scheme.profile.recipes[0]
    parts = signed_parts(request, recipe, url=URL, secret=secret)
    whole = signed_bytes(request, Payload(request), recipe, url=URL, secret=secret)
    assert b"".join(part.data for part in parts) == whole
    assert all(part.source or part.data for part in parts)


def test_each_part_says_where_it_came_from() -> None:
    recipe = parse_recipe({"signature": "header:X-Sig", "signed": "v0:{header:X-Time}:[[{body}]]"}, "x.toml: signing")
    request = a_request(b"hello", headers=headers_of([("X-Time", "17"), ("X-Sig", "00")]))
    assert signed_parts(request, recipe) == (
        Part("", b"v0:"),
        Part("X-Time", b"17"),
        Part("", b":{"),
        Part("raw body", b"hello"),
        Part("", b"}"),
    )


def test_the_secret_in_a_hashed_text_is_marked() -> None:
    recipe = parse_recipe({"kind": "hash", "signature": "header:X-Sig", "signed": "{secret}{body}"}, "x.toml: signing")
    first, second = signed_parts(a_request(b"hello"), recipe, secret=Secret("shh"))
    assert (first.hidden, second.hidden) == (True, False)


def test_nothing_is_shown_where_a_part_was_not_sent() -> None:
    recipe = parse_recipe({"signature": "header:X-Sig", "signed": "{header:X-Time}{body}"}, "x.toml: signing")
    assert signed_parts(a_request(b"hello"), recipe) == ()


def test_bytes_that_cannot_be_seen_are_named() -> None:
    assert runs(b"\xef\xbb\xbfa\r\nb\xff") == [
        Run("\\xef\\xbb\\xbf", "escape"),
        Run("a", "plain"),
        Run("\\r", "escape"),
        Run("\\n", "escape"),
        Run("\nb", "plain"),
        Run("\\xff", "escape"),
    ]
    assert runs("ë".encode()) == [Run("ë", "wide"), Run("\\xc3\\xab", "escape")]
    assert runs(b"abcdef", 4)[-1].text == "… 2 more bytes"


@given(st.binary(max_size=200))
def test_any_bytes_can_be_shown(data: bytes) -> None:
    assert "".join(run.text for run in runs(data)) or not data


@pytest.mark.parametrize(
    ("expected", "got", "at", "words"),
    [
        ("abcd", "abcd", -1, "Both are the same."),
        ("abcd", "abxd", 2, "The first difference is at character 3 of 4."),
        ("abcd", "ab", 2, "The one received ends after 2 of 4 characters."),
        ("ab", "abcd", 2, "The one received goes on after 2 characters."),
        ("abcd", "xbcd", 0, "They differ from the first character on."),
        ("abcd", "abCd", 2, "They differ in capital and small letters only."),
    ],
)
def test_the_first_difference_is_found_and_told(expected: str, got: str, at: int, words: str) -> None:
    found = side_by_side(expected, got)
    assert (found.at, found.words) == (at, words)
