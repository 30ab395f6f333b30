"""Serveo: a public https address over SSH (serveo.net)."""

from __future__ import annotations

import re

from inspector.tunnels.kind import READS_ALL, Kind, Reporter, Setup, always
from inspector.tunnels.ssh_service import Service, open_service

SERVICE = Service(
    host="serveo.net",
    port=22,
    user="inspector",
    remote_port=80,
    address=re.compile(r"(?<=traffic from )https://[a-z0-9.-]+|https://[a-z0-9-]+\.serveo(?:usercontent\.com|\.net)"),
)


async def run(setup: Setup, tell: Reporter) -> None:
    """Open the tunnel."""
    await open_service(SERVICE, setup, tell)


KIND = Kind(
    key="serveo",
    title="Serveo",
    run=run,
    who=always("Serveo"),
    consent=READS_ALL,
)
