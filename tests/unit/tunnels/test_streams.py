"""Server-sent events and relayed requests are read as their standards and servers write them."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.tunnels.event_stream import EventStream, StreamEvent
from inspector.tunnels.relayed import relayed_request, request_bytes


def read(*chunks: bytes) -> list[StreamEvent]:
    stream = EventStream()
    return [event for chunk in chunks for event in stream.feed(chunk)]


def test_names_data_comments_and_ids_are_read() -> None:
    stream = EventStream()
    text = b": hello\nid: 7\nevent: ping\ndata: a\ndata:b\nretry: 1500\nodd\n\ndata: c\n\n"
    assert list(stream.feed(text)) == [StreamEvent("ping", "a\nb"), StreamEvent("message", "c")]
    assert (stream.last_id, stream.retry_ms) == ("7", 1500)


def test_an_event_without_data_is_none() -> None:
    assert read(b"event: ready\n\n") == []


@given(st.data())
def test_where_the_bytes_are_cut_does_not_matter(data: st.DataObject) -> None:
    end = data.draw(st.sampled_from(["\n", "\r", "\r\n"]))
    text = "\ufeff" + end.join(["event: café", 'data: {"ü": 1}', "", "data: x", "data: y", "", ""])
    whole = text.encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    chunks = [whole[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert read(*chunks) == [StreamEvent("café", '{"ü": 1}'), StreamEvent("message", "x\ny")]


def test_an_endless_event_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspector.tunnels.event_stream.MOST_CHARS", 100)
    with pytest.raises(ValueError, match="larger than"):
        read(b"data: " + b"x" * 200)
    with pytest.raises(ValueError, match="larger than"):
        read(b"data: 1234567890\n" * 20)


def test_a_message_of_smee_becomes_the_request_without_the_connections_headers() -> None:
    message = {
        "host": "smee.io",
        "content-length": "99",
        "content-type": "application/json",
        "x-github-event": "push",
        "set-cookie": ["a", "b"],
        "evil\r\nname": "x",
        "x-evil": "a\r\nHost: other",
        "body": {"a": 1.5, "b": ["ü", None, True]},
        "query": {"a": "1", "b": ["2", "3"]},
        "timestamp": 1,
    }
    relayed = relayed_request(json.dumps(message))
    assert relayed is not None
    assert relayed.body == '{"a":1.5,"b":["ü",null,true]}'.encode()
    assert not relayed.exact
    assert relayed.query == "a=1&b=2&b=3"
    assert relayed.headers == (
        ("content-type", "application/json"),
        ("x-github-event", "push"),
        ("set-cookie", "a"),
        ("set-cookie", "b"),
        ("x-evil", "aHost: other"),
    )


def test_a_message_of_gosmee_has_the_bodys_own_bytes() -> None:
    body = b'{"a":  1}\xff'
    relayed = relayed_request(json.dumps({"bodyB": base64.b64encode(body).decode(), "timestamp": "1"}))
    assert relayed is not None
    assert (relayed.body, relayed.exact) == (body, True)


@pytest.mark.parametrize("data", ["{}", '{"message":"ready"}', '{"timestamp": 1}'])
def test_a_greeting_is_no_request(data: str) -> None:
    assert relayed_request(data) is None


@pytest.mark.parametrize("data", ["", "[]", "not json", '{"bodyB": "%%%"}'])
def test_what_cannot_be_read_says_so(data: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        relayed_request(data)


def test_the_request_for_the_receiver_names_the_relay_and_the_true_length() -> None:
    relayed = relayed_request(json.dumps({"x-id": "ü", "body": {"a": 1}, "x-relayed-by": "forged"}))
    assert relayed is not None
    sent = request_bytes(relayed, host="127.0.0.1:8787", path="/in/abc", relay="smee.io")
    assert (
        sent
        == (
            "POST /in/abc HTTP/1.1\r\nhost: 127.0.0.1:8787\r\nx-id: ü\r\nX-Relayed-By: smee.io\r\n"
            'content-length: 7\r\nconnection: close\r\n\r\n{"a":1}'
        ).encode()
    )
