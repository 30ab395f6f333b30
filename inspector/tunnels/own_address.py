"""A reverse proxy of the user's own: nothing to start, its address is entered and checked."""

from __future__ import annotations

import asyncio

from inspector.settings import Settings
from inspector.tunnels.addresses import tidy
from inspector.tunnels.kind import Kind, Reporter, Setup, always
from inspector.tunnels.state import TunnelError


async def run(setup: Setup, tell: Reporter) -> None:
    """Take the address as it is; whether it leads here is what the probe tells."""
    url = tidy(setup.settings.tunnel_own_url)
    if not url:
        raise TunnelError("No public address was entered.", "", "Enter the address of your proxy.", lasting=True)
    tell.log(f"Using {url}, which has to lead to {setup.url}.")
    tell.up(url)
    await asyncio.get_running_loop().create_future()


def _missing(settings: Settings) -> str:
    return "" if tidy(settings.tunnel_own_url) else "Enter an address such as https://hooks.example.com."


KIND = Kind(
    key="own",
    title="Own address",
    run=run,
    who=always(""),
    consent="",
    missing=_missing,
    verified=True,
)
