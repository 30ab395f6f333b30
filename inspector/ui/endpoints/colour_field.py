"""The colour that marks an endpoint: a row of dots to choose from."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from inspector.ui.theme import Theme
from inspector.ui.widgets.focus import FocusWatch, paint_ring

COLOURS = (
    ("", "None", "borderStrong"),
    ("blue", "Blue", "accentFill"),
    ("green", "Green", "passSolid"),
    ("amber", "Amber", "warnSolid"),
    ("red", "Red", "failSolid"),
    ("violet", "Violet", "dupSolid"),
    ("teal", "Teal", "infoSolid"),
)
"""An endpoint's colour as it is stored, its word, and the theme's token it is painted with."""

_SIDE_PX = 26
_DOT_PX = 16


def colour_token(colour: str) -> str:
    """Return the token a stored colour is painted with, "" for none and for one this version does not know."""
    return next((token for key, _word, token in COLOURS if key == colour and key), "")


class ColourField(QWidget):
    """An exclusive choice; the arrow keys move it.

    Signals:
        changed: another colour was chosen.
    """

    changed = Signal()

    def __init__(self, theme: Theme, current: str) -> None:
        super().__init__()
        self.setAccessibleName("Colour")
        self._group = QButtonGroup(self)
        self._buttons: dict[str, _Dot] = {}
        self._unknown = current
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for key, word, token in COLOURS:
            button = _Dot(theme, word, token, bare=not key)
            self._group.addButton(button)
            self._buttons[key] = button
            row.addWidget(button)
        if current in self._buttons:
            self._buttons[current].setChecked(True)
        self._group.buttonToggled.connect(lambda _button, on: self.changed.emit() if on else None)

    @property
    def current(self) -> str:
        """The colour that is chosen, "" for none; one nobody here knows stays until another is chosen."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), self._unknown)

    def choose(self, colour: str) -> None:
        """Choose a colour. Raises KeyError where there is none of that name."""
        self._buttons[colour].setChecked(True)


class _Dot(QAbstractButton):
    def __init__(self, theme: Theme, word: str, token: str, *, bare: bool) -> None:
        super().__init__()
        self._theme, self._token, self._bare = theme, token, bare
        self._ring = FocusWatch(self)
        self.setCheckable(True)
        self.setAccessibleName(word)
        self.setToolTip(word)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(_SIDE_PX, _SIDE_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(self.width() / 2, self.height() / 2)
        color = getattr(tokens, self._token)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.isChecked():
            painter.setPen(QPen(tokens.text, 1.5))
            painter.drawEllipse(middle, _DOT_PX / 2 + 3, _DOT_PX / 2 + 3)
        if self._bare:
            painter.setPen(QPen(color, 1.5))
            painter.drawEllipse(middle, _DOT_PX / 2 - 1, _DOT_PX / 2 - 1)
            reach = _DOT_PX / 2 * 0.6
            painter.drawLine(middle + QPointF(-reach, reach), middle + QPointF(reach, -reach))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(middle, _DOT_PX / 2, _DOT_PX / 2)
        if self._ring.visible:
            paint_ring(painter, QRectF(self.rect()), self._theme.radius("control"), tokens.focus)
        painter.end()
