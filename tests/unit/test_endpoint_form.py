"""What is typed into the endpoint dialog is saved exactly, or refused with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.ui.endpoints.endpoint_form import EndpointForm, applied, form_of, parse_headers, problems, url_problem

ENDPOINT = Endpoint(EndpointId(1), "abcdefghijklmnopqrstuvwx", "Shop", datetime(2024, 12, 20, tzinfo=UTC))


def form(**changes: object) -> EndpointForm:
    return replace(form_of(ENDPOINT), **changes)  # type: ignore[arg-type]


def test_an_untouched_form_changes_nothing() -> None:
    assert problems(form(), ()) == {}
    assert applied(form(), ENDPOINT) == ENDPOINT


def test_every_field_reaches_the_endpoint() -> None:
    changed = applied(
        form(
            name=" Store ", token="short", target="http://localhost:5000/x", provider="stripe", tolerance="60",
            public_url="https://x.example/1", reject=False, status=503, body="later", content_type="application/json",
            headers="X-A: 1\nX-A: 2", delay="250", rejected_status=403, rejected_body="no", duplicate_key="body",
            window_h="0.5", stuck_min="2",
        ),
        ENDPOINT,
    )  # fmt: skip
    assert (changed.name, changed.token, changed.provider) == ("Store", "short", "stripe")
    assert changed.signing.tolerance_s == 60
    assert changed.signing.public_url == "https://x.example/1"
    assert changed.answers.reject == frozenset()
    assert changed.answers.accepted.headers == (("Content-Type", "application/json"), ("X-A", "1"), ("X-A", "2"))
    assert (changed.answers.accepted.status, changed.answers.accepted.delay_ms) == (503, 250)
    assert (changed.answers.rejected.status, changed.answers.rejected.body) == (403, b"no")
    assert changed.duplicates.window_s == 1800
    assert changed.stuck_after_s == 120


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "  "), ("token", ""), ("token", "a b"), ("token", "ä"), ("token", "taken"), ("target", "localhost"),
     ("target", "http://"), ("target", "http://a b/"), ("public_url", "ftp://x"), ("tolerance", "soon"),
     ("tolerance", "0"), ("delay", "120001"), ("delay", "-1"), ("delay", ""), ("window_h", "x"),
     ("stuck_min", "0"), ("headers", "none"),
     ("headers", "Content-Length: 5"), ("headers", "Bad Name: x"), ("headers", "X: a\x00b")],
)  # fmt: skip
def test_what_cannot_be_saved_is_named(field: str, value: str) -> None:
    assert set(problems(form(**{field: value}), {"taken"})) == {field}


@pytest.mark.parametrize("url", ["", "http://localhost:5000/webhooks/rcs", "https://[::1]:8443/", "http://a.example"])
def test_addresses_that_can_be_used(url: str) -> None:
    assert url_problem(url) == ""


def test_header_lines_keep_order_and_case() -> None:
    assert parse_headers("b: 1\n\n A-B :x\nA-b:  two words ") == (("b", "1"), ("A-b", "two words"))
