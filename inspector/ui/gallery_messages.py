"""The gallery's messages: the same on every machine, at a fixed moment, with one of every mark."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from inspector.domain.answer import Answer
from inspector.domain.endpoint import Endpoint
from inspector.domain.event import DedupeKey, Draft, DuplicateLevel
from inspector.domain.report import Kind, Report
from inspector.domain.request import Request
from inspector.domain.values import to_us
from inspector.domain.verification import Covers, Verdict, Verification
from inspector.ui.page_head import MESSAGES

if TYPE_CHECKING:
    from inspector.ui.gallery import Stage
    from inspector.ui.messages.page import MessagesPage

MOMENT = datetime(2024, 12, 20, 14, 24, 36, tzinfo=UTC)
MOMENT_US = to_us(MOMENT)
SETTLE_S = 0.4
TRIES, TRY_S = 200, 0.05

LETTERS = {
    "Q": Kind.QUEUED,
    "S": Kind.SENT,
    "D": Kind.DELIVERED,
    "R": Kind.READ,
    "F": Kind.FAILED,
    "C": Kind.CLICKED,
    "I": Kind.INBOUND,
    "O": Kind.OPTOUT,
    "P": Kind.COMPLAINED,
}


@dataclass(frozen=True, slots=True)
class Told:
    """One message; each step is "letter said-arrived", seconds before MOMENT, `!` answered 503, `?` signed wrongly."""

    name: str
    recipient: str
    campaign: str
    steps: str
    error: str = ""


STORY = (
    Told("msg_8f2af9a3", "+14045550138", "order_update", "Q95.0-94.4 S94.1-93.7 D92.9-92.0"),
    Told("msg_8f2b0e6f", "+17865550112", "back_in_stock", "Q90-89.5 S89-88.4 D87-86.2 R75-74.6 C69-68"),
    Told("msg_8f2b4410", "+15035550150", "cart_recovery_dec", "Q109-108 S107-106.2 D105-104 R71-70.5"),
    Told("msg_8f2b52d9", "+12145550199", "cart_recovery_dec", "Q68-67.6 S67.2-66.8 D66-65.4"),
    Told("msg_8f2b7e30", "+919019955512", "otp_login", "Q66-65.5 S60.5-59.9"),
    Told("msg_8f2ba1c8", "+14805550164", "order_update", "Q66-65.4 D62-61.2 R57-56.4"),
    Told("msg_8f2bb7f4", "+16175550108", "otp_login", "Q58-57.5 S57.3-56.9 D56.5-56 R55.3-54.8"),
    Told("msg_8f2c05be", "+13035550121", "holiday_flash_sale", "Q116-115 S114-113 D111-110 R70-69 P55-54"),
    Told("msg_8f2d7c19", "+33639982107", "order_update", "Q58-57.5 S57-56.3 D54-53.1"),
    Told("msg_8f2e91aa", "+17025550168", "holiday_flash_sale", "Q79-78 S77-76 D74-73 R60-59 O53-52.3"),
    Told("msg_8f2fe6c3", "+15125550176", "back_in_stock", "Q70-69 S68-67.2 D52-51.5? D52-51.2?"),
    Told("msg_8f2fb018", "+447700900312", "order_update", "Q92-91 S90-89 D85-84 R60-59 I51.5-50.8"),
    Told(
        "msg_8f2d91b7", "+12065550155", "holiday_flash_sale",
        "Q77.598-77.1 D65.798-65.3! D65.798-62.3! R50.198-49.7 D65.798-4.7",
    ),
    Told("msg_8f30fa12", "+16465550143", "otp_login", "Q12-11.5 S10-9.4 F4.5-4", "4102"),
    Told("msg_8f3122e9", "+13055550119", "holiday_flash_sale", "Q6.9-6.4 S6-5.5 D5-4.6 R3.9-3.5"),
    Told("msg_8f30d5b1", "+12125550187", "cart_recovery_dec", "Q20-19.5 S18-17.2 D14-13.4 R9-8.2 C3.1-2.6"),
    Told("msg_8f31c07a", "+14155550132", "cart_recovery_dec", "Q3.1-2.6 S2.1-1.7 D1.3-0.9"),
)  # fmt: skip

TEMPLATES = (
    (Kind.TEMPLATE_APPROVED, "order_upd_v3", "", 90.0),
    (Kind.TEMPLATE_REJECTED, "flash_sale_v7", "Promotional content in a utility template", 70.0),
    (Kind.TEMPLATE_REJECTED, "flash_sale_v8", "Promotional content in a utility template", 50.0),
    (Kind.TEMPLATE_APPROVED, "flash_sale_v8", "", 20.0),
)

_UNREADABLE = Answer(401, body=b"Invalid signature")
_BUSY = Answer(503, body=b"Busy")
_OK = Answer()


def drafts(endpoint: Endpoint) -> list[Draft]:
    """Return the events of all messages and templates in order of arrival."""
    found = [draft for told in STORY for draft in _told(told, endpoint)]
    for kind, name, reason, ago_s in TEMPLATES:
        report = Report(kind, kind.value, template=name, text=reason, occurred_at=_at(ago_s + 1))
        found.append(_draft(endpoint, report, _at(ago_s), _OK, Verdict.VALID))
    return sorted(found, key=lambda draft: draft.request.received_at)


def _told(told: Told, endpoint: Endpoint) -> list[Draft]:
    found = []
    for step in told.steps.split():
        kind, mark = LETTERS[step[0]], step[-1] if step[-1] in "!?" else ""
        said_s, arrived_s = map(float, step[1:].rstrip("!?").split("-"))
        report = Report(
            kind,
            kind.value,
            told.name,
            told.recipient,
            _at(said_s),
            error_code=told.error if kind is Kind.FAILED else "",
            error_text="Handset unreachable" if kind is Kind.FAILED else "",
            channel="rcs",
            carrier="verizon",
            campaign=told.campaign,
        )
        answer = _BUSY if mark == "!" else _UNREADABLE if mark == "?" else _OK
        found.append(
            _draft(endpoint, report, _at(arrived_s), answer, Verdict.INVALID if mark == "?" else Verdict.VALID)
        )
    return found


def _at(ago_s: float) -> datetime:
    return MOMENT - timedelta(seconds=ago_s)


def _draft(endpoint: Endpoint, report: Report, received_at: datetime, answer: Answer, verdict: Verdict) -> Draft:
    name = report.message_id or report.template
    said = {"event": report.kind.value, "message_id": name, "timestamp": str(report.occurred_at)}
    body = json.dumps(said).encode()
    key = f"{name} {report.kind.value} {report.occurred_at}".encode()
    headers = ((b"Content-Type", b"application/json"),)
    request = Request("POST", endpoint.path, headers, body, received_at, "203.0.113.24")
    return Draft(
        request,
        answer,
        endpoint.id,
        endpoint.provider,
        Verification(verdict, endpoint.provider, Covers.BODY, verdict.value.capitalize(), "", (), "", 0.0),
        (report,),
        DedupeKey(DuplicateLevel.COMPOSITE, hashlib.sha256(key).digest(), "message ID and event"),
        72 * 3600,
        size=len(body),
    )


async def _settle() -> None:
    await asyncio.sleep(SETTLE_S)


async def fill_messages(stage: Stage) -> None:
    """Store the messages, wait until they are put together, and open their page."""
    window = stage.window
    control, page = window.messages, window.messages_page
    endpoint = stage.app.directory.all()[1]
    control.reader.now_us = lambda: MOMENT_US
    window.select_endpoint(endpoint.id)
    for draft in drafts(endpoint):
        summary = await stage.app.store.append(draft)
        stage.app.store.record_answer(summary.id, 9_000 if draft.answer.accepted else 14_000, True)
    for _ in range(TRIES):  # the first steps give way when the window has heard of the first event
        if not window.starting:
            break
        await asyncio.sleep(TRY_S)
    control.show_page(MESSAGES)
    for _ in range(TRIES):
        if page.model.rowCount() >= len(STORY):
            break
        await asyncio.sleep(TRY_S)
    await _settle()


def _message(name: str) -> Callable[[Stage], Awaitable[QWidget | None]]:
    async def arrange(stage: Stage) -> QWidget | None:
        page = stage.window.messages_page
        await fill_messages(stage)
        page.table.selectRow(await _row_of(page, name))
        page.table.setFocus()
        await _settle()
        return None

    return arrange


async def _row_of(page: MessagesPage, name: str) -> int:
    """Return the row of a message, once it has been read. Raises LookupError where it never is."""
    for _ in range(TRIES):
        for row in range(page.model.rowCount()):
            item = page.model.message(row)
            if item is not None and item.message_id == name:
                return row
        await asyncio.sleep(TRY_S)
    raise LookupError(f"no message {name} is on the page")


async def grouped(stage: Stage) -> QWidget | None:
    """Show messages under their campaigns."""
    page = stage.window.messages_page
    await fill_messages(stage)
    page.filters.group.setChecked(True)
    await _settle()
    return None


async def templates(stage: Stage) -> QWidget | None:
    """Show a lane for each template."""
    page = stage.window.messages_page
    await fill_messages(stage)
    page.filters.segments.set_current("templates")
    await _settle()
    return None


async def timeline(stage: Stage) -> QWidget | None:
    """Show the Timeline of an event."""
    await fill_messages(stage)
    newest = (await stage.app.store.ids(stage.window.page.query))[-1]
    stage.window.messages.open_event(newest)
    stage.window.pane.show_view("timeline")
    await _settle()
    return None


swapped = _message("msg_8f2d91b7")
failed = _message("msg_8f30fa12")
