"""What is copied sends, when it is run, just what a replay sends."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from inspector.domain.attempt import Outgoing
from inspector.domain.errors import UsageError
from inspector.formats.formats import FORMATS
from inspector.formats.httpie import httpie_command
from inspector.formats.raw_http import raw_http
from inspector.replay.outgoing import outgoing_of
from inspector.replay.sender import Sender
from tests.builders import a_request, headers_of
from tests.integration.formats.recorder import Recorder, a_recorder

HEADERS = (
    *headers_of([("Host", "x"), ("x-B", "1"), ("Content-Type", "application/json"), ("X-A", "it's $HOME `x` \\n")]),
    *headers_of([("X-b2", 'a"b;c=@d'), ("X-Empty", ""), ("User-Agent", "Provider/1"), ("X-Colon", "a: b")]),
    (b"X-Raw", b"caf\xe9"),
)
BODIES = {
    "JSON": b'{"it\'s":"$HOME `x` \\\\ !", "a\\/b": 1, "a\\/b": 2}\n',
    "BOM": b"\xef\xbb\xbf{}",
    "umlauts": "größer 😀 \r\n".encode(),
    "file name": b"@/etc/passwd",
    "gzip": gzip.compress(b'{"a":1}' * 50, mtime=0),
    "every byte": bytes(range(256)) * 3,
    "none": b"",
    "two megabytes": b"0123456789abcdef" * 131072,
}

Runs = Callable[[str, Path], list[str]]


def _bash(text: str, folder: Path) -> list[str]:
    script = folder / "copied.sh"
    script.write_text(text, "utf-8", errors="surrogateescape", newline="")
    return ["bash", str(script)]


def _python(text: str, folder: Path) -> list[str]:
    script = folder / "copied.py"
    script.write_text(text, "utf-8", newline="")
    return [sys.executable, str(script)]


def _node(text: str, folder: Path) -> list[str]:
    script = folder / "copied.mjs"
    script.write_text(text, "utf-8", newline="")
    return ["node", str(script)]


RUNS: dict[str, tuple[str, Runs]] = {
    "curl": ("curl", _bash),
    "httpie": ("http", _bash),
    "python": (sys.executable, _python),
    "javascript": ("node", _node),
}


def replayed(outgoing: Outgoing, recorder: Recorder) -> None:
    """Send a request as a replay does, so that it is the recorder's first."""
    asyncio.run(Sender().send(outgoing, timeout_s=30))


def run(key: str, outgoing: Outgoing, folder: Path) -> None:
    """Run what is copied."""
    program, command = RUNS[key]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    text = next(item for item in FORMATS if item.key == key).write(outgoing)
    done = subprocess.run(command(text, folder), capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("key", RUNS)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_copied_request_sends_the_same_body_and_header_lines(key: str, body: bytes, tmp_path: Path) -> None:
    with a_recorder() as recorder:
        headers = HEADERS[:-1] if key == "httpie" else HEADERS
        outgoing = outgoing_of(a_request(body, headers=headers), recorder.url)
        replayed(outgoing, recorder)
        run(key, outgoing, tmp_path)
    assert recorder.bodies == [body, body]
    wanted, sent = recorder.lines(0), recorder.lines(1)
    if key == "httpie":  # writes its own order, and a Connection line that cannot be taken away
        assert sorted(line for line in sent if line[0].lower() != b"connection") == sorted(wanted)
    else:
        assert sent == wanted
        assert recorder.heads[1].split(b"\r\n")[0] == recorder.heads[0].split(b"\r\n")[0]


@pytest.mark.parametrize("key", ["curl", "python", "javascript"])
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_copied_request_keeps_its_method(key: str, method: str, tmp_path: Path) -> None:
    with a_recorder() as recorder:
        outgoing = outgoing_of(a_request(b"", method=method, headers=HEADERS), recorder.url)
        replayed(outgoing, recorder)
        run(key, outgoing, tmp_path)
    assert recorder.heads[1].split(b"\r\n") == recorder.heads[0].split(b"\r\n") or recorder.lines(1) == recorder.lines(
        0
    )
    assert recorder.heads[1].startswith(method.encode() + b" ")


def test_curl_keeps_repeated_header_lines_apart_and_an_expectation(tmp_path: Path) -> None:
    headers = headers_of([("x-B", "1"), ("X-A", "2"), ("x-B", "3"), ("Expect", "100-continue")])
    with a_recorder() as recorder:
        outgoing = outgoing_of(a_request(b"{}", headers=headers), recorder.url.replace("hook", "a/../[b]{c}"))
        replayed(outgoing, recorder)
        run("curl", outgoing, tmp_path)
    assert recorder.lines(1) == recorder.lines(0)
    assert recorder.heads[1].split(b"\r\n")[0] == recorder.heads[0].split(b"\r\n")[0]


def test_raw_http_is_what_goes_over_the_wire() -> None:
    body = "größer\r\n".encode()
    with a_recorder() as recorder:
        outgoing = outgoing_of(a_request(body), recorder.url)
        replayed(outgoing, recorder)
    assert raw_http(outgoing).encode() == recorder.heads[0] + b"\r\n\r\n" + body


def test_raw_http_refuses_what_is_not_text() -> None:
    with pytest.raises(UsageError, match="cURL"):
        raw_http(outgoing_of(a_request(b"\xff\xfe"), "http://localhost/"))


def test_httpie_refuses_a_header_line_it_cannot_send() -> None:
    with pytest.raises(UsageError, match="cURL"):
        httpie_command(outgoing_of(a_request(headers=HEADERS), "http://localhost/"))
