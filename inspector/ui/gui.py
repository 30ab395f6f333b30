"""Makes the QApplication: style, fonts, names, icon, and Qt's own messages in Python's log."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from PySide6.QtCore import QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from inspector.resources import resource_path
from inspector.ui.fonts import load_fonts

log = logging.getLogger("qt")

APP_NAME = "Webhook Inspector"
ORGANISATION = "Webhook Inspector"
DESKTOP_FILE = "webhook-inspector"

# Said by the offscreen and minimal platforms for each window, where nothing is wrong and nothing can be done.
QUIET_MESSAGES = frozenset(
    {
        "This plugin does not support propagateSizeHints()",
        "This plugin does not support raise()",
        "This plugin does not support grabbing the keyboard",
    }
)

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def make_application(argv: Sequence[str]) -> QApplication:
    """Return the one QApplication of this process, made ready; the caller applies a theme.

    The last window that closes does not end it: whoever opened the program leaves it in order.
    """
    qInstallMessageHandler(forward_qt_message)
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication(list(argv))
    app.setStyle("Fusion")
    app.setApplicationName(APP_NAME)
    app.setApplicationDisplayName(APP_NAME)
    app.setOrganizationName(ORGANISATION)
    app.setDesktopFileName(DESKTOP_FILE)
    app.setQuitOnLastWindowClosed(False)
    icon = resource_path("icons", "app.png")
    if icon.is_file():
        app.setWindowIcon(QIcon(str(icon)))
    load_fonts()
    return app


def forward_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Write one message of Qt to the log named "qt", leaving out the noise that means nothing."""
    if message in QUIET_MESSAGES:
        return
    category = context.category or "default"
    log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", category, message)
