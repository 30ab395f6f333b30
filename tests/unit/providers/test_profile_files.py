"""Provider files: a user's own win, and every mistake names the file and the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inspector.dedupe import dedupe_key
from inspector.domain.endpoint import DuplicateRule
from inspector.domain.errors import ProviderError
from inspector.domain.event import DuplicateLevel
from inspector.domain.report import Kind
from inspector.payload.body import Payload
from inspector.providers import catalogue as catalogue_module
from inspector.providers.catalogue import load_catalogue
from inspector.providers.mapping import normalise
from inspector.providers.profile import Field, Profile, parse_profile
from inspector.resources import resource_path
from tests.builders import a_request, headers_of

SIGNING = [{"signature": "header:X-Sig", "signed": "{body}"}]
REPORT = {"when": {"event": True}, "kind": "other"}


def test_a_users_file_wins_over_the_bundled_one_and_new_ones_follow(tmp_path: Path) -> None:
    own = '[[signing]]\nsignature = "header:X-Own"\nsigned = "{body}"\n'
    (tmp_path / "github.toml").write_text(f'name = "My GitHub"\n{own}')
    (tmp_path / "acme.toml").write_text(f'name = "Acme"\n{own}')
    catalogue = load_catalogue([resource_path("providers"), tmp_path, tmp_path / "not there"])
    github = catalogue.get("github")
    assert github is not None
    assert github.name == "My GitHub"
    listed = [profile.id for profile in catalogue]
    assert listed.index("github") < listed.index("acme") < listed.index("zoom")


def test_a_users_broken_file_is_named_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("name = ")
    (tmp_path / "github.toml").write_text('name = "My GitHub"\n')
    (tmp_path / "fine.toml").write_text('name = "Fine"\n[[signing]]\nsignature = "header:X"\nsigned = "{body}"\n')
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    catalogue = load_catalogue([resource_path("providers"), tmp_path])
    assert {problem.what.partition(".toml")[0] for problem in catalogue.problems} == {"broken", "github", "latin"}
    assert catalogue.get("broken") is None
    assert catalogue.get("fine") is not None
    bundled = catalogue.get("github")
    assert bundled is not None
    assert bundled.name == "GitHub"
    assert "latin" not in [profile.id for profile in catalogue]


def test_only_what_is_asked_for_is_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def noted(file: Any) -> Profile | None:
        parsed.append(file.id)
        return parse(file)

    parse = catalogue_module._profile_of
    monkeypatch.setattr(catalogue_module, "_profile_of", noted)
    catalogue = load_catalogue([resource_path("providers"), tmp_path])
    assert parsed == []
    assert catalogue.get("stripe") is catalogue.get("Stripe")
    assert catalogue.get("") is None
    assert "stripe" in catalogue.ids
    assert parsed == ["stripe"]
    told = [profile.id for profile in catalogue.readers]
    assert {"rcs-events", "twilio", "stripe"} <= set(told)
    assert sorted(parsed) == sorted(told)


def test_an_alias_leads_to_its_provider_and_an_own_file_may_take_it(tmp_path: Path) -> None:
    signing = '[[signing]]\nsignature = "header:X"\nsigned = "{body}"\n'
    (tmp_path / "acme.toml").write_text(f'name = "Acme"\naliases = ["acme-pay", "Acme Payments"]\n{signing}')
    catalogue = load_catalogue([tmp_path])
    for name in ("acme", "ACME", "acme_pay", "acme payments", "AcmePayments"):
        profile = catalogue.get(name)
        assert profile is not None
        assert profile.id == "acme"
    assert catalogue.get("acme-bank") is None


def test_event_id_and_name_of_a_provider_without_a_mapping_come_from_where_its_file_says() -> None:
    table = {
        "name": "Acme",
        "event_id": ["header:X-Acme-Id", "meta.id"],
        "event_name": "join:kind action",
        "signing": SIGNING,
    }
    profile = parse_profile("acme", table)
    body = b'{"meta": {"id": "e-7"}, "kind": "order", "action": "paid", "message_id": "m1"}'
    for lines, event_id in (([("X-Acme-Id", "e-8")], "e-8"), ([], "e-7")):
        request = a_request(body, headers=headers_of(lines))
        payload = Payload(request)
        reports = normalise(profile, request, payload)
        assert [(report.kind, report.name, report.event_id) for report in reports] == [
            (Kind.OTHER, "order.paid", event_id)
        ]
        key = dedupe_key(profile, DuplicateRule(), request, payload, reports)
        assert key is not None
        assert key.level is DuplicateLevel.EVENT_ID
        assert key.words == "Same X-Acme-Id"


def test_a_provider_says_what_its_schemes_ask_for_beside_the_secret() -> None:
    field = {"key": "key_id", "label": "Key ID", "help": "Beside the secret.", "optional": True}
    profile = parse_profile("acme", {"name": "Acme", "signing": SIGNING, "field": [field]})
    assert profile.fields == (Field("key_id", "Key ID", "Beside the secret.", True),)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": None}, "acme.toml: name: is missing."),
        ({"nam": "x"}, "acme.toml: nam: is not known"),
        ({"signing": []}, "acme.toml: signing: is missing"),
        ({"signing": {"signature": "header:X"}}, "acme.toml: signing: must be a list of tables."),
        ({"signing": [{"signature": "header:X", "signed": "{body}", "alg": "md2"}]}, "acme.toml: signing.alg: must be"),
        ({"signing": [*SIGNING, {"signed": "{body}"}]}, "acme.toml: signing 2.signature: is missing."),
        ({"field": [{"key": "Key", "label": "x"}]}, "acme.toml: field 1.key: 'Key' must be written in small"),
        ({"field": [{"key": "key"}]}, "acme.toml: field 1.label: is missing."),
        ({"event_id": "a[].b"}, "acme.toml: event_id: 'a[].b' leads to several"),
        ({"aliases": 7}, "acme.toml: aliases: must be a text or a list"),
        ({"answer_limit_s": "5"}, "acme.toml: answer_limit_s: must be a whole number"),
        ({"retries": [1, "2"]}, "acme.toml: retries: must be a list of whole numbers."),
        ({"dedupe": {"composite": ["nope"]}}, "acme.toml: dedupe.composite: 'nope' is none of"),
        ({"report": [{"kind": "other"}]}, "acme.toml: report 1.when: is missing"),
        ({"report": [REPORT, REPORT | {"kind": "message.eaten"}]}, "acme.toml: report 2.kind: 'message.eaten' is none"),
        ({"report": [REPORT | {"text": "a[].b"}]}, "acme.toml: report 1.text: 'a[].b' leads to several"),
        (
            {"report": [REPORT | {"kind": {"from": "a", "values": {"x": "y"}}}]},
            "acme.toml: report 1.kind.values.x: 'y'",
        ),
        ({"report": [REPORT | {"kind": {}}]}, "acme.toml: report 1.kind: must be a kind"),
        ({"report": [REPORT | {"message": "id"}]}, "acme.toml: report 1.message: is not known"),
    ],
)
def test_a_mistake_names_the_file_and_the_key(change: dict[str, Any], said: str) -> None:
    table = {"name": "Acme", "signing": SIGNING} | change
    with pytest.raises(ProviderError) as caught:
        parse_profile("acme", {key: value for key, value in table.items() if value is not None})
    assert str(caught.value).startswith(said)
