"""Bodies as text, as hex, laid out, and cut into rows."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from inspector.payload.hexdump import HexDump
from inspector.payload.json_tree import parse_json_tree
from inspector.payload.lines import LONGEST_ROW, split_lines
from inspector.payload.pretty import pretty_json, pretty_xml
from inspector.payload.steps import finish
from inspector.payload.text import decode_json, decode_visibly, is_binary
from inspector.payload.tree_search import match_nodes

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


def test_laid_out_json_keeps_numbers_and_escapes_as_sent() -> None:
    text = '{"a":1.0,"s":"\\u00e9\\/","list":["x","y"],"deep":[{"n":-0}],"o":{},"l":[]}'
    assert finish(pretty_json(parse_json_tree(text))) == [
        "{",
        '  "a": 1.0,',
        '  "s": "\\u00e9\\/",',
        '  "list": ["x", "y"],',
        '  "deep": [',
        "    {",
        '      "n": -0',
        "    }",
        "  ],",
        '  "o": {},',
        '  "l": []',
        "}",
    ]


@given(json_values)
def test_laying_out_changes_no_value(value: Any) -> None:
    laid_out = "\n".join(finish(pretty_json(parse_json_tree(json.dumps(value)))))
    assert json.loads(laid_out) == value


def test_laid_out_json_of_any_depth_stays_narrow() -> None:
    lines = finish(pretty_json(parse_json_tree("[" * 5_000 + "1,[2]" + "]" * 5_000)))
    assert max(map(len, lines)) < 250


def test_laid_out_xml_keeps_every_tag_and_text() -> None:
    assert finish(pretty_xml('<?xml version="1.0"?><a x="1"><b>hi</b><c/><d>t<e>u</e></d></a>')) == [
        '<?xml version="1.0"?>',
        '<a x="1">',
        "  <b>hi</b>",
        "  <c/>",
        "  <d>",
        "    t",
        "    <e>u</e>",
        "  </d>",
        "</a>",
    ]


def test_a_hex_dump_shows_offset_bytes_and_characters() -> None:
    dump = HexDump(b"hello\x00world, 16+", 16)
    assert dump.row_count == 1
    assert dump.line(0) == "0000  68 65 6c 6c 6f 00 77 6f  72 6c 64 2c 20 31 36 2b  hello.world, 16+"
    assert len(dump.line(0)) == dump.columns
    assert HexDump(b"x" * 70_000).line(0).startswith("00000000  78")


@given(st.binary(max_size=200))
def test_a_hex_dump_holds_every_byte(data: bytes) -> None:
    dump = HexDump(data, 8)
    assert bytes.fromhex("".join(dump.parts(row)[1] for row in range(dump.row_count))) == data


def test_bytes_that_are_not_of_the_charset_are_shown_and_counted() -> None:
    decoded = decode_visibly(b"caf\xe9 \xff\x00\r\nnext", "text/plain; charset=utf-8")
    assert decoded.text == "caf\\xe9 \\xff␀\nnext"
    assert (decoded.charset, decoded.bad_bytes) == ("UTF-8", 2)


def test_the_named_charset_is_used_and_an_unknown_one_is_not() -> None:
    assert decode_visibly(b"caf\xe9", "text/plain; charset=latin-1").text == "café"
    assert decode_visibly("é".encode(), "text/plain; charset=klingon").text == "é"
    assert decode_visibly(b"hi", "text/plain; charset=hex").text == "hi"


def test_json_is_decoded_by_its_byte_order_mark() -> None:
    assert json.loads(decode_json('{"a":"é"}'.encode("utf-16"))) == {"a": "é"}
    assert decode_json(b'"\xff"') == '"\udcff"'


def test_binary_is_told_from_text() -> None:
    assert is_binary(b"\x89PNG\r\n\x1a\n\x00\x00")
    assert not is_binary("größer\n".encode())


def test_rows_of_a_text_keep_their_line_numbers_and_cut_long_lines() -> None:
    lines = finish(split_lines("a\n" + "b" * (LONGEST_ROW + 5) + "\n"))
    assert [lines.row(row)[:3] for row in range(lines.row_count)] == ["a", "bbb", "bbb", ""]
    assert [lines.label(row) for row in range(lines.row_count)] == ["1", "2", "", "3"]
    assert lines.row_at(2 + LONGEST_ROW) == 2


@given(st.text(alphabet="ab\n", max_size=60))
def test_rows_of_a_text_put_together_are_the_text(text: str) -> None:
    lines = finish(split_lines(text))
    assert "\n".join(lines.row(row) for row in range(lines.row_count)) == text


def visible(text: str, wanted: str) -> list[str]:
    """Return the paths a search leaves visible in a JSON text."""
    tree = parse_json_tree(text)
    kept = finish(match_nodes(tree, wanted))
    return [tree.path(node) for nodes in kept.values() for node in nodes]


def test_a_search_keeps_matches_and_the_way_to_them() -> None:
    text = '{"a":{"x":"Nope","y":["hit","no"]},"hit":{"deep":1},"n":12.50}'
    assert sorted(visible(text, "HIT")) == ["$.a", "$.a.y", "$.a.y[0]", "$.hit"]
    assert visible(text, "12.5") == ["$.n"]
    assert visible(text, "absent") == []
