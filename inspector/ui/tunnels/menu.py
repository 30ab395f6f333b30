"""What the tunnel's menu offers, as data, and how it is filled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from inspector.tunnels.kind import Kind
from inspector.tunnels.state import TunnelState, TunnelStatus
from inspector.ui.tunnels.words import menu_caption
from inspector.ui.widgets.menu import Menu

START = "start:"
"""Begins the key of a row that starts a kind; the kind's key follows."""

FIRST = ("cloudflared", "ngrok", "tailscale", "bore")
"""Kinds that stand in the menu itself where their program is there; the others are below More ways."""

NEW_ADDRESS = frozenset({"cloudflared", "localhost.run", "serveo", "pinggy", "bore"})
"""Kinds that usually come back under another address."""


@dataclass(frozen=True, slots=True)
class MenuRow:
    """One row; `reason` tells why it cannot be chosen, `more` puts it below More ways. A key "" is a line."""

    key: str
    text: str = ""
    icon: str = ""
    detail: str = ""
    reason: str = ""
    more: bool = False


LINE = MenuRow("")


def menu_rows(state: TunnelState, kinds: Sequence[Kind], programs: Mapping[str, str]) -> list[MenuRow]:
    """Return the rows; `programs` are the helper programs that were found, by the kind's key."""
    rows = _running_rows(state) if state.wanted else _starting_rows(state, kinds, programs)
    rows += [LINE]
    if state.wanted:
        rows += [MenuRow("doctor", "Nothing arrived?…", "route"), MenuRow("log", "Tunnel log", "scroll-text")]
    return [*rows, MenuRow("settings", "Tunnel settings…", "sliders-horizontal")]


def _running_rows(state: TunnelState) -> list[MenuRow]:
    rows: list[MenuRow] = []
    if state.status is TunnelStatus.ASKING:
        rows.append(MenuRow("answer", "Answer its question…", "key-round"))
    if state.public_url:
        rows.append(MenuRow("copy", "Copy public address", "copy", "Ctrl+Shift+U"))
    if state.status is TunnelStatus.UP:
        rows.append(MenuRow("probe", "Measure now", "timer"))
    detail = "new address" if state.kind in NEW_ADDRESS else ""
    rows.append(MenuRow("restart", "Restart tunnel", "rotate-cw", detail))
    return [*rows, MenuRow("stop", "Stop tunnel", "square")]


def _starting_rows(state: TunnelState, kinds: Sequence[Kind], programs: Mapping[str, str]) -> list[MenuRow]:
    rows: list[MenuRow] = []
    for kind in kinds:
        found = not kind.programs or bool(programs.get(kind.key))
        reason = "" if found else f"{kind.programs[0]} was not found. Get it at {kind.install}"
        more = kind.key not in FIRST or not found
        rows.append(MenuRow(f"{START}{kind.key}", f"Start {kind.title}", "cable", "", reason, more))
    return rows


def fill_menu(
    menu: Menu, state: TunnelState, rows: Sequence[MenuRow], now: datetime, do: Callable[[str], None]
) -> None:
    """Put the rows into a menu; `do` gets the key of the one that is chosen."""
    menu.clear()
    menu.caption(menu_caption(state, now))
    below: Menu | None = None
    for row in rows:
        if not row.key:
            menu.line()
            continue
        if row.more and below is None:
            below = menu.submenu("More ways" if len(menu.actions()) > 1 else "Start", "cable")
        target = below if row.more and below is not None else menu
        target.add(row.text, row.icon, partial(do, row.key), detail=row.detail, reason=row.reason)
