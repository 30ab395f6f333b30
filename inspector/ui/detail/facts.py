"""What the Overview says about an event: callouts first, then named values in groups. Pure: no widget in sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from http import HTTPStatus

from inspector.domain.answer import AnswerRule
from inspector.domain.endpoint import Endpoint
from inspector.domain.event import Event
from inspector.domain.report import Kind, Report
from inspector.domain.request import header_text
from inspector.payload.values import spell_span
from inspector.ui.detail.notes import is_handshake
from inspector.ui.detail.sizes import clock, day, spell_size
from inspector.ui.widgets.badges import Badge, duration, signature_badge

MOST_REPORTS = 50
_BODY_CHARS = 200

# Headers that count delivery attempts, and what to add to get a number from 1.
_ATTEMPT_HEADERS = (("X-Webhook-Attempt", 0), ("Webhook-Attempt", 0), ("X-Slack-Retry-Num", 1), ("X-Retry-Count", 1))
_DELIVERY_HEADERS = ("X-Webhook-Id", "Webhook-Id", "X-GitHub-Delivery", "I-Twilio-Idempotency-Token")


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: a name, a value, a quiet note. `filter` is the search that finds the same value, "" for none.

    `is_message` says that the value names the message, whose page a click on it opens.
    """

    name: str
    value: str
    note: str = ""
    mono: bool = False
    filter: str = ""
    badge: Badge | None = None
    is_message: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under a caption."""

    title: str
    facts: tuple[Fact, ...]


def groups_of(
    event: Event, endpoint: Endpoint | None, signature_headers: tuple[str, ...], zone: tzinfo | None = None
) -> tuple[Group, ...]:
    """Return the groups of an event in the order they are shown; rows without a value are left out.

    Times are told in `zone` (None: the computer's).
    """
    groups = [_group("Event", _event_facts(event, zone))]
    if len(event.reports) > 1:
        groups.append(Group(f"Reports {len(event.reports):,}", _report_facts(event.reports)))
    groups.append(_group("Delivery", _delivery_facts(event, signature_headers)))
    groups.append(_group("Answer", _answer_facts(event, endpoint)))
    return tuple(groups)


def _group(title: str, facts: list[Fact]) -> Group:
    return Group(title, tuple(fact for fact in facts if fact.value or fact.badge is not None))


def _event_facts(event: Event, zone: tzinfo | None) -> list[Fact]:
    summary = event.summary
    report = event.reports[0] if event.reports else Report(Kind.OTHER)
    own_word = report.name if report.name not in ("", summary.label) else ""
    via = ", ".join(
        part for part in (report.carrier or summary.carrier, report.channel and f"channel {report.channel}") if part
    )
    recipient = report.recipient or summary.recipient
    received = event.request.received_at
    return [
        Fact("Type", summary.label, own_word, filter=_term("type", summary.label)),
        Fact(
            "Message",
            summary.message_id,
            mono=True,
            filter=_term("msg", summary.message_id),
            is_message=any(report.message_id for report in event.reports),
        ),
        Fact("Recipient", recipient, via, filter=_term("to", recipient)),
        Fact("Text", _one_line(report.text)),
        Fact("Error", report.error_code, report.error_text, mono=True),
        Fact("Occurred", *_occurred(report.occurred_at, zone)),
        Fact("Received", clock(received, zone), _lag(report.occurred_at, received, zone)),
        Fact("Campaign", report.campaign, mono=True, filter=_term("campaign", report.campaign)),
        Fact("Template", report.template, mono=True),
        Fact("Event ID", report.event_id, mono=True),
    ]


def _occurred(moment: datetime | None, zone: tzinfo | None) -> tuple[str, str]:
    return (clock(moment, zone), f"{day(moment, zone)}, provider clock") if moment is not None else ("", "")


def _lag(occurred: datetime | None, received: datetime, zone: tzinfo | None) -> str:
    if occurred is None:
        return day(received, zone)
    seconds = (received - occurred).total_seconds()
    return f"{spell_span(abs(seconds))} {'later' if seconds >= 0 else 'earlier, the clocks differ'}"


def _report_facts(reports: tuple[Report, ...]) -> tuple[Fact, ...]:
    facts = [
        Fact(f"{number}", report.label, " ".join(part for part in (report.message_id, report.recipient) if part))
        for number, report in enumerate(reports[:MOST_REPORTS], 1)
    ]
    if len(reports) > MOST_REPORTS:
        facts.append(Fact("…", f"and {len(reports) - MOST_REPORTS:,} more", "all are in the payload"))
    return tuple(facts)


def _delivery_facts(event: Event, signature_headers: tuple[str, ...]) -> list[Fact]:
    request, summary = event.request, event.summary
    attempt = attempt_of(event)
    delivery_id = next((header_text(request.headers, name) for name in _DELIVERY_HEADERS if request.header(name)), "")
    forwarded = request.header("CF-Connecting-IP") or request.header("X-Forwarded-For").partition(",")[0].strip()
    size = summary.size or len(request.body)
    media_type = request.content_type or "no content type"
    coding = request.header("Content-Encoding")
    return [
        Fact("Signature", *_signature_words(event, signature_headers), badge=_verdict_badge(event)),
        Fact("Attempt", str(attempt) if attempt else "", f"delivery ID {delivery_id}" if delivery_id else ""),
        Fact("From", forwarded or summary.peer, "by way of the tunnel" if forwarded else "", mono=True),
        Fact("Path", f"{request.method} {request.target}", mono=True),
        Fact("Size", spell_size(size), f"{media_type}, {coding}" if coding else media_type),
    ]


def _verdict_badge(event: Event) -> Badge | None:
    verdict = event.summary.verdict
    return signature_badge(verdict.value) if verdict is not None and event.summary.checked else None


def _signature_words(event: Event, signature_headers: tuple[str, ...]) -> tuple[str, str]:
    """Return value and note: the badge stands for the value, the note names the header it was in."""
    if event.summary.refusal is not None:
        return "", ""
    if event.summary.verdict is None:
        return ("Not needed", "a set-up request") if is_handshake(event.summary) else ("", "")
    if not event.summary.checked:
        return "Not checked", "this endpoint has no provider"
    sent = [name for name in signature_headers if event.request.header(name)]
    return "", ", ".join((sent or list(signature_headers))[:1])


def attempt_of(event: Event) -> int:
    """Return which delivery attempt the sender says this was, counted from 1; 0 where it does not say."""
    for name, shift in _ATTEMPT_HEADERS:
        text = event.request.header(name).strip()
        if text.isascii() and text.isdigit():
            return int(text[:6]) + shift
    return 0


def _answer_facts(event: Event, endpoint: Endpoint | None) -> list[Fact]:
    answer, taken_us = event.answer, event.summary.answer_us
    name = endpoint.name if endpoint is not None else ""
    if not answer.status:
        return [Fact("Status", "none", "nothing could be sent")]
    return [
        Fact(
            "Status",
            status_line(answer.status),
            f"in {duration(taken_us / 1000)}" if taken_us is not None else "not sent yet",
            mono=True,
            filter=f"code:{answer.status}",
        ),
        Fact("Body", _one_line(answer.body[: 2 * _BODY_CHARS].decode("utf-8", "replace")) or "empty", mono=True),
        Fact("Delay", duration(answer.delay_ms) if answer.delay_ms else ""),
        Fact("Rule", rule_words(event, endpoint.answers) if endpoint is not None else "", name),
    ]


def status_line(status: int) -> str:
    """Write a status with its usual words: 200 OK."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def rule_words(event: Event, rule: AnswerRule) -> str:
    """Say why this answer was chosen."""
    if event.summary.refusal is not None:
        return ""
    if is_handshake(event.summary):
        return "What the provider asks for"
    if not event.summary.checked or not rule.reject:
        return f"Always {event.answer.status}"
    when = "when" if event.summary.verdict in rule.reject else "unless"
    return f"{event.answer.status} {when} the signature fails"


def _one_line(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _BODY_CHARS else words[:_BODY_CHARS] + "…"


def _term(key: str, value: str) -> str:
    if not value:
        return ""
    return f'{key}:"{value}"' if set(value) & set(" ,") else f"{key}:{value}"
