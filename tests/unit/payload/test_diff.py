"""Two trees side by side: what changed, what came, what went, what moved, and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.payload.diff import MOST_KEPT, Change, TreeDiff, diff_trees
from inspector.payload.form_tree import parse_form_tree
from inspector.payload.json_tree import parse_json_tree
from inspector.payload.node import Tree
from inspector.payload.steps import finish
from inspector.payload.xml_tree import scan_xml

NAMES = st.sampled_from(["a", "b", "c", "id", "time"])
LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "1", "x y", "\ud800"])
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(NAMES, inner), max_leaves=14)


def compared(before: str, after: str) -> TreeDiff:
    return finish(diff_trees(parse_json_tree(before), parse_json_tree(after)))


def told(diff: TreeDiff) -> list[tuple[str, str]]:
    return [(item.change.value, item.path) for item in diff.differences]


def counted(diff: TreeDiff) -> Counter[Change]:
    return Counter(item.change for item in diff.differences)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ('{"a": 1}', '{"a":1}', []),
        ('{"a": "\\u0041"}', '{"a": "A"}', []),
        ('{"a": 1}', '{"a": 1.0}', [("changed", "$.a")]),
        ('{"a": 1}', '{"a": "1"}', [("changed", "$.a")]),
        ('{"id": 12345678901234567890}', '{"id": 12345678901234567891}', [("changed", "$.id")]),
        ('{"a": 1, "a": 2}', '{"a": 2}', [("removed", "$.a")]),
        ('{"a": 1}', '{"a": 1, "b": {"c": 2}}', [("added", "$.b")]),
        ('{"a": {"b": [1, 2]}}', '{"a": {"b": [1, 3]}}', [("changed", "$.a.b[1]")]),
        ('{"a": 1, "b": 2, "c": 3}', '{"c": 3, "a": 1, "b": 2}', [("moved", "$.c")]),
        ("[1, 2, 3]", "[0, 1, 2, 3]", [("added", "$[0]")]),
        ("[1, 2, 3]", "[1, 3]", [("removed", "$[1]")]),
        ("[1, 2, 3]", "[3, 1, 2]", [("moved", "$[0]")]),
        ("null", '{"a": 2}', [("changed", "$")]),
        ('{"odd key": 1}', '{"odd key": 2}', [("changed", '$["odd key"]')]),
        (
            '[{"id": 1, "s": "sent"}, {"id": 2, "s": "sent"}]',
            '[{"id": 0, "s": "new"}, {"id": 1, "s": "sent"}, {"id": 2, "s": "read"}]',
            [("added", "$[0]"), ("changed", "$[2].s")],
        ),
        ('{"x": 1, "gone": 2, "y": 3}', '{"x": 1, "come": 2, "y": 4}', [
            ("added", "$.come"), ("removed", "$.gone"), ("changed", "$.y"),
        ]),
    ],
)  # fmt: skip
def test_differences_are_told_by_place(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    assert sorted(told(compared(before, after))) == sorted(expected)


def test_differences_stand_in_the_order_of_the_newer_body() -> None:
    before = {"event": "e", "time": 1, "to": "a", "delivery": {"ms": 1}, "meta": {"u": 1}}
    after = {"event": "e", "time": 2, "to": "b", "delivery": {"ms": 2}, "meta": {"u": 1, "value": 84.5}}
    diff = compared(json.dumps(before), json.dumps(after))
    assert told(diff) == [
        ("changed", "$.time"),
        ("changed", "$.to"),
        ("changed", "$.delivery.ms"),
        ("added", "$.meta.value"),
    ]
    assert diff.equal_fields == 2


def test_what_is_inside_an_element_that_moved_and_one_that_changed_is_told_apart() -> None:
    before = [{"id": 1, "to": "a"}, {"id": 2, "to": "b"}, {"id": 3, "to": "c"}]
    after = [{"id": 3, "to": "c"}, {"id": 1, "to": "a"}, {"id": 2, "to": "z"}]
    assert told(compared(json.dumps(before), json.dumps(after))) == [("moved", "$[0]"), ("changed", "$[2].to")]


def test_forms_are_compared_by_field_with_repeats_aligned() -> None:
    diff = finish(diff_trees(parse_form_tree("a=1&b=2&b=3"), parse_form_tree("a=1&b=0&b=2&b=3&c=4")))
    assert told(diff) == [("added", "$.b"), ("added", "$.c")]
    assert diff.after.text(diff.differences[0].after) == "0"


def test_xml_is_compared_by_element_and_attribute() -> None:
    old = finish(scan_xml(b'<r><m id="1"><s>SENT</s></m></r>'))
    new = finish(scan_xml(b'<r><m id="2"><s>READ</s></m></r>'))
    assert told(finish(diff_trees(old, new))) == [("changed", '$.r.m["@id"]'), ("changed", "$.r.m.s")]


def test_deep_nesting_and_long_arrays_are_no_trouble() -> None:
    deep = "[" * 20_000 + "%d" + "]" * 20_000
    diff = compared(deep % 1, deep % 2)
    assert [item.change for item in diff.differences] == [Change.CHANGED]
    long = [*range(20_000)]
    assert told(compared(json.dumps(long), json.dumps([-1, *long[:500], *long[501:]]))) == [
        ("added", "$[0]"),
        ("removed", "$[500]"),
    ]


def test_more_differences_than_can_be_read_are_counted() -> None:
    diff = compared(json.dumps({str(n): 0 for n in range(6_000)}), json.dumps({str(n): 1 for n in range(6_000)}))
    assert len(diff.differences) == MOST_KEPT
    assert diff.left_out == 4_000


def test_long_work_pauses_in_between() -> None:
    one = json.dumps([{"id": number} for number in range(2_000)])
    steps = diff_trees(parse_json_tree(one), parse_json_tree(one.replace("1999", "5")))
    assert sum(1 for _share in steps) > 10


@given(VALUES)
def test_equal_values_have_no_differences(value: Any) -> None:
    diff = compared(json.dumps(value), json.dumps(value, indent=3))
    assert diff.differences == ()
    assert diff.equal_fields == _leaf_count(parse_json_tree(json.dumps(value)))


@given(VALUES, VALUES)
def test_different_values_have_differences(one: Any, other: Any) -> None:
    before, after = json.dumps(one), json.dumps(other)
    assert (before == after) == (compared(before, after).differences == ())


@given(VALUES, VALUES)
def test_the_other_way_round_added_and_removed_change_places(one: Any, other: Any) -> None:
    there = counted(compared(json.dumps(one), json.dumps(other)))
    back = counted(compared(json.dumps(other), json.dumps(one)))
    assert there[Change.ADDED] == back[Change.REMOVED]
    assert there[Change.REMOVED] == back[Change.ADDED]
    assert there[Change.CHANGED] == back[Change.CHANGED]


@given(VALUES, VALUES)
def test_the_differences_lead_from_one_tree_to_the_other(one: Any, other: Any) -> None:
    diff = compared(json.dumps(one), json.dumps(other))
    for item in diff.differences:
        if item.change is Change.CHANGED:
            assert diff.before.raw(item.before) != diff.after.raw(item.after)
    # Every value of either tree is in one part: equal, changed, moved, or of one side only.
    for tree, side in ((diff.before, 0), (diff.after, 1)):
        seen: Counter[int] = Counter()
        tops = [(item.before, item.after)[side] for item in diff.differences]
        for top in [*tops, *(pair[side] for pair in diff.equal)]:
            if top >= 0:
                seen.update(node for node in range(top, tree.ends[top]) if not tree.kind(node).is_container)
        assert set(seen) >= {node for node in range(len(tree)) if not tree.kind(node).is_container}


def _leaf_count(tree: Tree) -> int:
    return sum(tree.counts[node] == 0 for node in range(len(tree)))
