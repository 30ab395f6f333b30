"""A switch: on or off, at once."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from inspector.ui.theme import Theme
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.paint import fill_box

_TRACK = QSize(34, 20)
_KNOB_PX = 14
_MARGIN_PX = 3


class Switch(QAbstractButton):
    """A checkable button in the form of a switch; its accessible name is what it switches."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ring = FocusWatch(self)
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(_TRACK.width() + 2 * _MARGIN_PX, _TRACK.height() + 2 * _MARGIN_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        track = QRectF(_MARGIN_PX, (self.height() - _TRACK.height()) // 2, _TRACK.width(), _TRACK.height())
        radius = track.height() / 2
        enabled = self.isEnabled()
        if self.isChecked():
            fill_box(painter, track, radius, tokens.accentFill if enabled else tokens.text3)
            knob = tokens.onAccent
        else:
            fill_box(painter, track, radius, tokens.surface, tokens.control if enabled else tokens.borderStrong)
            knob = tokens.control if enabled else tokens.borderStrong
        inset = (track.height() - _KNOB_PX) / 2
        x = track.right() - inset - _KNOB_PX if self.isChecked() else track.left() + inset
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(knob)
        painter.drawEllipse(QRectF(x, track.top() + inset, _KNOB_PX, _KNOB_PX))
        if self._ring.visible:
            paint_ring(painter, track.adjusted(-3, -3, 3, 3), radius + 3, tokens.focus)
        painter.end()
