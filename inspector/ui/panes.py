"""Where sidebar, page and inspector stand and how wide they are, by the window's width and as the user made it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from inspector.ui.own_window import OwnWindow
from inspector.ui.theme import Theme
from inspector.ui.widgets.splitter import Splitter

SIDEBAR, PAGE, INSPECTOR = range(3)
LEAST_PAGE_PX = 420
BELOW = "below"
BELOW_SHARE = 0.5

Place = Literal["right", "below", "window"]
"""Where the inspector stands: right of the list, below it, or in a window of its own."""


@dataclass(frozen=True, slots=True)
class WidthClass:
    """From this window width up: the usual widths of the sidebar and the inspector."""

    name: str
    from_px: int
    sidebar: int
    inspector: int


CLASSES = (
    WidthClass("wide", 1600, 212, 560),
    WidthClass("usual", 1280, 212, 480),
    WidthClass("medium", 1100, 212, 440),
    WidthClass("narrow", 0, 52, 434),
)


def class_of(width_px: int) -> WidthClass:
    """Return the class of a window width."""
    return next(item for item in CLASSES if width_px >= item.from_px)


class Panes(Splitter):
    """Sidebar, page and inspector. A width the user drags is kept for windows of that class.

    Signals:
        moved(str): the inspector stands elsewhere now, a `Place`.
    """

    moved = Signal(str)

    def __init__(self, theme: Theme, sidebar: QWidget, page: QWidget, inspector: QWidget) -> None:
        super().__init__(theme)
        self._inspector = inspector
        self._own: OwnWindow | None = None
        self._docked: Place = "right"
        self.place: Place = "right"
        self._middle = Splitter(theme, Qt.Orientation.Vertical)
        self._middle.addWidget(page)
        self._middle.splitterMoved.connect(lambda _position, _handle: self._keep_below())
        for part in (sidebar, self._middle, inspector):
            self.addWidget(part)
        self.setStretchFactor(SIDEBAR, 0)
        self.setStretchFactor(PAGE, 1)
        self.setStretchFactor(INSPECTOR, 0)
        page.setMinimumWidth(320)
        self._class = CLASSES[1]
        self._width = 0
        self._chosen: dict[str, tuple[int, int]] = {}
        self.splitterMoved.connect(self._on_moved)
        theme.changed.connect(self._on_theme)

    def put_inspector(self, place: Place) -> None:
        """Let the inspector stand elsewhere; hidden it stays hidden."""
        if place == self.place:
            return
        hidden = self._inspector.isHidden()
        self.place = place
        if place == "window":
            if self._own is None:
                self._own = OwnWindow("Event details", self.window())
                self._own.closing.connect(lambda: self.put_inspector(self._docked))
            self._own.hold(self._inspector)
        else:
            self._docked = place
            if place == BELOW:
                self._middle.addWidget(self._inspector)
                self._middle.setCollapsible(1, False)
                self._middle.setSizes(self._heights())
            else:
                self.insertWidget(INSPECTOR, self._inspector)
                self.setStretchFactor(INSPECTOR, 0)
        self.show_inspector(not hidden)
        if self._width:
            self.fit(self._width)
        self.moved.emit(place)

    def show_inspector(self, shown: bool) -> None:
        """Show or hide the inspector, wherever it stands."""
        self._inspector.setVisible(shown)
        if self._own is not None:
            self._own.setVisible(shown and self.place == "window" and self.isVisible())

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._own is not None:
            self._own.hide()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._own is not None:
            self._own.setVisible(self.place == "window" and not self._inspector.isHidden())

    def _heights(self) -> list[int]:
        """Return the heights of page and inspector one above the other."""
        kept = self._chosen.get(BELOW)
        if kept is not None:
            return list(kept)
        height = max(self.height(), 2)
        below = round(height * BELOW_SHARE)
        return [height - below, below]

    def _keep_below(self) -> None:
        sizes = self._middle.sizes()
        if len(sizes) == 2:
            self._chosen[BELOW] = (sizes[0], sizes[1])

    def fit(self, width_px: int) -> None:
        """Take the widths of another class of window; within a class the page alone gives and takes."""
        self._width = width_px
        now = class_of(width_px)
        if now != self._class or sum(self.sizes()) == 0:
            self._class = now
            self.set_defaults((self._sidebar_of(now), None, now.inspector))
        self._apply(*self._chosen.get(now.name, (self._sidebar_of(now), now.inspector)))

    def _sidebar_of(self, width_class: WidthClass) -> int:
        """Larger text widens the sidebar by half as much, so that its words stay whole; the rail has none."""
        if width_class.name == "narrow":
            return width_class.sidebar
        return round(width_class.sidebar * (1 + max(0.0, self._theme.text_scale - 1) / 2))

    def _on_theme(self) -> None:
        if self._width:
            self.fit(self._width)

    def kept(self) -> str:
        """Return the widths the user chose, as text for the settings."""
        return json.dumps(self._chosen) if self._chosen else ""

    def restore(self, text: str) -> None:
        """Take over widths that were kept; a text that is none is left out."""
        try:
            stored = json.loads(text) if text else {}
            self._chosen = {str(name): (int(pair[0]), int(pair[1])) for name, pair in stored.items()}
        except (ValueError, TypeError, AttributeError, IndexError):
            self._chosen = {}

    def _apply(self, sidebar: int, inspector: int) -> None:
        if self.place != "right":
            self.setSizes([sidebar, max(self._width - sidebar, 1)])
            return
        most = max(self._width - sidebar - LEAST_PAGE_PX, 320)
        inspector = min(inspector, most)
        self.setSizes([sidebar, max(self._width - sidebar - inspector, 1), inspector])

    def _on_moved(self, _position: int, _handle: int) -> None:
        sizes: Sequence[int] = self.sizes()
        kept = self._chosen.get(self._class.name, (self._class.sidebar, self._class.inspector))
        sidebar = sizes[SIDEBAR] or kept[0]
        inspector = kept[1] if self.place != "right" else sizes[INSPECTOR] or kept[1]
        self._chosen[self._class.name] = (sidebar, inspector)
