"""The gallery's Monitor page: one hour of figures, the same on every machine."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from inspector.domain.endpoint import EndpointId
from inspector.domain.values import to_us
from inspector.monitor.board import (
    Bar,
    Board,
    CampaignFunnel,
    CarrierRow,
    MeasuredAt,
    ProviderRow,
    Reason,
    RetryStep,
    Span,
    Times,
    Uptime,
)
from inspector.ui.gallery_alerts import made_alerts, put_alerts

if TYPE_CHECKING:
    from inspector.ui.gallery import Stage
    from inspector.ui.monitor.page import MonitorPage

UNTIL = datetime(2024, 12, 20, 14, 26, tzinfo=UTC)
SETTLE_S = 0.4
TRIES, TRY_S = 100, 0.05
MICRO = 1_000_000

_ACCEPTED = (
    157, 190, 173, 207, 204, 222, 225, 204, 244, 230, 240, 219, 250, 218, 220, 205, 198, 228, 211, 197, 171, 175, 156,
    177, 134, 164, 158, 138, 135, 127, 192, 185, 207, 207, 123, 108, 122, 133, 141, 138, 140, 150, 136, 159, 173, 167,
    173, 187, 190, 225, 228, 210, 218, 232, 227, 229, 252, 221, 234, 238,
)  # fmt: skip
_FAILED = {3: 1, 4: 1, 7: 1, 26: 1, 27: 1, 28: 1, 35: 1, 38: 1, 42: 1, 43: 2, 44: 1, 45: 2, 46: 1, 48: 1, 53: 2, 55: 10}
_FAILED |= {56: 12, 57: 11, 58: 10, 59: 10}
_PEAK_S = {33: 1.3, 34: 1.65, 35: 2.6, 36: 3.9, 37: 5.0, 38: 5.67, 39: 4.95, 40: 3.9, 41: 2.5, 42: 1.32, 43: 0.98}


def hour(measured_at: MeasuredAt = MeasuredAt.HANDLER, until_us: int = 0) -> Board:
    """Return an hour with a slow patch and, at its end, failures over the limit."""
    until_us = until_us or to_us(UNTIL)
    bars = _bars(until_us)
    deliveries = sum(bar.deliveries for bar in bars)
    failed = sum(bar.failed for bar in bars)
    return Board(
        scope=EndpointId(1),
        span=Span.HOUR,
        measured_at=measured_at,
        from_us=until_us - 3600 * MICRO,
        until_us=until_us,
        now_us=until_us - 20 * MICRO,
        bars=bars,
        deliveries=deliveries,
        accepted=sum(bar.accepted for bar in bars),
        duplicates=sum(bar.duplicates for bar in bars),
        failed=failed,
        times=Times(140_000, 712_000, 3_900_000, deliveries - 8),
        signature_failures=3,
        signature_senders=1,
        retried=64,
        recovered=61,
        refused=0,
        reasons=(
            Reason("503", "503 Service Unavailable", failed - 29, "code:503"),
            Reason("late", "No answer within 5 s", 18, "time:>5s code:2xx"),
            Reason("refused", "Connection refused", 8),
            Reason("sig", "Signature rejected", 3, "sig:invalid,stale,unsigned code:4xx"),
        ),
        retries=(
            RetryStep(1, 0, 64, 55),
            RetryStep(2, 60, 9, 5),
            RetryStep(3, 300, 4, 1),
            RetryStep(4, 1800, 0, 0, 3),
        ),
        uptimes=(Uptime("receiver", 1.0), Uptime("tunnel", 1.0)),
        campaigns=(
            CampaignFunnel("cart_recovery_dec", 5000, 4980, 4891, 3120, 842, 96, 14, 89, 12_466),
            CampaignFunnel("back_in_stock", 1240, 1240, 1198, 640, 201, 12, 3, 42, 12_400),
        ),
        providers=(
            ProviderRow(
                "rcs-events", "RCS events", deliveries - 940, failed - 2, 70, 64, 3, Times(140_000, 712_000, 3_900_000)
            ),
            ProviderRow("twilio", "Twilio", 940, 2, 4, 0, 0, Times(9_000, 42_000, 88_000)),
        ),
        carriers=(
            CarrierRow("T-Mobile US", 4210, 1400, 1371, 902, 21),
            CarrierRow("Verizon", 3984, 1330, 1305, 811, 14),
            CarrierRow("AT&T", 2611, 870, 858, 502, 9),
        ),
        answer_limit_s=5,
    )


def _bars(until_us: int) -> tuple[Bar, ...]:
    bars = []
    for place, accepted in enumerate(_ACCEPTED):
        p95_s = _PEAK_S.get(place, 0.62 + 0.2 * math.sin(place / 3.1) + 0.09 * math.sin(place * 1.7))
        failed = _FAILED.get(place, 0)
        rate = 0.0022 + 0.0006 * math.sin(place * 2.3)
        rate = {53: 0.0034, 54: 0.0055, 55: 0.0075, 56: 0.0107, 57: 0.0134, 58: 0.0141, 59: 0.0160}.get(place, rate)
        times = Times(round(p95_s * 160_000 + 40_000), round(p95_s * MICRO), round(p95_s * 1_600_000), accepted)
        start_us = until_us - (len(_ACCEPTED) - place) * 60 * MICRO
        bars.append(Bar(start_us, accepted, place % 4, failed, times, rate))
    return tuple(bars)


def nothing(board: Board) -> Board:
    """Return a board without any delivery."""
    bars = tuple(Bar(bar.start_us) for bar in board.bars)
    return replace(
        board, bars=bars, deliveries=0, accepted=0, duplicates=0, failed=0, times=Times(), signature_failures=0,
        signature_senders=0, retried=0, recovered=0, reasons=(), retries=(), uptimes=(), campaigns=(), providers=(),
        carriers=(),
    )  # fmt: skip


async def _shown(stage: Stage, board: Board) -> MonitorPage:
    control = stage.window.monitor

    async def read(scope: EndpointId | None, span: Span, measured_at: MeasuredAt) -> Board:
        return board

    control.read = read
    stage.app.settings.change(monitor_measured_at=board.measured_at.value)
    control.open()
    for _ in range(TRIES):
        if control.page is not None and control.page.board is not None:
            break
        await asyncio.sleep(TRY_S)
    await asyncio.sleep(SETTLE_S)
    assert control.page is not None
    return control.page


async def whole(stage: Stage) -> None:
    """Show the page as the picture has it, with an open alert."""
    await put_alerts(stage.app, made_alerts())
    await _shown(stage, hour())


async def empty(stage: Stage) -> None:
    """Show a page without deliveries."""
    await _shown(stage, nothing(hour(MeasuredAt.RECEIVER)))


async def ruled(stage: Stage) -> None:
    """Put the rule at the slowest minute."""
    page = await _shown(stage, hour())
    page.times.chart.put_rule(38)


async def tables(stage: Stage) -> None:
    """Show charts as tables, and the tables under them."""
    page = await _shown(stage, hour())
    page.deliveries.show_as_table(True)
    page.rate.show_as_table(True)
    page.scroller.verticalScrollBar().setValue(10_000)


async def lower(stage: Stage) -> None:
    """Scroll to the end of the page."""
    page = await _shown(stage, hour())
    page.scroller.verticalScrollBar().setValue(10_000)
    await asyncio.sleep(SETTLE_S)
