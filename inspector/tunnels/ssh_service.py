"""The common shape of public SSH services that print the address they give."""

from __future__ import annotations

import re
from dataclasses import dataclass

from inspector.tunnels.addresses import by_pattern
from inspector.tunnels.kind import Reporter, Setup
from inspector.tunnels.ssh_link import Forward, Server, keep_open


@dataclass(frozen=True, slots=True)
class Service:
    """Where a service is reached, what it is asked for, and how its address looks."""

    host: str
    port: int
    user: str
    remote_port: int
    address: re.Pattern[str]
    command: str = ""


async def open_service(service: Service, setup: Setup, tell: Reporter) -> None:
    """Open a tunnel through a public service; its address is read from whatever it says."""

    told, is_open = "", False

    def on_line(line: str) -> None:
        nonlocal told
        tell.log(line)
        told = by_pattern(service.address, line) or told
        if told and is_open:
            tell.up(told)

    def opened(_port: int) -> None:
        """Some tell the address while signing in, before anything is forwarded."""
        nonlocal is_open
        is_open = True
        if told:
            tell.up(told)

    server = Server(service.host, service.port, service.user, "anyone")
    forward = Forward("", service.remote_port, setup.host, setup.port, session=True, command=service.command)
    await keep_open(server, forward, setup.folder, tell, opened, on_line)
