"""Rules of endpoints from the command line: checked as in the window, kept where the window keeps them."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.cli import main
from inspector.commands.opened import directory_beside
from inspector.domain.access import AccessRule, RateLimit
from inspector.domain.answer import AskHandler
from inspector.domain.endpoint import Endpoint, StorageRule


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder with one endpoint, Shop."""
    monkeypatch.setenv("INSPECTOR_SECRETS", "file")
    folder = tmp_path / "data"
    assert main(["endpoints", "add", "Shop", "--secret", "the first secret", "--data-dir", str(folder)]) == 0
    capsys.readouterr()
    return folder


def changed(folder: Path, *arguments: str) -> Endpoint:
    assert main(["endpoints", "set", "Shop", *arguments, "--data-dir", str(folder)]) == 0
    (endpoint,) = directory_beside(folder).all()
    return endpoint


def test_answers_access_forwarding_and_storage_can_be_set(folder: Path) -> None:
    endpoint = changed(
        folder,
        *("--script", "503, then 200", "--by-kind", "message.failed=500 with X-A: a=b", "--fail", "5"),
        *("--allow", "203.0.113.0/24", "--allow", "::1", "--rate", "100/min", "--method", "post", "--max-body", "2"),
        *("--forward", "http://localhost:5000/x", "--forward-match", "type:failed", "--forward-retry", "0, 5s"),
        *("--keep-days", "30", "--bodies", "drop", "--duplicates", "answer"),
    )
    assert [answer.status for answer in endpoint.answers.script] == [503, 200]
    assert endpoint.answers.by_kind[0].answer.headers[1] == ("X-A", "a=b")
    assert endpoint.answers.on_purpose is not None
    assert endpoint.access == AccessRule(
        allowed=("203.0.113.0/24", "::1"), rate=RateLimit(100, 60), methods=("POST",), max_body_bytes=2 * 1024 * 1024
    )
    (rule,) = endpoint.forwards
    assert (rule.targets, rule.match, rule.schedule) == (("http://localhost:5000/x",), "type:failed", "0, 5s")
    assert endpoint.storage == StorageRule(keep_days=30, keep_bodies=False)
    assert endpoint.duplicates.answer_only


def test_what_is_left_out_stays_and_none_empties(folder: Path) -> None:
    changed(folder, "--ask", "http://localhost:5000/x", "--allow", "::1", "--keep-days", "3")
    endpoint = changed(folder, "--rename", "Shop", "--delay", "20")
    assert endpoint.answers.ask == AskHandler("http://localhost:5000/x")
    assert (endpoint.answers.accepted.delay_ms, endpoint.access.allowed) == (20, ("::1",))
    endpoint = changed(folder, "--ask", "none", "--allow", "none", "--keep-days", "none")
    assert (endpoint.answers.ask, endpoint.access, endpoint.storage) == (None, AccessRule(), StorageRule())


def test_a_password_comes_from_the_environment_and_goes_with_its_user(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PW", "open sesame")
    endpoint = changed(folder, "--user", "me", "--password-env", "PW")
    assert endpoint.access.password is not None
    directory = directory_beside(folder)
    assert directory.values_of(endpoint.id)[endpoint.access.password.key] == "open sesame"
    assert "sesame" not in capsys.readouterr().out
    assert changed(folder, "--keep-days", "3").access.password == endpoint.access.password
    assert changed(folder, "--user", "none").access == AccessRule()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--script", "50x"], "--script cannot be that. “50x” is not understood."),
        (["--allow", "1.2.3"], "--allow cannot be that. “1.2.3” is no address."),
        (["--status", "999"], "--status cannot be 999. Statuses of answers go from 200 to 599."),
        (["--rate", "5/day"], "'5/day' is no rate. Write 50/s, 100/min or 1000/h."),
        (["--by-kind", "message.failed"], "--by-kind cannot be that."),
        (["--forward", "localhost"], "--forward cannot be that. An address starts with http"),
        (["--password-env", "NOT_THERE"], "The environment has no NOT_THERE."),
        (["--user", "me"], "--user cannot be that. Enter a password."),
        ([], "Nothing is to be changed."),
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], why: str
) -> None:
    before = directory_beside(folder).all()
    assert main(["endpoints", "set", "Shop", *arguments, "--data-dir", str(folder)]) == 2
    assert why in capsys.readouterr().err
    assert directory_beside(folder).all() == before
