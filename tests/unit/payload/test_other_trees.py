"""Forms, XML and multipart bodies become trees; what would expand entities is refused."""

from __future__ import annotations

import pytest

from inspector.payload.contents import Contents, contents_of, scan_tree
from inspector.payload.multipart_tree import MultipartError
from inspector.payload.node import Tree
from inspector.payload.steps import finish
from inspector.payload.xml_tree import XmlError


def read(body: bytes, contents: Contents, content_type: str = "") -> list[tuple[str, str]]:
    """Return paths and texts of a body's values."""
    tree: Tree = finish(scan_tree(body, contents, content_type))
    return [(tree.path(node), tree.text(node)) for node in range(len(tree)) if not tree.kind(node).is_container]


def test_form_fields_keep_order_repeats_and_blanks() -> None:
    assert read(b"Body=Hi+there&To=rcs%3A%2B1415&To=2&empty=&flag", Contents.FORM) == [
        ("$.Body", "Hi there"),
        ("$.To", "rcs:+1415"),
        ("$.To", "2"),
        ("$.empty", ""),
        ("$.flag", ""),
    ]


def test_form_bytes_that_are_not_utf8_stay_visible() -> None:
    assert read(b"a=%ff\xfe", Contents.FORM) == [("$.a", "\\xff\\xfe")]


def test_xml_elements_attributes_and_texts_become_members() -> None:
    body = b'<?xml version="1.0"?><s:env to="+1"><id>7</id><note>a<b/>c</note></s:env>'
    assert read(body, Contents.XML) == [
        ('$["s:env"]["@to"]', "+1"),
        ('$["s:env"].id', "7"),
        ('$["s:env"].note["#text"]', "a"),
        ('$["s:env"].note.b', ""),
        ('$["s:env"].note["#text"]', "c"),
    ]


def test_deeply_nested_xml_is_read() -> None:
    assert len(read(b"<a>" * 5_000 + b"x" + b"</a>" * 5_000, Contents.XML)) == 1


def test_a_document_type_is_refused_before_any_entity_is_expanded() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>'
    with pytest.raises(XmlError, match="declares a document type"):
        read(bomb, Contents.XML)


def test_broken_xml_names_the_place() -> None:
    with pytest.raises(XmlError, match=r"^Line 2, column 7: mismatched tag\.$"):
        read(b"<a>\n <b></a>", Contents.XML)


def test_multipart_parts_are_values_or_show_their_headers() -> None:
    body = (
        b'--B\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
        b'--B\r\nContent-Disposition: form-data; name="doc"; filename="a.bin"\r\n'
        b"Content-Type: application/pdf\r\n\r\n\x00\x01\x02\r\n--B--\r\n"
    )
    assert read(body, Contents.MULTIPART, 'multipart/form-data; boundary="B"') == [
        ("$.note", "hello"),
        ('$.doc["Content-Disposition"]', 'form-data; name="doc"; filename="a.bin"'),
        ('$.doc["Content-Type"]', "application/pdf"),
        ("$.doc.content", "3 bytes"),
    ]


def test_multipart_without_its_boundary_is_an_error() -> None:
    with pytest.raises(MultipartError, match="does not occur"):
        read(b"hello", Contents.MULTIPART, "multipart/mixed; boundary=B")


@pytest.mark.parametrize(
    ("body", "media_type", "contents"),
    [
        (b"", "application/json", Contents.EMPTY),
        (b"{}", "application/vnd.x+json", Contents.JSON),
        (b" [1]", "text/plain", Contents.JSON),
        (b'{"a":1}', "application/x-www-form-urlencoded", Contents.JSON),
        (b"a=1", "application/x-www-form-urlencoded", Contents.FORM),
        (b"<a/>", "", Contents.XML),
        (b"<!doctype html><p>", "text/html", Contents.TEXT),
        (b"{}\n{}", "application/x-ndjson", Contents.JSON_LINES),
        (b"hello", "", Contents.TEXT),
        (b"\x00\x01", "application/octet-stream", Contents.BINARY),
    ],
)
def test_the_kind_of_a_body_follows_its_type_and_then_its_beginning(
    body: bytes, media_type: str, contents: Contents
) -> None:
    assert contents_of(body, media_type) is contents
