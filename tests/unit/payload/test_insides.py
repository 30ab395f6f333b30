"""Values say what they hold, and open into trees of their own; ids and words stay plain values."""

from __future__ import annotations

import base64
import gzip
import json
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.payload.contents import Contents
from inspector.payload.grove import Grove
from inspector.payload.insides import (
    InsideKind,
    NotOpenedError,
    as_base64,
    bytes_of,
    inside_of,
    scan_inside,
)
from inspector.payload.json_tree import parse_json_tree
from inspector.payload.node import ROOT, NodeKind, Tree
from inspector.payload.steps import finish
from inspector.payload.tree_search import match_nodes

INNER = json.dumps({"messageId": "m1", "eventType": "DELIVERED", "to": [1.0]})


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def png(width: int = 2, height: int = 3) -> bytes:
    """Return a PNG of grey pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + b"\x80" * width for _row in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def jwt(claims: object, header: str = '{"alg":"HS256"}') -> str:
    parts = [header.encode(), json.dumps(claims).encode(), b"\x01\x02"]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def opened(text: str) -> list[tuple[str, str]]:
    """Return paths and texts of what a value holds."""
    inside = inside_of(NodeKind.STRING, text)
    assert inside is not None
    tree = finish(scan_inside(text, inside))
    return [(tree.path(node), tree.text(node)) for node in range(len(tree)) if not tree.kind(node).is_container]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (INNER, InsideKind.JSON, "JSON in a string"),
        (json.dumps(INNER), InsideKind.JSON, "JSON in a string"),
        ("[]", InsideKind.JSON, "JSON in a string"),
        (b64(INNER.encode()), InsideKind.BASE64, "base64, JSON inside"),
        (b64(b'{"a":"\xc3\xbf?>"}').replace("/", "_").rstrip("="), InsideKind.BASE64, "base64, JSON inside"),
        (b64(INNER.encode() + b" " * 9000), InsideKind.BASE64, "base64, JSON inside"),
        (b64(b"Hello, is anybody there?"), InsideKind.BASE64, "base64, text inside"),
        ("data:text/plain;x=y;base64," + b64(b"Hello, is anyone there?"), InsideKind.BASE64, "base64, text inside"),
        (b64(png(20, 30)), InsideKind.BASE64, "base64, PNG image, 20 × 30"),
        (b64(gzip.compress(INNER.encode())), InsideKind.BASE64, "base64, gzip inside"),
        (jwt({"sub": "7"}), InsideKind.JWT, "JWT, not verified"),
        ("https://x.example/a?b=c", InsideKind.LINK, ""),
        ("<?xml version='1.0'?><a/>", InsideKind.XML, "XML in a string"),
    ],
)
def test_a_text_says_what_it_holds(text: str, kind: InsideKind, words: str) -> None:
    inside = inside_of(NodeKind.STRING, text)
    assert inside is not None
    assert (inside.kind, inside.words) == (kind, words)


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "{name}", "[1", "hello", "deliveredmessage", "msg_8f31c07aabcd1234", "a" * 64, "4f5a9c0d" * 8),
        *("1234567890123456", "+14155550132", "2024-12-20T14:23:44Z", "https://x.example/a", "eyJ.a.b"),
        *("0f8fad5b-d9cb-469f-a165-70867728950e", "U2VlIHlvdQ==", "AAAAAAAAAAAAAAAAAAAAAAAA"),
    ],
)
def test_ids_words_and_plain_links_hold_nothing(text: str) -> None:
    assert inside_of(NodeKind.STRING, text) is None


def test_numbers_hold_nothing() -> None:
    assert inside_of(NodeKind.NUMBER, "1234567890123456") is None


def test_json_inside_keeps_its_spelling() -> None:
    assert opened(b64(INNER.encode()))[-1] == ("$.to[0]", "1.0")
    assert opened(json.dumps(INNER)) == [("$.value", INNER)]


def test_a_token_shows_header_and_claims_and_does_not_claim_to_be_checked() -> None:
    rows = dict(opened(jwt({"sub": "7", "exp": 1734704625})))
    assert rows == {"$.header.alg": "HS256", "$.claims.sub": "7", "$.claims.exp": "1734704625", "$.signature": "AQI"}
    assert "not verified" in inside_of(NodeKind.STRING, jwt({})).words  # type: ignore[union-attr]


def test_a_link_shows_its_parameters_decoded() -> None:
    assert opened("https://x.example:8443/p?to=%2B1415&to=2&empty=#end") == [
        ("$.host", "x.example:8443"),
        ("$.path", "/p"),
        ("$.parameters.to", "+1415"),
        ("$.parameters.to", "2"),
        ("$.parameters.empty", ""),
        ("$.fragment", "end"),
    ]


def test_gzip_inside_base64_is_unpacked() -> None:
    assert ("$.messageId", "m1") in opened(b64(gzip.compress(INNER.encode())))


def test_a_picture_inside_says_what_it_is() -> None:
    ((path, text),) = opened(b64(png(20, 30)))
    assert path == "$.picture"
    assert text.startswith("PNG image, 20 × 30, ")
    assert bytes_of(b64(png())) == png()


def test_any_base64_can_be_opened_when_asked_for() -> None:
    inside = as_base64("AAECAwQFBgc=")
    assert inside is not None
    tree = finish(scan_inside("AAECAwQFBgc=", inside))
    assert tree.text(1) == "8 bytes: 00 01 02 03 04 05 06 07"
    assert as_base64("not base64!") is None
    assert inside.contents is Contents.BINARY


@given(
    st.text() | st.binary().map(b64) | st.text().map(lambda text: "{" + text) | st.from_regex(r"eyJ[\w-]*\.[\w-]*\.x")
)
def test_no_text_makes_the_look_or_the_opening_fail(text: str) -> None:
    for inside in (inside_of(NodeKind.STRING, text), as_base64(text)):
        if inside is not None:
            try:
                tree = finish(scan_inside(text, inside))
            except NotOpenedError:
                continue
            assert tree.kind(ROOT).is_container


# -- under the node that holds it -------------------------------------------------------------------------------


def grown(body: object, path: str) -> Grove:
    """Return a body's tree with the value at a path opened."""
    grove = Grove(parse_json_tree(json.dumps(body)))
    node = grove.find(path)
    assert node is not None
    inside = inside_of(NodeKind.STRING, grove.text(node))
    assert inside is not None
    grove.join(finish(grove.prepare(node, finish(scan_inside(grove.text(node), inside)))))
    return grove


