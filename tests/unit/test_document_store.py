"""Documents are kept by their address, and survive a restart and a damaged file."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspector.document_store import LARGEST_BYTES, DocumentStore
from inspector.domain.errors import UsageError

URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"


def test_a_document_is_there_at_once_and_after_a_restart(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path / "documents")
    assert URL not in store
    store.put(URL, "-----BEGIN CERTIFICATE-----")
    assert store[URL] == DocumentStore(tmp_path / "documents")[URL] == "-----BEGIN CERTIFICATE-----"
    assert list(store) == [URL]


def test_a_document_that_is_forgotten_is_gone(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path)
    store.put(URL, "text")
    store.forget(URL)
    store.forget(URL)
    assert not store
    assert not DocumentStore(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"url": 1, "text": "x"}', "\xff"])
def test_a_damaged_file_is_left_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "0.json").write_text(text, "latin-1")
    assert not DocumentStore(tmp_path)


def test_what_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too large"):
        DocumentStore(tmp_path).put(URL, "x" * (LARGEST_BYTES + 1))


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError, match="was not kept"):
        DocumentStore(tmp_path / "file" / "documents").put(URL, "x")
