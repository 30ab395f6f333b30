"""Every atom, function and parameter of the scheme language, each against bytes put together by hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from typing import Any

import pytest

from inspector.domain.errors import ProviderError
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Verdict
from inspector.payload.body import Payload
from inspector.signatures.address import signed_url
from inspector.signatures.engine import covers_of, signature_headers, signed_bytes, verify
from inspector.signatures.place import Scope
from inspector.signatures.recipe import parse_recipe
from inspector.signatures.template import MissingPart, compile_template
from tests.builders import NOON, a_request, headers_of

URL = "https://hooks.example/in/abc"
JSON_BODY = b'{"id":"42","n":7,"t":true,"z":null,"deep":{"x":["a","b"]},"data":"aGVsbG8","\xc3\xbc":"\xc3\xa4"}'
FORM_BODY = b"b=2&a=1&b=1&b=2&sig=x&json=%7B%22event%22%3A%7B%22hash%22%3A%22h1%22%7D%7D&e=1%262%3D3"


def json_request(target: str = "/in/abc?y=2&x=1%202&empty=") -> Request:
    lines = [("Host", "local"), ("Content-Type", "application/json"), ("X-Time", "1700000000"), ("X-Sig", "t=5,v1=00")]
    return a_request(JSON_BODY, target=target, headers=headers_of(lines))


def form_request() -> Request:
    return a_request(FORM_BODY, headers=headers_of([("Content-Type", "application/x-www-form-urlencoded")]))


def rendered(template: str, request: Request, url: str = URL) -> bytes:
    scope = Scope(request, Payload(request), signed_url(url, request), {"webhook_id": " WH-1 "})
    scope.secret = b"s3cret"
    scope.fields = {b"t": b"5"}
    scope.extra = b"key1"
    return compile_template(template).render(scope)


SHA = hashlib.sha256(JSON_BODY)
B64_512 = base64.b64encode(hashlib.sha512(b"1700000000|" + SHA.digest()).digest())


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{body}", JSON_BODY),
        ("v0:{header:x-time}:{body}", b"v0:1700000000:" + JSON_BODY),
        ("{secret}{body}{extra}", b"s3cret" + JSON_BODY + b"key1"),
        ("{method}\n{path}\n", b"POST\n/in/abc\n"),
        ("{url}", b"https://hooks.example/in/abc?y=2&x=1%202&empty="),
        ("{sha256.hex({method}.{body})}", hashlib.sha256(b"POST." + JSON_BODY).hexdigest().encode()),
        ("{sha512.b64({header:x-time}|{sha256.raw(body)})}", B64_512),
        ("{fact:webhook_id}|{fact:missing?}", b"WH-1|"),
        ("{url.base}", b"https://hooks.example/in/abc"),
        ("{url.port}", b"https://hooks.example:443/in/abc?y=2&x=1%202&empty="),
        ("{field:t}", b"5"),
        ("{json:id}.{json:n}.{json:t}", b"42.7.true"),
        ("{json:deep.x[1]}", b"b"),
        ("{json:deep.x}", b'["a","b"]'),
        ("{json:missing?}|{json:z?}|{header:none?}", b"||"),
        ("{query:x}", b"1 2"),
        ("{?query:x|id:$;}{?query:none|id:$;}", b"id:1 2;"),
        ("{query.sorted}", b"empty=&x=1%202&y=2"),
        ("{sha256.hex(body)}", SHA.hexdigest().encode()),
        ("{sha256.raw(body)}", SHA.digest()),
        ("{sha512.b64(body)}", base64.b64encode(hashlib.sha512(JSON_BODY).digest())),
        ("{md5.b64(body)}", base64.b64encode(hashlib.md5(JSON_BODY).digest())),
        ("{crc32(body)}", str(zlib.crc32(JSON_BODY)).encode()),
        ("{b64decode(json:data)}", b"hello"),
        ("{sha256.hex(b64decode(json:data))}", hashlib.sha256(b"hello").hexdigest().encode()),
        ("{jsonstring(body)}", json.dumps(JSON_BODY.decode(), ensure_ascii=False).encode()),
        ('[["Body":{jsonstring(json:id)},"TimeStamp":{field:t}]]', b'{"Body":"42","TimeStamp":5}'),
    ],
)
def test_a_template_renders_to_the_bytes_a_sender_signs(template: str, expected: bytes) -> None:
    assert rendered(template, json_request()) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{form:a}", b"1"),
        ("{form.sorted}", b'a1b1b2e1&2=3json{"event":{"hash":"h1"}}sigx'),
        ("{form.amp}", b'&a=1&b=1&b=2&b=2&e=1_2_3&json={"event":{"hash":"h1"}}'),
        ("{formjson:json:event.hash}", b"h1"),
    ],
)
def test_a_template_reads_form_fields(template: str, expected: bytes) -> None:
    assert rendered(template, form_request()) == expected


def test_parameters_may_come_from_json_or_the_query() -> None:
    flat = a_request(b'{"b":"x=1","a":2,"sig":"no"}')
    assert rendered("{form.amp}", flat) == b"&a=2&b=x_1"
    query = a_request(b"", target="/in/abc?b=2&sig=3&a=1", method="GET")
    assert rendered("{form.amp}", query) == b"&a=1&b=2"


@pytest.mark.parametrize(
    ("url", "toggled"),
    [
        ("https://a.example/x", b"https://a.example:443/x"),
        ("http://a.example/x?y=1", b"http://a.example:80/x?y=1"),
        ("https://a.example:8443/x", b"https://a.example/x"),
        ("https://a.example", b"https://a.example:443"),
        ("https://u:p@a.example/x:1", b"https://u:p@a.example:443/x:1"),
        ("https://[::1]/x", b"https://[::1]:443/x"),
        ("https://[::1]:99/x", b"https://[::1]/x"),
    ],
)
def test_the_port_is_added_or_taken_away(url: str, toggled: bytes) -> None:
    assert rendered("{url.port}", a_request(), url) == toggled


def test_the_requests_own_query_takes_the_place_of_the_configured_one() -> None:
    assert (
        rendered("{url}", json_request("/in/abc?z=1"), "https://a.example/hook?old=1") == b"https://a.example/hook?z=1"
    )
    assert rendered("{url}", a_request(), "https://a.example/hook?old=1") == b"https://a.example/hook?old=1"


def test_without_a_known_address_the_host_header_must_do() -> None:
    assert rendered("{url}", json_request("/in/abc"), "") == b"http://local/in/abc"


def test_header_bytes_that_are_no_text_survive() -> None:
    request = a_request(headers=((b"X-Odd", b"\xff\xfe\x80"),))
    assert rendered("<{header:X-Odd}>", request) == b"<\xff\xfe\x80>"


def test_a_missing_value_is_named() -> None:
    with pytest.raises(MissingPart) as caught:
        rendered("{body}{header:X-Nonce}", json_request())
    assert caught.value.place.words == "the header X-Nonce"


def test_a_value_that_is_not_base64_is_named() -> None:
    with pytest.raises(MissingPart, match="JSON field id") as caught:
        rendered("{b64decode(json:id)}", a_request(b'{"id":"not base64!"}'))
    assert caught.value.why == "it is not base64"


@pytest.mark.parametrize(
    "template",
    ["{nothing}", "{header:}", "{body", "body}", "{sha3.hex(body)}", "{sha256.octal(body)}", "{?query:x}", "{json:a[}"],
)
def test_a_template_that_cannot_be_read_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        compile_template(template)


def hexed(key: bytes, text: bytes, alg: str = "sha256") -> bytes:
    return hmac.new(key, text, alg).hexdigest().encode()


def b64ed(key: bytes, text: bytes, alg: str = "sha256") -> bytes:
    return base64.b64encode(hmac.new(key, text, alg).digest())


def outcome(
    table: dict[str, Any], lines: list[tuple[str, bytes]], secret: str, body: bytes = b"{}", **at: str
) -> Verdict:
    headers = tuple((name.encode(), value) for name, value in lines)
    request = a_request(body, headers=headers, target=at.get("target", "/in/abc"))
    recipe = parse_recipe(table, "x.toml: signing")
    url = at.get("url", URL)
    secrets = [Secret(value) for value in secret.split("\n")]
    return verify(request, Payload(request), (recipe,), secrets, scheme="x", url=url, now=NOON).verdict


TS = str(int(NOON.timestamp())).encode()
KEY64 = base64.b64encode(b"sixteen byte key").decode()
SCHEMES: dict[str, tuple[dict[str, Any], list[tuple[str, bytes]], str, bytes, dict[str, str]]] = {
    "SHA-1 in base64": (
        {"signature": "header:S", "signed": "{body}", "alg": "sha1", "encoding": "base64"},
        [("S", b64ed(b"k", b"{}", "sha1"))],
        "k", b"{}", {},
    ),
    "SHA-512 in upper hex with a prefix": (
        {"signature": "header:S", "signed": "{body}", "alg": "sha512", "prefix": "sha512="},
        [("S", b"sha512=" + hexed(b"k", b"{}", "sha512").upper())],
        "k", b"{}", {},
    ),
    "base64url": (
        {"signature": "header:S", "signed": "{body}", "encoding": "base64url"},
        [("S", base64.urlsafe_b64encode(hmac.new(b"k", b"seven", "sha256").digest()).rstrip(b"="))],
        "k", b"seven", {},
    ),
    "key in base64": (
        {"signature": "header:S", "signed": "{body}", "key": "base64"},
        [("S", hexed(b"sixteen byte key", b"{}"))],
        KEY64.rstrip("="), b"{}", {},
    ),
    "key after whsec_": (
        {"signature": "header:S", "signed": "{body}", "key": "whsec"},
        [("S", hexed(b"sixteen byte key", b"{}"))],
        f"whsec_{KEY64}", b"{}", {},
    ),
    "key in hex": (
        {"signature": "header:S", "signed": "{body}", "key": "hex"},
        [("S", hexed(b"\xab\xcd", b"{}"))],
        "ABcd", b"{}", {},
    ),
    "key is a SHA-1 digest (Braintree)": (
        {
            "signature": "form:bt_signature", "signed": "{form:bt_payload}", "alg": "sha1", "key": "sha1",
            "items": "&", "pair": "|", "field_extra": True,
        },
        [("Content-Type", b"application/x-www-form-urlencoded")],
        "pub2:private",
        b"bt_payload=hello&bt_signature=pub1%7C00%26pub2%7C"
        + hexed(hashlib.sha1(b"private").digest(), b"hello", "sha1"),
        {},
    ),
    "key normalised by NFKD (EasyPost)": (
        {"signature": "header:S", "signed": "{body}", "key": "nfkd", "prefix": "hmac-sha256-hex="},
        [("S", b"hmac-sha256-hex=" + hexed("e\u0301".encode(), b"{}"))],
        "\u00e9", b"{}", {},
    ),
    "bare list of signatures (Cronofy)": (
        {"signature": "header:S", "signed": "{body}", "encoding": "base64", "items": ","},
        [("S", b64ed(b"old", b"{}") + b", " + b64ed(b"k", b"{}"))],
        "k", b"{}", {},
    ),
    "chosen by key name (Worldpay)": (
        {
            "signature": "header:S", "signed": "{body}", "items": ",", "pair": "/SHA256/", "field_extra": True,
        },
        [("S", b"1/SHA256/00,2/SHA256/" + hexed(b"k", b"{}"))],
        "2:k", b"{}", {},
    ),
    "milliseconds beside the digest (Retell)": (
        {
            "signature": "header:S", "signed": "{body}{field:v}", "items": ",", "pair": "=", "field": "d",
            "time": {"from": "field:v", "unit": "ms", "tolerance": 300},
        },
        [("S", b"v=" + TS + b"123,d=" + hexed(b"k", b"{}" + TS + b"123"))],
        "k", b"{}", {},
    ),
    "nanoseconds": (
        {
            "signature": "header:S", "signed": "{header:T}{body}",
            "time": {"from": "header:T", "unit": "ns", "tolerance": 1},
        },
        [("T", TS + b"000000007"), ("S", hexed(b"k", TS + b"000000007{}"))],
        "k", b"{}", {},
    ),
    "an HTTP date (Klaviyo)": (
        {
            "signature": "header:S", "signed": "{body}{header:T}",
            "time": {"from": "header:T", "unit": "http", "tolerance": 1},
        },
        [("T", b"Sun, 01 Mar 2026 12:00:00 GMT"), ("S", hexed(b"k", b"{}Sun, 01 Mar 2026 12:00:00 GMT"))],
        "k", b"{}", {},
    ),
    "a time inside the body (Linear)": (
        {
            "signature": "header:S", "signed": "{body}",
            "time": {"from": "json:webhookTimestamp", "unit": "ms", "tolerance": 60},
        },
        [("S", hexed(b"k", b'{"webhookTimestamp":' + TS + b"000}"))],
        "k", b'{"webhookTimestamp":' + TS + b"000}", {},
    ),
    "raw hash inside the text (MessageBird)": (
        {
            "signature": "header:S", "signed": "{header:T}\n{query.sorted}\n{sha256.raw(body)}", "encoding": "base64",
        },
        [("T", TS), ("S", b64ed(b"k", TS + b"\na=1&b=2\n" + hashlib.sha256(b"{}").digest()))],
        "k", b"{}", {"target": "/in/abc?b=2&a=1"},
    ),
    "address without query and a nonce (Plivo)": (
        {"signature": "header:S", "signed": "{url.base}{header:N}", "encoding": "base64"},
        [("N", b"77"), ("S", b64ed(b"k", URL.encode() + b"77"))],
        "k", b"{}", {"target": "/in/abc?x=1"},
    ),
    "address and body (Square)": (
        {"signature": "header:S", "signed": "{url}{body}", "encoding": "base64"},
        [("S", b64ed(b"k", URL.encode() + b"{}"))],
        "k", b"{}", {},
    ),
    "method, hash, type, time and path (Sinch Voice)": (
        {
            "signature": "header:Authorization", "items": " ", "pair": ":", "field_extra": True, "encoding": "base64",
            "signed": "{method}\n{md5.b64(body)}\n{header:Content-Type}\nx-timestamp:{header:X-Timestamp}\n{path}",
            "key": "base64",
        },
        [
            ("Content-Type", b"application/json"),
            ("X-Timestamp", b"2026-03-01T12:00:00Z"),
            (
                "Authorization",
                b"application app1:"
                + b64ed(
                    b"sixteen byte key",
                    b"POST\n" + base64.b64encode(hashlib.md5(b"{}").digest())
                    + b"\napplication/json\nx-timestamp:2026-03-01T12:00:00Z\n/in/abc",
                ),
            ),
        ],
        f"app1:{KEY64}", b"{}", {},
    ),
    "a manifest with absent pairs dropped (Mercado Pago)": (
        {
            "signature": "header:x-signature", "items": ",", "pair": "=", "field": "v1",
            "signed": "{?query:data.id|id:$;}{?header:x-request-id|request-id:$;}ts:{field:ts};",
        },
        [("x-signature", b"ts=5,v1=" + hexed(b"k", b"id:9;ts:5;"))],
        "k", b"{}", {"target": "/in/abc?data.id=9"},
    ),
    "signature in the query (PandaDoc)": (
        {"signature": "query:signature", "signed": "{body}"},
        [],
        "k", b"{}", {"target": "/in/abc?signature=" + hexed(b"k", b"{}").decode()},
    ),
    "signature inside the JSON body (Mailgun)": (
        {"signature": "json:signature.signature", "signed": "{json:signature.timestamp}{json:signature.token}"},
        [],
        "k",
        b'{"signature":{"timestamp":"5","token":"t","signature":"' + hexed(b"k", b"5t") + b'"}}', {},
    ),
    "signature in JSON in a form field (Dropbox Sign)": (
        {
            "signature": "formjson:json:event.event_hash",
            "signed": "{formjson:json:event.event_time}{formjson:json:event.event_type}",
        },
        [("Content-Type", b"application/x-www-form-urlencoded")],
        "k",
        b"json=%7B%22event%22%3A%7B%22event_time%22%3A%225%22%2C%22event_type%22%3A%22sent%22%2C%22event_hash%22%3A%22"
        + hexed(b"k", b"5sent") + b"%22%7D%7D",
        {},
    ),
    "plain hash with the secret in it (Cloudinary)": (
        {"kind": "hash", "signature": "header:S", "signed": "{body}{header:T}{secret}", "alg": "sha1"},
        [("T", TS), ("S", hashlib.sha1(b"{}" + TS + b"k").hexdigest().encode())],
        "k", b"{}", {},
    ),
    "announced algorithm (Infobip)": (
        {
            "signature": "header:S", "signed": "{body}", "alg": "announced", "alg_header": "A",
            "algs": {"HMAC_SHA_256": "sha256", "HMAC_SHA_384": "sha384"},
        },
        [("A", b"HMAC_SHA_384"), ("S", hexed(b"k", b"{}", "sha384"))],
        "k", b"{}", {},
    ),
    "key header selects the secret (Pusher)": (
        {"signature": "header:S", "signed": "{body}", "require": {"header:X-Pusher-Key": "{extra}"}},
        [("X-Pusher-Key", b"key2"), ("S", hexed(b"two", b"{}"))],
        "key1:one\nkey2:two", b"{}", {},
    ),
    "either of two headers (Hookdeck)": (
        {"signature": ["header:S", "header:S-2"], "signed": "{body}", "encoding": "base64"},
        [("S", b64ed(b"new", b"{}")), ("S-2", b64ed(b"k", b"{}"))],
        "k", b"{}", {},
    ),
    "JSON text with the body as a string (Hygraph)": (
        {
            "signature": "header:gcms-signature", "items": ",", "pair": "=", "field": "sign", "encoding": "base64",
            "signed": '[["Body":{jsonstring(body)},"EnvironmentName":"{field:env}","TimeStamp":{field:t}]]',
        },
        [
            (
                "gcms-signature",
                b"sign=" + b64ed(b"k", b'{"Body":"{\\"a\\":1}","EnvironmentName":"main","TimeStamp":5}')
                + b", env=main, t=5",
            )
        ],
        "k", b'{"a":1}', {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_of_the_catalogue_needs_no_code(name: str) -> None:
    table, lines, secret, body, at = SCHEMES[name]
    assert outcome(table, lines, secret, body, **at) is Verdict.VALID


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_of_the_catalogue_refuses_another_secret(name: str) -> None:
    table, lines, secret, body, at = SCHEMES[name]
    others = {"hex": "ABce", "base64": base64.b64encode(b"some other key!!").decode()}
    other = others.get(table.get("key", ""), "another")
    wrong = "\n".join(f"{part.rpartition(':')[0]}:{other}" if ":" in part else other for part in secret.split("\n"))
    assert outcome(table, lines, wrong, body, **at) is Verdict.INVALID


def test_an_announced_algorithm_that_is_not_allowed_is_invalid() -> None:
    table, lines, secret, body, _at = SCHEMES["announced algorithm (Infobip)"]
    assert outcome(table, [("A", b"HMAC_MD5"), lines[1]], secret, body) is Verdict.INVALID
    assert outcome(table, [("A", b"none"), ("S", b"")], secret, body) is Verdict.INVALID


def test_a_required_value_that_differs_is_invalid() -> None:
    table = {"signature": "header:S", "signed": "{body}", "require": {"header:V": "1"}}
    right = hexed(b"k", b"{}")
    assert outcome(table, [("S", right), ("V", b"1")], "k") is Verdict.VALID
    assert outcome(table, [("S", right), ("V", b"2")], "k") is Verdict.INVALID
    assert outcome(table, [("S", right)], "k") is Verdict.INVALID


@pytest.mark.parametrize(
    ("signed", "covers"),
    [
        ("{body}", Covers.BODY),
        ("{url}{sha256.hex(body)}", Covers.BODY),
        ("{url}{form.sorted}", Covers.BODY),
        ("{b64decode(json:message.data)}", Covers.PARTIAL),
        ("{json:a}{json:b}", Covers.PARTIAL),
        ("{url.base}{header:N}", Covers.NONE),
    ],
)
def test_what_a_scheme_covers_follows_from_what_it_signs(signed: str, covers: Covers) -> None:
    recipe = parse_recipe({"signature": "header:S", "signed": signed}, "x.toml: signing")
    assert recipe.covers is covers
    assert covers_of((recipe,)) is covers


def test_several_schemes_cover_what_the_weakest_does() -> None:
    strong = parse_recipe({"signature": "header:S", "signed": "{body}"}, "x.toml: signing")
    weak = parse_recipe({"signature": "header:S", "signed": "{json:id}"}, "x.toml: signing")
    assert covers_of((strong, weak)) is Covers.PARTIAL
    assert covers_of(()) is Covers.NONE


def test_the_headers_of_a_scheme_are_listed_once_with_the_signature_first() -> None:
    table = {
        "signature": "header:X-Sig",
        "signed": "{header:X-Id}.{header:X-Time}.{body}{header:x-id}",
        "time": {"from": "header:X-Time"},
        "require": {"header:X-Version": "1"},
    }
    assert signature_headers((parse_recipe(table, "x.toml: signing"),)) == ("X-Sig", "X-Time", "X-Id", "X-Version")


def test_the_signed_text_can_be_shown() -> None:
    table = {"signature": "header:X-Sig", "signed": "{field:t}.{body}", "items": ",", "pair": "=", "field": "v1"}
    recipe = parse_recipe(table, "x.toml: signing")
    request = json_request()
    assert signed_bytes(request, Payload(request), recipe) == b"5." + JSON_BODY
    missing = a_request()
    assert signed_bytes(missing, Payload(missing), recipe) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"alg": "sha3"}, "x.toml: signing.alg: must be one of sha256"),
        ({"alog": "sha1"}, "x.toml: signing.alog: is not known"),
        ({"signature": "X-Sig"}, "x.toml: signing.signature: 'X-Sig' is no place"),
        ({"signature": None}, "x.toml: signing.signature: is missing"),
        ({"signed": "{boddy}"}, "x.toml: signing.signed: 'boddy' is no place"),
        ({"signed": ["{body}", 1]}, "x.toml: signing.signed: must be a text or a list of texts"),
        ({"encoding": "base32"}, "x.toml: signing.encoding: must be one of hex"),
        ({"time": {"from": "header:T", "unit": "d"}}, "x.toml: signing.time.unit: must be one of s"),
        ({"time": {"from": "header:T", "tolerance": "5"}}, "x.toml: signing.time.tolerance: must be a whole number"),
        ({"time": {}}, "x.toml: signing.time.from: is missing"),
        ({"field": "v1"}, "x.toml: signing.field: needs pair"),
        ({"pair": "="}, "x.toml: signing.pair: needs field"),
        ({"signed": "{field:t}"}, "x.toml: signing.items: is missing"),
        ({"kind": "hash"}, "x.toml: signing.signed: a plain hash proves nothing"),
        ({"kind": "token"}, "x.toml: signing.signed: a token signs nothing"),
        ({"alg": "announced"}, "x.toml: signing.algs: is missing"),
        ({"alg_header": "A"}, "x.toml: signing.alg_header: needs alg"),
        ({"when": {"header:X": 3}}, "x.toml: signing.when: must be true, false"),
        ({"also": {"query:h": "{nope}"}}, "x.toml: signing.also.query:h: 'nope' is no place"),
        ({"covers": "all"}, "x.toml: signing.covers: must be one of body"),
    ],
)
def test_a_mistake_in_a_definition_names_file_and_key(change: dict[str, Any], said: str) -> None:
    table: dict[str, Any] = {"signature": "header:S", "signed": "{body}"} | change
    table = {key: value for key, value in table.items() if value is not None}
    with pytest.raises(ProviderError) as caught:
        parse_recipe(table, "x.toml: signing")
    assert str(caught.value).startswith(said)
