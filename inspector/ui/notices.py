"""How the window tells the user something: a toast for news, a toast and the log for what went wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable

from inspector.domain.errors import InspectorError
from inspector.ui.widgets.badges import Tone
from inspector.ui.widgets.toast import ToastContent, Toasts

_log = logging.getLogger(__name__)


class Notices:
    """Words for the user in one place, so that every error looks the same: what happened, why, what to do."""

    def __init__(self, toasts: Toasts) -> None:
        self._toasts = toasts

    def tell(
        self, text: str, icon: str = "info", tone: Tone = "neut", action: tuple[str, Callable[[], object]] | None = None
    ) -> None:
        """Show news; `action` is a link with what it does."""
        self._toasts.put(ToastContent(text, icon, tone, action))

    def error(self, error: InspectorError) -> None:
        """Show an error the user can act on."""
        _log.info("Shown to the user: %s", error)
        self._toasts.put(ToastContent(str(error), "octagon-alert", "fail"))
