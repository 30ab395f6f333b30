"""Certificates and key sets by their address, in files of the data folder: fetched or pasted once, then at hand."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from inspector.domain.errors import UsageError

FOLDER = "documents"
LARGEST_BYTES = 64 * 1024
"""A certificate chain or a key set has a few kilobytes."""


class DocumentStore(Mapping[str, str]):
    """A live mapping of addresses to texts: what is put in shows at once wherever it was handed out."""

    def __init__(self, folder: Path) -> None:
        """Read what `folder` holds; it is made when the first document is kept."""
        self._folder = folder
        self._texts: dict[str, str] = {}
        for path in sorted(folder.glob("*.json")):
            document = _read(path)
            if document is not None:
                self._texts[document[0]] = document[1]

    def __getitem__(self, url: str) -> str:
        return self._texts[url]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def put(self, url: str, text: str) -> None:
        """Keep a document. Raises UsageError where it is too large, or cannot be written."""
        if len(text.encode("utf-8", "surrogatepass")) > LARGEST_BYTES:
            raise UsageError(
                "This document is too large.", f"A certificate or key set has less than {LARGEST_BYTES // 1024} KiB."
            )
        path = self._path(url)
        draft = path.with_suffix(".tmp")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps({"url": url, "text": text}), "utf-8")
            os.replace(draft, path)
        except OSError as error:
            raise UsageError("The document was not kept.", f"{error.strerror or error}.", "Try again.") from error
        self._texts[url] = text

    def forget(self, url: str) -> None:
        """Remove a document; nothing happens where there is none."""
        self._texts.pop(url, None)
        self._path(url).unlink(missing_ok=True)

    def _path(self, url: str) -> Path:
        return self._folder / f"{hashlib.sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.json"


def _read(path: Path) -> tuple[str, str] | None:
    """Return address and text of a file; None for one that is damaged, which is then asked for again."""
    try:
        if path.stat().st_size > 8 * LARGEST_BYTES:
            return None
        document = json.loads(path.read_text("utf-8"))
        url, text = document["url"], document["text"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return (url, text) if isinstance(url, str) and isinstance(text, str) else None
