"""New ids keep the form of the old ones and stay consistent."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.replay.new_ids import NewIds


@pytest.mark.parametrize(
    ("old", "form"),
    [
        ("msg_8f31c07a", r"msg_[0-9a-f]{8}"),
        (
            "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        ),
        ("12904567321", r"[1-9]\d{10}"),
        ("evt_1NG8Du2eZvKYlo2CUI79vXWy", r"evt_[0-9A-Za-z]{24}"),
        ("01HV9Z3K8Q5RSTVWXY", r"[0-9A-HJKMNP-TV-Z]{18}"),
        ("SM1f0e8ae6ade43cb3c0ce4525424e404f", r"[A-Z]{2}[0-9a-z]{32}"),
    ],
)
def test_a_new_id_has_the_form_of_the_old(old: str, form: str) -> None:
    new = NewIds("seed").of(old)
    assert re.fullmatch(form, new)
    assert new != old


def test_the_same_id_gets_the_same_new_id_and_the_same_seed_repeats_it() -> None:
    ids = NewIds("seed")
    assert ids.of("msg_8f31c07a") == ids.of("msg_8f31c07a") == NewIds("seed").of("msg_8f31c07a")
    assert ids.of("msg_8f31c07a") != NewIds("other").of("msg_8f31c07a")


@given(st.lists(st.text("abc123_-.", min_size=3), unique=True))
def test_different_ids_stay_different(olds: list[str]) -> None:
    ids = NewIds("seed")
    news = [ids.of(old) for old in olds]
    changed = [new for old, new in zip(olds, news, strict=True) if new != old]
    assert len(set(changed)) == len(changed)
    assert all(len(new) == len(old) for old, new in zip(olds, news, strict=True))
