"""What `serve` prints when the disk is full or nearly so, and when there is room again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from inspector.commands.printing import json_line

if TYPE_CHECKING:
    from inspector.app import App
    from inspector.commands.printing import Paint
    from inspector.domain.errors import StoreError
    from inspector.store.room import Room

RED, AMBER, GREEN = "31", "33", "32"


class RoomLines:
    """Prints each state once, when it begins; what changes within it is no news."""

    def __init__(self, app: App, put: Callable[[str], object], paint: Paint, *, as_json: bool) -> None:
        self._app, self._put, self._paint, self._as_json = app, put, paint, as_json
        self._in_trouble = False
        self._is_low = False
        app.store.trouble.subscribe(self._on_trouble)
        app.store.room.changed.subscribe(self._on_room)

    def _on_trouble(self, error: StoreError | None) -> None:
        from inspector.domain.errors import StoreFull
        from inspector.store.room_words import trouble_words

        before, self._in_trouble = self._in_trouble, error is not None
        if error is not None and not before:
            title, text = trouble_words(error, self._app.store.held)
            state = "full" if isinstance(error, StoreFull) else "failing"
            self._say("Storage:", RED, title, text, {"storage": state})
        elif error is None and before:
            self._say("Storage:", GREEN, "Events are stored again", "", {"storage": "ok"})

    def _on_room(self, room: Room) -> None:
        from inspector.store.room_words import low_words

        before, self._is_low = self._is_low, room.is_low
        if room.is_low and not before:
            title, text = low_words(room)
            known = {"storage": "low", "free_bytes": room.free_bytes, "used_bytes": room.used_bytes}
            self._say(
                "Storage:", AMBER, title, text, known | ({"most_bytes": room.most_bytes} if room.most_bytes else {})
            )

    def _say(self, word: str, colour: str, title: str, text: str, known: dict[str, Any]) -> None:
        if self._as_json:
            self._put(json_line(known | {"title": title} | ({"detail": text} if text else {})))
            return
        time = datetime.now().strftime("%H:%M:%S")
        said = f"{title.rstrip('.')}. {text}" if text else title
        self._put(f"{time} {self._paint(word, colour)} {said}\n")
