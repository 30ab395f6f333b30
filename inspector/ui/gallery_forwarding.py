"""The gallery's pictures of forwarding and of the test of a target."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from inspector.domain.attempt import SeriesId, Tls
from inspector.domain.event import EventId
from inspector.domain.forwarding import ForwardRule
from inspector.domain.schedules import schedule_of
from inspector.domain.series import Series, SeriesPlan, SeriesState
from inspector.replay.target_options import TargetOptions
from inspector.replay.target_test import AddressCheck, HttpCheck, TargetReport, TlsCheck
from inspector.store.rule_figures import TargetFigures
from inspector.store.series import RuleKey
from inspector.ui.forwarding.desk import ForwardDesk
from inspector.ui.forwarding.dialog import SMALLEST, ForwardDialog
from inspector.ui.forwarding.tester_dialog import TargetDialog

if TYPE_CHECKING:
    from inspector.ui.gallery import Stage

SETTLE_S = 0.35
STAGING = "https://staging.northwind.example/webhooks/rcs"
LOCAL = "http://localhost:5000/webhooks/rcs"
STORE = "http://127.0.0.1:7071/ingest"

RULES = (
    ForwardRule("dev", (STAGING, LOCAL), name="Staging and my machine", schedule="rcs-events", in_order=True),
    ForwardRule("fails", (STORE,), name="Failures to the store", match="type:failed,expired", schedule="0, 10s, 5m"),
    ForwardRule("old", ("https://old.northwind.example/hooks",), name="Old handler", enabled=False),
    ForwardRule("audit", ("https://audit.northwind.example/in",), name="Audit trail", match="type:optout"),
)
_LATE = timedelta(minutes=4)


class _StillDesk(ForwardDesk):
    """The desk with a log and figures that stand still."""

    async def page(self, rule: RuleKey, before: SeriesId | None) -> tuple[Series, ...]:
        return () if before is not None or rule.rule_id != "dev" else tuple(_log(datetime.now(UTC)))

    async def figures(self, rules: Iterable[RuleKey]) -> dict[RuleKey, tuple[TargetFigures, ...]]:
        now = datetime.now(UTC)
        return {rule: _figures(now).get(rule.rule_id, ()) for rule in rules}

    async def paused(self) -> frozenset[RuleKey]:
        return frozenset(RuleKey(one.id, "audit") for one in self.endpoints())


def _figures(now: datetime) -> dict[str, tuple[TargetFigures, ...]]:
    return {
        "dev": (
            TargetFigures(STAGING, 0, 1, 412, 409, 0, now - timedelta(seconds=9), now - _LATE, "Answered 502"),
            TargetFigures(LOCAL, 3, 0, 412, 398, 2, now - timedelta(minutes=1), now - timedelta(seconds=4), "Refused"),
        ),
        "fails": (TargetFigures(STORE, 12, 0, 14, 0, 37, None, now - timedelta(seconds=21), "Connection refused"),),
        "audit": (TargetFigures("https://audit.northwind.example/in", 5, 0, 0, 0, 0, now - timedelta(hours=2)),),
    }


def _log(now: datetime) -> Iterable[Series]:
    plan = SeriesPlan(schedule_of("rcs-events"), in_order=True)
    rows: tuple[tuple[str, SeriesState, int, int | None, str, int, str], ...] = (
        (LOCAL, SeriesState.WAITING, 0, None, "", 0, ""),
        (STAGING, SeriesState.SENDING, 0, None, "", 0, ""),
        (LOCAL, SeriesState.WAITING, 2, None, "Connection refused", 254, ""),
        (STAGING, SeriesState.DONE, 1, 200, "", 0, ""),
        (LOCAL, SeriesState.WAITING, 1, 503, "Answered 503", 48, ""),
        (STAGING, SeriesState.DONE, 2, 200, "", 0, ""),
        (LOCAL, SeriesState.DONE, 1, 204, "", 0, ""),
        (STAGING, SeriesState.GIVEN_UP, 5, 502, "Answered 502", 0, "Given up after 5 tries."),
        (LOCAL, SeriesState.STOPPED, 1, 500, "Answered 500", 0, "Stopped."),
        (STAGING, SeriesState.DONE, 1, 200, "", 0, ""),
        (LOCAL, SeriesState.SKIPPED, 0, None, "", 0, "This event was not kept whole."),
    )
    for place, (target, state, tries, status, failure, wait_s, note) in enumerate(rows):
        yield Series(
            id=SeriesId(900 - place),
            event_id=EventId(12 - place // 2),
            endpoint_id=None,
            rule_id="dev",
            target=target,
            plan=plan,
            state=state,
            created_at=now - timedelta(seconds=11 * place + 0.218),
            tries=tries,
            next_at=now + timedelta(seconds=wait_s) if state is SeriesState.WAITING else None,
            status=status,
            failed_at=now if failure else None,
            failure=failure,
            note=note,
        )


async def forwarding(stage: Stage, size: QSize | None = None) -> QWidget:
    """Show the rules of the first endpoint, with the log of the first rule."""
    app, window = stage.app, stage.window
    endpoint = await app.directory.save(replace(app.directory.all()[0], forwards=RULES))
    desk = _StillDesk(app, lambda _event: None, lambda _endpoint: None, lambda _url: None)
    dialog = ForwardDialog(window.theme, window.icons, window.tasks, desk, endpoint.id, window)
    if size is not None:
        dialog.resize(size)
    dialog.show()
    await asyncio.sleep(SETTLE_S)
    dialog.pane.table.selectRow(4)
    await asyncio.sleep(SETTLE_S)
    return dialog


async def smallest(stage: Stage) -> QWidget:
    """Show it as small as it gets."""
    return await forwarding(stage, SMALLEST)


async def nothing(stage: Stage) -> QWidget:
    """Show an endpoint without rules."""
    dialog = stage.window.forwards.open()
    await asyncio.sleep(SETTLE_S)
    return dialog


class _StillTester:
    """Finds what it is told to."""

    def __init__(self, report: TargetReport) -> None:
        self._report = report

    async def check(self, url: str) -> TargetReport:
        return self._report

    def options(self, url: str) -> TargetOptions | None:
        return None

    async def keep(self, url: str, host: str, ca_file: str) -> None:
        raise NotImplementedError


_REFUSED = TargetReport(
    url=LOCAL,
    dns_problem="",
    addresses=(
        AddressCheck("127.0.0.1", "IPv4", False, problem="nothing is listening"),
        AddressCheck("::1", "IPv6", False, problem="nothing is listening"),
    ),
    answering="",
    tls=None,
    http=None,
    advice=(
        "Start your server, or try another port: something listens on 8000.",
        "If it runs in a container, publish its port (-p 5000:5000) and let it listen on 0.0.0.0; a program inside a "
        "container reaches this computer as host.docker.internal.",
    ),
)
_GOOD = TargetReport(
    url=STAGING,
    dns_problem="",
    addresses=(
        AddressCheck("203.0.113.24", "IPv4", True, 24.0),
        AddressCheck("2001:db8::24", "IPv6", False, problem="no answer within 3 s"),
    ),
    answering="203.0.113.24",
    tls=TlsCheck(
        Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", "CN=staging", "CN=R11,O=Let's Encrypt,C=US", "2025-02-11T08:00:00"),
        ("staging.northwind.example",),
        days_left=53,
    ),
    http=HttpCheck(405, "Method Not Allowed", "nginx", "POST", 61.0),
    advice=("It listens on IPv4 only (203.0.113.24), not on IPv6. Replays find it; name 203.0.113.24 to be certain.",),
)


async def _tested(stage: Stage, report: TargetReport) -> QWidget:
    window = stage.window
    dialog = TargetDialog(window.theme, window.icons, window.tasks, _StillTester(report), report.url, window)
    dialog.show()
    dialog.test()
    await asyncio.sleep(SETTLE_S)
    return dialog


async def target_refused(stage: Stage) -> QWidget:
    """Show a target where nothing listens."""
    return await _tested(stage, _REFUSED)


async def target_good(stage: Stage) -> QWidget:
    """Show a target that answers on one kind of address only."""
    return await _tested(stage, _GOOD)
