"""Buttons: primary, secondary, danger, ghost, link and icon-only, all painted from the theme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import FontName
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.paint import draw_text, fill_box, text_width

ICON_PX = 16
CHEVRON_PX = 14
_AFTER_ICON_PX = 3  # words after an icon get a little more air at the end


@dataclass(frozen=True, slots=True)
class ButtonLook:
    """Tokens and measures of one kind of button; "" means nothing is painted there."""

    text: str
    fill: str = ""
    line: str = ""
    hover: str = "hover"
    pressed: str = "pressed"
    font: FontName = "label"
    padding_px: int = 12
    gap_px: int = 5


PRIMARY = ButtonLook("onAccent", fill="accentFill", hover="accentHover", pressed="accentHover", font="strong")
SECONDARY = ButtonLook("text", fill="surface", line="borderStrong")
DANGER = ButtonLook("failFg", fill="surface", line="borderStrong", hover="failBg", pressed="failBg")
GHOST = ButtonLook("text2", padding_px=8, gap_px=6)
LINK = ButtonLook("accent", hover="", pressed="", padding_px=0, gap_px=5)
ICON = ButtonLook("text2", padding_px=0)


class ThemedButton(QPushButton):
    """A push button that paints itself: the icon, the text with the same air on all systems, and the focus ring.

    `size_name` is the token of its height: "control" 30, "controlSmall" 28 or "controlTop" 34 px.
    """

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        text: str = "",
        icon: str = "",
        parent: QWidget | None = None,
        *,
        look: ButtonLook = SECONDARY,
        size_name: str = "control",
    ) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._icons = icons
        self._look = look
        self._icon_name = icon
        self._size_name = size_name
        self._ring = FocusWatch(self)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self._on_theme)

    @property
    def icon_name(self) -> str:
        """The icon that is shown, "" for none."""
        return self._icon_name

    def set_icon_name(self, name: str) -> None:
        """Show another icon."""
        if name != self._icon_name:
            self._icon_name = name
            self._on_theme()

    @property
    def look(self) -> ButtonLook:
        """The tokens it is painted with."""
        return self._look

    def set_look(self, look: ButtonLook) -> None:
        """Paint it with other tokens."""
        if look != self._look:
            self._look = look
            self._on_theme()

    def _on_theme(self) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        look = self._look
        text = text_width(self._shown_text(), self._theme.font(look.font))
        icon = self._icon_px() if self._icon_name else 0
        gap = look.gap_px if icon and text else 0
        extra = _AFTER_ICON_PX if gap and look.padding_px else 0
        return QSize(look.padding_px * 2 + icon + gap + text + extra, self._theme.size(self._size_name))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _shown_text(self) -> str:
        return self.text().replace("&&", "\0").replace("&", "").replace("\0", "&")

    def _icon_px(self) -> int:
        return ICON_PX

    def _ink(self) -> QColor:
        if not self.isEnabled():
            return self._theme.tokens.text3
        return self._theme.color(self._look.text)

    def _ground(self) -> QColor | None:
        look = self._look
        if not self.isEnabled():
            return self._theme.tokens.subtle if look.fill else None
        name = look.fill
        if self.isDown() or self.isChecked():
            name = look.pressed or name
        elif self.underMouse():
            name = look.hover or name
        return self._theme.color(name) if name else None

    def _line(self) -> QColor | None:
        if not self.isEnabled():
            return self._theme.tokens.border if self._look.fill else None
        return self._theme.color(self._look.line) if self._look.line else None

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect())
        self._paint_ground(painter, rect)
        self._paint_content(painter, rect, self._ink())
        if self._ring.visible:
            self._paint_ring(painter, rect)
        painter.end()

    def _paint_ring(self, painter: QPainter, rect: QRectF) -> None:
        on_fill = self._look.fill == "accentFill"
        color = self._theme.tokens.text if on_fill else self._theme.tokens.focus
        paint_ring(painter, rect, self._theme.radius("control"), color)

    def _paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        ground, line = self._ground(), self._line()
        if ground is not None or line is not None:
            fill_box(painter, rect, self._theme.radius("control"), ground, line)

    def _paint_content(self, painter: QPainter, rect: QRectF, ink: QColor) -> None:
        look, text = self._look, self._shown_text()
        font = self._theme.font(look.font)
        icon = self._icon_px() if self._icon_name else 0
        gap = look.gap_px if icon and text else 0
        room = rect.width() - 2 * min(look.padding_px, 6) - icon - gap
        wide = min(float(text_width(text, font)), room)
        extra = _AFTER_ICON_PX if gap and look.padding_px else 0
        x = rect.left() + max(0.0, rect.width() - icon - gap - wide - extra) / 2
        if icon:
            tint = ink if look.text != "text" or not self.isEnabled() else self._theme.tokens.text2
            self._icons.paint(painter, self._icon_name, tint, round(x), round((rect.height() - icon) / 2), icon)
        if text:
            draw_text(painter, QRectF(x + icon + gap, rect.top(), wide, rect.height()), text, font, ink)


class PrimaryButton(ThemedButton):
    """The one button of a view that does what the view is for."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        text: str,
        icon: str = "",
        parent: QWidget | None = None,
        *,
        size_name: str = "control",
    ) -> None:
        super().__init__(theme, icons, text, icon, parent, look=PRIMARY, size_name=size_name)


