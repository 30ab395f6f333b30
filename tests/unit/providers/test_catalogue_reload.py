"""A provider's file that was written, changed or deleted while the program runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.providers.catalogue import Catalogue, load_catalogue
from inspector.providers.own_scheme import START, text_of
from inspector.resources import resource_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def catalogue(folder: Path) -> Catalogue:
    return load_catalogue([resource_path("providers"), folder])


def write(folder: Path, id: str, text: str = "") -> None:
    (folder / f"{id}.toml").write_text(text or text_of(START), "utf-8")


def test_a_new_file_is_a_provider_once_it_is_reloaded(catalogue: Catalogue, folder: Path) -> None:
    before = len(catalogue)
    write(folder, "mine")
    assert catalogue.get("mine") is None
    catalogue.reload("mine")
    assert catalogue.get("MINE") is not None
    assert (len(catalogue), "mine" in catalogue.ids) == (before + 1, True)


def test_a_changed_file_is_read_anew_and_a_deleted_one_is_gone(catalogue: Catalogue, folder: Path) -> None:
    write(folder, "mine")
    catalogue.reload("mine")
    write(folder, "mine", text_of(START).replace("My provider", "Ours").replace("[[", 'aliases = ["us"]\n[[', 1))
    catalogue.reload("mine")
    found = catalogue.get("us")
    assert found is not None
    assert found.name == "Ours"
    (folder / "mine.toml").unlink()
    catalogue.reload("mine")
    assert (catalogue.get("mine"), catalogue.get("us")) == (None, None)


def test_a_mistake_is_told_and_forgotten_when_it_is_corrected(catalogue: Catalogue, folder: Path) -> None:
    write(folder, "mine", "name = 3")
    catalogue.reload("mine")
    assert "mine.toml" in catalogue.problems[0].what
    write(folder, "mine")
    catalogue.reload("mine")
    assert catalogue.problems == ()


def test_the_bundled_provider_is_back_when_ones_own_of_that_name_goes(catalogue: Catalogue, folder: Path) -> None:
    bundled = catalogue.get("stripe")
    assert bundled is not None
    write(folder, "stripe")
    catalogue.reload("stripe")
    own = catalogue.get("stripe")
    assert own is not None
    assert own.name == "My provider"
    (folder / "stripe.toml").unlink()
    catalogue.reload("stripe")
    again = catalogue.get("stripe")
    assert again is not None
    assert again.name == bundled.name
