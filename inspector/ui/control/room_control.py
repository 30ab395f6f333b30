"""Room for events and window: the banners of a full and of a nearly full disk, and deleting old events from there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from inspector.app import App
from inspector.domain.errors import StoreError, StoreFull
from inspector.store.room import Room
from inspector.store.room_words import low_words, trouble_words
from inspector.ui.dialogs.question import Question, ask
from inspector.ui.widgets.banner import BannerContent

if TYPE_CHECKING:
    from inspector.settings import Settings
    from inspector.ui.main_window import MainWindow

DISK, ROOM = "disk", "room"

TELL_MS = 250
"""The count of held events is shown anew so often: on a full disk every event changes it."""

DAYS = 7
"""What the banner of a full disk offers to delete: events older than this."""

OTHER_DAYS = (30, 7, 1)
"""What is offered before the disk is full: the first of these ages of which there are events."""


class RoomControl:
    """Keeps the two banners true. The red one stays as long as the disk is full, the amber one until it is closed."""

    def __init__(self, window: MainWindow, app: App, show_folder: Callable[[str], None]) -> None:
        self._window, self._app, self._show_folder = window, app, show_folder
        self._most_bytes = app.store.retention.most_bytes
        self._is_closed = False
        self._deleting = False
        self._clock = QTimer(window, singleShot=True, interval=TELL_MS)
        self._clock.timeout.connect(self.update)
        window.banners.dismissed.connect(self._on_dismissed)
        self._unsubscribe = (
            app.store.trouble.subscribe(self._on_trouble),
            app.store.room.changed.subscribe(lambda _room: self.update()),
            app.settings.changed.subscribe(self._on_settings),
        )

    def start(self) -> None:
        """Show what is so already."""
        self.update()

    def close(self) -> None:
        """Stop listening."""
        self._clock.stop()
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def update(self) -> None:
        """Show what is so now."""
        banners, store = self._window.banners, self._app.store
        if store.in_trouble is None:
            banners.remove(DISK)
        else:
            banners.put(self._full_banner(store.in_trouble))
        room = store.room.now
        if room is None or not room.is_low or self._is_closed or store.in_trouble is not None:
            banners.remove(ROOM)
        else:
            banners.put(self._low_banner(room))

    def delete_old(self) -> None:
        """Ask, and delete the events of the first age there are any of."""
        self._delete(OTHER_DAYS)

    def _full_banner(self, error: StoreError) -> BannerContent:
        title, text = trouble_words(error, self._app.store.held)
        if not isinstance(error, StoreFull):
            return BannerContent(DISK, "fail", "hard-drive", title, text)
        actions = ((f"Delete events older than {DAYS} days", self._delete_week), ("Show folder", self._open_folder))
        return BannerContent(DISK, "fail", "hard-drive", title, text, actions)

    def _low_banner(self, room: Room) -> BannerContent:
        title, text = low_words(room)
        return BannerContent(ROOM, "warn", "hard-drive", title, text, (("Delete old events…", self.delete_old),))

    def _delete_week(self) -> None:
        self._delete((DAYS, 1))

    def _open_folder(self) -> None:
        self._show_folder(str(self._app.folder))

    def _delete(self, ages: tuple[int, ...]) -> None:
        if not self._deleting:
            self._deleting = True
            self._window.tasks.start(self._ask_and_delete(ages), "Delete old events")

    async def _ask_and_delete(self, ages: tuple[int, ...]) -> None:
        try:
            days, count = await self._oldest(ages)
            if not count:
                self._window.notices.tell("No events are older than a day; those with a star are not counted.")
                return
            if await ask(self._question(days, count)) is None:
                return
            self._window.notices.tell(f"Deleting {_events(count)}", "trash-2")
            gone = await self._app.store.room.delete_older(days)
            self._window.notices.tell(f"{_events(gone)} deleted", "trash-2", "pass")
        finally:
            self._deleting = False
            self.update()

    async def _oldest(self, ages: tuple[int, ...]) -> tuple[int, int]:
        """Return the first of these ages of which there are events, with their number."""
        for days in ages:
            count = await self._app.store.room.count_older(days)
            if count:
                return days, count
        return 0, 0

    def _question(self, days: int, count: int) -> Question:
        window = self._window
        age = "a day" if days == 1 else f"{days} days"
        return Question(
            window.theme,
            window.icons,
            f"Delete {_events(count)} older than {age}?",
            "They are deleted for good, at all endpoints. Events with a star stay.",
            f"Delete {_events(count)}",
            window,
            danger=True,
        )

    # -- hearing ------------------------------------------------------------------------------------------------

    def _on_trouble(self, error: StoreError | None) -> None:
        is_shown = any(content.key == DISK for content in self._window.banners.contents())
        if is_shown and error is not None:
            if not self._clock.isActive():
                self._clock.start()
        else:
            self._clock.stop()
            self.update()

    def _on_settings(self, _settings: Settings) -> None:
        retention = self._app.store.retention
        if retention.most_bytes != self._most_bytes:
            self._most_bytes = retention.most_bytes
            self._window.tasks.start(self._app.store.room.look(), "Look how much room there is")

    def _on_dismissed(self, key: str) -> None:
        self._is_closed = self._is_closed or key == ROOM


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count:,} events"
