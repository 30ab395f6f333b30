"""Two texts line by line: side by side where there is room, else one below the other; equal stretches are folded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from inspector.payload.diff_text import Fold, Line, Spans, TextDiff, folded
from inspector.payload.values import escape_odd
from inspector.ui.detail.diff_paint import GROUND_SHARE, SPAN_SHARE, paint_spans
from inspector.ui.detail.keys import claim, is_key
from inspector.ui.detail.sizes import spell_count
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import faded
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.paint import baseline, draw_text

SIDE_BY_SIDE_PX = 900
LONGEST_PAINTED = 2_000
_LINE_SHARE = 1.58
_EDGE_PX = 8
_GAP_PX = 10


@dataclass(frozen=True, slots=True)
class Half:
    """One side of a painted row: the line's number, its sign ("-", "+", "" for equal), text and what differs in it."""

    number: int
    sign: str
    text: str
    spans: Spans = ()


Painted = Fold | tuple[Half | None, ...]


def unified(lines: Iterator[Line | Fold]) -> Iterator[Painted]:
    """Yield rows of one half: in each stretch that differs, what was there first, then what is there now."""
    gone: list[Half] = []
    come: list[Half] = []
    for line in lines:
        if isinstance(line, Line) and not line.equal:
            if line.before:
                gone.append(Half(line.before, "-", line.old, line.old_spans))
            if line.after:
                come.append(Half(line.after, "+", line.new, line.new_spans))
            continue
        yield from ((half,) for half in (*gone, *come))
        gone, come = [], []
        yield line if isinstance(line, Fold) else (Half(line.after, "", line.new),)
    yield from ((half,) for half in (*gone, *come))


def side_by_side(lines: Iterator[Line | Fold]) -> Iterator[Painted]:
    """Yield rows of two halves, one of them None where its side has no line."""
    for line in lines:
        if isinstance(line, Fold):
            yield line
            continue
        old, new = ("", "") if line.equal else ("-", "+")
        yield (
            Half(line.before, old, line.old, line.old_spans) if line.before else None,
            Half(line.after, new, line.new, line.new_spans) if line.after else None,
        )


