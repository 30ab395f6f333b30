"""Making a board out of counts: a pure function of what was read, the clock and the providers' terms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from inspector.domain.endpoint import EndpointId
from inspector.monitor.board import (
    FAILURE_WINDOW_S,
    Bar,
    Board,
    CampaignFunnel,
    CarrierRow,
    MeasuredAt,
    ProviderRow,
    RetryStep,
    Span,
    Times,
)
from inspector.monitor.reasons import reasons_of
from inspector.monitor.uptime import uptimes_of
from inspector.store.buckets import percentiles
from inspector.store.figure_reads import Material
from inspector.store.figure_rows import HANDLER, RECEIVER, Counts, edges, named, total

SIDES = {MeasuredAt.RECEIVER: RECEIVER, MeasuredAt.HANDLER: HANDLER}

K = TypeVar("K")

MICRO = 1_000_000

_STAGES = {
    "message.sent": "sent",
    "message.delivered": "delivered",
    "message.read": "read",
    "message.failed": "failed",
    "message.expired": "failed",
}


@dataclass(frozen=True, slots=True)
class ProviderTerms:
    """What a board needs to know of a provider: its name, its limit for an answer, the waits before its retries."""

    title: str
    limit_s: int
    waits_s: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Extent:
    """The whole bars of a range, in seconds since the epoch: `until_s` is the end of the bar now running."""

    from_s: int
    until_s: int

    @property
    def lead_s(self) -> int:
        """So much before it belongs to the five minutes of its first bar."""
        return FAILURE_WINDOW_S - 60


def extent_of(span: Span, now_us: int) -> Extent:
    """Return which bars a range has at a moment."""
    until_s = (now_us // MICRO // span.bar_s + 1) * span.bar_s
    return Extent(until_s - span.seconds, until_s)


def make_board(
    material: Material,
    scope: EndpointId | None,
    span: Span,
    measured_at: MeasuredAt,
    now_us: int,
    providers: Mapping[str, ProviderTerms],
    scope_providers: frozenset[str],
) -> Board:
    """Return the board. `scope_providers` are the providers of the scope's endpoints as they are now."""
    extent = extent_of(span, now_us)
    first, last = extent.from_s // span.bar_s, extent.until_s // span.bar_s
    side = SIDES[measured_at]
    here = {place: counts for place, counts in material.tally.items() if place.side == side}
    by_slot = _grouped((place.slot, counts) for place, counts in here.items())
    whole = total(counts for slot, counts in by_slot.items() if slot >= first)
    by_provider = {place.provider: whole for place in here if place.slot >= first}
    if len(by_provider) > 1:
        by_provider = _grouped((place.provider, counts) for place, counts in here.items() if place.slot >= first)
    received = whole
    if side != RECEIVER:
        received = total(c for p, c in material.tally.items() if p.side == RECEIVER and p.slot >= first)
    terms = providers.get(next(iter(scope_providers))) if len(scope_providers) == 1 else None
    steps = steps_of(whole, () if terms is None else terms.waits_s)
    return Board(
        scope=scope,
        span=span,
        measured_at=measured_at,
        from_us=extent.from_s * MICRO,
        until_us=extent.until_s * MICRO,
        now_us=now_us,
        bars=_bars(by_slot, span, first, last),
        deliveries=whole["n"],
        accepted=whole["n"] - whole["f"] - whole["d"],
        duplicates=whole["d"],
        failed=whole["f"],
        times=times_of(whole),
        signature_failures=received["s"],
        signature_senders=len(named(received, "p")),
        retried=steps[0].tries if steps else 0,
        recovered=sum(step.recovered for step in steps),
        refused=received["x"],
        reasons=reasons_of(whole, measured_at, None if terms is None else terms.limit_s),
        retries=steps,
        uptimes=uptimes_of(material.spans, material.first_us, extent.from_s * MICRO, now_us),
        campaigns=tuple(CampaignFunnel(*row) for row in material.campaigns),
        providers=_provider_rows(by_provider, providers),
        carriers=_carrier_rows(named(received, "c")),
        answer_limit_s=None if terms is None else terms.limit_s,
        behind=material.behind,
    )


