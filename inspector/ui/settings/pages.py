"""The pages of the settings in the order of the list; each is imported and made when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from inspector.app import App
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme

Make = Callable[[Theme, Icons, App], QWidget]


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One line of the list, and what makes its page.

    A page may have `names`, the settings that Restore defaults puts back, or else a method `restore_defaults`.
    """

    key: str
    title: str
    icon: str
    make: Make


def _general(theme: Theme, icons: Icons, app: App) -> QWidget:
    from inspector.ui.login_start import login_start
    from inspector.ui.settings.small_pages import GeneralPage

    return GeneralPage(theme, icons, app, login_start(app.folder))


def _appearance(theme: Theme, icons: Icons, app: App) -> QWidget:
    from inspector.ui.settings.small_pages import AppearancePage

    return AppearancePage(theme, icons, app)


def _receiver(theme: Theme, icons: Icons, app: App) -> QWidget:
    from inspector.ui.settings.receiver_page import ReceiverPage

    return ReceiverPage(theme, icons, app)


def _https(theme: Theme, icons: Icons, app: App) -> QWidget:
    from inspector.ui.settings.https_page import HttpsPage

    return HttpsPage(theme, icons, app)


def _tunnel(theme: Theme, icons: Icons, app: App) -> QWidget:
    from inspector.ui.tunnels.settings_page import TunnelPage

    return TunnelPage(theme, icons, app)


def _replay(theme: Theme, icons: Icons, app: App) -> QWidget:
    from inspector.ui.settings.replay_page import ReplayPage

    return ReplayPage(theme, icons, app)


def _alerts(theme: Theme, icons: Icons, app: App) -> QWidget:
    from inspector.ui.monitor.settings_page import AlertsPage

    return AlertsPage(theme, icons, app)


def _storage(theme: Theme, icons: Icons, app: App) -> QWidget:
    from inspector.ui.settings.storage_page import StoragePage

    return StoragePage(theme, icons, app)


def _privacy(theme: Theme, icons: Icons, app: App) -> QWidget:
    from inspector.ui.settings.small_pages import PrivacyPage

    return PrivacyPage(theme, icons, app)


def _keyboard(theme: Theme, icons: Icons, app: App) -> QWidget:
    from inspector.ui.settings.keyboard_page import KeyboardPage

    return KeyboardPage(theme, icons, app)


def _about(theme: Theme, icons: Icons, app: App) -> QWidget:
    from inspector.ui.settings.small_pages import AboutPage

    return AboutPage(theme, icons, app)


PAGES = (
    PageEntry("general", "General", "settings", _general),
    PageEntry("appearance", "Appearance", "settings-2", _appearance),
    PageEntry("receiver", "Receiver", "plug", _receiver),
    PageEntry("https", "HTTPS", "lock", _https),
    PageEntry("tunnel", "Tunnel", "cable", _tunnel),
    PageEntry("replay", "Replay", "repeat-2", _replay),
    PageEntry("alerts", "Alerts", "bell", _alerts),
    PageEntry("storage", "Storage", "hard-drive", _storage),
    PageEntry("privacy", "Privacy", "eye-off", _privacy),
    PageEntry("keyboard", "Keyboard", "sliders-horizontal", _keyboard),
    PageEntry("about", "About", "webhook", _about),
)