class SecondaryButton(ThemedButton):
    """An outlined button; `danger` writes it in red for what cannot be undone."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        text: str,
        icon: str = "",
        parent: QWidget | None = None,
        *,
        danger: bool = False,
        size_name: str = "control",
    ) -> None:
        super().__init__(theme, icons, text, icon, parent, look=DANGER if danger else SECONDARY, size_name=size_name)


class GhostButton(ThemedButton):
    """A button without an outline; checkable ones stay tinted while checked."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        text: str,
        icon: str = "",
        parent: QWidget | None = None,
        *,
        size_name: str = "controlSmall",
    ) -> None:
        super().__init__(theme, icons, text, icon, parent, look=GHOST, size_name=size_name)


class LinkButton(ThemedButton):
    """Words in the accent colour that act on a click."""

    def __init__(self, theme: Theme, icons: Icons, text: str, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(theme, icons, text, icon, parent, look=LINK, size_name="controlSmall")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(max(24, hint.width()), max(24, hint.height() - 4))

    def _paint_content(self, painter: QPainter, rect: QRectF, ink: QColor) -> None:
        super()._paint_content(painter, rect, ink)
        if self.underMouse() and self.isEnabled():
            painter.fillRect(QRectF(0, rect.center().y() + 8, rect.width(), 1), ink)


def link_button(
    theme: Theme, icons: Icons, text: str, slot: Callable[[], object], parent: QWidget | None = None
) -> LinkButton:
    """Return a link that calls `slot` without arguments; the button keeps it alive."""
    button = LinkButton(theme, icons, text, "", parent)
    button.clicked.connect(lambda _checked=False: slot())
    return button


class IconButton(ThemedButton):
    """A square button with an icon only; `name` is its accessible name and, with the shortcut, its tool tip."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        icon: str,
        name: str,
        parent: QWidget | None = None,
        *,
        shortcut: str = "",
        size_name: str = "controlSmall",
    ) -> None:
        super().__init__(theme, icons, "", icon, parent, look=ICON, size_name=size_name)
        self._tint = ""
        self.set_name(name, shortcut)

    def set_name(self, name: str, shortcut: str = "") -> None:
        """Say what it does now; the shortcut is added to the tool tip only."""
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({shortcut})" if shortcut else name)

    def set_tint(self, token: str) -> None:
        """Draw the icon in another colour, "" for the usual one."""
        if token != self._tint:
            self._tint = token
            self.update()

    def _ink(self) -> QColor:
        return self._theme.color(self._tint) if self._tint and self.isEnabled() else super()._ink()

    def sizeHint(self) -> QSize:
        side = max(24, self._theme.size(self._size_name))
        return QSize(side, side)
