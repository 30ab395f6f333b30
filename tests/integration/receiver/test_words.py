"""The pure parts of receiving: which endpoint a target names, which address was signed, what an answer looks like."""

from __future__ import annotations

import pytest

from inspector.domain.answer import Answer
from inspector.domain.endpoint import Signing
from inspector.receiver.addressing import base_url, origin_form, signed_url, tokens_of
from inspector.receiver.answering import wire_bytes
from inspector.receiver.reading import best_guess
from tests.builders import a_request, an_endpoint, headers_of


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/in/a?x", "/in/a?x"),
        ("http://h/in/a?x=http://y", "/in/a?x=http://y"),
        ("https://h:1", "/"),
        ("http://h?x", "/?x"),
        ("/in/a?u=http://h/in/b", "/in/a?u=http://h/in/b"),
        ("*", "*"),
    ],
)
def test_an_absolute_target_loses_scheme_and_host(target: str, path: str) -> None:
    assert origin_form(target) == path


@pytest.mark.parametrize(
    ("target", "tokens"),
    [
        ("/in/a", ["a"]),
        ("/in/a?b/c", ["a"]),
        ("/in/a/b?c", ["a/b", "a"]),
        ("/in/a/", ["a/", "a"]),
        ("/in/a%2Db", ["a%2Db", "a-b"]),
        ("/other/a", []),
        ("/in", []),
    ],
)
def test_a_target_names_the_longest_path_first(target: str, tokens: list[str]) -> None:
    assert list(tokens_of(target)) == tokens


@pytest.mark.parametrize(
    ("public", "headers", "url"),
    [
        ("", [("Host", "h:1")], "http://h:1/in/t/sub?x=1"),
        ("", [("Host", "h"), ("X-Forwarded-Proto", "https")], "https://h/in/t/sub?x=1"),
        ("", [("X-Forwarded-Host", "a, b"), ("Host", "h")], "http://a/in/t/sub?x=1"),
        ("", [], "http://127.0.0.1:8787/in/t/sub?x=1"),
        ("https://hooks.example.com", [("Host", "h")], "https://hooks.example.com/in/t/sub?x=1"),
        ("https://hooks.example.com/", [("Host", "h")], "https://hooks.example.com/in/t/sub?x=1"),
        ("https://hooks.example.com/rcs", [("Host", "h")], "https://hooks.example.com/rcs/sub?x=1"),
    ],
)
def test_the_signed_address_is_the_public_one_or_what_the_request_says(
    public: str, headers: list[tuple[str, str]], url: str
) -> None:
    endpoint = an_endpoint(token="t", signing=Signing(public_url=public))
    request = a_request(target="/in/t/sub?x=1", headers=headers_of(headers))
    assert signed_url(endpoint, request, "http://127.0.0.1:8787") == url


@pytest.mark.parametrize(
    ("host", "url"),
    [("0.0.0.0", "http://127.0.0.1:1"), ("::", "http://[::1]:1"), ("::1", "http://[::1]:1"), ("h", "http://h:1")],
)
def test_a_wildcard_address_is_reached_through_loopback(host: str, url: str) -> None:
    assert base_url(host, 1) == url


def test_an_answer_frames_its_body_itself_whatever_its_headers_say() -> None:
    answer = Answer(200, (("Content-Length", "999"), ("Transfer-Encoding", "chunked"), ("X", "é")), b"OK")
    assert wire_bytes(answer, method="POST", keep_alive=True) == (
        "HTTP/1.1 200 OK\r\nX: é\r\nContent-Length: 2\r\n\r\nOK".encode()
    )


def test_an_answer_to_an_old_client_says_whether_the_connection_goes_on() -> None:
    kept = wire_bytes(Answer(), method="POST", keep_alive=True, http_version="1.0")
    ended = wire_bytes(Answer(), method="POST", keep_alive=False, http_version="1.0")
    assert b"\r\nConnection: keep-alive\r\n" in kept
    assert b"\r\nConnection: close\r\n" in ended


@pytest.mark.parametrize("head", [b"", b"\x00\xff", b"GET", b"GET /", b"\r\n\r\n", b"POST /in/x HTTP/1.1", b" / \r\n"])
def test_guessing_at_any_bytes_gives_some_request(head: bytes) -> None:
    assert best_guess(head, "peer").peer == "peer"
