"""The keys of SSH servers this program has met, in a file of its own in OpenSSH's form."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

FILE_NAME = "tunnel_known_hosts"
DEFAULT_PORT = 22


class HostKeys:
    """Reads and changes the file; every method blocks for one small read or write."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def known(self, host: str, port: int) -> tuple[str, ...]:
        """Return the keys of a server, each as `ssh-ed25519 AAAA…`; () where it was never met. Raises OSError."""
        name = _name(host, port)
        return tuple(" ".join(words[1:3]) for words in self._entries() if words[0] == name)

    def remember(self, host: str, port: int, key: str) -> None:
        """Add a server's key, given as `ssh-ed25519 AAAA…`. Raises OSError."""
        words = key.split()[:2]
        if " ".join(words) not in self.known(host, port):
            self._write([*self._entries(), [_name(host, port), *words]])

    def forget(self, host: str, port: int) -> None:
        """Remove every key of a server. Raises OSError."""
        name = _name(host, port)
        self._write([words for words in self._entries() if words[0] != name])

    def _entries(self) -> list[list[str]]:
        with contextlib.suppress(FileNotFoundError):
            lines = self._path.read_text("utf-8", "replace").splitlines()
            return [line.split() for line in lines if len(line.split()) >= 3 and not line.startswith("#")]
        return []

    def _write(self, entries: list[list[str]]) -> None:
        draft = self._path.with_suffix(".tmp")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(f"{' '.join(words)}\n" for words in entries)
        os.replace(draft, self._path)


def _name(host: str, port: int) -> str:
    """Return how OpenSSH names a server in known_hosts."""
    return host.lower() if port == DEFAULT_PORT else f"[{host.lower()}]:{port}"
