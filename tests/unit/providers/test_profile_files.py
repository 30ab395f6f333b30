"""Provider files: a user's own win, and every mistake names the file and the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inspector.domain.errors import ProviderError
from inspector.providers.catalogue import load_catalogue
from inspector.providers.profile import parse_profile
from inspector.resources import resource_path

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
    assert [profile.id for profile in catalogue][-1] == "acme"


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("name = ")
    with pytest.raises(ProviderError, match=r"broken\.toml cannot be read"):
        load_catalogue([tmp_path])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": None}, "acme.toml: name: is missing."),
        ({"nam": "x"}, "acme.toml: nam: is not known"),
        ({"signing": []}, "acme.toml: signing: is missing"),
        ({"signing": {"signature": "header:X"}}, "acme.toml: signing: must be a list of tables."),
        ({"signing": [{"signature": "header:X", "signed": "{body}", "alg": "md2"}]}, "acme.toml: signing.alg: must be"),
        ({"signing": [*SIGNING, {"signed": "{body}"}]}, "acme.toml: signing 2.signature: is missing."),
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
