"""What a comparison leaves out by itself: the fields a provider's mapping calls event ids and times."""

from __future__ import annotations

from inspector.payload.diff_ignore import HEADER, Ignored, entry_for_place
from inspector.payload.selector import parse_selector
from inspector.providers.changing import COMMON, changing_fields
from inspector.providers.profile import Profile, parse_profile


def made(*reports: dict[str, object], **more: object) -> Profile:
    return parse_profile("made", {"name": "Made", "unsigned": True, "report": list(reports), **more})


def left_out(profile: Profile | None) -> list[str]:
    """Return the entries for fields, those for headers everybody sends left out."""
    everybody = {entry for entry in changing_fields(None) if entry.startswith(HEADER)}
    return [entry for entry in changing_fields(profile) if entry not in everybody]


def test_times_and_event_ids_are_left_out_but_message_ids_are_not() -> None:
    report = {"when": {"event": "*"}, "kind": "message.sent", "message_id": "id", "occurred_at": "meta.at"}
    assert left_out(made(report | {"event_id": ["uid", "header:X-Event"]})) == ["$.uid", "header:X-Event", "$.meta.at"]


def test_items_of_a_list_are_left_out_in_every_element() -> None:
    report = {"when": {"items": "*"}, "each": "items[]", "kind": "message.sent", "occurred_at": ["t", "parent:sent.on"]}
    entries = left_out(made(report))
    assert entries == ["$.items[*].t", "sent.on"]
    ignored = Ignored(entries)
    assert ignored.field(("items", 4, "t"))
    assert ignored.field(("deep", "sent", "on"))
    assert not ignored.field(("items", 4, "to"))


def test_what_an_event_id_is_made_of_is_told() -> None:
    report = {"when": {"id": "*"}, "kind": "message.sent", "message_id": "id"}
    assert left_out(made(report | {"event_id": ["join:id status", "id"], "occurred_at": "t"})) == ["$.t"]


def test_form_fields_are_left_out_by_name() -> None:
    report = {"when": {"form:A": "*"}, "kind": "message.sent", "occurred_at": "form:Raw Date"}
    assert left_out(made(report)) == ['$["Raw Date"]']


def test_a_provider_that_names_no_times_gets_the_common_names() -> None:
    assert left_out(made()) == [*COMMON]
    assert left_out(None) == [*COMMON]


def test_every_entry_offered_can_be_read_again() -> None:
    for entry in changing_fields(None):
        assert entry.startswith(HEADER) or parse_selector(entry)
    assert parse_selector(entry_for_place(("a b", 0, "c"))) == ("a b", "[]", "c")
