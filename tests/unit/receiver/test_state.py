"""What the receiver says of itself: by which of its two addresses a kept request came."""

from __future__ import annotations

import pytest

from inspector.receiver.state import ReceiverState

PLAIN, ENCRYPTED = "http://127.0.0.1:8787", "https://127.0.0.1:8443"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("localhost:8443", ENCRYPTED),
        ("127.0.0.1:8443", ENCRYPTED),
        ("[::1]:8443", ENCRYPTED),
        ("localhost:8787", PLAIN),
        ("[::1]:8787", PLAIN),
        ("hooks.example.com", PLAIN),
        ("", PLAIN),
    ],
)
def test_a_kept_request_came_by_the_port_its_host_line_names(host: str, address: str) -> None:
    state = ReceiverState(url=PLAIN, port=8787, https_url=ENCRYPTED, https_port=8443)

    assert state.url_by(host) == address


@pytest.mark.parametrize("host", ["hooks.example.com", "[::1]"])
def test_a_host_line_without_a_port_means_https_where_that_has_its_usual_port(host: str) -> None:
    state = ReceiverState(url=PLAIN, port=8787, https_url="https://127.0.0.1:443", https_port=443)

    assert state.url_by(host) == "https://127.0.0.1:443"


def test_without_https_every_request_came_by_the_one_address() -> None:
    assert ReceiverState(url=PLAIN, port=8787).url_by("localhost:8443") == PLAIN
