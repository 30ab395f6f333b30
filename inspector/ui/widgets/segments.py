"""Segments: a few exclusive choices side by side in one frame, each with an optional count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from inspector.ui.theme import Theme
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.paint import draw_text, fill_box, text_width

_INSET_PX = 2
_PADDING_PX = 11
_TIGHT_PX = 7
_COUNT_GAP_PX = 6
_FRAME_RADIUS_PX = 8


@dataclass(frozen=True, slots=True)
class Segment:
    """One choice: a key for the program, words for people."""

    key: str
    text: str


class Segments(QWidget):
    """An exclusive group; the arrow keys move the choice.

    Signals:
        changed(str): another key was chosen, by the user or by `set_current`.
    """

    changed = Signal(str)

    def __init__(
        self, theme: Theme, segments: Sequence[tuple[str, str]], parent: QWidget | None = None, *, name: str = ""
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, _SegmentButton] = {}
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(_INSET_PX, _INSET_PX, _INSET_PX, _INSET_PX)
        row.setSpacing(0)
        for key, text in segments:
            button = _SegmentButton(theme, Segment(key, text), self)
            self._group.addButton(button)
            self._buttons[key] = button
            row.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        next(iter(self._buttons.values())).setChecked(True)
        self._group.buttonToggled.connect(self._on_toggled)
        theme.changed.connect(self.update)

    @property
    def current(self) -> str:
        """The key that is chosen."""
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def set_current(self, key: str) -> None:
        """Choose a key.

        Raises:
            KeyError: there is no such key.
        """
        self._buttons[key].setChecked(True)

    def set_counts(self, counts: dict[str, int]) -> None:
        """Show counts beside the words; a key left out shows none."""
        for key, button in self._buttons.items():
            button.set_count(counts.get(key))

    def set_counts_visible(self, visible: bool) -> None:
        """Hide the counts where the window is narrow."""
        for button in self._buttons.values():
            button.set_count_visible(visible)
        self.updateGeometry()

    def set_tight(self, tight: bool) -> None:
        """Bring the words closer together where the window is narrow."""
        for button in self._buttons.values():
            button.set_padding(_TIGHT_PX if tight else _PADDING_PX)
        self.updateGeometry()  # a layout around us knows nothing of our buttons

    def set_segment_enabled(self, key: str, enabled: bool, reason: str = "") -> None:
        """Make one choice impossible, with the reason as its tool tip."""
        self._buttons[key].setEnabled(enabled)
        self._buttons[key].setToolTip("" if enabled else reason)

    def button(self, key: str) -> QAbstractButton:
        """Return the button of a key."""
        return self._buttons[key]

    def _on_toggled(self, button: QAbstractButton, checked: bool) -> None:
        if checked and isinstance(button, _SegmentButton):
            self.changed.emit(button.segment.key)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_box(painter, QRectF(self.rect()), _FRAME_RADIUS_PX, self._theme.tokens.neutBg)
        painter.end()


class _SegmentButton(QAbstractButton):
    def __init__(self, theme: Theme, segment: Segment, parent: QWidget) -> None:
        super().__init__(parent)
        self.segment = segment
        self._theme = theme
        self._count: int | None = None
        self._count_visible = True
        self._padding_px = _PADDING_PX
        self._ring = FocusWatch(self)
        self.setText(segment.text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_change)

    def set_count(self, count: int | None) -> None:
        if count != self._count:
            self._count = count
            self.setAccessibleName(self.text() if count is None else f"{self.text()}, {grouped(count)}")
            self._on_change()

    def set_count_visible(self, visible: bool) -> None:
        if visible != self._count_visible:
            self._count_visible = visible
            self._on_change()

    def set_padding(self, padding_px: int) -> None:
        if padding_px != self._padding_px:
            self._padding_px = padding_px
            self._on_change()

    def _on_change(self) -> None:
        self.updateGeometry()
        self.update()

    def _count_text(self) -> str:
        return grouped(self._count) if self._count is not None and self._count_visible else ""

    def sizeHint(self) -> QSize:
        words = text_width(self.text(), self._theme.font("column"))
        count = self._count_text()
        extra = _COUNT_GAP_PX + text_width(count, self._theme.font("small", numbers=True)) if count else 0
        return QSize(words + extra + 2 * self._padding_px - 1, self._theme.size("controlSmall") - 2 * _INSET_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        rect = QRectF(self.rect())
        radius = self._theme.radius("control")
        if self.isChecked():
            fill = tokens.borderStrong if tokens.dark else tokens.surface
            if self._theme.high_contrast:
                fill = tokens.pressed  # the strong border is as bright as the words
            fill_box(painter, rect, radius, fill, tokens.borderStrong)
        elif self.underMouse() and self.isEnabled():
            fill_box(painter, rect, radius, tokens.pressed)
        ink = tokens.text if self.isChecked() else tokens.text2 if self.isEnabled() else tokens.text3
        room = rect.adjusted(self._padding_px, 0, -self._padding_px + 1, 0)
        width = draw_text(painter, room, self.text(), self._theme.font("column"), ink)
        count = self._count_text()
        if count:
            room.setLeft(room.left() + width + _COUNT_GAP_PX)
            counts = tokens.text2 if self.isChecked() and tokens.dark else tokens.text3
            draw_text(painter, room, count, self._theme.font("small", numbers=True), counts)
        if self._ring.visible:
            paint_ring(painter, rect, radius, tokens.focus)
        painter.end()
