"""The columns of the event table, one entry each, and which of them fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from inspector.domain.event import EventSummary
from inspector.ui.events import cells
from inspector.ui.events.kit import Cell
from inspector.ui.events.wording import (
    NOTHING,
    VERDICT_WORDS,
    RowStyle,
    answer_time,
    clock_parts,
    full_time,
    label_of,
    recipient_text,
    repeat_words,
    short_ago,
    signature_tip,
    size_text,
    spoken_answer,
    spoken_row,
)
from inspector.ui.widgets.counts import grouped

TextOf = Callable[[EventSummary, RowStyle], str]

WIDE_WINDOW_PX = 1600
FULL_WINDOW_PX = 1280
MEDIUM_WINDOW_PX = 1100
LEAST_EVENT_PX = 118


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    `width_px` 0 takes what the others leave; `narrow_px` is used below 1100 px. `paint` paints a cell, `text` is what
    it says when copied, `spoken` what a screen reader says. `tip` is the header's tool tip, `cell_tip` a cell's.
    `from_px` is the window width from which it is shown, `gives_way` its place in the order in which columns leave
    when the table itself is too narrow (0 stays). `fixed` columns cannot be chosen away; `chosen` ones are shown at
    first; `sorts` says that a click on the header turns the order round.
    """

    key: str
    title: str
    width_px: int
    paint: Callable[[Cell], None]
    text: TextOf
    tip: str
    spoken: TextOf | None = None
    cell_tip: TextOf | None = None
    narrow_px: int = 0
    from_px: int = 0
    gives_way: int = 0
    fixed: bool = False
    chosen: bool = True
    sorts: bool = False

    def width_at(self, *, narrow: bool, text_scale: float = 1.0) -> int:
        """Return the width in pixels for this much room and this size of text."""
        width = self.narrow_px if narrow and self.narrow_px else self.width_px
        return round(width * max(1.0, text_scale))

    def spoken_text(self, row: EventSummary, style: RowStyle) -> str:
        """Return what a screen reader says: never nothing."""
        said = self.spoken(row, style) if self.spoken else self.text(row, style)
        return said or f"no {self.title.lower()}"


def _time(row: EventSummary, style: RowStyle) -> str:
    if style.relative:
        return short_ago(row.received_us, style.clock())
    return "".join(clock_parts(row.received_us, style.zone))


def _flags(row: EventSummary, _style: RowStyle) -> str:
    replays = f"replayed {row.replay_count} times" if row.replay_count else ""
    return ", ".join(part for part in (repeat_words(row), replays) if part)


def _signature(row: EventSummary, _style: RowStyle) -> str:
    badge = cells.row_signature_badge(row)
    return badge.text if badge else NOTHING


def _spoken_signature(row: EventSummary, _style: RowStyle) -> str:
    if row.refusal is not None:
        return "refused"
    return VERDICT_WORDS[row.verdict] if row.checked and row.verdict is not None else "signature not checked"


def _answer(row: EventSummary, _style: RowStyle) -> str:
    return f"{row.answer_status or NOTHING} {answer_time(row.answer_us)}".rstrip()


def _time_tip(row: EventSummary, style: RowStyle) -> str:
    return full_time(row.received_us, style.zone, datetime.now(UTC))


def _recipient(row: EventSummary, style: RowStyle) -> str:
    return recipient_text(row, masked=style.masks(row.endpoint_id))


def _event_tip(row: EventSummary, _style: RowStyle) -> str:
    several = f"\n{row.report_count} reports in one event" if row.report_count > 1 else ""
    return f"{label_of(row)}{several}"


def _marks(row: EventSummary, _style: RowStyle) -> str:
    return ", ".join(word for word, on in (("unread", row.unread), ("starred", row.starred)) if on)


GUTTER = Column(
    "gutter", "", 14, cells.paint_gutter, _marks, "Unread events have a dot", spoken_row,
    narrow_px=12, fixed=True,
)  # fmt: skip
TIME = Column(
    "time", "Time", 93, cells.paint_time, _time, "When the last byte was read. Click to turn the order round.",
    cell_tip=_time_tip, narrow_px=95, fixed=True, sorts=True,
)  # fmt: skip
EVENT = Column(
    "event", "Event", 0, cells.paint_event, lambda row, _: label_of(row), "What the provider reports",
    cell_tip=_event_tip, fixed=True,
)  # fmt: skip