def leaves(tree: Tree) -> dict[str, str]:
    return {
        tree.path(node): tree.text(node) for node in range(1, len(tree)) if tree.name(node) or tree.is_element(node)
    }


def test_what_a_value_holds_stands_under_it_with_the_way_through_it() -> None:
    grove = grown({"message": {"data": b64(INNER.encode()), "id": 5}, "n": 1}, "$.message.data")
    paths = leaves(grove)
    assert paths["$.message.data -> $.messageId"] == "m1"
    assert paths["$.message.data -> $.to[0]"] == "1.0"
    assert paths["$.message.id"] == "5"
    host = grove.find("$.message.data")
    assert host is not None
    assert [grove.name(child) for child in grove.children(host, 9)] == ["messageId", "eventType", "to"]
    assert grove.body_size == 5


def test_elements_of_an_opened_array_have_their_index() -> None:
    grove = grown({"list": "[10,20]"}, "$.list")
    assert {"$.list -> $[0]": "10", "$.list -> $[1]": "20"}.items() <= leaves(grove).items()


def test_a_value_inside_an_opened_value_opens_too() -> None:
    grove = grown({"a": json.dumps({"b": INNER})}, "$.a")
    node = next(node for node in range(len(grove)) if node and grove.name(node) == "b")
    inside = inside_of(NodeKind.STRING, grove.text(node))
    assert inside is not None
    grove.join(finish(grove.prepare(node, finish(scan_inside(grove.text(node), inside)))))
    assert leaves(grove)["$.a -> $.b -> $.messageId"] == "m1"


def test_a_tree_that_was_numbered_too_early_is_not_joined() -> None:
    grove = Grove(parse_json_tree('{"a":"[1]","b":"[2]"}'))
    first, second = (finish(grove.prepare(node, parse_json_tree(grove.text(node)))) for node in (1, 2))
    grove.join(first)
    with pytest.raises(ValueError, match="another tree was joined"):
        grove.join(second)


def test_a_search_finds_what_was_opened_and_keeps_the_way_to_it() -> None:
    grove = grown({"x": 1, "message": {"data": b64(INNER.encode()), "id": 5}, "y": 2}, "$.message.data")
    kept = finish(match_nodes(grove, "DELIVERED"))
    found = {grove.path(node) for nodes in kept.values() for node in nodes}
    assert found == {"$.message", "$.message.data", "$.message.data -> $.eventType"}


def test_a_container_that_is_kept_whole_keeps_all_beside_an_opened_match() -> None:
    grove = grown({"data": {"p": b64(b'{"data2":"xx"}'), "id": 5}}, "$.data.p")
    kept = finish(match_nodes(grove, "data"))
    assert {grove.path(node) for nodes in kept.values() for node in nodes} == {"$.data"}


@given(st.recursive(st.text(max_size=3) | st.integers(0, 9), lambda inner: st.lists(inner, max_size=4), max_leaves=8))
def test_every_node_is_the_child_of_its_parent(value: object) -> None:
    grove = grown({"a": 1, "b": json.dumps([value, {"k": value}]), "c": [2]}, "$.b")
    for node in range(1, len(grove)):
        parent = grove.parents[node]
        if parent >= 0:
            assert grove.child(parent, grove.rows[node]) == node


def test_long_base64_with_line_breaks_is_read_whole() -> None:
    value = [{"n": number} for number in range(40_000)]
    packed = base64.encodebytes(json.dumps(value).encode()).decode()
    assert len(packed) > 400_000
    assert opened(packed)[-1] == ("$[39999].n", "39999")
