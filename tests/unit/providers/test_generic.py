"""Events nobody has described, read by common key names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inspector.domain.report import Kind, Report
from inspector.payload.body import Payload
from inspector.providers.mapping import normalise
from tests.builders import NOON, a_request, headers_of
from tests.rcs_bodies import CATALOGUE


def told(body: Any, kind: str = "application/json", target: str = "/in/abc", **headers: str) -> Report:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = a_request(data, headers=headers_of([("Content-Type", kind), *headers.items()]), target=target)
    (report,) = normalise(None, request, Payload(request), CATALOGUE)
    assert report.kind is Kind.OTHER
    return report


FACTS = {"msgId": "m1", "msisdn": "+44", "ts": 1772366400}
EXPECTED = Report(
    Kind.OTHER, name="landed", message_id="m1", recipient="+44", occurred_at=NOON, error_code="7", error_text="why"
)


@pytest.mark.parametrize(
    "body",
    [
        {"event": "landed", "msgId": "m1", "to": "+44", "time": 1772366400, "errCode": 7, "failure_reason": "why"},
        {"event": "landed", "data": FACTS | {"error": {"code": 7, "message": "why"}}},
        {"strange": FACTS | {"event": "landed", "errors": [{"code": 7, "title": "why"}]}},
        [
            {
                "event": "landed",
                "msgId": "m1",
                "phone": "+44",
                "date": "2026-03-01 12:00:00",
                "err": "7",
                "errorText": "why",
            }
        ],
        {"event": "landed", "payload": '{"msgId":"m1","to":"+44","time":1772366400,"errCode":7,"errorText":"why"}'},
    ],
)
def test_the_usual_facts_are_found_wherever_they_stand(body: Any) -> None:
    assert told(body) == EXPECTED


def test_xml_forms_and_queries_are_read_by_the_same_names() -> None:
    parts = {"event": "landed", "msgId": "m1", "to": "+44", "time": "1772366400", "err": "7", "errorText": "why"}
    xml = f"<report>{''.join(f'<{name}>{text}</{name}>' for name, text in parts.items())}</report>".encode()
    fields = "event=landed&msgId=m1&to=%2B44&time=1772366400&err=7&errorText=why"
    assert told(xml, "text/xml") == EXPECTED
    assert told(fields.encode(), "application/x-www-form-urlencoded") == EXPECTED
    assert told(b"", "", f"/in/abc?{fields}") == EXPECTED


def test_what_stands_nearer_to_the_top_and_means_it_more_surely_counts() -> None:
    body = {
        "status": "late",
        "event": "landed",
        "data": {"event": "inner", "id": "x", "message_id": "m2"},
        "msg_id": "m1",
    }
    assert (told(body).name, told(body).message_id) == ("landed", "m1")


def test_an_id_of_an_unknown_body_is_not_taken_for_the_events_own() -> None:
    assert told({"event_id": "concert", "event": "x"}).event_id == ""
    assert told({"event": "x"}, **{"X-Event-Id": "e1"}).event_id == "e1"


def test_a_name_in_a_header_counts_more_than_one_in_the_body() -> None:
    assert told({"event": "x"}, **{"X-Event-Type": "header.name"}).name == "header.name"


def test_a_count_is_no_time() -> None:
    assert told({"event": "x", "time": 12}).occurred_at is None
