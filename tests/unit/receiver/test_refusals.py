"""A flood of refusals leaves few rows, and every one of them is counted in one."""

from __future__ import annotations

import re

from inspector.domain.endpoint import EndpointId
from inspector.domain.event import Refusal
from inspector.receiver.refusals import ROWS, Kind, Refusals
from tests.builders import a_request

BLOCKED: Kind = (EndpointId(1), Refusal.BLOCKED)
LIMITED: Kind = (EndpointId(1), Refusal.RATE_LIMITED)


def told_in(reasons: list[str]) -> int:
    """Return how many refusals some rows tell of."""
    left_out = [re.search(r"([\d,]+) more w", reason) for reason in reasons]
    return len(reasons) + sum(int(found[1].replace(",", "")) for found in left_out if found)


def test_every_refusal_is_told_by_a_row_of_its_own_or_counted_in_the_next() -> None:
    refusals = Refusals()
    rows = []
    for number in range(20_000):
        reason = refusals.listed(BLOCKED, a_request(), "Not on the list.", 5, number / 4000)
        if reason is not None:
            rows.append(reason)
    assert len(rows) <= ROWS.events * 6
    assert refusals.has_unlisted
    rows += [unlisted.reason for _, unlisted in refusals.rest()]
    assert told_in(rows) == 20_000
    assert not refusals.has_unlisted


def test_one_left_out_is_told_in_its_own_words() -> None:
    refusals = Refusals()
    for _ in range(ROWS.events + 1):
        refusals.listed(BLOCKED, a_request(), "Not on the list.", 5, 0.0)
    ((kind, unlisted),) = refusals.rest()
    assert (kind, unlisted.reason, unlisted.size, unlisted.count) == (BLOCKED, "Not on the list.", 5, 1)


def test_each_reason_and_each_endpoint_is_counted_for_itself() -> None:
    refusals = Refusals()
    for _ in range(1000):
        refusals.listed(BLOCKED, a_request(), "Blocked.", 0, 0.0)
    assert refusals.listed(LIMITED, a_request(), "Limited.", 0, 0.0) == "Limited."
    assert refusals.listed((EndpointId(2), Refusal.BLOCKED), a_request(), "Blocked.", 0, 0.0) == "Blocked."


def test_what_a_person_has_to_see_is_always_listed() -> None:
    refusals = Refusals()
    for refusal in (Refusal.MALFORMED, Refusal.TOO_LARGE, Refusal.UNKNOWN_ENDPOINT):
        for _ in range(100):
            assert refusals.listed((None, refusal), a_request(), "Why.", 0, 0.0) == "Why."
