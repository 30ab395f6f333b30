"""A qtbot that waits long enough for a machine that has much else to do."""

from __future__ import annotations

import functools

from pytestqt.qtbot import QtBot

from tests.waiting import PATIENCE_S

_PATIENT = {"timeout": round(PATIENCE_S * 1000)}


class PatientBot(QtBot):
    """pytest-qt's bot, whose own limit is five seconds; each of its waits still ends when what it waits for comes."""

    waitUntil = functools.partialmethod(QtBot.waitUntil, **_PATIENT)
    waitSignal = functools.partialmethod(QtBot.waitSignal, **_PATIENT)
    waitSignals = functools.partialmethod(QtBot.waitSignals, **_PATIENT)
    waitExposed = functools.partialmethod(QtBot.waitExposed, **_PATIENT)
    waitActive = functools.partialmethod(QtBot.waitActive, **_PATIENT)
