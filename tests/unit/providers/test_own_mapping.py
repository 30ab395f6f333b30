"""Mapping by clicking: picked values become a profile of the user's own that signs as the current one does."""

from __future__ import annotations

import tomllib
from typing import Any

import orjson
import pytest

from inspector.domain.errors import ProviderError
from inspector.domain.report import Kind
from inspector.payload.body import Payload
from inspector.providers.mapping import normalise
from inspector.providers.own_mapping import (
    BEGIN,
    ROLES,
    Picked,
    kind_of,
    pick,
    picked_roles,
    read_own,
    start_profile,
    unpick,
)
from inspector.resources import resource_path
from tests.builders import NOON, a_request, headers_of
from tests.rcs_bodies import CATALOGUE


def payload(body: Any, kind: str = "application/json") -> Payload:
    data = body if isinstance(body, bytes) else orjson.dumps(body)
    return Payload(a_request(data, headers=headers_of([("Content-Type", kind), ("X-Id", "h1")])))


def started(provider: str = "sinch") -> str:
    return start_profile(resource_path("providers", f"{provider}.toml").read_text("utf-8"), "Our sender")


def picked(text: str, body: Payload, *picks: tuple[str, str], kind: Kind | None = None) -> Picked:
    made = None
    for path, role in picks:
        made = pick(text, body, path, role, kind=kind if role == "name" else None)
        text = made.text
    assert made is not None
    return made


FLAT = {"ref": "m1", "what": "order.delivered", "who": {"tel": "+44"}, "when": 1772366400, "why": {"no": 7}}


@pytest.mark.parametrize("provider", ["sinch", "rcs-events", "telnyx", "kaleyra", "github", "standard-webhooks"])
def test_a_started_profile_signs_as_the_one_it_began_from(provider: str) -> None:
    own, base = read_own(started(provider), "own"), CATALOGUE.get(provider)
    assert base is not None
    assert (own.name, own.title, own.aliases) == ("Our sender", "Our sender", ())
    assert [recipe.kind for recipe in own.recipes] == [recipe.kind for recipe in base.recipes]
    assert [recipe.signature for recipe in own.recipes] == [recipe.signature for recipe in base.recipes]


def test_a_name_with_quotes_and_backslashes_survives() -> None:
    base = resource_path("providers", "github.toml").read_text("utf-8")
    assert read_own(start_profile(base, 'A "b" \\1'), "own").name == 'A "b" \\1'


def test_picked_values_read_at_once() -> None:
    made = picked(
        started(),
        payload(FLAT),
        ("$.ref", "message_id"),
        ("$.what", "name"),
        ("$.who.tel", "recipient"),
        ("$.when", "occurred_at"),
    )
    (report,) = made.reports
    assert (report.kind, report.message_id, report.recipient) == (Kind.DELIVERED, "m1", "+44")
    assert (report.name, report.occurred_at) == ("order.delivered", NOON)


def test_the_same_profile_reads_the_next_event_of_that_shape() -> None:
    made = picked(started(), payload(FLAT), ("$.ref", "message_id"), ("$.what", "name"), ("$.why.no", "error_code"))
    other = payload(FLAT | {"ref": "m2", "what": "FAILED"})
    (report,) = normalise(made.profile, other.request, other)
    assert (report.kind, report.message_id, report.error_code) == (Kind.FAILED, "m2", "7")


def test_a_picked_item_of_a_list_means_every_item() -> None:
    items = [{"id": "a", "st": "READ", "to": {"n": "1"}}, {"id": "b", "st": "SENT", "to": {"n": "2"}}]
    body = payload({"run": "r9", "groups": [{"name": "g", "items": items}]})
    made = picked(
        started(),
        body,
        ("$.groups[0].items[1].id", "message_id"),
        ("$.groups[0].items[0].st", "name"),
        ("$.groups[0].items[1].to.n", "recipient"),
        ("$.groups[0].name", "campaign"),
        ("$.run", "template"),
    )
    told = [(r.kind, r.message_id, r.recipient, r.campaign, r.template) for r in made.reports]
    assert told == [(Kind.READ, "a", "1", "g", "r9"), (Kind.SENT, "b", "2", "g", "r9")]


def test_a_body_that_is_a_list_is_fanned_out() -> None:
    made = picked(
        started(),
        payload([{"id": "a", "ev": "sent"}, {"id": "b", "ev": "read"}]),
        ("$[1].id", "message_id"),
        ("$[0].ev", "name"),
    )
    assert [(r.kind, r.message_id) for r in made.reports] == [(Kind.SENT, "a"), (Kind.READ, "b")]


