"""A card with a chart, and the same figures as a table in its place where the user wants that."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from inspector.ui.icons import Icons
from inspector.ui.monitor.card import SIDE_PX, TABLE_INSET_PX, CardHead, Key, MonitorCard, card_column
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton
from inspector.ui.widgets.chart import Chart
from inspector.ui.widgets.chart_data import ChartData
from inspector.ui.widgets.chart_table import FiguresTable
from inspector.ui.widgets.menu import Menu

_BUTTON_GAP_PX = 4
_CHART, _TABLE = 0, 1


class ChartCard(MonitorCard):
    """The card. Its menu opens by the button behind the title, a right click, or the menu key.

    Signals:
        chosen(int): show the events of a bar.
    """

    chosen = Signal(int)

    def __init__(
        self, theme: Theme, icons: Icons, title: str, chart: Chart, legend: Sequence[Key] = (), *, height_px: int
    ) -> None:
        super().__init__(theme)
        self._icons = icons
        self._height_px = height_px
        self.head = CardHead(theme, title, self)
        self.head.set_legend(legend)
        self.chart = chart
        self.table: FiguresTable | None = None
        self.menu: Menu | None = None
        self._under_head = QWidget(self)
        self._stack = QStackedLayout(self._under_head)
        self._stack.addWidget(chart)
        column = card_column(self)
        column.addWidget(self.head)
        column.addWidget(self._under_head, 1)
        self.button = _QuietButton(theme, icons, self, f"{chart.accessibleName()}: menu")
        self.button.clicked.connect(lambda _checked=False: self._open_menu())
        chart.chosen.connect(self.chosen)
        chart.menu_requested.connect(self._open_menu)
        theme.changed.connect(self._fit)
        self._fit()

    @property
    def as_table(self) -> bool:
        """Whether the table is in view."""
        return self._stack.currentIndex() == _TABLE

    def show_data(self, title: str, note: str, data: ChartData) -> None:
        """Show other figures."""
        self.head.set_words(title, note)
        self.chart.set_data(data)
        self.chart.prepare()
        if self.table is not None and self.as_table:
            self.table.show_table(data.columns, data.rows())
        self._place_button()

    def show_as_table(self, wanted: bool) -> None:
        """Change between chart and table."""
        if self.table is None:
            self.table = FiguresTable(self._theme, f"{self.chart.accessibleName()}, table", self._under_head)
            self.table.chosen.connect(self.chosen)
            frame = QWidget(self._under_head)
            card_column(frame, side_px=SIDE_PX - TABLE_INSET_PX, bottom_px=6).addWidget(self.table, 1)
            self._stack.addWidget(frame)
        if wanted:
            self.table.show_table(self.chart.data.columns, self.chart.data.rows())
            self._stack.setCurrentIndex(_TABLE)
            self.table.scrollToBottom()
        else:
            self._stack.setCurrentIndex(_CHART)
        (self.table if wanted else self.chart).setFocus(Qt.FocusReason.OtherFocusReason)

    def _fit(self) -> None:
        self.setFixedHeight(round(self._height_px * max(1.0, self._theme.text_scale)))
        self._place_button()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_button()

    def _place_button(self) -> None:
        hint = self.button.sizeHint()
        top = (self.head.sizeHint().height() - hint.height()) // 2 + 1
        self.button.setGeometry(self.head.words_end() + _BUTTON_GAP_PX, top, hint.width(), hint.height())
        self.button.raise_()

    def _open_menu(self, place: QPoint | None = None) -> None:
        if self.menu is not None:
            self.menu.deleteLater()
        self.menu = menu = Menu(self._theme, self._icons, self)
        rule = self.chart.rule
        if rule >= 0 and not self.as_table:
            menu.add(
                f"Show the events of {self.chart.data.tip(rule).title}", "list-filter", lambda: self.chosen.emit(rule)
            )
            menu.line()
        if self.as_table:
            menu.add("Show as chart", "chart-column", lambda: self.show_as_table(False))
        else:
            menu.add("Show as table", "table", lambda: self.show_as_table(True))
        menu.add("Copy the figures", "copy", self.chart.copy)
        menu.popup(place or self.button.mapToGlobal(QPoint(0, self.button.height())))


class _QuietButton(IconButton):
    """Shows itself while the pointer is on its card or the focus on itself; it can be reached all the time."""

    def __init__(self, theme: Theme, icons: Icons, card: QWidget, name: str) -> None:
        super().__init__(theme, icons, "ellipsis", name, card)
        self._card = card
        card.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._card.underMouse() or self.hasFocus() or self.isDown():
            super().paintEvent(event)

    def _paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        super()._paint_ground(painter, rect.adjusted(1, 1, -1, -1))
