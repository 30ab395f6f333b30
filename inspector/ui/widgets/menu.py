"""Menus as the design draws them: tinted icons, captions, a quiet column of shortcuts, red for what deletes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QAction, QIcon, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.paint import draw_text, fill_box, text_width
from inspector.ui.widgets.popup_shape import prepare_popup, round_corners

_ICON_PX = 16
_ICON_LEFT_PX = 9
_TEXT_LEFT_PX = 33
_RIGHT_PX = 9
_CHEVRON_PX = 14

# What a QAction carries for our painting, beside its text; Qt's own menus ignore it.
_ICON, _TINT, _DANGER, _CAPTION = "iconName", "iconTint", "danger", "caption"


def decorate(action: QAction, icon: str = "", *, tint: str = "text2", danger: bool = False) -> QAction:
    """Say how an action is drawn in our menus, and return it."""
    action.setProperty(_ICON, icon)
    action.setProperty(_TINT, tint)
    action.setProperty(_DANGER, danger)
    return action


class Menu(QMenu):
    """A menu that paints itself; actions made elsewhere can be added too, and look as `decorate` told."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None, title: str = "") -> None:
        super().__init__(title, parent)
        self._theme = theme
        self._icons = icons
        self.setToolTipsVisible(True)
        prepare_popup(self)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
        theme.changed.connect(self.update)

    def add(
        self,
        text: str,
        icon: str = "",
        slot: Callable[[], object] | None = None,
        *,
        tint: str = "text2",
        shortcut: str = "",
        detail: str = "",
        danger: bool = False,
        reason: str = "",
        checked: bool | None = None,
    ) -> QAction:
        """Add an action and return it.

        `shortcut` and `detail` are only shown at the right; a shortcut that works belongs to the window's own action.
        `reason` disables the action and says why in its tool tip; `checked` makes it checkable.
        """
        right = shortcut or detail
        action = QAction(f"{text}\t{right}" if right else text, self)
        decorate(action, icon, tint=tint, danger=danger)
        if checked is not None:
            action.setCheckable(True)
            action.setChecked(checked)
        if reason:
            action.setEnabled(False)
            action.setToolTip(reason)
        if slot is not None:
            action.triggered.connect(lambda _checked=False: slot())
        self.addAction(action)
        return action

    def caption(self, text: str) -> None:
        """Add a line of small bold words over the actions that follow."""
        action = QAction(text, self)
        action.setEnabled(False)
        action.setProperty(_CAPTION, True)
        self.addAction(action)

    def line(self) -> None:
        """Add a dividing line."""
        self.addSeparator()

    def submenu(self, text: str, icon: str = "", *, tint: str = "text2") -> Menu:
        """Add a menu of its own and return it."""
        # The tab makes Qt measure room at the right, where the chevron goes.
        menu = Menu(self._theme, self._icons, self, f"{text}\t")
        decorate(menu.menuAction(), icon, tint=tint)
        self.addMenu(menu)
        return menu

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        round_corners(self, self._theme.radius("card"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        fill_box(painter, QRectF(self.rect()), self._theme.radius("card"), tokens.surface, tokens.borderStrong)
        for action in self.actions():
            if action.isVisible():
                self._paint_action(painter, action, QRectF(self.actionGeometry(action)))
        painter.end()

    def _paint_action(self, painter: QPainter, action: QAction, rect: QRectF) -> None:
        tokens = self._theme.tokens
        if action.isSeparator():
            painter.fillRect(QRectF(rect.left() + 5, round(rect.center().y()), rect.width() - 10, 1), tokens.border)
            return
        if action.property(_CAPTION):
            inner = rect.adjusted(_ICON_LEFT_PX, 2, -_RIGHT_PX, 0)
            draw_text(painter, inner, action.text(), self._theme.font("caption"), tokens.text3)
            return
        lit = action is self.activeAction() and action.isEnabled()
        if lit:
            fill_box(painter, rect, self._theme.radius("control"), tokens.accentFill)
        self._paint_icon(painter, action, rect, lit)
        words, right = _split(action)
        danger = bool(action.property(_DANGER))
        ink = tokens.onAccent if lit else tokens.failFg if danger else tokens.text
        quiet = tokens.onAccent if lit else tokens.text3
        if not action.isEnabled():
            ink = quiet = tokens.text3
        right_edge = rect.right() - _RIGHT_PX
        if action.menu() is not None:
            tint = tokens.onAccent if lit else tokens.text2
            y = rect.center().y() - _CHEVRON_PX / 2
            self._icons.paint(painter, "chevron-right", tint, right_edge - _CHEVRON_PX + 2, round(y), _CHEVRON_PX)
        elif right:
            font = self._theme.font("small")
            width = text_width(right, font)
            draw_text(painter, QRectF(right_edge - width, rect.top(), width + 1, rect.height()), right, font, quiet)
            right_edge -= width + 12
        room = QRectF(rect.left() + _TEXT_LEFT_PX, rect.top(), right_edge - rect.left() - _TEXT_LEFT_PX, rect.height())
        draw_text(painter, room, words, self._theme.font("body"), ink)

    def _paint_icon(self, painter: QPainter, action: QAction, rect: QRectF, lit: bool) -> None:
        x, y = round(rect.left() + _ICON_LEFT_PX), round(rect.center().y() - _ICON_PX / 2)
        name, tint = str(action.property(_ICON) or ""), str(action.property(_TINT) or "text2")
        if action.isCheckable() and action.isChecked():
            name, tint = "check", "accent"
        if action.property(_DANGER):
            tint = "failFg"
        if not action.isEnabled():
            tint = "text3"
        if name:
            self._icons.paint(painter, name, "onAccent" if lit else tint, x, y, _ICON_PX)
        elif not action.icon().isNull():
            mode = QIcon.Mode.Normal if action.isEnabled() else QIcon.Mode.Disabled
            action.icon().paint(painter, x, y, _ICON_PX, _ICON_PX, mode=mode)


def _split(action: QAction) -> tuple[str, str]:
    """Return an action's words without mnemonics, and what stands at the right."""
    words, _, right = action.text().partition("\t")
    words = words.replace("&&", "\0").replace("&", "").replace("\0", "&")
    shortcut = action.shortcut()
    if not right and not shortcut.isEmpty():
        right = shortcut.toString(QKeySequence.SequenceFormat.NativeText)
    return words, right
