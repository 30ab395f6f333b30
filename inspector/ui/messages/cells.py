"""The painters of the message table's cells: one function a column, given everything it needs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from inspector.timeline.row import MessageRow
from inspector.timeline.stages import Mark
from inspector.ui.events.kit import CellKit, Face
from inspector.ui.messages.wording import NOTHING, MessageStyle, recipient_text, state_badge, total_text
from inspector.ui.widgets.badges import PADDING_PX, paint_badge
from inspector.ui.widgets.marks import MARK_PX, StageMark, paint_mark

LEFT_PX = 14
MARK_STEP_PX = 36
_FIRST_MARK_PX = 9
_RIGHT_PX = 14
_GAP_PX = 8
_LINE_PX = 1.75
_STUB_PX = 22

STAGE_MARKS: dict[Mark, StageMark] = {
    Mark.ARRIVED: "arrived",
    Mark.CURRENT: "current",
    Mark.WAITING: "waiting",
    Mark.MISSING: "missing",
    Mark.DISORDER: "disorder",
    Mark.FAILED: "failed",
    Mark.REFUSED: "refused",
}
IN_ORDER = frozenset({Mark.ARRIVED, Mark.CURRENT})


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell to paint: where, what, how it is written and with what."""

    painter: QPainter
    rect: QRect
    row: MessageRow
    style: MessageStyle
    kit: CellKit

    def text(
        self,
        text: str,
        face: Face,
        color: QColor,
        *,
        left: int = 0,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        right: bool = False,
    ) -> None:
        """Paint one line centred by its capitals, cut to the cell."""
        room = self.rect.width() - left - (_RIGHT_PX if right else _GAP_PX)
        if face.width(text) > room:
            text = face.metrics.elidedText(text, elide, max(0, room))
        x = self.rect.left() + left + (room - face.width(text) if right else 0)
        y = self.rect.top() + round((self.rect.height() - 1 + face.cap_px) / 2)
        self.painter.setFont(face.font)
        self.painter.setPen(color)
        self.painter.drawText(QPointF(x, y), text)


def paint_message(cell: Cell) -> None:
    """The message id, cut in its middle so that both ends can be compared."""
    ink = cell.kit.theme.tokens.text
    cell.text(cell.row.message_id, cell.kit.face("mono"), ink, left=LEFT_PX, elide=Qt.TextElideMode.ElideMiddle)


def paint_recipient(cell: Cell) -> None:
    """The recipient, masked where asked for."""
    _words(cell, recipient_text(cell.row, cell.style))


def paint_campaign(cell: Cell) -> None:
    """The campaign."""
    _words(cell, cell.row.campaign)


def paint_lifecycle(cell: Cell) -> None:
    """A mark for each stage, joined by lines."""
    middle = cell.rect.top() + (cell.rect.height() - 1) / 2
    points = [QPointF(cell.rect.left() + _FIRST_MARK_PX + MARK_STEP_PX * place, middle) for place in range(4)]
    paint_marks(cell.painter, points, cell.row.marks(cell.style.now_us), cell.kit)


def paint_marks(painter: QPainter, points: list[QPointF], marks: tuple[Mark, ...], kit: CellKit) -> None:
    """Paint marks at points, and between those that are there lines: solid where both ends arrived in order."""
    tokens = kit.theme.tokens
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shown = [(point, mark) for point, mark in zip(points, marks, strict=True) if mark is not Mark.NONE]
    for (start, before), (end, after) in pairwise(shown):
        solid = before in IN_ORDER and after in IN_ORDER
        _line(painter, start, end, tokens.passSolid if solid else tokens.borderStrong, solid=solid)
    if shown and shown[-1][1] is Mark.FAILED and shown[-1][0] != points[-1]:
        end = QPointF(shown[-1][0].x() + MARK_PX / 2 + _STUB_PX, shown[-1][0].y())
        _line(painter, shown[-1][0], end, tokens.borderStrong, solid=False)
    for point, mark in shown:
        paint_mark(painter, point, STAGE_MARKS[mark], kit.theme, kit.icons)


def _line(painter: QPainter, start: QPointF, end: QPointF, color: QColor, *, solid: bool) -> None:
    pen = QPen(color, _LINE_PX)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if not solid:
        pen.setDashPattern([2.2, 1.6])
    painter.setPen(pen)
    inset = MARK_PX / 2
    painter.drawLine(QPointF(start.x() + inset, start.y()), QPointF(max(end.x() - inset, start.x() + inset), end.y()))


def paint_state(cell: Cell) -> None:
    """The gravest thing there is to say; icons of plain and filled badges stand below one another."""
    badge = state_badge(cell.row, cell.style)
    shift = 0 if badge.fill == "filled" else PADDING_PX
    rect = QRect(cell.rect.left() + shift, cell.rect.top(), cell.rect.width() - shift, cell.rect.height() - 1)
    cell.painter.save()
    cell.painter.setClipRect(cell.rect.adjusted(0, 0, -4, 0))
    paint_badge(cell.painter, rect, badge, cell.kit.theme, cell.kit.icons)
    cell.painter.restore()


def paint_total(cell: Cell) -> None:
    """From the first thing that happened to the last that arrived."""
    text = total_text(cell.row)
    ink = cell.kit.theme.tokens.text3 if text == NOTHING else cell.kit.theme.tokens.text2
    cell.text(text, cell.kit.face("small", numbers=True), ink, right=True)


def _words(cell: Cell, text: str) -> None:
    tokens = cell.kit.theme.tokens
    cell.text(text or NOTHING, cell.kit.face("small", numbers=True), tokens.text2 if text else tokens.text3)
