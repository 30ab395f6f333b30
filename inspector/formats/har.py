"""Received events as an HTTP archive (HAR 1.2, http://www.softwareishard.com/blog/har-12-spec), for other tools."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from inspector.domain.event import Event
from inspector.domain.request import Headers


def har(events: Sequence[Event], version: str) -> str:
    """Return the archive of events in their order, as JSON; `version` is the program's.

    Each entry is the request as it came and our answer to it. A body that is not UTF-8 is base64, and `_encoding` says
    so. Header bytes that are not UTF-8 are read as latin-1.
    """
    log = {
        "version": "1.2",
        "creator": {"name": "Webhook Inspector", "version": version},
        "entries": [_entry(event) for event in events],
    }
    return json.dumps({"log": log}, ensure_ascii=False, indent=2)


def _entry(event: Event) -> dict[str, Any]:
    taken_ms = (event.summary.answer_us or 0) / 1000
    return {
        "startedDateTime": event.request.received_at.isoformat(),
        "time": taken_ms,
        "request": _request(event),
        "response": _response(event),
        "cache": {},
        "timings": {"send": 0, "wait": taken_ms, "receive": 0},
        "comment": f"#{event.id} {event.summary.label}".strip(),
    }


def _request(event: Event) -> dict[str, Any]:
    request = event.request
    found: dict[str, Any] = {
        "method": request.method,
        "url": f"http://{_plain(request.header('Host') or 'localhost')}{_plain(request.target)}",
        "httpVersion": f"HTTP/{request.http_version}",
        "cookies": [],
        "headers": _headers(request.headers),
        "queryString": [
            {"name": _plain(name), "value": _plain(value)}
            for name, value in parse_qsl(_plain(request.query_string), keep_blank_values=True)
        ],
        "headersSize": -1,
        "bodySize": len(request.body),
    }
    if request.body:
        found["postData"] = {"mimeType": _plain(request.header("Content-Type")), "params": [], **_text(request.body)}
    return found


def _response(event: Event) -> dict[str, Any]:
    answer = event.answer
    kind = next((value for name, value in answer.headers if name.lower() == "content-type"), "")
    return {
        "status": answer.status,
        "statusText": _words(answer.status),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in answer.headers],
        "content": {"size": len(answer.body), "mimeType": kind, **_text(answer.body)},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(answer.body),
    }


def _words(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # a number of the user's own, or 0 where nothing was sent
        return ""


def _headers(headers: Headers) -> list[dict[str, str]]:
    return [{"name": _decoded(name), "value": _decoded(value)} for name, value in headers]


def _text(body: bytes) -> dict[str, str]:
    try:
        return {"text": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode("ascii"), "_encoding": "base64"}


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _plain(text: str) -> str:
    """Return text without the lone surrogates that stand for bytes which are not UTF-8."""
    return _decoded(text.encode("utf-8", "surrogateescape"))
