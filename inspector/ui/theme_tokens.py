"""The design's tokens as typed values: colours of both schemes, the type scale, sizes and radii."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from typing import Any, Literal

from PySide6.QtGui import QColor

FontName = Literal[
    "figure",
    "hero",
    "title",
    "body",
    "label",
    "strong",
    "small",
    "column",
    "badge",
    "caption",
    "mono",
    "monoSmall",
    "monoStrong",
]
RadiusName = Literal["badge", "control", "card", "dialog", "pill"]

_RGBA = re.compile(r"rgba\(\s*(\d+),\s*(\d+),\s*(\d+),\s*([\d.]+)\s*\)")

SPACE = (2, 4, 6, 8, 10, 12, 16, 20, 24)
PANE_PADDING = 16
CARD_PADDING = 14
CARD_GAP = 10
LABEL_GAP = 5


@dataclass(frozen=True, slots=True)
class Tokens:
    """Every colour of one scheme under the name the design gives it; `dark` tells which scheme it is."""

    dark: bool
    window: QColor
    surface: QColor
    subtle: QColor
    hover: QColor
    pressed: QColor
    selected: QColor
    selectedIdle: QColor
    border: QColor
    borderStrong: QColor
    control: QColor
    text: QColor
    text2: QColor
    text3: QColor
    accent: QColor
    accentFill: QColor
    accentHover: QColor
    onAccent: QColor
    accentTint: QColor
    passFg: QColor
    passBg: QColor
    passSolid: QColor
    failFg: QColor
    failBg: QColor
    failSolid: QColor
    warnFg: QColor
    warnBg: QColor
    warnSolid: QColor
    dupFg: QColor
    dupBg: QColor
    dupSolid: QColor
    infoFg: QColor
    infoBg: QColor
    infoSolid: QColor
    neutFg: QColor
    neutBg: QColor
    jsKey: QColor
    jsStr: QColor
    jsNum: QColor
    jsBool: QColor
    jsNull: QColor
    chart: QColor
    chartSoft: QColor
    grid: QColor
    scrim: QColor
    focus: QColor
    guide: QColor
    tooltip: QColor
    onTooltip: QColor


COLOR_NAMES: tuple[str, ...] = tuple(field.name for field in fields(Tokens) if field.name != "dark")


@dataclass(frozen=True, slots=True)
class TypeStyle:
    """One step of the type scale: `px` at text size 100 %, OpenType `weight`, and whether it is the mono family."""

    px: int
    weight: int
    mono: bool


# Mono with emphasis, used for the path of an address and for answers that failed; the file's scale has no name for it.
_EXTRA_TYPE = {"monoStrong": TypeStyle(12, 600, True)}


@dataclass(frozen=True, slots=True)
class Design:
    """The whole token file."""

    light: Tokens
    dark: Tokens
    ui_family: str
    mono_family: str
    type_scale: dict[str, TypeStyle]
    sizes: dict[str, int]
    radii: dict[str, int]
    motion_ms: dict[str, int]


def parse_design(text: str) -> Design:
    """Read the token file's JSON.

    Raises:
        ValueError: it is not JSON, or a colour cannot be read.
        KeyError: a colour or a section is missing.
    """
    data: dict[str, Any] = json.loads(text)
    return Design(
        light=_tokens(data["color"]["light"], dark=False),
        dark=_tokens(data["color"]["dark"], dark=True),
        ui_family=data["type"]["ui"],
        mono_family=data["type"]["mono"],
        type_scale={
            step["name"]: TypeStyle(step["px"], step["weight"], step["name"].startswith("mono"))
            for step in data["type"]["scale"]
        }
        | _EXTRA_TYPE,
        sizes=data["size"],
        radii=data["radius"],
        motion_ms=data["motionMs"],
    )


def parse_color(text: str) -> QColor:
    """Read `#RRGGBB` or `rgba(r,g,b,alpha)` with alpha from 0 to 1.

    Raises:
        ValueError: it is neither.
    """
    if match := _RGBA.fullmatch(text.strip()):
        red, green, blue, alpha = match.groups()
        return QColor(int(red), int(green), int(blue), round(float(alpha) * 255))
    color = QColor(text)
    if not color.isValid():
        raise ValueError(f"not a colour: {text!r}")
    return color


def css(color: QColor) -> str:
    """Write a colour for a style sheet, keeping its alpha."""
    if color.alpha() == 255:
        return color.name()
    return f"rgba({color.red()},{color.green()},{color.blue()},{color.alpha()})"


def mix(over: QColor, ground: QColor, share: float) -> QColor:
    """Lay `over` at `share` (0 to 1) upon `ground` and return the opaque result."""
    rest = 1.0 - share
    return QColor(
        round(over.red() * share + ground.red() * rest),
        round(over.green() * share + ground.green() * rest),
        round(over.blue() * share + ground.blue() * rest),
    )


def faded(color: QColor, share: float) -> QColor:
    """Return the colour at `share` (0 to 1) of its opacity."""
    result = QColor(color)
    result.setAlphaF(color.alphaF() * share)
    return result


def _tokens(colors: dict[str, str], *, dark: bool) -> Tokens:
    return Tokens(dark=dark, **{name: parse_color(colors[name]) for name in COLOR_NAMES})
