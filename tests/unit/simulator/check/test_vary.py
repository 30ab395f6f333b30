"""Events changed in one way stay what they are in all others."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.request import Request
from inspector.payload.body import FORM
from inspector.simulator.check import vary
from tests.builders import a_request, headers_of

A_FORM = b"MessageSid=SM1&MessageStatus=delivered&To=%2B14155550132"

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def a_form(body: bytes = A_FORM) -> Request:
    """Return an event sent as a form."""
    return a_request(body, headers=headers_of([("Content-Type", FORM)]))


@given(st.dictionaries(st.text(), values), st.booleans(), st.booleans(), st.booleans())
def test_another_spelling_means_the_same(data: object, blanks: bool, escapes: bool, numbers: bool) -> None:
    body = json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    if b"\xed" in body:  # a lone surrogate has no UTF-8
        return
    spelled = vary.spelled_otherwise(body, blanks=blanks, escapes=escapes, numbers=numbers)
    assert json.loads(spelled) == data


def test_another_spelling_is_no_programs_own() -> None:
    body = b'{"event":"message.delivered","url":"http://a/b","n":84.5}'
    spelled = vary.spelled_otherwise(body)
    data = json.loads(spelled)
    again = [json.dumps(data), json.dumps(data, separators=(",", ":")), json.dumps(data, indent=2)]
    assert spelled.strip() not in [text.encode() for text in again]