COLUMNS: tuple[Column, ...] = (
    GUTTER,
    Column(
        "number", "#", 68, cells.paint_number, lambda row, _: f"#{grouped(row.id)}", "The event's own number",
        lambda row, _: f"number {row.id}", gives_way=2, chosen=False,
    ),
    TIME,
    EVENT,
    Column(
        "endpoint", "Endpoint", 120, cells.paint_endpoint, cells.endpoint_text, "The endpoint it came to",
        gives_way=3, chosen=False,
    ),
    Column(
        "message", "Message", 103, cells.paint_message, lambda row, _: row.message_id, "The message's ID",
        cell_tip=lambda row, _: row.message_id, from_px=MEDIUM_WINDOW_PX, gives_way=8,
    ),
    Column(
        "recipient", "Recipient", 112, cells.paint_recipient,
        _recipient, "Who the message went to", cell_tip=_recipient, from_px=FULL_WINDOW_PX, gives_way=7,
    ),
    Column(
        "carrier", "Carrier", 84, cells.paint_carrier, lambda row, _: row.carrier, "The recipient's carrier",
        gives_way=5, chosen=False,
    ),
    Column(
        "campaign", "Campaign", 120, cells.paint_campaign, lambda row, _: row.campaign, "The campaign it belongs to",
        cell_tip=lambda row, _: row.campaign, gives_way=4, chosen=False,
    ),
    Column(
        "signature", "Signature", 76, cells.paint_signature, _signature, "Whether the provider's signature is right",
        _spoken_signature, lambda row, _: signature_tip(row), narrow_px=72, gives_way=10,
    ),
    Column(
        "flags", "Flags", 90, cells.paint_flags, _flags, "Duplicates, retries and replays",
        cell_tip=lambda row, style: _flags(row, style).capitalize(), narrow_px=50, gives_way=9,
    ),
    Column(
        "answer", "Answer", 80, cells.paint_answer, _answer, "What we answered, and how fast",
        lambda row, _: spoken_answer(row), lambda row, _: spoken_answer(row).capitalize(), gives_way=11,
    ),
    Column(
        "size", "Size", 62, cells.paint_size, lambda row, _: size_text(row.size), "The body's size as it came",
        gives_way=1, chosen=False,
    ),
    Column(
        "ip", "Sender IP", 112, cells.paint_peer, lambda row, _: row.peer, "Where it came from",
        gives_way=6, chosen=False,
    ),
)  # fmt: skip

COLUMN_KEYS = tuple(column.key for column in COLUMNS)
CHOOSABLE = tuple(column for column in COLUMNS if not column.fixed)
DEFAULT_CHOICE = tuple(column.key for column in CHOOSABLE if column.chosen)


def valid_choice(keys: Sequence[str]) -> tuple[str, ...]:
    """Return the known keys of a stored choice in the order of the table; an empty one means the first choice."""
    known = tuple(column.key for column in CHOOSABLE if column.key in keys)
    return known or DEFAULT_CHOICE


def visible_columns(choice: Sequence[str], window_px: int, table_px: int, text_scale: float = 1.0) -> tuple[str, ...]:
    """Return the keys that are shown: what was chosen, what the window's width allows, and what has room.

    From 1600 px on the carrier joins the first choice. The event's name keeps at least 118 px. Larger text
    (`text_scale` over 1) makes columns wider.
    """
    narrow = window_px < MEDIUM_WINDOW_PX
    wanted = set(choice)
    if tuple(choice) == DEFAULT_CHOICE and window_px >= WIDE_WINDOW_PX:
        wanted.add("carrier")
    shown = [column for column in COLUMNS if column.fixed or (column.key in wanted and window_px >= column.from_px)]
    for column in sorted((item for item in shown if item.gives_way), key=lambda item: item.gives_way):
        used = sum(item.width_at(narrow=narrow, text_scale=text_scale) for item in shown)
        if used + LEAST_EVENT_PX * max(1.0, text_scale) <= table_px:
            break
        shown.remove(column)
    return tuple(column.key for column in shown)
