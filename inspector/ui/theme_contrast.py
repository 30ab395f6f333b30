"""The colours of a system that asks for high contrast, under the names of the design's tokens.

Only the system's own text, ground, highlight and link colours are used, so a tint is the plain ground: what is a tint
elsewhere gets an outline here (see `Theme.high_contrast`). Meaning stays in icons, words and shapes.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QColor, QPalette

from inspector.ui.theme_tokens import COLOR_NAMES, Tokens, mix

READABLE = 4.5
"""WCAG 2.2 level AA for text."""

_INKS = ("text", "text2", "text3", "border", "borderStrong", "control", "focus", "guide", "tooltip")
_GROUNDS = ("window", "surface", "subtle", "accentTint", "onTooltip")
_HOVER, _PRESSED, _SELECTED, _GRID, _CHART = 0.12, 0.2, 0.2, 0.4, 0.7


def contrast_tokens(palette: QPalette, usual: Tokens) -> Tokens:
    """Return the tokens made of a system's palette; `usual` is the design's scheme it takes the place of."""
    role = QPalette.ColorRole
    ink, ground = palette.color(role.WindowText), palette.color(role.Window)
    fill, on_fill = palette.color(role.Highlight), palette.color(role.HighlightedText)
    if contrast(fill, on_fill) < READABLE or contrast(fill, ground) < 3:
        fill, on_fill = ink, ground
    link = palette.color(role.Link)
    pressed = mix(ink, ground, _PRESSED)
    colors = dict.fromkeys(_INKS, ink) | dict.fromkeys(_GROUNDS, ground)
    for name in COLOR_NAMES:
        if name.startswith("js") or name.endswith(("Fg", "Solid")):
            colors[name] = ink
        elif name.endswith("Bg"):
            colors[name] = ground
    colors |= {
        "hover": mix(ink, ground, _HOVER),
        "pressed": pressed,
        "selected": mix(ink, ground, _SELECTED),
        "selectedIdle": mix(ink, ground, _HOVER),
        "grid": mix(ink, ground, _GRID),
        "accent": link if contrast(link, pressed) >= READABLE else ink,
        "accentFill": fill,
        "accentHover": fill,
        "onAccent": on_fill,
        "failSolid": fill,
        "chart": mix(ink, ground, _CHART),
        "chartSoft": mix(ink, ground, _GRID),
    }
    return replace(usual, dark=ink.lightness() > ground.lightness(), **colors)


def turned(palette: QPalette) -> QPalette:
    """Return the palette with text and ground exchanged, for what stands on the opposite ground."""
    role = QPalette.ColorRole
    result = QPalette(palette)
    result.setColor(role.Window, palette.color(role.WindowText))
    result.setColor(role.WindowText, palette.color(role.Window))
    return result


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast of two opaque colours, 1 to 21 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    channels = (color.redF(), color.greenF(), color.blueF())
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
