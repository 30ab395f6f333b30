"""One look for the whole window: colours, fonts and sizes that follow the system's scheme or the user's choice."""

from __future__ import annotations

from typing import Literal, cast

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from inspector.resources import resource_path
from inspector.ui.style_sheet import build_style_sheet
from inspector.ui.theme_contrast import contrast_tokens, turned
from inspector.ui.theme_tokens import COLOR_NAMES, Design, FontName, RadiusName, Tokens, parse_design
from inspector.ui.times import LOCAL, TimeStyle

Mode = Literal["system", "light", "dark"]
MODES: tuple[Mode, ...] = ("system", "light", "dark")
TEXT_SCALES = (0.9, 1.5)

_FIXED_SIZES = frozenset({"sidebar", "rail", "inspector"})
# Short words with a number in them, which look torn apart with wide digits.
_PROPORTIONAL = frozenset({"badge", "label"})
_TIGHT_FROM_PX = 18
_TIGHT_PERCENT = 98.5


class Theme(QObject):
    """Colours, fonts and sizes by name, and the palette and style sheet made from them.

    Widgets ask for a colour when they paint and repaint on `changed`, so nothing keeps a colour of the old scheme.

    Signals:
        changed: the scheme, the families or the text size are other ones now.
        times_changed: the times of events are written in another way now.
    """

    changed = Signal()
    times_changed = Signal()

    def __init__(self, mode: Mode = "system", parent: QObject | None = None, *, design: Design | None = None) -> None:
        super().__init__(parent)
        self._design = design or parse_design(resource_path("themes", "tokens.json").read_text("utf-8"))
        self._mode: Mode = mode
        self._text_scale = 1.0
        self._ui_family = self._design.ui_family
        self._mono_family = self._design.mono_family
        self._fonts: dict[tuple[str, bool], QFont] = {}
        self.reduced_motion = False
        self._times = LOCAL
        self._hints = QGuiApplication.styleHints()  # kept: what it tells of accessibility goes away with it
        self._system_dark = self._hints.colorScheme() is Qt.ColorScheme.Dark
        self._dark = self._wants_dark()
        self._contrast: tuple[Tokens, Tokens] | None = None
        self._hints.colorSchemeChanged.connect(self._on_system_scheme)
        self._accessibility = self._hints.accessibility()
        self._accessibility.contrastPreferenceChanged.connect(self._on_contrast)
        if self._accessibility.contrastPreference() is Qt.ContrastPreference.HighContrast:
            self.set_contrast(_system_palette())

    @property
    def dark(self) -> bool:
        """Whether the dark scheme is shown."""
        return self._dark

    @property
    def mode(self) -> Mode:
        """What the user chose: follow the system, or one scheme always."""
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        """Follow the system, or stay with one scheme."""
        self._mode = mode
        self._refresh_scheme()

    @property
    def tokens(self) -> Tokens:
        """The colours of the scheme that is shown, or the system's own where it asks for high contrast."""
        if self._contrast is not None:
            return self._contrast[0]
        return self._design.dark if self._dark else self._design.light

    @property
    def inverse(self) -> Tokens:
        """The colours of the other scheme, for toasts, whose ground is the opposite of the window's."""
        if self._contrast is not None:
            return self._contrast[1]
        return self._design.light if self._dark else self._design.dark

    @property
    def high_contrast(self) -> bool:
        """Whether the system's colours are shown, in which a tint is no different from the ground: outline it."""
        return self._contrast is not None

    def set_contrast(self, palette: QPalette | None) -> None:
        """Take a high-contrast system's colours, or None for the design's own again."""
        if palette is None:
            self._contrast = None
        else:
            usual = self._design.dark if self._dark else self._design.light
            self._contrast = (contrast_tokens(palette, usual), contrast_tokens(turned(palette), usual))
        self._announce()

    def color(self, name: str) -> QColor:
        """Return a colour by its token name.

        Raises:
            KeyError: there is no such token.
        """
        if name not in COLOR_NAMES:
            raise KeyError(name)
        return cast("QColor", getattr(self.tokens, name))

    def font(self, name: FontName, *, numbers: bool = False) -> QFont:
        """Return a font of the type scale at the chosen text size.

        Digits are of equal width, but in badges and on buttons only where `numbers` asks for it.
        The same object comes back until the theme changes: measure and paint with it, and copy it to change it.
        """
        key = (name, numbers)
        if key not in self._fonts:
            self._fonts[key] = self._make_font(name, numbers or name not in _PROPORTIONAL)
        return self._fonts[key]

    def _make_font(self, name: str, numbers: bool) -> QFont:
        style = self._design.type_scale[name]
        font = QFont([self._mono_family, "monospace"] if style.mono else [self._ui_family])
        font.setPixelSize(max(1, round(style.px * self._text_scale)))
        font.setWeight(QFont.Weight(style.weight))
        if style.mono:
            font.setStyleHint(QFont.StyleHint.Monospace)
            font.setFeature(QFont.Tag("liga"), 0)
            font.setFeature(QFont.Tag("calt"), 0)
        # Said either way: a painter fills what a font leaves open from the application's font.
        font.setFeature(QFont.Tag("tnum"), int(numbers))
        if style.px >= _TIGHT_FROM_PX:
            font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, _TIGHT_PERCENT)
        return font

    def size(self, name: str) -> int:
        """Return a size in device-independent pixels; what carries text grows with it, pane widths stay."""
        pixels = self._design.sizes[name]
        return pixels if name in _FIXED_SIZES else round(pixels * max(1.0, self._text_scale))

    def radius(self, name: RadiusName) -> int:
        """Return a corner radius in pixels."""
        return self._design.radii[name]

    def motion_ms(self, name: Literal["rowFlash", "toast", "tooltip", "batch"]) -> int:
        """Return a duration in milliseconds."""
        return self._design.motion_ms[name]

    @property
    def text_scale(self) -> float:
        """The text size as a factor, 1.0 for 100 %."""
        return self._text_scale

    def set_text_scale(self, factor: float) -> None:
        """Make all text larger or smaller, within 90 to 150 %."""
        smallest, largest = TEXT_SCALES
        self._text_scale = min(max(factor, smallest), largest)
        self._announce()

    def set_families(self, ui: str = "", mono: str = "") -> None:
        """Use other font families; "" means the design's own."""
        wanted = (ui or self._design.ui_family, mono or self._design.mono_family)
        if wanted != (self._ui_family, self._mono_family):
            self._ui_family, self._mono_family = wanted
            self._announce()

    @property
    def times(self) -> TimeStyle:
        """How the times of events are written."""
        return self._times

    def set_times(self, times: TimeStyle) -> None:
        """Write the times of events in another way."""
        if times != self._times:
            self._times = times
            self.times_changed.emit()

    def palette(self) -> QPalette:
        """Return the palette for whatever a style sheet does not reach."""
        tokens = self.tokens
        palette = QPalette()
        for role, color in (
            (QPalette.ColorRole.Window, tokens.surface),
            (QPalette.ColorRole.WindowText, tokens.text),
            (QPalette.ColorRole.Base, tokens.surface),
            (QPalette.ColorRole.AlternateBase, tokens.subtle),
            (QPalette.ColorRole.Text, tokens.text),
            (QPalette.ColorRole.PlaceholderText, tokens.text3),
            (QPalette.ColorRole.Button, tokens.surface),
            (QPalette.ColorRole.ButtonText, tokens.text),
            (QPalette.ColorRole.BrightText, tokens.onAccent),
            (QPalette.ColorRole.Highlight, tokens.accentFill),
            (QPalette.ColorRole.HighlightedText, tokens.onAccent),
            (QPalette.ColorRole.Accent, tokens.accentFill),
            (QPalette.ColorRole.Link, tokens.accent),
            (QPalette.ColorRole.LinkVisited, tokens.accent),
            (QPalette.ColorRole.ToolTipBase, tokens.tooltip),
            (QPalette.ColorRole.ToolTipText, tokens.onTooltip),
            (QPalette.ColorRole.Light, tokens.surface),
            (QPalette.ColorRole.Midlight, tokens.hover),
            (QPalette.ColorRole.Mid, tokens.border),
            (QPalette.ColorRole.Dark, tokens.borderStrong),
            (QPalette.ColorRole.Shadow, tokens.borderStrong),
        ):
            palette.setColor(role, color)
        for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, tokens.text3)
        return palette

    def style_sheet(self) -> str:
        """Return the style sheet of the standard controls."""
        return build_style_sheet(self.tokens, self.font, self._design.radii)

    def apply(self, app: QApplication) -> None:
        """Dress the whole application now; call it again on `changed`."""
        # Qt takes five times as long to put one sheet in the place of another as to take it off and put the other on.
        app.setStyleSheet("")
        app.setPalette(self.palette())
        app.setFont(self.font("body"))
        app.setStyleSheet(self.style_sheet())

    def _on_contrast(self, preference: Qt.ContrastPreference) -> None:
        high = preference is Qt.ContrastPreference.HighContrast
        self.set_contrast(_system_palette() if high else None)

    def _wants_dark(self) -> bool:
        return self._system_dark if self._mode == "system" else self._mode == "dark"

    def _on_system_scheme(self, scheme: Qt.ColorScheme) -> None:
        self._system_dark = scheme is Qt.ColorScheme.Dark
        if self.high_contrast:
            self.set_contrast(_system_palette())
        self._refresh_scheme()

    def _refresh_scheme(self) -> None:
        dark = self._wants_dark()
        if dark != self._dark:
            self._dark = dark
            self._announce()

    def _announce(self) -> None:
        self._fonts.clear()
        self.changed.emit()


def _system_palette() -> QPalette:
    """Return the palette of the system, which the application's own stands over."""
    QGuiApplication.setPalette(QPalette())
    return QPalette(QGuiApplication.palette())
