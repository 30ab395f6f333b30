"""Structured fields are read as RFC 8941 says, and written back in the one strict form."""

from __future__ import annotations

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.signatures.structured_fields import (
    Bare,
    InnerList,
    Item,
    Value,
    parse_dictionary,
    parse_item,
    parse_list,
    write_dictionary,
    write_list,
    write_member,
)

STRICT = {
    "a=1": "a=1",
    "a=1,b=2": "a=1, b=2",
    "a , b": "a, b",
    "a=?1": "a",
    "a=?0;x": "a=?0;x",
    'a="x\\"y\\\\z"': 'a="x\\"y\\\\z"',
    "a=:aGVsbG8=:": "a=:aGVsbG8=:",
    "a=:aGVsbG8:": "a=:aGVsbG8=:",
    "a=(1  2 );q=1.500": "a=(1 2);q=1.5",
    "a=()": "a=()",
    "a=-0.5": "a=-0.5",
    "a=2.0": "a=2.0",
    "a=*tok/en:x": "a=*tok/en:x",
    "a=1, a=2": "a=2",
    "a;b; c=1": "a;b;c=1",
    "": "",
}


@pytest.mark.parametrize("text", STRICT)
def test_a_dictionary_is_written_in_its_strict_form(text: str) -> None:
    assert write_dictionary(parse_dictionary(text)) == STRICT[text]


@pytest.mark.parametrize(
    "text", ["A=1", "a=", "a=1,", "a=1 b", "a=(1", "a=(1,2)", 'a="x', "a=:x", "a=:!:", "1", ",a", 'a="é"']
)
def test_what_is_no_dictionary_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_dictionary(text)


def test_lists_and_items_are_read_too() -> None:
    assert write_list(parse_list("1,  (a b);c, x")) == "1, (a b);c, x"
    assert parse_item("5;q=0.5") == Item(5, {"q": Decimal("0.5")})
    with pytest.raises(ValueError, match="more than one"):
        parse_item("5, 6")


TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
VALUES: st.SearchStrategy[Value] = st.one_of(
    TEXTS,
    st.binary(max_size=12),
    st.booleans(),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.decimals(-(10**9), 10**9, places=2),
    st.from_regex(r"\A[A-Za-z*][A-Za-z0-9:/._-]{0,8}\Z").map(Bare),
)
PARAMS = st.dictionaries(st.from_regex(r"\A[a-z*][a-z0-9_.*-]{0,6}\Z"), VALUES, max_size=3)
ITEMS = st.builds(Item, VALUES, PARAMS)
LISTS = st.builds(InnerList, st.lists(ITEMS, max_size=3).map(tuple), PARAMS)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.from_regex(r"\A[a-z*][a-z0-9_.*-]{0,6}\Z"), ITEMS | LISTS, max_size=4))
def test_what_is_written_is_read_back(members: dict[str, Item | InnerList]) -> None:
    text = write_dictionary(members)
    assert {key: write_member(member) for key, member in parse_dictionary(text).items()} == {
        key: write_member(member) for key, member in members.items()
    }


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=30) | st.text('ab=1,;()":?*. \\', max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (parse_dictionary, parse_list, parse_item):
        with contextlib.suppress(ValueError):
            read(text)
