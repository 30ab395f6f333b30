"""What stands in the place of the list while there are no events: the first steps, or why nothing can come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QStackedWidget, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.empty_state import EmptyState

TAKEN_ICON = "plug-zap"


class StartPage(QStackedWidget):
    """The first-run page, and in its place the trouble of a receiver that cannot listen."""

    def __init__(self, theme: Theme, icons: Icons, first_run: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first_run = first_run
        self.trouble = EmptyState(theme, icons, TAKEN_ICON, "", "", self)
        self.addWidget(first_run)
        self.addWidget(self.trouble)

    def show_page(self, title: str, text: str, actions: Sequence[tuple[str, Callable[[], object]]]) -> None:
        """Say why nothing is received, and what can be done; the first action is the best."""
        for button in self.trouble.buttons:
            button.hide()  # the old ones live until the loop turns
        self.trouble.set_content(TAKEN_ICON, title, text, color="failFg", primary=actions[0], actions=actions[1:])
        self.setCurrentWidget(self.trouble)

    def hide_page(self) -> None:
        """Go back to the first steps."""
        self.setCurrentWidget(self._first_run)
