"""The doctor over a running program: every check for real, with real addresses that misbehave."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from inspector.app import App, AppOptions, open_app
from inspector.doctor import local_checks
from inspector.doctor.asked import examine
from inspector.doctor.check import Check
from inspector.doctor.doctor import CHECKS, Doctor
from inspector.doctor.finding import Deed, Finding, Outcome, good
from inspector.doctor.report import as_json, as_text
from inspector.doctor.scene import Scene
from inspector.domain.access import AccessRule
from inspector.domain.query import Query
from inspector.instance import ask_running
from inspector.receiver.state import PauseMode
from tests.integration.receiver.encrypted import until_https
from tests.integration.receiver.wire import Wire, exchange, http
from tests.waiting import until

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with open_app(tmp_path / "data", AppOptions(port=0, apart=False)) as app:
        yield app


async def findings(app: App) -> dict[str, Finding]:
    return dict(await Doctor(Scene.of(app)).run())


def outcomes(found: dict[str, Finding]) -> dict[str, str]:
    return {key: finding.outcome.value for key, finding in found.items()}


Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def answering(data: bytes) -> AsyncIterator[str]:
    """Answer every request with the same bytes; yields the address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(data)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def page(status: str, body: str = "", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


async def lead(app: App, url: str) -> None:
    """Say that this is the public address."""
    app.settings.change(tunnel_own_url=url)
    await app.tunnels.start("own")
    await until(lambda: app.tunnels.state.public_url == url)


async def test_a_fresh_program_is_fine_and_has_no_public_address(app: App) -> None:
    found = await findings(app)
    assert list(found) == [check.key for check in CHECKS]
    told = outcomes(found)
    assert [key for key, outcome in told.items() if outcome == "good"] == [
        *("receiver", "loopback", "paused", "path", "access", "died", "disk"),
    ]
    assert set(told.values()) == {"good", "skipped"}


async def test_the_checks_store_nothing(app: App) -> None:
    await findings(app)
    assert len(await app.store.ids(Query())) == 0


async def test_a_round_trip_through_the_public_address_proves_itself(app: App) -> None:
    await lead(app, app.receiver.state.url)
    found = await findings(app)
    assert found["round_trip"].outcome is Outcome.GOOD
    assert found["certificate"].words == "The public address is plain HTTP, which most providers refuse."


async def test_another_instance_at_the_public_address_is_found_out(app: App, tmp_path: Path) -> None:
    async with open_app(tmp_path / "other", AppOptions(port=0, apart=False)) as other:
        await lead(app, other.receiver.state.url)
        finding = (await findings(app))["round_trip"]
    assert finding.outcome is Outcome.BAD
    assert "Another program, or another computer" in finding.words


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (page("200 OK", "<title>Apache2 Default Page</title>"), "Another program"),
        (page("200 OK", "ERR_NGROK_6024"), "a page of its own"),
        (page("404 Not Found", "gone", "Ngrok-Error-Code: ERR_NGROK_3200"), "knows no tunnel"),
        (page("502 Bad Gateway"), "does not get through"),
        (page("301 Moved", "", "Location: https://example.com/"), "redirects"),
        (page("401 Unauthorized"), "asks who is there"),
        (b"nonsense\r\n\r\n", "does not answer"),
    ],
)
async def test_what_stands_at_the_public_address_instead_is_named(app: App, data: bytes, words: str) -> None:
    async with answering(data) as url:
        await lead(app, url)
        found = await findings(app)
    assert found["round_trip"].outcome is Outcome.BAD
    assert words in found["round_trip"].words


async def test_an_address_that_refuses_is_told_and_the_clock_left_alone(app: App) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        await lead(app, f"http://127.0.0.1:{reserved.getsockname()[1]}")
        found = await findings(app)
    assert found["round_trip"].detail == "The connection is refused."
    assert found["clock"].words == "Not tried: “Public address leads here” has to work first."


async def test_a_name_nobody_knows_is_told(app: App) -> None:
    await lead(app, "https://nobody.invalid")
    found = await findings(app)
    assert found["name"].outcome is Outcome.BAD
    assert [found[key].outcome for key in ("certificate", "round_trip")] == [Outcome.SKIPPED] * 2


