"""Events that are answered by hand: the banner that says how many wait, and the window that answers them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer

from inspector.app import App
from inspector.domain.event import EventId
from inspector.ui.page_head import EVENTS
from inspector.ui.widgets.banner import BannerContent

if TYPE_CHECKING:
    from inspector.receiver.by_hand import Held
    from inspector.ui.by_hand.window import ByHandWindow
    from inspector.ui.main_window import MainWindow

KEY = "by_hand"
GATHER_MS = 50
"""So long events that come together are gathered, so that a burst is one change."""

TICK_MS = 1000


class ByHandControl:
    """The window opens by itself without taking the focus; once it was closed, only the banner asks."""

    def __init__(self, window: MainWindow, app: App) -> None:
        self._window, self._app = window, app
        self.dialog: ByHandWindow | None = None
        self._closed_by_user = False
        self._dismissed: set[EventId] = set()
        self._gather = QTimer(window, singleShot=True, interval=GATHER_MS)
        self._gather.timeout.connect(self.update)
        self._tick = QTimer(window, interval=TICK_MS)
        self._tick.timeout.connect(self._show_banner)
        self._unsubscribe = app.receiver.late.by_hand.waiting.subscribe(self._on_waiting)
        window.banners.dismissed.connect(self._on_dismissed)

    def close(self) -> None:
        """Stop listening."""
        self._gather.stop()
        self._tick.stop()
        self._unsubscribe()

    @property
    def held(self) -> tuple[Held, ...]:
        """What waits now, oldest first."""
        return self._app.receiver.late.by_hand.held

    def open(self) -> None:
        """Show the window and give it the focus."""
        self._closed_by_user = False
        self._show_dialog()
        if self.dialog is not None:
            self.dialog.raise_()
            self.dialog.activateWindow()
        self._show_banner()

    def update(self) -> None:
        """Show what waits now."""
        held = self.held
        if self.dialog is not None:
            self.dialog.show_held(held)
        elif held and not self._closed_by_user and self._window.isActiveWindow():
            self._show_dialog(quietly=True)
        if held:
            self._tick.start()
        else:
            self._tick.stop()
            self._dismissed.clear()
        self._show_banner()

    def _on_waiting(self, _held: Sequence[Held]) -> None:
        if not self._gather.isActive():
            self._gather.start()

    def _show_dialog(self, *, quietly: bool = False) -> None:
        from inspector.ui.by_hand.window import ByHandWindow, Desk

        app, window = self._app, self._window
        if self.dialog is None:
            desk = Desk(app.store.page, app.receiver.late.by_hand.answer, self._name, self._masked)
            self.dialog = ByHandWindow(window.theme, window.icons, desk, window)
            self.dialog.event_wanted.connect(self._show_event)
            self.dialog.settings_wanted.connect(lambda: window.endpoints.open_settings(section="answer"))
            self.dialog.gone.connect(self._gone)
            self.dialog.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, quietly)
        self.dialog.show_held(self.held)
        self.dialog.show()

    def _gone(self) -> None:
        self._closed_by_user = True
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
        self._show_banner()

    def _show_banner(self) -> None:
        held, banners = self.held, self._window.banners
        if not held or self.dialog is not None or all(item.event_id in self._dismissed for item in held):
            banners.remove(KEY)
            return
        from inspector.ui.by_hand.words import count_words, fallback_words

        banners.put(
            BannerContent(KEY, "warn", "hand", count_words(len(held)), fallback_words(held), (("Open", self.open),))
        )

    def _on_dismissed(self, key: str) -> None:
        if key == KEY:
            self._dismissed |= {item.event_id for item in self.held}

    def _name(self, held: Held) -> str:
        resolved = self._app.directory.by_id(held.endpoint_id) if held.endpoint_id is not None else None
        return resolved.endpoint.name if resolved is not None else ""

    def _masked(self, held: Held) -> bool:
        resolved = self._app.directory.by_id(held.endpoint_id) if held.endpoint_id is not None else None
        own = resolved is not None and resolved.endpoint.storage.mask_recipients
        return own or self._app.settings.current.mask_recipients

    def _show_event(self, event_id: EventId) -> None:
        window = self._window
        window.head.tabs.set_current(EVENTS)
        window.events.open(event_id)
        window.to_front()
