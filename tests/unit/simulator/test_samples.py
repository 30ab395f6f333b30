"""Sample files: filled, ordered, and strict about mistakes."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from inspector.domain.errors import ProviderError
from inspector.domain.report import Kind, Report
from inspector.resources import resource_path
from inspector.simulator.samples import Values, expected, load_samples, render
from tests.builders import NOON

HEAD = 'title = "One"\n'
EXPECT = '[[expect]]\nkind = "message.sent"\n'


def test_the_rcs_guides_events_come_in_its_order() -> None:
    samples = load_samples(resource_path("samples"), "rcs-events")
    assert [sample.key for sample in samples] == [
        "message.queued",
        "message.sent",
        "message.delivered",
        "message.read",
        "message.failed",
        "message.clicked",
        "message.replied",
        "message.optout",
        "message.complained",
        "template.approved",
        "template.rejected",
    ]
    assert samples[4].title == "message.failed, code 4102"
    assert [sample.group for sample in samples] == ["status"] * 5 + ["engagement"] * 4 + ["template"] * 2


def test_a_rendered_sample_is_compact_json_with_its_blanks_filled() -> None:
    sample = load_samples(resource_path("samples"), "rcs-events")[2]
    headers, body = render(sample, Values.fixed())
    assert (b"Content-Type", b"application/json") in headers
    assert b"{{" not in body
    assert body == json.dumps(json.loads(body), separators=(",", ":")).encode()
    assert json.loads(body)["message_id"] == "msg_8f31c07a"
    assert json.loads(body)["timestamp"] == "2024-12-20T14:23:44Z"


def test_the_rcs_client_writes_slashes_as_php_does() -> None:
    _headers, body = render(load_samples(resource_path("samples"), "rcs-client")[0], Values.fixed())
    assert b"shop\\/order\\/456" in body


def test_fresh_values_differ_and_follow_the_generator() -> None:
    first, second = Values.fresh(Random(1), NOON), Values.fresh(Random(2), NOON)
    assert first.message_id != second.message_id
    assert first == Values.fresh(Random(1), NOON)
    assert first.recipient.startswith("+1")
    assert first.texts()["unix"] == "1772366400"


def test_the_next_event_is_about_the_same_message() -> None:
    first = Values.fresh(Random(1), NOON)
    following = first.next(Random(2), NOON.replace(minute=1))
    assert (following.message_id, following.uuid) == (first.message_id, first.uuid)
    assert following.event != first.event
    assert following.now > first.now


def test_expectations_are_filled_too() -> None:
    sample = load_samples(resource_path("samples"), "rcs-events")[1]
    (report,) = expected(sample, Values.fixed())
    assert isinstance(report, Report)
    assert report.kind is Kind.SENT
    assert report.message_id == "msg_8f31c07a"
    assert report.occurred_at == datetime.fromisoformat("2024-12-20T14:23:44Z")


def test_a_provider_without_samples_has_none(tmp_path: Path) -> None:
    assert load_samples(tmp_path, "acme") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = ", "acme/one.toml cannot be read."),
        (f'{HEAD}colour = "red"\n{EXPECT}', "acme/one.toml: colour: is not known"),
        (f'{HEAD}body = "{{{{nobody}}}}"\n{EXPECT}', "acme/one.toml: body: {{nobody}} is no blank"),
        (f'{HEAD}group = "fun"\n{EXPECT}', "acme/one.toml: group: must be one of status"),
        (f'{HEAD}[[expect]]\nkind = "eaten"\n', "acme/one.toml: expect 1.kind: must be one of message.queued"),
        (f'{HEAD}{EXPECT}colour = "red"\n', "acme/one.toml: expect 1.colour: is not known"),
        (HEAD, "acme/one.toml: kind: must be one of"),
    ],
)
def test_a_mistake_in_a_sample_names_the_file_and_the_key(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "one.toml").write_text(text)
    with pytest.raises(ProviderError) as caught:
        load_samples(tmp_path, "acme")
    assert str(caught.value).startswith(said)
