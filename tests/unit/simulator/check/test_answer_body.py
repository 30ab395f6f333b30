"""An answer's body is taken at its word where it says that something went wrong, and left alone where it does not."""

from __future__ import annotations

import pytest

from inspector.domain.attempt import Response
from inspector.simulator.check.answer_body import ERROR_PAGE, TELLS_OF_ERROR, WEB_PAGE, objection_of


def title_of(body: str) -> str:
    """Return the headline of what a body says against a 200, "" for nothing."""
    found = objection_of(Response(200, "OK", (), body.encode()))
    return found.title if found else ""


@pytest.mark.parametrize(
    "body",
    [
        "<!doctype html><html><head><title>500 Internal Server Error</title></head></html>",
        "<h1>Server Error (500)</h1>",
        "<html><body><h1>Oops, something <em>went wrong</em></h1></body></html>",
        "<html><head><title>KeyError at /webhooks</title></head></html>",
        "Traceback (most recent call last):\n  File …",
    ],
)
def test_an_error_page_is_known_by_its_headline(body: str) -> None:
    assert title_of(body) == ERROR_PAGE


@pytest.mark.parametrize("body", ["<!DOCTYPE html><title>My shop</title>", " <html></html>"])
def test_a_page_without_an_error_is_a_web_page(body: str) -> None:
    assert title_of(body) == WEB_PAGE


@pytest.mark.parametrize(
    "body", ['{"error": "no such message"}', '{"ok": false}', '{"success": false}', '{"status": "Failed"}']
)
def test_json_that_tells_of_an_error_is_noted(body: str) -> None:
    assert title_of(body) == TELLS_OF_ERROR


@pytest.mark.parametrize(
    "body",
    [
        *("", "OK", "<p>OK</p>", "[]", "null", '{"received": true}', '{"ok": true, "error": null, "errors": []}'),
        *('{"status": "ignored"}', '{"status": 200}', "<h1>OK</h1>", "1 error-free event"),
        '<?xml version="1.0" encoding="UTF-8"?><Response></Response>',
    ],
)
def test_other_answers_are_left_alone(body: str) -> None:
    assert title_of(body) == ""


def test_bytes_that_are_no_text_are_left_alone() -> None:
    assert objection_of(Response(200, "OK", (), b"\xff\xfe\x00\x80" * 5000)) is None
