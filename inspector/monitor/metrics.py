"""Everything counted as text in the exposition format of Prometheus (prometheus.io, "Exposition formats", 0.0.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inspector import __version__
from inspector.monitor.alerts import Alert, RuleId
from inspector.monitor.board import MeasuredAt
from inspector.store.figure_rows import HANDLER, RECEIVER, Counts, Tally, edges, named

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

BOUNDS_MS = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2000, 3000, 5000, 10000, 15000, 30000, 60000)
"""Each is an edge of the buckets that durations are kept in, so the histogram is exact."""

_SIDES = {RECEIVER: MeasuredAt.RECEIVER.value, HANDLER: MeasuredAt.HANDLER.value}

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Scrape:
    """What is told: counts of all time, endpoints by id, what is up or down, the open alerts, the rules there are."""

    tally: Tally
    endpoints: Mapping[int, str]
    states: Mapping[str, str]
    alerts: tuple[Alert, ...]
    rules: tuple[RuleId, ...]


def metrics_text(scrape: Scrape) -> str:
    """Return the text; names end on their unit, counters on `_total`."""
    lines = [
        *_family("build_info", "gauge", "The program's version.", [((("version", __version__),), 1)]),
        *_family("receiver_up", "gauge", "Whether the receiver listens.", _state(scrape.states, "receiver")),
        *_family(
            "tunnel_up", "gauge", "Whether the tunnel answers; absent without one.", _state(scrape.states, "tunnel")
        ),
        *_family("alerts_open", "gauge", "Open alerts by rule.", _alerts(scrape)),
    ]
    series = _series(scrape)
    for name, help_text, samples in (
        ("deliveries_total", "Requests accepted for processing, by outcome.", _outcomes),
        ("failures_total", "Failed deliveries, by reason.", _failures),
        ("signature_failures_total", "Events whose signature was wrong or too old.", _signatures),
        ("refused_total", "Requests turned away before they became events.", _refused),
        ("retries_total", "Deliveries that came again after a failure, by step and result.", _retries),
    ):
        lines += _family(
            name, "counter", help_text, (one for labels, counts in series for one in samples(labels, counts))
        )
    lines += _histogram("processing_seconds", "From the last body byte to the last answer byte.", series)
    return "\n".join(lines) + "\n"


def _series(scrape: Scrape) -> list[tuple[Labels, Counts]]:
    whole: dict[Labels, Counts] = {}
    for place, counts in scrape.tally.items():
        name = scrape.endpoints.get(place.endpoint_id, "")
        labels = (
            ("endpoint", name),
            ("endpoint_id", str(place.endpoint_id)),
            ("provider", place.provider),
            ("measured_at", _SIDES[place.side]),
        )
        whole.setdefault(labels, Counter()).update(counts)
    return sorted(whole.items())


def _state(states: Mapping[str, str], kind: str) -> list[tuple[Labels, int]]:
    return [((), int(states[kind] == "up"))] if kind in states else []


def _alerts(scrape: Scrape) -> list[tuple[Labels, int]]:
    counts = Counter(alert.rule for alert in scrape.alerts)
    return [((("rule", rule.value),), counts[rule]) for rule in scrape.rules]


def _outcomes(labels: Labels, counts: Counts) -> Iterable[tuple[Labels, int]]:
    accepted = counts["n"] - counts["f"] - counts["d"]
    for outcome, count in (("accepted", accepted), ("duplicate", counts["d"]), ("failed", counts["f"])):
        yield (*labels, ("outcome", outcome)), count


def _failures(labels: Labels, counts: Counts) -> Iterable[tuple[Labels, int]]:
    words = {"late": "too_late", "unsent": "never_left", "sig": "signature_rejected"}
    for reason, count in sorted(named(counts, "r").items()):
        yield (*labels, ("reason", words.get(reason, reason))), count


def _signatures(labels: Labels, counts: Counts) -> Iterable[tuple[Labels, int]]:
    if labels[-1][1] == MeasuredAt.RECEIVER.value:
        yield labels[:-1], counts["s"]


def _refused(labels: Labels, counts: Counts) -> Iterable[tuple[Labels, int]]:
    if labels[-1][1] == MeasuredAt.RECEIVER.value:
        yield labels[:-1], counts["x"]


def _retries(labels: Labels, counts: Counts) -> Iterable[tuple[Labels, int]]:
    good = named(counts, "z")
    for step, tries in sorted(named(counts, "y").items(), key=lambda item: int(item[0])):
        recovered = good.get(step, 0)
        yield (*labels, ("step", step), ("result", "recovered")), recovered
        yield (*labels, ("step", step), ("result", "failed")), tries - recovered


def _histogram(name: str, help_text: str, series: Iterable[tuple[Labels, Counts]]) -> list[str]:
    full = f"webhook_inspector_{name}"
    lines = [f"# HELP {full} {help_text}", f"# TYPE {full} histogram"]
    for labels, counts in series:
        timed = edges(counts)
        for bound_ms in BOUNDS_MS:
            under = sum(count for edge, count in timed.items() if edge <= bound_ms * 1000)
            lines.append(_sample(f"{full}_bucket", (*labels, ("le", repr(bound_ms / 1000))), under))
        everything = sum(timed.values())
        lines.append(_sample(f"{full}_bucket", (*labels, ("le", "+Inf")), everything))
        lines.append(_sample(f"{full}_sum", labels, counts["u"] / 1_000_000))
        lines.append(_sample(f"{full}_count", labels, everything))
    return lines


def _family(name: str, kind: str, help_text: str, samples: Iterable[tuple[Labels, int]]) -> list[str]:
    full = f"webhook_inspector_{name}"
    head = [f"# HELP {full} {help_text}", f"# TYPE {full} {kind}"]
    return head + [_sample(full, labels, value) for labels, value in samples]


def _sample(name: str, labels: Labels, value: float) -> str:
    inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
    return f"{name}{{{inside}}} {value}" if inside else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
