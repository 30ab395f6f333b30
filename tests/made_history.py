"""A made-up history of messages with known losses, swaps, repeats, refusals and contradictions.

Every scenario says by hand which marks it must end with, so that a history checks the program and not itself.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from inspector.domain.report import Kind, Report
from inspector.store.packing import to_json

SECOND = 1_000_000
START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
START_US = round(START.timestamp()) * SECOND
CAMPAIGNS = ("cart_recovery_dec", "holiday_flash_sale", "otp_login", "order_update", "back_in_stock", "")
CARRIERS = ("verizon", "att", "tmobile", "vodafone", "")

KINDS = {
    "Q": Kind.QUEUED,
    "S": Kind.SENT,
    "D": Kind.DELIVERED,
    "R": Kind.READ,
    "F": Kind.FAILED,
    "E": Kind.EXPIRED,
    "X": Kind.DELETED,
    "C": Kind.CLICKED,
    "I": Kind.INBOUND,
    "O": Kind.OPTOUT,
    "P": Kind.COMPLAINED,
    "+": Kind.OPTIN,
}
ORDER = "QSDRFEXCIOP+"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A message's events in order of arrival, and what must be seen in the end.

    A letter of KINDS is an accepted event; `!` after it was answered 503, `?` signed wrongly and answered 401. The
    provider's times follow the stages unless `said` gives another order. `again` is how often the first is repeated.
    """

    name: str
    arrivals: str
    marks: str
    state: str
    troubles: tuple[str, ...] = ()
    said: str = ""
    share: int = 1
    violates: bool = False
    consent_first: str = ""  # what the recipient said to a message before


SCENARIOS = (
    Scenario("queued", "Q", "cwww", "progress"),
    Scenario("sent", "Q S", "acww", "progress", share=2),
    Scenario("delivered", "Q S D", "aacw", "complete", share=12),
    Scenario("read", "Q S D R", "aaaa", "complete", share=24),
    Scenario("clicked", "Q S D R C", "aaaa", "complete", share=6),
    Scenario("replied and clicked", "Q S D R C I", "aaaa", "complete", share=3),
    Scenario("opted out", "Q S D R O", "aaaa", "complete"),
    Scenario("repeats", "Q Q S D D D R R", "aaaa", "complete", share=14),
    Scenario("repeats of everything", "Q S D R Q S D R", "aaaa", "complete", share=12),
    Scenario("sent lost", "Q D R", "amaa", "gaps", share=2),
    Scenario("queued lost", "S D R", "maaa", "gaps"),
    Scenario("delivered lost", "Q S R", "aama", "gaps"),
    Scenario("all lost but read", "R", "mmma", "gaps"),
    Scenario("two lost", "Q R", "amma", "gaps"),
    Scenario("delivered lost, clicked", "Q S R C C", "aama", "gaps"),
    Scenario("read before delivered", "Q S R D", "aada", "gaps", share=2),
    Scenario("delivered before sent", "Q D S R", "adaa", "gaps"),
    Scenario("sent before queued", "S Q D R", "daaa", "gaps"),
    Scenario("backwards", "R D S Q", "ddda", "gaps"),
    Scenario("swapped and lost", "Q R D", "amda", "gaps"),
    Scenario("swapped, then repeated in order", "Q S R D R", "aada", "gaps"),
    Scenario("retried in time", "Q S D! D R", "aaaa", "complete", share=2),
    Scenario("retried too late", "Q S D! D! R D", "aada", "gaps"),
    Scenario("never accepted", "Q S D! D!", "acrw", "progress"),
    Scenario("unverified", "Q S D?", "acrw", "progress"),
    Scenario("unverified between", "Q S D? R", "aara", "gaps"),
    Scenario("forged failure", "Q S F?", "acrw", "progress"),
    Scenario("failed", "Q S F", "aaf-", "failed", share=3),
    Scenario("failed at once", "Q F", "af--", "failed"),
    Scenario("only failed", "F", "f---", "failed"),
    Scenario("failed twice", "Q S F F", "aaf-", "failed"),
    Scenario("expired", "Q S E", "aaf-", "failed"),
    Scenario("deleted", "Q S X", "aa--", "complete"),
    Scenario("deleted after read", "Q S D R X", "aaaa", "complete"),
    Scenario("failed, then delivered", "Q S F D", "aaaf", "failed", ("failed_and_delivered",), "QSFD"),
    Scenario("delivered, then failed", "Q S D F", "aaaf", "failed", ("failed_and_delivered",), "QSDF"),
    Scenario("expired, then read", "Q S E R", "aama", "failed", ("expired_and_delivered",), "QSER"),
    Scenario("delivered after deleted", "Q S X D", "aaa-", "complete", ("delivered_after_deleted",), "QSXD"),
    Scenario("read before sent by the clock", "Q S D R", "aaaa", "complete", ("stages_swapped",), "QRSD"),
    Scenario("sent after opt-out", "Q S D", "aacw", "complete", ("sent_after_optout",), "", 1, True, "O"),
    Scenario("sent after spam", "Q S F", "aaf-", "failed", ("sent_after_complaint",), "", 1, True, "P"),
    Scenario("sent after opt-out and back in", "Q S D R", "aaaa", "complete", (), "", 1, False, "O+"),
)


