"""Every setting once: default, limits, label and help; dialog, command line and validation derive from it."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, get_type_hints

from inspector.domain.errors import UsageError

FILE_NAME = "settings.json"
MIB = 1024 * 1024

_log = logging.getLogger(__name__)


def setting(
    default: Any,
    label: str,
    help_text: str = "",
    *,
    low: int | None = None,
    high: int | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """Declare one setting: its default, its words, and what it may be (`low` and `high` are inclusive)."""
    return field(default=default, metadata={
        "label": label, "help": help_text, "low": low, "high": high, "choices": choices,
    })  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose; a change makes a new value."""

    port: int = setting(8787, "Port", "The receiver's port; 0 lets the system choose.", low=0, high=65535)
    port_chosen: bool = setting(False, "Port is kept", "The first start settles on a port; later starts keep it.")
    host: str = setting("127.0.0.1", "Listen on", "127.0.0.1 is this computer only; 0.0.0.0 is every network.")
    max_body_bytes: int = setting(32 * MIB, "Largest body", "Larger requests get 413.", low=1024, high=1024 * MIB)
    max_connections: int = setting(
        1000, "Connections at once", "One that is only kept open gives way to a new one.", low=10, high=100_000
    )
    head_limit_s: int = setting(10, "Time for a request's head", "Seconds; slower senders get 408.", low=1, high=600)
    body_limit_s: int = setting(
        60, "Time for a body", "Seconds, and one more for each 16 KiB; slower senders get 408.", low=1, high=3600
    )
    https_mode: str = setting(
        "off", "HTTPS", "Only HTTPS leaves plain HTTP to this program's own helpers.", choices=("off", "beside", "only")
    )
    https_port: int = setting(8443, "HTTPS port", "0 lets the system choose.", low=0, high=65535)
    https_source: str = setting("authority", "Certificate", choices=("authority", "own"))
    https_certificate: str = setting("", "Certificate file", "PEM, with the full chain: your own certificate first.")
    https_key: str = setting("", "Key file", "PEM; empty where the certificate's file holds the key too.")
    https_lowest: str = setting("1.2", "Lowest version of TLS", choices=("1.2", "1.3"))
    theme: str = setting("system", "Theme", choices=("system", "light", "dark"))
    density: str = setting("normal", "Rows", choices=("normal", "compact", "roomy"))
    ui_font: str = setting("inter", "Font", "System is what the desktop uses.", choices=("inter", "system"))
    mono_font: str = setting("", "Fixed-width font", "For payloads, identifiers and times.")
    text_percent: int = setting(
        100, "Text size", "From 90 to 150 per cent; Ctrl with plus and minus does it too.", low=90, high=150
    )
    reduce_motion: bool = setting(False, "Reduce motion", "No fades and no pulses.")
    times: str = setting(
        "local",
        "Times of events",
        "The tip on a time tells date, zone and age. In a search after: and before: mean local time.",
        choices=("local", "utc", "relative"),
    )
    mask_recipients: bool = setting(
        False, "Mask recipients", "The list shows +1415•••0132 instead of the whole number."
    )
    alert_notify: bool = setting(True, "Notify when an alert opens", "While the window is not in front; needs a tray.")
    alert_sound: bool = setting(False, "Sound when an alert opens", "The system's own short signal.")
    close_to_tray: str = setting("ask", "Closing the window", choices=("ask", "yes", "no"))
    shortcuts: tuple[str, ...] = setting((), "Changed shortcuts", "Each as action=keys.")
    storage_gb: int = setting(
        0, "Room for events", "0 is no limit. Above it the oldest events go; starred ones stay.", low=0, high=100_000
    )
    restore_scope: bool = setting(True, "Show the endpoint of last time", "Else all endpoints are shown.")
    pause_mode: str = setting(
        "refuse",
        "While paused",
        "Answer 503, answer 200 and keep nothing, or stop listening.",
        choices=("refuse", "discard", "closed"),
    )
    single_keys: bool = setting(True, "Single-letter keys", "R replays, S stars, while the list has focus.")
    replay_timeout_s: int = setting(30, "Replay time limit", "Seconds a target has to answer.", low=1, high=600)
    confirmed_hosts: tuple[str, ...] = setting((), "Hosts not asked about", "Replays to these need no question.")
    targets: tuple[str, ...] = setting((), "Replay targets", "Addresses used before, newest first.")
    target_options: tuple[str, ...] = setting((), "Target options", "Certificates and Host lines of single targets.")
    recent_searches: tuple[str, ...] = setting((), "Recent searches")
    columns: tuple[str, ...] = setting((), "Columns", "Keys of the optional columns that are shown.")
    diff_ignored: tuple[str, ...] = setting((), "Fields not compared", "Beside the provider's own ids and times.")
    diff_compared: tuple[str, ...] = setting((), "Fields compared all the same", "Ids and times that are told again.")
    sidebar_shown: bool = setting(True, "Sidebar")
    inspector_shown: bool = setting(True, "Inspector")
    inspector_place: str = setting("right", "Inspector stands", choices=("right", "below"))
    window: str = setting("", "Window", "Position and size as the window system keeps them.")
    panes: str = setting("", "Panes", "Widths of sidebar, list and inspector.")
    scope: int = setting(0, "Endpoint shown", "0 is all endpoints.", low=0)
    monitor_span: str = setting("1h", "Range of the monitor", choices=("15m", "1h", "24h", "7d"))
    monitor_measured_at: str = setting(
        "receiver", "Measured at", "Our answers, or those of your handler.", choices=("receiver", "handler")
    )
    last_sample: str = setting("", "Last test event")
    tunnel_kind: str = setting("", "Tunnel", "What gives the receiver a public address.")
    tunnel_at_start: bool = setting(False, "Start with the app", "The tunnel of the last time is started again.")
    tunnel_consents: tuple[str, ...] = setting((), "Carriers agreed to", "These may carry the traffic unasked.")
    tunnel_urls: tuple[str, ...] = setting((), "Last public addresses", "One for each kind, as kind=address.")
    tunnel_programs: tuple[str, ...] = setting((), "Tunnel programs", "Where they lie, as kind=path; else the PATH.")
    tunnel_hostname: str = setting("", "Public host name", "Of a named Cloudflare tunnel.")
    tunnel_ngrok_domain: str = setting("", "ngrok domain", "One that belongs to the account.")
    tunnel_bore_server: str = setting("bore.pub", "bore server")
    tunnel_command: str = setting("", "Own command", "{port} stands for the receiver's port.")
    tunnel_pattern: str = setting("", "Address pattern", "A regular expression; empty takes the first https address.")
    tunnel_ssh_host: str = setting("", "SSH server")
    tunnel_ssh_port: int = setting(22, "SSH port", low=1, high=65535)
    tunnel_ssh_user: str = setting("", "User name")
    tunnel_ssh_sign_in: str = setting("agent", "Sign in with", choices=("agent", "key", "password"))
    tunnel_ssh_key: str = setting("", "Key file")
    tunnel_ssh_bind: str = setting("", "Remote address", "What the server listens on; empty leaves it to the server.")
    tunnel_ssh_remote_port: int = setting(0, "Remote port", "0 lets the server choose.", low=0, high=65535)
    tunnel_ssh_url: str = setting("", "Public address", "Where the server's port is reached; {port} may stand in it.")
    tunnel_relay_url: str = setting("https://smee.io/", "Relay channel", "The channel's address at a smee server.")
    tunnel_endpoint: int = setting(0, "Endpoint of the relay", "A relay's one address leads to it.", low=0)
    tunnel_own_url: str = setting("", "Own public address", "Of a reverse proxy that forwards to this computer.")


