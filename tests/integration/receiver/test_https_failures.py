"""Handshakes that fail: each is a row with its reason, and none of them harms the others."""

from __future__ import annotations

import asyncio
import random
import ssl
from dataclasses import replace

import pytest

from inspector.receiver import doorway, first_bytes
from inspector.receiver.state import Status
from tests.integration.receiver.encrypted import failures, post, raw, shake_hands, trusting
from tests.integration.receiver.https_place import Place
from tests.integration.receiver.wire import exchange, http
from tests.unit.receiver.hellos import client_hello
from tests.waiting import until

pytestmark = pytest.mark.asyncio


async def test_a_client_that_does_not_trust_us_is_a_row_with_the_reason(place: Place) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.to_thread(shake_hands, place.port, trusting(None))
    (row,) = await failures(place.app, 1)
    assert "does not know who issued it" in row.reason
    assert (row.request.method, row.request.peer, row.answer.status) == ("—", "127.0.0.1", 0)


async def test_a_client_that_leaves_without_an_alert_is_a_row_too(place: Place) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await post(place.port, place.path, trusting(None))
    (row,) = await failures(place.app, 1)
    assert row.reason.startswith("The client hung up in the middle of the handshake, after it had seen our certificate")


async def test_a_wrong_name_is_told_with_the_name(place: Place) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await post(place.port, place.path, place.trust, name="hooks.example.com")
    (row,) = await failures(place.app, 1)
    assert "It asked for hooks.example.com" in row.reason


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
async def test_too_old_a_client_gets_an_alert_and_a_row(place: Place) -> None:
    old = trusting(None, newest="TLSv1_1", ciphers="ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION"):
        await post(place.port, place.path, old)
    (row,) = await failures(place.app, 1)
    assert row.reason == "The newest version the client can is TLS 1.1; this port takes TLS 1.2 and newer."


async def test_no_shared_cipher_is_a_row(place: Place) -> None:
    other = trusting(place.app.https.authority_file, newest="TLSv1_2", ciphers="AES128-SHA")
    with pytest.raises(ssl.SSLError):
        await post(place.port, place.path, other)
    (row,) = await failures(place.app, 1)
    assert "no cipher or key exchange in common" in row.reason


async def test_plain_http_gets_an_answer_in_plain_words_and_a_row_with_its_head(place: Place) -> None:
    reply = await exchange(place.port, http(place.path, b'{"secret": 1}'))
    assert reply.status == 400
    assert b"https://" in reply.body
    (row,) = await failures(place.app, 1)
    assert "speaks plain HTTP" in row.reason
    assert (row.request.method, row.request.target, row.request.body) == ("POST", place.path, b"")
    assert (row.answer.status, row.answer.body) == (400, reply.body)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hello there\r\n", "neither TLS nor HTTP"),
        (b"\x00" * 40, "neither TLS nor HTTP"),
        (b"\x16\x03\x01\x00\x05hello", "no TLS handshake"),
        (b"\x16\x03\x01\xff\xff" + b"a" * 200, "no TLS handshake"),
        (b"\x16\x03\x01\x02", "hung up in the middle of its first message"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "speaks SSH"),
    ],
)
async def test_garbage_is_a_row_in_words(place: Place, data: bytes, words: str) -> None:
    await raw(place.port, data)
    (row,) = await failures(place.app, 1)
    assert words in row.reason


async def test_hanging_up_in_the_handshake_is_a_row(place: Place) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", place.port)
    writer.write(client_hello("localhost"))
    await reader.read(100)  # our certificate is on its way
    writer.close()
    (row,) = await failures(place.app, 1)
    assert "hung up in the middle of the handshake" in row.reason


async def test_a_client_that_shakes_hands_and_leaves_at_once_is_a_row(place: Place) -> None:
    await asyncio.to_thread(shake_hands, place.port, place.trust)
    (row,) = await failures(place.app, 1)
    assert row.reason.startswith("The client finished the handshake and left without a request.")


async def test_a_handshake_has_a_time_limit(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_bytes, "HANDSHAKE_S", 0.2)
    assert await raw(place.port, client_hello()[:30], end=False) == b""
    (row,) = await failures(place.app, 1)
    assert "did not go on" in row.reason or "in time" in row.reason


async def test_a_handshake_that_stops_in_the_middle_ends_too(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_bytes, "HANDSHAKE_S", 0.3)
    await raw(place.port, client_hello(), end=False)
    (row,) = await failures(place.app, 1)
    assert "in time" in row.reason


async def test_a_connection_that_says_nothing_at_all_is_no_row(place: Place) -> None:
    await raw(place.port, b"")
    await raw(place.port, b"garbage")
    assert len(await failures(place.app, 1)) == 1


async def test_a_scanner_cannot_flood_the_list_and_is_counted(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorway, "SUM_S", 0.3)
    for _ in range(6):
        await asyncio.gather(*(raw(place.port, b"\x00\x01\x02") for _ in range(50)))
    rows = await failures(place.app, 31)
    await until(lambda: place.app.receiver._doorway is not None and place.app.receiver._doorway._sum is None)
    rows = await failures(place.app, len(rows))
    assert len(rows) < 60
    told = [int(row.reason.rpartition(". ")[2].split()[0]) for row in rows if "are not listed" in row.reason]
    assert len(rows) + sum(told) == 300
    assert (await post(place.port, place.path, place.trust)).status == 200


async def test_silent_connections_take_only_so_much_room(place: Place) -> None:
    place.app.receiver.limits = replace(place.app.receiver.limits, connections=3)
    silent = [await asyncio.open_connection("127.0.0.1", place.port) for _ in range(3)]
    assert await raw(place.port, client_hello(), end=False) == b""
    (row,) = await failures(place.app, 1)
    assert row.reason == "All connections for HTTPS were in use."
    for _, writer in silent:
        writer.close()
    await until(lambda: place.app.receiver._doorway is not None and not place.app.receiver._doorway._open)
    assert (await post(place.port, place.path, place.trust)).status == 200


async def test_mangled_handshakes_are_refused_without_a_traceback(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    rng = random.Random(7)
    sent = []
    for _ in range(200):
        data = bytearray(client_hello() if rng.random() < 0.7 else rng.randbytes(rng.randrange(1, 600)))
        for _ in range(rng.randrange(1, 6)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        sent.append(bytes(data[: rng.randrange(1, len(data) + 1)]))
    for start in range(0, 200, 20):
        await asyncio.gather(*(raw(place.port, data) for data in sent[start : start + 20]))
    assert (await post(place.port, place.path, place.trust)).status == 200
    assert [record.message for record in caplog.records if record.levelname in ("ERROR", "WARNING")] == []
    assert all(row.reason.endswith(".") for row in await failures(place.app, 30))


async def test_a_certificate_is_not_taken_after_https_was_switched_off(place: Place) -> None:
    place.app.settings.change(https_mode="off")
    await until(lambda: not place.app.receiver.state.https_url)
    assert await place.app.https.reload()
    assert place.app.https.context is None


async def test_a_stopped_receiver_stays_stopped_when_the_settings_change(place: Place) -> None:
    await place.app.receiver.stop()
    place.app.settings.change(https_lowest="1.3")
    await place.app.receiver.rearrange()
    assert place.app.receiver.state.status is Status.STOPPED
    with pytest.raises(ConnectionRefusedError):
        await raw(place.port, b"")


async def test_failures_during_a_pause_are_not_stored(place: Place) -> None:
    await place.app.receiver.pause()
    await raw(place.port, b"garbage")
    await place.app.receiver.resume()
    await raw(place.port, b"garbage")
    assert len(await failures(place.app, 1)) == 1
