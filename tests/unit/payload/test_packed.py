"""Binary bodies become trees, compressed ones are unpacked within limits, and nothing that is sent breaks it."""

from __future__ import annotations

import contextlib
import gzip
import json
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.request import Request
from inspector.payload.contents import MAX_TREE_BYTES, Contents, contents_of
from inspector.payload.json_tree import parse_json_tree
from inspector.payload.message_pack import MessagePackError, scan_message_pack
from inspector.payload.multipart_tree import SEARCHED_BYTES, MultipartError, parse_parts
from inspector.payload.node import ROOT, NodeKind, Tree
from inspector.payload.packed import PackedError
from inspector.payload.pictures import picture_of
from inspector.payload.protobuf import ProtobufError, scan_protobuf
from inspector.payload.reading import ReadBody, read_body
from inspector.payload.steps import finish
from inspector.payload.unpacking import OverLimitError, inflate_in_steps, unpack_body
from inspector.payload.written import write_json
from inspector.payload.xml_tree import scan_xml
from tests.unit.payload.test_insides import png

MB = 1024 * 1024


def rows(tree: Tree) -> list[tuple[str, str, NodeKind]]:
    found = [(tree.path(node), tree.text(node), tree.kind(node)) for node in range(len(tree))]
    return [row for row in found if not row[2].is_container]


def request(body: bytes, content_type: str, coding: str = "") -> Request:
    headers = [(b"Content-Type", content_type.encode())]
    if coding:
        headers.append((b"Content-Encoding", coding.encode()))
    return Request("POST", "/in/x", tuple(headers), body, datetime.now(UTC))


def read(body: bytes, content_type: str, coding: str = "") -> ReadBody:
    return finish(read_body(request(body, content_type, coding)))


# -- MessagePack ------------------------------------------------------------------------------------------------


def test_every_kind_of_message_pack_value_is_read() -> None:
    body = bytes.fromhex(
        "de0008"  # a map of eight
        "a173 a5636166c3a9"  # s: café
        "a16e 93 00 ff cf ffffffffffffffff"  # n: 0, -1, the largest
        "a166 92 ca3f800000 cb3ff8000000000000"  # f: 1.0, 1.5
        "a162 92 c3 c2"
        "a17a c0"
        "a164 c403 0001ff"  # d: three bytes
        "a174 d6ff 66aabbcc"  # t: a moment
        "07 d9026869"  # a number for a name
    )
    assert rows(finish(scan_message_pack(body))) == [
        ("$.s", "café", NodeKind.STRING),
        ("$.n[0]", "0", NodeKind.NUMBER),
        ("$.n[1]", "-1", NodeKind.NUMBER),
        ("$.n[2]", "18446744073709551615", NodeKind.NUMBER),
        ("$.f[0]", "1.0", NodeKind.NUMBER),
        ("$.f[1]", "1.5", NodeKind.NUMBER),
        ("$.b[0]", "true", NodeKind.BOOL),
        ("$.b[1]", "false", NodeKind.BOOL),
        ("$.z", "null", NodeKind.NULL),
        ("$.d", "3 bytes: 00 01 ff", NodeKind.STRING),
        ("$.t", "2024-07-31T22:33:48Z", NodeKind.STRING),
        ('$["7"]', "hi", NodeKind.STRING),
    ]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("dd ffffffff", r"^Byte 5: 1 bytes were announced, 0 came\.$"),
        ("db ffffffff 61", r"^Byte 5: 4,294,967,295 bytes were announced, 1 came\.$"),
        ("c1", r"^Byte 0: 0xc1 begins no value\.$"),
        ("81 90 01", r"^Byte 1: a key is array, not a text\.$"),
        ("01 02", r"^1 bytes follow the value\.$"),
    ],
)
def test_what_is_no_message_pack_says_where(body: str, reason: str) -> None:
    with pytest.raises(MessagePackError, match=reason):
        finish(scan_message_pack(bytes.fromhex(body)))


def test_message_pack_of_any_depth_is_read() -> None:
    assert len(finish(scan_message_pack(b"\x91" * 50_000 + b"\x01"))) == 50_001


