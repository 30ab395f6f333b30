"""The window beside its pictures: where the main lines are, what is said, and in which colours."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from inspector.ui.actions import ACTIONS
from inspector.ui.gallery import MODES, SCREENS, Screen, Stage, staged
from inspector.ui.icons import Icons
from inspector.ui.main_window import MainWindow
from inspector.ui.theme import Mode, Theme
from inspector.ui.widgets.buttons import ThemedButton
from inspector.ui.widgets.labels import ElidingLabel
from inspector.ui.widgets.paint import text_width

CLOSE_PX = 4
BY_NAME = {screen.name: screen for screen in SCREENS}


def on_stage(name: str, mode: Mode, theme: Theme) -> AbstractAsyncContextManager[tuple[Stage, QWidget]]:
    """Bring the program into a state of the gallery."""
    return staged(BY_NAME[name], mode, theme, Icons(theme))


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import time

    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
    yield
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()


def lines_at(picture: QImage, x: int, color: QColor) -> list[int]:
    """Return the y of every line of one pixel in a colour that a column of the picture crosses."""
    found = []
    for y in range(1, picture.height() - 1):
        above, here, below = (picture.pixelColor(x, y + step) for step in (-1, 0, 1))
        if here == color and above != color and below != color:
            found.append(y)
    return found


def has_line_near(lines: list[int], y: int) -> bool:
    return any(abs(line - y) <= CLOSE_PX for line in lines)


def top_of(window: MainWindow, part: QWidget) -> int:
    return part.mapTo(window, QPoint(0, 0)).y()


def texts_of(window: QWidget) -> list[str]:
    """Return what the labels, buttons and fields in view say."""
    parts = [part for part in window.findChildren(QWidget) if part.isVisible()]
    return [part.text() for part in parts if isinstance(part, QLabel | QAbstractButton | ElidingLabel)]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.asyncio
async def test_the_events_page_has_its_lines_where_the_picture_has_them(mode: Mode, dressed: Theme) -> None:
    async with on_stage("main", mode, dressed) as (stage, window):
        picture, tokens = window.grab().toImage(), dressed.tokens
        border = lines_at(picture, 305, tokens.border)  # beside the words of the list
        for y in (74, 119, 185, 874):  # top bar, tab row, column header, status bar
            assert has_line_near(border, y), (y, border)
        inspector = lines_at(picture, 966, tokens.border)  # in the inspector's left margin
        assert 185 in border
        assert 185 in inspector  # the column header and the inspector's tabs end at the same line
        rows = lines_at(picture, 600, tokens.grid)
        assert all(has_line_near(rows, 186 + 32 * number - 1) for number in range(2, 21))
        main = stage.window
        assert [main.panes.sizes()[0], main.panes.sizes()[2]] == [212, 480]
        assert picture.pixelColor(212, 500) == tokens.border
        assert picture.pixelColor(959, 500) == tokens.border
        heights = {
            26: main.menuBar().height(),
            38: main.page.filters.height(),
            28: main.page.table.horizontalHeader().height(),
            78: main.pane.header.height(),
        }
        assert list(heights) == list(heights.values())
        assert main.status.height() == 26


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.asyncio
async def test_the_events_page_says_and_paints_what_the_picture_does(mode: Mode, dressed: Theme) -> None:
    async with on_stage("main", mode, dressed) as (stage, window):
        said, main = texts_of(window), stage.window
        for words in (
            "Send test event", "Replay", "message.delivered", "#24 · 14:23:45.218 · 519 B", "Endpoints", "Saved views",
            "1 selected", "24 events", "Copy path",
        ):  # fmt: skip
            assert words in said, words
        assert [main.pane.tabs.bar.tabText(place) for place in range(8)] == [
            "Overview", "Payload", "Raw", "Headers", "Signature", "Timeline", "Replays", "Diff",
        ]  # fmt: skip
        assert [row.name for row in main.sidebar.scopes_model.rows] == [
            "All endpoints", "RCS production", "RCS staging", "Template reviews", "Payments sandbox",
        ]  # fmt: skip
        picture, tokens = window.grab().toImage(), dressed.tokens
        samples = {
            (800, 12): tokens.window,  # menu bar
            (200, 70): tokens.window,  # top bar
            (100, 820): tokens.window,  # sidebar
            (600, 888): tokens.window,  # status bar
            (300, 160): tokens.surface,  # column header
            (300, 203): tokens.selected,  # the selected row
            (214, 203): tokens.accent,  # and its bar
            (300, 250): tokens.surface,
            (1300, 800): tokens.surface,  # inspector
            (1000, 860): tokens.subtle,  # its footer
            (1318, 90): tokens.accentFill,  # Replay
        }
        wrong = {at: (picture.pixelColor(*at).name(), color.name()) for at, color in samples.items()
                 if picture.pixelColor(*at) != color}  # fmt: skip
        assert wrong == {}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.asyncio
async def test_a_failed_signature_is_explained_beside_its_tinted_row(mode: Mode, dressed: Theme) -> None:
    async with on_stage("signature-failed", mode, dressed) as (stage, window):
        said = " ".join(texts_of(window))
        for words in ("The signature does not match", "Likely cause", "Checked", "Compare", "Copy expected value"):
            assert words in said, words
        assert stage.window.pane.current_view == "signature"
        picture = window.grab().toImage()
        tinted, plain = picture.pixelColor(650, 186 + 11 * 32 + 4), dressed.tokens.surface
        assert tinted != plain
        assert tinted.red() - tinted.green() > plain.red() - plain.green()  # towards red in both schemes


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.asyncio
async def test_the_first_steps_stand_where_the_picture_has_them(mode: Mode, dressed: Theme) -> None:
    async with on_stage("first-run", mode, dressed) as (stage, window):
        said, page, main = texts_of(window), stage.window.first_run, stage.window
        for words in (
            "Receive your first webhook",
            "The receiver is already running. Three steps and the events appear here, live.",
            "Get an address your provider can reach",
            "Paste it into your provider’s webhook settings",
            "Send a test event, or wait for a real one",
            "Use my own address…",
            "Where do I find it?",
            "Send signed test event",
        ):
            assert words in said, words
        assert page.provider.text() == "RCS events (X-Webhook-Signature)"
        assert not main.pane.isVisible()
        assert not main.page.filters.isVisible()
        assert not main.sidebar.views.isVisible()
        middles = {361: page.address, 526: page.provider, 654: page.send}  # of the fields in the picture
        for y, part in middles.items():
            assert abs(top_of(main, part) + part.height() / 2 - y) <= CLOSE_PX + 1, (y, top_of(main, part))
        left = page.address.mapTo(main, QPoint(0, 0)).x()
        assert abs(left - 524) <= CLOSE_PX
        assert abs(left + page.address.width() - 1168) <= CLOSE_PX
        picture = window.grab().toImage()
        assert picture.pixelColor(530, 654) == dressed.tokens.accentFill


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.asyncio
async def test_the_smallest_window_keeps_every_line_and_cuts_no_word(mode: Mode, dressed: Theme) -> None:
    async with on_stage("min-window", mode, dressed) as (stage, window):
        main, tokens = stage.window, dressed.tokens
        picture = window.grab().toImage()
        assert (picture.width(), picture.height()) == (960, 600)
        assert picture.pixelColor(52, 400) == tokens.border  # the rail's edge
        assert picture.pixelColor(525, 400) == tokens.border  # the inspector's
        border = lines_at(picture, 532, tokens.border)
        for y in (74, 185, 574):
            assert has_line_near(border, y), (y, border)
        assert main.pane.header.height() == 78
        assert main.page.table.horizontalScrollBar().maximum() == 0
        assert cut_words(main) == []


def cut_words(window: QWidget) -> list[str]:
    """Return the words of labels and buttons in view that do not fit."""
    return [
        part.text()
        for part in window.findChildren(QWidget)
        if part.isVisible()
        and isinstance(part, QLabel | ThemedButton | ElidingLabel)
        and part.text()
        and part.width() < needed_px(part) - 2
    ]


def needed_px(part: QLabel | ThemedButton | ElidingLabel) -> int:
    if isinstance(part, ThemedButton | ElidingLabel):
        return part.sizeHint().width()
    return 0 if isinstance(part, QLabel) and part.wordWrap() else text_width(part.text(), part.font())


@pytest.mark.asyncio
async def test_everything_that_takes_the_focus_has_a_name(dressed: Theme) -> None:
    async with on_stage("main", "light", dressed) as (_stage, window):
        nameless = [
            type(part).__name__
            for part in window.findChildren(QWidget)
            if part.focusPolicy() & Qt.FocusPolicy.TabFocus
            and part.isVisible()
            and not part.accessibleName()
            and not (isinstance(part, QAbstractButton) and part.text())
        ]
        assert nameless == []


@pytest.mark.asyncio
async def test_every_action_is_reached_by_menu_and_palette(dressed: Theme) -> None:
    async with on_stage("palette", "light", dressed) as (stage, palette):
        listed = {palette.list.item(row).text() for row in range(palette.list.count())}  # type: ignore[attr-defined]
        bar = stage.window.menuBar().actions()
        in_menus = {action.objectName() for menu in bar for action in menu.menu().actions()}  # type: ignore[attr-defined]
        assert {spec.key for spec in ACTIONS} <= in_menus
        words = {stage.window.actions_table[spec.key].text().partition("\t")[0] for spec in ACTIONS}
        assert words - {"Command palette…"} <= listed


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
@pytest.mark.asyncio
async def test_every_screen_renders_in_both_schemes_without_a_warning(
    screen: Screen, dressed: Theme, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        async with staged(screen, "light", dressed, Icons(dressed)) as (stage, shown):
            light = shown.grab().toImage()
            assert light.pixelColor(light.width() // 2, 5).lightness() > 128
            stage.app.settings.change(theme="dark")
            assert dressed.mode == "dark"
            dark = shown.grab().toImage()
            assert dark.pixelColor(dark.width() // 2, 5).lightness() < 128
            assert dark.size() == light.size()
    assert [record.getMessage() for record in caplog.records] == []
