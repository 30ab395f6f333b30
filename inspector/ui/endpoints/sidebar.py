"""The sidebar: which endpoint is looked at, and the saved views."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSpacerItem, QVBoxLayout, QWidget

from inspector.domain.endpoint import EndpointId
from inspector.ui.endpoints.saved_views import view_for
from inspector.ui.endpoints.sidebar_list import SidebarList
from inspector.ui.endpoints.sidebar_model import AllRow, EndpointRow, SidebarModel, ViewRow, view_rows
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton
from inspector.ui.widgets.labels import SectionLabel
from inspector.ui.widgets.menu import Menu

RAIL_BELOW_PX = 1100
LEAST_WIDTH_PX = 180
MOST_WIDTH_PX = 320
_TOP_PX = 8
_CAPTION_PX = 28
_GAP_PX = 14
_RAIL_GAP_PX = 5


@dataclass(frozen=True, slots=True)
class EndpointAction:
    """One entry of an endpoint's menu: what it says, its icon, and the signal it sends."""

    key: str
    text: str
    icon: str
    shortcut: str = ""
    danger: bool = False
    line_before: bool = False


ENDPOINT_ACTIONS: tuple[EndpointAction, ...] = (
    EndpointAction("copy_address", "Copy address", "copy"),
    EndpointAction("rename", "Rename", "pencil", "F2"),
    EndpointAction("pause", "Pause", "pause"),
    EndpointAction("settings", "Settings…", "settings-2"),
    EndpointAction("forwarding", "Forwarding…", "corner-down-right"),
    EndpointAction("clear", "Clear events…", "history", line_before=True),
    EndpointAction("delete", "Delete…", "trash-2", "Del", danger=True),
)


