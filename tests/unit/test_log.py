"""The program's own log: what it cannot write harms nobody."""

from __future__ import annotations

import contextlib
import errno
import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.log import LogFile


class FullDisk(io.StringIO):
    """Takes nothing."""

    def write(self, _text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[tuple[logging.Logger, LogFile]]:
    handler = LogFile(tmp_path / "inspector.log", encoding="utf-8")
    logger = logging.Logger("of this test")
    logger.addHandler(handler)
    yield logger, handler
    handler.close()


def test_a_line_for_which_the_disk_has_no_room_is_left_out_in_silence(
    log: tuple[logging.Logger, LogFile], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logger, handler = log
    there = handler.stream
    handler.stream = FullDisk()  # type: ignore[assignment]  # all that is asked of it is write and flush
    logger.warning("lost")
    handler.stream = there
    logger.warning("kept")
    assert capsys.readouterr().err == ""
    assert (tmp_path / "inspector.log").read_text("utf-8") == "kept\n"


def test_a_line_that_was_written_wrongly_is_told(
    log: tuple[logging.Logger, LogFile], capsys: pytest.CaptureFixture[str]
) -> None:
    logger, _handler = log
    with contextlib.suppress(TypeError):
        logger.warning("%d events", "many")
    assert "many" in capsys.readouterr().err
