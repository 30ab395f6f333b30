"""A field that holds several short values: each a chip with a cross, and room to type the next one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLayout, QLayoutItem, QLineEdit, QSizePolicy, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import IconButton
from inspector.ui.widgets.paint import draw_text, fill_box, text_width

CHIP_PX = 22
GAP_PX = 6
INSET_PX = 4
CROSS_PX = 18
LEAST_TYPING_PX = 150
_PADDING_PX = 7
_SEPARATORS = re.compile(r"[\s,;]+")


class ChipField(QWidget):
    """Enter, a comma or leaving the field makes a chip of what was typed; Backspace in the empty field takes one back.

    `upper` writes every value in capitals.

    Signals:
        changed: the values are others than before.
    """

    changed = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        values: Iterable[str],
        name: str,
        placeholder: str,
        *,
        upper: bool = False,
    ) -> None:
        super().__init__()
        self._theme, self._icons, self._upper = theme, icons, upper
        self._values: list[str] = []
        self._chips: list[_Chip] = []
        self._invalid = False
        self.typing = _Typing(self)
        self.typing.setAccessibleName(name)
        self.typing.setPlaceholderText(placeholder)
        self.typing.setFrame(False)
        self.typing.setStyleSheet("QLineEdit, QLineEdit:focus { border: 0; padding: 0 4px; min-height: 0; }")
        self.typing.textChanged.connect(self.changed)
        self.setFocusProxy(self.typing)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._flow = Flow(self)
        self._flow.addWidget(self.typing)
        for value in values:
            self._append(value)
        theme.changed.connect(self._on_theme)
        self._on_theme()

    @property
    def values(self) -> tuple[str, ...]:
        """The chips, and what is still being typed: it would be saved as well."""
        return tuple(dict.fromkeys((*self._values, *self._typed())))

    def set_values(self, values: Iterable[str]) -> None:
        """Show other values."""
        while self._values:
            self._drop(len(self._values) - 1)
        self.typing.clear()
        for value in values:
            self._append(value)
        self.changed.emit()

    def set_invalid(self, invalid: bool, reason: str = "") -> None:
        """Show a red outline, with the reason as tool tip and accessible description."""
        self.typing.setToolTip(reason if invalid else "")
        self.typing.setAccessibleDescription(reason if invalid else "")
        if invalid != self._invalid:
            self._invalid = invalid
            self.update()

    def settle(self) -> None:
        """Make chips of what was typed."""
        typed = self._typed()
        if not typed and not self.typing.text():
            return
        self.typing.blockSignals(True)
        self.typing.clear()
        self.typing.blockSignals(False)
        for value in typed:
            if value not in self._values:
                self._append(value)
        self.changed.emit()

    def take_back(self) -> None:
        """Put the last chip back into the field, to be changed."""
        if self._values:
            value = self._values[-1]
            self._drop(len(self._values) - 1)
            self.typing.setText(value)

    def remove(self, value: str) -> None:
        """Take a value away."""
        if value in self._values:
            self._drop(self._values.index(value))
            self.changed.emit()
            self.typing.setFocus()

    def _typed(self) -> list[str]:
        text = self.typing.text().upper() if self._upper else self.typing.text()
        return [part for part in _SEPARATORS.split(text) if part]

    def _append(self, value: str) -> None:
        chip = _Chip(self._theme, self._icons, value, self)
        chip.removed.connect(self.remove)
        self._values.append(value)
        self._chips.append(chip)
        self._flow.insert(len(self._chips) - 1, chip)
        chip.show()

    def _drop(self, place: int) -> None:
        self._values.pop(place)
        chip = self._chips.pop(place)
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()

    def _on_theme(self) -> None:
        self.typing.setFont(self._theme.font("mono"))
        self._flow.invalidate()
        self.update()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.typing.setFocus()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        focused = self.typing.hasFocus()
        line = tokens.failSolid if self._invalid else tokens.focus if focused else tokens.control
        painter = QPainter(self)
        fill_box(painter, self.rect().toRectF(), self._theme.radius("control"), tokens.surface, line)
        if focused and not self._invalid:
            inner = self.rect().toRectF().adjusted(1, 1, -1, -1)
            fill_box(painter, inner, self._theme.radius("control") - 1, None, line)
        painter.end()


class _Typing(QLineEdit):
    """The room to type in; it tells its field what the keys mean there."""

    def __init__(self, field: ChipField) -> None:
        super().__init__(field)
        self._field = field

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.text().strip():
            self._field.settle()
            return
        if event.text() in (",", ";", " ") and event.text():
            self._field.settle()
            return
        if event.key() == Qt.Key.Key_Backspace and not self.text():
            self._field.take_back()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._field.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._field.settle()
        self._field.update()


class _Chip(QWidget):
    removed = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, value: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._value = theme, value
        self.setAccessibleName(value)
        self.setToolTip(value)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._cross = IconButton(theme, icons, "x", f"Remove {value}", self)
        self._cross.clicked.connect(lambda: self.removed.emit(value))

    def sizeHint(self) -> QSize:
        words = text_width(self._value, self._theme.font("mono"))
        return QSize(words + 2 * _PADDING_PX + CROSS_PX, CHIP_PX)

    def resizeEvent(self, _event: object) -> None:
        side = CROSS_PX
        self._cross.setGeometry(self.width() - side - 2, (self.height() - side) // 2, side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        fill_box(painter, self.rect().toRectF(), 4, tokens.neutBg)
        room = self.rect().toRectF().adjusted(_PADDING_PX, 0, -CROSS_PX - 2, 0)
        draw_text(painter, room, self._value, self._theme.font("mono"), tokens.text)
        painter.end()


class Flow(QLayout):
    """Widgets one after another, in as many lines as they need; the last one takes what room is left."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._known = (-1, 0)

    def insert(self, place: int, widget: QWidget) -> None:
        """Put a widget at a place."""
        self.addWidget(widget)
        self._items.insert(place, self._items.pop())
        self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def invalidate(self) -> None:
        self._known = (-1, 0)
        super().invalidate()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if self._known[0] != width:
            self._known = (width, self._lay_out(QRect(0, 0, width, 0), move=False))
        return self._known[1]

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._lay_out(rect, move=True)

    def sizeHint(self) -> QSize:
        return QSize(260, self._least())

    def minimumSize(self) -> QSize:
        return QSize(LEAST_TYPING_PX + 2 * INSET_PX, self._least())

    @staticmethod
    def _least() -> int:
        return CHIP_PX + 2 * INSET_PX

    def _lay_out(self, rect: QRect, *, move: bool) -> int:
        """Place the widgets, or only count the height they need."""
        x, y, right = rect.left() + INSET_PX, rect.top() + INSET_PX, rect.right() - INSET_PX
        for item in self._items:
            last = item is self._items[-1]
            wanted = LEAST_TYPING_PX if last else min(item.sizeHint().width(), right - rect.left() - INSET_PX)
            if x + wanted > right + 1 and x > rect.left() + INSET_PX:
                x, y = rect.left() + INSET_PX, y + CHIP_PX + INSET_PX
            width = right - x + 1 if last else wanted
            if move:
                item.setGeometry(QRect(QPoint(x, y), QSize(width, CHIP_PX)))
            x += width + GAP_PX
        return y + CHIP_PX + INSET_PX - rect.top()
