"""Pinggy: a public https address over SSH on port 443; without an account it ends after an hour (pinggy.io/docs)."""

from __future__ import annotations

import re

from inspector.tunnels.kind import READS_ALL, Kind, Reporter, Setup, always
from inspector.tunnels.ssh_service import Service, open_service

SERVICE = Service(
    host="free.pinggy.io",
    port=443,
    user="inspector",
    remote_port=0,
    address=re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:pinggy\.(?:link|online)|pinggy-free\.link)"),
)


async def run(setup: Setup, tell: Reporter) -> None:
    """Open the tunnel."""
    await open_service(SERVICE, setup, tell)


KIND = Kind(
    key="pinggy",
    title="Pinggy",
    run=run,
    who=always("Pinggy"),
    consent=READS_ALL + " Without an account the address ends after an hour.",
)
