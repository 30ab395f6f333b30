"""The guard's decisions, from a request's head alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.directory import Resolved
from inspector.domain.access import AccessRule, RateLimit
from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.event import Refusal
from inspector.domain.secret import Secret
from inspector.receiver.guard import Denial, Guard
from tests.builders import NOON, an_endpoint, headers_of

LOCKED = AccessRule(username="anna", password=SecretRef("pw", "", NOON, ""))


def resolved(rule: AccessRule, password: str | None = None) -> Resolved:
    secret = None if password is None else Secret(password, "", "")
    return Resolved(an_endpoint(access=rule), None, (), password=secret)


def ask(
    guard: Guard,
    endpoint: Resolved,
    peer: str = "203.0.113.9",
    method: str = "POST",
    headers: tuple[tuple[str, str], ...] = (),
    now: float = 0.0,
) -> Denial | None:
    access, lines = guard.access_of(endpoint), headers_of(headers)
    return guard.denial(access, guard.client_of(access, peer, lines), method, lines, now)


def test_a_rule_that_asks_nothing_is_open_and_made_ready_once() -> None:
    guard, endpoint = Guard(), resolved(AccessRule())
    assert guard.access_of(endpoint).open
    assert guard.access_of(endpoint) is guard.access_of(endpoint)
    assert ask(guard, endpoint) is None


def test_a_changed_endpoint_has_its_new_rule_at_once_and_keeps_its_count() -> None:
    guard, endpoint = Guard(), resolved(AccessRule(rate=RateLimit(1, 60.0)))
    assert ask(guard, endpoint) is None
    renamed = replace(endpoint, endpoint=replace(endpoint.endpoint, name="Other"))
    assert ask(guard, renamed) is not None
    wider = replace(endpoint, endpoint=replace(endpoint.endpoint, access=AccessRule(rate=RateLimit(5, 60.0))))
    assert ask(guard, wider) is None


def test_a_blocked_sender_takes_nothing_from_the_others_limit() -> None:
    guard, endpoint = Guard(), resolved(AccessRule(allowed=("203.0.113.9",), rate=RateLimit(1, 60.0)))
    for _ in range(10):
        found = ask(guard, endpoint, peer="198.51.100.1")
        assert found is not None
        assert found.refusal is Refusal.BLOCKED
    assert ask(guard, endpoint) is None


def test_the_seconds_to_wait_are_whole_and_rounded_up() -> None:
    guard, endpoint = Guard(), resolved(AccessRule(sender_rate=RateLimit(2, 3.0)))
    assert [ask(guard, endpoint, now=0.0) for _ in range(2)] == [None, None]
    found = ask(guard, endpoint, now=0.1)
    assert found is not None
    assert ("Retry-After", "2") in found.answer.headers
    assert found.reason == "203.0.113.9 has sent more than 2 in 3 s; it may go on in 2 s."
    assert ask(guard, endpoint, now=2.1) is None


def test_an_unreadable_sender_is_not_let_in_by_a_list_and_the_reason_says_why() -> None:
    rule = AccessRule(allowed=("0.0.0.0/0",), trusted_peers=("203.0.113.9",), client_header="X-Real-IP")
    found = ask(Guard(), resolved(rule), headers=(("X-Real-IP", "somebody"),))
    assert found is not None
    assert found.reason == "X-Real-IP does not say who the sender is, and only addresses on the allow-list may send."


@pytest.mark.parametrize(
    ("authorization", "right"),
    [
        ("Basic YW5uYTpwdw==", True),
        ("basic YW5uYTpwdw==", True),
        ("Basic YW5uYTpwdw", False),
        ("Basic YW5uYTpwVw==", False),
        ("YW5uYTpwdw==", False),
        ("Basic", False),
    ],
)
def test_a_password_is_compared_whole(authorization: str, right: bool) -> None:
    found = ask(Guard(), resolved(LOCKED, "pw"), headers=(("Authorization", authorization),))
    assert (found is None) is right


@given(st.text(max_size=40))
def test_nothing_but_the_password_opens(text: str) -> None:
    assert ask(Guard(), resolved(LOCKED, "pw"), headers=(("Authorization", f"Basic {text}"),)) is not None or (
        text.strip() == "YW5uYTpwdw=="
    )


def test_a_password_that_is_not_at_hand_opens_to_nobody() -> None:
    found = ask(Guard(), resolved(LOCKED), headers=(("Authorization", "Basic YW5uYTo="),))
    assert found is not None
    assert "secret store" in found.reason


def test_a_browser_may_ask_in_advance_without_method_and_password_but_not_from_anywhere() -> None:
    rule = replace(LOCKED, methods=("POST",), cors_origins=("*",), allowed=("203.0.113.9",))
    headers = (("Origin", "https://x.example"), ("Access-Control-Request-Method", "POST"))
    assert ask(Guard(), resolved(rule, "pw"), method="OPTIONS", headers=headers) is None
    assert ask(Guard(), resolved(rule, "pw"), method="OPTIONS", headers=headers[:1]) is not None
    assert ask(Guard(), resolved(rule, "pw"), peer="198.51.100.1", method="OPTIONS", headers=headers) is not None
