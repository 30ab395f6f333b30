"""Where Tab goes in a form whose parts are made one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QWidget


def tab_stops(widget: QWidget) -> list[QWidget]:
    """Return what Tab should stop at inside a widget, from top to bottom as its layouts have it.

    Qt keeps the order in which widgets were made; what is made anew while a form is open would come last.
    """
    layout = widget.layout()
    if layout is None:
        return [widget] if widget.focusPolicy() & Qt.FocusPolicy.TabFocus else []
    return _stops_of(layout)


def _stops_of(layout: QLayout) -> list[QWidget]:
    found: list[QWidget] = []
    for index in range(layout.count()):
        item = layout.itemAt(index)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            found.extend(tab_stops(widget))
        elif inner is not None:
            found.extend(_stops_of(inner))
    return found


def set_tab_chain(stops: Sequence[QWidget]) -> None:
    """Let Tab walk these in turn."""
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)
