"""What a `[[report]]` table can say, each on a made-up provider, and that no event makes any table raise."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.errors import ProviderError
from inspector.domain.report import Kind, Report
from inspector.domain.request import Request
from inspector.payload.body import Payload
from inspector.providers.mapping import PLANS_KEPT, WIDEST_PLANNED, normalise
from inspector.providers.origins import fields_of
from inspector.providers.profile import Profile, parse_profile
from tests.builders import NOON, a_request, headers_of
from tests.rcs_bodies import CATALOGUE, FORM, STATUS_BODIES


def profile(*reports: dict[str, Any]) -> Profile:
    complete = [{"when": {"x": True}, "kind": "other"} | report for report in reports]
    return parse_profile("own", {"name": "Own", "unsigned": True, "report": complete})


def told(own: Profile, body: Any, kind: str = "application/json", target: str = "/in/abc") -> tuple[Report, ...]:
    data = body if isinstance(body, bytes) else orjson.dumps(body)
    request = a_request(data, headers=headers_of([("Content-Type", kind)]), target=target)
    return normalise(own, request, Payload(request))


def test_a_value_no_table_knows_may_have_a_kind_all_the_same() -> None:
    own = profile({"kind": {"from": "t", "values": {"tap": "message.clicked"}, "otherwise": "message.inbound"}})
    assert told(own, {"x": 1, "t": "tap"})[0].kind is Kind.CLICKED
    assert told(own, {"x": 1, "t": "video"})[0] == Report(Kind.INBOUND, name="video")


def test_the_case_of_a_value_does_not_matter_unless_both_are_listed() -> None:
    own = profile({"kind": {"from": "t", "values": {"Read": "message.read", "READ": "message.deleted"}}})
    assert told(own, {"x": 1, "t": "Read"})[0].kind is Kind.READ
    assert told(own, {"x": 1, "t": "READ"})[0].kind is Kind.DELETED
    assert told(own, {"x": 1, "t": "read"})[0].kind is Kind.READ


def test_a_value_may_be_known_by_its_beginning() -> None:
    own = profile({"kind": {"from": ["t", "s"], "values": {"MEDIA_*": "message.failed", "MEDIA_SENT": "message.sent"}}})
    assert told(own, {"x": 1, "t": "MEDIA_TOO_BIG", "s": "y"})[0].kind is Kind.FAILED
    assert told(own, {"x": 1, "t": "MEDIA_SENT", "s": "y"})[0].kind is Kind.SENT


def test_of_tables_about_the_same_items_the_first_that_fits_tells() -> None:
    own = profile(
        {"each": "items[]", "where": {"seen": True}, "kind": "message.read", "message_id": "id"},
        {"each": "items[]", "where": {"id": True}, "kind": "message.sent", "message_id": "id"},
        {"each": "items[]", "kind": "other", "message_id": "=none"},
    )
    reports = told(own, {"x": 1, "items": [{"id": "a"}, {"id": "b", "seen": 1}, {}]})
    told_of = [(report.kind, report.message_id) for report in reports]
    assert told_of == [(Kind.SENT, "a"), (Kind.READ, "b"), (Kind.OTHER, "none")]


def test_after_a_final_table_that_told_something_no_other_is_asked() -> None:
    rest = {"kind": "other", "name": "=rest"}
    own = profile({"each": "items[]", "final": True, "kind": "message.sent"}, rest)
    assert [report.kind for report in told(own, {"x": 1, "items": [1, 2]})] == [Kind.SENT, Kind.SENT]
    assert [report.name for report in told(own, {"x": 1})] == ["rest"]


def test_null_counts_as_not_there() -> None:
    own = profile({"when": {"a": True, "b": False}, "kind": "message.sent"})
    assert told(own, {"a": 1, "b": None})[0].kind is Kind.SENT
    assert told(own, {"a": None})[0].kind is Kind.OTHER


def test_the_first_document_that_opens_and_fits_is_read() -> None:
    own = profile({"inside": ["outer", "$"], "when": {"id": True}, "kind": "message.sent", "message_id": "id"})
    assert told(own, {"outer": '{"id":"in"}', "id": "out"})[0].message_id == "in"
    assert told(own, {"outer": "words", "id": "out"})[0].message_id == "out"
    assert told(own, {"outer": '{"no":1}', "id": "out"})[0].message_id == "out"


def test_an_arrow_leads_into_a_document_that_a_text_holds() -> None:
    own = profile({"text": ["a.b -> c.d", "a.b"], "message_id": "root:list -> [1].id"})
    body = {"x": 1, "a": {"b": '{"c":{"d":"deep"}}'}, "list": '[{"id":"0"},{"id":"1"}]'}
    (report,) = told(own, body)
    assert (report.text, report.message_id) == ("deep", "1")
    assert told(own, {"x": 1, "a": {"b": "words"}})[0].text == "words"


def test_a_parameter_is_a_form_field_or_else_of_the_query() -> None:
    own = profile({"when": {"param:id": True}, "kind": "message.sent", "message_id": "param:id"})
    assert told(own, b"id=form", FORM, "/in/abc?id=query")[0].message_id == "form"
    assert told(own, b"", "", "/in/abc?id=query")[0].message_id == "query"


def test_an_item_as_wide_as_the_sky_is_read_without_a_plan() -> None:
    own = profile({"message_id": ["no", "id"], "kind": {"from": "t", "values": {"s": "message.sent"}}})
    wide = {f"k{number}": number for number in range(WIDEST_PLANNED)}
    assert told(own, wide | {"x": 1, "id": "m", "t": "s"})[0] == Report(Kind.SENT, name="s", message_id="m")


def test_shapes_without_end_are_not_kept_without_end() -> None:
    own = profile({"message_id": "id"})
    for number in range(PLANS_KEPT * 2 + 5):
        assert told(own, {"x": 1, f"k{number}": 1, "id": number})[0].message_id == str(number)
    assert len(own.mapping[0].tellers[0]._plans) <= PLANS_KEPT


def test_the_same_shape_with_another_kind_reads_its_own_fields() -> None:
    kind = {"from": "t", "values": {"sent": "message.sent", "failed": "message.failed"}}
    own = profile({"kind": kind, "error_code": "code", "text": "words"})
    sent, failed = (told(own, {"x": 1, "t": word, "code": 7, "words": "w"})[0] for word in ("sent", "failed"))
    assert (sent.error_code, sent.text, failed.error_code, failed.text) == ("", "", "7", "w")


def test_a_value_that_is_null_or_empty_gives_way_to_the_next() -> None:
    own = profile({"message_id": ["a", "b.c", "d"], "occurred_at": ["t", "u"]})
    (report,) = told(own, {"x": 1, "a": None, "b": {"c": ""}, "d": 0, "t": "soon", "u": 1772366400})
    assert (report.message_id, report.occurred_at) == ("0", NOON)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": {"otherwise": "message.sent"}}, "report 1.kind: must be a kind"),
        ({"kind": {"from": "a", "otherwise": "eaten"}}, "kind.otherwise: 'eaten' is none of our kinds"),
        ({"final": "yes"}, "final: must be true or false"),
        ({"inside": "a[]"}, "inside: 'a[]' leads to several values"),
        ({"text": "a -> b[]"}, "text: 'a -> b[]' leads to several values"),
        ({"text": "param:"}, "text: 'param:' names nothing"),
    ],
)
def test_a_mistake_names_its_key(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ProviderError) as caught:
        profile(change)
    assert said in str(caught.value)


def mutated(value: Any, draw: Any) -> Any:
    """Return a JSON value with some of its parts replaced by odd ones."""
    if draw(st.integers(0, 9)) == 0:
        return draw(
            st.none()
            | st.booleans()
            | st.integers()
            | st.text(max_size=3)
            | st.just([])
            | st.just({})
            | st.just([[{}]])
        )
    if isinstance(value, dict):
        return {key: mutated(inner, draw) for key, inner in value.items()}
    if isinstance(value, list):
        return [mutated(inner, draw) for inner in value]
    return value


@st.composite
def odd_bodies(draw: st.DrawFn) -> Any:
    return mutated(draw(st.sampled_from(STATUS_BODIES)), draw)


@settings(max_examples=300, deadline=None)
@given(body=odd_bodies(), encoding=st.sampled_from(["utf-8", "utf-16"]))
def test_no_odd_body_of_a_sender_makes_any_mapping_raise(body: Any, encoding: str) -> None:
    request = Request("POST", "/in/abc", (), json.dumps(body).encode(encoding), NOON)
    payload = Payload(request)
    for own in CATALOGUE.readers:
        assert normalise(own, request, payload)
        fields_of(own, payload)


TAGS = st.sampled_from(["messages", "msg", "MESSAGES", "MSG", "to", "reference", "status", "code", "x"])
XML = st.recursive(
    st.text("ab<&7 ", max_size=4).map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=3)).map(
        lambda node: f'<{node[0]} a="1">{"".join(node[1])}</{node[0]}>'
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(["MessageSid", "MessageStatus", "MessageUUID", "Status", "Body", "sMessageId", "payload", ""])
FORMS = st.lists(st.tuples(NAMES, st.text(max_size=4)), max_size=5)


@settings(max_examples=200, deadline=None)
@given(body=XML | FORMS.map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)), form=st.booleans())
def test_no_xml_and_no_form_makes_any_mapping_raise(body: str, form: bool) -> None:
    headers = ((b"Content-Type", b"application/x-www-form-urlencoded" if form else b"application/xml"),)
    request = Request("POST", f"/in/abc?{body[:20]}", headers, body.encode("utf-8", "replace"), NOON)
    for own in (None, *CATALOGUE.readers):
        payload = Payload(request)
        assert normalise(own, request, payload, CATALOGUE)
        fields_of(own, payload)
