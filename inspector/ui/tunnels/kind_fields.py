"""What each kind of tunnel needs to know, as rows of the settings page."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.tunnels.bore import SECRET as BORE_SECRET
from inspector.tunnels.cloudflared import TOKEN


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One row of a kind: a text setting, or a secret under its key in the secret store."""

    label: str
    setting: str = ""
    secret: str = ""
    placeholder: str = ""
    hint: str = ""


KIND_FIELDS: dict[str, tuple[FieldSpec, ...]] = {
    "cloudflared": (
        FieldSpec("Token", secret=TOKEN, hint="Of a named tunnel; empty makes a quick one without an account."),
        FieldSpec(
            "Host name",
            "tunnel_hostname",
            placeholder="hooks.example.com",
            hint="Of the named tunnel; empty reads it from cloudflared.",
        ),
    ),
    "ngrok": (
        FieldSpec(
            "Domain",
            "tunnel_ngrok_domain",
            placeholder="hooks.ngrok.app",
            hint="One that belongs to your account; empty takes what ngrok gives.",
        ),
    ),
    "bore": (
        FieldSpec("Server", "tunnel_bore_server", placeholder="bore.pub"),
        FieldSpec("Secret", secret=BORE_SECRET, hint="Only for a server that asks for one."),
    ),
    "command": (
        FieldSpec(
            "Command",
            "tunnel_command",
            placeholder="lt --port {port}",
            hint="{port} stands for the receiver’s port. No shell reads it; quotes group words.",
        ),
        FieldSpec(
            "Address pattern",
            "tunnel_pattern",
            placeholder=r"url: (\S+)",
            hint="A regular expression for the line with the address; empty takes the first https address.",
        ),
    ),
    "smee": (
        FieldSpec(
            "Channel",
            "tunnel_relay_url",
            placeholder="https://smee.io/a1B2c3D4e5F6g7H8",
            hint="It leads to the endpoint in view when the tunnel starts. A new one is made at the same server.",
        ),
    ),
    "own": (
        FieldSpec(
            "Public address",
            "tunnel_own_url",
            placeholder="https://hooks.example.com",
            hint="Of a reverse proxy of yours; whether it leads here is checked every 30 seconds.",
        ),
    ),
}
