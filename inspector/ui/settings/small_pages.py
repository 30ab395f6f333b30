"""The pages that are a few rows: General, Appearance, Privacy, About."""

from __future__ import annotations

import platform
from collections.abc import Iterator

from PySide6.QtGui import QFontDatabase

from inspector import __version__
from inspector.app import App
from inspector.domain.errors import UsageError
from inspector.settings import Settings
from inspector.ui.fonts import fixed_families
from inspector.ui.form import Section
from inspector.ui.icons import Icons
from inspector.ui.login_start import LoginStart
from inspector.ui.settings.page import SettingsPage, help_of
from inspector.ui.theme import Theme
from inspector.ui.tray import Tray
from inspector.ui.widgets.choices import CheckBox
from inspector.ui.widgets.labels import Label

THEMES = (("system", "System"), ("light", "Light"), ("dark", "Dark"))
DENSITIES = (("compact", "Compact"), ("normal", "Normal"), ("roomy", "Roomy"))
FONTS = (("inter", "Inter"), ("system", "System"))
TIMES = (("local", "Local"), ("utc", "UTC"), ("relative", "Relative"))
CLOSINGS = (("ask", "Ask"), ("yes", "Goes on in the tray"), ("no", "Quits"))
CLOSING_HINT = "In the tray events are still received and answered."
LOGIN_HINT = "When you sign in to this computer; in the tray where closing the window goes there."
LICENCES = "MIT; fonts under the SIL Open Font Licence; icons under ISC"


class GeneralPage(SettingsPage):
    """What happens at the start; `login` is None where the program cannot be started at login."""

    def __init__(self, theme: Theme, icons: Icons, app: App, login: LoginStart | None) -> None:
        super().__init__(theme, icons, app)
        self._login = login
        self.at_login: CheckBox | None = None

    def restore_defaults(self) -> None:
        """Put the settings back, and start no longer at login."""
        defaults = Settings()
        self.apply(**{name: getattr(defaults, name) for name in self.names})
        if self.at_login is not None:
            self.at_login.setChecked(False)

    def build(self) -> Iterator[None]:
        section = self.section("General")
        section.add("At the start", self.box("restore_scope"), hint=help_of("restore_scope"))
        yield
        if Tray.is_there():
            section.add("Closing the window", self.segments("close_to_tray", CLOSINGS), hint=CLOSING_HINT)
        if self._login is not None:
            self._add_login(section, self._login)

    def _add_login(self, section: Section, login: LoginStart) -> None:
        """Add the box for a start at login; the system's own entry says whether it is ticked, not the settings."""
        box = self.at_login = CheckBox(self.theme, self.icons, "Start the program")
        row = section.add("At login", box, hint=LOGIN_HINT)

        def turn(on: bool) -> None:
            try:
                if on:
                    login.turn_on()
                else:
                    login.turn_off()
            except UsageError as error:
                row.set_error(str(error))
            except OSError as error:
                row.set_error(f"That was not possible: {error.strerror or error}.")
            else:
                row.set_error("")
                return
            self._show_login(box, login)

        self._show_login(box, login)
        box.toggled.connect(turn)

    @staticmethod
    def _show_login(box: CheckBox, login: LoginStart) -> None:
        box.blockSignals(True)
        try:
            box.setChecked(login.is_on())
        except OSError:
            box.setChecked(False)
        box.blockSignals(False)


class AppearancePage(SettingsPage):
    """How the window looks."""

    def build(self) -> Iterator[None]:
        section = self.section("Appearance")
        section.add("Theme", self.segments("theme", THEMES), hint="System follows the desktop's own choice.")
        yield
        section.add("Rows", self.segments("density", DENSITIES))
        yield
        section.add("Font", self.segments("ui_font", FONTS), hint=help_of("ui_font"))
        self.mono = self.choice("mono_font", (("", "JetBrains Mono"),))
        section.add("Fixed-width font", self.mono, hint=help_of("mono_font"))
        for found in fixed_families(QFontDatabase.families()):
            for family in found:
                if family != "JetBrains Mono":
                    self.mono.addItem(family, family)
            yield
        self.add_number(section, "text_percent", "Text size", "%")
        yield
        section.add("Motion", self.box("reduce_motion"), hint=help_of("reduce_motion"))
        section.add("Times", self.segments("times", TIMES), hint=help_of("times"))


class PrivacyPage(SettingsPage):
    """What is covered, and where secrets lie."""

    def build(self) -> Iterator[None]:
        section = self.section("Privacy")
        hint = f"{help_of('mask_recipients')} One endpoint alone can be masked in its own settings."
        section.add("Recipients", self.box("mask_recipients"), hint=hint)
        yield
        section.add("Secrets", Label(self.theme, self.app.secret_store.description, wrap=True), stretch=0)


class AboutPage(SettingsPage):
    """Which program this is."""

    def build(self) -> Iterator[None]:
        text = "Receives webhooks on this computer, shows whether they are genuine and why, and replays them."
        section = self.section("Webhook Inspector", text)
        section.add("Version", Label(self.theme, __version__))
        yield
        section.add("Python", Label(self.theme, platform.python_version()))
        section.add("Licence", Label(self.theme, LICENCES, wrap=True))
