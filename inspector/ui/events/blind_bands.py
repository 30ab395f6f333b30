"""Bands between the rows of the list where nothing could arrive, because the public address did not lead here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter
from PySide6.QtWidgets import QTableView, QToolTip

from inspector.domain.event import EventSummary
from inspector.tunnels.state import Outage
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import faded
from inspector.ui.tunnels.words import band_words, outage_words
from inspector.ui.widgets.paint import draw_text, fill_box, text_width

BAND_PX = 6
PILL_PX = 15
PILL_PADDING_PX = 7
PILL_LEFT_PX = 108
NEAR_PX = 6
LEAST_S = 1.0
"""Shorter outages are left out: a tunnel that came back at once has hidden nothing."""

Summaries = Callable[[int], EventSummary | None]


def outages_between(outages: Sequence[Outage], older_us: int | None, newer_us: int | None) -> list[Outage]:
    """Return the outages that lie between two neighbouring events, given in µs since the epoch; None is no limit.

    An outage belongs where it ended (a running one: after the newest event), so that none is shown twice.
    """
    found = []
    for outage in outages:
        end_us = None if outage.end is None else outage.end.timestamp() * 1e6
        after_older = older_us is None or end_us is None or end_us > older_us
        before_newer = newer_us is None or (end_us is not None and end_us <= newer_us)
        if after_older and before_newer:
            found.append(outage)
    return found


class BlindBands:
    """Paints the bands of one table over its rows; the rows themselves stay as they are."""

    def __init__(self, table: QTableView, theme: Theme, summary: Summaries) -> None:
        self._table, self._theme, self._summary = table, theme, summary
        self._outages: tuple[Outage, ...] = ()

    @property
    def outages(self) -> tuple[Outage, ...]:
        """What is shown where it falls between two rows."""
        return self._outages

    def set_outages(self, outages: Sequence[Outage]) -> None:
        """Show these outages."""
        lasting = tuple(
            item for item in outages if item.end is None or (item.end - item.start).total_seconds() >= LEAST_S
        )
        if lasting != self._outages:
            self._outages = lasting
            self._table.viewport().update()

    def places(self) -> list[tuple[int, list[Outage]]]:
        """Return the y of every boundary in view with the outages on it."""
        rows = self._table.model().rowCount()
        if not self._outages or not rows:
            return []
        first = max(self._table.rowAt(0), 0)
        last = self._table.rowAt(self._table.viewport().height() - 1)
        last = rows - 1 if last < 0 else last
        found = []
        for row in range(first, last + 2):
            above, below = self._time(row - 1), self._time(row)
            if row in (0, rows):  # beyond the ends: only after the newest event, since before the oldest is no gap
                known = below if row == 0 else above
                end_is_newest = self._newest_first() == (row == 0)
                on_it = outages_between(self._outages, known, None) if known is not None and end_is_newest else []
            elif above is None or below is None:
                continue
            else:
                on_it = outages_between(self._outages, min(above, below), max(above, below))
            if on_it:
                y = self._table.rowViewportPosition(row) if row < rows else self._bottom(rows)
                found.append((max(y, BAND_PX // 2), on_it))
        return found

    def paint(self) -> None:
        """Paint the bands in view; called after the rows were painted."""
        places = self.places()
        if not places:
            return
        painter = QPainter(self._table.viewport())
        for y, outages in places:
            self._paint_band(painter, y, outages)
        painter.end()

    def tell(self, place: QPoint, screen: QPoint) -> bool:
        """Show the tool tip of the band under the pointer; returns whether there is one."""
        now = datetime.now(UTC)
        for y, outages in self.places():
            if abs(place.y() - y) <= NEAR_PX:
                QToolTip.showText(screen, "\n".join(outage_words(item, now) for item in outages), self._table)
                return True
        return False

    def _paint_band(self, painter: QPainter, y: int, outages: Sequence[Outage]) -> None:
        tokens, width = self._theme.tokens, self._table.viewport().width()
        strip = QRectF(0, y - BAND_PX / 2, width, BAND_PX)
        painter.fillRect(strip, tokens.warnBg)
        painter.fillRect(strip, QBrush(faded(tokens.warnFg, 0.45), Qt.BrushStyle.BDiagPattern))
        words = band_words(outages[-1]) if len(outages) == 1 else f"{len(outages)} times nothing could arrive"
        font = self._theme.font("badge")
        wide = text_width(words, font) + 2 * PILL_PADDING_PX
        top = max(0.0, y - PILL_PX / 2)
        pill = QRectF(PILL_LEFT_PX, top, wide, PILL_PX)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill_box(painter, pill, PILL_PX / 2, tokens.warnBg, faded(tokens.warnFg, 0.45))
        draw_text(painter, pill.adjusted(PILL_PADDING_PX, 0, 0, 0), words, font, tokens.warnFg)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _bottom(self, rows: int) -> int:
        return self._table.rowViewportPosition(rows - 1) + self._table.rowHeight(rows - 1)

    def _newest_first(self) -> bool:
        return not bool(getattr(self._table.model(), "oldest_first", False))

    def _time(self, row: int) -> int | None:
        if not 0 <= row < self._table.model().rowCount():
            return None
        summary = self._summary(row)
        return None if summary is None else summary.received_us
