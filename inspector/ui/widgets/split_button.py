"""A button with an arrow part: the words do the usual thing, the arrow opens a menu of the others."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import CHEVRON_PX, PRIMARY, SECONDARY, ButtonLook, ThemedButton
from inspector.ui.widgets.focus import paint_ring
from inspector.ui.widgets.paint import half_rounded

ARROW_PX = 26
MENU_GAP_PX = 4


class SplitButton(QWidget):
    """Two buttons that look like one.

    Signals:
        clicked: the words were clicked.
        menu_requested: the arrow was clicked, before the menu opens; fill the menu now if it changes.
    """

    clicked = Signal()
    menu_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        text: str,
        icon: str = "",
        parent: QWidget | None = None,
        *,
        primary: bool = False,
        size_name: str = "control",
        menu_name: str = "",
    ) -> None:
        super().__init__(parent)
        self._menu: QMenu | None = None
        look = PRIMARY if primary else SECONDARY
        self.main = _Half(theme, icons, text, icon, self, look=look, size_name=size_name, left=True)
        self.arrow = _Half(theme, icons, "", "chevron-down", self, look=look, size_name=size_name, left=False)
        self.arrow.setAccessibleName(menu_name or f"{text}: more choices")
        self.arrow.setToolTip(menu_name or "More choices")
        self.main.clicked.connect(self.clicked)
        self.arrow.clicked.connect(self.open_menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.main)
        row.addWidget(self.arrow)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self.main)

    def text(self) -> str:
        """The words."""
        return self.main.text()

    def set_text(self, text: str) -> None:
        """Show other words."""
        self.main.setText(text)
        self.main.updateGeometry()

    def menu(self) -> QMenu | None:
        """The menu of the arrow."""
        return self._menu

    def set_menu(self, menu: QMenu) -> None:
        """Open this menu at the arrow; the caller keeps it."""
        self._menu = menu

    def set_compact(self, compact: bool) -> None:
        """Show the icon without words where the window is narrow; the words become the tool tip."""
        self.main.set_compact(compact)

    def open_menu(self) -> None:
        """Open the menu under the button, its right edge at ours."""
        self.menu_requested.emit()
        if self._menu is not None and not self._menu.isEmpty():
            width = self._menu.sizeHint().width()
            self._menu.popup(self.mapToGlobal(QPoint(self.width() - width, self.height() + MENU_GAP_PX)))


class _Half(ThemedButton):
    """One of the two parts, round on its own side only."""

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        text: str,
        icon: str,
        parent: QWidget,
        *,
        look: ButtonLook,
        size_name: str,
        left: bool,
    ) -> None:
        super().__init__(theme, icons, text, icon, parent, look=look, size_name=size_name)
        self._left = left
        self._compact = False

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        self.setToolTip(self.text() if compact else "")
        self.setAccessibleName(self.text() if compact else "")
        self._on_theme()

    def _icon_px(self) -> int:
        return super()._icon_px() if self._left else CHEVRON_PX

    def _shown_text(self) -> str:
        return "" if self._compact else super()._shown_text()

    def sizeHint(self) -> QSize:
        if not self._left:
            return QSize(ARROW_PX, self._theme.size(self._size_name))
        return super().sizeHint()

    def _paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, line = self._ground(), self._line()
        radius = self._theme.radius("control")
        outer = QRectF(rect)
        if line is not None:
            # The line between the parts belongs to the left one; the right one's own left line lies outside it.
            outer = rect.adjusted(0.5, 0.5, -0.5, -0.5) if self._left else rect.adjusted(-0.5, 0.5, -0.5, -0.5)
        elif not self._left:
            outer = rect.adjusted(1, 0, 0, 0)  # a 1 px gap divides the filled halves
        painter.setPen(line if line is not None else Qt.PenStyle.NoPen)
        painter.setBrush(ground if ground is not None else QColor(0, 0, 0, 0))
        painter.drawPath(half_rounded(outer, radius, left=self._left))

    def _paint_ring(self, painter: QPainter, rect: QRectF) -> None:
        on_fill = self._look.fill == "accentFill"
        color = self._theme.tokens.text if on_fill else self._theme.tokens.focus
        paint_ring(painter, rect, self._theme.radius("control"), color)
