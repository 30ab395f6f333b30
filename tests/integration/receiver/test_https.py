"""HTTPS over real sockets: what works, what fails and how that is told, and a change of the certificate meanwhile."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from inspector.app import App
from inspector.domain.errors import ListenError
from inspector.domain.event import EventId
from inspector.receiver.https import PASSPHRASE_KEY
from inspector.receiver.state import PauseMode, Status
from tests.integration.receiver.encrypted import Line, failures, post, raw, trusting, until_https
from tests.integration.receiver.https_place import Place, own, set_up, set_up_own
from tests.integration.receiver.wire import exchange, http
from tests.issued import issue
from tests.unit.receiver.hellos import client_hello
from tests.waiting import until

pytestmark = pytest.mark.asyncio


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
    async with asyncio.timeout(20):  # less than a TLS connection is given by default to say goodbye
        await place.app.receiver.stop()
    assert await half.read() == b""
    writer.close()
    await line.close()


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
