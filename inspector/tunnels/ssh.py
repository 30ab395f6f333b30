"""A port of the user's own server, forwarded here over SSH."""

from __future__ import annotations

import getpass

from inspector.settings import Settings
from inspector.tunnels.addresses import tidy
from inspector.tunnels.kind import Kind, Reporter, Setup
from inspector.tunnels.ssh_link import Forward, Server, keep_open

PASSWORD = "tunnel/ssh-password"
PASSPHRASE = "tunnel/ssh-passphrase"
"""Under which keys the secret store keeps the password, and the passphrase of the key file."""


async def run(setup: Setup, tell: Reporter) -> None:
    """Open the tunnel."""
    settings = setup.settings
    secret = ""
    if settings.tunnel_ssh_sign_in != "agent":
        secret = await setup.secret(PASSWORD if settings.tunnel_ssh_sign_in == "password" else PASSPHRASE) or ""
    server = Server(
        settings.tunnel_ssh_host.strip(),
        settings.tunnel_ssh_port,
        settings.tunnel_ssh_user.strip() or getpass.getuser(),
        settings.tunnel_ssh_sign_in,
        settings.tunnel_ssh_key,
        secret,
    )
    forward = Forward(settings.tunnel_ssh_bind, settings.tunnel_ssh_remote_port, setup.host, setup.port)
    await keep_open(
        server,
        forward,
        setup.folder,
        tell,
        lambda port: tell.up(public_url(settings, port)),
        tell.log,
    )


def public_url(settings: Settings, port: int) -> str:
    """Return the address of the server's port: as the user wrote it, else scheme, host and port."""
    if settings.tunnel_ssh_url:
        return tidy(settings.tunnel_ssh_url.replace("{port}", str(port)))
    host = settings.tunnel_ssh_host.strip()
    return tidy(f"http://{f'[{host}]' if ':' in host else host}:{port}")


def _missing(settings: Settings) -> str:
    if not settings.tunnel_ssh_host.strip():
        return "Enter the name of your SSH server."
    if settings.tunnel_ssh_sign_in == "key" and not settings.tunnel_ssh_key:
        return "Choose the key file to sign in with."
    if settings.tunnel_ssh_url and not public_url(settings, 1):
        return "The public address has to begin with http:// or https://."
    return ""


KIND = Kind(
    key="ssh",
    title="SSH, own server",
    run=run,
    who=lambda settings: settings.tunnel_ssh_host.strip() or "your SSH server",
    consent="Requests to the public address pass through {who}, which can read them unless they are encrypted "
    "as far as this computer.",
    missing=_missing,
)
