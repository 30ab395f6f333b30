"""bore: a plain TCP tunnel to bore.pub or a server of the user's own (github.com/ekzhang/bore)."""

from __future__ import annotations

import re

from inspector.settings import Settings
from inspector.tunnels.addresses import tidy
from inspector.tunnels.helper import run_helper
from inspector.tunnels.kind import Kind, Reporter, Setup

SECRET = "tunnel/bore-secret"
"""Under which key the secret store keeps the secret of a guarded server."""

_LISTENING = re.compile(r"listening at (\S+:\d+)")
_REMOTE_PORT = re.compile(r"remote_port[=:]\s*(\d+)")


async def run(setup: Setup, tell: Reporter) -> None:
    """Open the tunnel."""
    server = _server(setup.settings)

    def reads(line: str) -> str:
        if found := _LISTENING.search(line):
            return tidy(f"http://{found.group(1)}")
        found = _REMOTE_PORT.search(line)
        return tidy(f"http://{server}:{found.group(1)}") if found else ""

    secret = await setup.secret(SECRET)
    host = [] if setup.host in ("127.0.0.1", "localhost") else ["--local-host", setup.host]
    argv = [setup.program, "local", str(setup.port), *host, "--to", server]
    await run_helper("bore", argv, tell, reads, environment={"BORE_SECRET": secret} if secret else None)


def _server(settings: Settings) -> str:
    return settings.tunnel_bore_server or "bore.pub"


KIND = Kind(
    key="bore",
    title="bore",
    run=run,
    who=_server,
    consent="Requests to the public address pass through {who}, which can read them. The address is plain http.",
    programs=("bore",),
    install="https://github.com/ekzhang/bore#installation",
    asks_for_program=True,
)
