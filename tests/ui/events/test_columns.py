"""Tests of the columns as data: each one keeps the contract, and the right ones leave when room is short."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventSummary, Refusal, Repeat
from inspector.domain.verification import Verdict
from inspector.ui.events.cells import event_look, row_flags, row_signature_badge
from inspector.ui.events.columns import (
    CHOOSABLE,
    COLUMN_KEYS,
    COLUMNS,
    DEFAULT_CHOICE,
    LEAST_EVENT_PX,
    Column,
    valid_choice,
    visible_columns,
)
from inspector.ui.events.kit import Cell, CellKit
from inspector.ui.events.wording import RowStyle
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from tests.ui.events.fake_rows import an_event

STYLE = RowStyle(zone=UTC, endpoint_names={EndpointId(1): "RCS production"})
FULL = an_event(
    7, unread=True, starred=True, repeat=Repeat.DUPLICATE, repeat_no=2, replay_count=3, report_count=4
)  # fmt: skip
BARE = EventSummary(FULL.id, None, FULL.received_us, "POST", "", "other")
REFUSED = an_event(8, "", refusal=Refusal.MALFORMED, verdict=None, answer_status=400, answer_us=None)


def painted(column: Column, row: EventSummary, theme: Theme, icons: Icons, *, width: int = 160) -> QImage:
    """Return a cell painted on a plain ground."""
    image = QImage(width, 32, QImage.Format.Format_ARGB32)
    image.fill(theme.tokens.surface)
    painter = QPainter(image)
    column.paint(Cell(painter, QRect(0, 0, width, 32), row, STYLE, CellKit(theme, icons)))
    painter.end()
    return image


@pytest.mark.parametrize("column", COLUMNS, ids=COLUMN_KEYS)
def test_every_column_has_what_a_header_needs(column: Column) -> None:
    assert column.tip
    assert column.title or column.key == "gutter"
    assert column.width_px > 0 or column.key == "event"
    assert COLUMN_KEYS.count(column.key) == 1
    assert column.fixed or column.gives_way > 0


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("column", COLUMNS, ids=COLUMN_KEYS)
def test_every_column_paints_a_full_row(column: Column, theme: Theme, icons: Icons, dark: bool) -> None:
    theme.set_mode("dark" if dark else "light")
    blank = QImage(160, 32, QImage.Format.Format_ARGB32)
    blank.fill(theme.tokens.surface)
    assert painted(column, FULL, theme, icons) != blank


@pytest.mark.parametrize("row", [FULL, BARE, REFUSED], ids=["full", "bare", "refused"])
@pytest.mark.parametrize("column", COLUMNS, ids=COLUMN_KEYS)
def test_every_column_says_something_about_every_row(column: Column, row: EventSummary) -> None:
    assert column.spoken_text(row, STYLE).strip()
    assert isinstance(column.text(row, STYLE), str)
    assert column.cell_tip is None or isinstance(column.cell_tip(row, STYLE), str)


@pytest.mark.parametrize("column", COLUMNS, ids=COLUMN_KEYS)
def test_every_column_paints_rows_with_nothing_in_them_and_in_little_room(
    column: Column, theme: Theme, icons: Icons
) -> None:
    for row in (BARE, REFUSED):
        for width in (160, 20):
            assert not painted(column, row, theme, icons, width=width).isNull()


def test_only_time_sorts() -> None:
    assert [column.key for column in COLUMNS if column.sorts] == ["time"]


@pytest.mark.parametrize(
    ("window", "table", "missing", "there"),
    [
        (1700, 900, set(), {"carrier", "recipient", "message"}),
        (1440, 736, {"carrier"}, {"recipient", "message", "signature", "flags", "answer"}),
        (1279, 720, {"recipient", "carrier"}, {"message"}),
        (1099, 480, {"recipient", "message"}, {"signature", "flags", "answer"}),
        (960, 462, {"recipient", "message"}, {"signature", "flags", "answer"}),
    ],
)
def test_the_window_width_decides_which_columns_are_shown(
    window: int, table: int, missing: set[str], there: set[str]
) -> None:
    shown = set(visible_columns(DEFAULT_CHOICE, window, table))
    assert not shown & missing
    assert there <= shown


def test_a_narrow_table_in_a_wide_window_gives_up_columns_before_the_event_name() -> None:
    everything = tuple(column.key for column in CHOOSABLE)
    for room in range(240, 1500, 60):
        shown = visible_columns(everything, 1440, room)
        used = sum(column.width_px for column in COLUMNS if column.key in shown)
        assert used + LEAST_EVENT_PX <= room or shown == ("gutter", "time", "event")


def test_a_stored_choice_keeps_known_columns_in_the_order_of_the_table() -> None:
    assert valid_choice(("answer", "nonsense", "number")) == ("number", "answer")
    assert valid_choice(()) == DEFAULT_CHOICE


def test_what_came_unverified_gets_no_meaning_by_colour() -> None:
    assert event_look(an_event(1)).color == "passFg"
    assert event_look(an_event(1, verdict=Verdict.INVALID)).color == "neutFg"


def test_flags_count_sightings_and_replays() -> None:
    assert [badge.text for badge in row_flags(FULL, short=False)] == ["2nd", "3"]
    retry = an_event(1, repeat=Repeat.RETRY, repeat_no=3)
    assert [badge.text for badge in row_flags(retry, short=False)] == ["Retry 2"]
    assert [badge.text for badge in row_flags(retry, short=True)] == ["2"]


def test_the_normal_signature_is_plain_and_trouble_is_filled() -> None:
    def fill(**changes: Any) -> str | None:
        badge = row_signature_badge(an_event(1, **changes))
        return badge.fill if badge else None

    assert fill() == "plain"
    assert fill(verdict=Verdict.UNSIGNED) == "plain"
    assert fill(verdict=Verdict.INVALID) == "filled"
    assert fill(verdict=Verdict.NO_SECRET) == "filled"
    assert fill(checked=False) is None
    badge = row_signature_badge(REFUSED)
    assert badge is not None
    assert badge.text == "Refused"


def test_larger_text_makes_columns_wider_and_fewer() -> None:
    def widths(scale: float) -> list[int]:
        return [column.width_at(narrow=False, text_scale=scale) for column in COLUMNS if column.width_px]

    assert all(large > usual for usual, large in zip(widths(1.0), widths(1.5), strict=True))
    assert widths(0.9) == widths(1.0)
    assert len(visible_columns(DEFAULT_CHOICE, 1440, 736, 1.5)) < len(visible_columns(DEFAULT_CHOICE, 1440, 736))


def test_a_wide_font_of_the_times_stays_in_its_column(theme: Theme, icons: Icons) -> None:
    column = next(item for item in COLUMNS if item.key == "time")
    theme.set_text_scale(1.5)  # as a font half as wide again would need
    image = QImage(160, 32, QImage.Format.Format_ARGB32)
    image.fill(theme.tokens.surface)
    painter = QPainter(image)
    column.paint(Cell(painter, QRect(0, 0, column.width_px, 32), FULL, STYLE, CellKit(theme, icons)))
    painter.end()
    ground = theme.tokens.surface.rgb()
    assert all(image.pixel(x, y) == ground for x in range(column.width_px + 1, 160) for y in range(32))
