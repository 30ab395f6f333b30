"""The question that names who carries the traffic; nothing is started without its answer."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from inspector.tunnels.tunnels import Tunnels
from inspector.ui.dialogs.question import Question, ask
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme


async def agreed(theme: Theme, icons: Icons, tunnels: Tunnels, key: str, parent: QWidget) -> bool:
    """Ask about a kind's carrier unless that was agreed to before; returns whether the kind may be started."""
    needed = tunnels.consent_needed(key)
    if needed is None:
        return True
    question = Question(theme, icons, f"Let {needed.who} carry your events?", needed.text, "Start tunnel", parent)
    if await ask(question) is None:
        return False
    tunnels.agree(key)
    return True
