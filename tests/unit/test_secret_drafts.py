"""Secrets are edited as drafts: replaced with a grace period, named, ended, and never lost by looking."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from inspector.domain.endpoint_secret import SecretRef
from inspector.ui.endpoints import secret_drafts as drafting
from inspector.ui.endpoints.secret_drafts import Drafts
from tests.builders import NOON

MAIN = SecretRef("k1", "Main", NOON, "d41c")
OLD = SecretRef("k2", "Old", NOON, "77f0", NOON + timedelta(hours=3))
VALUES = {"k1": "the main secret", "k2": "the old secret"}


@pytest.fixture
def drafts() -> Drafts:
    return drafting.drafts_of((MAIN, OLD), VALUES)


def values(drafts: Drafts) -> list[str | None]:
    return [draft.value for draft in drafts]


def test_nothing_changed_is_saved_as_it_was(drafts: Drafts) -> None:
    assert drafting.refs_of(drafting.settled(drafts, (MAIN, OLD))) == (MAIN, OLD)
    assert drafting.gained(drafts) == {}


def test_a_replaced_secret_stays_accepted_for_a_while_and_gives_its_name(drafts: Drafts) -> None:
    changed, key = drafting.replaced(drafts, "k1", NOON, 3600)
    changed = drafting.written(changed, key, "  the new secret, pasted\n")
    saved = drafting.settled(changed, (MAIN, OLD))
    assert values(saved) == ["the new secret, pasted", "the old secret", "the main secret"]
    assert [draft.ref.name for draft in saved] == ["Main", "Old", "Main"]
    assert saved[2].ref.until == NOON + timedelta(hours=1)
    assert saved[0].ref.ending == "sted"
    assert drafting.gained(saved) == {key: "the new secret, pasted"}


def test_a_replacement_left_empty_changes_nothing(drafts: Drafts) -> None:
    changed, _key = drafting.replaced(drafts, "k1", NOON, 3600)
    saved = drafting.settled(changed, (MAIN, OLD))
    assert sorted(drafting.refs_of(saved), key=lambda ref: ref.key) == [MAIN, OLD]


def test_an_added_secret_comes_before_those_that_end_and_an_empty_one_is_left_out(drafts: Drafts) -> None:
    changed = drafting.added(drafts, NOON, "another", "Second")
    assert values(changed) == ["the main secret", "another", "the old secret"]
    assert drafting.settled(drafting.added(drafts, NOON), (MAIN, OLD)) == drafts


def test_a_kept_secret_cannot_be_rewritten(drafts: Drafts) -> None:
    with pytest.raises(ValueError, match="kept"):
        drafting.written(drafts, "k1", "other")


def test_names_and_ends_can_be_changed_and_secrets_removed(drafts: Drafts) -> None:
    changed = drafting.renamed(drafts, "k1", "  Shop ")
    changed = drafting.accepted_until(changed, "k2", None)
    assert [(draft.ref.name, draft.ref.until) for draft in changed] == [("Shop", None), ("Old", None)]
    assert values(drafting.removed(changed, "k1")) == ["the old secret"]


def test_only_accepted_secrets_with_a_value_are_tried(drafts: Drafts) -> None:
    lost = drafting.drafts_of((SecretRef("k9", "Lost", NOON), *drafting.refs_of(drafts)), VALUES)
    assert [secret.value for secret in drafting.accepted(lost, NOON)] == ["the main secret", "the old secret"]
    late = NOON + timedelta(hours=3)
    assert [secret.value for secret in drafting.accepted(lost, late)] == ["the main secret"]


def test_a_secret_never_shows_itself_in_a_log(drafts: Drafts) -> None:
    assert "secret" not in repr(drafts)
    assert drafts[0].dots == "••••d41c"


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (NOON + timedelta(hours=3), "Accepted until today 15:00"),
        (NOON + timedelta(hours=21, minutes=12), "Accepted until tomorrow 09:12"),
        (NOON + timedelta(days=7), "Accepted until 8 Mar 12:00"),
        (NOON + timedelta(days=365), "Accepted until 1 Mar 2027 12:00"),
        (NOON - timedelta(hours=1), "Not accepted since today 11:00; explains failures only"),
        (NOON - timedelta(days=1), "Not accepted since yesterday 12:00; explains failures only"),
    ],
)
def test_an_end_is_told_in_words(until: datetime, words: str) -> None:
    assert drafting.end_words(until, NOON) == words