@dataclass(slots=True)
class Made:
    """One event of the history."""

    report: Report
    arrived_us: int
    status: int = 200
    verdict: str = "valid"


@dataclass(slots=True)
class Message:
    """One message: what must be seen, and its number among all events."""

    message_id: str
    recipient: str
    campaign: str
    scenario: Scenario
    events: list[Made] = field(default_factory=list)


def make_history(messages: int, seed: int = 1) -> list[Message]:
    """Return that many messages; those that were consented before are made of two."""
    chance = random.Random(seed)
    scenarios = [item for item in SCENARIOS for _ in range(item.share)]
    history: list[Message] = []
    while len(history) < messages:
        number = len(history)
        scenario = SCENARIOS[number] if number < len(SCENARIOS) else chance.choice(scenarios)
        recipient = f"+1{2_000_000_000 + number}"
        begins_us = START_US + chance.randrange(messages * 2) * SECOND
        if scenario.consent_first:
            history.append(_opting(number, recipient, begins_us, scenario.consent_first, chance))
            begins_us += 3600 * SECOND
        history.append(_message(len(history), recipient, begins_us, scenario, chance))
    return history


def _opting(number: int, recipient: str, begins_us: int, letters: str, chance: random.Random) -> Message:
    scenario = Scenario("opting", f"Q S D R {' '.join(letters)}", "aaaa", "complete")
    return _message(number, recipient, begins_us, scenario, chance)


def _message(number: int, recipient: str, begins_us: int, scenario: Scenario, chance: random.Random) -> Message:
    digest = f"{chance.getrandbits(48):012x}"
    made = Message(f"msg_{digest}{number:x}", recipient, chance.choice(CAMPAIGNS), scenario)
    carrier = chance.choice(CARRIERS)
    order = scenario.said or ORDER
    said_us = {}
    moment = begins_us
    for letter in sorted({token[0] for token in scenario.arrivals.split()}, key=order.index):
        moment += chance.randrange(300, 4000) * 1000
        said_us[letter] = moment
    arrives = max(said_us.values())
    for token in scenario.arrivals.split():
        letter, mark = token[0], token[1:]
        arrives += chance.randrange(50, 9000) * 1000
        report = Report(
            KINDS[letter],
            name=KINDS[letter].value,
            message_id=made.message_id,
            recipient=chance.choice([recipient, recipient[1:], f"rcs:{recipient}"]),
            occurred_at=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=said_us[letter]),
            error_code="4102" if letter == "F" else "",
            error_text="Handset unreachable" if letter == "F" else "",
            campaign=made.campaign,
            carrier=carrier,
            text="Thank you" if letter == "I" else "",
        )
        status = 503 if mark == "!" else 401 if mark == "?" else 200
        made.events.append(Made(report, arrives, status, "invalid" if mark == "?" else "valid"))
    return made


def arrivals(history: Sequence[Message]) -> list[Made]:
    """Return every event of a history in order of arrival."""
    return sorted((event for message in history for event in message.events), key=lambda event: event.arrived_us)


def store_events(
    connection: sqlite3.Connection, events: Sequence[Made], endpoint_id: int = 1, first_id: int = 1
) -> None:
    """Insert events as rows of the database, numbered in this order; without bodies, which nobody here reads."""
    connection.executemany(_EVENT, _event_rows(events, endpoint_id, first_id))
    connection.executemany(_PAYLOAD, ((id, to_json((event.report,))) for id, event in enumerate(events, first_id)))


_EVENT = """
    INSERT INTO events (id, endpoint_id, received_us, issue, checked, answer_status, answer_us, repeat_no, report_count,
        size, category, verdict, covers, method, kind, label, message_id, recipient, peer, provider, carrier, campaign,
        error_code)
    VALUES (?, ?, ?, 0, 1, ?, 9000, 1, 1, 400, ?, ?, 'body', 'POST', ?, ?, ?, ?, '', 'rcs-events', ?, ?, ?)
"""
_PAYLOAD = """
    INSERT INTO payloads (event_id, target, http_version, headers, answer_headers, answer_body, answer_delay_ms,
        reports, body)
    VALUES (?, x'2f', '1.1', x'00000000', x'00000000', x'', 0, ?, x'7b7d')
"""


def _event_rows(events: Sequence[Made], endpoint_id: int, first_id: int) -> Iterator[tuple[object, ...]]:
    for id, event in enumerate(events, first_id):
        report = event.report
        kind = report.kind
        yield (
            *(id, endpoint_id, event.arrived_us, event.status, kind.category.value, event.verdict, kind.value),
            *(report.label, report.message_id, report.recipient, report.carrier, report.campaign, report.error_code),
        )
