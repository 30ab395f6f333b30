"""The table of what becomes of header lines says what really happens."""

from __future__ import annotations

from inspector.replay.fates import Fate, fates_of
from inspector.replay.outgoing import outgoing_of
from inspector.replay.target import parse_target
from tests.builders import a_request, headers_of

URL = "http://localhost:5000/x"
HEADERS = headers_of([
    ("Host", "hooks.example"), ("X-Kept", "1"), ("Connection", "close, X-Hop"), ("X-Hop", "1"), ("Content-Length", "2"),
    ("Transfer-Encoding", "chunked"), ("CF-Ray", "1"), ("X-Forwarded-For", "::1"), ("Proxy-Authorization", "x"),
    ("Expect", "100-continue"), ("x-kept", "2"),
])  # fmt: skip


def test_every_line_has_its_fate() -> None:
    found = {line.name.decode(): line.fate for line in fates_of(HEADERS, parse_target(URL), 2)}
    assert found == {
        "Host": Fate.REPLACED,
        "X-Kept": Fate.KEPT,
        "Connection": Fate.DROPPED,
        "X-Hop": Fate.DROPPED,
        "Content-Length": Fate.KEPT,
        "Transfer-Encoding": Fate.REPLACED,
        "CF-Ray": Fate.DROPPED,
        "X-Forwarded-For": Fate.DROPPED,
        "Proxy-Authorization": Fate.DROPPED,
        "Expect": Fate.KEPT,
        "x-kept": Fate.KEPT,
    }


def test_the_table_is_what_is_sent() -> None:
    sent = outgoing_of(a_request(b"{}", headers=HEADERS), URL)
    lines = fates_of(HEADERS, parse_target(URL), 2)
    kept = [(line.name, line.value) for line in lines if line.fate is Fate.KEPT and line.name != b"Content-Length"]
    assert list(sent.headers) == [(b"Host", b"localhost:5000"), *kept, (b"Content-Length", b"2")]
    assert all(line.why for line in lines if line.fate is not Fate.KEPT)
