"""The figures over the charts: what each says of a board, and the tile that paints it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.monitor.board import PROCESSING_TARGET_US, SUCCESS_TARGET, Board, Uptime
from inspector.ui.icons import Icons
from inspector.ui.monitor.words import NOTHING, clock, duration, lasting, per_minute, percent, plural, took
from inspector.ui.theme import Theme
from inspector.ui.widgets.chart_spark import paint_spark, thinned
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.paint import baseline, draw_text, fill_box, text_width

SIDE_PX = 14
_TITLE_Y, _FIGURE_Y, _STATE_Y = 17.5, 45.0, 72.0
_HEIGHT_PX = 92
_ICON_PX = 14
_ICON_GAP_PX = 5
_WORD_GAP_PX = 7
_SPARK_PX = (75.0, 21.0)
_SPARK_Y = 33.0
_SPARK_GAP_PX = 4
_LEAST_SPARK_PX = 44
_RATE_ROOM = 0.02  # a success rate that moves by less is drawn nearly flat


@dataclass(frozen=True, slots=True)
class Figure:
    """What one tile says. `tone` is "pass", "fail", "warn" or "" (no icon); `tip` is the whole in one sentence."""

    title: str
    value: str = NOTHING
    unit: str = ""
    tone: str = ""
    state: str = ""
    note: str = ""
    spark: tuple[float, ...] = ()
    spark_color: str = "chart"
    spark_room: float = 0.0
    tip: str = ""

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        return ", ".join(
            part for part in (f"{self.title}: {self.value} {self.unit}".strip(), self.state, self.note) if part
        )


def figures_of(board: Board) -> tuple[Figure, ...]:
    """Return what the tiles say, in their order."""
    return (_success(board), _processing(board), _deliveries(board), _signatures(board), _retries(board), _up(board))


def _success(board: Board) -> Figure:
    rate = board.success_rate
    if rate is None:
        return Figure("Success rate", state=f"target > {percent(SUCCESS_TARGET)} %")
    good = rate > SUCCESS_TARGET
    line = thinned([1 - bar.failed / bar.deliveries if bar.deliveries else None for bar in board.bars], lowest=True)
    return Figure(
        "Success rate",
        percent(rate),
        "%",
        "pass" if good else "fail",
        "On target" if good else "Off target",
        f"> {percent(SUCCESS_TARGET)} %",
        line,
        "passSolid" if good else "failSolid",
        _RATE_ROOM,
        f"{grouped(board.deliveries - board.failed)} of {grouped(board.deliveries)} were answered 2xx in time",
    )


def _processing(board: Board) -> Figure:
    times = board.times
    if times.p95_us is None:
        return Figure("Processing time, p95", state="target < 2 s")
    good = times.p95_us < PROCESSING_TARGET_US
    return Figure(
        "Processing time, p95",
        *duration(times.p95_us),
        "pass" if good else "fail",
        "On target" if good else "Off target",
        "< 2 s",
        thinned([bar.times.p95_us for bar in board.bars]),
        "chart",
        tip=f"p50 {took(times.p50_us)}, p95 {took(times.p95_us)}, p99 {took(times.p99_us)} "
        f"of {plural(times.timed, 'delivery', 'deliveries')}",
    )


def _deliveries(board: Board) -> Figure:
    if not board.deliveries:
        return Figure("Deliveries", state=board.span.words)
    turned_away = f"; {plural(board.refused, 'request')} turned away before that" if board.refused else ""
    return Figure(
        "Deliveries",
        grouped(board.deliveries),
        state=board.span.words,
        note=f"{per_minute(board.per_minute)} per min",
        tip=f"{grouped(board.accepted)} answered 2xx, {plural(board.duplicates, 'duplicate')}, "
        f"{grouped(board.failed)} failed{turned_away}",
    )


def _signatures(board: Board) -> Figure:
    count = board.signature_failures
    if not count and not board.deliveries:
        return Figure("Signature failures")
    if not count:
        return Figure("Signature failures", "0", tone="pass", state="None", tip="No signature was invalid or stale")
    senders = plural(board.signature_senders, "sender")
    return Figure(
        "Signature failures", grouped(count), "", "fail", "Needs a look", senders,
        tip=f"{grouped(count)} invalid or stale signatures from {senders}",
    )  # fmt: skip


def _retries(board: Board) -> Figure:
    if not board.retried:
        return Figure("Retries", "0", tone="pass", state="None needed") if board.deliveries else Figure("Retries")
    share = min(1.0, board.recovered / board.retried)
    return Figure(
        "Retries", grouped(board.retried), "", "pass" if share >= 0.9 else "warn",
        f"{percent(share, places=0)} %", f"{grouped(board.recovered)} recovered",
        tip=f"{grouped(board.retried)} came again after an answer that was no 2xx, "
        f"{grouped(board.recovered)} ended in 2xx",
    )  # fmt: skip


def _up(board: Board) -> Figure:
    known = [item for item in board.uptimes if item.share is not None]
    if not known:
        return Figure("Uptime")
    downs = [(item, down) for item in known for down in item.downtimes]
    tip = "; ".join(f"{item.kind} {percent(item.share)} %" for item in known)
    if not downs:
        return Figure("Uptime", percent(board.uptime), "%", "pass", "No downtime", tip=tip)
    now = [(item, down) for item, down in downs if down.until_us is None]
    if now:
        item, down = now[-1]
        words, tone = f"{item.kind.capitalize()} down", "fail"
        return Figure("Uptime", percent(board.uptime), "%", tone, words, f"since {clock(down.from_us)}", tip=tip)
    return Figure(
        "Uptime", percent(board.uptime), "%", "warn", _lost(known, board), plural(len(downs), "outage"), tip=tip
    )


def _lost(known: list[Uptime], board: Board) -> str:
    lost = max(sum((down.until_us or board.now_us) - down.from_us for down in item.downtimes) for item in known)
    return f"Down {lasting(lost)}"


_INKS = {"pass": ("circle-check", "passFg"), "fail": ("circle-alert", "failFg"), "warn": ("triangle-alert", "warnFg")}


class Tile(QWidget):
    """One figure.

    Signals:
        activated: it was clicked, or Enter pressed on it; only where `set_link` gave it something to show.
    """

    activated = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self.figure = Figure("")
        self._linked = False
        self._ring = FocusWatch(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_theme)

    def show_figure(self, figure: Figure) -> None:
        """Show another figure."""
        if figure != self.figure:
            self.figure = figure
            self.setAccessibleName(figure.spoken)
            self.setAccessibleDescription(figure.tip)
            self.setToolTip(figure.tip)
            self.update()

    def set_link(self, linked: bool) -> None:
        """Say whether a click shows its events."""
        self._linked = linked
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if linked else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if linked else Qt.CursorShape.ArrowCursor)

    def _on_theme(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(150, round(_HEIGHT_PX * max(1.0, self._theme.text_scale)))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._linked and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.activated.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if (
            self._linked
            and event.button() is Qt.MouseButton.LeftButton
            and self.rect().contains(event.position().toPoint())
        ):
            self.activated.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        figure, theme, tokens = self.figure, self._theme, self._theme.tokens
        scale = max(1.0, theme.text_scale)
        painter = QPainter(self)
        fill_box(painter, QRectF(self.rect()), theme.radius("card"), tokens.surface, tokens.border)
        inner = QRectF(SIDE_PX, 0, self.width() - 2 * SIDE_PX, self.height())
        draw_text(painter, _line(inner, _TITLE_Y * scale), figure.title, theme.font("small"), tokens.text2)
        line = _line(inner, _FIGURE_Y * scale)
        font = theme.font("figure", numbers=False)
        width = draw_text(painter, line, figure.value, font, tokens.text)
        if figure.unit:
            small = theme.font("small")
            painter.setFont(small)
            painter.setPen(tokens.text3)
            painter.drawText(round(inner.left() + width + 5), round(baseline(line, font)), figure.unit)
            width += 5 + text_width(figure.unit, small)
        spark_px = min(_SPARK_PX[0], inner.width() - width - _SPARK_GAP_PX)
        if figure.spark and spark_px >= _LEAST_SPARK_PX:
            spark = QRectF(inner.right() - spark_px, _SPARK_Y * scale, spark_px, _SPARK_PX[1])
            paint_spark(painter, spark, figure.spark, theme.color(figure.spark_color), room=figure.spark_room)
        self._paint_state(painter, _line(inner, _STATE_Y * scale))
        if self._ring.visible:
            paint_ring(painter, QRectF(self.rect()), theme.radius("card"), tokens.focus)
        painter.end()

    def _paint_state(self, painter: QPainter, line: QRectF) -> None:
        figure, theme, tokens = self.figure, self._theme, self._theme.tokens
        ink = tokens.text2
        if figure.tone:
            icon, color = _INKS[figure.tone]
            ink = theme.color(color)
            self._icons.paint(painter, icon, ink, line.left() - 1, round(line.center().y() - _ICON_PX / 2), _ICON_PX)
            line.setLeft(line.left() + _ICON_PX + _ICON_GAP_PX - 1)
        line.setLeft(line.left() + draw_text(painter, line, figure.state, theme.font("column"), ink) + _WORD_GAP_PX)
        if line.width() > 8:
            draw_text(painter, line, figure.note, theme.font("small", numbers=True), tokens.text3)


def _line(inner: QRectF, middle: float) -> QRectF:
    return QRectF(inner.left(), middle - 14, inner.width(), 28)
