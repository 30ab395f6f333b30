"""Brotli and Zstandard bodies come back as they were; broken ones and bombs stay packed."""

from __future__ import annotations

import gzip
import sys
import tracemalloc
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.payload.body import Payload, inflate
from inspector.payload.steps import finish
from inspector.payload.unpacking import CHUNK_BYTES, UNPACKERS, unpack_body
from tests.builders import a_request, headers_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MB = 1024 * 1024
PACKERS = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}
CODINGS = tuple(PACKERS)


def packed(body: bytes, coding: str) -> Payload:
    return Payload(a_request(body, headers=headers_of([("Content-Encoding", coding)])))


@pytest.mark.parametrize("coding", CODINGS)
@given(data=st.binary(max_size=5000), repeats=st.integers(1, 400))
def test_what_was_packed_comes_back(coding: str, data: bytes, repeats: int) -> None:
    plain = data * repeats
    if plain:
        assert inflate(PACKERS[coding](plain), coding) == plain


@pytest.mark.parametrize("coding", CODINGS)
def test_a_large_body_is_unpacked_in_steps(coding: str) -> None:
    plain = bytes(range(256)) * (8 * MB // 256)
    steps = unpack_body(packed(PACKERS[coding](plain), coding).request, 20 * MB)
    count = sum(1 for _ in steps)
    assert count >= 8 * MB // CHUNK_BYTES // 3  # Brotli may make a little more than asked for at a time
    assert finish(unpack_body(packed(PACKERS[coding](plain), coding).request, 20 * MB)).body == plain


@pytest.mark.parametrize("coding", CODINGS)
def test_a_bomb_stays_packed_and_takes_little_memory(coding: str) -> None:
    bomb = PACKERS[coding](bytes(64 * MB))
    tracemalloc.start()
    try:
        found = finish(unpack_body(packed(bomb, coding).request, 4 * MB))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.too_large
    assert found.body == bomb
    assert "over 4 MB" in found.problem
    assert peak < 24 * MB


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("cut", [1, 5, -1])
def test_a_body_that_ends_in_the_middle_stays_packed(coding: str, cut: int) -> None:
    whole = PACKERS[coding](b'{"message_id":"m1"}' * 100)
    found = finish(unpack_body(packed(whole[:cut], coding).request, MB))
    assert found.body == whole[:cut]
    assert found.problem == f"It was sent as {coding}, but cannot be unpacked as that."


@pytest.mark.parametrize("coding", CODINGS)
@given(data=st.binary(max_size=300))
def test_any_bytes_at_all_are_unpacked_or_left(coding: str, data: bytes) -> None:
    finish(unpack_body(packed(data, coding).request, MB))


@given(data=st.binary(min_size=1, max_size=300), at=st.integers(0, 60), value=st.integers(0, 255))
@pytest.mark.parametrize("coding", ["br", "zstd"])
def test_a_damaged_body_never_raises(coding: str, data: bytes, at: int, value: int) -> None:
    whole = bytearray(PACKERS[coding](data * 3))
    whole[at % len(whole)] = value
    finish(unpack_body(packed(bytes(whole), coding).request, MB))


@pytest.mark.parametrize("coding", ["br", "zstd"])
def test_an_event_reads_the_same_packed(coding: str) -> None:
    assert packed(PACKERS[coding](b'{"message_id":"m1"}'), coding).find("message_id") == "m1"


def test_codings_on_top_of_each_other_are_taken_off_from_the_last_one() -> None:
    assert packed(zstd.compress(brotli.compress(b"{}")), "br, zstd").plain == b"{}"


def test_frames_of_zstandard_may_follow_one_another() -> None:
    assert inflate(zstd.compress(b"one ") + zstd.compress(b"two"), "zstd") == b"one two"


def test_what_follows_a_brotli_stream_is_not_lost_silently() -> None:
    data = brotli.compress(b"whole") + b"more"
    assert inflate(data, "br") == data


def test_a_frame_that_wants_much_memory_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    options = {zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.enable_long_distance_matching: 1}
    stream = zstd.ZstdCompressor(options=options)
    frame = stream.compress(b"x" * 1000) + stream.flush()
    assert inflate(frame, "zstd") == frame


def test_every_coding_has_its_unpacker() -> None:
    assert set(UNPACKERS) == {*CODINGS, "x-gzip"}
