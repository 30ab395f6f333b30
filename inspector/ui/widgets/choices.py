"""Check boxes and radio buttons painted from the theme."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton, QWidget

from inspector.ui.icons import BOLD_STROKE, Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.paint import draw_text, fill_box, text_width

BOX_PX = 16
_CHECK_PX = 12
_DOT_PX = 6
_GAP_PX = 8
_LEAST_HEIGHT_PX = 24
_MARGIN_PX = 3


class CheckBox(QCheckBox):
    """A box with a check, and the words beside it."""

    def __init__(self, theme: Theme, icons: Icons, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._icons = icons
        self._ring = FocusWatch(self)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return _choice_size(self, self._theme)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        box = _box(self)
        state = self.checkState()
        if state is Qt.CheckState.Unchecked:
            fill = tokens.hover if self.underMouse() and self.isEnabled() else tokens.surface
            fill_box(painter, box, 4, fill, tokens.control if self.isEnabled() else tokens.border)
        else:
            fill_box(painter, box, 4, tokens.accentFill if self.isEnabled() else tokens.text3)
            mark = "check" if state is Qt.CheckState.Checked else "minus"
            inset = (BOX_PX - _CHECK_PX) / 2
            self._icons.paint(painter, mark, tokens.onAccent, box.x() + inset, box.y() + inset, _CHECK_PX, BOLD_STROKE)
        _paint_words(painter, self, self._theme, self._ring)
        painter.end()


class RadioButton(QRadioButton):
    """A ring with a dot, and the words beside it."""

    def __init__(self, theme: Theme, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._ring = FocusWatch(self)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return _choice_size(self, self._theme)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = _box(self)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.accentFill if self.isEnabled() else tokens.text3)
            painter.drawEllipse(box)
            inset = (BOX_PX - _DOT_PX) / 2
            painter.setBrush(tokens.onAccent)
            painter.drawEllipse(box.adjusted(inset, inset, -inset, -inset))
        else:
            painter.setPen(QPen(tokens.control if self.isEnabled() else tokens.border, 1))
            painter.setBrush(tokens.hover if self.underMouse() and self.isEnabled() else tokens.surface)
            painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
        _paint_words(painter, self, self._theme, self._ring)
        painter.end()


def _choice_size(button: QAbstractButton, theme: Theme) -> QSize:
    words = text_width(_words(button), theme.font("body"))
    height = max(_LEAST_HEIGHT_PX, theme.size("controlSmall") - 4)
    return QSize(_MARGIN_PX + BOX_PX + (_GAP_PX + words if words else 0) + _MARGIN_PX, height)


def _box(button: QAbstractButton) -> QRectF:
    return QRectF(_MARGIN_PX, (button.height() - BOX_PX) // 2, BOX_PX, BOX_PX)


def _words(button: QAbstractButton) -> str:
    return button.text().replace("&&", "\0").replace("&", "").replace("\0", "&")


def _paint_words(painter: QPainter, button: QAbstractButton, theme: Theme, ring: FocusWatch) -> None:
    x = _MARGIN_PX + BOX_PX + _GAP_PX
    room = QRectF(x, 0, button.width() - x, button.height())
    ink = theme.tokens.text if button.isEnabled() else theme.tokens.text3
    draw_text(painter, room, _words(button), theme.font("body"), ink)
    if ring.visible:
        paint_ring(painter, _box(button).adjusted(-3, -3, 3, 3), theme.radius("control"), theme.tokens.focus)
