"""The theme: colours, fonts and icons follow the scheme and the text size while the program runs."""

from __future__ import annotations

import logging

import pytest
from PySide6.QtCore import QMessageLogContext, QRect, Qt, QtMsgType
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QImage, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from inspector.domain.event import Refusal
from inspector.domain.report import Kind
from inspector.domain.verification import Verdict
from inspector.resources import resource_path
from inspector.ui.fonts import load_fonts
from inspector.ui.gui import QUIET_MESSAGES, forward_qt_message
from inspector.ui.icons import (
    KIND_ICONS,
    OTHER_KIND,
    REFUSAL_ICONS,
    VERDICT_ICONS,
    Icons,
    Look,
    icon_path,
    kind_look,
)
from inspector.ui.theme import Theme
from inspector.ui.theme_contrast import contrast
from inspector.ui.theme_tokens import COLOR_NAMES, css, faded, mix, parse_color, parse_design
from inspector.ui.widgets.badges import paint_badge, signature_badge
from tests.unit.test_tokens import MARK_LIMIT, MARK_PAIRS, TEXT_LIMIT, TEXT_PAIRS

ALL_LOOKS = [*KIND_ICONS.values(), *VERDICT_ICONS.values(), *REFUSAL_ICONS.values(), OTHER_KIND]


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme("light")


@pytest.fixture
def icons(theme: Theme) -> Icons:
    return Icons(theme)


def inks(pixmap: QPixmap) -> set[str]:
    """The opaque colours of a pixmap."""
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {color.name() for color in pixels if color.alpha() == 255}


def test_dark_and_light_give_the_colours_of_the_token_file(theme: Theme) -> None:
    design = parse_design(resource_path("themes", "tokens.json").read_text("utf-8"))
    assert theme.tokens == design.light
    theme.set_mode("dark")
    assert theme.tokens == design.dark
    assert theme.inverse == design.light


@pytest.mark.parametrize("name", COLOR_NAMES)
def test_a_colour_by_name_is_the_token_of_that_name(theme: Theme, name: str) -> None:
    assert theme.color(name) == getattr(theme.tokens, name)


def test_an_unknown_colour_is_an_error_at_once(theme: Theme) -> None:
    with pytest.raises(KeyError):
        theme.color("pink")
    with pytest.raises(KeyError):
        theme.color("dark")


def test_switching_the_scheme_is_announced_once(theme: Theme, qtbot: QtBot) -> None:
    heard: list[bool] = []
    theme.changed.connect(lambda: heard.append(theme.dark))
    theme.set_mode("dark")
    theme.set_mode("dark")
    theme.set_mode("light")
    assert heard == [True, False]


def test_system_mode_follows_the_systems_scheme(qapp: QApplication) -> None:
    theme = Theme("system")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.dark
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert not theme.dark


def test_a_chosen_scheme_ignores_the_systems(qapp: QApplication) -> None:
    theme = Theme("light")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert not theme.dark
    theme.set_mode("system")
    assert theme.dark
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)


