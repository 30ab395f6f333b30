"""localhost.run: a public https address over SSH without an account (localhost.run/docs)."""

from __future__ import annotations

import re

from inspector.tunnels.kind import READS_ALL, Kind, Reporter, Setup, always
from inspector.tunnels.ssh_service import Service, open_service

SERVICE = Service(
    host="localhost.run",
    port=22,
    user="nokey",
    remote_port=80,
    address=re.compile(
        r"https://(?!admin\.|www\.)[a-z0-9-]+\.(?:lhr\.(?:life|rocks|pro)|lhrtunnel\.link|localhost\.run)"
    ),
)


async def run(setup: Setup, tell: Reporter) -> None:
    """Open the tunnel."""
    await open_service(SERVICE, setup, tell)


KIND = Kind(
    key="localhost.run",
    title="localhost.run",
    run=run,
    who=always("localhost.run"),
    consent=READS_ALL,
)
