"""The provider list groups by category, finds by name, header and alias, and asks for what each provider needs."""

from __future__ import annotations

import pytest

from inspector.providers.catalogue import load_catalogue
from inspector.providers.profile import Profile
from inspector.resources import resource_path
from inspector.ui.endpoints.asked_for import asked_for, scheme_words
from inspector.ui.endpoints.provider_rows import NOT_SIGNED, OWN, ProviderRow, listed, row_of

CATALOGUE = load_catalogue([resource_path("providers")])
ROWS = [row_of(profile, own=False) for profile in CATALOGUE]


def found(text: str) -> list[str]:
    return [line.id for line in listed(ROWS, text) if isinstance(line, ProviderRow)]


def provider(id: str) -> Profile:
    profile = CATALOGUE.get(id)
    assert profile is not None
    return profile


def test_every_provider_stands_under_its_category_and_unsigned_last() -> None:
    lines = listed(ROWS)
    shown = [line for line in lines if isinstance(line, ProviderRow)]
    assert len(shown) == len(ROWS) + 1
    assert lines[0] == "RCS"
    assert lines[-1] is NOT_SIGNED
    category = ""
    for line in lines[:-2]:
        if isinstance(line, str):
            category = line
        else:
            assert line.category == category


def test_ones_own_schemes_come_first() -> None:
    mine = row_of(provider("stripe"), own=True)
    lines = listed([*ROWS, mine])
    assert lines[:2] == [OWN, mine]


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("strip", "stripe"),
        ("X-Hub-Signature-256", "github"),
        ("git hub", "github"),
        ("GITHUB", "github"),
        ("unsigned", ""),
    ],
)
def test_a_provider_is_found_by_name_and_by_header(text: str, id: str) -> None:
    assert id in found(text)


def test_whose_name_begins_with_the_text_comes_first_in_its_group() -> None:
    rows = [ProviderRow("a", "About box", "X", "about box"), ProviderRow("b", "Box", "X", "box")]
    assert [line.id for line in listed(rows, "box") if isinstance(line, ProviderRow)] == ["b", "a"]


def test_a_text_nobody_has_finds_nothing() -> None:
    assert listed(ROWS, "zzzz qqqq") == []


@pytest.mark.parametrize("profile", tuple(CATALOGUE), ids=lambda profile: profile.id)
def test_what_a_provider_asks_for_can_be_told(profile: Profile) -> None:
    asked = asked_for(profile)
    assert asked.label
    assert scheme_words(profile).endswith(".")
    assert asked.secret == bool(profile.recipes)
    assert row_of(profile, own=False).title


def test_public_keys_get_several_lines_and_secrets_one() -> None:
    assert asked_for(provider("discord")).several_lines
    assert not asked_for(provider("stripe")).several_lines


def test_providers_that_sign_the_address_say_so_and_those_that_sign_a_time_have_a_limit() -> None:
    assert asked_for(provider("twilio")).address
    assert not asked_for(provider("github")).address
    assert asked_for(provider("stripe")).limit_s == 300
    assert asked_for(provider("github")).limit_s is None


def test_a_scheme_is_told_in_one_sentence() -> None:
    assert scheme_words(provider("github")).startswith(
        "HMAC-SHA256, hex, of the raw body in the header X-Hub-Signature-256"
    )