# -- protobuf ---------------------------------------------------------------------------------------------------


def test_fields_without_a_schema_show_number_and_wire_type() -> None:
    body = bytes.fromhex("089601120774657374696e671a03089601250000803f2a02fffe3101000000000000003b084f3c")
    assert [row[:2] for row in rows(finish(scan_protobuf(body)))] == [
        ('$["1 varint"]', "150"),
        ('$["2 text"]', "testing"),
        ('$["3 message"]["1 varint"]', "150"),
        ('$["4 fixed32"]', "1065353216 or 1"),
        ('$["5 bytes"]', "2 bytes: ff fe"),
        ('$["6 fixed64"]', "1 or 4.94066e-324"),
        ('$["7 group"]["1 varint"]', "79"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "body", [b"\x00\x01", b"\x0a\x05ab", b"\x08", b"\x08" + b"\xff" * 11, b"\x0b\x08\x01", b"\x0c"]
)
def test_bytes_whose_fields_do_not_fill_them_are_no_protobuf(body: bytes) -> None:
    with pytest.raises(ProtobufError, match=r"^Byte \d+: "):
        finish(scan_protobuf(body))


def test_messages_nested_very_deep_end_as_bytes() -> None:
    body = b"\x08\x01"
    for _level in range(100):
        body = (
            b"\x12" + (bytes([len(body)]) if len(body) < 128 else bytes([len(body) & 127 | 128, len(body) >> 7])) + body
        )
    tree = finish(scan_protobuf(body))
    assert max(len(tree.ancestors(node)) for node in range(len(tree))) <= 65


@given(st.binary(max_size=200))
def test_no_bytes_break_a_reader(data: bytes) -> None:
    picture_of(data)
    picture_of(png()[:20] + data)
    for scan in (scan_message_pack, scan_protobuf):
        try:
            tree = finish(scan(data))
        except PackedError:
            continue
        assert len(tree) <= len(data) + 1
    with contextlib.suppress(MultipartError):
        parse_parts(b"--B\r\n" + data, "multipart/mixed; boundary=B")


# -- compressed bodies ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", lambda data: gzip.compress(data[:5]) + gzip.compress(data[5:])),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data)[2:-4]),
        ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
        ("identity", lambda data: data),
    ],
)
def test_compressed_bodies_are_read_as_their_sender_wrote_them(coding: str, pack: object) -> None:
    body = json.dumps({"numbers": list(range(9_000))}).encode()
    found = read(pack(body), "application/json", coding)  # type: ignore[operator]
    assert found.body == body
    assert found.tree is not None
    assert found.tree.counts[1] == 9_000
    assert found.coding == coding.replace("identity", "")


def test_a_gzip_bomb_is_given_up_in_small_steps() -> None:
    bomb = gzip.compress(b"0" * (64 * MB))
    steps = read_body(request(bomb, "application/json", "gzip"))
    pauses = 0
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found = end.value
            break
        pauses += 1
    assert found.too_large
    assert found.problem == "It unpacks to over 20 MB."
    assert found.body == bomb
    assert pauses >= 20 * MB // (256 * 1024)


def test_many_tiny_gzip_members_stay_bounded() -> None:
    with pytest.raises(OverLimitError):
        finish(inflate_in_steps(gzip.compress(b"0" * 1000) * 2000, "gzip", MB))


@pytest.mark.parametrize(
    ("coding", "body", "problem"),
    [
        ("gzip", b"no gzip at all", "It was sent as gzip, but cannot be unpacked as that."),
        ("gzip", gzip.compress(b"abc" * 1000)[:-9], "It was sent as gzip, but cannot be unpacked as that."),
        ("compress", b"\x1f\x9d", "It was sent as compress, which cannot be unpacked here."),
        ("gzip, gzip, gzip, gzip", b"x", "It was packed 4 times over."),
    ],
)
def test_what_cannot_be_unpacked_stays_as_it_came(coding: str, body: bytes, problem: str) -> None:
    found = finish(unpack_body(request(body, "text/plain", coding), MAX_TREE_BYTES))
    assert (found.body, found.problem) == (body, problem)


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate"]))
def test_no_bytes_break_the_unpacking(data: bytes, coding: str) -> None:
    finish(inflate_in_steps(data, coding, 1000))
    assert finish(inflate_in_steps(gzip.compress(data), "gzip", 1000)) == data


