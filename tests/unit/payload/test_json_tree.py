"""The JSON tree loses nothing, names the place of an error, and bears any depth."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.payload.json_errors import JsonSyntaxError
from inspector.payload.json_tree import JsonTree, parse_json_tree, scan_json
from inspector.payload.node import ROOT, NodeKind


def value_of(tree: JsonTree, node: int = ROOT) -> Any:
    """Return the Python value of a node, as json.loads gives it."""
    kind = tree.kind(node)
    children = tree.children(node, tree.counts[node])
    if kind is NodeKind.OBJECT:
        return {tree.name(child): value_of(tree, child) for child in children}
    if kind is NodeKind.ARRAY:
        return [value_of(tree, child) for child in children]
    return tree.text(node) if kind is NodeKind.STRING else json.loads(tree.text(node))


def paths(tree: JsonTree) -> list[str]:
    return [tree.path(node) for node in range(len(tree))]


@pytest.mark.parametrize(
    "number", ["0", "-0", "1.0", "84.50", "1e400", "-1E-7", "123456789012345678901234567890", "0.1000000000000000055"]
)
def test_a_number_is_kept_exactly_as_sent(number: str) -> None:
    tree = parse_json_tree(f'{{"n": {number} }}')
    assert tree.text(1) == number
    assert tree.kind(1) is NodeKind.NUMBER


def test_repeated_names_are_all_kept_in_order() -> None:
    tree = parse_json_tree('{"a":1,"b":2,"a":3}')
    found = [(tree.name(node), tree.text(node)) for node in tree.children(ROOT, 9)]
    assert found == [("a", "1"), ("b", "2"), ("a", "3")]


def test_a_string_is_decoded_for_display_and_reachable_as_sent() -> None:
    tree = parse_json_tree(r'["caf\u00e9 \"\/\n \ud83d\ude00"]')
    assert tree.text(1) == 'café "/\n 😀'
    assert tree.raw(1) == r'"caf\u00e9 \"\/\n \ud83d\ude00"'


def test_a_container_is_reachable_as_sent_with_its_blanks() -> None:
    tree = parse_json_tree(' {"a" : [ 1 ,2 ] , "b":{ } }\n')
    assert tree.raw(1) == "[ 1 ,2 ]"
    assert tree.raw(4) == "{ }"
    assert tree.raw(ROOT) == '{"a" : [ 1 ,2 ] , "b":{ } }'


def test_paths_quote_odd_names_and_count_elements() -> None:
    tree = parse_json_tree('{"metadata":{"odd key":[{"x\\"y":1}],"content-type":0}}')
    assert paths(tree) == [
        "$",
        "$.metadata",
        '$.metadata["odd key"]',
        '$.metadata["odd key"][0]',
        '$.metadata["odd key"][0]["x\\"y"]',
        '$.metadata["content-type"]',
    ]


def test_a_hundred_thousand_nested_arrays_are_read() -> None:
    depth = 100_000
    tree = parse_json_tree("[" * depth + "]" * depth)
    assert len(tree) == depth
    assert tree.path(depth - 1) == "$" + "[0]" * (depth - 1)
    assert tree.ends[ROOT] == depth


def test_reading_pauses_every_few_hundred_values_at_any_depth() -> None:
    flat, deep = "[" + "1," * 9_999 + "1]", "[" * 10_000 + "]" * 10_000
    for text in (flat, deep):
        assert sum(1 for _ in scan_json(text)) >= 10_000 // 400


def test_children_of_a_long_array_are_looked_up_only_as_far_as_needed() -> None:
    tree = parse_json_tree("[" + ",".join(["[1]"] * 20_000) + "]")
    assert tree.counts[ROOT] == 20_000
    assert tree.child(ROOT, 2) == 5
    assert len(tree._children[ROOT]) == 3


def test_json_lines_are_the_elements_of_an_array() -> None:
    tree = parse_json_tree('{"a":1}\n[2]\n\n"x"\n', many=True)
    assert [tree.raw(node) for node in tree.children(ROOT, 9)] == ['{"a":1}', "[2]", '"x"']


def test_a_byte_order_mark_is_no_error() -> None:
    assert parse_json_tree("\ufeff[1]").text(1) == "1"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"a": 1,\n "b": 2\n "c": 3}', "Line 3, column 2: expected a comma."),
        ('{"a":1,}', "Line 1, column 8: expected a name after the comma."),
        ("[1,]", "Line 1, column 4: expected a value after the comma."),
        ('{"a" 1}', "Line 1, column 6: expected a colon after the name."),
        ("{'a':1}", "Line 1, column 2: names need double quotes."),
        ("{a:1}", "Line 1, column 2: names need double quotes."),
        ("['a']", "Line 1, column 2: text needs double quotes."),
        ('{"a":NaN}', "Line 1, column 6: NaN is not a JSON value."),
        ('{"a":01}', "Line 1, column 7: a number cannot start with 0."),
        ("[1}", "Line 1, column 3: expected a comma or ], found }."),
        ("1 2", "Line 1, column 3: more text follows the end of the JSON value."),
        ('{"a":"b', "Line 1, column 6: the text that begins here has no closing quote."),
        (r'["\q"]', r"Line 1, column 3: \q is not an escape that JSON knows."),
        ('["a\tb"]', "Line 1, column 4: the control character U+0009 must be escaped inside text."),
        ("[1, // no\n2]", "Line 1, column 5: JSON has no comments."),
        ("[1,2", "Line 1, column 5: the body ends before the array from line 1 is closed."),
        ("\n\n  ", "Line 3, column 3: there is no JSON value."),
        ('{"a":', "Line 1, column 6: the body ends where a value should follow."),
        ("[1,\u00a02]", "Line 1, column 4: the character U+00A0 is not allowed between values."),
    ],
)
def test_an_error_says_where_and_what_was_expected(text: str, sentence: str) -> None:
    with pytest.raises(JsonSyntaxError) as caught:
        parse_json_tree(text)
    assert str(caught.value) == sentence


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


@given(json_values, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_every_json_text_is_read_as_the_standard_library_reads_it(
    value: Any, ascii_only: bool, indent: int | str | None
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert value_of(parse_json_tree(text)) == value


@given(st.text(alphabet='{}[]",:0123456789.eE+-truefalsn\\u \n', max_size=24))
def test_a_text_is_json_exactly_when_the_standard_library_says_so(text: str) -> None:
    try:
        expected = json.loads(text, parse_constant=_refuse, strict=True)
    except ValueError:
        with pytest.raises(JsonSyntaxError):
            parse_json_tree(text)
    else:
        found = value_of(parse_json_tree(text))
        assert found == expected or (isinstance(found, float) and math.isinf(found))


def _refuse(name: str) -> None:
    raise ValueError(name)
