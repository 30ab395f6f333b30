"""Blanks of an answer's body are filled from the event, and nothing a provider sends can break out of them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.answer import Answer
from inspector.domain.report import Kind, Report
from inspector.payload.body import Payload
from inspector.receiver.filling import BLANKS, Told, filled, unknown_blanks
from tests.builders import a_request, headers_of

JSON = (("Content-Type", "application/json; charset=utf-8"),)
TEXT = (("Content-Type", "text/plain"),)


def fill(text: str, body: bytes = b"{}", headers: tuple[tuple[str, str], ...] = TEXT, **report: str) -> str:
    lines = [("Content-Type", "application/json"), ("X-Trace", "t-1")]
    request = a_request(body, target="/in/abc?x=1&y=2", headers=headers_of(lines))
    told = Told(request, Payload(request), (Report(Kind.DELIVERED, **report),))
    answer = filled(Answer(200, headers, text.encode(), template=True), told)
    assert not answer.template
    return answer.body.decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{message_id}}", "m1"),
        ("got {{ message_id }}/{{kind}}", "got m1/message.delivered"),
        ("{{received_at}} {{received_s}}", "2026-03-01T12:00:00Z 1772366400"),
        ("{{json:data.id}} {{json:data.n}} {{json:data.list[1]}}", "d-7 3 b"),
        ("{{header:x-trace}} {{query:y}} {{method}} {{path}}", "t-1 2 POST /in/abc"),
        ("{{json:nothing}}{{recipient}}.", "."),
        ("{{nobody knows}} {{body:x}} {{}} {{{", "{{nobody knows}} {{body:x}} {{}} {{{"),
    ],
)
def test_blanks_are_filled(text: str, said: str) -> None:
    body = b'{"data":{"id":"d-7","n":3,"list":["a","b"]}}'
    assert fill(text, body, message_id="m1") == said


def test_blanks_nobody_can_fill_are_named_once_and_in_order() -> None:
    assert unknown_blanks("{{x}} {{message_id}} {{json:a.b}} {{ y z }} {{x}} {{fact:q}} {{json:}}") == (
        *("x", "y z"),
        *("fact:q", "json:"),
    )
    assert unknown_blanks("".join(f"{{{{{name}}}}}" for name in BLANKS)) == ()


def test_in_json_a_blank_outside_quotes_is_a_whole_value() -> None:
    text = '{"id": {{message_id}}, "n": {{json:n}}, "o": {{json:o}}, "no": {{json:no}}, "in": "<{{json:o}}>"}'
    said = json.loads(fill(text, b'{"n":3,"o":{"a":[1]}}', JSON, message_id='m"1'))
    assert said == {"id": 'm"1', "n": 3, "o": {"a": [1]}, "no": None, "in": '<{"a":[1]}>'}


@given(st.text())
def test_no_value_can_end_the_json_text_it_stands_in(value: str) -> None:
    clean = value.encode("utf-8", "replace").decode()
    said = json.loads(fill('{"a": "x\\"{{message_id}}", "b": {{message_id}}}', headers=JSON, message_id=value))
    assert said["a"] == f'x"{clean}'
    assert said["b"] == (clean or None)


def test_in_html_values_are_escaped() -> None:
    assert fill("<b>{{message_id}}</b>", headers=(("content-type", "text/html"),), message_id="<i>&") == (
        "<b>&lt;i&gt;&amp;</b>"
    )


def test_what_is_no_template_stays_byte_for_byte() -> None:
    answer = Answer(body=b"{{message_id}}\xff")
    request = a_request()
    assert filled(answer, Told(request, Payload(request))) is answer


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_any_template_and_any_body_can_be_filled(text: bytes, body: bytes) -> None:
    request = a_request(body)
    for headers in (TEXT, JSON):
        filled(Answer(200, headers, b"{{body}}{{json:a[].b}}" + text, template=True), Told(request, Payload(request)))
