"""One program instance per data folder: a lock the operating system holds and drops when the process dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from inspector.domain.errors import StoreBusy, StoreError

LOCK_NAME = "inspector.lock"
WRITER_LOCK_NAME = "writer.lock"

if sys.platform == "win32":
    import msvcrt

    # Far behind the process number, which stays readable for others while the byte is locked.
    _LOCKED_BYTE = 1 << 30

    def _take(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FolderLock:
    """The right to be the one instance that works in a folder; held until `release` or the end of the process."""

    def __init__(self, folder: Path, name: str = LOCK_NAME) -> None:
        """Take the lock of `folder`, which must exist. Raises StoreBusy where another instance holds it."""
        path = folder / name
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(
                "The data folder cannot be used.", f"{path}: {error.strerror}.", "Choose a folder you may write to."
            ) from error
        try:
            _take(self._descriptor)
        except OSError as error:
            owner = _owner(self._descriptor)
            os.close(self._descriptor)
            raise StoreBusy(
                "Another window of this program uses the data folder.",
                f"{folder} belongs to process {owner}." if owner else f"It is {folder}.",
                "Use that window, or start with another data folder.",
            ) from error
        try:
            os.ftruncate(self._descriptor, 0)
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, f"{os.getpid()}\n".encode())
        except OSError:
            pass  # a full disk: the number only makes the message above nicer

    def release(self) -> None:
        """Let the next instance in; the file stays, it means nothing by itself."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _owner(descriptor: int) -> str:
    try:
        os.lseek(descriptor, 0, os.SEEK_SET)
        return os.read(descriptor, 20).decode("ascii", "replace").strip()
    except OSError:
        return ""
