"""Round corners of popups, also where nothing composes the screen."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBitmap, QGuiApplication, QPainter, QRegion
from PySide6.QtWidgets import QWidget


def shape_of(size: QSize, radius: float) -> QRegion:
    """Return the pixels of a popup with round corners."""
    bitmap = QBitmap(size)
    bitmap.clear()
    painter = QPainter(bitmap)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.GlobalColor.color1)
    painter.drawRoundedRect(QRectF(0, 0, size.width(), size.height()), radius, radius)
    painter.end()
    return QRegion(bitmap)


def prepare_popup(popup: QWidget) -> None:
    """Let the corners of a popup that paints itself show what is behind; call it once, before the popup is shown.

    WORKAROUND: an X server without a compositor shows transparent pixels as black, and Qt does not tell whether one
    runs, so under X the popup stays opaque and `round_corners` cuts its corners off.
    """
    if not _is_cut():
        popup.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)


def round_corners(popup: QWidget, radius: float) -> None:
    """Fit the shape of a popup to its size; call it whenever the size changes."""
    if _is_cut():
        popup.setMask(shape_of(popup.size(), radius))


def _is_cut() -> bool:
    return QGuiApplication.platformName() == "xcb"