class DiffTextArea(QAbstractScrollArea):
    """Scrolls by wheel, bar and keyboard; Enter or a click opens folds, Ctrl+C copies all of it with its signs.

    Signals:
        copy_requested: the keys for copying were pressed.
    """

    copy_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._diff = TextDiff()
        self._opened: frozenset[int] = frozenset()
        self.painted: list[Painted] = []
        self._digits = 1
        self._widest = 0
        self._ring = FocusWatch(self)
        self.setAccessibleName("Differences in the text")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)
        self.horizontalScrollBar().valueChanged.connect(self.viewport().update)
        theme.changed.connect(self._arrange)

    @property
    def is_side_by_side(self) -> bool:
        """Whether there is room for both texts beside each other."""
        return self.width() >= SIDE_BY_SIDE_PX

    def set_diff(self, diff: TextDiff) -> None:
        """Show another comparison."""
        if diff is self._diff:
            return
        self._diff, self._opened = diff, frozenset()
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)
        self._digits = len(str(max((max(line.before, line.after) for line in diff.rows), default=1)))
        self._widest = max((max(len(line.old), len(line.new)) for line in diff.rows), default=0)
        self.setAccessibleDescription(f"{diff.removed} lines removed, {diff.added} lines added")
        self._arrange()

    def as_text(self) -> str:
        """Return what is shown as text, with its signs: what copying gives."""
        rows = []
        for row in unified(folded(self._diff.rows, self._opened)):
            if isinstance(row, Fold):
                rows.append(f"  … {_equal_words(row.count)}")
            else:
                rows += [f"{half.sign or ' '} {half.text}" for half in row if half is not None]
        return "\n".join(rows)

    def open_folds(self) -> None:
        """Open every fold, or close all where none is closed."""
        closed = {row.start for row in self.painted if isinstance(row, Fold)}
        self._opened = self._opened | closed if closed else frozenset()
        self._arrange()

    def _arrange(self) -> None:
        lines = folded(self._diff.rows, self._opened)
        self.painted = list(side_by_side(lines) if self.is_side_by_side else unified(lines))
        self._fit()
        self.viewport().update()

    @property
    def row_px(self) -> int:
        """The height of a row."""
        return round(self._theme.font("mono").pixelSize() * _LINE_SHARE)

    def _char_px(self) -> float:
        return QFontMetricsF(self._theme.font("mono")).horizontalAdvance("0")

    def _half_px(self) -> float:
        return self.viewport().width() / (2 if self.is_side_by_side else 1)

    def _text_left(self) -> float:
        return _EDGE_PX + (self._digits + 2) * self._char_px() + _GAP_PX

    def _fit(self) -> None:
        page = max(1, (self.viewport().height() - _EDGE_PX) // self.row_px)
        self.verticalScrollBar().setPageStep(page)
        self.verticalScrollBar().setRange(0, max(0, len(self.painted) - page))
        text = self._text_left() + min(self._widest, LONGEST_PAINTED) * self._char_px() + _EDGE_PX
        self.horizontalScrollBar().setPageStep(round(self._half_px()))
        self.horizontalScrollBar().setSingleStep(round(self._char_px() * 4))
        self.horizontalScrollBar().setRange(0, max(0, round(text - self._half_px())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (event.oldSize().width() >= SIDE_BY_SIDE_PX) != self.is_side_by_side:
            self._arrange()
        else:
            self._fit()

    def event(self, event: QEvent) -> bool:
        return claim(event, QKeySequence.StandardKey.Copy) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        if is_key(event, QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.open_folds()
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            bar.setValue(0 if event.key() == Qt.Key.Key_Home else bar.maximum())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.verticalScrollBar().value() + int((event.position().y() - _EDGE_PX) // self.row_px)
        if 0 <= row < len(self.painted) and isinstance(fold := self.painted[row], Fold):
            self._opened |= {fold.start}
            self._arrange()
        else:
            super().mousePressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and isinstance(event, QPaintEvent):
            self._paint(event)
            return True
        return super().viewportEvent(event)

    def _paint(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        tokens = self._theme.tokens
        painter.fillRect(event.rect(), tokens.surface)
        first = self.verticalScrollBar().value()
        last = min(len(self.painted), first + self.viewport().height() // self.row_px + 2)
        for place in range(first, last):
            row, top = self.painted[place], _EDGE_PX + (place - first) * self.row_px
            if isinstance(row, Fold):
                self._paint_fold(painter, row, top)
                continue
            for side, half in enumerate(row):
                self._paint_half(painter, half, QRectF(side * self._half_px(), top, self._half_px(), self.row_px))
        if self.is_side_by_side:
            painter.fillRect(QRectF(round(self._half_px()), 0, 1, self.viewport().height()), tokens.border)
        if self._ring.visible:
            paint_ring(painter, QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1), 4, tokens.focus)
        painter.end()

    def _paint_fold(self, painter: QPainter, fold: Fold, top: int) -> None:
        tokens = self._theme.tokens
        rect = QRectF(0, top, self.viewport().width(), self.row_px)
        painter.fillRect(rect, tokens.subtle)
        words = f"… {_equal_words(fold.count)}"
        room = rect.adjusted(self._text_left(), 0, -_EDGE_PX, 0)
        draw_text(painter, room, words, self._theme.font("small", numbers=True), tokens.text2)

    def _paint_half(self, painter: QPainter, half: Half | None, rect: QRectF) -> None:
        tokens, font = self._theme.tokens, self._theme.font("mono")
        if half is None:
            painter.fillRect(rect, tokens.subtle)
            return
        tone = {"-": "fail", "+": "pass"}.get(half.sign, "")
        if tone:
            painter.fillRect(rect, faded(self._theme.color(f"{tone}Bg"), GROUND_SHARE))
        painter.save()
        y = baseline(rect, font)
        painter.setFont(font)
        painter.setPen(tokens.text3)
        number = str(half.number).rjust(self._digits)
        painter.drawText(QPointF(rect.left() + _EDGE_PX, y), number)
        painter.setPen(self._theme.color(f"{tone}Fg") if tone else tokens.text3)
        painter.drawText(QPointF(rect.left() + _EDGE_PX + (self._digits + 1) * self._char_px(), y), half.sign)
        room = rect.adjusted(self._text_left(), 0, 0, 0)
        painter.setClipRect(room)
        room.translate(-self.horizontalScrollBar().value(), 0)
        room.setWidth(room.width() + self.horizontalScrollBar().value())
        text = half.text[:LONGEST_PAINTED].replace("\t", " ")
        if tone:
            solid = faded(self._theme.color(f"{tone}Solid"), SPAN_SHARE)
            paint_spans(painter, room, text, half.spans, QFontMetricsF(font), solid)
        painter.setPen(tokens.text)
        painter.drawText(QPointF(room.left(), y), escape_odd(text))
        painter.restore()


def _equal_words(count: int) -> str:
    return f"{spell_count(count)} equal line{'' if count == 1 else 's'}"
