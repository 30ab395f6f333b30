"""Every kind of tunnel, in the order the user sees them."""

from __future__ import annotations

from inspector.tunnels import (
    bore,
    cloudflared,
    command,
    localhost_run,
    ngrok,
    own_address,
    pinggy,
    serveo,
    smee,
    ssh,
    tailscale,
)
from inspector.tunnels.kind import Kind

TUNNELS: tuple[Kind, ...] = (
    cloudflared.KIND,
    ngrok.KIND,
    tailscale.KIND,
    bore.KIND,
    command.KIND,
    ssh.KIND,
    localhost_run.KIND,
    serveo.KIND,
    pinggy.KIND,
    smee.KIND,
    own_address.KIND,
)


def kind_of(key: str) -> Kind | None:
    """Return the kind with this key, or None."""
    return next((kind for kind in TUNNELS if kind.key == key), None)
