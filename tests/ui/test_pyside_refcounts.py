"""PySide6 gives back every reference it takes to None and True; a version that does not ends in an abort."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel

from tests.ui.loop_helpers import application


class Bell(QObject):
    """Rings.

    Signals:
        rung(): somebody has rung.
    """

    rung = Signal()


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True are immortal from Python 3.12 on")
def test_qt_calls_do_not_lose_references_to_none_and_true() -> None:
    app = application()
    label = QLabel("text")
    bell = Bell()
    rings = 0

    def count() -> None:
        nonlocal rings
        rings += 1

    bell.rung.connect(count)
    before = sys.getrefcount(None), sys.getrefcount(True)
    for _ in range(20_000):
        label.update()
        bell.rung.emit()
    after = sys.getrefcount(None), sys.getrefcount(True)
    app.processEvents()
    assert rings == 20_000
    assert after[0] > before[0] - 1000
    assert after[1] > before[1] - 1000
