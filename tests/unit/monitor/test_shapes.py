"""A payload that does not look as usual is told once, and only when enough was seen before."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.store.shapes import MOST_FIELDS, Drift, Shape, compare, fields_of, learn

USUAL = {"event": "message.delivered", "to": {"number": "+1"}, "cost": 1, "tags": ["a"]}


def learned(times: int = 50, value: Any = USUAL) -> Shape:
    shape = Shape(0, {})
    for _ in range(times):
        learn(shape, fields_of(value))
    return shape


def drifts(value: Any, shape: Shape | None = None) -> list[tuple[str, str]]:
    return [(drift.what, drift.field) for drift in compare(shape or learned(), fields_of(value), 50)]


def test_fields_are_ways_into_the_body_with_their_types() -> None:
    assert fields_of({"a": [{"b": 1}, {"b": None}], "c": True}) == {
        "a": {"list"},
        "a[]": {"object"},
        "a[].b": {"number", "null"},
        "c": {"truth"},
    }


def test_an_event_as_usual_is_no_news() -> None:
    assert drifts(USUAL) == []
    assert drifts({**USUAL, "cost": 2.5, "tags": []}) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({name: value for name, value in USUAL.items() if name != "cost"}, [("missing", "cost")]),
        ({**USUAL, "cost": "1.00"}, [("type", "cost")]),
        ({**USUAL, "price": 3}, [("new", "price")]),
        ({**USUAL, "to": {"number": "+1", "name": "Ann"}}, [("new", "to.name")]),
        ({**USUAL, "to": {}}, [("missing", "to.number")]),
    ],
)
def test_what_is_missing_new_or_of_another_type_is_told(value: Any, expected: list[tuple[str, str]]) -> None:
    assert drifts(value) == expected


def test_a_part_that_is_missing_whole_is_told_once_and_not_field_by_field() -> None:
    assert drifts({name: value for name, value in USUAL.items() if name != "to"}) == [("missing", "to")]


def test_nothing_is_usual_before_enough_were_seen() -> None:
    assert drifts({"other": 1}, learned(49)) == []


def test_what_was_told_is_usual_from_then_on() -> None:
    shape = learned()
    learn(shape, fields_of({**USUAL, "price": 3}))
    assert drifts({**USUAL, "price": 4}, shape) == []
    learn(shape, fields_of({"event": "x"}))
    assert drifts({"event": "x"}, shape) == []


def test_a_body_that_uses_data_as_keys_is_given_up() -> None:
    shape = learned(50, {f"id_{number}": 1 for number in range(MOST_FIELDS + 1)})
    assert shape.is_given_up
    assert compare(shape, fields_of({"other": 1}), 50) == []


def test_a_drift_says_what_was_before() -> None:
    assert compare(learned(), fields_of({**USUAL, "cost": "1"}), 50) == [
        Drift("type", "cost", "was number, came as text")
    ]
