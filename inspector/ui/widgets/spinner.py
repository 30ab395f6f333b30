"""A spinner: something runs; with reduced motion it stands still and the word beside it says so."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QSize, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme

STEP_MS = 80
STEP_DEGREES = 30


class Turning(QObject):
    """The clock of spinners: counts the angle while it runs.

    Signals:
        turned: the angle is another one; repaint.
    """

    turned = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.degrees = 0
        self._clock = QTimer(self)
        self._clock.setInterval(STEP_MS)
        self._clock.timeout.connect(self._turn)

    @property
    def running(self) -> bool:
        """Whether it turns."""
        return self._clock.isActive()

    def set_running(self, running: bool) -> None:
        """Turn or stand still; with reduced motion it always stands."""
        if running and not self._theme.reduced_motion:
            if not self._clock.isActive():
                self._clock.start()
        else:
            self._clock.stop()

    def _turn(self) -> None:
        self.degrees = (self.degrees + STEP_DEGREES) % 360
        self.turned.emit()


def paint_spinner(painter: QPainter, icons: Icons, center: QPointF, size_px: int, color: str, degrees: int) -> None:
    """Paint a spinner at an angle, centred on a point."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.translate(center)
    painter.rotate(degrees)
    icons.paint(painter, "loader-circle", color, -size_px / 2, -size_px / 2, size_px)
    painter.restore()


class Spinner(QWidget):
    """A spinner on its own; it turns only while it is visible."""

    def __init__(
        self, theme: Theme, icons: Icons, parent: QWidget | None = None, *, size_px: int = 16, color: str = "accent"
    ) -> None:
        super().__init__(parent)
        self._icons = icons
        self._size_px = size_px
        self._color = color
        self._turning = Turning(theme, self)
        self._turning.turned.connect(self.update)
        self.setAccessibleName("Running")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(self._size_px, self._size_px)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._turning.set_running(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._turning.set_running(False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        center = QPointF(self.width() / 2, self.height() / 2)
        paint_spinner(painter, self._icons, center, self._size_px, self._color, self._turning.degrees)
        painter.end()
