"""Ids change inside a body, and not one byte beside them."""

from __future__ import annotations

import base64
import gzip
import json

import pytest

from inspector.domain.errors import UsageError
from inspector.payload.body import inflate
from inspector.replay.body_edit import LARGEST_BYTES, with_ids
from tests.builders import a_request, headers_of

NEW = {"msg_8f31c07a": "msg_00000001", "12904567321": "98765432101", "7": "8"}
NAMES = frozenset({"message_id", "id"})


def edited(body: bytes, content_type: str = "application/json", *more: tuple[str, str]) -> bytes:
    """Return a body with the ids replaced."""
    headers = headers_of([("Content-Type", content_type), *more])
    return with_ids(a_request(body, headers=headers), NEW, NAMES)


@pytest.mark.parametrize(
    "body",
    [
        b'{"message_id":"msg_8f31c07a"}',
        b'\xef\xbb\xbf{ "a\\/b" : 1.10,\r\n\t"message_id":  "msg_8f31c07a" , "x":"\\u00e9" }\n',
        b'[{"a":{"message_id":"msg_8f31c07a"}},{"context":{"ref":"msg_8f31c07a"},"a":1,"a":2}]',
    ],
)
def test_only_the_id_changes(body: bytes) -> None:
    assert edited(body) == body.replace(b"msg_8f31c07a", b"msg_00000001")


def test_a_text_that_only_contains_the_id_stays() -> None:
    body = b'{"message_id":"msg_8f31c07a","note":"about msg_8f31c07a"}'
    assert edited(body) == b'{"message_id":"msg_00000001","note":"about msg_8f31c07a"}'


def test_a_short_id_changes_only_under_a_name_of_ids() -> None:
    assert edited(b'{"id":7,"count":7,"other":"7"}') == b'{"id":8,"count":7,"other":"7"}'


def test_numbers_and_escaped_ids_are_found() -> None:
    assert edited(b'{"n":12904567321,"s":"msg\\u005f8f31c07a"}') == b'{"n":98765432101,"s":"msg_00000001"}'


def test_form_fields_change_and_keep_their_order() -> None:
    body = b"To=%2B1&MessageSid=msg_8f31c07a&x=&MessageSid=msg_8f31c07a"
    assert edited(body, "application/x-www-form-urlencoded") == body.replace(b"msg_8f31c07a", b"msg_00000001")


def test_json_inside_base64_is_looked_into() -> None:
    inner = json.dumps({"messageId": "msg_8f31c07a", "x": [1]}).encode()
    body = json.dumps({"message": {"data": base64.b64encode(inner).decode(), "messageId": "12904567321"}}).encode()
    found = json.loads(edited(body))
    assert found["message"]["messageId"] == "98765432101"
    assert base64.b64decode(found["message"]["data"]) == inner.replace(b"msg_8f31c07a", b"msg_00000001")


def test_a_packed_body_is_packed_again() -> None:
    plain = b'{"message_id":"msg_8f31c07a"}'
    made = edited(gzip.compress(plain), "application/json", ("Content-Encoding", "gzip"))
    assert inflate(made, "gzip") == plain.replace(b"msg_8f31c07a", b"msg_00000001")


def test_xml_texts_change() -> None:
    body = b'<?xml version="1.0"?><m a="msg_8f31c07a"><id>msg_8f31c07a</id></m>'
    assert edited(body, "text/xml") == b'<?xml version="1.0"?><m a="msg_8f31c07a"><id>msg_00000001</id></m>'


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b'{"a":', b"plain msg_8f31c07a", b'{"a":1}'])
def test_a_body_without_ids_is_the_same_bytes(body: bytes) -> None:
    assert edited(body) == body


def test_a_body_beyond_the_limit_is_refused() -> None:
    with pytest.raises(UsageError, match="too large"):
        edited(b'"' + b"a" * LARGEST_BYTES + b'"')