def change_settings(settings: Settings, **changes: Any) -> Settings:
    """Return settings with `changes` applied; raises UsageError, naming the setting, where a value is not allowed."""
    hints = get_type_hints(Settings)
    by_name = {item.name: item for item in fields(Settings)}
    checked = {name: _checked(name, value, hints[name], by_name[name].metadata) for name, value in changes.items()}
    return replace(settings, **checked)


def _checked(name: str, value: Any, kind: Any, metadata: Any) -> Any:
    label = metadata["label"]
    if kind == tuple[str, ...]:
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise UsageError(f"{label} cannot be set.", f"{name} takes a list of texts.")
        return tuple(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise UsageError(f"{label} cannot be {value!r}.", f"{name} takes a value of type {kind.__name__}.")
    low, high, choices = metadata["low"], metadata["high"], metadata["choices"]
    if (low is not None and value < low) or (high is not None and value > high):
        raise UsageError(f"{label} cannot be {value}.", "", f"Choose a number from {low} to {high}.")
    if choices and value not in choices:
        raise UsageError(f"{label} cannot be {value!r}.", "", f"Choose one of {', '.join(choices)}.")
    return value


def load_settings(folder: Path) -> Settings:
    """Return the stored settings; whatever is missing, unknown or not allowed keeps its default and is logged."""
    path = folder / FILE_NAME
    try:
        stored = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        _log.warning("The settings file cannot be read and is left out: %s", error)
        return Settings()
    settings = Settings()
    known = {item.name for item in fields(Settings)}
    for name, value in stored.items() if isinstance(stored, dict) else ():
        if name not in known:
            continue
        try:
            settings = change_settings(settings, **{name: value})
        except UsageError as error:
            _log.warning("%s The default stays.", error)
    return settings


def save_settings(folder: Path, settings: Settings) -> None:
    """Write what differs from the defaults, whole or not at all. Raises OSError."""
    defaults = Settings()
    chosen = {
        item.name: getattr(settings, item.name)
        for item in fields(Settings)
        if getattr(settings, item.name) != getattr(defaults, item.name)
    }
    path = folder / FILE_NAME
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(chosen, indent=2, sort_keys=True) + "\n", "utf-8")
    os.replace(draft, path)
