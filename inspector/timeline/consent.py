"""Whether a message was sent to somebody who had opted out or reported spam before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from inspector.domain.report import Kind
from inspector.timeline.happening import Happening
from inspector.timeline.sighted import Consent

CONSENT_KINDS = frozenset({Kind.OPTOUT, Kind.OPTIN, Kind.COMPLAINED})


def violated(happenings: Sequence[Happening], consents: Iterable[Consent]) -> tuple[Consent | None, int]:
    """Return the opt-out or spam report that came before the message was sent, None without one, and when it was sent.

    Only the recipient's last word before the message counts, so an opt-in in between makes it right. What decides is
    when the provider sent the message (or queued it, where that is all it says): a message that was under way when
    the recipient opted out and was delivered afterwards is no violation.
    """
    sent_us = sent_at(happenings)
    if sent_us is None:
        return None, 0
    before = [consent for consent in consents if consent.happened_us < sent_us]
    last = max(before, key=lambda consent: (consent.happened_us, consent.event_id), default=None)
    return (last, sent_us) if last is not None and last.kind is not Kind.OPTIN else (None, sent_us)


def sent_at(happenings: Sequence[Happening]) -> int | None:
    """Return when a message was sent, None where nothing says so.

    By the provider's time. Where it gives none, the first event about the message is as near as one gets.
    """
    by_kind = {item.kind: item for item in happenings if item.accepted is not None}
    for kind in (Kind.SENT, Kind.QUEUED):
        if kind in by_kind:
            occurred_us = by_kind[kind].occurred_us
            if occurred_us is not None:
                return occurred_us
    if Kind.SENT in by_kind or Kind.QUEUED in by_kind:
        return min(item.sightings[0].arrived_us for item in happenings)
    return None