def test_applying_a_theme_dresses_the_standard_controls(theme: Theme, qapp: QApplication, qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    theme.apply(qapp)
    light = field.grab().toImage().pixelColor(field.width() // 2, field.height() // 2)
    theme.set_mode("dark")
    theme.apply(qapp)
    dark = field.grab().toImage().pixelColor(field.width() // 2, field.height() // 2)
    assert (light.name(), dark.name()) == ("#ffffff", "#181b20")


def test_the_style_sheet_leaves_no_token_open(theme: Theme) -> None:
    assert "$" not in theme.style_sheet()


def test_larger_text_makes_fonts_and_rows_larger_but_not_panes(theme: Theme) -> None:
    row, pane, body = theme.size("eventRow"), theme.size("sidebar"), theme.font("body").pixelSize()
    theme.set_text_scale(1.5)
    assert theme.size("eventRow") == round(row * 1.5)
    assert theme.size("sidebar") == pane
    assert theme.font("body").pixelSize() == round(body * 1.5)


def test_the_text_size_stays_within_its_limits(theme: Theme) -> None:
    theme.set_text_scale(9.0)
    assert theme.text_scale == 1.5
    theme.set_text_scale(0.1)
    assert theme.text_scale == 0.9


def test_small_text_does_not_make_rows_smaller_than_designed(theme: Theme) -> None:
    theme.set_text_scale(0.9)
    assert theme.size("eventRow") == 32


def test_the_type_scale_gives_sizes_and_weights_as_designed(theme: Theme) -> None:
    figure, strong, mono = theme.font("figure"), theme.font("strong"), theme.font("mono")
    assert (figure.pixelSize(), figure.weight()) == (24, QFont.Weight.DemiBold)
    assert (strong.pixelSize(), strong.weight()) == (13, QFont.Weight.DemiBold)
    assert mono.families()[0] == "JetBrains Mono"


def test_digits_in_tables_are_of_equal_width(theme: Theme) -> None:
    load_fonts()
    small = QFontMetricsF(theme.font("small"))
    assert small.horizontalAdvance("1111") == pytest.approx(small.horizontalAdvance("8888"))
    badge = QFontMetricsF(theme.font("badge"))
    assert badge.horizontalAdvance("1111") < badge.horizontalAdvance("8888")


def test_the_bundled_fonts_are_there(qapp: QApplication, theme: Theme) -> None:
    assert {"Inter", "JetBrains Mono"} <= set(load_fonts())
    assert QFontInfo(theme.font("body")).family() == "Inter"


def test_a_chosen_family_replaces_the_designs_own(theme: Theme) -> None:
    theme.set_families(ui="Some Family")
    assert theme.font("body").families()[0] == "Some Family"
    assert theme.font("mono").families()[0] == "JetBrains Mono"
    theme.set_families()
    assert theme.font("body").families()[0] == "Inter"


@pytest.mark.parametrize("look", ALL_LOOKS, ids=lambda look: look.icon)
def test_every_icon_and_colour_of_the_tables_exists(theme: Theme, look: Look) -> None:
    assert icon_path(look.icon).is_file()
    assert look.color in COLOR_NAMES
    assert look.ground in COLOR_NAMES


def test_every_kind_verdict_and_refusal_has_an_icon() -> None:
    assert {kind.value for kind in Kind} <= set(KIND_ICONS)
    assert {verdict.value for verdict in Verdict} <= set(VERDICT_ICONS)
    assert {refusal.value for refusal in Refusal} <= set(REFUSAL_ICONS)


def test_an_unknown_kind_is_shown_as_other() -> None:
    assert kind_look("order.paid") == OTHER_KIND


def test_every_icon_file_is_drawn_in_the_current_colour() -> None:
    odd = [
        file.name
        for file in resource_path("icons").glob("*.svg")
        if "currentColor" not in file.read_text("utf-8") and not file.name.startswith("app")
    ]
    assert odd == []


@pytest.mark.parametrize("file", sorted(resource_path("icons").glob("*.svg")), ids=lambda file: file.stem)
def test_every_icon_file_draws_something(icons: Icons, file: object) -> None:
    name = str(getattr(file, "stem", ""))
    if not name.startswith("app"):
        assert inks(icons.pixmap(name, QColor("#ff0000"), 48, 1.0)) == {"#ff0000"}


def test_an_icon_takes_the_colour_of_the_scheme(theme: Theme, icons: Icons) -> None:
    assert inks(icons.pixmap("square", "accent", 24, 1.0)) == {"#2456d6"}
    theme.set_mode("dark")
    assert inks(icons.pixmap("square", "accent", 24, 1.0)) == {"#86a9ff"}


def test_an_icon_is_drawn_once_for_each_size_colour_and_ratio(icons: Icons) -> None:
    first = icons.pixmap("copy", "text2", 16, 2.0)
    assert icons.pixmap("copy", "text2", 16, 2.0) is first
    assert icons.pixmap("copy", "accent", 16, 2.0) is not first
    assert first.size().width() == 32
    assert first.deviceIndependentSize().width() == 16


def test_an_unknown_icon_is_an_error_at_once(icons: Icons) -> None:
    with pytest.raises(KeyError):
        icons.pixmap("no-such-icon", "text2", 16, 1.0)


def test_the_filled_star_has_more_ink_than_the_open_one(icons: Icons) -> None:
    def ink(name: str) -> int:
        image = icons.pixmap(name, QColor("#000000"), 24, 1.0).toImage()
        return sum(image.pixelColor(x, y).alpha() for x in range(24) for y in range(24))

    assert ink("star-filled") > 1.3 * ink("star")


def test_colours_are_read_with_their_alpha() -> None:
    assert parse_color("rgba(16,20,28,0.36)") == QColor(16, 20, 28, 92)
    assert css(parse_color("rgba(0, 0, 0, 0.51)")) == "rgba(0,0,0,130)"
    assert css(parse_color("#2456D6")) == "#2456d6"
    with pytest.raises(ValueError, match="not a colour"):
        parse_color("blurple")


def test_mixing_and_fading_keep_to_the_share() -> None:
    assert mix(QColor("#ffffff"), QColor("#000000"), 0.5) == QColor(128, 128, 128)
    assert faded(QColor("#123456"), 0.25).alphaF() == pytest.approx(0.25, abs=0.01)


def test_qt_messages_go_to_the_log_but_for_the_noise(caplog: pytest.LogCaptureFixture) -> None:
    context = QMessageLogContext()
    with caplog.at_level(logging.DEBUG, logger="qt"):
        forward_qt_message(QtMsgType.QtWarningMsg, context, next(iter(QUIET_MESSAGES)))
        forward_qt_message(QtMsgType.QtWarningMsg, context, "QLayout: something is wrong")
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "default: QLayout: something is wrong")
    ]


def a_system_palette(text: str, ground: str, fill: str, on_fill: str, link: str) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for name, color in (
        (role.Window, ground), (role.WindowText, text), (role.Highlight, fill), (role.HighlightedText, on_fill),
        (role.Link, link),
    ):  # fmt: skip
        palette.setColor(name, QColor(color))
    return palette


CONTRAST_PALETTES = {
    "black": a_system_palette("#ffffff", "#000000", "#1aebff", "#000000", "#ffff00"),
    "white": a_system_palette("#000000", "#ffffff", "#37006e", "#ffffff", "#00009f"),
    "desert": a_system_palette("#3d3d3d", "#fffaef", "#903909", "#fff5e3", "#1c5e75"),
    "a highlight that cannot be read": a_system_palette("#ffffff", "#000000", "#222222", "#333333", "#111111"),
}


@pytest.mark.parametrize("name", CONTRAST_PALETTES)
def test_a_high_contrast_systems_colours_are_readable_in_every_pair_of_the_design(theme: Theme, name: str) -> None:
    theme.set_contrast(CONTRAST_PALETTES[name])
    for tokens in (theme.tokens, theme.inverse):
        for pairs, limit in ((TEXT_PAIRS, TEXT_LIMIT), (MARK_PAIRS, MARK_LIMIT)):
            for one, other in pairs:
                assert contrast(getattr(tokens, one), getattr(tokens, other)) >= limit, (one, other)


def test_high_contrast_takes_the_systems_text_and_ground_and_goes_again(theme: Theme, qtbot: QtBot) -> None:
    usual = theme.tokens
    with qtbot.waitSignal(theme.changed):
        theme.set_contrast(CONTRAST_PALETTES["black"])
    assert theme.high_contrast
    assert (theme.tokens.text.name(), theme.tokens.surface.name(), theme.tokens.dark) == ("#ffffff", "#000000", True)
    assert (theme.inverse.text.name(), theme.inverse.surface.name()) == ("#000000", "#ffffff")
    theme.set_contrast(None)
    assert theme.tokens == usual


def test_in_high_contrast_a_tint_becomes_an_outline(theme: Theme, icons: Icons) -> None:
    def corner_and_ground() -> tuple[str, str]:
        image = QImage(120, 20, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(theme.tokens.surface)
        painter = QPainter(image)
        paint_badge(painter, QRect(0, 0, 120, 20), signature_badge("invalid"), theme, icons)
        painter.end()
        return image.pixelColor(30, 0).name(), image.pixelColor(30, 2).name()

    assert corner_and_ground() == (theme.tokens.failBg.name(), theme.tokens.failBg.name())
    theme.set_contrast(CONTRAST_PALETTES["black"])
    assert corner_and_ground() == ("#ffffff", "#000000")


def test_the_systems_wish_for_contrast_is_heard(theme: Theme) -> None:
    theme._accessibility.contrastPreferenceChanged.emit(Qt.ContrastPreference.HighContrast)
    assert theme.high_contrast
    theme._accessibility.contrastPreferenceChanged.emit(Qt.ContrastPreference.NoPreference)
    assert not theme.high_contrast