async def test_an_untrusted_certificate_at_the_public_address_is_told(app: App) -> None:
    app.settings.change(https_mode="beside", https_port=0)
    port = await until_https(app)
    await lead(app, f"https://127.0.0.1:{port}")
    found = await findings(app)
    assert found["certificate"].outcome is Outcome.BAD
    assert "not trusted" in found["certificate"].words
    assert found["https"].outcome is Outcome.GOOD


async def test_a_clock_that_is_wrong_is_told_by_the_date_of_the_answer(app: App) -> None:
    # Our own answers have no Date: a proxy in front adds one, here a wrong one.
    port = app.receiver.state.port

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        inner, out = await asyncio.open_connection("127.0.0.1", port)
        out.write(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        answer = await inner.read()
        out.close()
        writer.write(answer.replace(b"\r\n", b"\r\nDate: Sun, 01 Mar 2020 12:00:00 GMT\r\n", 1))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(relay, "127.0.0.1", 0)
    await lead(app, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    found = await findings(app)
    server.close()
    assert found["round_trip"].outcome is Outcome.GOOD
    assert (found["clock"].outcome, "ahead" in found["clock"].words) == (Outcome.BAD, True)


async def test_a_paused_receiver_and_a_paused_endpoint_are_told(app: App) -> None:
    await app.receiver.pause(PauseMode.REFUSE)
    found = await findings(app)
    assert (found["loopback"].outcome, found["paused"].outcome) == (Outcome.GOOD, Outcome.BAD)
    await app.receiver.resume()
    await app.directory.save(replace(app.directory.all()[0], paused=True))
    finding = (await findings(app))["paused"]
    assert finding.action is not None
    assert finding.action.deed is Deed.RESUME_ENDPOINT


@pytest.mark.parametrize("stopped", [True, False])
async def test_a_receiver_that_does_not_listen_stops_what_builds_on_it(app: App, stopped: bool) -> None:
    await (app.receiver.stop() if stopped else app.receiver.pause(PauseMode.CLOSED))
    doctor = Doctor(Scene.of(app))
    found = await doctor.run()
    assert found["receiver"].outcome is Outcome.BAD
    assert found["loopback"].words == "Not tried: “Receiver listens” has to work first."
    assert doctor.verdict().words == found["receiver"].words


async def test_a_taken_port_names_who_has_it(app: App) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Exception, match="is taken"):
            await app.receiver.restart("127.0.0.1", port)
        finding = (await findings(app))["receiver"]
    assert "is taken" in finding.words
    assert finding.action is not None
    assert finding.action.deed is Deed.CHOOSE_PORT


async def test_a_stranger_at_the_ipv6_loopback_is_noticed(app: App) -> None:
    port = app.receiver.state.port

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(page("200 OK", "a stranger"))
        await writer.drain()
        writer.close()

    try:
        server = await asyncio.start_server(answer, "::1", port)
    except OSError:
        pytest.skip("no IPv6 here")
    finding = (await findings(app))["loopback"]
    server.close()
    assert finding.outcome is Outcome.DOUBT
    assert "localhost" in finding.words


async def test_listening_on_every_network_is_tried_at_the_networks_address(app: App) -> None:
    await app.receiver.restart("0.0.0.0", 0)
    finding = (await findings(app))["network"]
    if finding.words == "This computer has no address on a network.":
        pytest.skip("no network here")
    assert finding.outcome is Outcome.GOOD


async def test_what_died_on_the_way_is_found_in_the_store(app: App) -> None:
    endpoint = app.directory.all()[0]
    port = app.receiver.state.port
    await exchange(port, http("/in/nobody", b"{}"))
    await exchange(port, b"no http at all\r\n\r\n")
    await exchange(port, http(endpoint.path[:-1], b"{}"))
    found = await findings(app)
    assert found["died"].words.startswith("3 requests were turned away in the last hour: 2 to an unknown path")
    assert endpoint.path[:-1] in found["path"].words
    assert found["path"].outcome is Outcome.BAD


async def test_a_broken_certificate_is_told_with_the_way_to_the_settings(app: App) -> None:
    app.settings.change(https_mode="beside", https_port=0, https_source="own")
    await until(lambda: app.receiver.state.https_error is not None)
    finding = (await findings(app))["https"]
    assert finding.words == "No certificate is chosen."
    assert finding.action is not None
    assert finding.action.deed is Deed.HTTPS_SETTINGS


async def test_an_allow_list_behind_a_tunnel_is_told(app: App) -> None:
    rule = AccessRule(allowed=("203.0.113.0/24",))
    await app.directory.save(replace(app.directory.all()[0], access=rule))
    await lead(app, app.receiver.state.url)
    assert (await findings(app))["access"].outcome is Outcome.BAD


async def test_one_check_is_made_again_with_what_it_builds_on(app: App) -> None:
    await app.receiver.pause(PauseMode.CLOSED)
    told: list[str] = []
    doctor = Doctor(Scene.of(app), lambda check, finding: told.append(check.key) if finding else None)
    await doctor.run()
    await app.receiver.resume()
    told.clear()
    assert (await doctor.run_one("loopback")).outcome is Outcome.GOOD
    assert told == ["receiver", "loopback"]


async def test_a_check_that_hangs_or_breaks_is_told_and_the_others_go_on(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(_scene: Scene) -> Finding:
        await asyncio.Event().wait()
        return good("never")

    async def breaks(_scene: Scene) -> Finding:
        raise ZeroDivisionError("a bug")

    checks = (Check("a", "A", hangs, (), 0.05), Check("b", "B", breaks), *local_checks.CHECKS[:1])
    monkeypatch.setattr("inspector.doctor.doctor.CHECKS", checks)
    found = await Doctor(Scene.of(app)).run()
    assert [finding.outcome.value for finding in found.values()] == ["bad", "doubt", "good"]
    assert found["a"].words == "The check took too long."


async def test_the_verdict_names_the_address_the_provider_needs(app: App) -> None:
    await lead(app, app.receiver.state.url)
    await until(lambda: app.tunnels.state.alive is True)
    doctor = Doctor(Scene.of(app))
    await doctor.run()
    for key in ("name", "certificate"):
        doctor.findings[key] = good("fine")
    verdict = doctor.verdict()
    assert verdict.words == "Everything on this side works."
    assert verdict.action is not None
    assert verdict.action.detail == f"{app.receiver.state.url}{app.directory.all()[0].path}"


async def test_the_report_says_for_a_colleague_what_was_found(app: App) -> None:
    doctor = Doctor(Scene.of(app))
    found = await doctor.run()
    text = as_text(found, doctor.verdict(), "RCS", doctor._scene.now())
    assert "ok  Receiver listens" in text
    assert "--  Tunnel is up" in text
    values = as_json(found, doctor.verdict(), "RCS", doctor.address)
    assert json.loads(json.dumps(values))["checks"][0]["outcome"] == "good"
    assert len(values["checks"]) == len(CHECKS)


async def test_another_process_of_the_user_can_ask(app: App) -> None:
    answer = await asyncio.to_thread(ask_running, app.folder, "doctor", 30.0, endpoint="")
    assert answer["outcome"] == "doubt"
    assert "Receiver listens" in answer["text"]
    assert await asyncio.to_thread(ask_running, app.folder / "elsewhere", "doctor", 1.0) is None


async def test_nobody_without_the_token_can_ask(app: App) -> None:
    note = json.loads((app.folder / "instance.json").read_text())
    reader, writer = await asyncio.open_connection("127.0.0.1", note["port"])
    writer.write(json.dumps({"token": "guessed", "command": "doctor"}).encode() + b"\n")
    assert json.loads(await reader.readline()) == {"ok": False}
    writer.close()


async def test_an_endpoint_is_meant_by_its_name_number_or_path(app: App) -> None:
    second = await app.directory.create("Second", "")
    for wanted in ("Second", "second", str(second.id), second.token, second.path):
        assert (await examine(app, wanted))["endpoint"] == "Second"
    assert (await examine(app, "nobody"))["known"] == "My endpoint, Second"


async def test_hundreds_of_refused_rows_are_read_in_slices(app: App) -> None:
    wire = await Wire.to(app.receiver.state.port)
    for number in range(300):
        await wire.send(http(f"/in/none{number}", b"x"))
        await wire.reply()
    await wire.close()
    finding = (await findings(app))["died"]
    assert finding.words.startswith("300 requests were turned away")
