"""Painted tables: columns grow with the text, the header is painted, an empty one says so."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHeaderView, QTableView
from pytestqt.qtbot import QtBot

from inspector.ui.icons import Icons
from inspector.ui.outage.rows_table import Column
from inspector.ui.theme import Theme
from inspector.ui.widgets.painted_table import PaintedTable

COLUMNS = (Column("Event", 80), Column("Kind", 0), Column("Wait", 60, right=True))
LEFT_PX, RIGHT_PX = 12, 8


class _Table(PaintedTable):
    def __init__(self, model: QAbstractItemModel, theme: Theme, hidden: int | None = None) -> None:
        super().__init__(model, COLUMNS, theme, "Waits")
        self._hidden = hidden
        self.empty_text = "Nothing waits."
        self.fit_theme()

    def width_of(self, place: int) -> int | None:
        return None if place == self._hidden else super().width_of(place)

    def margins_of(self, place: int) -> tuple[int, int]:
        return 0 if place else LEFT_PX, RIGHT_PX


def _shown(qtbot: QtBot, theme: Theme, rows: int = 0, hidden: int | None = None) -> _Table:
    model = QStandardItemModel(0, len(COLUMNS))
    for row in range(rows):
        model.appendRow([QStandardItem(f"{row} {column.title}") for column in COLUMNS])
    table = _Table(model, theme, hidden)
    model.setParent(table)
    qtbot.addWidget(table)
    table.resize(400, 200)
    table.show()
    qtbot.waitExposed(table)
    return table


def test_columns_have_their_widths_and_one_takes_the_rest(qtbot: QtBot, theme: Theme, icons: Icons) -> None:
    table = _shown(qtbot, theme, 2)
    widths = [table.columnWidth(place) for place in range(3)]

    assert (widths[0], widths[2]) == (80, 60)
    assert widths[1] == table.viewport().width() - 140
    assert table.horizontalHeader().sectionResizeMode(1) is QHeaderView.ResizeMode.Stretch


def test_larger_text_makes_columns_wider_and_rows_and_header_taller(qtbot: QtBot, theme: Theme, icons: Icons) -> None:
    table = _shown(qtbot, theme, 2)
    before = table.rowHeight(0), table.horizontalHeader().height()
    theme.set_text_scale(1.5)

    assert table.columnWidth(0) == 120
    assert table.rowHeight(0) == round(before[0] * 1.5)
    assert table.horizontalHeader().height() == round(before[1] * 1.5)


def test_a_column_without_a_width_is_not_shown(qtbot: QtBot, theme: Theme, icons: Icons) -> None:
    table = _shown(qtbot, theme, 2, hidden=0)

    assert [table.isColumnHidden(place) for place in range(3)] == [True, False, False]


def test_letters_and_edits_leave_a_painted_table_as_it_is(qtbot: QtBot, theme: Theme, icons: Icons) -> None:
    table = _shown(qtbot, theme, 3)
    table.selectRow(0)
    table.keyboardSearch("2")

    assert table.currentIndex().row() == 0
    assert table.editTriggers() == QTableView.EditTrigger.NoEditTriggers
    assert table.selectionMode() is QTableView.SelectionMode.SingleSelection


def test_an_empty_table_says_so_and_a_filled_one_does_not(qtbot: QtBot, theme: Theme, icons: Icons) -> None:
    empty, filled = _shown(qtbot, theme), _shown(qtbot, theme, 1)
    silent = _shown(qtbot, theme)
    silent.empty_text = ""
    silent.viewport().update()

    plain = silent.viewport().grab().toImage()
    assert empty.viewport().grab().toImage() != plain
    filled.empty_text = ""
    without = filled.viewport().grab().toImage()
    filled.empty_text = "Nothing waits."
    assert filled.viewport().grab().toImage() == without


def test_captions_are_painted(qtbot: QtBot, theme: Theme, icons: Icons) -> None:
    header = _shown(qtbot, theme).horizontalHeader()
    picture = header.grab().toImage()
    column = range(LEFT_PX, 60)
    inks = {picture.pixelColor(x, y).name() for x in column for y in range(6, header.height() - 4)}

    assert len(inks) > 2, "there is a caption where the margins leave room for it"
    assert {picture.pixelColor(x, header.height() // 2).name() for x in range(LEFT_PX - 2)} == {
        theme.tokens.surface.name()
    }
