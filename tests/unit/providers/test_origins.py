"""Which raw value fed which column."""

from __future__ import annotations

from dataclasses import fields

import pytest

from inspector.domain.report import Report
from inspector.domain.request import Request
from inspector.payload.body import Payload
from inspector.payload.contents import contents_of, scan_tree
from inspector.payload.steps import finish
from inspector.providers.mapping import normalise
from inspector.providers.origins import KIND, fields_of, write_path
from inspector.providers.profile import Profile
from inspector.providers.source import INTO
from inspector.resources import resource_path
from inspector.simulator.samples import Sample, Values, load_samples, render
from tests.rcs_bodies import CATALOGUE

SAMPLES = [(profile, sample) for profile in CATALOGUE for sample in load_samples(resource_path("samples"), profile.id)]
each_sample = pytest.mark.parametrize(
    ("profile", "sample"), SAMPLES, ids=[f"{profile.id} {sample.key}" for profile, sample in SAMPLES]
)


def made(provider: str, key: str) -> dict[str, str]:
    sample = next(s for s in load_samples(resource_path("samples"), provider) if s.key == key)
    return fields_of(CATALOGUE.get(provider), Payload(request_of(sample)))


def request_of(sample: Sample) -> Request:
    headers, body = render(sample, Values.fixed())
    return Request(sample.method, "/in/abc", headers, body, Values.fixed().now)


@each_sample
def test_every_column_has_its_origin_and_every_path_is_in_the_tree(profile: Profile, sample: Sample) -> None:
    request = request_of(sample)
    payload = Payload(request)
    origins = fields_of(profile, payload, CATALOGUE)
    columns = {field.name for field in fields(Report)}
    assert set(origins.values()) <= columns
    body, kind = payload.plain, request.header("Content-Type")
    tree = finish(scan_tree(body, contents_of(body, request.content_type), kind))
    shown = {tree.path(node) for node in range(len(tree))}
    told = {value for report in normalise(profile, request, payload, CATALOGUE) for value in texts_of(report)}
    for path in origins:
        if not path.startswith(("header:", "query:")):
            assert path.split(INTO)[0] in shown, path
    for path, column in origins.items():
        if path in shown and column not in (KIND, "occurred_at", "name"):
            values = {tree.text(node) for node in range(len(tree)) if tree.path(node) == path}
            assert values & told, (path, column)


def texts_of(report: Report) -> list[str]:
    return [getattr(report, field.name) for field in fields(Report) if field.name not in ("kind", "occurred_at")]


def test_items_of_a_batch_are_numbered() -> None:
    origins = made("meta", "batch")
    assert origins["$.entry[0].changes[0].value.statuses[1].id"] == "message_id"
    assert origins["$.entry[0].changes[0].value.messaging_product"] == "channel"


def test_values_inside_a_packed_document_have_both_ways() -> None:
    assert made("google-rbm", "read")["$.message.data -> $.senderPhoneNumber"] == "recipient"
    aws = made("aws-end-user-messaging", "suggestion")
    assert aws["$.Message -> $.messageBody -> $.text"] == "text"
    assert aws["$.MessageId"] == "event_id"


def test_forms_headers_and_xml_are_told_as_their_trees_write_them() -> None:
    twilio = made("twilio", "failed")
    assert (twilio["$.ErrorCode"], twilio["header:I-Twilio-Idempotency-Token"]) == ("error_code", "event_id")
    assert made("cm-com", "failed-xml")["$.messages.msg.status.errorcode"] == "error_code"


def test_a_delivered_message_has_no_error_marked() -> None:
    assert "error_code" not in made("plivo", "delivered").values()


def test_an_event_nobody_describes_has_no_origins() -> None:
    request = Request("POST", "/", (), b'{"x":1}', Values.fixed().now)
    assert fields_of(None, Payload(request), CATALOGUE) == {}


def test_odd_keys_are_quoted() -> None:
    assert write_path(("a", 0, "odd key", 'q"')) == '$.a[0]["odd key"]["q\\""]'
