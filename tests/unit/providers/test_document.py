"""Bodies opened as plain values: XML, JSON lines, forms of both kinds, slightly broken JSON, packed documents."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.payload.body import Payload
from inspector.payload.selector import MISSING
from inspector.providers.document import MAX_SLOW_BYTES, document_of, form_of, unpack
from tests.builders import a_request, headers_of


def payload(body: bytes, kind: str = "application/json") -> Payload:
    return Payload(a_request(body, headers=headers_of([("Content-Type", kind)])))


def test_xml_reads_as_its_tree_does() -> None:
    body = b'<a x="1"><b>one</b><b y="2">two</b><c><d/></c></a>'
    expected = {"a": {"@x": "1", "b": ["one", {"@y": "2", "#text": "two"}], "c": {"d": ""}}}
    assert document_of(payload(body, "text/xml")) == expected


def test_json_lines_read_as_a_list() -> None:
    assert document_of(payload(b'{"a":1}\n{"a":2}\n\n', "application/x-ndjson")) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    "body",
    [
        b'{\n  "a": "x"\n  "b": 2\n}',
        b'{\n  "a": "x",\n  "b": 2,\n}',
        b'{\r\n  "a": "x"\r\n  "b": 2\r\n}',
    ],
)
def test_a_comma_too_few_or_too_many_is_forgiven(body: bytes) -> None:
    assert document_of(payload(body)) == {"a": "x", "b": 2}


@pytest.mark.parametrize("body", [b"", b"{", b'{"a":', b"<a>", b"<!DOCTYPE a []><a/>", b"text", b"\x00\x01"])
@pytest.mark.parametrize("kind", ["application/json", "text/xml", "application/x-ndjson", ""])
def test_what_cannot_be_read_is_missing(body: bytes, kind: str) -> None:
    assert document_of(payload(body, kind)) is MISSING


def test_a_huge_xml_body_is_left_alone() -> None:
    assert document_of(payload(b"<a>" + b"x" * MAX_SLOW_BYTES + b"</a>", "text/xml")) is MISSING


def test_the_fields_of_a_multipart_form_read_like_any_form() -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="MessageSid"\r\n\r\nSM1\r\n'
        b'--b\r\nContent-Disposition: form-data; name="MessageSid"\r\n\r\nSM2\r\n--b--\r\n'
    )
    assert form_of(payload(body, "multipart/form-data; boundary=b")) == {"MessageSid": "SM1"}
    assert form_of(payload(b"a=1&a=2&b=", "application/x-www-form-urlencoded")) == {"a": "1", "b": ""}
    assert form_of(payload(b"nonsense", "multipart/form-data")) == {}


@pytest.mark.parametrize("value", [{"a": 1}, [1], '{"a": 1}', " [1]"])
def test_a_document_in_a_value_is_opened(value: Any) -> None:
    assert unpack(value) in ({"a": 1}, [1])


def test_base64_is_opened_in_both_alphabets_with_breaks_and_without_padding() -> None:
    inner = {"a": "ÿ?>~" * 9}
    plain = json.dumps(inner, ensure_ascii=False).encode()
    usual, other = base64.b64encode(plain).decode(), base64.urlsafe_b64encode(plain).decode().rstrip("=")
    assert unpack(usual) == unpack(other) == unpack(usual[:20] + "\n" + usual[20:]) == inner


@pytest.mark.parametrize("value", ["", "plain words", "%%%", 7, None, "{", "AAAA"])
def test_what_holds_no_document_is_missing(value: Any) -> None:
    assert unpack(value) is MISSING


@given(
    st.binary(max_size=200), st.sampled_from(["", "text/xml", "application/json", "multipart/form-data; boundary=x"])
)
def test_no_body_makes_it_raise(body: bytes, kind: str) -> None:
    document_of(payload(body, kind))
    form_of(payload(body, kind))
    unpack(body.decode("utf-8", "surrogateescape"))