def test_form_fields_headers_and_packed_documents_can_be_picked() -> None:
    form = payload(b"mid=m1&st=failed&odd+name=7", "application/x-www-form-urlencoded")
    made = picked(
        started(),
        form,
        ("$.mid", "message_id"),
        ("$.st", "name"),
        ('$["odd name"]', "error_code"),
        ("header:X-Id", "event_id"),
    )
    (report,) = made.reports
    assert (report.kind, report.message_id, report.error_code, report.event_id) == (Kind.FAILED, "m1", "7", "h1")
    packed = picked(started(), payload({"Message": '{"id":"m2"}'}), ("$.Message -> $.id", "message_id"))
    assert packed.reports[0].message_id == "m2"


def test_xml_elements_can_be_picked_by_the_trees_paths() -> None:
    body = payload(b"<r><m><id>a</id><s>read</s></m><m><id>b</id><s>sent</s></m></r>", "text/xml")
    made = picked(started(), body, ("$.r.m.id", "message_id"), ("$.r.m.s", "name"))
    assert [(r.kind, r.message_id) for r in made.reports] == [(Kind.READ, "a"), (Kind.SENT, "b")]


def test_a_word_of_its_own_means_what_the_user_says() -> None:
    made = picked(
        started(),
        payload(FLAT | {"what": "Zugestellt"}),
        ("$.ref", "message_id"),
        ("$.what", "name"),
        kind=Kind.DELIVERED,
    )
    assert made.reports[0].kind is Kind.DELIVERED
    again = pick(made.text, payload(FLAT | {"what": "Zugestellt"}), "$.who.tel", "recipient")
    assert again.reports[0].kind is Kind.DELIVERED


def test_picking_again_replaces_and_unpicking_everything_restores_the_text() -> None:
    text = started()
    made = picked(text, payload(FLAT), ("$.ref", "message_id"), ("$.what", "name"), ("$.what", "message_id"))
    assert picked_roles(made.text) == {"message_id": "$.what", "name": "$.what"}
    assert made.text.count(BEGIN) == 1
    rest = made.text
    for role in ROLES:
        rest = unpick(rest, role)
    assert rest == text


def test_comments_and_other_reports_of_the_file_stay() -> None:
    text = started()
    made = pick(text, payload(FLAT), "$.ref", "message_id")
    assert "# The SDK (sinch 2.3.0) enforces no time window" in made.text
    assert len(tomllib.loads(made.text)["report"]) == len(tomllib.loads(text)["report"]) + 1


def test_events_of_the_providers_own_shape_read_as_before() -> None:
    made = pick(started("kaleyra"), payload(FLAT), "$.ref", "message_id")
    own = {"type": "READ", "eventId": "e", "from": "4", "to": "s", "sentAt": "2026-03-01T12:00:00Z", "messageId": "m"}
    (report,) = normalise(made.profile, payload(own).request, payload(own))
    assert (report.kind, report.message_id) == (Kind.READ, "m")


@pytest.mark.parametrize(
    ("path", "role", "said"),
    [
        ("$.nothing", "message_id", "There is no value at"),
        ("$.who", "recipient", "is no single value"),
        ("$.ref", "occurred_at", "is no time"),
        ("$.ref[", "message_id", "is no path"),
        ("$", "message_id", "is no single value"),
        ("header:X-None", "event_id", "There is no value at"),
    ],
)
def test_what_cannot_serve_says_why(path: str, role: str, said: str) -> None:
    with pytest.raises(ProviderError, match=said):
        pick(started(), payload(FLAT), path, role)


def test_a_role_nobody_knows_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="is none of"):
        pick(started(), payload(FLAT), "$.ref", "colour")


def test_a_broken_block_or_file_is_named() -> None:
    made = pick(started(), payload(FLAT), "$.ref", "message_id")
    with pytest.raises(ProviderError, match="picked before cannot be read"):
        pick(made.text.replace('message_id = "root:$.ref"', "message_id = "), payload(FLAT), "$.what", "name")
    with pytest.raises(ProviderError, match=r"mine\.toml cannot be read"):
        read_own("name = ", "mine")


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("DELIVRD", Kind.DELIVERED),
        ("message.read", Kind.READ),
        ("sms:failed", Kind.FAILED),
        ("Opt-Out", Kind.OPTOUT),
        ("teleported", None),
        ("", None),
    ],
)
def test_common_words_are_understood(word: str, kind: Kind | None) -> None:
    assert kind_of(word) is kind
