"""What is in the way of a target, found out without changing anything there."""

from __future__ import annotations

import asyncio
import json
import ssl
from pathlib import Path

import pytest

from inspector.domain.attempt import Outgoing
from inspector.domain.errors import UsageError
from inspector.replay.sender import Sender
from inspector.replay.target import parse_target
from inspector.replay.target_advice import TIPS, Finding, advice
from inspector.replay.target_options import TargetOptions, options_for, options_text
from inspector.replay.target_test import check_target
from tests.fakes import a_target, answering, hang
from tests.integration.replay.test_tls import a_certificate

pytestmark = pytest.mark.asyncio


def _server(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def test_a_target_that_answers_is_well() -> None:
    async with a_target(answering(b"HTTP/1.1 204 X\r\nAllow: POST, OPTIONS\r\nServer: tiny\r\n\r\n")) as target:
        report = await check_target(target.url)
    assert report.ok
    assert report.answering == "127.0.0.1"
    assert report.http is not None
    assert (report.http.status, report.http.server, report.http.allow) == (204, "tiny", "POST, OPTIONS")
    assert report.advice == ()
    assert target.requests[-1].startswith(b"OPTIONS /hook HTTP/1.1")


async def test_both_kinds_of_addresses_are_tried() -> None:
    async with a_target() as target:
        report = await check_target(f"http://localhost:{target.port}/")
    found = {check.family: check.accepts for check in report.addresses}
    assert found == {"IPv4": True, "IPv6": False}
    assert "IPv4 only" in report.advice[-1]


async def test_nothing_that_listens_is_told_with_what_to_try() -> None:
    report = await check_target("http://127.0.0.1:1/")
    assert not report.ok
    assert report.addresses[0].problem == "nothing is listening"
    assert report.advice[0].startswith("Start your server")
    assert "host.docker.internal" in report.advice[1]


async def test_a_name_that_is_not_known_is_told() -> None:
    report = await check_target("http://nowhere.invalid/")
    assert report.dns_problem == "Host not found: nowhere.invalid"
    assert "spelling" in report.advice[0]


async def test_an_https_port_that_is_asked_in_http_is_recognised(tmp_path: Path) -> None:
    async with a_target(tls=_server(a_certificate(tmp_path)), reads_head=True) as target:
        report = await check_target(f"http://localhost:{target.port}/hook")
    assert report.advice[0] == f"That port speaks HTTPS: use https://localhost:{target.port}/hook."


async def test_an_http_port_that_is_asked_in_https_is_recognised() -> None:
    async with a_target(reads_head=False) as target:
        report = await check_target(f"https://localhost:{target.port}/hook")
    assert report.advice[0] == f"That port speaks plain HTTP: use http://localhost:{target.port}/hook."


async def test_a_self_made_certificate_is_named_with_its_facts(tmp_path: Path) -> None:
    async with a_target(tls=_server(a_certificate(tmp_path, days=5))) as target:
        url = f"https://localhost:{target.port}/hook"
        report = await check_target(url)
    assert report.tls is not None
    assert "self-made" in report.tls.problem
    assert report.tls.names == ("localhost",)
    assert report.tls.days_left == 4
    assert report.advice[0].startswith("Choose its certificate")


async def test_an_own_certificate_is_trusted_where_it_was_chosen(tmp_path: Path) -> None:
    file = a_certificate(tmp_path)
    async with a_target(tls=_server(file)) as target:
        url = f"https://localhost:{target.port}/hook"
        settings = (options_text(TargetOptions(url, ca_file=str(file))),)
        sender = Sender(options=lambda: settings)
        report = await check_target(url, sender)
        result = await sender.send(Outgoing("POST", url, (), b"{}"), timeout_s=5)
        other = await Sender().send(Outgoing("POST", url, (), b"{}"), timeout_s=5)
    assert report.ok
    assert report.tls is not None
    assert report.tls.problem == ""
    assert result.response is not None
    assert result.tls is not None
    assert result.tls.subject == "localhost"
    assert other.response is None


async def test_another_host_line_is_sent_and_its_certificate_expected(tmp_path: Path) -> None:
    file = a_certificate(tmp_path, name="shop.test")
    async with a_target(tls=_server(file)) as target:
        url = f"https://127.0.0.1:{target.port}/hook"
        report = await check_target(url, Sender(options=lambda: (options_text(TargetOptions(url, str(file))),)))
        settings = (options_text(TargetOptions(url, str(file), "shop.test")),)
        result = await Sender(options=lambda: settings).send(Outgoing("POST", url, (), b"{}"), timeout_s=5)
    assert report.tls is not None
    assert "another name" in report.tls.problem
    assert "set the Host line to shop.test" in report.advice[0]
    assert result.response is not None
    assert b"\r\nHost: shop.test\r\n" in target.requests[-1]
    assert (b"Host", b"shop.test") in result.sent.headers


async def test_something_else_that_listens_says_what_it_is() -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        report = await check_target(f"http://127.0.0.1:{port}/")
    assert "SSH-2.0" in report.advice[0]


async def test_a_server_that_says_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspector.replay.target_test.HTTP_S", 0.2)
    monkeypatch.setattr("inspector.replay.target_test.CONNECT_S", 0.7)
    async with a_target(hang) as target:
        report = await check_target(target.url)
    assert report.advice == (
        "It takes the connection and says nothing: is the server stuck in a breakpoint, or busy with one request?",
    )


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (b"HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n", "404 to /hook"),
        (b"HTTP/1.1 301 X\r\nLocation: https://a/b\r\nContent-Length: 0\r\n\r\n", "redirects to https://a/b"),
        (b"HTTP/1.1 405 X\r\nAllow: GET, HEAD\r\nContent-Length: 0\r\n\r\n", "not POST"),
        (b"HTTP/1.1 421 X\r\nContent-Length: 0\r\n\r\n", "Host line"),
        (b"HTTP/1.1 400 X\r\nContent-Length: 35\r\n\r\nDisallowedHost: add to ALLOWED_HOSTS", "Host line"),
        (b"HTTP/1.1 400 X\r\nContent-Length: 43\r\n\r\nThe plain HTTP request was sent to HTTPS port", "wants HTTPS"),
    ],
)
async def test_telling_answers_lead_to_what_to_try(response: bytes, words: str) -> None:
    async with a_target(answering(response)) as target:
        report = await check_target(target.url)
    assert words in report.advice[0]


