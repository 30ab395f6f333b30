"""What can be done with one row of a comparison: copying it, and leaving such fields out or telling them again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from inspector.payload.diff_ignore import HEADER
from inspector.ui.detail.detail_view import copy_text
from inspector.ui.detail.diff_rows import Row
from inspector.ui.widgets.menu import Menu

if TYPE_CHECKING:
    from inspector.ui.detail.diff_view import DiffView


def row_menu(view: DiffView, row: Row) -> Menu:
    """Return the context menu of a row."""
    menu = Menu(view.theme, view.icons, view)
    old, new = row.old, row.new
    if new is not None:
        words = "Copy new value" if old is not None else "Copy value"
        menu.add(words, "copy", lambda: copy_text(new.copied, view, "Value"))
    if old is not None:
        words = "Copy old value" if new is not None else "Copy value"
        menu.add(words, "copy", lambda: copy_text(old.copied, view, "Value"))
    is_header = any(entry.startswith(HEADER) for entry in row.entries)
    words = "Copy header name" if is_header else "Copy path"
    menu.add(words, "link", lambda: copy_text(row.path, view, "Path"), shortcut="Ctrl+Shift+C")
    if row.change is not None:
        menu.add(
            "Copy difference", "git-compare", lambda: copy_text(as_text(row), view, "Difference"), shortcut="Ctrl+C"
        )
        menu.add("Copy all differences", "git-compare", view.copy_all)
        menu.line()
    if row.covered:
        menu.add("Compare again", "eye", lambda: view.compare_requested.emit(row.covered))
    elif row.change is not None:
        for entry in row.entries:
            menu.add(_ignore_words(entry, row), "eye-off", partial(view.ignore_requested.emit, entry))
    return menu


def _ignore_words(entry: str, row: Row) -> str:
    if entry.startswith(HEADER):
        return "Ignore this header"
    return "Ignore this field" if entry == row.entries[0] else f"Ignore every {entry}"


def as_text(row: Row) -> str:
    """Return a row as text: its path, and its values with their signs."""
    lines = [row.path]
    lines += [f"- {row.old.text}"] if row.old is not None else []
    sign = "+" if row.change is not None else " "
    lines += [f"{sign} {row.new.text}"] if row.new is not None else []
    return "\n".join(lines)
