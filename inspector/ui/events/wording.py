"""The words and figures of a row, as pure functions: clock time, name, recipient, answer, and the spoken sentence."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from types import MappingProxyType

from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventSummary, Refusal, Repeat
from inspector.domain.report import Kind
from inspector.domain.verification import Covers, Verdict
from inspector.ui.widgets.badges import ordinal
from inspector.ui.widgets.counts import grouped

NOTHING = "\N{EN DASH}"
SLOW_ANSWER_US = 2_000_000
"""Providers expect an answer within two seconds; slower ones are marked."""

_SEPARATORS = ".:/"
_MASK = "•••"
_KEPT_HEAD, _KEPT_TAIL = 5, 4

REFUSAL_LABELS: Mapping[Refusal, str] = MappingProxyType(
    {
        Refusal.UNKNOWN_ENDPOINT: "Unknown endpoint",
        Refusal.TOO_LARGE: "Too large",
        Refusal.MALFORMED: "Not readable",
        Refusal.BLOCKED: "Blocked",
        Refusal.RATE_LIMITED: "Rate limited",
        Refusal.METHOD: "Method not accepted",
        Refusal.PASSWORD: "Password refused",
        Refusal.TOO_SLOW: "Too slow",
        Refusal.TLS: "Not encrypted",
    }
)

VERDICT_WORDS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.VALID: "signature valid",
        Verdict.INVALID: "signature invalid",
        Verdict.STALE: "signature too old",
        Verdict.UNSIGNED: "not signed",
        Verdict.NO_SECRET: "no secret to check with",
    }
)


def now_us() -> int:
    """Return the time now, microseconds since the epoch."""
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True)
class RowStyle:
    """How rows are written: masked recipients, the time zone (None: the computer's), and whether room is short.

    With `relative` the time column tells how long ago an event came, by what `clock` says in microseconds.
    """

    mask_recipients: bool = False
    zone: tzinfo | None = None
    short: bool = False
    endpoint_names: Mapping[EndpointId, str] = field(default_factory=dict)
    masked_endpoints: frozenset[EndpointId] = frozenset()
    relative: bool = False
    clock: Callable[[], int] = now_us

    def masks(self, endpoint_id: EndpointId | None) -> bool:
        """Whether the recipients of an endpoint are masked: all of them are, or its own rule asks for it."""
        return self.mask_recipients or endpoint_id in self.masked_endpoints


def short_count(number: int) -> str:
    """Write a count where room is short: 9,999 then 12.4k, then 1.2M."""
    if number < 10_000:
        return grouped(number)
    if number < 999_950:
        return f"{number / 1000:.1f}k"
    return f"{number / 1_000_000:.1f}M"


def moment(received_us: int, zone: tzinfo | None) -> datetime:
    """Return microseconds since the epoch as a moment in a zone, exactly."""
    whole, micros = divmod(received_us, 1_000_000)
    return datetime.fromtimestamp(whole, UTC).replace(microsecond=micros).astimezone(zone)


def clock_parts(received_us: int, zone: tzinfo | None) -> tuple[str, str]:
    """Return the time of day as "14:23:45" and ".218"."""
    second, micros = divmod(received_us, 1_000_000)
    return _clock(second, zone), f".{micros // 1000:03d}"


@lru_cache(4096)
def _clock(second: int, zone: tzinfo | None) -> str:
    return f"{moment(second * 1_000_000, zone):%H:%M:%S}"


def full_time(received_us: int, zone: tzinfo | None, now: datetime) -> str:
    """Return date, time, zone, and how long ago that was."""
    when = moment(received_us, zone)
    return f"{when:%Y-%m-%d %H:%M:%S}.{when.microsecond // 1000:03d} {when:%Z}\n{ago((now - when).total_seconds())}"


def ago(seconds: float) -> str:
    """Write how long ago something was, in its largest unit."""
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now" if seconds < 2 else f"{int(seconds)} seconds ago"


def short_ago(past_us: int, now_us: int) -> str:
    """Write how long ago something was where room is short: "now", "12 s ago", "3 min ago", "2 h ago", "5 d ago"."""
    seconds = (now_us - past_us) // 1_000_000
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return "now" if seconds < 1 else f"{seconds} s ago"


def label_of(row: EventSummary) -> str:
    """Return what the list calls an event: why it was refused, or the provider's own word for it."""
    if row.refusal is not None:
        return REFUSAL_LABELS[row.refusal]
    return row.label or row.kind or Kind.OTHER.value


def label_parts(label: str) -> tuple[str, str]:
    """Split a name into its dimmed beginning and the part that matters: ("message.", "delivered")."""
    cut = max(label.rfind(sign) for sign in _SEPARATORS) + 1
    if cut in {0, len(label)} or " " in label:
        return "", label
    return label[:cut], label[cut:]


def recipient_text(row: EventSummary, *, masked: bool) -> str:
    """Return the recipient as sent, or with its middle covered: +1415•••0132."""
    number = row.recipient
    if not masked or not number:
        return number
    if len(number) <= _KEPT_HEAD + _KEPT_TAIL:
        return _MASK + number[-2:]
    return number[:_KEPT_HEAD] + _MASK + number[-_KEPT_TAIL:]


def answer_time(answer_us: int | None) -> str:
    """Return how long our answer took, "" while it is still under way."""
    if answer_us is None:
        return ""
    ms = answer_us / 1000
    if ms < 0.5:
        return "<1 ms"
    return f"{ms:.0f} ms" if ms < 999.5 else f"{ms / 1000:.1f} s"


def size_text(size: int) -> str:
    """Write a number of bytes: 438 B, 7.2 kB, 14.2 MB."""
    if size < 1000:
        return f"{size} B"
    for unit, factor in (("kB", 1e3), ("MB", 1e6)):
        if size < 999.5 * factor:
            return f"{size / factor:.1f} {unit}" if size < 99.95 * factor else f"{size / factor:.0f} {unit}"
    return f"{size / 1e9:.1f} GB"


def is_issue(row: EventSummary) -> bool:
    """Tell whether a row is trouble: a wrong or old signature, a repeat, a failed message or a non-2xx answer."""
    return (
        row.verdict in {Verdict.INVALID, Verdict.STALE}
        or row.repeat is not None
        or row.kind == Kind.FAILED
        or (row.answer_status != 0 and not row.accepted)
    )


def unverified(row: EventSummary) -> bool:
    """Tell whether what the row says is not to be trusted, so that its meaning gets no colour."""
    return row.verdict is Verdict.INVALID


def signature_tip(row: EventSummary) -> str:
    """Explain the signature badge in one sentence."""
    if row.refusal is not None:
        return "Turned away before its signature was checked"
    if row.verdict is None and row.kind == Kind.CHALLENGE:
        return "A set-up request needs no signature"
    if not row.checked or row.verdict is None:
        return "This endpoint does not check signatures"
    if row.verdict is Verdict.VALID and row.covers is Covers.PARTIAL:
        return "Signature valid; it protects a part of the request only"
    return {
        Verdict.VALID: "Signed by the provider",
        Verdict.INVALID: "The signature does not match",
        Verdict.STALE: "Genuine, but too old",
        Verdict.UNSIGNED: "No signature was sent",
        Verdict.NO_SECRET: "Cannot check: no secret for this endpoint",
    }[row.verdict]


def repeat_words(row: EventSummary) -> str:
    """Say what a second sighting is, "" for a first one."""
    if row.repeat is Repeat.DUPLICATE:
        return f"duplicate, {ordinal(row.repeat_no)} time received"
    if row.repeat is Repeat.RETRY:
        return f"retry {max(1, row.repeat_no - 1)}"
    return ""


def spoken_row(row: EventSummary, style: RowStyle) -> str:
    """Say a whole row in one sentence for a screen reader."""
    parts = [label_of(row)]
    if row.message_id:
        parts.append(f"message {row.message_id.removeprefix('msg_')}")
    now = style.clock()
    parts.append(ago((now - row.received_us) / 1e6) if style.relative else clock_parts(row.received_us, style.zone)[0])
    if row.refusal is None and row.checked and row.verdict is not None:
        parts.append(VERDICT_WORDS[row.verdict])
    parts.append(repeat_words(row))
    if row.replay_count:
        parts.append(f"replayed {row.replay_count} time{'' if row.replay_count == 1 else 's'}")
    parts.append(spoken_answer(row))
    parts.append("starred" if row.starred else "")
    parts.append("unread" if row.unread else "")
    return ", ".join(part for part in parts if part)


def spoken_answer(row: EventSummary) -> str:
    """Say our answer: "answered 200 in 11 milliseconds"."""
    if not row.answer_status:
        return ""
    if row.answer_us is None:
        return f"answered {row.answer_status}"
    ms = row.answer_us / 1000
    took = f"{ms:.0f} milliseconds" if ms < 999.5 else f"{ms / 1000:.1f} seconds"
    return f"answered {row.answer_status} in {took}"
