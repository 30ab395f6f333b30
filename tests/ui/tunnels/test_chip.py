"""The chip and the address menu of the top bar, on their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from inspector.tunnels.state import TunnelError, TunnelState, TunnelStatus
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.top_bar import AddressChoice, TopBar
from inspector.ui.tunnels.chip import COMPACT_PX, TunnelChip

NOW = datetime(2024, 12, 20, 14, 23, 45, tzinfo=UTC)
LOCAL = AddressChoice("local", "http://127.0.0.1:8787/in/rcs-prod")


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chip(dressed: Theme, qtbot: QtBot, clock: Clock) -> TunnelChip:
    chip = TunnelChip(dressed, Icons(dressed), now=clock)
    qtbot.addWidget(chip)
    chip.show()
    return chip


def test_the_chip_counts_down_to_the_next_try(chip: TunnelChip, clock: Clock, qtbot: QtBot) -> None:
    error = TunnelError("cloudflared ended with code 1.")
    chip.set_state(TunnelState("x", "X", "", TunnelStatus.DOWN, error=error, retry_at=NOW + timedelta(seconds=4)))
    assert chip.accessibleName() == "Tunnel down, retry in 4 s"
    assert chip.toolTip() == "Tunnel down, retry in 4 s. cloudflared ended with code 1."
    clock.now += timedelta(seconds=2)
    qtbot.waitUntil(lambda: chip.accessibleName() == "Tunnel down, retry in 2 s")


@pytest.mark.parametrize("status", list(TunnelStatus))
def test_every_state_is_painted_and_said_in_both_widths(chip: TunnelChip, status: TunnelStatus) -> None:
    chip.set_state(TunnelState("x", "X", "X", status, latency_ms=48.0))
    assert chip.accessibleName()
    assert chip.sizeHint().width() > COMPACT_PX
    assert not chip.grab().isNull()
    chip.set_compact(True)
    assert chip.sizeHint().width() == COMPACT_PX
    assert not chip.grab().isNull()


def test_a_question_is_asked_by_the_chip_itself(chip: TunnelChip, qtbot: QtBot) -> None:
    chip.set_state(TunnelState("x", "X", "X", TunnelStatus.ASKING))
    with qtbot.waitSignal(chip.question_requested):
        chip.click()


def test_the_address_menu_can_turn_the_network_on_and_copy_every_address(dressed: Theme, qtbot: QtBot) -> None:
    bar = TopBar(dressed, Icons(dressed))
    qtbot.addWidget(bar)
    bar.set_addresses([LOCAL], "local")
    rows = {action.text().partition("\t")[0]: action for action in bar.address_menu.actions()}
    with qtbot.waitSignal(bar.network_requested) as wanted:
        rows["Network"].trigger()
    assert wanted.args == [True]
    with qtbot.waitSignal(bar.all_copied_requested):
        rows["Copy all endpoint addresses"].trigger()
    bar.set_addresses([LOCAL, AddressChoice("network", "http://192.0.2.7:8787/in/rcs-prod")], "local")
    rows = {action.text().partition("\t")[0]: action for action in bar.address_menu.actions()}
    with qtbot.waitSignal(bar.kind_chosen) as chosen:
        rows["Network"].trigger()
    assert chosen.args == ["network"]
