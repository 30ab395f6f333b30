"""Settings survive a restart, and nothing in the file can keep the program from starting."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspector.domain.errors import UsageError
from inspector.settings import FILE_NAME, Settings, change_settings, load_settings, save_settings


def test_a_folder_without_a_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings()


def test_changes_survive_a_round_trip(tmp_path: Path) -> None:
    changed = change_settings(Settings(), port=9000, theme="dark", confirmed_hosts=("a.example",), mask_recipients=True)
    save_settings(tmp_path, changed)
    assert load_settings(tmp_path) == changed


def test_only_what_differs_from_the_defaults_is_written(tmp_path: Path) -> None:
    save_settings(tmp_path, change_settings(Settings(), port=9000))
    assert json.loads((tmp_path / FILE_NAME).read_text()) == {"port": 9000}


@pytest.mark.parametrize(
    ("name", "value"),
    [("port", 70_000), ("port", -1), ("port", "8787"), ("port", True), ("theme", "pink"), ("targets", "one"),
     ("max_body_bytes", 10), ("mask_recipients", 1)],
)  # fmt: skip
def test_a_value_that_is_not_allowed_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(UsageError):
        change_settings(Settings(), **{name: value})


@pytest.mark.parametrize("content", ["{", "[]", '{"port": 99999, "theme": "dark", "unknown": 1}', "\x00\xff"])
def test_a_damaged_file_keeps_what_can_be_read(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content, "latin-1")
    loaded = load_settings(tmp_path)
    assert loaded.port == 8787
    assert loaded.theme == ("dark" if "dark" in content else "system")


def test_every_setting_has_words(tmp_path: Path) -> None:
    from dataclasses import fields

    assert all(item.metadata["label"] for item in fields(Settings))
