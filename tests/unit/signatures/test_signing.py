"""Signing changes what it must and leaves everything else as it came."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict
from inspector.payload.body import Payload
from inspector.signatures.engine import sign, verify
from inspector.signatures.json_text import set_text
from inspector.signatures.recipe import Recipe, parse_recipe
from tests.builders import DELIVERED, NOON, a_request, headers_of

SECRET = Secret("s3cret-s3cret", "", "cret")
LATER = NOON + timedelta(hours=1)
FORM = headers_of([("Content-Type", "application/x-www-form-urlencoded")])


def recipe(**table: Any) -> Recipe:
    return parse_recipe({"signature": "header:X-Sig", "signed": "{body}"} | table, "x.toml: signing")


def signed(request: Request, scheme: Recipe, secret: Secret = SECRET) -> Request:
    made = sign(request, (scheme,), secret, url="https://a.example/in/abc", now=LATER)
    payload, url = Payload(made), "https://a.example/in/abc"
    found = verify(made, payload, (scheme,), [secret], scheme="x", url=url, now=LATER)
    assert found.verdict is Verdict.VALID, found
    return made


def test_a_signature_is_replaced_in_place_keeping_case_and_order() -> None:
    lines = headers_of([("A", "1"), ("x-SIG", "old"), ("B", "2"), ("X-Sig", "older")])
    made = signed(a_request(headers=lines), recipe())
    assert [name for name, _value in made.headers] == [b"A", b"x-SIG", b"B"]
    assert made.body == DELIVERED


def test_a_missing_signature_is_appended() -> None:
    made = signed(a_request(headers=headers_of([("A", "1")])), recipe())
    assert [name for name, _value in made.headers] == [b"A", b"X-Sig"]


def test_a_timestamp_is_always_renewed_and_an_id_kept() -> None:
    scheme = recipe(
        signed="{header:X-Id}.{header:X-Time}.{body}", time={"from": "header:X-Time", "unit": "ms", "tolerance": 300}
    )
    made = signed(a_request(headers=headers_of([("X-Time", "1"), ("X-Id", "mine")])), scheme)
    assert made.header("X-Id") == "mine"
    assert made.header("X-Time") == str(int(LATER.timestamp()) * 1000)


def test_a_missing_id_is_made_up_and_differs_by_body() -> None:
    scheme = recipe(signed="{header:X-Id}.{body}")
    first, second = signed(a_request(b"1"), scheme).header("X-Id"), signed(a_request(b"2"), scheme).header("X-Id")
    assert first.startswith("msg_")
    assert first != second


def test_items_are_written_with_the_timestamp_first() -> None:
    scheme = recipe(
        signed="{field:t}.{body}", items=",", pair="=", field="v1", time={"from": "field:t", "tolerance": 300}
    )
    value = signed(a_request(), scheme).header("X-Sig")
    time_item, signature = value.split(",")
    assert time_item == f"t={int(LATER.timestamp())}"
    assert signature.startswith("v1=")


def test_items_that_are_signed_are_kept_from_the_request() -> None:
    scheme = recipe(signed="{field:env}.{body}", items=",", pair="=", field="v1")
    made = signed(a_request(headers=headers_of([("X-Sig", "v1=00,env=prod,v9=x")])), scheme)
    assert made.header("X-Sig").startswith("env=prod,v1=")


def test_a_signature_in_the_query_changes_the_target_only() -> None:
    made = signed(a_request(target="/in/abc?a=%2F&signature=old&b=2"), recipe(signature="query:signature"))
    assert made.target.startswith("/in/abc?a=%2F&signature=")
    assert made.target.endswith("&b=2")
    assert made.body == DELIVERED


def test_a_signature_in_a_form_field_leaves_the_other_fields_as_they_were() -> None:
    scheme = recipe(signature="form:sig", signed="{form:b}")
    made = signed(a_request(b"b=%20x&sig=old&c=+", headers=FORM), scheme)
    assert made.body.startswith(b"b=%20x&sig=")
    assert made.body.endswith(b"&c=+")
    appended = signed(a_request(b"b=1", headers=FORM), scheme)
    assert appended.body.startswith(b"b=1&sig=")


def test_a_signature_in_the_json_body_is_replaced_textually() -> None:
    scheme = recipe(
        signature="json:signature.signature",
        signed="{json:signature.timestamp}{json:signature.token}",
        time={"from": "json:signature.timestamp", "tolerance": 300},
    )
    body = b'{ "a" : 1.50, "signature": {"timestamp": "1", "token": "t", "signature" : "old"}, "u": "\\u00e4" }'
    made = signed(a_request(body), scheme)
    assert made.body.startswith(b'{ "a" : 1.50, "signature": {"timestamp": "1772370000", "token": "t", "signature" : "')
    assert made.body.endswith(b'"}, "u": "\\u00e4" }')


def test_a_signature_inside_a_form_fields_json_is_replaced() -> None:
    scheme = recipe(signature="formjson:json:event.hash", signed="{formjson:json:event.type}")
    made = signed(
        a_request(b"json=%7B%22event%22%3A%7B%22type%22%3A%22t%22%2C%22hash%22%3A%22%22%7D%7D&x=1", headers=FORM),
        scheme,
    )
    assert made.body.endswith(b"&x=1")


def test_a_body_without_a_place_for_the_signature_is_refused_with_a_sentence() -> None:
    scheme = recipe(signature="json:signature.signature", signed="{json:id}")
    with pytest.raises(UsageError) as caught:
        sign(a_request(b'{"id":"1"}'), (scheme,), SECRET, url="", now=NOON)
    assert "signature.signature" in caught.value.why


def test_a_missing_signed_value_is_refused_with_a_sentence() -> None:
    with pytest.raises(UsageError, match=r"the JSON field id is missing"):
        sign(a_request(b"{}"), (recipe(signed="{json:id}"),), SECRET, url="", now=NOON)


def test_a_secret_in_the_wrong_form_is_refused_with_a_sentence() -> None:
    with pytest.raises(UsageError, match="cannot be used to sign"):
        sign(a_request(), (recipe(key="hex"),), Secret("xyz"), url="", now=NOON)
    with pytest.raises(UsageError, match="name:secret"):
        sign(a_request(), (recipe(signed="{extra}{body}"),), Secret("xyz"), url="", now=NOON)


def test_an_endpoint_without_a_scheme_cannot_sign() -> None:
    with pytest.raises(UsageError, match="does not sign"):
        sign(a_request(), (), SECRET, url="", now=NOON)


def test_an_announced_algorithm_that_is_allowed_is_kept() -> None:
    scheme = recipe(alg="announced", alg_header="X-Alg", algs={"HmacSHA256": "sha256", "HmacSHA512": "sha512"})
    made = signed(a_request(headers=headers_of([("X-Alg", "HmacSHA512")])), scheme)
    assert len(made.header("X-Sig")) == 128
    made = signed(a_request(headers=headers_of([("X-Alg", "md5")])), scheme)
    assert made.header("X-Alg") == "HmacSHA256"


def test_the_key_name_before_the_colon_is_written() -> None:
    scheme = recipe(items=",", pair="/SHA256/", field_extra=True, require={"header:X-Key": "{extra}"})
    made = signed(a_request(), scheme, Secret("key7:s3cret"))
    assert made.header("X-Sig").startswith("key7/SHA256/")
    assert made.header("X-Key") == "key7"


def test_further_signature_headers_are_taken_away() -> None:
    scheme = recipe(signature=["header:X-Sig", "header:X-Sig-2"])
    made = signed(a_request(headers=headers_of([("X-Sig", "a"), ("X-Sig-2", "b")])), scheme)
    assert [name for name, _value in made.headers] == [b"X-Sig"]


@pytest.mark.parametrize(
    ("body", "selector", "expected"),
    [
        (b'{"a":"x"}', "a", b'{"a":"new"}'),
        (b'[1, {"b": [true, "x" ]}]', "[1].b[1]", b'[1, {"b": [true, "new" ]}]'),
        (b'{"a":1,"a":2}', "a", b'{"a":1,"a":"new"}'),
        (b'{"a":"x"}', "b", None),
        (b'{"a":"x"', "a", None),
        (b"no json", "a", None),
        (b'"text"', "a", None),
    ],
)
def test_one_json_value_is_replaced_and_no_other_byte(body: bytes, selector: str, expected: bytes | None) -> None:
    assert set_text(body, selector, "new") == expected
