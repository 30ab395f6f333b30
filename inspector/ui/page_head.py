"""The row over the page: tabs with counts, and the search field or the tools of the page in view."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.tabs import UnderlineTabs

EVENTS, MESSAGES, MONITOR = "events", "messages", "monitor"
TITLES = {EVENTS: "Events", MESSAGES: "Messages", MONITOR: "Monitor"}
SEARCH_PX = 356
LEAST_SEARCH_PX = 150
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
        self._fits: list[Callable[[int], None]] = []
        pages = [(key, words) for key, words in TITLES.items() if key in searches or key == MONITOR]
        self.tabs = UnderlineTabs(theme, icons, pages, self, name="Pages", large=True)
        self._searches = dict(searches)
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
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self._theme.size("tabRow") + LINE_PX)
        self.update()
        self._fit_tools()

    def set_count(self, events: int) -> None:
        """Show how many events the scope has."""
        self.tabs.set_count(EVENTS, events or None)
        self._fit_tools()

    def set_messages(self, messages: int) -> None:
        """Show how many messages the scope has."""
        self.tabs.set_count(MESSAGES, messages or None)
        self._fit_tools()

    def set_tools(self, key: str, tools: QWidget, fit: Callable[[int], None]) -> None:
        """Show tools instead of a search while a page is in view; `fit` is told how much room there is, in pixels."""
        self._searches[key] = tools
        self._fits.append(fit)
        self._row.addWidget(tools)
        tools.setVisible(key == self.tabs.current)
        self._fit_tools()

    def set_alerting(self, alerting: bool) -> None:
        """Show or hide the red dot of an open alert on the Monitor tab."""
        self.tabs.set_alert(MONITOR, alerting)
        self._fit_tools()

    def _on_tab(self, current: str) -> None:
        for key, search in self._searches.items():
            search.setVisible(key == current)

    def set_short(self, short: bool) -> None:
        """Hide the counts where the window is narrow."""
        self.tabs.set_counts_visible(not short)
        self._fit_tools()

    def _fit_tools(self) -> None:
        margins = self._row.contentsMargins()
        room = self.width() - margins.left() - margins.right() - self._row.spacing() - LEAST_SEARCH_PX
        # The pages are named before the search gets more than it needs.
        self.tabs.setMinimumWidth(max(0, min(self.tabs.sizeHint().width(), room)))
        taken = margins.left() + margins.right() + self._row.spacing() + self.tabs.sizeHint().width()
        for fit in self._fits:
            fit(self.width() - taken)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_tools()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - LINE_PX, self.width(), LINE_PX, self._theme.tokens.border)
        painter.end()
