"""What is wrong at a moment, by the rules: pure functions of counts and of what was noticed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from inspector.domain.endpoint import EndpointId
from inspector.monitor.alerts import CHECK_EVERY_S, Rule, RuleId
from inspector.monitor.board import MeasuredAt
from inspector.monitor.judging import MICRO, Finding
from inspector.monitor.reasons import title_of
from inspector.monitor.wording import duration, per_cent
from inspector.store.buckets import percentile
from inspector.store.figure_reads import Noticed
from inspector.store.figure_rows import HANDLER, RECEIVER, Counts, Tally, edges, named, total

SLOT_US = 10 * MICRO
_SIDES = {RECEIVER: MeasuredAt.RECEIVER, HANDLER: MeasuredAt.HANDLER}
_LISTED = 3


def of_figures(rules: Mapping[RuleId, Rule], tally: Tally, now_us: int) -> Iterator[Finding]:
    """Find failure rates, processing times, signature failures; `now_us` is a whole ten seconds, the windows' end."""
    series: dict[tuple[int, int], dict[int, Counts]] = {}
    for place, counts in tally.items():
        if place.endpoint_id:
            by_slot = series.setdefault((place.endpoint_id, place.side), {})
            by_slot[place.slot] = total([by_slot.get(place.slot, {}), counts])
    for (endpoint_id, side), by_slot in sorted(series.items()):
        yield from _of_endpoint(rules, by_slot, EndpointId(endpoint_id), side, now_us)


def _of_endpoint(
    rules: Mapping[RuleId, Rule], by_slot: Mapping[int, Counts], endpoint_id: EndpointId, side: int, now_us: int
) -> Iterator[Finding]:
    at = _SIDES[side]
    for finding in (
        _failure_rate(rules[RuleId.FAILURE_RATE], by_slot, endpoint_id, at, now_us),
        _processing_time(rules[RuleId.PROCESSING_TIME], by_slot, endpoint_id, at, now_us),
        _signatures(rules[RuleId.SIGNATURE_FAILURE], by_slot, endpoint_id, now_us) if side == RECEIVER else None,
    ):
        if finding is not None:
            yield finding


def window(by_slot: Mapping[int, Counts], now_us: int, window_s: int) -> Counts:
    """Return the counts of the seconds that end at a moment, the moment not included."""
    first, last = (now_us - window_s * MICRO) // SLOT_US, now_us // SLOT_US
    return total(counts for slot, counts in by_slot.items() if first <= slot < last)


def _failure_rate(
    rule: Rule, by_slot: Mapping[int, Counts], endpoint_id: EndpointId, at: MeasuredAt, now_us: int
) -> Finding | None:
    counts = window(by_slot, now_us, rule.window_s)
    deliveries, failed = counts["n"], counts["f"]
    if deliveries < max(1, rule.at_least) or failed <= rule.threshold * deliveries:
        return None
    key, most = max(named(counts, "r").items(), key=lambda item: (item[1], item[0]))
    mostly = f", mostly {title_of(key)}" if most * 2 > failed else ""
    return Finding(
        rule.id,
        endpoint_id,
        f"Failure rate {per_cent(failed / deliveries)}",
        f"in the last {duration(rule.window_s)}, limit {per_cent(rule.threshold)}{mostly}",
        now_us + CHECK_EVERY_S * MICRO,
        failed / deliveries,
        "code:4xx,5xx" if at is MeasuredAt.RECEIVER else "",
        measured_at=at,
    )


def _processing_time(
    rule: Rule, by_slot: Mapping[int, Counts], endpoint_id: EndpointId, at: MeasuredAt, now_us: int
) -> Finding | None:
    counts = window(by_slot, now_us, rule.window_s)
    p95 = percentile(edges(counts), 0.95)
    if p95 is None or counts["n"] < rule.at_least or p95 <= rule.threshold * MICRO:
        return None
    return Finding(
        rule.id,
        endpoint_id,
        f"Processing time {duration(p95 / MICRO)}",
        f"p95 in the last {duration(rule.window_s)}, limit {duration(rule.threshold)}",
        now_us + CHECK_EVERY_S * MICRO,
        p95 / MICRO,
        f"time:>{rule.threshold:g}s" if at is MeasuredAt.RECEIVER else "",
        measured_at=at,
    )


def _signatures(rule: Rule, by_slot: Mapping[int, Counts], endpoint_id: EndpointId, now_us: int) -> Finding | None:
    counts = window(by_slot, now_us, rule.window_s)
    failures, senders = counts["s"], len(named(counts, "p"))
    if failures <= rule.threshold:
        return None
    last = max(slot for slot, some in by_slot.items() if some["s"] and slot < now_us // SLOT_US)
    return Finding(
        rule.id,
        endpoint_id,
        "Signature failure" if failures == 1 else f"{failures} signature failures",
        f"in the last {duration(rule.window_s)}, from {senders} sender{'' if senders == 1 else 's'}",
        (last + 1) * SLOT_US,
        float(failures),
        "sig:invalid,stale",
    )


def of_violations(rule: Rule, noticed: Iterable[Noticed]) -> Iterator[Finding]:
    """Find messages sent to somebody who had opted out."""
    by_endpoint = groupby(sorted(noticed, key=lambda item: item.endpoint_id), key=lambda item: item.endpoint_id)
    for endpoint_id, some in by_endpoint:
        items = sorted(some, key=lambda item: item.happened_us)
        yield Finding(
            rule.id,
            EndpointId(endpoint_id) if endpoint_id else None,
            "Message after an opt-out" if len(items) == 1 else f"{len(items)} messages after an opt-out",
            f"message {_listed([item.subject for item in items])}",
            items[-1].happened_us,
            float(len(items)),
            f'msg:"{items[-1].subject}"',
        )


def of_drifts(rule: Rule, drifts: Iterable[tuple[str, Noticed]]) -> Iterator[Finding]:
    """Find payloads that do not look as usual, one finding a kind of event."""
    ordered = sorted(drifts, key=lambda item: (item[1].endpoint_id, item[0]))
    for (endpoint_id, label), some in groupby(ordered, key=lambda item: (item[1].endpoint_id, item[0])):
        items = [noticed for _, noticed in some]
        latest = max(item.happened_us for item in items)
        first = items[0]
        more = f", and {len(items) - 1} more" if len(items) > 1 else ""
        yield Finding(
            rule.id,
            EndpointId(endpoint_id),
            f"Payload shape of {label}",
            f"{first.subject}: {first.detail} (#{first.event_id}){more}",
            latest,
            float(len(items)),
            f'"{label}"',
            subject=label,
        )


def of_downtime(rule: Rule, down_since_us: Mapping[str, int], now_us: int) -> Iterator[Finding]:
    """Find what has been down for longer than the rule allows: "receiver", "tunnel"."""
    for kind, since_us in down_since_us.items():
        down_s = (now_us - since_us) / MICRO
        if down_s >= rule.threshold:
            title = "The receiver does not listen" if kind == "receiver" else "The tunnel does not answer"
            yield Finding(
                rule.id,
                None,
                title,
                f"for more than {duration(rule.threshold)}",
                now_us + 1,
                float(down_s // 60 * 60),
                subject=kind,
            )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")
