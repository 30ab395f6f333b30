"""HTTPS over real sockets: what works, what fails and how that is told, and a change of the certificate meanwhile."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import random
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from inspector.app import App, AppOptions, open_app
from inspector.domain.errors import ListenError
from inspector.domain.event import EventId
from inspector.receiver import doorway, first_bytes
from inspector.receiver.https import PASSPHRASE_KEY
from inspector.receiver.state import PauseMode, Status
from tests.integration.receiver.conftest import until
from tests.integration.receiver.encrypted import Line, failures, post, raw, shake_hands, trusting, until_https
from tests.integration.receiver.wire import exchange, http
from tests.issued import Issued, an_authority, an_intermediate, issue
from tests.unit.receiver.hellos import client_hello

pytestmark = pytest.mark.asyncio


@dataclass
class Place:
    """A program with HTTPS beside HTTP and one endpoint that checks nothing."""

    app: App
    path: str
    port: int
    trust: ssl.SSLContext

    async def reload(self) -> None:
        assert await self.app.https.reload()


@pytest_asyncio.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with open_app(tmp_path / "data", AppOptions(port=0, apart=False)) as app:
        yield app


@pytest_asyncio.fixture
async def place(app: App) -> Place:
    return await set_up(app)


async def set_up(app: App, **settings: object) -> Place:
    endpoint = await app.directory.create("Plain", "")
    app.settings.change(**{"https_mode": "beside", "https_port": 0, **settings})
    port = await until_https(app)
    own = app.settings.current.https_source == "own"
    trust = trusting(None if own else app.https.authority_file)
    if own:
        trust.load_verify_locations(cadata=an_authority().pem.decode())
    return Place(app, endpoint.path, port, trust)


def own(folder: Path, *, name: str = "localhost", **options: object) -> Issued:
    """Write a certificate for localhost with its chain as server.pem and server.key."""
    issued = issue(name, an_intermediate(), names=("localhost", "127.0.0.1"), **options)  # type: ignore[arg-type]
    issued.save(folder, an_intermediate())
    return issued


async def set_up_own(app: App, folder: Path, **settings: object) -> Place:
    own(folder)
    files = {"https_certificate": str(folder / "server.pem"), "https_key": str(folder / "server.key")}
    return await set_up(app, https_source="own", **files, **settings)


# What works


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
async def test_a_client_that_trusts_the_authority_is_received_by_name_and_by_address(place: Place, name: str) -> None:
    heard = await post(place.port, place.path, place.trust, b'{"id":1}', name=name)
    assert (heard.status, heard.version) == (200, "TLSv1.3")
    event = place.app.store.event(EventId(1))
    assert event is not None
    assert event.request.body == b'{"id":1}'
    assert event.request.peer == "127.0.0.1"


async def test_tls_1_2_is_taken_and_refused_where_1_3_is_the_lowest(place: Place) -> None:
    old = trusting(place.app.https.authority_file, newest="TLSv1_2")
    assert (await post(place.port, place.path, old)).version == "TLSv1.2"
    place.app.settings.change(https_lowest="1.3")
    await until(lambda: place.app.https.lowest == "1.3")
    with pytest.raises(ssl.SSLError):
        await post(place.port, place.path, old)
    (row,) = await failures(place.app, 1)
    assert row.reason == "The newest version the client can is TLS 1.2; this port takes TLS 1.3 and newer."


async def test_http_goes_on_beside_it(place: Place) -> None:
    reply = await exchange(place.app.receiver.state.port, http(place.path, b"{}"))
    assert reply.status == 200
    assert place.app.receiver.state.url.startswith("http://")


async def test_several_requests_share_a_connection(place: Place) -> None:
    line = await Line.open(place.port, place.trust)
    assert [(await line.post(place.path, b"x" * size)).status for size in (1, 70_000, 1_000_000)] == [200] * 3
    await line.close()


async def test_only_https_leaves_no_plain_port_but_the_inner_one(app: App) -> None:
    before = app.receiver.state.port
    place = await set_up(app, https_mode="only")
    state = app.receiver.state
    assert state.url == state.https_url
    assert state.port == place.port
    with pytest.raises(ConnectionRefusedError):
        await exchange(before, http(place.path, b"{}"))
    assert (await exchange(state.inner_port, http(place.path, b"{}"))).status == 200
    sent = await app.simulator.send(app.directory.all()[-1].id, app.simulator.samples(app.directory.all()[-1])[0].key)
    assert sent.accepted == sent.sent == 1
    assert (await post(place.port, place.path, place.trust)).status == 200


async def test_switched_off_again_the_port_is_closed_and_http_is_where_it_was(app: App) -> None:
    before = app.receiver.state.port
    place = await set_up(app, https_mode="only")
    app.settings.change(https_mode="off")
    await until(lambda: not app.receiver.state.https_url and app.receiver.state.status is Status.RECEIVING)
    assert app.receiver.state.port == before
    with pytest.raises(ConnectionRefusedError):
        await raw(place.port, b"")
    assert app.https.context is None


async def test_it_listens_on_ipv6_too(app: App) -> None:
    place = await set_up(app)
    await app.receiver.restart("localhost", 0)
    line = await Line.open(app.receiver.state.https_port, place.trust, host="::1", name="::1")
    assert (await line.post(place.path)).status == 200
    await line.close()


async def test_every_network_means_both_families(app: App) -> None:
    place = await set_up(app)
    await app.receiver.restart("::", 0)
    port = app.receiver.state.https_port
    for host in ("::1", "127.0.0.1"):
        line = await Line.open(port, place.trust, host=host, name=host)
        assert (await line.post(place.path)).status == 200
        await line.close()


async def test_addresses_are_told_for_both(place: Place) -> None:
    endpoint = place.app.directory.all()[-1]
    receiver = place.app.receiver
    assert receiver.https_address_of(endpoint) == f"https://127.0.0.1:{place.port}{endpoint.path}"
    assert receiver.inner_address_of(endpoint) == receiver.address_of(endpoint)


async def test_another_http_client_agrees(place: Place) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=place.trust)) as session:
        answers = await asyncio.gather(
            *(session.post(f"https://localhost:{place.port}{place.path}", data=b"{}") for _ in range(20))
        )
        assert [answer.status for answer in answers] == [200] * 20


async def test_a_signature_over_the_address_knows_that_it_was_https(place: Place) -> None:
    endpoint = await place.app.directory.create("Twilio", "twilio")
    await place.app.directory.set_secret(endpoint.id, "a token of the tests")
    url = f"https://localhost:{place.port}{endpoint.path}"
    digest = hmac.new(b"a token of the tests", f"{url}MessageSidSM1".encode(), hashlib.sha1).digest()
    headers = {"X-Twilio-Signature": base64.b64encode(digest).decode()}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=place.trust)) as session:
        async with session.post(url, data={"MessageSid": "SM1"}, headers=headers) as answer:
            assert answer.status == 200
        plain = f"http://localhost:{place.app.receiver.state.port}{endpoint.path}"
        async with session.post(plain, data={"MessageSid": "SM1"}, headers=headers) as answer:
            assert answer.status == 401


async def test_a_pause_turns_away_over_tls_too(place: Place) -> None:
    await place.app.receiver.pause(PauseMode.REFUSE)
    assert (await post(place.port, place.path, place.trust)).status == 503
    await place.app.receiver.pause(PauseMode.CLOSED)
    with pytest.raises(ConnectionRefusedError):
        await raw(place.port, b"")
    await place.app.receiver.resume()
    assert (await post(place.app.receiver.state.https_port, place.path, place.trust)).status == 200


async def test_a_stop_does_not_wait_for_clients_that_never_say_goodbye(place: Place) -> None:
    line = await Line.open(place.port, place.trust)
    await line.post(place.path)
    half, writer = await asyncio.open_connection("127.0.0.1", place.port)
    writer.write(client_hello()[:20])
    async with asyncio.timeout(8):
        await place.app.receiver.stop()
    assert await half.read() == b""
    writer.close()
    await line.close()


# What fails is a row


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


# Certificates


async def test_an_own_certificate_is_sent_with_its_chain(app: App, tmp_path: Path) -> None:
    place = await set_up_own(app, tmp_path)
    heard = await post(place.port, place.path, place.trust)
    assert heard.status == 200
    assert app.https.state.facts is not None
    assert app.https.state.facts.issuer == "Test Issuing CA"
    assert app.https.state.warning == ""


async def test_a_changed_file_applies_to_new_connections_and_open_ones_go_on(app: App, tmp_path: Path) -> None:
    app.https._look_s = 0.05
    place = await set_up_own(app, tmp_path)
    line = await Line.open(place.port, place.trust)
    before = (await line.post(place.path)).certificate
    loaded = app.https.state.loaded_at
    own(tmp_path)
    await until(lambda: app.https.state.loaded_at != loaded and app.https.state.error is None)
    assert (await post(place.port, place.path, place.trust)).certificate != before
    assert (await line.post(place.path)).status == 200
    await line.close()


async def test_a_change_for_the_worse_keeps_what_is_in_force_and_says_so(app: App, tmp_path: Path) -> None:
    place = await set_up_own(app, tmp_path)
    before = (await post(place.port, place.path, place.trust)).certificate
    (tmp_path / "server.key").write_bytes(issue("other").key_pem)
    told: list[str] = []
    app.https.changed.subscribe(lambda state: told.append(state.warning))
    assert not await app.https.reload()
    assert [words.partition(". ")[0] for words in told] == ["The key does not belong to the certificate for localhost"]
    assert (await post(place.port, place.path, place.trust)).certificate == before


async def test_reloading_under_load_loses_nobody(app: App, tmp_path: Path) -> None:
    place = await set_up_own(app, tmp_path)
    seen: set[bytes] = set()
    done = asyncio.Event()

    async def client() -> int:
        count = 0
        while not done.is_set():
            heard = await post(place.port, place.path, place.trust)
            assert heard.status == 200
            seen.add(heard.certificate)
            count += 1
        return count

    clients = [asyncio.create_task(client()) for _ in range(8)]
    for round_ in range(5):
        await until(lambda round_=round_: len(seen) > round_)  # type: ignore[misc]
        await asyncio.to_thread(own, tmp_path)
        await place.reload()
    await until(lambda: len(seen) == 6)
    done.set()
    assert sum(await asyncio.gather(*clients)) >= 6


async def test_an_encrypted_key_opens_with_the_passphrase_of_the_secret_store(app: App, tmp_path: Path) -> None:
    issued = own(tmp_path)
    (tmp_path / "server.key").write_bytes(issued.locked("open sesame"))
    files = {"https_certificate": str(tmp_path / "server.pem"), "https_key": str(tmp_path / "server.key")}
    app.settings.change(https_mode="beside", https_port=0, https_source="own", **files)
    await until(lambda: app.receiver.state.https_error is not None)
    assert str(app.receiver.state.https_error) == "The key is encrypted. Enter its passphrase."
    assert app.receiver.state.status is Status.RECEIVING
    await asyncio.to_thread(app.secret_store.put, PASSPHRASE_KEY, "open sesame")
    assert await app.https.reload()
    assert await until_https(app)


async def test_a_certificate_that_appears_later_opens_the_port_by_itself(app: App, tmp_path: Path) -> None:
    app.https._look_s = 0.05
    files = {"https_certificate": str(tmp_path / "server.pem"), "https_key": str(tmp_path / "server.key")}
    app.settings.change(https_mode="beside", https_port=0, https_source="own", **files)
    await until(lambda: app.receiver.state.https_error is not None)
    assert "is not there" in str(app.receiver.state.https_error)
    own(tmp_path)
    assert await until_https(app)
    assert app.receiver.state.https_error is None


async def test_only_https_without_a_certificate_is_a_failure_in_words(app: App) -> None:
    app.settings.change(https_mode="only", https_port=0, https_source="own")
    await until(lambda: app.receiver.state.status is Status.FAILED)
    assert str(app.receiver.state.error) == "No certificate is chosen. Choose its file in Settings, HTTPS."
    app.settings.change(https_source="authority")
    await until(lambda: app.receiver.state.status is Status.RECEIVING)


async def test_an_end_that_comes_near_is_a_warning_for_the_banner(app: App, tmp_path: Path) -> None:
    own(tmp_path, until=datetime.now(UTC) + timedelta(days=5, hours=1))
    files = {"https_certificate": str(tmp_path / "server.pem"), "https_key": str(tmp_path / "server.key")}
    await set_up(app, https_source="own", **files)
    assert app.https.state.warning.startswith("The certificate expires in 5 days")


async def test_our_own_certificate_is_renewed_before_it_ends(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before = place.app.https.state.facts
    assert before is not None
    later = before.not_after - timedelta(days=20)
    monkeypatch.setattr(place.app.https, "_clock", lambda: later)
    await place.app.https._check_again(place.app.https.plan)
    after = place.app.https.state.facts
    assert after is not None
    assert after.not_after > before.not_after
    assert after.issuer == before.issuer


async def test_a_taken_port_leaves_http_alone_and_is_told(app: App) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    taken = server.sockets[0].getsockname()[1]
    app.settings.change(https_mode="beside", https_port=taken)
    await until(lambda: app.receiver.state.https_error is not None)
    error = app.receiver.state.https_error
    assert isinstance(error, ListenError)
    assert error.taken
    assert app.receiver.state.status is Status.RECEIVING
    server.close()


async def test_the_port_of_http_is_no_port_for_https(app: App) -> None:
    app.settings.change(https_mode="beside", https_port=app.receiver.state.port)
    await until(lambda: app.receiver.state.https_error is not None)
    assert "port of its own" in str(app.receiver.state.https_error)


async def test_two_hundred_handshakes_at_once_all_succeed(place: Place) -> None:
    answers = await asyncio.gather(*(post(place.port, place.path, place.trust) for _ in range(200)))
    assert [answer.status for answer in answers] == [200] * 200


async def test_nothing_about_certificates_is_loaded_while_https_is_off(app: App) -> None:
    assert app.https.context is None
    assert app.https._watching is None
    assert not (app.folder / "authority").exists()
