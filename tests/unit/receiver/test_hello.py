"""Reading what a TLS client says first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.receiver.hello import Hello, is_whole, read_hello
from tests.unit.receiver.hellos import client_hello


def test_the_name_the_client_asks_for_is_read() -> None:
    hello = read_hello(client_hello("hooks.example.com"))
    assert hello is not None
    assert hello.server_name == "hooks.example.com"


@pytest.mark.parametrize(("newest", "words"), [("TLSv1_2", "TLS 1.2"), ("TLSv1_3", "TLS 1.3")])
def test_the_newest_version_is_the_one_in_the_extension_not_the_legacy_one(newest: str, words: str) -> None:
    hello = read_hello(client_hello(newest=newest))
    assert hello is not None
    assert hello.newest == words


def test_the_protocols_are_read_in_order() -> None:
    hello = read_hello(client_hello(protocols=("h2", "http/1.1")))
    assert hello is not None
    assert hello.protocols == ("h2", "http/1.1")


def test_a_record_is_whole_with_its_last_byte_and_not_before() -> None:
    whole = client_hello()
    assert is_whole(whole)
    assert not any(is_whole(whole[:size]) for size in range(len(whole)))


@pytest.mark.parametrize("head", [b"\x16\x03\x01\xff\xff", b"\x16\x99\x01\x00\x05"])
def test_nobody_waits_for_a_record_that_breaks_the_rules(head: bytes) -> None:
    assert is_whole(head)


def test_values_nobody_knows_are_left_out() -> None:
    body = bytes.fromhex("0303") + bytes(32) + b"\x00" + b"\x00\x02\x13\x01" + b"\x01\x00"
    versions = b"\x00\x2b\x00\x05\x04\x0a\x0a\x03\x03"  # a GREASE value, then TLS 1.2
    message = body + len(versions).to_bytes(2, "big") + versions
    record = b"\x01" + len(message).to_bytes(3, "big") + message
    assert read_hello(b"\x16\x03\x01" + len(record).to_bytes(2, "big") + record) == Hello("", ("TLS 1.2",))


@given(st.binary(max_size=400))
def test_garbage_is_no_hello_and_no_error(data: bytes) -> None:
    assert read_hello(b"\x16\x03\x01" + data) is None or data


@given(st.data())
def test_a_hello_that_was_cut_or_bent_is_no_error(data: st.DataObject) -> None:
    whole = bytearray(client_hello())
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(3, len(whole) - 1))] = data.draw(st.integers(0, 255))
    read_hello(bytes(whole[: data.draw(st.integers(5, len(whole)))]))
