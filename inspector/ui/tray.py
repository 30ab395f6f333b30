"""The icon in the system's tray: three states that differ in shape, a menu, and notifications."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QGuiApplication, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.menu import Menu

SIZES_PX = (16, 22, 32, 44, 64)
MESSAGE_MS = 10_000
NAME = "Webhook Inspector"


class TrayState(StrEnum):
    """What the icon says."""

    RECEIVING = "receiving"
    PAUSED = "paused"
    TROUBLE = "trouble"


def tray_picture(state: TrayState, ink: QColor, size_px: int) -> QPixmap:
    """Draw the icon: a ring with a dot while receiving, with bars while paused, with an exclamation mark in trouble."""
    pixmap = QPixmap(size_px, size_px)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size_px / 16, size_px / 16)
    painter.setPen(QPen(ink, 1.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(8, 8), 6.6, 6.6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    if state is TrayState.RECEIVING:
        painter.drawEllipse(QPointF(8, 8), 2.1, 2.1)
    elif state is TrayState.PAUSED:
        painter.drawRoundedRect(QRectF(5.2, 4.8, 2, 6.4), 0.6, 0.6)
        painter.drawRoundedRect(QRectF(8.8, 4.8, 2, 6.4), 0.6, 0.6)
    else:
        painter.drawRoundedRect(QRectF(7, 3.9, 2, 5), 0.8, 0.8)
        painter.drawEllipse(QPointF(8, 11.3), 1.2, 1.2)
    painter.end()
    return pixmap


def tray_icon(state: TrayState, ink: QColor) -> QIcon:
    """Return the icon in every size a tray may ask for; on macOS it is a mask the system tints."""
    icon = QIcon()
    for size_px in SIZES_PX:
        icon.addPixmap(tray_picture(state, QColor("black") if sys.platform == "darwin" else ink, size_px))
    icon.setIsMask(sys.platform == "darwin")
    return icon


class Tray(QObject):
    """The icon with its menu. Make it only where `Tray.is_there()`.

    Signals:
        opened: the icon was clicked, or Open window chosen.
        message_clicked: a notification was clicked.
        menu_wanted: the menu opens; tell it what to say with `fill`.
        pause_wanted, mute_wanted, quit_wanted: from the menu.
        copy_wanted(int): copy the address of an endpoint.
    """

    opened = Signal()
    message_clicked = Signal()
    menu_wanted = Signal()
    pause_wanted = Signal()
    mute_wanted = Signal()
    quit_wanted = Signal()
    copy_wanted = Signal(int)

    @staticmethod
    def is_there() -> bool:
        """Whether the system has a tray."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = TrayState.RECEIVING
        self.menu = Menu(theme, icons, parent)
        self.caption = QAction(NAME, self.menu)
        self.caption.setEnabled(False)
        self.caption.setProperty("caption", True)
        self.menu.addAction(self.caption)
        self.addresses = self.menu.submenu("Copy address", "copy")
        self.pause = self.menu.add("Pause receiving", "pause", self.pause_wanted.emit)
        self.mute = self.menu.add("Mute alerts for 1 h", "bell-off", self.mute_wanted.emit)
        self.menu.line()
        self.menu.add("Open window", "app-window", self.opened.emit)
        self.menu.add("Quit", "x", self.quit_wanted.emit)
        self.menu.aboutToShow.connect(self.menu_wanted)
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self.menu)
        self.icon.setToolTip(NAME)
        self.icon.activated.connect(self._on_activated)
        self.icon.messageClicked.connect(self.message_clicked)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._draw)
        self._draw()
        self.icon.show()

    @property
    def state(self) -> TrayState:
        """What the icon says now."""
        return self._state

    def set_state(self, state: TrayState, words: str) -> None:
        """Show another state, with words for the pointer."""
        self.icon.setToolTip(f"{NAME}\n{words}")
        if state is not self._state:
            self._state = state
            self._draw()

    def fill(self, caption: str, endpoints: Sequence[tuple[int, str]], *, paused: bool, mutes: bool) -> None:
        """Say in the menu what is now: a caption, endpoints by number and name, and what can be done."""
        self.caption.setText(caption)
        self.pause.setText("Resume receiving" if paused else "Pause receiving")
        self.mute.setEnabled(mutes)
        _refill(self.addresses, endpoints, self.copy_wanted.emit)

    def show_message(self, title: str, text: str) -> None:
        """Show a notification of the system."""
        self.icon.showMessage(title, text, self.icon.icon(), MESSAGE_MS)

    def close(self) -> None:
        """Take the icon away."""
        self.icon.hide()

    def _draw(self, _scheme: object = None) -> None:
        # The tray lies on the desktop's own ground, which the window's chosen scheme need not follow.
        dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        self.icon.setIcon(tray_icon(self._state, QColor("#f2f3f5" if dark else "#23272f")))

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.opened.emit()


def _refill(menu: QMenu, endpoints: Sequence[tuple[int, str]], copy: Callable[[int], object]) -> None:
    menu.clear()
    for number, name in endpoints:
        action = QAction(name.replace("&", "&&"), menu)
        action.triggered.connect(partial(_call, copy, number))
        menu.addAction(action)


def _call(copy: Callable[[int], object], number: int, _checked: bool = False) -> None:
    copy(number)
