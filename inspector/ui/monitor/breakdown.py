"""What lies under the charts, as rows: reasons, retries, a campaign's funnel, providers, carriers."""

from __future__ import annotations

from inspector.monitor.board import Board, CampaignFunnel
from inspector.ui.monitor.bar_rows import BarRow
from inspector.ui.monitor.words import percent, since, step_words, took, with_percent
from inspector.ui.widgets.counts import grouped

Table = tuple[tuple[str, ...], ...]

PROVIDER_COLUMNS = (
    "Provider", "Deliveries", "Success", "Failed", "Duplicates", "Retries", "Bad signatures", "p50", "p95", "p99",
)  # fmt: skip
CARRIER_COLUMNS = ("Carrier", "Events", "Sent", "Delivered", "Read", "Failed", "Failure rate")

_STAGES = (
    ("Sent", "sent", "chart"),
    ("Delivered", "delivered", "passSolid"),
    ("Read", "read", "infoSolid"),
    ("Clicked", "clicked", "chart"),
    ("Replied", "replied", "chart"),
    ("Opted out", "opted_out", "warnSolid"),
    ("Failed", "failed", "failSolid"),
)


def reason_rows(board: Board) -> tuple[BarRow, ...]:
    """Return why deliveries failed; the bar is the reason's share of all failures."""
    total = sum(reason.count for reason in board.reasons)
    return tuple(
        BarRow(
            reason.title,
            reason.count / total,
            grouped(reason.count),
            "failSolid",
            since(board, reason.search) if reason.search else "",
            spoken=f"{reason.title}: {grouped(reason.count)} of {grouped(total)} failures",
        )
        for reason in board.reasons
    )


def retry_rows(board: Board) -> tuple[BarRow, ...]:
    """Return the steps of the schedule; the bar is the share of each that ended in 2xx."""
    rows = []
    for step in board.retries:
        name = step_words(step)
        if step.tries:
            words = f"{grouped(step.recovered)} of {grouped(step.tries)}"
            spoken = f"{name}: {words} ended in 2xx"
            if step.waiting:
                spoken += f", {grouped(step.waiting)} still waited for"
            rows.append(BarRow(name, step.recovered / step.tries, words, "passSolid", spoken=spoken))
        else:
            rows.append(BarRow(name, None, f"{grouped(step.waiting)} waiting", "passSolid", quiet=True))
    return tuple(rows)


def funnel_rows(funnel: CampaignFunnel) -> tuple[BarRow, ...]:
    """Return how many of a campaign's messages reached each stage, and how many opted out or failed."""
    rows = []
    for name, field, color in _STAGES:
        count: int = getattr(funnel, field)
        share = count / funnel.messages if funnel.messages else 0.0
        rows.append(BarRow(name, share, f"{grouped(count)}  {percent(share, places=1)} %", color))
    return tuple(rows)


def provider_rows(board: Board) -> Table:
    """Return the figures of each provider under PROVIDER_COLUMNS."""
    return tuple(
        (
            row.title,
            grouped(row.deliveries),
            with_percent(row.success_rate, fixed=True),
            grouped(row.failed),
            grouped(row.duplicates),
            grouped(row.retries),
            grouped(row.signature_failures),
            took(row.times.p50_us),
            took(row.times.p95_us),
            took(row.times.p99_us),
        )
        for row in board.providers
    )


def carrier_rows(board: Board) -> Table:
    """Return what is said of each carrier under CARRIER_COLUMNS."""
    return tuple(
        (
            row.carrier,
            grouped(row.events),
            grouped(row.sent),
            grouped(row.delivered),
            grouped(row.read),
            grouped(row.failed),
            with_percent(row.failure_rate, fixed=True),
        )
        for row in board.carriers
    )
