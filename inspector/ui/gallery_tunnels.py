"""The gallery's pictures of the tunnel: up, down, changed, asking, its menu, log, settings and first steps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication, QWidget

from inspector.domain.errors import InspectorError
from inspector.tunnels.state import HostKeyQuestion, Outage, TunnelError, TunnelState, TunnelStatus

if TYPE_CHECKING:
    from inspector.ui.gallery import Stage

SETTLE_S = 0.35
URL = "https://quiet-otter-2214.trycloudflare.com"
STOPPED = TunnelError("cloudflared stopped.", "It said: ERR failed to serve tunnel connection.")


def _state(**changes: Any) -> TunnelState:
    now = datetime.now(UTC)
    base: dict[str, Any] = {
        "kind": "cloudflared",
        "title": "Cloudflare Tunnel",
        "carrier": "Cloudflare",
        "status": TunnelStatus.UP,
        "public_url": URL,
        "since": now - timedelta(hours=2, minutes=14),
        "latency_ms": 48.0,
        "client_header": "CF-Connecting-IP",
    }
    return TunnelState(**{**base, **changes})


def _down(error: InspectorError = STOPPED, wait_s: float | None = 3.9) -> TunnelState:
    now = datetime.now(UTC)
    retry_at = None if wait_s is None else now + timedelta(seconds=wait_s)
    since = now - timedelta(seconds=12)
    return _state(
        status=TunnelStatus.DOWN, latency_ms=None, error=error, retry_at=retry_at, since=since, down_since=since
    )


async def _show(stage: Stage, state: TunnelState) -> None:
    stage.app.tunnels.publish(state)
    await asyncio.sleep(SETTLE_S)


async def up(stage: Stage) -> None:
    """Show the tunnel up, and where it was down before: bands in the list."""
    rows = [stage.window.page.table.model().summary(row) for row in (2, 6)]  # type: ignore[attr-defined]
    for row, seconds, reason in zip(rows, (41, 185), ("the tunnel was down", "the computer slept"), strict=True):
        end = row.received_at + timedelta(milliseconds=1)
        stage.app.tunnels.outages_kept.add(Outage(end - timedelta(seconds=seconds), end, reason))
    await _show(stage, _down())
    stage.window.page.table.select_event(stage.ids[-1])
    await _show(stage, _state())


async def down(stage: Stage) -> None:
    """Show the tunnel down."""
    stage.window.page.table.select_event(stage.ids[-1])
    await _show(stage, _down())


async def changed(stage: Stage) -> None:
    """Show another public address than before."""
    stage.window.page.table.select_event(stage.ids[-1])
    await _show(stage, _state(changed_from="https://brave-fox-11.trycloudflare.com"))


async def offline(stage: Stage) -> None:
    """Show that there is no network."""
    stage.window.page.table.select_event(stage.ids[-1])
    await _show(stage, _state(status=TunnelStatus.NO_NETWORK, latency_ms=None))


async def connecting(stage: Stage) -> None:
    """Show a tunnel that is being opened."""
    await _show(stage, _state(status=TunnelStatus.CONNECTING, public_url="", latency_ms=None))


async def menu(stage: Stage) -> QWidget | None:
    """Show the menu of a running tunnel."""
    await _show(stage, _state())
    stage.window.tunnel.open_menu()
    await asyncio.sleep(SETTLE_S)
    return QApplication.activePopupWidget()


async def start_menu(stage: Stage) -> QWidget | None:
    """Show what can be started."""
    stage.window.tunnel.open_menu()
    await asyncio.sleep(SETTLE_S)
    return QApplication.activePopupWidget()


async def consent(stage: Stage) -> QWidget | None:
    """Ask whether Cloudflare may carry the traffic."""
    stage.window.tunnel.begin("cloudflared")
    return await _dialog()


async def host_key(stage: Stage) -> QWidget | None:
    """Ask whether a server's key is the right one."""
    question = HostKeyQuestion("localhost.run", 22, "ED25519", "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8")
    await _show(stage, _state(kind="localhost.run", status=TunnelStatus.ASKING, public_url="", question=question))
    return await _dialog()


async def log(stage: Stage) -> QWidget | None:
    """Show the log with an outage."""
    journal, now = stage.app.tunnels.journal, datetime.now(UTC)
    for line in (
        "Starting Cloudflare Tunnel.",
        "2024-12-20T14:23:43Z INF Requesting new quick Tunnel on trycloudflare.com...",
        f"2024-12-20T14:23:45Z INF |  {URL}  |",
        f"The public address is {URL}.",
        "2024-12-20T14:23:46Z INF Registered tunnel connection connIndex=0 location=fra03 protocol=quic",
    ):
        journal.add(line)
    stage.app.tunnels.outages_kept.add(
        Outage(now - timedelta(minutes=21), now - timedelta(minutes=18), "the tunnel was down")
    )
    await _show(stage, _state())
    stage.window.tunnel.show_log()
    await asyncio.sleep(SETTLE_S)
    return QApplication.activeWindow()


async def settings(stage: Stage, kind: str) -> QWidget | None:
    """Show the settings page for a kind."""
    stage.app.settings.change(tunnel_kind=kind, tunnel_consents=("Cloudflare",))
    stage.window.commands.open_settings("tunnel")
    return await _dialog()


async def first_run(stage: Stage) -> None:
    """Show the first steps once the programs were looked for."""
    stage.window.tunnel.look()
    await asyncio.sleep(SETTLE_S)


async def first_run_up(stage: Stage) -> None:
    """Show the first steps with a tunnel that is up."""
    await _show(stage, _state())


async def _dialog() -> QWidget | None:
    await asyncio.sleep(SETTLE_S)
    return QApplication.activeModalWidget() or QApplication.activeWindow()
