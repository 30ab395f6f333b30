"""The status bar: whether we receive, how many events there are, how much they take, and how fast they come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from inspector.ui.events.wording import size_text
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.labels import ElidingLabel, Label
from inspector.ui.widgets.marks import DotState, paint_state
from inspector.ui.widgets.sparkline import RateBars

Tone = Literal["pass", "warn", "fail", "neut"]
_MARKS: dict[Tone, DotState] = {"pass": "receiving", "warn": "paused", "fail": "error", "neut": "idle"}

NARROW_BELOW_PX = 1100
_SIDE_PX = 14
_GAP_PX = 16
_ICON_PX = 14
_LINE_PX = 12


def rate_text(per_second: float) -> str:
    """Write a rate: 0.9/s, 38/s, 1,204/s."""
    return f"{per_second:.1f}/s" if 0 < per_second < 9.95 else f"{grouped(round(per_second))}/s"


class StatusBar(QWidget):
    """Figures at the left, a hint where there is one, the rate at the right."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._messages: int | None = None
        self.mark = _Mark(theme, icons, self)
        self.receiver = Label(theme, "Starting", self, font="small", color="text2", numbers=True)
        self.events = Label(theme, "0 events", self, font="small", color="text2", numbers=True)
        self.selected = Label(theme, "", self, font="small", color="text2", numbers=True)
        self.stored = Label(theme, "", self, font="small", color="text2", numbers=True)
        self.hint_icon = _HintIcon(theme, icons, self)
        self.hint = ElidingLabel(theme, "", self, font="column", color="text2")
        self.bars = RateBars(theme, self)
        self.now = Label(theme, "0/s", self, font="caption", numbers=True)
        self.peak = Label(theme, "", self, font="small", color="text2", numbers=True)
        self._lines = [_Line(theme, self) for _ in range(4)]
        self._arrange()
        theme.changed.connect(self._on_theme)
        self._on_theme()
        self._fit()

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(_SIDE_PX, 1, _SIDE_PX, 0)
        row.setSpacing(0)
        row.addWidget(self.mark)
        row.addSpacing(6)
        row.addWidget(self.receiver)
        for line, label in zip(self._lines, (self.events, self.selected, self.stored), strict=False):
            row.addWidget(line)
            row.addWidget(label)
        row.addWidget(self._lines[3])
        row.addWidget(self.hint_icon)
        row.addWidget(self.hint, 1)
        row.addStretch(0)
        row.addWidget(self.bars)
        row.addSpacing(10)
        row.addWidget(self.now)
        row.addSpacing(12)
        row.addWidget(self.peak)

    def _on_theme(self) -> None:
        self.setFixedHeight(self._theme.size("statusBar"))
        self.update()

    def set_receiver(self, text: str, tone: Tone) -> None:
        """Say whether and where we receive."""
        self.mark.set_state(_MARKS[tone])
        self.receiver.setText(text)
        self.setAccessibleName(text)

    def set_counts(self, events: int, selected: int, stored: int | None) -> None:
        """Show how many events the list has and how many are selected, and the bytes on disk (None: not known)."""
        if self._messages is None:
            self.events.setText(f"{grouped(events)} event{'' if events == 1 else 's'}")
            self.selected.setText(f"{grouped(selected)} selected" if selected else "")
        self.stored.setText(f"{size_text(stored)} stored" if stored is not None else "")
        self._fit()

    def set_messages(self, messages: int | None, selected: int = 0) -> None:
        """Show messages in the place of events; None for events again, with their next count."""
        self._messages = messages
        if messages is not None:
            self.events.setText(f"{grouped(messages)} message{'' if messages == 1 else 's'}")
            self.selected.setText(f"{grouped(selected)} selected" if selected else "")
            self._fit()

    def set_rate(self, history: Sequence[float], now: float, peak: float) -> None:
        """Show events per second: one value for each of the last seconds, now, and the highest so far."""
        self.bars.set_values(history)
        self.now.setText(rate_text(now))
        self.peak.setText(f"peak {rate_text(peak)}" if peak else "")

    def set_hint(self, text: str | None, *, icon: str = "", warn: bool = False) -> None:
        """Say something in the middle, in amber as a warning; None says nothing."""
        self.hint.setText(text or "")
        self.hint.set_color("warnFg" if warn else "text2")
        self.hint_icon.set_icon(icon if text else "", "warnFg" if warn else "text2")
        self._fit()

    def _fit(self) -> None:
        narrow = self.window().width() < NARROW_BELOW_PX
        shown = (True, bool(self.selected.text()) and not narrow, bool(self.stored.text()) and not narrow)
        for line, label, visible in zip(self._lines, (self.events, self.selected, self.stored), shown, strict=False):
            line.setVisible(visible)
            label.setVisible(visible)
        self._lines[3].setVisible(bool(self.hint.text()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.window)
        painter.fillRect(0, 0, self.width(), 1, self._theme.tokens.border)
        painter.end()


class _Mark(QWidget):
    def __init__(self, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._state: DotState = "idle"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_state(self, state: DotState) -> None:
        self._state = state
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(8, 14)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_state(painter, QPointF(self.width() / 2, self.height() / 2), self._state, self._theme, self._icons)
        painter.end()


class _HintIcon(QWidget):
    def __init__(self, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons = icons
        self._icon = ("", "text2")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()
        theme.changed.connect(self.update)

    def set_icon(self, name: str, color: str) -> None:
        self._icon = (name, color)
        self.setVisible(bool(name))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_ICON_PX + 4, _ICON_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._icon[0]:
            painter = QPainter(self)
            self._icons.paint(painter, *self._icon, 0, (self.height() - _ICON_PX) / 2, _ICON_PX)
            painter.end()


class _Line(QWidget):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedWidth(2 * _GAP_PX)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(_GAP_PX, (self.height() - _LINE_PX) // 2, 1, _LINE_PX, self._theme.tokens.borderStrong)
        painter.end()
