"""The program's own log: a small rotating file in the data folder, warnings on the terminal."""

from __future__ import annotations

import logging
import logging.handlers
import sys
from pathlib import Path

from inspector.domain.errors import StoreError

FILE_NAME = "inspector.log"
MAX_BYTES = 1_000_000
KEPT_FILES = 2

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class LogFile(logging.handlers.RotatingFileHandler):
    """The file. A line it cannot take (the disk is full) is left out: warnings are on the terminal too."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Keep quiet about the disk, and tell anything else as a bug."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


def start_logging(folder: Path, *, verbose: bool = False) -> Path:
    """Write the log to `folder`/inspector.log and warnings to standard error; return the file's path.

    Bodies, headers and secrets are never logged, so the file can be sent to somebody else. Raises StoreError where the
    folder cannot be used.
    """
    path = folder / FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        to_file = LogFile(path, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
    except OSError as error:
        raise StoreError(
            "The data folder cannot be used.", f"{folder}: {error.strerror}.", "Choose a folder you may write to."
        ) from error
    to_file.setLevel(logging.DEBUG if verbose else logging.INFO)
    to_terminal = logging.StreamHandler(sys.stderr)
    to_terminal.setLevel(logging.INFO if verbose else logging.WARNING)
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for handler in (to_file, to_terminal):
        handler.setFormatter(logging.Formatter(_FORMAT))
        root.addHandler(handler)
    for noisy in ("asyncio", "qasync", "keyring"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return path
