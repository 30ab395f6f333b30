"""Files a command writes its outcome to: looked at before anything is done, and written at the end."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from inspector.domain.errors import UsageError


def check_writable(file: Path, endings: Sequence[str] = ()) -> None:
    """Look whether a report can be written, before the work it tells of is done. Raises UsageError.

    `endings` are the kinds there are, each with its dot; none means that the caller has looked at it.
    """
    if endings and file.suffix.lower() not in endings:
        raise UsageError(f"{file} names no kind of report.", "", f"Let it end in one of {', '.join(endings)}.")
    if file.is_dir():
        raise UsageError(f"{file} cannot be written.", "It is a folder.")
    if not file.parent.is_dir():
        raise UsageError(f"{file} cannot be written.", f"There is no folder {file.parent}.")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise UsageError(f"{file} cannot be written.", "Permission denied.")


def write_report(file: Path, text: str) -> None:
    """Write a report. Raises UsageError."""
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written.", f"{error.strerror}.") from error