# -- which body it is -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "media_type", "contents"),
    [
        (b"\x80", "application/msgpack", Contents.MESSAGE_PACK),
        (b"\x80", "application/vnd.msgpack", Contents.MESSAGE_PACK),
        (b"\x08\x01", "application/x-protobuf", Contents.PROTOBUF),
        (png(), "application/octet-stream", Contents.IMAGE),
        (b"GIF89a\x01\x00\x02\x00\x00", "image/gif", Contents.IMAGE),
        (b"<svg/>", "image/svg+xml", Contents.XML),
    ],
)
def test_binary_bodies_are_known_by_their_type_or_beginning(body: bytes, media_type: str, contents: Contents) -> None:
    assert contents_of(body, media_type) is contents


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (png(320, 200), "PNG image, 320 × 200"),
        (b"GIF89a\x01\x00\x02\x00\x00", "GIF image, 1 × 2"),
        (bytes.fromhex("ffd8ffe000044a46ffc0000b0800400080030111"), "JPEG image, 128 × 64"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a" + bytes(6) + b"\0\x3f\x00\x00\x1f\x00\x00", "WebP image, 64 × 32"),
        (b"BM" + bytes(12) + b"\x28\0\0\0\x05\0\0\0\xfa\xff\xff\xff" + bytes(20), "BMP image, 5 × 6"),
    ],
)
def test_pictures_tell_their_size(head: bytes, words: str) -> None:
    picture = picture_of(head)
    assert picture is not None
    assert picture.words == words


def test_an_invalid_body_says_why() -> None:
    found = read(b"\xc1", "application/msgpack")
    assert (found.invalid, found.problem, found.tree) == (True, "Byte 0: 0xc1 begins no value.", None)


# -- parts ------------------------------------------------------------------------------------------------------


def test_parts_know_their_name_type_file_and_content() -> None:
    body = (
        b'--B\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
        b'--B\r\nContent-Disposition: form-data; name="doc"; filename="a b.png"\r\nContent-Type: image/PNG; x=1\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\naGk=\r\n--B--\r\nafter"
    )
    note, doc = parse_parts(body, 'multipart/form-data; boundary="B"')
    assert (note.name, note.file_name, note.media_type, note.content, note.plain) == (
        "note",
        "",
        "",
        b"hello",
        b"hello",
    )
    assert (doc.file_name, doc.media_type, doc.content, doc.plain) == ("a b.png", "image/png", b"aGk=", b"hi")


def test_boundaries_count_only_at_the_beginning_of_a_line() -> None:
    body = b"before\r\n--B\r\n\r\na --B b\n--B\n\nsecond\r\n--B--\r\n--B\r\n\r\nafter the end"
    assert [part.content for part in parse_parts(body, "multipart/mixed; boundary=B")] == [b"a --B b", b"second"]


def test_a_boundary_is_found_wherever_the_search_pauses() -> None:
    for size in range(SEARCHED_BYTES - 24, SEARCHED_BYTES + 4):
        body = b"--BOUND\r\n\r\n" + b"x" * size + b"\r\n--BOUND\r\n\r\ny\r\n--BOUND--"
        first, second = parse_parts(body, "multipart/mixed; boundary=BOUND")
        assert (len(first.content), second.content) == (size, b"y")


# -- written as JSON --------------------------------------------------------------------------------------------


def test_any_tree_is_written_as_json() -> None:
    tree = finish(scan_xml(b'<m id="1"><to>+1</to><to>+2</to><none/></m>'))
    text = write_json(tree, ROOT)
    assert text is not None
    assert text.splitlines()[:3] == ["{", '  "m": {', '    "@id": "1",']
    assert json.loads(text) == {"m": {"@id": "1", "to": "+2", "none": ""}}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_what_is_written_reads_the_same(value: object) -> None:
    text = write_json(parse_json_tree(json.dumps(value)), ROOT)
    assert text is not None
    assert json.loads(text) == value
