"""What stands in the place of the list: the list, the words that nothing matches, or the start of an empty endpoint."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from inspector.domain.query import Query
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.empty_state import EmptyState

TITLE = "No events match"


class ListStates(QStackedWidget):
    """One of them at a time.

    Signals:
        clear_chosen: show every event of the scope.
        all_endpoints_chosen: search all endpoints.
    """

    clear_chosen = Signal()
    all_endpoints_chosen = Signal()

    def __init__(self, table: QWidget, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._table = table
        self._empty: QWidget | None = None
        self._worded: tuple[Query, str] | None = None
        self.no_match = EmptyState(theme, icons, "search-x", TITLE, "", self)
        self.addWidget(table)
        self.addWidget(self.no_match)

    def set_empty_widget(self, widget: QWidget | None) -> None:
        """Show this where the scope has no events at all; None shows the empty table."""
        if self._empty is not None:
            self.removeWidget(self._empty)
        self._empty = widget
        if widget is not None:
            self.addWidget(widget)

    def show_list(self) -> None:
        """Show the table."""
        self._worded = None
        self.setCurrentWidget(self._table)

    def show_empty(self) -> None:
        """Show that nothing came in yet."""
        self._worded = None
        self.setCurrentWidget(self._empty or self._table)

    def show_no_match(self, query: Query, words: str) -> bool:
        """Show that the filter finds nothing; False when that is on screen already."""
        self.setCurrentWidget(self.no_match)
        if self._worded == (query, words):
            return False
        self._worded = (query, words)
        actions = [("Clear filter", self.clear_chosen.emit)]
        if query.endpoint_id is not None:
            actions.append(("Search all endpoints", self.all_endpoints_chosen.emit))
        for button in self.no_match.buttons:
            button.hide()  # the old ones live until the loop turns
        self.no_match.set_content("search-x", TITLE, code=words, actions=actions)
        return True

    def tell_hidden(self, events: int) -> None:
        """Say how many events the filter hides."""
        verb = "event is" if events == 1 else "events are"
        text = f"{grouped(events)} {verb} hidden by this filter."
        self.no_match.text.setText(text)
        self.no_match.text.show()
        self.no_match.setAccessibleName(f"{TITLE}. {text}")
