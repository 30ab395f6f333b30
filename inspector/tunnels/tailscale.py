"""Tailscale Funnel in the foreground (tailscale.com/kb/1223/funnel, client 1.52 and later)."""

from __future__ import annotations

import re

from inspector.tunnels.addresses import by_pattern
from inspector.tunnels.helper import run_helper
from inspector.tunnels.kind import Kind, Reporter, Setup, always
from inspector.tunnels.state import TunnelError

_ADDRESS = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)*\.ts\.net(?::\d+)?", re.IGNORECASE)
_ENABLE = re.compile(r"https://login\.tailscale\.com/\S+")


async def run(setup: Setup, tell: Reporter) -> None:
    """Open the funnel."""
    await run_helper("tailscale", [setup.program, "funnel", setup.url], tell, reads, explains=explains)


def reads(line: str) -> str:
    """Return the address in a line; links to the administration pages are none."""
    return by_pattern(_ADDRESS, line)


def explains(line: str) -> TunnelError | None:
    """Return what a refusal of Tailscale means."""
    enable = _ENABLE.search(line)
    if enable is not None:
        return TunnelError("Funnel is not allowed yet.", "", f"Allow it at {enable.group()}.", lasting=True)
    if "Logged out" in line or "NeedsLogin" in line:
        return TunnelError("Tailscale is logged out.", "", "Run `tailscale up`.", lasting=True)
    return None


KIND = Kind(
    key="tailscale",
    title="Tailscale Funnel",
    run=run,
    who=always("Tailscale"),
    consent="Requests to the public address pass through {who}, encrypted as far as this computer; "
    "anybody on the internet can call the address.",
    programs=("tailscale",),
    install="https://tailscale.com/download",
    client_header="X-Forwarded-For",
    asks_for_program=True,
)
