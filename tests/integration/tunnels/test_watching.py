"""Sleep, wake and the start of the program: what is checked again, and what is started by itself."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from inspector.tunnels.port_check import answers
from inspector.tunnels.state import TunnelStatus
from inspector.tunnels.watch import Moment
from tests.integration.tunnels.kit import ENDPOINT, a_desk, a_program
from tests.waiting import until

pytestmark = pytest.mark.asyncio

SCRIPT = 'say("pid " + str(os.getpid()))\nsay("https://a.example.com")\ntime.sleep(600)'


class Clocks:
    """Both clocks as they are, and a wall clock that can be set ahead as sleep does."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> Moment:
        return Moment(time.time() + self.ahead_s, time.monotonic())


async def test_after_sleep_port_and_tunnel_are_checked_again_and_the_time_is_a_blind_one(tmp_path: Path) -> None:
    clocks, checked, woke = Clocks(), asyncio.Event(), list[float]()
    async with a_desk(tmp_path, moment=clocks) as desk:

        async def check() -> None:
            checked.set()

        desk.tunnels.check_port = check
        desk.tunnels.woke.subscribe(woke.append)
        desk.settings.change(tunnel_own_url=desk.receiver.state.inner_url)
        await desk.begin("own")
        await desk.reaches(TunnelStatus.UP)
        made: list[str] = []
        make = desk.receiver.nonces.make
        desk.receiver.nonces.make = lambda: (made.append("probe"), make())[1]  # type: ignore[method-assign]
        clocks.ahead_s = 600.0
        await until(checked.is_set)
        await until(lambda: made)
        assert woke == [pytest.approx(600, abs=2)]
        (outage,) = desk.tunnels.outages()
        assert outage.reason == "the computer slept"
        assert outage.end is not None


async def test_a_receiver_that_still_listens_is_found_and_one_that_does_not_is_missed(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        assert await answers(desk.receiver.state.inner_url)
    assert not await answers("http://127.0.0.1:1")
    assert not await answers("")


async def test_the_tunnel_of_the_last_time_starts_with_the_program_only_where_that_was_asked_for(
    tmp_path: Path,
) -> None:
    program = a_program(tmp_path / "bin", "mine", SCRIPT)
    async with a_desk(tmp_path) as desk:
        desk.settings.change(tunnel_command=f"{program} {{port}}", tunnel_kind="command")
        desk.tunnels.agree("command")
        desk.tunnels.begin([ENDPOINT])
        await asyncio.sleep(0)
        assert desk.tunnels.state.status is TunnelStatus.OFF
        desk.settings.change(tunnel_at_start=True)
        desk.tunnels.begin([ENDPOINT])
        await desk.reaches(TunnelStatus.UP)


async def test_nothing_starts_by_itself_without_consent(tmp_path: Path) -> None:
    program = a_program(tmp_path / "bin", "mine", SCRIPT)
    async with a_desk(tmp_path) as desk:
        command = f"{program} {{port}}"
        desk.settings.change(tunnel_command=command, tunnel_kind="command", tunnel_at_start=True)
        desk.tunnels.begin([ENDPOINT])
        await until(lambda: desk.tunnels.log)
        assert "has not been agreed to" in desk.tunnels.log[0].text
        assert desk.tunnels.state.status is TunnelStatus.OFF