class Sidebar(QWidget):
    """Picks the scope; below 1100 px of window a rail of initials and icons.

    Signals:
        scope_changed(object): an endpoint's id, or None for all of them.
        view_chosen(str, str): key and search of a saved view; both "" when the chosen one was clicked again.
        add_requested: make an endpoint.
        rename_requested(int, str): give an endpoint another name.
        copy_address_requested(int), settings_requested(int), clear_requested(int), delete_requested(int).
        pause_requested(int, bool): pause an endpoint, or let it receive again.
        forwarding_requested(int): show where its events go on to.
    """

    scope_changed = Signal(object)
    view_chosen = Signal(str, str)
    add_requested = Signal()
    rename_requested = Signal(int, str)
    copy_address_requested = Signal(int)
    settings_requested = Signal(int)
    clear_requested = Signal(int)
    delete_requested = Signal(int)
    pause_requested = Signal(int, bool)
    forwarding_requested = Signal(int)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._scope: EndpointId | None = None
        self._view: str | None = None
        self._rail = False
        self._bare = False
        self._menu: Menu | None = None
        self.scopes_model = SidebarModel((AllRow(),), self)
        self.views_model = SidebarModel(view_rows({}), self)
        self.add_button = IconButton(theme, icons, "plus", "New endpoint", self, shortcut="Ctrl+N")
        self.scopes = SidebarList(self.scopes_model, theme, icons, "Endpoints", self)
        self.views = SidebarList(self.views_model, theme, icons, "Saved views", self)
        self._captions = [
            self._caption("Endpoints", self.add_button),
            self._caption("Saved views", None),
        ]
        self._line = _Line(theme, self)
        self._gap = QSpacerItem(0, _GAP_PX)
        self._arrange()
        self._connect()
        self.set_rail(False)
        self.scopes.select(0)

    def _caption(self, text: str, button: IconButton | None) -> QWidget:
        caption = QWidget(self)
        row = QHBoxLayout(caption)
        row.setContentsMargins(16, 0, 8, 0)
        row.addWidget(SectionLabel(self._theme, text, caption))
        row.addStretch(1)
        if button is not None:
            row.addWidget(button)
        caption.setFixedHeight(_CAPTION_PX)
        return caption

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, _TOP_PX, 0, _TOP_PX)
        column.setSpacing(0)
        column.addWidget(self._captions[0])
        column.addWidget(self.scopes, 100)
        column.addSpacerItem(self._gap)
        column.addWidget(self._line)
        column.addWidget(self._captions[1])
        column.addWidget(self.views, 50)
        column.addStretch(1)

    def _connect(self) -> None:
        self.scopes.chosen.connect(self._on_scope)
        self.scopes.menu_requested.connect(self._on_menu)
        self.scopes.delete_pressed.connect(self._on_delete)
        self.views.chosen.connect(self._on_view)
        self.scopes_model.renamed.connect(self.rename_requested)
        self.add_button.clicked.connect(self.add_requested)
        self._theme.changed.connect(self.update)

    # What is shown

    def set_endpoints(self, rows: Sequence[EndpointRow], all_events: int | None = None) -> None:
        """List these endpoints; `all_events` counts those of no endpoint too, else their sum is shown."""
        total = sum(row.events for row in rows) if all_events is None else all_events
        self.scopes_model.set_rows((AllRow(total), *rows))
        if self._scope is not None and all(row.id != self._scope for row in rows):
            self._scope = None
            self.scope_changed.emit(None)
        self._show_selection()

    def set_view_counts(self, counts: Mapping[str, int]) -> None:
        """Show how many events of the scope each saved view finds, by the view's key."""
        self.views_model.set_rows(view_rows(counts))
        self._show_selection()

    @property
    def scope(self) -> EndpointId | None:
        """The endpoint that is looked at, None for all."""
        return self._scope

    def set_scope(self, endpoint_id: EndpointId | None) -> None:
        """Look at an endpoint, or at all of them, without telling."""
        self._scope = endpoint_id
        self._show_selection()

    def show_search(self, text: str) -> None:
        """Mark the saved view that makes this search, if one does."""
        self._view = view_for(text)
        self._show_selection()

    def start_rename(self, endpoint_id: EndpointId) -> None:
        """Let the user type another name for an endpoint."""
        place = self._place_of(endpoint_id)
        if place is not None and not self._rail:
            self.scopes.rename(place)

    @property
    def is_rail(self) -> bool:
        """Whether it is a rail of initials and icons."""
        return self._rail

    def set_rail(self, rail: bool) -> None:
        """Become a rail, or a whole sidebar again."""
        self._rail = rail
        for caption in self._captions:
            caption.setVisible(not rail)
        self._captions[1].setVisible(not rail and not self._bare)
        self.views.setVisible(not self._bare)
        self._line.setVisible(rail and not self._bare)
        self._gap.changeSize(0, _RAIL_GAP_PX if rail else _GAP_PX)
        self.scopes.set_rail(rail)
        self.views.set_rail(rail)
        if rail:
            self.setFixedWidth(self._theme.size("rail"))
        else:
            self.setMinimumWidth(LEAST_WIDTH_PX)
            self.setMaximumWidth(MOST_WIDTH_PX)

    def set_bare(self, bare: bool) -> None:
        """Leave the saved views out while there is nothing at all they could find."""
        self._bare = bare
        self.set_rail(self._rail)

    def _place_of(self, endpoint_id: EndpointId | None) -> int | None:
        for place, row in enumerate(self.scopes_model.rows):
            if (row.id if isinstance(row, EndpointRow) else None) == endpoint_id:
                return place
        return None

    def _show_selection(self) -> None:
        self.scopes.select(self._place_of(self._scope))
        views = [row.view.key for row in self.views_model.rows if isinstance(row, ViewRow)]
        self.views.select(views.index(self._view) if self._view in views else None)

    # What the user asks for

    def _on_scope(self, place: int) -> None:
        row = self.scopes.row(place)
        scope = row.id if isinstance(row, EndpointRow) else None
        if scope != self._scope:
            self._scope = scope
            self.scope_changed.emit(scope)

    def _on_view(self, place: int) -> None:
        row = self.views.row(place)
        if isinstance(row, ViewRow):
            again = row.view.key == self._view
            self._view = None if again else row.view.key
            self._show_selection()
            self.view_chosen.emit("" if again else row.view.key, "" if again else row.view.search)

    def _on_delete(self, place: int) -> None:
        row = self.scopes.row(place)
        if isinstance(row, EndpointRow):
            self.delete_requested.emit(row.id)

    def _on_menu(self, place: int, at: QPoint) -> None:
        row = self.scopes.row(place)
        if isinstance(row, EndpointRow):
            self._menu = self.endpoint_menu(row)
            self._menu.popup(at)

    def endpoint_menu(self, row: EndpointRow) -> Menu:
        """Return the context menu of an endpoint."""
        paused = row.state == "paused"
        slots: dict[str, Callable[[], object]] = {
            "copy_address": lambda: self.copy_address_requested.emit(row.id),
            "rename": lambda: self.start_rename(row.id),
            "pause": lambda: self.pause_requested.emit(row.id, not paused),
            "settings": lambda: self.settings_requested.emit(row.id),
            "forwarding": lambda: self.forwarding_requested.emit(row.id),
            "clear": lambda: self.clear_requested.emit(row.id),
            "delete": lambda: self.delete_requested.emit(row.id),
        }
        reasons = {
            "rename": "There is no room for names here: make the window wider" if self._rail else "",
            "clear": "" if row.events else "It has no events",
        }
        menu = Menu(self._theme, self._icons, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in ENDPOINT_ACTIONS:
            resume = action.key == "pause" and paused
            if action.line_before:
                menu.line()
            menu.add(
                "Resume" if resume else action.text,
                "play" if resume else action.icon,
                slots[action.key],
                shortcut=action.shortcut,
                danger=action.danger,
                reason=reasons.get(action.key, ""),
            )
        return menu

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.window)
        painter.end()


class _Line(QWidget):
    """The line between endpoints and views in the rail."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(11)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(12, 0, self.width() - 24, 1, self._theme.tokens.border)
        painter.end()
