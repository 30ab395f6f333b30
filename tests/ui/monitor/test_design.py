"""The Monitor page beside its pictures: where the cards are, what is said, and in which colours."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from inspector.ui.gallery import SCREENS, staged
from inspector.ui.icons import Icons
from inspector.ui.main_window import MainWindow
from inspector.ui.theme import Mode, Theme

CLOSE_PX = 4
SCREEN = next(screen for screen in SCREENS if screen.name == "monitor")

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
    yield
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()


def edges(window: MainWindow, part: QWidget) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a part in the window."""
    at = part.mapTo(window, QPoint(0, 0))
    return at.x(), at.y(), at.x() + part.width(), at.y() + part.height()


def close(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= CLOSE_PX for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("mode", ["light", "dark"])
async def test_the_page_has_its_cards_and_colours_where_the_picture_has_them(mode: Mode, dressed: Theme) -> None:
    async with staged(SCREEN, mode, dressed, Icons(dressed)) as (stage, _shown):
        window, page = stage.window, stage.window.monitor.page
        assert page is not None
        wanted = {
            "banner": (page.banner, (227, 132, 1426, 172)),
            "first tile": (page.tiles[0], (227, 182, 419, 274)),
            "second tile": (page.tiles[1], (429, 182, 620, 274)),
            "last tile": (page.tiles[5], (1235, 182, 1426, 274)),
            "deliveries": (page.deliveries, (227, 284, 1426, 482)),
            "times": (page.times, (227, 492, 822, 692)),
            "rate": (page.rate, (832, 492, 1426, 692)),
            "reasons": (page.reasons, (227, 702, 620, 852)),
            "alerts": (page.alerts, (630, 702, 1023, 852)),
            "retries": (page.retries, (1033, 702, 1426, 852)),
        }
        wrong = {
            name: edges(window, part) for name, (part, box) in wanted.items() if not close(edges(window, part), box)
        }
        assert wrong == {}
        plots = {"deliveries": (332, 456), "times": (532, 666), "rate": (532, 666)}  # the highest and the lowest line
        for name, (top, foot) in plots.items():
            chart = wanted[name][0].chart  # type: ignore[attr-defined]  # a ChartCard
            at = chart.mapTo(window, QPoint(0, 0)).y()
            assert close((at + round(chart.plot.top()), at + round(chart.plot.bottom())), (top, foot)), name
        image, tokens = window.grab().toImage(), dressed.tokens
        ground = {
            (220, 500): tokens.subtle,
            (240, 190): tokens.surface,
            (283, 420): tokens.chart,
            (760, 97): tokens.surface,
        }
        assert {at: image.pixelColor(*at).name() for at in ground} == {at: color.name() for at, color in ground.items()}
        last = round(page.deliveries.chart.mapTo(window, QPoint(round(page.deliveries.chart.x_of(59)), 0)).x())
        column = {image.pixelColor(last, y).name() for y in range(330, 457)}
        assert {tokens.chart.name(), tokens.dupSolid.name(), tokens.failSolid.name()} <= column


async def test_the_page_says_what_the_picture_says(dressed: Theme) -> None:
    async with staged(SCREEN, "light", dressed, Icons(dressed)) as (stage, _shown):
        window, page, tools = stage.window, stage.window.monitor.page, stage.window.monitor.tools
        assert page is not None
        assert tools is not None
        assert [window.head.tabs.bar.tabText(place) for place in range(3)] == ["Events", "Messages", "Monitor"]
        assert (tools.label.text(), tools.export.text(), tools.alerts.text()) == ("Measured at", "Export", "Alerts")
        assert [tools.spans.button(key).text() for key in ("15m", "1h", "24h", "7d")] == [
            "15 min",
            "1 h",
            "24 h",
            "7 d",
        ]
        assert (tools.places.current, tools.spans.current) == ("handler", "1h")
        heads = [card.head for card in (*page.charts, page.reasons, page.retries)]
        assert [(head.title, head.note) for head in heads] == [
            ("Deliveries per minute", ""), ("Processing time", "per minute"), ("Failure rate", "5-minute window"),
            ("Why deliveries failed", ""), ("Retries", ""),
        ]  # fmt: skip
        data = page.times.chart.data
        assert [words for _value, words in data.scale.ticks] == ["0", "2 s", "4 s", "6 s"]
        assert [data.times(place) for place in (0, 10, 60)] == ["13:26", "13:36", "14:26"]
        assert [words for _value, words in page.rate.chart.data.scale.ticks] == ["0", "0.5 %", "1 %", "1.5 %", "2 %"]
        assert window.status.events.text() == "11,483 deliveries in 1 h"