async def test_a_405_to_options_is_no_trouble() -> None:
    async with a_target(answering(b"HTTP/1.1 405 X\r\nAllow: POST\r\nContent-Length: 0\r\n\r\n")) as target:
        report = await check_target(target.url)
    assert report.ok
    assert report.advice == ()


async def test_names_of_containers_are_explained() -> None:
    for host in ("host.docker.internal", "web"):
        finding = Finding(parse_target(f"http://{host}:5000/"), dns_problem="Host not found")
        assert "localhost" in advice(finding)[0]
    assert len(set(TIPS)) == len(TIPS)


async def test_options_are_found_by_origin_and_unreadable_ones_left_out(tmp_path: Path) -> None:
    text = options_text(TargetOptions("HTTPS://Shop.example/a/b", host="x"))
    assert json.loads(text)["origin"] == "https://shop.example"
    found = options_for("https://shop.example/other?q=1", ("{", "[]", '{"a": 1}', text))
    assert found == TargetOptions("https://shop.example", "", "x")
    assert options_for("http://shop.example/", (text,)) is None
    with pytest.raises(UsageError, match="is no host"):
        options_text(TargetOptions("https://a", host="a b"))
    with pytest.raises(UsageError, match="cannot be read"):
        options_text(TargetOptions("https://a", ca_file=str(tmp_path / "none.pem")))
    (tmp_path / "text.pem").write_text("no certificate")
    with pytest.raises(UsageError, match="holds no certificate"):
        options_text(TargetOptions("https://a", ca_file=str(tmp_path / "text.pem")))