def times_of(counts: Counts) -> Times:
    """Return the processing times of counts."""
    timed = edges(counts)
    p50, p95, p99 = percentiles(timed, (0.5, 0.95, 0.99))
    return Times(p50, p95, p99, sum(timed.values()))


def steps_of(counts: Counts, waits_s: tuple[int, ...]) -> tuple[RetryStep, ...]:
    """Return the retries by step, and one more where events that failed the last step are still waited for."""
    tries = {int(step): count for step, count in named(counts, "y").items()}
    good = {int(step): count for step, count in named(counts, "z").items()}
    steps: list[RetryStep] = []
    for step in range(1, max(tries, default=0) + 1):
        came, recovered = tries.get(step, 0), good.get(step, 0)
        unsettled = steps[-1].tries - steps[-1].recovered if steps else came
        steps.append(RetryStep(step, _wait(waits_s, step), came, recovered, max(0, unsettled - came)))
    if steps and len(steps) < len(waits_s) and (left := steps[-1].tries - steps[-1].recovered):
        steps.append(RetryStep(len(steps) + 1, _wait(waits_s, len(steps) + 1), 0, 0, left))
    return tuple(steps)


def _wait(waits_s: tuple[int, ...], step: int) -> int | None:
    return waits_s[step - 1] if step <= len(waits_s) else None


def _grouped(items: Iterable[tuple[K, Counts]]) -> dict[K, Counts]:
    """Add up counts by key. What has a key for itself is passed on as it is, not copied: nobody changes it."""
    grouped: dict[K, list[Counts]] = {}
    for key, counts in items:
        grouped.setdefault(key, []).append(counts)
    return {key: total(some) if len(some) > 1 else some[0] for key, some in grouped.items()}


def _bars(by_slot: Mapping[int, Counts], span: Span, first: int, last: int) -> tuple[Bar, ...]:
    width = max(1, FAILURE_WINDOW_S // span.bar_s)
    none: Counts = Counter()
    bars = []
    for slot in range(first, last):
        counts = by_slot.get(slot, none)
        window = [by_slot.get(earlier, none) for earlier in range(slot - width + 1, slot + 1)]
        deliveries = sum(some["n"] for some in window)
        bars.append(
            Bar(
                slot * span.bar_s * MICRO,
                counts["n"] - counts["f"] - counts["d"],
                counts["d"],
                counts["f"],
                times_of(counts),
                sum(some["f"] for some in window) / deliveries if deliveries else None,
            )
        )
    return tuple(bars)


def _provider_rows(
    by_provider: Mapping[str, Counts], providers: Mapping[str, ProviderTerms]
) -> tuple[ProviderRow, ...]:
    rows = [
        ProviderRow(
            provider,
            providers[provider].title if provider in providers else provider or "No provider",
            counts["n"],
            counts["f"],
            counts["d"],
            sum(named(counts, "y").values()),
            counts["s"],
            times_of(counts),
        )
        for provider, counts in by_provider.items()
        if counts["n"]
    ]
    return tuple(sorted(rows, key=lambda row: (-row.deliveries, row.title)))


def _carrier_rows(carriers: Mapping[str, int]) -> tuple[CarrierRow, ...]:
    said: dict[str, Counts] = {}
    for key, count in carriers.items():
        carrier, _, kind = key.rpartition("|")
        counts = said.setdefault(carrier, Counter())
        counts["events"] += count
        counts[_STAGES.get(kind, "")] += count
    rows = [
        CarrierRow(carrier, counts["events"], counts["sent"], counts["delivered"], counts["read"], counts["failed"])
        for carrier, counts in said.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.events, row.carrier)))
