"""A provider of one's own: the form and the text are two views of one file, and mistakes are found in it."""

from __future__ import annotations

import math
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.providers.own_scheme import (
    FORM_FIELDS,
    START,
    OwnScheme,
    check,
    hidden_keys,
    id_for,
    id_problem,
    scheme_of,
    table_of,
    text_of,
    with_scheme,
)
from inspector.providers.toml_text import write_toml
from inspector.resources import resource_path

BUNDLED = sorted(resource_path("providers").glob("*.toml"))

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
plain = st.one_of(
    texts, st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.dates(), st.datetimes()
)
values = st.recursive(
    plain,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=12,
)
tables = st.dictionaries(texts, values, max_size=5)

TEXT = """\
# What I found out about my provider.
name = "Mine"
docs = "https://mine.example"

[[signing]]
signature = "header:X-A"
signed = "{body}"
time = { from = "header:X-T", tolerance = 300 }

[[signing]]
signature = "header:X-B"
signed = "{body}"
encoding = "hex"

[[report]]
when = { "event" = true }
[report.kind]
from = "event"
[report.kind.values]
sent = "message.sent"
"""


@given(tables)
def test_what_is_written_is_read_back_equal(table: dict[str, Any]) -> None:
    assert tomllib.loads(write_toml(table)) == table


def test_numbers_that_are_none_are_written_too() -> None:
    read = tomllib.loads(write_toml({"a": math.inf, "b": -math.inf, "c": math.nan}))
    assert (read["a"], read["b"]) == (math.inf, -math.inf)
    assert math.isnan(read["c"])


@given(st.builds(OwnScheme, **dict.fromkeys(FORM_FIELDS, texts)))
def test_the_form_comes_back_from_its_own_text(scheme: OwnScheme) -> None:
    assert scheme_of(tomllib.loads(text_of(scheme))) == scheme


@given(st.builds(OwnScheme, **dict.fromkeys(FORM_FIELDS, texts)), tables)
def test_the_form_keeps_what_it_does_not_show(scheme: OwnScheme, table: dict[str, Any]) -> None:
    changed = with_scheme(table, scheme)
    assert hidden_keys(changed) == tuple(key for key in hidden_keys(table) if key in hidden_keys(changed))
    assert tomllib.loads(write_toml(changed)) == changed
    for key in table:
        if key not in ("signing", *FORM_FIELDS):
            assert changed[key] == table[key]


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_every_bundled_file_survives_the_form_unchanged(path: Any) -> None:
    table = tomllib.loads(path.read_text("utf-8"))
    assert with_scheme(table, scheme_of(table)) == table
    assert tomllib.loads(write_toml(table)) == table
    assert check(path.stem, write_toml(table)).error is None


def test_a_changed_field_reaches_the_file_and_the_second_scheme_stays() -> None:
    table = tomllib.loads(TEXT)
    changed = with_scheme(table, OwnScheme(**{**_shown(table), "encoding": "base64", "tolerance": "60"}))
    assert changed["signing"][0]["encoding"] == "base64"
    assert changed["signing"][0]["time"] == {"from": "header:X-T", "tolerance": 60}
    assert changed["signing"][1] == table["signing"][1]
    assert changed["report"] == table["report"]
    assert hidden_keys(table) == ("report", "1 more [[signing]]")


def test_the_first_of_several_places_is_shown_and_the_others_are_kept() -> None:
    table = {"signing": [{"signature": ["header:A", "header:B"], "signed": "{body}"}]}
    assert scheme_of(table).signature == "header:A"
    changed = with_scheme(table, OwnScheme(**{**_shown(table), "signature": "header:C"}))
    assert changed["signing"][0]["signature"] == ["header:C", "header:B"]


def test_a_new_scheme_is_a_provider_at_once() -> None:
    checked = check("mine", text_of(START))
    assert checked.error is None
    assert checked.profile is not None
    assert (checked.profile.id, checked.profile.recipes[0].signature[0].name) == ("mine", "X-Signature")


@pytest.mark.parametrize(
    ("old", "new", "line", "named"),
    [
        ('name = "Mine"', "name = 3", 2, "name"),
        ('docs = "https://mine.example"', 'doc = "x"', 3, "doc"),
        ('name = "Mine"\n', "", 0, "name: is missing"),
        ('signature = "header:X-A"', 'signature = "X-A"', 6, "signing 1.signature"),
        ('signature = "header:X-A"\n', "", 5, "signing 1.signature: is missing"),
        ('encoding = "hex"', 'encoding = "octal"', 13, "signing 2.encoding"),
        ('from = "header:X-T"', 'form = "header:X-T"', 8, "signing 1.time.form"),
        ("tolerance = 300", 'tolerance = "300"', 8, "signing 1.time.tolerance"),
        ('sent = "message.sent"', 'sent = "message.gone"', 20, "report 1.kind.values.sent"),
        ('name = "Mine"', 'name = "Mine', 2, "cannot be read"),
        ('sent = "message.sent"', 'sent = "message.sent"\n[', 21, "cannot be read"),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, line: int, named: str) -> None:
    assert old in TEXT
    checked = check("mine", TEXT.replace(old, new, 1))
    assert checked.profile is None
    assert checked.error is not None
    assert named in checked.error.what
    assert checked.line == line


def test_a_key_that_holds_a_place_is_found_too() -> None:
    text = TEXT.replace('signed = "{body}"\n', 'signed = "{body}"\nrequire = { "header:X-V.1" = 3 }\n', 1)
    assert check("mine", text).line == 8


@given(st.text(max_size=200))
def test_no_text_breaks_the_check(text: str) -> None:
    checked = check("mine", text)
    assert (checked.profile is None) == (checked.error is not None)
    assert 0 <= checked.line <= text.count("\n") + 1


@given(st.sampled_from(TEXT.splitlines()), st.text(max_size=20), st.integers(0, 30))
def test_no_half_typed_line_breaks_the_check(line: str, typed: str, at: int) -> None:
    checked = check("mine", TEXT.replace(line, line[:at] + typed, 1))
    assert (checked.profile is None) == (checked.error is not None)


def test_a_text_that_is_no_toml_has_no_table() -> None:
    assert table_of("name =") is None
    assert table_of('name = "x"') == {"name": "x"}


@pytest.mark.parametrize(
    ("name", "id"),
    [("My provider", "my-provider"), ("  Ämter & Co.  ", "mter-co"), ("!!!", "provider"), ("x" * 99, "x" * 56)],
)
def test_a_file_is_named_after_its_provider(name: str, id: str) -> None:
    assert id_for(name) == id
    assert id_problem(id) == ""
    assert id_for(name, frozenset({id, f"{id}-2"})) == f"{id}-3"


@pytest.mark.parametrize("id", ["", "A", "a b", "../x", "-a", "a-", "con", "lpt1", "x" * 61, "ä"])
def test_what_cannot_name_a_file_is_refused(id: str) -> None:
    assert id_problem(id)


def _shown(table: dict[str, Any]) -> dict[str, str]:
    scheme = scheme_of(table)
    return {name: getattr(scheme, name) for name in FORM_FIELDS}
