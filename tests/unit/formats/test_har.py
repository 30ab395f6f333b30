"""An HTTP archive of events has what came in and what was answered, in the form other tools read."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

from inspector.domain.answer import Answer
from inspector.domain.event import Event
from inspector.formats.har import har
from tests.builders import a_request, an_event


def entries(*events: Event) -> list[dict[str, Any]]:
    log = json.loads(har(events, "1.0"))["log"]
    assert (log["version"], log["creator"]) == ("1.2", {"name": "Webhook Inspector", "version": "1.0"})
    found: list[dict[str, Any]] = log["entries"]
    return found


def test_an_entry_has_the_request_as_it_came_and_the_answer() -> None:
    headers = (
        (b"Host", b"hooks.example"),
        (b"X-Twice", b"a"),
        (b"X-Twice", b"b"),
        (b"Content-Type", b"application/json"),
    )
    request = replace(a_request(b'{"a": "\xc3\xb6"}'), target="/in/abc?x=1&y=", headers=headers)
    (entry,) = entries(an_event(7, request=request, answer=Answer(401, body=b"no")))
    sent, got = entry["request"], entry["response"]
    assert sent["url"] == "http://hooks.example/in/abc?x=1&y="
    assert sent["queryString"] == [{"name": "x", "value": "1"}, {"name": "y", "value": ""}]
    assert [line["value"] for line in sent["headers"] if line["name"] == "X-Twice"] == ["a", "b"]
    assert sent["postData"]["text"] == '{"a": "ö"}'
    assert sent["bodySize"] == 11
    assert (got["status"], got["statusText"], got["content"]["text"]) == (401, "Unauthorized", "no")
    assert entry["startedDateTime"] == request.received_at.isoformat()
    assert entry["comment"].startswith("#7 ")


def test_bytes_that_are_no_text_survive() -> None:
    request = replace(a_request(b"\xff\x00"), target="/in/\udcff", headers=((b"X-Raw", b"\xe9"),))
    (entry,) = entries(an_event(1, request=request))
    assert base64.b64decode(entry["request"]["postData"]["text"]) == b"\xff\x00"
    assert entry["request"]["postData"]["_encoding"] == "base64"
    assert entry["request"]["headers"] == [{"name": "X-Raw", "value": "\u00e9"}]
    assert entry["request"]["url"].endswith("/in/\u00ff")


def test_events_keep_their_order_and_one_without_a_body_has_no_data() -> None:
    both = entries(an_event(2, request=a_request(b"")), an_event(1, answer=Answer(0)))
    assert [entry["comment"][:2] for entry in both] == ["#2", "#1"]
    assert "postData" not in both[0]["request"]
    assert both[1]["response"]["statusText"] == ""
