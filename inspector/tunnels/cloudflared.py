"""Cloudflare's tunnel: a quick one without an account, or a named one with its token.

Flags and messages: developers.cloudflare.com, "Quick Tunnels" and "Run parameters"; cloudflared's own log lines.
"""

from __future__ import annotations

import os
import re

from inspector.tunnels.addresses import by_pattern, tidy
from inspector.tunnels.helper import run_helper
from inspector.tunnels.kind import READS_ALL, Kind, Reporter, Setup, always
from inspector.tunnels.state import TunnelError

TOKEN = "tunnel/cloudflared-token"
"""Under which key the secret store keeps the token of a named tunnel."""

SETTLE_S = 6.0
"""Who asks for the name of a quick tunnel before it is known is told so for minutes afterwards: resolvers remember."""

_QUICK = re.compile(r"https://(?!api\.)[a-z0-9-]+\.trycloudflare\.com")
_REGISTERED = re.compile(r"Registered tunnel connection|Connection [0-9a-f-]+ registered")
_HOSTNAME = re.compile(r'\\?"hostname\\?":\s*\\?"([A-Za-z0-9.-]+)\\?"')
_REFUSED = (
    "Provided Tunnel token is not valid",
    "Unauthorized: Invalid tunnel secret",
    "Unauthorized: Tunnel not found",
)


async def run(setup: Setup, tell: Reporter) -> None:
    """Open the tunnel: a named one where a token is stored, else a quick one."""
    token = await setup.secret(TOKEN)
    if token:
        await _named(setup, tell, token)
        return
    argv = [setup.program, "tunnel", "--no-autoupdate", "--config", os.devnull, "--url", setup.url]
    await run_helper("cloudflared", argv, tell, lambda line: by_pattern(_QUICK, line))


async def _named(setup: Setup, tell: Reporter, token: str) -> None:
    """Run a named tunnel. Its token goes by the environment: arguments can be read by every user of the computer."""
    found = {"url": tidy(f"https://{setup.settings.tunnel_hostname}") if setup.settings.tunnel_hostname else ""}
    connected = {"yes": False}

    def reads(line: str) -> str:
        if not setup.settings.tunnel_hostname and (named := _HOSTNAME.search(line)):
            found["url"] = tidy(f"https://{named.group(1)}")
        connected["yes"] = connected["yes"] or _REGISTERED.search(line) is not None
        return found["url"] if connected["yes"] else ""

    argv = [setup.program, "tunnel", "--no-autoupdate", "run"]
    await run_helper("cloudflared", argv, tell, reads, explains=_explains, environment={"TUNNEL_TOKEN": token})


def _explains(line: str) -> TunnelError | None:
    if any(words in line for words in _REFUSED):
        return TunnelError(
            "Cloudflare does not know this tunnel.", "The token was refused.", "Copy the token again.", lasting=True
        )
    return None


KIND = Kind(
    key="cloudflared",
    title="Cloudflare Tunnel",
    run=run,
    who=always("Cloudflare"),
    consent=READS_ALL,
    programs=("cloudflared",),
    install="https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/downloads/",
    client_header="CF-Connecting-IP",
    asks_for_program=True,
    settle_s=SETTLE_S,
)
