"""The painters of the event table's cells: one function a column, given everything it needs."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter

from inspector.domain.event import EventSummary, Refusal, Repeat
from inspector.ui.events.kit import Cell
from inspector.ui.events.wording import (
    NOTHING,
    SLOW_ANSWER_US,
    RowStyle,
    answer_time,
    clock_parts,
    label_of,
    label_parts,
    recipient_text,
    short_ago,
    size_text,
    unverified,
)
from inspector.ui.icons import FILLED_STAR, REFUSAL_ICONS, Look, kind_look
from inspector.ui.widgets.badges import (
    PADDING_PX,
    Badge,
    badge_width,
    paint_badge,
    repeat_badge,
    replay_badge,
    signature_badge,
)
from inspector.ui.widgets.counts import grouped

ROW_ICON_PX = 15
CELL_GAP_PX = 8
FLAG_GAP_PX = 4
MOST_FLAGS = 2

_LABEL_LEFT_PX = 23
_DOT_PX = 5
_STAR_PX = 9
_ANSWER_RIGHT_PX = 8
_REFUSED = Badge("Refused", "ban", "signature", "filled", "neut", tip="Turned away, the body was not kept")


def paint_gutter(cell: Cell) -> None:
    """An accent dot for unread, else a star for starred."""
    middle = cell.rect.top() + (cell.rect.height() - 1) / 2
    if cell.row.unread:
        cell.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cell.painter.setPen(Qt.PenStyle.NoPen)
        cell.painter.setBrush(cell.kit.theme.tokens.accent)
        x = cell.rect.right() + 1 - _DOT_PX - 4
        cell.painter.drawEllipse(QRectF(x, middle - _DOT_PX / 2, _DOT_PX, _DOT_PX))
    elif cell.row.starred:
        cell.icon(FILLED_STAR, "warnSolid", cell.rect.right() - _STAR_PX - 1, _STAR_PX)


def paint_time(cell: Cell) -> None:
    """The time of day in mono, its milliseconds dimmed; or how long ago it was."""
    if cell.style.relative:
        paint_words(cell, short_ago(cell.row.received_us, cell.style.clock()))
        return
    clock, millis = clock_parts(cell.row.received_us, cell.style.zone)
    tokens, face = cell.kit.theme.tokens, cell.kit.face("mono")
    end = cell.text(cell.rect.left(), clock, face, tokens.text2)
    cell.text(end, millis, face, tokens.text3, room=cell.rect.right() + 1 - end)  # a chosen font may be a wide one


def event_look(row: EventSummary) -> Look:
    """Return icon and colour of a row's event: what came unverified gets no meaning by colour."""
    if row.refusal is not None:
        return REFUSAL_ICONS[row.refusal.value]
    look = kind_look(row.label)
    look = look if look.icon != "webhook" else kind_look(row.kind)
    return Look(look.icon, "neutFg") if unverified(row) else look


def paint_event(cell: Cell) -> None:
    """Icon, dimmed prefix and semi-bold last part; where there is no room the prefix goes first."""
    tokens = cell.kit.theme.tokens
    look = event_look(cell.row)
    cell.icon(look.icon, look.color, cell.rect.left(), ROW_ICON_PX)
    prefix, last = label_parts(label_of(cell.row))
    plain, strong = cell.kit.face("body"), cell.kit.face("label")
    more = f"+{cell.row.report_count - 1}" if cell.row.report_count > 1 else ""
    small = cell.kit.face("small", numbers=True)
    x = float(cell.rect.left() + _LABEL_LEFT_PX)
    room = cell.rect.right() - CELL_GAP_PX - x - (small.width(more) + 6 if more else 0)
    if prefix:
        left = room - strong.width(last)
        if left >= plain.width(prefix[:2] + "…"):
            x = cell.text(x, prefix, plain, tokens.text3, room=left)
    end = cell.rect.right() - CELL_GAP_PX
    # Of a name the end tells most, of a sentence the beginning.
    elide = Qt.TextElideMode.ElideRight if " " in last else Qt.TextElideMode.ElideLeft
    x = cell.text(x, last, strong, tokens.text, room=end - x, elide=elide)
    if more:
        cell.text(x + 6, more, small, tokens.text3)


def paint_mono(cell: Cell, text: str) -> None:
    """An identifier in mono, cut in its middle so that both ends can be compared."""
    _paint_cut(cell, text, mono=True, elide=Qt.TextElideMode.ElideMiddle)


def paint_words(cell: Cell, text: str) -> None:
    """Words or numbers in the small font, cut at the end."""
    _paint_cut(cell, text, mono=False, elide=Qt.TextElideMode.ElideRight)


