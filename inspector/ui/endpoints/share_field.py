"""A share of 0 to 100 per cent: a slider and a field that follow each other."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QSlider

from inspector.ui.theme import Theme
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.window_size import scaled

SLIDER_PX = 154
FIELD_PX = 62


class _Slider(QSlider):
    def sizeHint(self) -> QSize:
        return QSize(SLIDER_PX, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(SLIDER_PX // 2, super().minimumSizeHint().height())


class ShareField(QObject):
    """The field is exact (`2.5`); the slider knows whole numbers only.

    Signals:
        changed: another share was typed or slid to.
    """

    changed = Signal()

    def __init__(self, theme: Theme, text: str, name: str) -> None:
        super().__init__()
        self.slider = _Slider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, 100)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName(f"{name}, share")
        self.field = TextField(theme, text, name=f"{name}, per cent")
        self.field.setFixedWidth(scaled(theme, FIELD_PX))
        self._follow(text)
        self.slider.valueChanged.connect(self._on_slid)
        self.field.textChanged.connect(self._on_typed)

    def _on_slid(self, value: int) -> None:
        self.field.blockSignals(True)
        self.field.setText(str(value))
        self.field.blockSignals(False)
        self.changed.emit()

    def _on_typed(self, text: str) -> None:
        self._follow(text)
        self.changed.emit()

    def _follow(self, text: str) -> None:
        try:
            value = round(float(text))
        except (ValueError, OverflowError):
            return
        self.slider.blockSignals(True)
        self.slider.setValue(min(max(value, 0), 100))
        self.slider.blockSignals(False)
