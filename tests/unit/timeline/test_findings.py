"""What contradicts itself, or arrived badly, is named in a sentence."""

from __future__ import annotations

import pytest

from inspector.domain.event import EventId, Repeat
from inspector.domain.report import Kind
from inspector.domain.verification import Verdict
from inspector.timeline import Consent, Lifecycle, Sighted, lifecycle
from inspector.timeline.findings import Trouble
from inspector.timeline.sighted import digits_of
from tests.unit.timeline.making import LATER, SECOND, START, D, Q, R, S, in_time, sighted


def troubles(life: Lifecycle) -> set[str]:
    return {finding.trouble.value for finding in life.findings}


def titles(reports: list[Sighted], **others: object) -> list[str]:
    return [finding.title for finding in lifecycle(reports, LATER, **others).findings]  # type: ignore[arg-type]


def test_a_message_without_trouble_has_no_findings() -> None:
    assert titles(in_time(Q, S, D, R, Kind.CLICKED, Kind.INBOUND)) == []


@pytest.mark.parametrize("turned", [False, True])
def test_failed_then_delivered_is_a_contradiction_in_either_order_of_arrival(turned: bool) -> None:
    arrivals = (40, 30) if turned else (30, 40)
    reports = [*in_time(Q, S), sighted(Kind.FAILED, 20, arrivals[0]), sighted(D, 25, arrivals[1])]
    life = lifecycle(reports, LATER)
    assert Trouble.FAILED_AND_DELIVERED in troubles(life)
    assert next(item.title for item in life.findings if item.is_contradiction) == "Failed, then delivered"


def test_delivered_after_deleted_is_a_contradiction_and_deleted_after_delivered_is_not() -> None:
    assert titles([*in_time(Q, S), sighted(Kind.DELETED, 20, 21), sighted(D, 25, 26)]) == [
        "Delivered 5.0 s after it was deleted"
    ]
    assert titles([*in_time(Q, S, D), sighted(Kind.DELETED, 60, 61)]) == []


def test_expired_and_delivered_contradict_each_other() -> None:
    life = lifecycle([*in_time(D), sighted(Kind.EXPIRED, 20, 21)], LATER)
    assert Trouble.EXPIRED_AND_DELIVERED in troubles(life)


def test_read_before_sent_by_the_providers_own_clock_is_named() -> None:
    assert "Read 3.0 s before sent" in titles([sighted(Q, 0, 1), sighted(S, 10, 11), sighted(R, 7, 12)])


def test_two_recipients_of_one_message_are_named_and_two_spellings_of_one_are_not() -> None:
    one = [sighted(Q, 0, 1, recipient="+12065550155"), sighted(S, 1, 2, recipient="rcs:+12065550155")]
    assert titles([*one, sighted(D, 2, 3, recipient="12065550155")]) == []
    assert "2 different recipients" in titles([*one, sighted(D, 2, 3, recipient="+447700900312")])


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("+12065550155", "12065550155"),
        ("rcs:+1 (206) 555-0155", "12065550155"),
        ("phones/+12065550155", "12065550155"),
        ("0012065550155", "12065550155"),
        ("9190199xxxxx", ""),
        ("+1206•••0155", ""),
        ("shop", ""),
        ("", ""),
    ],
)
def test_recipients_are_compared_on_digits(written: str, digits: str) -> None:
    assert digits_of(written) == digits


def consent(kind: Kind, at_s: float) -> Consent:
    return Consent(kind, START + round(at_s * SECOND), EventId(500))


def test_sent_after_an_opt_out_or_a_spam_report_is_a_violation() -> None:
    reports = in_time(Q, S, D)
    assert titles(reports, consents=[consent(Kind.OPTOUT, 5)]) == ["Sent 5.0 s after the recipient opted out"]
    assert titles(reports, consents=[consent(Kind.COMPLAINED, -20)]) == ["Sent 30 s after the recipient reported spam"]


def test_what_was_under_way_before_the_opt_out_or_came_after_an_opt_in_is_none() -> None:
    reports = in_time(Q, S, D)
    assert titles(reports, consents=[consent(Kind.OPTOUT, 15)]) == []
    assert titles(reports, consents=[consent(Kind.OPTOUT, 2), consent(Kind.OPTIN, 4)]) == []
    assert titles(in_time(D), consents=[consent(Kind.OPTOUT, -9)]) == ["Queued and Sent are missing"]


def test_without_the_providers_times_the_first_event_tells_when_it_was_sent() -> None:
    reports = [sighted(S, None, 1), sighted(D, None, 3)]
    assert titles(reports, consents=[consent(Kind.OPTOUT, 2)]) == ["Queued is missing"]
    assert titles(reports, consents=[consent(Kind.OPTOUT, 0)])[0].startswith("Sent 1.0 s after")


def test_a_late_stage_is_explained_by_what_we_answered_before() -> None:
    refused = [sighted(D, 12, at_s, accepted=False, status=503, verdict=Verdict.VALID) for at_s in (12.5, 13.1)]
    late = sighted(D, 12, 73, repeat=Repeat.RETRY, repeat_no=3)
    found = lifecycle([sighted(Q, 0, 1), sighted(S, 1, 2), *refused, sighted(R, 27, 28), late], LATER).findings
    assert found[0].title == "Read was accepted 45 s before Delivered"
    assert found[0].text == (
        "We answered 503 twice, so Delivered came back with a retry. A handler has to take a late Delivered after Read."
    )


def test_a_failure_shows_its_code_and_reason() -> None:
    failed = sighted(Kind.FAILED, 20, 21, error_code="4102", error_text="Handset unreachable")
    life = lifecycle([*in_time(Q, S), failed], LATER)
    assert (life.error_code, life.error_text) == ("4102", "Handset unreachable")
    assert [(item.title, item.text) for item in life.findings] == [("The message failed: 4102", "Handset unreachable")]


def test_unverified_refused_stuck_and_wrong_clocks_are_named() -> None:
    wrong = sighted(S, 10, 11, accepted=False, status=401, verdict=Verdict.INVALID)
    assert titles([sighted(Q, 0, 1), wrong]) == ["Sent is not verified"]
    busy = sighted(S, 10, 11, accepted=False, status=503)
    assert titles([sighted(Q, 0, 1), busy]) == ["Sent was not accepted"]
    assert titles(in_time(Q, S)) == ["Sent 60 min ago and not delivered"]
    assert titles([sighted(Q, 3, 0.9)]) == ["The clocks differ by 2.1 s"]