def _paint_cut(cell: Cell, text: str, *, mono: bool, elide: Qt.TextElideMode) -> None:
    tokens = cell.kit.theme.tokens
    face = cell.kit.face("mono") if mono else cell.kit.face("small", numbers=True)
    color = tokens.text2 if text else tokens.text3
    room = cell.rect.width() - FLAG_GAP_PX
    cell.text(cell.rect.left(), text or NOTHING, face, color, room=room, elide=elide)


def paint_message(cell: Cell) -> None:
    """The message id."""
    paint_mono(cell, cell.row.message_id)


def paint_recipient(cell: Cell) -> None:
    """The recipient, masked where asked for."""
    paint_words(cell, recipient_text(cell.row, masked=cell.style.masks(cell.row.endpoint_id)))


def row_signature_badge(row: EventSummary) -> Badge | None:
    """Return the badge of the signature column, None where there was nothing to check."""
    if row.refusal is not None:
        return _REFUSED
    if not row.checked or row.verdict is None:
        return None
    return signature_badge(row.verdict.value)


def paint_signature(cell: Cell) -> None:
    """The verdict; icons of plain and filled badges stand below one another."""
    badge = row_signature_badge(cell.row)
    if badge is None:
        paint_words(cell, "")
        return
    shift = PADDING_PX if badge.fill == "filled" else 0
    rect = QRect(cell.rect.left() - shift, cell.rect.top(), cell.rect.width(), cell.rect.height() - 1)
    paint_badge(cell.painter, rect, badge, cell.kit.theme, cell.kit.icons)


def row_flags(row: EventSummary, *, short: bool) -> tuple[Badge, ...]:
    """Return every flag of a row; the number alone stands for a retry where room is short or another flag follows."""
    flags: list[Badge] = []
    if row.repeat is not None:
        several = row.repeat is Repeat.RETRY and row.replay_count > 0
        flags.append(repeat_badge(row.repeat.value, row.repeat_no, short=short or several))
    if row.replay_count:
        flags.append(replay_badge(row.replay_count))
    return tuple(flags)


def shown_flags(cell: Cell) -> tuple[tuple[Badge, ...], int]:
    """Return the flags that fit, at most two, and how many are left out."""
    flags = row_flags(cell.row, short=cell.style.short)
    room = cell.rect.width()
    shown: list[Badge] = []
    for flag in flags[:MOST_FLAGS]:
        room -= badge_width(flag, cell.kit.theme) + (FLAG_GAP_PX if shown else 0)
        if shown and room < 0:
            break
        shown.append(flag)
    return tuple(shown), len(flags) - len(shown)


def paint_flags(cell: Cell) -> None:
    """Repeat and replay badges, at most two, then how many more."""
    shown, hidden = shown_flags(cell)
    x = cell.rect.left()
    for badge in shown:
        rect = QRect(x, cell.rect.top(), cell.rect.width(), cell.rect.height() - 1)
        x += paint_badge(cell.painter, rect, badge, cell.kit.theme, cell.kit.icons) + FLAG_GAP_PX
    if hidden:
        cell.text(x, f"+{hidden}", cell.kit.face("badge", numbers=True), cell.kit.theme.tokens.text2)


def paint_answer(cell: Cell) -> None:
    """The status in mono, red from 400, and how long the answer took."""
    tokens, row = cell.kit.theme.tokens, cell.row
    failed = row.answer_status >= 400
    status = str(row.answer_status) if row.answer_status else NOTHING
    cell.text(cell.rect.left(), status, cell.kit.face("mono", bold=failed), tokens.failFg if failed else tokens.text)
    took = answer_time(row.answer_us)
    if took:
        slow = row.answer_us is not None and row.answer_us > SLOW_ANSWER_US
        face = cell.kit.face("small", numbers=True)
        x = cell.rect.right() + 1 - _ANSWER_RIGHT_PX - face.width(took)
        cell.text(x, took, face, tokens.warnFg if slow else tokens.text3)


def paint_number(cell: Cell) -> None:
    """The event's own number."""
    paint_words(cell, f"#{grouped(cell.row.id)}")


def endpoint_text(row: EventSummary, style: RowStyle) -> str:
    """Return the name of the endpoint an event came to, "" for none."""
    if row.refusal is Refusal.UNKNOWN_ENDPOINT or row.endpoint_id is None:
        return ""
    return style.endpoint_names.get(row.endpoint_id, "")


def paint_endpoint(cell: Cell) -> None:
    """The endpoint's name."""
    paint_words(cell, endpoint_text(cell.row, cell.style))


def paint_carrier(cell: Cell) -> None:
    """The carrier."""
    paint_words(cell, cell.row.carrier)


def paint_campaign(cell: Cell) -> None:
    """The campaign."""
    paint_words(cell, cell.row.campaign)


def paint_size(cell: Cell) -> None:
    """The body's size."""
    paint_words(cell, size_text(cell.row.size))


def paint_peer(cell: Cell) -> None:
    """The sender's address."""
    paint_mono(cell, cell.row.peer)
