"""The Monitor page: figures, charts, and below them why deliveries failed, alerts, retries, campaigns, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QImage, QPainter, QRegion, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from inspector.app import App
from inspector.monitor.alerts import Rule
from inspector.monitor.board import Board, MeasuredAt
from inspector.ui.icons import Icons
from inspector.ui.monitor.alerts_card import AlertsCard
from inspector.ui.monitor.alerts_card_banner import AlertBanner
from inspector.ui.monitor.breakdown import (
    CARRIER_COLUMNS,
    PROVIDER_COLUMNS,
    carrier_rows,
    provider_rows,
    reason_rows,
    retry_rows,
)
from inspector.ui.monitor.card import Key
from inspector.ui.monitor.chart_card import ChartCard
from inspector.ui.monitor.charts import deliveries_chart, rate_chart, rate_note, times_chart
from inspector.ui.monitor.lower_cards import FunnelCard, RowsCard, TableCard
from inspector.ui.monitor.tiles import Tile, figures_of
from inspector.ui.monitor.words import (
    BAR_WORDS,
    MICRO,
    all_failed,
    between,
    plural,
    since,
    title_of_bars,
)
from inspector.ui.theme import Theme
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.buttons import LinkButton
from inspector.ui.widgets.chart import Chart
from inspector.ui.widgets.chart_bars import BarChart
from inspector.ui.widgets.chart_lines import LineChart
from inspector.ui.widgets.counts import grouped

MARGIN_PX = 14
TOP_PX = 12
BOTTOM_PX = 22
GAP_PX = 10
WIDE_PX = 1000
"""From this width on the picture's arrangement: six figures in a row, three cards below."""

_DELIVERIES_PX = 198
_LINES_PX = 200
_TILES = 6
_OUTCOMES = (Key("Answered 2xx", "chart"), Key("Duplicate", "dupSolid"), Key("Failed", "failSolid"))
_PERCENTILES = (Key("p95", "chart", line=True), Key("p50", "infoSolid", line=True))
_IN_A_ROW = ((0, 0, 1), (0, 1, 1), (0, 2, 1))  # row, column, columns wide: reasons, alerts, retries
_IN_TWO = ((0, 0, 1), (1, 0, 2), (0, 1, 1))
_SIGNATURES = 3  # the place of the tile that shows its events


