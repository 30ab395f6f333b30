"""A cURL command carries the method, the headers and every byte of the body through bash."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from inspector.formats.curl import LONGEST_ARGUMENT, to_curl
from tests.builders import a_request, headers_of

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the command is for bash")

# Stands in for cURL: prints its arguments with NUL between them, and then what it is piped.
FAKE = r"""curl() { printf '%s\0' "$@"; [[ " $* " == *" @- "* ]] && { printf 'PIPED:'; cat; }; return 0; }
"""


def run(command: str) -> tuple[list[bytes], bytes]:
    """Return the arguments cURL would get, and what would be piped to it."""
    script = (FAKE + command).encode("utf-8", "surrogateescape")
    done = subprocess.run(["bash"], input=script, capture_output=True, check=True)
    arguments, _, piped = done.stdout.partition(b"PIPED:")
    return arguments.split(b"\0")[:-1], piped


@pytest.mark.parametrize(
    "body",
    [
        b'{"it\'s":"$HOME `x` \\\\ !"}\n',
        "größer 😀\n\n".encode(),
        b"@/etc/passwd",
        bytes(range(1, 256)),
        b"\r\n\t'",
    ],
)
def test_the_body_arrives_byte_for_byte(body: bytes) -> None:
    arguments, _ = run(to_curl(a_request(body), "http://localhost:5000/x"))
    assert arguments[-1] == body
    assert arguments[-2] == (b"--data-raw" if body.startswith(b"@") else b"--data-binary")


@pytest.mark.parametrize("body", [bytes(range(256)), b"\\0'%" * LONGEST_ARGUMENT], ids=["NUL bytes", "very long"])
def test_a_body_that_fits_no_argument_is_piped(body: bytes) -> None:
    arguments, piped = run(to_curl(a_request(body), "http://localhost/"))
    assert arguments[-2:] == [b"--data-binary", b"@-"]
    assert piped == body


def test_headers_keep_order_case_repeats_and_odd_bytes() -> None:
    headers = (
        *headers_of([("Host", "x"), ("x-B", "1"), ("Content-Length", "2"), ("X-A", "it's"), ("x-B", "2")]),
        (b"X-Raw", b"\xe9"),
        (b"X-Empty", b""),
        (b"Connection", b"close"),
    )
    arguments, _ = run(to_curl(a_request(b"{}", headers=headers), "http://localhost/"))
    sent = [arguments[at + 1] for at, word in enumerate(arguments) if word == b"-H"]
    assert sent[:5] == [b"x-B: 1", b"X-A: it's", b"x-B: 2", b"X-Raw: \xe9", b"X-Empty;"]
    assert sent[5:] == [b"User-Agent:", b"Accept:", b"Content-Type:"]


@pytest.mark.parametrize(
    ("method", "body", "words"),
    [
        ("POST", b"x", []),
        ("GET", b"", []),
        ("POST", b"", ["-X", "POST"]),
        ("PUT", b"x", ["-X", "PUT"]),
        ("HEAD", b"", ["--head"]),
    ],
)
def test_the_method_is_named_where_curl_would_choose_another(method: str, body: bytes, words: list[str]) -> None:
    arguments, _ = run(to_curl(a_request(body, method=method), "http://localhost/a?b='c&d"))
    expected = [*(word.encode() for word in words), b"http://localhost/a?b='c&d"]
    assert arguments[: len(expected)] == expected
