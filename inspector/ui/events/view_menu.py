"""The menu of what the table shows: columns, row height and order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from inspector.ui.events.columns import CHOOSABLE, DEFAULT_CHOICE, valid_choice
from inspector.ui.events.table_view import Density
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.menu import Menu

DENSITIES: tuple[tuple[Density, str], ...] = (("normal", "Normal"), ("compact", "Compact"), ("roomy", "Roomy"))


@dataclass(frozen=True, slots=True)
class ViewChoice:
    """How the table looks: optional columns, row height and order."""

    columns: tuple[str, ...] = DEFAULT_CHOICE
    density: Density = "normal"
    oldest_first: bool = False


def toggled(columns: Sequence[str], key: str) -> tuple[str, ...]:
    """Return the choice of columns with one switched; the last one cannot be switched off."""
    keys = [item for item in columns if item != key] if key in columns else [*columns, key]
    return valid_choice(keys) if keys else tuple(columns)


def fill_columns(
    menu: Menu, choice: ViewChoice, hidden: Sequence[str], choose: Callable[[tuple[str, ...]], None]
) -> None:
    """Add one line per column; `hidden` are chosen ones that have no room now."""
    menu.caption("Columns")
    for column in CHOOSABLE:
        menu.add(
            "Number" if column.key == "number" else column.title,
            slot=partial(choose, toggled(choice.columns, column.key)),
            checked=column.key in choice.columns,
            detail="no room" if column.key in hidden else "",
        )
    menu.line()
    menu.add(
        "Columns as at first",
        "undo-2",
        partial(choose, DEFAULT_CHOICE),
        reason="These are the first columns" if choice.columns == DEFAULT_CHOICE else "",
    )


def column_menu(
    theme: Theme,
    icons: Icons,
    parent: QWidget,
    choice: ViewChoice,
    hidden: Sequence[str],
    choose: Callable[[tuple[str, ...]], None],
) -> Menu:
    """Return the menu of the column header."""
    menu = Menu(theme, icons, parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    fill_columns(menu, choice, hidden, choose)
    return menu


def view_menu(
    theme: Theme,
    icons: Icons,
    parent: QWidget,
    choice: ViewChoice,
    hidden: Sequence[str],
    choose: Callable[[tuple[str, ...]], None],
    set_density: Callable[[Density], None],
    set_oldest_first: Callable[[bool], None],
) -> Menu:
    """Return the menu of the button beside Live."""
    menu = Menu(theme, icons, parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.caption("Rows")
    for density, words in DENSITIES:
        menu.add(words, slot=partial(set_density, density), checked=density == choice.density)
    menu.caption("Order")
    menu.add("Newest first", slot=partial(set_oldest_first, False), checked=not choice.oldest_first)
    menu.add("Oldest first", slot=partial(set_oldest_first, True), checked=choice.oldest_first)
    menu.line()
    fill_columns(menu, choice, hidden, choose)
    return menu
