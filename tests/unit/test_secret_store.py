"""Secrets go to the keyring, or to a file that nobody else can read."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from inspector.domain.errors import InspectorError
from inspector.domain.secret import Secret
from inspector.secret_store import FILE_NAME, FileSecrets, KeyringSecrets, MemorySecrets, SecretStore, open_secret_store


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> SecretStore:
    return MemorySecrets() if request.param == "memory" else FileSecrets(tmp_path)


def test_a_secret_is_kept_replaced_and_forgotten(store: SecretStore) -> None:
    assert store.get("a") is None
    store.put("a", "one")
    store.put("b", "two ü")
    store.put("a", "three")
    assert (store.get("a"), store.get("b")) == ("three", "two ü")
    store.delete("a")
    store.delete("a")
    assert (store.get("a"), store.get("b")) == (None, "two ü")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_the_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    FileSecrets(tmp_path).put("a", "one")
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_a_damaged_file_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("{")
    with pytest.raises(InspectorError, match="cannot be read"):
        FileSecrets(tmp_path).put("a", "one")
    assert (tmp_path / FILE_NAME).read_text() == "{"


def test_a_folder_with_a_secrets_file_keeps_using_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INSPECTOR_SECRETS", raising=False)
    FileSecrets(tmp_path).put("a", "one")
    assert open_secret_store(tmp_path).get("a") == "one"


def test_a_keyring_can_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECTOR_SECRETS", "keyring")
    assert isinstance(open_secret_store(tmp_path), KeyringSecrets)


def test_without_a_working_keyring_a_file_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INSPECTOR_SECRETS", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delitem(sys.modules, "keyring.core", raising=False)
    monkeypatch.delitem(sys.modules, "keyring", raising=False)
    assert open_secret_store(tmp_path).kind == "file"


def test_a_secret_never_shows_itself() -> None:
    assert "hunter2" not in repr(Secret("hunter2", "Current", "ter2"))
