"""The pages that are a few rows: General, Appearance, Privacy, About."""

from __future__ import annotations

import platform

from inspector import __version__
from inspector.ui.settings.page import SettingsPage, help_of
from inspector.ui.tray import Tray
from inspector.ui.widgets.labels import Label

THEMES = (("system", "System"), ("light", "Light"), ("dark", "Dark"))
DENSITIES = (("compact", "Compact"), ("normal", "Normal"), ("roomy", "Roomy"))
CLOSINGS = (("ask", "Ask"), ("yes", "Goes on in the tray"), ("no", "Quits"))
CLOSING_HINT = "In the tray events are still received and answered."
LICENCES = "MIT; fonts under the SIL Open Font Licence; icons under ISC"


class GeneralPage(SettingsPage):
    """What happens at the start."""

    def build(self) -> None:
        section = self.section("General")
        section.add("At the start", self.box("restore_scope"), hint=help_of("restore_scope"))
        if Tray.is_there():
            section.add("Closing the window", self.segments("close_to_tray", CLOSINGS), hint=CLOSING_HINT)


class AppearancePage(SettingsPage):
    """How the window looks."""

    def build(self) -> None:
        section = self.section("Appearance")
        section.add("Theme", self.segments("theme", THEMES), hint="System follows the desktop's own choice.")
        section.add("Rows", self.segments("density", DENSITIES))
        self.add_number(section, "text_percent", "Text size", "%")
        section.add("Motion", self.box("reduce_motion"), hint=help_of("reduce_motion"))


class PrivacyPage(SettingsPage):
    """What is covered, and where secrets lie."""

    def build(self) -> None:
        section = self.section("Privacy")
        hint = f"{help_of('mask_recipients')} One endpoint alone can be masked in its own settings."
        section.add("Recipients", self.box("mask_recipients"), hint=hint)
        section.add("Secrets", Label(self.theme, self.app.secret_store.description, wrap=True), stretch=0)


class AboutPage(SettingsPage):
    """Which program this is."""

    def build(self) -> None:
        text = "Receives webhooks on this computer, shows whether they are genuine and why, and replays them."
        section = self.section("Webhook Inspector", text)
        section.add("Version", Label(self.theme, __version__))
        section.add("Python", Label(self.theme, platform.python_version()))
        section.add("Licence", Label(self.theme, LICENCES, wrap=True))
