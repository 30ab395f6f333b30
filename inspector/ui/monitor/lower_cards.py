"""The cards under the charts: rows with bars, the funnel of a campaign, and tables."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from inspector.monitor.board import CampaignFunnel
from inspector.ui.icons import Icons
from inspector.ui.monitor.bar_rows import BarRow, BarRows
from inspector.ui.monitor.breakdown import funnel_rows
from inspector.ui.monitor.card import BOTTOM_PX, SIDE_PX, TABLE_INSET_PX, CardHead, MonitorCard, card_column
from inspector.ui.monitor.words import plural
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import LinkButton
from inspector.ui.widgets.chart_table import FiguresTable
from inspector.ui.widgets.fields import ComboBox
from inspector.ui.widgets.labels import Label

MOST_ROWS = 12
"""A table with more rows scrolls."""


class _Nothing(Label):
    """What a card says while it has no rows."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "", parent, color="text3", font="small", wrap=True)
        self.setContentsMargins(0, 2, 0, 8)


class RowsCard(MonitorCard):
    """A title and rows with bars; with a link at the right where there is something to show.

    Signals:
        search_chosen(str): show the events of a search.
    """

    search_chosen = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, title: str, *, name_share: float, strong: bool = False) -> None:
        super().__init__(theme)
        self._search = ""
        self.head = CardHead(theme, title, self)
        self.link = LinkButton(theme, icons, "", "", self.head)
        self.link.hide()
        self.link.clicked.connect(lambda _checked=False: self.search_chosen.emit(self._search))
        self.head.add_tool(self.link)
        self.nothing = _Nothing(theme, self)
        self.rows = BarRows(theme, self, name_share=name_share, strong=strong)
        self.rows.chosen.connect(self.search_chosen)
        self._search = ""
        column = card_column(self, bottom_px=BOTTOM_PX)
        column.addWidget(self.head)
        column.addLayout(_inset(self.nothing, self.rows))
        column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def show_rows(self, rows: Sequence[BarRow], empty: str, link: str = "", search: str = "") -> None:
        """Show rows, or a sentence where there are none."""
        self.rows.show_rows(rows)
        self.nothing.setText(empty)
        self.nothing.setVisible(not rows)
        self._search = search
        self.link.setText(link)
        self.link.setVisible(bool(link))
        self.link.updateGeometry()


class FunnelCard(MonitorCard):
    """How far the messages of a campaign got; several campaigns are chosen from a list, the latest first.

    Signals:
        search_chosen(str): show the events of a search.
    """

    search_chosen = Signal(str)

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__(theme)
        self._campaigns: tuple[CampaignFunnel, ...] = ()
        self.head = CardHead(theme, "Campaign", self)
        self.choice = ComboBox(theme, icons, self.head, name="Campaign")
        self.choice.setMinimumContentsLength(16)
        self.choice.currentIndexChanged.connect(self._show_chosen)
        self.link = LinkButton(theme, icons, "Show events", "", self.head)
        self.link.clicked.connect(lambda _checked=False: self._ask())
        self.head.add_tool(self.link)
        self.head.add_tool(self.choice)
        self.nothing = _Nothing(theme, self)
        self.nothing.setText("No message names a campaign. It is read from metadata.campaign_id.")
        self.rows = BarRows(theme, self, name_share=0.2)
        column = card_column(self, bottom_px=BOTTOM_PX)
        column.addWidget(self.head)
        column.addLayout(_inset(self.nothing, self.rows))
        column.addStretch(1)

    @property
    def campaign(self) -> CampaignFunnel | None:
        """The campaign in view."""
        place = self.choice.currentIndex()
        return self._campaigns[place] if 0 <= place < len(self._campaigns) else None

    def show_campaigns(self, campaigns: Sequence[CampaignFunnel]) -> None:
        """Show these campaigns; the chosen one stays."""
        chosen = self.campaign.campaign if self.campaign is not None else None
        names = [item.campaign for item in campaigns]
        if names != [item.campaign for item in self._campaigns]:
            self.choice.blockSignals(True)
            self.choice.clear()
            self.choice.addItems(names)
            self.choice.setCurrentIndex(names.index(chosen) if chosen in names else 0)
            self.choice.blockSignals(False)
        self._campaigns = tuple(campaigns)
        self.nothing.setVisible(not campaigns)
        for part in (self.rows, self.link, self.choice):
            part.setVisible(bool(campaigns))
        self._show_chosen()

    def _show_chosen(self) -> None:
        funnel = self.campaign
        if funnel is None:
            self.head.set_words("Campaign")
            return
        self.head.set_words("Campaign", plural(funnel.messages, "message"))
        self.rows.show_rows(funnel_rows(funnel))

    def _ask(self) -> None:
        if self.campaign is not None:
            name = self.campaign.campaign.replace("\\", "\\\\").replace('"', '\\"')
            self.search_chosen.emit(f'campaign:"{name}"')


class TableCard(MonitorCard):
    """A title and a table as tall as its rows; a link copies it."""

    def __init__(self, theme: Theme, icons: Icons, title: str, columns: Sequence[str], nothing: str) -> None:
        super().__init__(theme)
        self._columns = tuple(columns)
        self.head = CardHead(theme, title, self)
        self.copy = LinkButton(theme, icons, "Copy", "", self.head)
        self.copy.setAccessibleName(f"Copy the table {title.lower()}")
        self.head.add_tool(self.copy)
        self.nothing = _Nothing(theme, self)
        self.nothing.setText(nothing)
        self.table = FiguresTable(theme, title, self)
        self.copy.clicked.connect(lambda _checked=False: self.table.copy())
        column = card_column(self, bottom_px=BOTTOM_PX)
        column.addWidget(self.head)
        column.addLayout(_inset(self.nothing))
        column.addLayout(_inset(self.table, side_px=SIDE_PX - TABLE_INSET_PX))
        column.addStretch(1)
        theme.changed.connect(self._fit)
        self.show_rows(())

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these rows."""
        self.table.show_table(self._columns, rows)
        self.nothing.setVisible(not rows)
        self.table.setVisible(bool(rows))
        self.copy.setVisible(bool(rows))
        self._fit()

    def _fit(self) -> None:
        self.table.setFixedHeight(self.table.height_for(min(len(self.table.figures.rows), MOST_ROWS)) + 2)


def _inset(*parts: QWidget, side_px: int = SIDE_PX) -> QVBoxLayout:
    """Put parts between the card's margins; what is hidden takes no room."""
    column = QVBoxLayout()
    column.setContentsMargins(side_px, 0, side_px, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part)
    return column
