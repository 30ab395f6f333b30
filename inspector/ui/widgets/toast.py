"""Toasts: short messages at the bottom right, one at a time, that go by themselves."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPoint, QRectF, Qt, QTimer, QVariantAnimation
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import css
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.badges import Tone
from inspector.ui.widgets.buttons import LinkButton
from inspector.ui.widgets.paint import fill_box

EDGE_PX = 16
HEIGHT_PX = 40
IN_MS = 120
OUT_MS = 200
_ICON_PX = 16
_TEXT_LEFT_PX = 40
_RISE_PX = 12
_WAITING_LIMIT = 8


@dataclass(frozen=True, slots=True)
class ToastContent:
    """What one toast says; `action` is words and what they do, such as Undo."""

    text: str
    icon: str = "info"
    tone: Tone = "neut"
    action: tuple[str, Callable[[], object]] | None = None


class Toasts(QObject):
    """Shows toasts over a window, one after the other.

    A toast stays 5 s, 10 s with an action, and longer while the pointer or the focus is in it. What waits behind it
    is shown in turn; when many wait the oldest are dropped, for toasts never are the only record of anything.
    """

    def __init__(self, theme: Theme, icons: Icons, window: QWidget, *, bottom_px: int = 0) -> None:
        super().__init__(window)
        self._theme = theme
        self._icons = icons
        self._window = window
        self._bottom_px = bottom_px
        self._waiting: deque[ToastContent] = deque(maxlen=_WAITING_LIMIT)
        self._current: Toast | None = None
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self._on_time)
        self._slide = QVariantAnimation(self)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._slide.valueChanged.connect(self._on_slide)
        self._slide.finished.connect(self._on_slide_finished)
        self._leaving = False
        window.installEventFilter(self)

    @property
    def current(self) -> Toast | None:
        """The toast on show."""
        return self._current

    def show(self, text: str, icon: str = "info", tone: Tone = "neut") -> None:
        """Show a message, after those that wait already."""
        self.put(ToastContent(text, icon, tone))

    def put(self, content: ToastContent) -> None:
        """Show a message that may have an action."""
        self._waiting.append(content)
        if self._current is None:
            self._show_next()

    def set_bottom(self, bottom_px: int) -> None:
        """Keep that many pixels free at the bottom, for the status bar."""
        self._bottom_px = bottom_px
        self._place(0)

    def dismiss(self) -> None:
        """Take the toast away now."""
        if self._current is None or self._leaving:
            return
        self._clock.stop()
        self._leaving = True
        if self._theme.reduced_motion:
            self._remove()
        else:
            self._animate(0, _RISE_PX, OUT_MS)

    def _show_next(self) -> None:
        if not self._waiting:
            return
        content = self._waiting.popleft()
        toast = Toast(self._theme, self._icons, content, self._window)
        if toast.button is not None:
            toast.button.clicked.connect(self.dismiss)
        self._current, self._leaving = toast, False
        toast.adjustSize()
        toast.show()
        toast.raise_()
        announce(self._window, content.text, at_once=content.tone == "fail")
        stay_ms = self._theme.motion_ms("toast") * (2 if content.action else 1)
        self._clock.start(stay_ms)
        if self._theme.reduced_motion:
            self._place(0)
        else:
            self._animate(_RISE_PX, 0, IN_MS)

    def _animate(self, start: int, end: int, duration_ms: int) -> None:
        self._slide.stop()
        self._slide.setStartValue(start)
        self._slide.setEndValue(end)
        self._slide.setDuration(duration_ms)
        self._slide.start()

    def _on_slide(self, value: object) -> None:
        if isinstance(value, int):
            self._place(value)

    def _on_slide_finished(self) -> None:
        if self._leaving:
            self._remove()

    def _on_time(self) -> None:
        toast = self._current
        if toast is None:
            return
        if toast.underMouse() or toast.has_focus():
            self._clock.start(self._theme.motion_ms("toast") // 2)
            return
        self.dismiss()

    def _remove(self) -> None:
        if self._current is not None:
            self._current.hide()
            self._current.deleteLater()
        self._current, self._leaving = None, False
        self._show_next()

    def _place(self, offset_px: int) -> None:
        if self._current is None:
            return
        x = self._window.width() - self._current.width() - EDGE_PX
        y = self._window.height() - self._bottom_px - self._current.height() - EDGE_PX + offset_px
        self._current.move(QPoint(max(EDGE_PX, x), y))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() is QEvent.Type.Resize:
            self._place(0)
        return super().eventFilter(watched, event)


class _ToastLink(LinkButton):
    """A link on the toast's inverse ground."""

    def _ink(self) -> QColor:
        return self._theme.inverse.accent


class Toast(QWidget):
    """One message on the inverse ground."""

    def __init__(self, theme: Theme, icons: Icons, content: ToastContent, parent: QWidget) -> None:
        super().__init__(parent)
        self.content = content
        self._theme = theme
        self._icons = icons
        self.label = QLabel(content.text, self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.button: _ToastLink | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(_TEXT_LEFT_PX, 0, 14 if content.action else 18, 0)
        row.setSpacing(24)
        row.addWidget(self.label)
        if content.action is not None:
            words, slot = content.action
            self.button = _ToastLink(theme, icons, words, "", self)
            self.button.clicked.connect(lambda _checked=False: slot())
            row.addWidget(self.button)
        self.setFixedHeight(max(HEIGHT_PX, theme.size("controlSmall") + 12))
        self.setAccessibleName(content.text)
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def _on_theme(self) -> None:
        self.label.setFont(self._theme.font("strong"))
        self.label.setStyleSheet(f"color: {css(self._theme.tokens.onTooltip)}")
        self.adjustSize()
        self.update()

    def has_focus(self) -> bool:
        """Whether the keyboard is in it."""
        return self.button is not None and self.button.hasFocus()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_box(painter, QRectF(self.rect()), self._theme.radius("card"), self._theme.tokens.tooltip)
        tone = self.content.tone
        tint: QColor = getattr(self._theme.inverse, "accent" if tone == "accent" else f"{tone}Fg")
        self._icons.paint(painter, self.content.icon, tint, 14, round((self.height() - _ICON_PX) / 2), _ICON_PX)
        painter.end()
