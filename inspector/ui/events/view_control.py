"""Columns, row height and order of the list: what was chosen, what has room, and the menus that choose."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QWidget

from inspector.ui.events.columns import MEDIUM_WINDOW_PX, valid_choice, visible_columns
from inspector.ui.events.filter_row import FilterRow
from inspector.ui.events.search_field import EventSearchField
from inspector.ui.events.table_model import EventTableModel
from inspector.ui.events.table_view import Density, EventsTable
from inspector.ui.events.view_menu import ViewChoice, column_menu, view_menu
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.menu import Menu

LOW_WINDOW_PX = 680


class ViewControl(QObject):
    """Fits the parts of the events page to the window and to what the user chose.

    Signals:
        chosen(ViewChoice): the user chose other columns, another row height or order.
        turned: the order of the list is another one.
    """

    chosen = Signal(object)
    turned = Signal()

    def __init__(
        self,
        page: QWidget,
        model: EventTableModel,
        table: EventsTable,
        filters: FilterRow,
        search: EventSearchField,
        theme: Theme,
        icons: Icons,
    ) -> None:
        super().__init__(page)
        self._page = page
        self._model = model
        self._table = table
        self._filters = filters
        self._search = search
        self._theme = theme
        self._icons = icons
        self._menu: Menu | None = None
        self.choice = ViewChoice()
        filters.view_clicked.connect(self.open_view_menu)
        theme.changed.connect(self.fit)
        table.header.order_requested.connect(self._turn)
        table.header.columns_requested.connect(self.open_column_menu)

    def set_choice(self, choice: ViewChoice) -> None:
        """Show the list this way."""
        self.choice = replace(choice, columns=valid_choice(choice.columns))
        if self._model.oldest_first != choice.oldest_first:
            self._model.turn(oldest_first=choice.oldest_first)
            self._table.header.set_oldest_first(choice.oldest_first)
            self._table.follow()
            self.turned.emit()
        self.fit()

    def fit(self) -> None:
        """Hide what has no room in a window of this size."""
        window = self._page.window()
        narrow = window.width() < MEDIUM_WINDOW_PX
        self._table.set_columns(self._visible(), narrow=narrow)
        self._model.set_style(replace(self._model.style, short=narrow))
        self._filters.fit(self._page.width(), narrow=narrow)
        self._search.set_short(narrow)
        low = window.height() < LOW_WINDOW_PX and self.choice.density == "roomy"
        self._table.set_density("normal" if low else self.choice.density)

    def _visible(self) -> tuple[str, ...]:
        room = self._page.width() - self._table.verticalScrollBar().sizeHint().width()
        return visible_columns(self.choice.columns, self._page.window().width(), room, self._theme.text_scale)

    @property
    def hidden(self) -> tuple[str, ...]:
        """The chosen columns that have no room now."""
        visible = self._visible()
        return tuple(key for key in self.choice.columns if key not in visible)

    def _choose(self, choice: ViewChoice) -> None:
        self.set_choice(choice)
        self.chosen.emit(self.choice)

    def _choose_columns(self, columns: tuple[str, ...]) -> None:
        self._choose(replace(self.choice, columns=columns))

    def _choose_density(self, density: Density) -> None:
        self._choose(replace(self.choice, density=density))

    def _choose_order(self, oldest_first: bool) -> None:
        self._choose(replace(self.choice, oldest_first=oldest_first))

    def _turn(self) -> None:
        self._choose_order(not self._model.oldest_first)

    def open_view_menu(self) -> Menu:
        """Open the menu under the button beside Live, and return it."""
        self._menu = view_menu(
            self._theme,
            self._icons,
            self._page,
            self.choice,
            self.hidden,
            self._choose_columns,
            self._choose_density,
            self._choose_order,
        )
        button = self._filters.view
        corner = button.mapToGlobal(QPoint(button.width(), button.height() + 2))
        self._menu.popup(corner - QPoint(self._menu.sizeHint().width(), 0))
        return self._menu

    def open_column_menu(self, place: QPoint) -> Menu:
        """Open the menu of the column header at a place of the screen, and return it."""
        self._menu = column_menu(self._theme, self._icons, self._page, self.choice, self.hidden, self._choose_columns)
        self._menu.popup(place)
        return self._menu
