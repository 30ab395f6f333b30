"""Secrets and facts of endpoints from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inspector.cli import main


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return a data folder with one endpoint, Shop."""
    folder = tmp_path / "data"
    assert main(["endpoints", "add", "Shop", "--secret", "the first secret", "--data-dir", str(folder)]) == 0
    capsys.readouterr()
    return folder


def told(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["endpoints", *arguments, "--json", "--show-secrets", "--data-dir", str(folder)]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_replaced_secret_stays_accepted_as_long_as_was_said(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEW", "the second secret")
    row = told(folder, capsys, "replace-secret", "Shop", "--secret-env", "NEW", "--secret-name", "Rotated")
    assert row["secrets"] == ["the second secret", "the first secret"]
    assert [(key["name"], key["until"] is None) for key in row["keys"]] == [("Rotated", True), ("", False)]
    row = told(folder, capsys, "replace-secret", "Shop", "--secret", "the third", "--grace-hours", "0")
    assert row["secrets"] == ["the third", "the first secret"]
    assert len(row["keys"]) == 3


def test_which_secret_is_replaced_must_be_clear(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(folder, capsys, "add-secret", "Shop", "--secret", "another one of them", "--secret-name", "Second")
    where = ("--data-dir", str(folder))
    assert main(["endpoints", "replace-secret", "Shop", "--secret", "x", *where]) == 2
    assert "Name one with --old" in capsys.readouterr().err
    row = told(folder, capsys, "replace-secret", "Shop", "--secret", "new", "--old", "Second", "--grace-hours", "0")
    assert row["secrets"] == ["new", "the first secret"]


def test_facts_are_set_listed_and_removed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = told(folder, capsys, "facts", "Shop", "--fact", "audience=https://a.example?x=1", "--fact", "key_id=7")
    assert row["facts"] == {"audience": "https://a.example?x=1", "key_id": "7"}
    assert told(folder, capsys, "facts", "Shop", "--fact", "key_id=")["facts"] == {"audience": "https://a.example?x=1"}
    assert told(folder, capsys)[0]["facts"] == {"audience": "https://a.example?x=1"}
    assert main(["endpoints", "facts", "Shop", "--data-dir", str(folder)]) == 0
    assert "audience https://a.example?x=1" in capsys.readouterr().out


def test_an_endpoint_is_added_with_its_facts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = told(folder, capsys, "add", "Hooks", "--provider", "stripe", "--fact", "account=acct_1")
    assert row["facts"] == {"account": "acct_1"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("add-secret", "Shop"),
        ("add-secret",),
        ("add-secret", "Nobody", "--secret", "x"),
        ("facts", "Shop", "--fact", "audience"),
        ("facts", "Shop", "--fact", "not a name=1"),
        ("replace-secret", "Shop", "--secret", "x", "--grace-hours", "-1"),
        ("replace-secret", "Shop", "--secret", "x", "--old", "nothing"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    before = told(folder, capsys)
    assert main(["endpoints", *arguments, "--data-dir", str(folder)]) == 2
    assert capsys.readouterr().err.startswith("inspector: ")
    assert told(folder, capsys) == before


def test_secrets_are_never_printed_unasked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["endpoints", "add-secret", "Shop", "--secret", "hidden value 1234", "--data-dir", str(folder)]) == 0
    assert main(["endpoints", "--data-dir", str(folder)]) == 0
    assert "hidden value" not in capsys.readouterr().out
