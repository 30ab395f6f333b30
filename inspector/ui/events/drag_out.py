"""Rows dragged out of the list: a file for a file manager, the body for a text editor."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtWidgets import QWidget

from inspector import __version__
from inspector.domain.event import Event, EventId
from inspector.formats.har import har
from inspector.ui.events.rows import Starter

MOST_EVENTS = 500
MOST_BYTES = 50_000_000
TOO_MANY = f"Drag at most {MOST_EVENTS} events out at a time"
TOO_LARGE = "Drag at most 50 MB out at a time"
NOT_KEPT = "Its body was not kept, so there is nothing to drag out"

_SUFFIXES = {"json": ".json", "xml": ".xml", "text": ".txt", "form": ".txt"}


class DragOut(QObject):
    """Prepares what is dragged while the button is held, and lets Qt carry it; `close` takes the files away.

    `read` returns an event with its body, `tell` says why a drag cannot be. One event becomes a file with its body,
    several become one HTTP archive.
    """

    def __init__(
        self,
        source: QWidget,
        read: Callable[[EventId], Event | None],
        tasks: Starter,
        tell: Callable[[str], object],
        *,
        held: Callable[[], bool] = lambda: bool(QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton),
        carry: Callable[[QMimeData], object] | None = None,
    ) -> None:
        super().__init__(source)
        self._source, self._read, self._tasks, self._tell, self._held = source, read, tasks, tell, held
        self._carry = carry or self._drag
        self._folder: Path | None = None

    def close(self) -> None:
        """Take the files away."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def begin(self, ids: Sequence[EventId]) -> None:
        """Drag these events out."""
        if len(ids) > MOST_EVENTS:
            self._tell(TOO_MANY)
        elif ids:
            self._tasks.start(self._begin(tuple(ids)), "Drag events out")

    async def _begin(self, ids: Sequence[EventId]) -> None:
        events, size = [], 0
        for event_id in ids:
            event = self._read(event_id)
            if event is not None:
                events.append(event)
                size += len(event.request.body)
            if size > MOST_BYTES:
                self._tell(TOO_LARGE)
                return
            await asyncio.sleep(0)  # the loop goes round between two
        if len(events) == 1 and not events[0].body_kept:
            self._tell(NOT_KEPT)
            return
        if not events:
            return
        path = await asyncio.to_thread(self._write, events)
        if self._held():
            # From a timer of Qt's: a drag runs a loop of its own, which must not stand inside a task of ours.
            QTimer.singleShot(0, self, lambda: self._carry(mime_of(events, path)))

    def _write(self, events: Sequence[Event]) -> Path:
        """Write the file; runs in a thread."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="webhook-inspector-"))
        path = self._folder / file_name(events)
        path.write_bytes(events[0].request.body if len(events) == 1 else har(events, __version__).encode())
        return path

    def _drag(self, mime: QMimeData) -> None:
        drag = QDrag(self._source)
        drag.setMimeData(mime)
        drag.exec(Qt.DropAction.CopyAction)


def file_name(events: Sequence[Event]) -> str:
    """Return the name of the file events become: `event-12466.json`, or `events-3-to-9.har`."""
    first, last = min(event.id for event in events), max(event.id for event in events)
    if len(events) > 1:
        return f"events-{first}-to-{last}.har"
    kind = events[0].request.content_type
    suffix = next((suffix for part, suffix in _SUFFIXES.items() if part in kind), ".bin")
    return f"event-{first}{suffix}"


def mime_of(events: Sequence[Event], path: Path) -> QMimeData:
    """Return what a drop target can take: the file, and the bodies as text and JSON where they are."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    try:
        text = "\n".join(event.request.body.decode("utf-8") for event in events)
    except UnicodeDecodeError:
        return mime
    mime.setText(text)
    if len(events) == 1 and path.suffix == ".json":
        mime.setData("application/json", events[0].request.body)
    return mime
