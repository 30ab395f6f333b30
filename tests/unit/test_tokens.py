"""The design's colours stay readable: the contrast table of the design, computed from the token file."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from inspector.resources import resource_path

TEXT_LIMIT = 4.5
MARK_LIMIT = 3.0

GROUNDS = ("surface", "subtle", "window", "hover", "selected", "selectedIdle")
TEXTS = ("text", "text2", "text3", "accent", "passFg", "failFg", "warnFg", "dupFg", "infoFg")
FAMILIES = ("pass", "fail", "warn", "dup", "info", "neut")

TEXT_PAIRS = (
    *((text, ground) for text in TEXTS for ground in GROUNDS),
    *((f"{family}Fg", f"{family}Bg") for family in FAMILIES),
    *((text, f"{family}Bg") for family in FAMILIES for text in ("text", "accent")),
    *(("onAccent", ground) for ground in ("accentFill", "accentHover", "failSolid")),
    ("onTooltip", "tooltip"),
    ("text2", "neutBg"),
    ("text3", "neutBg"),
    *((name, "surface") for name in ("jsKey", "jsStr", "jsNum", "jsBool", "jsNull")),
)
MARK_PAIRS = (
    ("control", "surface"),
    ("control", "window"),
    ("focus", "surface"),
    ("focus", "selected"),
    ("chart", "surface"),
    *((f"{family}Solid", "surface") for family in FAMILIES if family != "neut"),
)

# The design's own figures (light, dark) for some pairs, so that a wrong formula cannot pass unseen.
DESIGN_FIGURES = (
    ("text", "surface", 17.3, 14.3),
    ("text3", "selectedIdle", 4.7, 4.7),
    ("passFg", "passBg", 5.7, 7.7),
    ("onAccent", "failSolid", 4.9, 4.6),
    ("control", "window", 3.0, 3.9),
    ("warnSolid", "surface", 3.5, 6.4),
)
ROUNDED_AWAY = 0.05  # the design gives one decimal


def read_tokens() -> dict[str, Any]:
    tokens: dict[str, Any] = json.loads(resource_path("themes", "tokens.json").read_text("utf-8"))
    return tokens


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2.2 defines it (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read_on_its_ground(scheme: str, text: str, ground: str) -> None:
    colors = read_tokens()["color"][scheme]
    assert contrast(colors[text], colors[ground]) >= TEXT_LIMIT


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARK_PAIRS)
def test_a_mark_stands_out_from_its_ground(scheme: str, mark: str, ground: str) -> None:
    colors = read_tokens()["color"][scheme]
    assert contrast(colors[mark], colors[ground]) >= MARK_LIMIT


@pytest.mark.parametrize(("text", "ground", "light", "dark"), DESIGN_FIGURES)
def test_the_contrast_is_what_the_design_computed(text: str, ground: str, light: float, dark: float) -> None:
    colors = read_tokens()["color"]
    assert contrast(colors["light"][text], colors["light"][ground]) == pytest.approx(light, abs=ROUNDED_AWAY)
    assert contrast(colors["dark"][text], colors["dark"][ground]) == pytest.approx(dark, abs=ROUNDED_AWAY)


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)


def test_both_schemes_name_the_same_colours() -> None:
    colors = read_tokens()["color"]
    assert list(colors["light"]) == list(colors["dark"])


def test_every_colour_is_written_in_a_form_the_theme_reads() -> None:
    form = re.compile(r"#[0-9A-F]{6}|rgba\(\d+,\d+,\d+,[\d.]+\)")
    for colors in read_tokens()["color"].values():
        assert [value for value in colors.values() if not form.fullmatch(value)] == []


def test_the_type_scale_stays_readable() -> None:
    assert min(step["px"] for step in read_tokens()["type"]["scale"]) >= 11
