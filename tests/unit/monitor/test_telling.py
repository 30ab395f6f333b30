"""Metrics, posted alerts and uptimes: the same facts in the form their readers expect."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace

import pytest

from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import UsageError
from inspector.monitor.alerts import Alert, AlertId, RuleId
from inspector.monitor.board import Downtime, MeasuredAt
from inspector.monitor.metrics import BOUNDS_MS, Scrape, metrics_text
from inspector.monitor.uptime import uptimes_of
from inspector.monitor.webhook import check_url, message_of
from inspector.monitor.wording import duration, per_cent
from inspector.store.buckets import edge_of
from inspector.store.figure_rows import RECEIVER, Place
from inspector.store.spans import SpanRow

SECOND = 1_000_000
ALERT = Alert(
    AlertId(1), RuleId.FAILURE_RATE, EndpointId(1), MeasuredAt.RECEIVER, "", 60 * SECOND, None, "Failure rate 1.6 %",
    "in the last 5 min, limit 1 %, mostly <503>",
)  # fmt: skip
LINE = re.compile(r'[a-z_]+(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)*\})? [0-9.e+-]+')


def scraped() -> str:
    counts = Counter(
        {"n": 10, "f": 2, "d": 1, "r503": 1, "rlate": 1, "t900": 4, "t1000": 5, "t6000000": 1, "u": 6_009_000}
    )
    counts.update({"y1": 3, "z1": 2, "s": 1, "p10.0.0.1": 1, "x": 4})
    tally = {Place(0, 1, RECEIVER, "rcs-events"): counts}
    return metrics_text(Scrape(tally, {1: 'Say "hi"\\\n'}, {"receiver": "up"}, (ALERT,), tuple(RuleId)))


def test_metrics_are_lines_of_the_exposition_format() -> None:
    text = scraped()
    assert text.endswith("\n")
    named: set[str] = set()
    for line in text.splitlines():
        if line.startswith("# "):
            named.add(line.split()[2])
        else:
            assert LINE.fullmatch(line), line
            assert any(line.startswith(name) for name in named)
    assert text.count("# TYPE") == text.count("# HELP") == len(named)


def test_metrics_tell_what_was_counted() -> None:
    labels = r'{endpoint="Say \"hi\"\\\n",endpoint_id="1",provider="rcs-events",measured_at="receiver"'
    text = scraped()
    for expected in (
        f'webhook_inspector_deliveries_total{labels},outcome="accepted"}} 7',
        f'webhook_inspector_deliveries_total{labels},outcome="failed"}} 2',
        f'webhook_inspector_failures_total{labels},reason="too_late"}} 1',
        f'webhook_inspector_retries_total{labels},step="1",result="recovered"}} 2',
        f'webhook_inspector_processing_seconds_bucket{labels},le="0.001"}} 9',
        f'webhook_inspector_processing_seconds_bucket{labels},le="5.0"}} 9',
        f'webhook_inspector_processing_seconds_bucket{labels},le="+Inf"}} 10',
        f"webhook_inspector_processing_seconds_sum{labels}}} 6.009",
        'webhook_inspector_alerts_open{rule="failure_rate"} 1',
        "webhook_inspector_receiver_up 1",
    ):
        assert expected in text.splitlines()


@pytest.mark.parametrize("bound_ms", BOUNDS_MS)
def test_every_bound_of_the_histogram_is_an_edge(bound_ms: int) -> None:
    assert edge_of(bound_ms * 1000) == bound_ms * 1000


def test_a_posted_alert_is_a_text_that_slack_takes() -> None:
    posted = json.loads(message_of(ALERT, "Shop"))
    assert posted["text"] == "Alert: Failure rate 1.6 % on Shop, in the last 5 min, limit 1 %, mostly &lt;503&gt;"
    closed = json.loads(message_of(replace(ALERT, closed_us=360 * SECOND), ""))
    assert closed["text"].startswith("Resolved: Failure rate 1.6 %, ")
    assert {"title": "Lasted", "value": "5 min", "short": True} in closed["attachments"][0]["fields"]


def test_only_http_addresses_can_be_posted_to() -> None:
    assert check_url(" https://h/x ") == "https://h/x"
    assert check_url("") == ""
    for wrong in ("ftp://h/", "h/x", "https://"):
        with pytest.raises(UsageError):
            check_url(wrong)


def test_numbers_in_words() -> None:
    assert [per_cent(share) for share in (0.01, 0.016, 0.9996, 1)] == ["1 %", "1.6 %", "99.96 %", "100 %"]
    assert [duration(s) for s in (0.25, 5, 30, 300, 5400, 7200)] == ["0.25 s", "5 s", "30 s", "5 min", "90 min", "2 h"]


def test_the_receiver_is_down_while_the_program_does_not_run() -> None:
    spans = [
        SpanRow("receiver", 0, 60 * SECOND, False, "up"),
        SpanRow("receiver", 90 * SECOND, 90 * SECOND, True, "up"),
    ]
    receiver, tunnel = uptimes_of(spans, {"receiver": 0}, 0, 120 * SECOND)
    assert receiver.share == pytest.approx(0.75)
    assert receiver.downtimes == (Downtime(60 * SECOND, 90 * SECOND),)
    assert tunnel.share is None


def test_a_tunnel_is_expected_only_while_it_is_used() -> None:
    spans = [SpanRow("tunnel", 0, 30 * SECOND, False, "up"), SpanRow("tunnel", 30 * SECOND, 40 * SECOND, False, "down")]
    tunnel = uptimes_of(spans, {"tunnel": 0}, 0, 1000 * SECOND)[1]
    assert tunnel.share == pytest.approx(0.75)
    assert tunnel.downtimes == (Downtime(30 * SECOND, 40 * SECOND),)
