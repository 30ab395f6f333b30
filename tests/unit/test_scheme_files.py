"""Own providers are files: written whole, renamed, deleted, imported under a free name."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.domain.errors import UsageError
from inspector.ui.endpoints.scheme_files import LARGEST_BYTES, SchemeFiles

TEXT = 'name = "Ämter"\r\n'


@pytest.fixture
def files(tmp_path: Path) -> SchemeFiles:
    return SchemeFiles(tmp_path / "providers")


def test_what_is_saved_is_read_and_nothing_else_is_left_behind(files: SchemeFiles) -> None:
    assert files.ids() == frozenset()
    files.save("mine", TEXT.replace("\r", ""))
    assert files.read("mine") == TEXT.replace("\r", "")
    assert [path.name for path in files.folder.iterdir()] == ["mine.toml"]


def test_a_renamed_scheme_leaves_no_file_of_its_old_name(files: SchemeFiles) -> None:
    files.save("mine", "a = 1\n")
    files.save("ours", "a = 2\n", before="mine")
    assert files.ids() == frozenset({"ours"})


def test_a_deleted_scheme_is_gone_and_may_be_deleted_twice(files: SchemeFiles) -> None:
    files.save("mine", "a = 1\n")
    files.delete("mine")
    files.delete("mine")
    assert files.ids() == frozenset()


def test_an_imported_file_gets_a_free_name_and_is_not_saved_yet(files: SchemeFiles, tmp_path: Path) -> None:
    files.save("my-shop", "a = 1\n")
    elsewhere = tmp_path / "My Shop.toml"
    elsewhere.write_text("b = 2\n")
    assert files.import_from(elsewhere) == ("my-shop-2", "b = 2\n")
    assert files.ids() == frozenset({"my-shop"})


def test_what_is_no_definition_is_refused_in_words(files: SchemeFiles, tmp_path: Path) -> None:
    picture, large = tmp_path / "picture.toml", tmp_path / "large.toml"
    picture.write_bytes(b"\xff\xd8\xff")
    large.write_bytes(b"#" * (LARGEST_BYTES + 1))
    for path, why in ((picture, "no text"), (large, "too large"), (tmp_path / "none.toml", "cannot be read")):
        with pytest.raises(UsageError, match=why):
            files.import_from(path)


def test_a_folder_that_cannot_be_written_is_told(files: SchemeFiles) -> None:
    files.folder.write_text("a file where the folder should be")
    with pytest.raises(UsageError, match="was not saved"):
        files.save("mine", "a = 1\n")
