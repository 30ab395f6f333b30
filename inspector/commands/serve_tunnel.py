"""A public address for `inspector serve`: its arguments, and what is printed of it."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from inspector.commands.command import print_error
from inspector.commands.printing import json_line
from inspector.domain.errors import UsageError

if TYPE_CHECKING:
    from inspector.app import App
    from inspector.tunnels.state import HostKeyQuestion, TunnelState

PREFIX = "tunnel_"


def declare_tunnel(parser: argparse.ArgumentParser) -> None:
    """Add the tunnel's arguments."""
    parser.add_argument(
        "--tunnel",
        metavar="KIND",
        help="give the receiver a public address: cloudflared, ngrok, tailscale, bore, command, ssh, localhost.run, "
        "serveo, pinggy, smee or own; naming it agrees that its carrier sees the traffic",
    )
    parser.add_argument(
        "--tunnel-option",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="a setting of the tunnel, which is kept: ssh_host=example.com, command='bore local {port} --to bore.pub', "
        "relay_url=https://smee.io/abc, own_url=https://hooks.example.com …",
    )
    parser.add_argument(
        "--tunnel-host-key", metavar="SHA256:…", default="", help="the key an SSH server has to show the first time"
    )


@asynccontextmanager
async def a_tunnel(
    app: App, options: argparse.Namespace, put: Callable[[str], None], *, as_json: bool
) -> AsyncIterator[None]:
    """Start the tunnel that was asked for, and print what becomes of it. Raises UsageError for unusable arguments."""
    unsubscribe = app.tunnels.changed.subscribe(_Teller(app, options.tunnel_host_key, put, as_json=as_json).tell)
    try:
        if options.tunnel_option:
            app.settings.change(**_changes(app, options.tunnel_option))
        if options.tunnel:
            needed = app.tunnels.consent_needed(options.tunnel)
            if needed is not None:
                print_error(needed.text)
            await app.tunnels.start(options.tunnel, endpoint=next(iter(app.directory.all()), None), agreed=True)
        yield
    finally:
        unsubscribe()


def _changes(app: App, given: list[str]) -> dict[str, Any]:
    """Return the settings that NAME=VALUE arguments mean. Raises UsageError."""
    changes: dict[str, Any] = {}
    for item in given:
        name, sign, value = item.partition("=")
        current = getattr(app.settings.current, PREFIX + name, None)
        if not sign or current is None or isinstance(current, tuple):
            known = sorted(
                name.removeprefix(PREFIX)
                for name in app.settings.current.__slots__
                if name.startswith(PREFIX) and not isinstance(getattr(app.settings.current, name), tuple)
            )
            raise UsageError(
                f"{item!r} is no option of a tunnel.", "", f"Use NAME=VALUE with one of {', '.join(known)}."
            )
        if isinstance(current, bool):
            changes[PREFIX + name] = value.lower() in ("1", "true", "yes", "on")
        elif isinstance(current, int):
            if not value.isdigit():
                raise UsageError(f"{name} takes a number, not {value!r}.")
            changes[PREFIX + name] = int(value)
        else:
            changes[PREFIX + name] = value
    return changes


class _Teller:
    """Prints what changes about the tunnel; another latency alone is no news."""

    def __init__(self, app: App, host_key: str, put: Callable[[str], None], *, as_json: bool) -> None:
        self._app = app
        self._host_key = host_key
        self._put = put
        self._as_json = as_json
        self._last: tuple[Any, ...] = ()

    def tell(self, state: TunnelState) -> None:
        """Print a state if it says something new."""
        news = (state.status, state.public_url, state.changed_from, str(state.error or ""), state.note)
        if news == self._last:
            return
        self._last = news
        if state.question is not None:
            self._answer(state.question)
        self._put(self._as_line(state) if self._as_json else self._as_text(state))

    def _as_line(self, state: TunnelState) -> str:
        told: dict[str, Any] = {"kind": state.kind, "status": state.status.value, "public_url": state.public_url}
        told |= {"error": str(state.error)} if state.error else {}
        told |= {"retry_at": state.retry_at.isoformat()} if state.retry_at else {}
        told |= {"changed_from": state.changed_from} if state.changed_from else {}
        told |= {"note": state.note} if state.note else {}
        if state.question is not None:
            told |= {"host": state.question.host, "fingerprint": state.question.fingerprint}
        return json_line({"tunnel": told, "endpoints": self._addresses()})

    def _as_text(self, state: TunnelState) -> str:
        lines = [f"Tunnel {state.status}{f': {state.public_url}' if state.public_url else ''}"]
        lines += [f"  {state.error}"] if state.error else []
        lines += [f"  The address has changed: it was {state.changed_from}."] if state.changed_from else []
        lines += [f"  {state.note}"] if state.note else []
        if state.alive:
            lines += [f"  {item['name']}: {item['url']}" for item in self._addresses()]
        return "\n".join([*lines, ""])

    def _addresses(self) -> list[dict[str, Any]]:
        return [
            {"id": item.id, "name": item.name, "url": url}
            for item in self._app.directory.all()
            if (url := self._app.tunnels.url_of(item))
        ]

    def _answer(self, question: HostKeyQuestion) -> None:
        """Accept the key that was named and no other."""
        accepted = question.fingerprint == self._host_key
        if not accepted:
            print_error(
                f"{question.host} is new and shows the {question.key_type} key {question.fingerprint}. If that is "
                f"right, start again with --tunnel-host-key {question.fingerprint}"
            )
        self._app.tunnels.answer(accepted)