class MonitorPage(QWidget):
    """Shows one board after the other; who reads them is the control. It is empty until `build` went through.

    Signals:
        seen(bool): the page came into view, or left it.
        search_requested(str): show the events of a search on the Events page.
        longer_requested: nothing came in this range; show a longer one.
    """

    seen = Signal(bool)
    search_requested = Signal(str)
    longer_requested = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self.board: Board | None = None
        self.rules: tuple[Rule, ...] = ()
        self._columns = 0
        self.setAccessibleName("Monitor")
        self.content = QWidget()
        self._column = QVBoxLayout(self.content)
        self._column.setContentsMargins(MARGIN_PX, TOP_PX, MARGIN_PX, BOTTOM_PX)
        self._column.setSpacing(GAP_PX)
        self._tile_grid, self._card_grid = _grid(), _grid()
        self.scroller = QScrollArea(self)
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        self.scroller.setWidgetResizable(True)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroller.viewport().setAutoFillBackground(False)
        self.scroller.setWidget(self.content)
        self.content.setAutoFillBackground(False)
        self.scroller.verticalScrollBar().rangeChanged.connect(self._make_room)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.scroller)

    # -- parts --------------------------------------------------------------------------------------------------

    def build(self, app: App) -> Iterator[None]:
        """Make the parts from the top down, in pieces small enough to let events be answered between them."""
        theme, icons = self._theme, self._icons
        self.banner = AlertBanner(theme, icons, app, self.content)
        self._column.addWidget(self.banner)
        self._column.addLayout(self._tile_grid)
        self.tiles = [Tile(theme, icons, self.content) for _ in range(_TILES)]
        for place, tile in enumerate(self.tiles):
            self._tile_grid.addWidget(tile, 0, place)
        yield
        yield from self._build_charts()
        self._column.addLayout(self._card_grid)
        self.reasons = RowsCard(theme, icons, "Why deliveries failed", name_share=0.5, strong=True)
        self._card_grid.addWidget(self.reasons, 0, 0)
        yield
        self.alerts = AlertsCard(theme, icons, app)
        self._card_grid.addWidget(self.alerts, 0, 1)
        yield
        self.retries = RowsCard(theme, icons, "Retries", name_share=0.455)
        self._card_grid.addWidget(self.retries, 0, 2)
        self._fit()
        yield
        pair = _row()
        self._column.addLayout(pair)
        self.funnel = FunnelCard(theme, icons)
        pair.addWidget(self.funnel, 1)
        yield
        self.carriers = TableCard(theme, icons, "Carriers", CARRIER_COLUMNS, "No event names a carrier.")
        pair.addWidget(self.carriers, 1)
        yield
        self.providers = TableCard(theme, icons, "Providers", PROVIDER_COLUMNS, "Nothing was delivered.")
        self._column.addWidget(self.providers)
        self._column.addStretch(1)
        self._connect()

    def _build_charts(self) -> Iterator[None]:
        theme, icons = self._theme, self._icons
        self.deliveries = ChartCard(
            theme, icons, "Deliveries per minute", BarChart(theme, "Deliveries", top_px=12), _OUTCOMES,
            height_px=_DELIVERIES_PX,
        )  # fmt: skip
        self.longer = LinkButton(theme, icons, "Show 24 h", "", self.deliveries)
        self.longer.hide()
        self.longer.clicked.connect(self.longer_requested)
        self.deliveries.head.add_tool(self.longer)
        self._column.addWidget(self.deliveries)
        yield
        both = _row()
        self._column.addLayout(both)
        chart: Chart = LineChart(theme, "Processing time", top_px=4)
        self.times = ChartCard(theme, icons, "Processing time", chart, _PERCENTILES, height_px=_LINES_PX)
        both.addWidget(self.times, 1)
        yield
        chart = LineChart(theme, "Failure rate", top_px=4)
        self.rate = ChartCard(theme, icons, "Failure rate", chart, height_px=_LINES_PX)
        both.addWidget(self.rate, 1)
        self.charts = (self.deliveries, self.times, self.rate)
        yield

    def _connect(self) -> None:
        for card in self.charts:
            card.chosen.connect(self._show_bar)
            for other in self.charts:
                if other is not card:
                    card.chart.ruled.connect(other.chart.set_rule)
        for source in (self.reasons, self.retries, self.funnel):
            source.search_chosen.connect(self.search_requested)
        self.tiles[_SIGNATURES].activated.connect(self._show_signatures)
        self.setFocusProxy(self.deliveries.chart)

    # -- figures ------------------------------------------------------------------------------------------------

    def steps(self, board: Board, rules: Sequence[Rule]) -> Iterator[Callable[[], None]]:
        """Return what shows a board, in pieces small enough to let events be answered between them."""
        empty = self.board is None or bool(self.board.deliveries)
        self.board, self.rules = board, tuple(rules)
        yield self._show_tiles
        yield self._show_deliveries
        yield self._show_times
        yield self._show_rate
        yield self._show_reasons
        yield self._show_retries
        yield lambda: self.funnel.show_campaigns(board.campaigns)
        yield lambda: self.carriers.show_rows(carrier_rows(board))
        yield lambda: self.providers.show_rows(provider_rows(board))
        if empty and not board.deliveries:
            yield lambda: announce(self, f"No deliveries in the {board.span.words}")

    def show_board(self, board: Board, rules: Sequence[Rule]) -> None:
        """Show a board at once."""
        for step in self.steps(board, rules):
            step()

    @property
    def shown(self) -> Board:
        """The board in view."""
        assert self.board is not None
        return self.board

    def _show_tiles(self) -> None:
        for tile, figure in zip(self.tiles, figures_of(self.shown), strict=True):
            tile.show_figure(figure)
        self.tiles[_SIGNATURES].set_link(bool(self.shown.signature_failures))

    def _show_deliveries(self) -> None:
        board = self.shown
        note = f"{plural(board.behind, 'stored event')} not counted yet" if board.behind else ""
        if not board.deliveries and board.measured_at is MeasuredAt.HANDLER:
            note = "Counted here is what is forwarded or replayed"
        self.deliveries.show_data(title_of_bars(board.span), note, deliveries_chart(board))
        self.longer.setVisible(not board.deliveries and board.span.seconds < 86_400)

    def _show_times(self) -> None:
        board = self.shown
        note = f"per {BAR_WORDS[board.span.bar_s]}"
        self.times.show_data("Processing time", note, times_chart(board, self.rules))

    def _show_rate(self) -> None:
        self.rate.show_data("Failure rate", rate_note(self.shown), rate_chart(self.shown, self.rules))

    def _show_reasons(self) -> None:
        board = self.shown
        search, found = all_failed(board.reasons)
        words = ""
        if found:
            words = f"Show all {grouped(found)}" if found == board.failed else f"Show {plural(found, 'event')}"
        elif board.failed and board.measured_at is MeasuredAt.HANDLER:
            # What a handler said is not searched for; each event tells it under Replays.
            search, words = "replay:yes", "Show what was sent"
        empty = "Nothing failed." if board.deliveries else "Nothing was delivered."
        self.reasons.show_rows(reason_rows(board), empty, words, since(board, search))

    def _show_retries(self) -> None:
        board = self.shown
        empty = "No event came again." if board.deliveries else "Nothing was delivered."
        search = since(board, "retry:yes") if board.retried and board.measured_at is MeasuredAt.RECEIVER else ""
        self.retries.show_rows(retry_rows(board), empty, "Show events" if search else "", search)

    def _show_bar(self, place: int) -> None:
        board = self.shown
        start = board.bars[place].start_us
        self.search_requested.emit(between(start, start + board.span.bar_s * MICRO))

    def _show_signatures(self) -> None:
        self.search_requested.emit(since(self.shown, "sig:invalid,stale"))

    # -- picture ------------------------------------------------------------------------------------------------

    def picture(self) -> Iterator[QImage]:
        """Paint the whole page, also what is scrolled out of view, in pieces; the same image is yielded each time."""
        ratio = self.devicePixelRatioF()
        size = self.content.size()
        image = QImage(size * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(self._theme.tokens.subtle)
        yield image
        for part in self.content.children():
            if isinstance(part, QWidget) and part.isVisible():
                painter = QPainter(image)
                part.render(painter, part.pos(), QRegion(), QWidget.RenderFlag.DrawChildren)
                painter.end()
                yield image

    # -- the widget ---------------------------------------------------------------------------------------------

    def _fit(self) -> None:
        columns = 6 if self.width() >= WIDE_PX * max(1.0, self._theme.text_scale) else 3
        if columns == self._columns:
            return
        self._columns = columns
        for place, tile in enumerate(self.tiles):
            self._tile_grid.addWidget(tile, place // columns, place % columns)
        cards = (self.reasons, self.alerts, self.retries)
        places = _IN_A_ROW if columns == 6 else _IN_TWO
        for card, (row, place, span) in zip(cards, places, strict=True):
            self._card_grid.addWidget(card, row, place, 1, span)
        for place in range(_TILES):
            self._tile_grid.setColumnStretch(place, int(place < columns))
        for place in range(3):
            self._card_grid.setColumnStretch(place, int(place < columns // 2 or (columns == 3 and place < 2)))

    def _make_room(self, _low: int, high: int) -> None:
        """Let the scroll bar take its room from the margin, so that the cards stand where they stood."""
        bar = self.scroller.verticalScrollBar().sizeHint().width() if high > 0 else 0
        right = max(2, MARGIN_PX - bar)
        if self._column.contentsMargins().right() != right:
            self._column.setContentsMargins(MARGIN_PX, TOP_PX, right, BOTTOM_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._columns:
            self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.seen.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.seen.emit(False)


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(GAP_PX)
    return grid


def _row() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GAP_PX)
    return row
