"""Rules of answers, access, forwarding and storage come back from their forms exactly, or are refused with words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.access import AccessRule, RateLimit
from inspector.domain.answer import Answer, AnswerRule, AskHandler, Fault, KindAnswer, OnPurpose, Outage
from inspector.domain.endpoint import DuplicateRule, StorageRule
from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.forwarding import ForwardRule
from inspector.domain.identity import Identity
from inspector.domain.verification import Verdict
from inspector.ui.endpoints.access_form import AccessForm, access_applied, access_problems
from inspector.ui.endpoints.answer_form import ASK, HAND, SCRIPT, AnswerForm, KindForm, answer_problems
from inspector.ui.endpoints.checks import network_problem, origin_problem
from inspector.ui.endpoints.endpoint_form import applied, form_of, problems
from inspector.ui.endpoints.forward_form import ForwardForm, forward_problems, new_forward
from inspector.ui.endpoints.storage_form import StorageForm, storage_problems
from tests.builders import NOON, an_endpoint

PASSWORD = SecretRef("pw1", "Password", NOON)
ODD = Answer(503, (("X-Odd", "1"),), b"\xff\xfe", 10, Fault.HALF, template=True)
"""An answer that words cannot say."""

RULES = {
    "plain": AnswerRule(),
    "by kind": AnswerRule(by_kind=(KindAnswer(("message.failed", "engagement"), Answer(503)),)),
    "on purpose": AnswerRule(on_purpose=OnPurpose(12.5, Answer(429, body=b"slow down"), 7)),
    "on purpose, as by default": AnswerRule(on_purpose=OnPurpose(10)),
    "resets on purpose": AnswerRule(on_purpose=OnPurpose(1, Answer(fault=Fault.RESET, body=b"Failing on purpose"))),
    "script": AnswerRule(script=(Answer(503), Answer(fault=Fault.SILENT), Answer(200, delay_ms=4000))),
    "script nobody can write": AnswerRule(script=(ODD, Answer())),
    "kinds nobody can write": AnswerRule(by_kind=(KindAnswer(("x",), ODD),)),
    "ask": AnswerRule(ask=AskHandler("http://localhost:5000/x", 2.5)),
    "by hand": AnswerRule(by_hand_s=45),
    "outage": AnswerRule(outage=Outage(NOON, NOON, Answer(500), ("message.read",))),
    "fault": AnswerRule(accepted=Answer(202, body=b"{{message_id}}", delay_ms=9, fault=Fault.HALF, template=True)),
    "bytes": AnswerRule(accepted=Answer(body=b"\xff\x00"), rejected=Answer(401, body=b"\xfe")),
    "only invalid is refused": AnswerRule(reject=frozenset({Verdict.INVALID})),
}


def test_a_password_is_in_no_text_a_form_is_told_with() -> None:
    assert "letmein" not in repr(form_of(an_endpoint(), "letmein"))


@pytest.mark.parametrize("name", RULES)
def test_an_answer_rule_nobody_touched_stays_what_it_was(name: str) -> None:
    endpoint = an_endpoint(answers=RULES[name])
    form = form_of(endpoint)
    assert problems(form, ()) == {}
    assert applied(form, endpoint) == endpoint


def test_every_other_rule_comes_back_as_well() -> None:
    endpoint = an_endpoint(
        access=AccessRule(
            allowed=("203.0.113.0/24", "2001:db8::/32"),
            provider_ranges=True,
            trusted_peers=("127.0.0.1",),
            client_header="X-Forwarded-For",
            rate=RateLimit(50),
            sender_rate=RateLimit(3, 60),
            methods=("POST", "PUT"),
            max_body_bytes=1_234_567,
            username="me",
            password=PASSWORD,
            cors_origins=("https://app.example.com", "*"),
        ),
        forwards=(
            ForwardRule("a", ("http://localhost:1/", "http://localhost:2/"), "Both", "type:failed", False),
            ForwardRule("b", ("http://x.example/",), identity=Identity.NEW_IDS, in_order=True, schedule="rcs-events"),
            ForwardRule("c", ("http://x.example/",), schedule="0, 10s, 5m", limit_s=2.5),
        ),
        storage=StorageRule(30, 10_000, keep_bodies=False, mask_recipients=True),
        duplicates=DuplicateRule(answer_only=True),
        colour="violet",
        notes="Ask Mira.",
    )
    form = form_of(endpoint, "letmein")
    assert problems(form, ()) == {}
    assert applied(form, endpoint, PASSWORD) == endpoint


def test_a_password_that_is_emptied_takes_its_name_along() -> None:
    rule = AccessRule(username="me", password=PASSWORD)
    assert access_applied(AccessForm(), rule, PASSWORD) == AccessRule()


@pytest.mark.parametrize(
    ("form", "key", "why"),
    [
        (AnswerForm(way=SCRIPT, script="503, 50x"), "script", "Answer 2: “50x” is not understood."),
        (AnswerForm(way=SCRIPT), "script", "Enter the answers in turn"),
        (AnswerForm(way=ASK), "ask_target", "Enter your handler's address."),
        (AnswerForm(way=ASK, ask_target="localhost"), "ask_target", "An address starts with http"),
        (AnswerForm(way=ASK, ask_target="http://x/", ask_limit="0"), "ask_limit", "Enter seconds from 0.1 to 120."),
        (AnswerForm(way=HAND, hand_limit="soon"), "hand_limit", "Enter seconds from 1 to 120."),
        (AnswerForm(percent="101"), "percent", "Enter per cent from 0 to 100."),
        (AnswerForm(percent="5", seed="x"), "seed", "Enter a whole number"),
        (AnswerForm(by_kind=(KindForm("", "503"),)), "by_kind", "Row 1 names no kind."),
        (AnswerForm(by_kind=(KindForm("a", "5"),)), "by_kind", "Row 1: 5 is no answer status."),
        (AnswerForm(by_kind=(KindForm("a, b"), KindForm("B"))), "by_kind", "B stands in row 1 already"),
    ],
)
def test_an_answer_that_cannot_be_is_told(form: AnswerForm, key: str, why: str) -> None:
    found = answer_problems(form)
    assert set(found) == {key}
    assert found[key].startswith(why)


def test_what_the_chosen_way_does_not_use_keeps_nobody_from_saving() -> None:
    assert answer_problems(AnswerForm(script="nonsense", ask_target="nonsense", hand_limit="x", seed="x")) == {}


@pytest.mark.parametrize(
    ("form", "key", "why"),
    [
        (AccessForm(allowed=("203.0.113",)), "allowed", "“203.0.113” is no address."),
        (
            AccessForm(allowed=("198.51.100.7/24",)),
            "allowed",
            "198.51.100.7/24 is inside a network: write 198.51.100.0",
        ),
        (AccessForm(trusted_peers=("127.0.0.1",)), "client_header", "Choose the header"),
        (AccessForm(client_header="X-Real-IP"), "trusted_peers", "Name the proxies that set the header"),
        (AccessForm(client_header="X Y", trusted_peers=("::1",)), "client_header", "“X Y” is no header's name."),
        (AccessForm(rate="0"), "rate", "Enter events from 1"),
        (AccessForm(sender_rate="1.5"), "sender_rate", "Enter events from 1"),
        (AccessForm(max_body_mb="2000"), "max_body_mb", "Enter MB from 0.001 to 1,024."),
        (AccessForm(methods=("PO ST",)), "methods", "“PO ST” is no method."),
        (AccessForm(username="a"), "username", "Enter a password."),
        (AccessForm(password="a"), "username", "Enter a user name."),
        (AccessForm(username="a:b", password="c"), "username", "A user name has no colon"),
        (AccessForm(cors_origins=("https://x.example/path",)), "cors_origins", "An origin has no path"),
        (AccessForm(cors_origins=("x.example",)), "cors_origins", "“x.example” is no origin."),
    ],
)
def test_access_that_cannot_be_is_told(form: AccessForm, key: str, why: str) -> None:
    found = access_problems(form)
    assert set(found) == {key}
    assert found[key].startswith(why)


@pytest.mark.parametrize("text", ["203.0.113.24", "198.51.100.0/24", "2001:db8::/32", "::1", "0.0.0.0/0"])
def test_addresses_and_networks_are_taken(text: str) -> None:
    assert network_problem(text) == ""


@pytest.mark.parametrize("text", ["*", "null", "https://app.example.com", "http://localhost:5173"])
def test_origins_are_taken(text: str) -> None:
    assert origin_problem(text) == ""


GOOD = ForwardForm("a", targets="http://localhost:5000/")


@pytest.mark.parametrize(
    ("form", "field", "why"),
    [
        (replace(GOOD, targets=" \n"), "targets", "Enter an address to send to."),
        (replace(GOOD, targets="http://a/\nb"), "targets", "Line 2: An address starts with http"),
        (replace(GOOD, match="colour:red"), "match", "`colour` is not a filter."),
        (replace(GOOD, schedule="0, soon"), "schedule", ""),
        (replace(GOOD, limit="0"), "limit", "Enter seconds from 0.1 to 600."),
    ],
)
def test_a_forward_rule_that_cannot_be_is_told(form: ForwardForm, field: str, why: str) -> None:
    found = forward_problems((GOOD, replace(form, id="b")))
    assert set(found) == {f"forward:b:{field}"}
    assert found[f"forward:b:{field}"].startswith(why)


def test_new_rules_have_ids_of_their_own() -> None:
    assert len({new_forward().id for _ in range(50)}) == 50


def test_numbers_of_storage_are_checked() -> None:
    assert storage_problems(StorageForm("", "")) == {}
    assert set(storage_problems(StorageForm("0", "-1"))) == {"keep_days", "keep_events"}
    assert set(storage_problems(StorageForm("1.5", "many"))) == {"keep_days", "keep_events"}


@pytest.mark.parametrize("token", ["rcs-prod", "shop/rcs/prod", "a_b-c"])
def test_a_path_may_have_slashes_inside(token: str) -> None:
    assert problems(replace(form_of(an_endpoint()), token=token), ()) == {}


@pytest.mark.parametrize("token", ["/a", "a/", "a//b", "a b", "ä", "a" * 101])
def test_a_path_of_anything_else_is_refused(token: str) -> None:
    assert set(problems(replace(form_of(an_endpoint()), token=token), ())) == {"token"}
