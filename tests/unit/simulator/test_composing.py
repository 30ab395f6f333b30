"""Composing an event: blanks, single values, the text, what is signed, Mine, and siblings of captured events."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.directory import Resolved
from inspector.domain.errors import ProviderError, UsageError
from inspector.domain.report import Kind
from inspector.domain.request import Request, header_text
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.signatures.engine import verify
from inspector.simulator import draft as composing
from inspector.simulator.own_samples import OwnSamples, key_of, sample_text
from inspector.simulator.places import fitted
from inspector.simulator.prepare import prepared
from inspector.simulator.samples import Sample, Values, load_samples, parse_sample, read_samples, render
from inspector.simulator.sibling import sibling_of
from inspector.simulator.template_leaves import leaves_of, with_leaf
from inspector.simulator.test_event import find_sample, samples_for
from tests.builders import NOON, a_request, a_summary, an_endpoint, an_event, headers_of

CATALOGUE = load_catalogue([resource_path("providers")])
SAMPLES = resource_path("samples")
URL = "http://127.0.0.1:8787/in/abc"
EVERY = [
    sample
    for folder in sorted(SAMPLES.iterdir())
    for sample in load_samples(SAMPLES, folder.name)
]  # fmt: skip


def resolved(provider: str = "rcs-events", secret: str = "topsecret") -> Resolved:
    return Resolved(an_endpoint(provider=provider), CATALOGUE.get(provider), (Secret(secret),))


def a_draft(key: str = "message.delivered", provider: str = "rcs-events") -> composing.Draft:
    sample = find_sample(load_samples(SAMPLES, provider), key)
    return composing.start(sample, Random(1), NOON)


def body_of(draft: composing.Draft) -> dict[str, object]:
    found = json.loads(composing.rendered(draft)[1])
    assert isinstance(found, dict)
    return found


def test_a_blank_that_is_filled_in_stays_and_the_others_are_new_each_time() -> None:
    draft = composing.with_blank(a_draft(), "recipient", "+14155550199")
    later = composing.again(draft, Random(2), NOON)
    assert body_of(draft)["recipient"] == body_of(later)["recipient"] == "+14155550199"
    assert body_of(draft)["message_id"] != body_of(later)["message_id"]
    assert composing.with_blank(draft, "recipient", None).filled == {}


def test_the_blanks_are_listed_once_in_the_order_they_stand() -> None:
    assert a_draft().blanks() == (
        "timestamp", "message_id", "recipient", "carrier", "template", "campaign", "user_id",
    )  # fmt: skip


def test_one_value_changes_and_every_other_byte_of_the_text_stays() -> None:
    draft = a_draft()
    leaf = next(leaf for leaf in draft.leaves() if leaf.path == "metadata.cart_value")
    changed = composing.with_value(draft, leaf, "99.95")
    assert changed.text == draft.text.replace("84.5", "99.95")
    assert body_of(changed)["metadata"]["cart_value"] == 99.95  # type: ignore[index]


def test_a_number_takes_no_words_and_a_text_takes_anything() -> None:
    draft = a_draft()
    number = next(leaf for leaf in draft.leaves() if leaf.path == "delivery.attempt")
    with pytest.raises(UsageError, match="is no number"):
        composing.with_value(draft, number, "many")
    text = next(leaf for leaf in draft.leaves() if leaf.path == "channel")
    changed = composing.with_value(draft, text, 'a "quoted" {odd}\n text')
    assert body_of(changed)["channel"] == 'a "quoted" {odd}\n text'


def test_a_wrapped_event_is_edited_inside_its_wrapping() -> None:
    draft = a_draft("delivered", "google-rbm")
    assert draft.is_wrapped
    leaf = next(leaf for leaf in draft.leaves() if leaf.path == "agentId")
    changed = composing.with_value(draft, leaf, "another@rbm.goog")
    outgoing = composing.made(changed, URL, resolved("google-rbm"), NOON)
    assert composing.reports(changed, resolved("google-rbm"))[0].kind is Kind.DELIVERED
    assert b"another" not in outgoing.body  # it is in base64


@pytest.mark.parametrize("sample", EVERY, ids=lambda sample: f"{sample.provider}-{sample.key}")
def test_every_samples_values_can_be_edited_one_by_one(sample: Sample) -> None:
    draft = composing.start(sample, Random(1), NOON)
    text = draft.text
    for place, leaf in enumerate(draft.leaves()):
        same = with_leaf(text, leaf, leaf.value)
        assert leaves_of(same)[place].value == leaf.value
    assert composing.rendered(draft)[1] == render(sample, draft.values)[1]


@given(st.text(alphabet='ab&=%+{} é"\\<>\n', max_size=20))
def test_any_text_can_stand_in_a_form_or_in_json(value: str) -> None:
    for template, read in (
        ("a=1&b={{uuid}}&c=3", lambda text: parse_qs(text, keep_blank_values=True)["a"][0]),
        ('{"a": "1", "b": {{unix}}}', lambda text: json.loads(text.replace("{{unix}}", "1"))["a"]),
    ):
        changed = with_leaf(template, leaves_of(template)[0], value)
        if "{{" not in value:
            assert read(changed) == value


def test_an_unknown_blank_is_told_before_anything_is_sent() -> None:
    with pytest.raises(UsageError, match=r"\{\{nobody\}\} is no blank"):
        composing.rendered(composing.with_text(a_draft(), '{"a": "{{nobody}}"}'))


@pytest.mark.parametrize("provider", ["rcs-events", "twilio", "google-rbm", "stripe", "slack", "sinch", "github"])
def test_what_is_composed_is_signed_as_the_provider_does(provider: str) -> None:
    here = resolved(provider)
    sample = samples_for([SAMPLES], provider)[0]
    outgoing = composing.made(composing.start(sample), URL, here, datetime.now(UTC))
    request = Request(outgoing.method, "/in/abc", outgoing.headers, outgoing.body, datetime.now(UTC))
    assert here.profile is not None
    found = verify(
        request, Payload(request), here.profile.recipes, here.secrets, scheme="", url=URL, now=datetime.now(UTC)
    )
    assert found.verdict is Verdict.VALID


def test_an_address_with_a_path_of_its_own_is_signed_and_ours_is_sent_to() -> None:
    here = resolved("twilio")
    endpoint = replace(
        here.endpoint, signing=replace(here.endpoint.signing, public_url="https://hooks.example.com/rcs")
    )
    here = replace(here, endpoint=endpoint)
    outgoing = composing.made(a_draft("delivered", "twilio"), URL, here, NOON)
    assert outgoing.url == URL
    assert header_text(outgoing.headers, "Host") == "127.0.0.1:8787"
    request = Request("POST", "/in/abc", outgoing.headers, outgoing.body, NOON)
    assert here.profile is not None
    public = "https://hooks.example.com/rcs"
    found = verify(request, Payload(request), here.profile.recipes, here.secrets, scheme="", url=public, now=NOON)
    assert found.verdict is Verdict.VALID


def test_an_edited_event_is_unsigned_where_that_is_wanted() -> None:
    outgoing = composing.made(a_draft(), URL, resolved(), NOON, sign=False)
    assert not header_text(outgoing.headers, "X-Webhook-Signature")
    assert header_text(outgoing.headers, "Host") == "127.0.0.1:8787"


# -- Mine -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", EVERY, ids=lambda sample: f"{sample.provider}-{sample.key}")
def test_every_sample_written_reads_back_equal(sample: Sample) -> None:
    assert parse_sample(sample_text(sample), sample.provider, sample.key) == sample


def test_a_saved_event_is_among_mine_with_what_was_filled_in_and_fresh_blanks(tmp_path: Path) -> None:
    draft = composing.with_blank(a_draft(), "recipient", "+14155550199")
    kept = OwnSamples(tmp_path).save(composing.settled(draft), "  My  own delivery ")
    assert (kept.key, kept.title, kept.mine) == ("my-own-delivery", "My own delivery", True)
    found = samples_for([SAMPLES, tmp_path / "samples"], "rcs-events")
    assert found[-1] == kept
    first, second = (json.loads(render(kept, Values.fresh(Random(seed), NOON))[1]) for seed in (1, 2))
    assert first["recipient"] == second["recipient"] == "+14155550199"
    assert first["message_id"] != second["message_id"]


def test_mine_never_takes_the_place_of_another(tmp_path: Path) -> None:
    own = OwnSamples(tmp_path)
    sample = a_draft().sample
    first = own.save(sample, "message.delivered", frozenset({"message.delivered"}))
    second = own.save(sample, "message.delivered", frozenset({"message.delivered"}))
    assert (first.key, second.key) == ("message.delivered-2", "message.delivered-3")


def test_mine_can_be_renamed_and_deleted(tmp_path: Path) -> None:
    own = OwnSamples(tmp_path)
    kept = own.save(a_draft().sample, "First")
    renamed = own.rename(kept, "Second")
    assert (renamed.key, renamed.title) == ("first", "Second")
    own.delete(renamed)
    assert all(not sample.mine for sample in samples_for([SAMPLES, tmp_path / "samples"], "rcs-events"))


def test_an_event_without_a_name_or_that_cannot_be_read_again_is_not_saved(tmp_path: Path) -> None:
    own = OwnSamples(tmp_path)
    with pytest.raises(UsageError, match="needs a name"):
        own.save(a_draft().sample, "   ")
    with pytest.raises(UsageError, match="cannot be saved"):
        own.save(replace(a_draft().sample, body_template="{{nobody}}"), "Odd")
    assert not list(tmp_path.rglob("*.toml"))


def test_a_provider_without_own_samples_has_the_general_ones_and_mine(tmp_path: Path) -> None:
    general = samples_for([SAMPLES], "zendesk")
    OwnSamples(tmp_path).save(replace(general[0], provider="zendesk"), "Mine")
    found = samples_for([SAMPLES, tmp_path / "samples"], "zendesk")
    assert [sample.title for sample in found] == [*(sample.title for sample in general), "Mine"]


@pytest.mark.parametrize(
    ("title", "key"), [("Grüne 5!", "grune-5"), ("../../x", "x"), ("日本", "event"), ("a" * 90, "a" * 48)]
)
def test_a_files_name_is_plain_and_stays_in_its_folder(title: str, key: str) -> None:
    assert key_of(title) == key


# -- siblings ---------------------------------------------------------------------------------------------------------


def captured(body: bytes, lines: list[tuple[str, str]], provider: str = "rcs-events") -> Sample:
    request = a_request(body, headers=headers_of([("Host", "x"), *lines, ("Content-Length", str(len(body)))]))
    event = an_event(12, request=request, summary=a_summary(12, provider=provider))
    return sibling_of(event, resolved(provider))


DELIVERED = (
    b'{"event":"message.delivered","message_id":"msg_7f3a9c","recipient":"+14155550132",\n'
    b'  "timestamp":"2026-03-01T12:00:00Z", "extra": 5}'
)


def test_a_sibling_says_the_same_about_another_message_now() -> None:
    sample = captured(DELIVERED, [("Content-Type", "application/json"), ("X-Webhook-Signature", "abc")])
    first, second = (render(sample, Values.fresh(Random(seed), NOON))[1] for seed in (1, 2))
    ids = {json.loads(body)["message_id"] for body in (first, second)}
    assert len(ids) == 2
    assert all(one.startswith("msg_") and len(one) == 10 for one in ids)
    assert json.loads(first)["timestamp"] == "2026-03-01T12:00:00Z"  # which is NOON
    assert first.replace(json.loads(first)["message_id"].encode(), b"msg_7f3a9c") == DELIVERED
    assert sample.kind is Kind.DELIVERED


def test_a_sibling_has_no_signature_and_nothing_of_the_connection() -> None:
    lines = [
        ("Content-Type", "application/json"), ("X-Webhook-Signature", "abc"), ("Connection", "close"),
        ("CF-Ray", "1"), ("X-Trace", "t-1"),
    ]  # fmt: skip
    assert captured(DELIVERED, lines).headers == (("Content-Type", "application/json"), ("X-Trace", "t-1"))


def test_a_siblings_header_that_carries_the_event_id_gets_the_same_new_one() -> None:
    outgoing = composing.made(a_draft("delivered", "twilio"), URL, resolved("twilio"), NOON)
    request = a_request(outgoing.body, headers=outgoing.headers)
    sample = sibling_of(an_event(request=request, summary=a_summary(provider="twilio")), resolved("twilio"))
    headers, body = render(sample, Values.fresh(Random(3), NOON))
    fields = parse_qs(body.decode())
    assert fields["SmsSid"] == fields["MessageSid"]
    assert fields["MessageSid"] != parse_qs(outgoing.body.decode())["MessageSid"]
    assert header_text(headers, "I-Twilio-Idempotency-Token") != header_text(
        outgoing.headers, "I-Twilio-Idempotency-Token"
    )


def test_a_wrapped_events_sibling_is_new_inside_its_wrapping() -> None:
    here = resolved("google-rbm")
    outgoing = composing.made(a_draft("delivered", "google-rbm"), URL, here, NOON)
    request = a_request(outgoing.body, headers=outgoing.headers)
    sample = sibling_of(an_event(request=request, summary=a_summary(provider="google-rbm")), here)
    assert sample.inside_template
    first, second = (composing.reports(composing.start(sample, Random(seed), NOON), here)[0] for seed in (1, 2))
    assert first.event_id != second.event_id
    assert first.message_id != second.message_id


@pytest.mark.parametrize(
    ("body", "why"), [(b"\xff\xfe\x00binary", "is no text"), (b'{"text": "Hi {{name}}"}', r"holds \{\{name\}\}")]
)
def test_a_sibling_that_cannot_be_says_why(body: bytes, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        captured(body, [("Content-Type", "application/json")])


# -- general events of providers whose signature lies in the body ------------------------------------------------------

IN_THE_BODY = ("adyen", "figma", "linear", "mailgun", "microsoft-graph", "microsoft-graph-rich")


@pytest.mark.parametrize("provider", IN_THE_BODY)
def test_a_general_event_gets_the_fields_the_signature_lies_in(provider: str) -> None:
    here = resolved(provider, "ab" * 32)
    assert here.profile is not None
    sample = fitted(samples_for([SAMPLES], provider)[0], here.profile.recipes, here.secrets[0])
    now = datetime.now(UTC)
    outgoing = composing.made(composing.start(sample), URL, here, now)
    request = Request(outgoing.method, "/in/abc", outgoing.headers, outgoing.body, now)
    found = verify(request, Payload(request), here.profile.recipes, here.secrets, scheme="", url=URL, now=now)
    assert found.verdict is Verdict.VALID
    plain = prepared(samples_for([SAMPLES], provider)[0], Values.fresh(Random(1), now), here, URL, now)
    assert plain.body != b""


def test_a_providers_own_sample_is_never_changed() -> None:
    here = resolved("stripe")
    assert here.profile is not None
    for sample in load_samples(SAMPLES, "stripe"):
        assert fitted(sample, here.profile.recipes, here.secrets[0]) is sample


def test_one_of_mine_that_cannot_be_read_leaves_the_others(tmp_path: Path) -> None:
    own = OwnSamples(tmp_path)
    own.save(a_draft().sample, "Good")
    own.path_of("rcs-events", "broken").write_text('body = "{{nobody}}"\n[[expect]]\nkind = "other"\n')
    found = samples_for([SAMPLES, tmp_path / "samples"], "rcs-events")
    assert [sample.title for sample in found if sample.mine] == ["Good"]
    wrong: list[ProviderError] = []
    read_samples(tmp_path / "samples", "rcs-events", wrong)
    assert "broken.toml" in wrong[0].what
