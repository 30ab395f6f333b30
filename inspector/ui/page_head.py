"""The row over the page: tabs with counts, and the search field or the tools of the page in view."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.tabs import UnderlineTabs

EVENTS, MESSAGES, MONITOR = "events", "messages", "monitor"
TITLES = {EVENTS: "Events", MESSAGES: "Messages", MONITOR: "Monitor"}
SEARCH_PX = 356
LINE_PX = 1  # the line below is not part of the height in the tokens


class PageHead(QWidget):
    """Tabs pick the page; the search field is that of the page in view. `searches` has those of the first pages.

    A page without a search has tools instead; they are given when the page is made.
    """

    def __init__(
        self, theme: Theme, icons: Icons, searches: Mapping[str, QWidget], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fit()
        pages = [(key, words) for key, words in TITLES.items() if key in searches or key == MONITOR]
        self.tabs = UnderlineTabs(theme, icons, pages, self, name="Pages", large=True)
        self._searches = dict(searches)
        self._short = False
        self._shorten: list[Callable[[bool], None]] = []
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 12, LINE_PX)
        row.setSpacing(12)
        row.addWidget(self.tabs, 1)
        for key, search in searches.items():
            search.setMaximumWidth(SEARCH_PX)
            row.addWidget(search, 2)
            search.setVisible(key == self.tabs.current)
        self.tabs.changed.connect(self._on_tab)
        theme.changed.connect(self._fit)

    def _fit(self) -> None:
        self.setFixedHeight(self._theme.size("tabRow") + LINE_PX)
        self.update()

    def set_count(self, events: int) -> None:
        """Show how many events the scope has."""
        self.tabs.set_count(EVENTS, events or None)

    def set_messages(self, messages: int) -> None:
        """Show how many messages the scope has."""
        self.tabs.set_count(MESSAGES, messages or None)

    def set_tools(self, key: str, tools: QWidget, shorten: Callable[[bool], None]) -> None:
        """Show tools instead of a search while a page is in view; `shorten` is told when the window is narrow."""
        self._searches[key] = tools
        self._shorten.append(shorten)
        self._row.addWidget(tools)
        tools.setVisible(key == self.tabs.current)
        self.set_short(self._short)

    def set_alerting(self, alerting: bool) -> None:
        """Show or hide the red dot of an open alert on the Monitor tab."""
        self.tabs.set_alert(MONITOR, alerting)

    def _on_tab(self, current: str) -> None:
        for key, search in self._searches.items():
            search.setVisible(key == current)

    def set_short(self, short: bool) -> None:
        """Hide the counts where the window is narrow."""
        self._short = short
        self.tabs.set_counts_visible(not short)
        for shorten in self._shorten:
            shorten(short)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - LINE_PX, self.width(), LINE_PX, self._theme.tokens.border)
        painter.end()
