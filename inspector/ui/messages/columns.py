"""The columns of the message table, one entry each, and which of them fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from inspector.timeline.row import MessageRow
from inspector.ui.messages import cells
from inspector.ui.messages.cells import Cell
from inspector.ui.messages.wording import (
    MessageStyle,
    recipient_text,
    spoken_lifecycle,
    spoken_row,
    state_badge,
    total_text,
)

LEAST_STRETCH_PX = 96


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `width_px` 0 takes what the others leave; `gives_way` is the order of leaving (0 stays)."""

    key: str
    title: str
    width_px: int
    paint: Callable[[Cell], None]
    text: Callable[[MessageRow, MessageStyle], str]
    spoken: Callable[[MessageRow, MessageStyle], str]
    tip: str
    gives_way: int = 0
    right: bool = False


COLUMNS: tuple[Column, ...] = (
    Column(
        "message", "Message", 130, cells.paint_message, lambda row, _style: row.message_id, spoken_row,
        "The provider's id of the message",
    ),
    Column(
        "recipient", "Recipient", 114, cells.paint_recipient, recipient_text,
        lambda row, style: recipient_text(row, style) or "no recipient", "Whom it was sent to", gives_way=2,
    ),
    Column(
        "campaign", "Campaign", 0, cells.paint_campaign, lambda row, _style: row.campaign,
        lambda row, _style: row.campaign or "no campaign", "The campaign the provider names", gives_way=1,
    ),
    Column(
        "lifecycle", "Lifecycle", 154, cells.paint_lifecycle, spoken_lifecycle, spoken_lifecycle,
        "Queued, sent, delivered, read",
    ),
    Column(
        "state", "State", 122, cells.paint_state, lambda row, style: state_badge(row, style).text,
        lambda row, style: state_badge(row, style).spoken, "The gravest thing there is to say of it",
    ),
    Column(
        "total", "Total", 84, cells.paint_total, lambda row, _style: total_text(row),
        lambda row, _style: f"total {total_text(row)}", "From the first thing that happened to the last that arrived",
        gives_way=3, right=True,
    ),
)  # fmt: skip


def fitting(room_px: int, scale: float = 1.0) -> tuple[tuple[str, ...], str]:
    """Return the keys of the columns that fit into so many pixels, and the one that takes what is left."""
    shown = list(COLUMNS)
    leaving = sorted((column for column in COLUMNS if column.gives_way), key=lambda column: column.gives_way)
    while leaving:
        needed = sum(round((column.width_px or LEAST_STRETCH_PX) * scale) for column in shown)
        if needed <= room_px:
            break
        shown.remove(leaving.pop(0))
    stretch = next((column.key for column in shown if not column.width_px), "message")
    return tuple(column.key for column in shown), stretch
