"""Selectors lead to one value, or with [] to several."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.payload.selector import EACH, MISSING, find, find_all, parse_selector

DOCUMENT: dict[str, Any] = {
    "a": {"b": [{"c": 1}, {"c": 2}, {}], "0": "zero", "x.y": "dotted", 'q"': "quoted"},
    "n": None,
}


@pytest.mark.parametrize(
    ("selector", "value"),
    [
        ("a.b[1].c", 2),
        ("$.a.b[0].c", 1),
        ("a.b.1.c", 2),
        ("a.0", "zero"),
        ("a[0]", "zero"),
        ('a["x.y"]', "dotted"),
        ('a["q\\""]', "quoted"),
        ("n", None),
        ("", DOCUMENT),
        ("$", DOCUMENT),
        ("a.b[9]", MISSING),
        ("a.b.c", MISSING),
        ("n.x", MISSING),
        ("missing", MISSING),
    ],
)
def test_a_selector_leads_to_one_value(selector: str, value: Any) -> None:
    assert find(DOCUMENT, selector) == value


@pytest.mark.parametrize(
    ("selector", "values"),
    [
        ("a.b[].c", [1, 2]),
        ("a.b[*].c", [1, 2]),
        ("a[].0", ["zero"]),
        ("missing[].c", []),
    ],
)
def test_each_fans_out(selector: str, values: list[Any]) -> None:
    assert find_all(DOCUMENT, selector) == values


@pytest.mark.parametrize("text", ["a[", "a[x]", "a]", "a..b", 'a["x', "."])
def test_a_selector_that_cannot_be_read_names_the_place(text: str) -> None:
    with pytest.raises(ValueError, match="cannot read"):
        parse_selector(text)


def test_steps_are_names_indexes_and_each() -> None:
    assert parse_selector("a[0][].b") == ("a", 0, EACH, "b")


@pytest.mark.parametrize("digit", ["²", "①", "٣", "१"])
def test_a_digit_of_another_script_is_a_name_not_an_index(digit: str) -> None:
    assert find([1, 2, 3, 4], digit) is MISSING


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = find(DOCUMENT, text)
    except ValueError:
        return
    assert found is MISSING or found is not None or text
