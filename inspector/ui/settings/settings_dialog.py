"""The settings of the program; a change applies at once, so there is no OK."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget, QVBoxLayout, QWidget

from inspector import __version__
from inspector.domain.errors import UsageError
from inspector.settings import MIB, Settings
from inspector.ui.dialogs.base import Footer
from inspector.ui.dialogs.scrim import Dimmer
from inspector.ui.form import Row, Section
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import css
from inspector.ui.widgets.buttons import PrimaryButton, SecondaryButton
from inspector.ui.widgets.choices import CheckBox
from inspector.ui.widgets.fields import ComboBox, TextField
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.segments import Segments

SIZE = QSize(720, 520)
RAIL_PX = 168
ICON_PX = 16
PAGES = (
    ("appearance", "Appearance", "settings-2"),
    ("receiver", "Receiver", "plug"),
    ("replay", "Replay", "repeat-2"),
    ("privacy", "Privacy", "lock"),
    ("storage", "Storage", "hard-drive"),
    ("about", "About", "webhook"),
)
THEMES = (("system", "System"), ("light", "Light"), ("dark", "Dark"))
DENSITIES = (("compact", "Compact"), ("normal", "Normal"), ("roomy", "Roomy"))
HOSTS = (("127.0.0.1", "This computer only"), ("0.0.0.0", "Every network this computer is in"))

Change = Callable[..., Settings]


class SettingsDialog(QDialog):
    """One page a subject. `change` applies and stores; it raises UsageError for what is not allowed.

    Signals:
        receiver_changed: port, host or largest body changed; the receiver has to be started again.
    """

    receiver_changed = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        settings: Settings,
        change: Change,
        folder: Path,
        secrets_kept: str,
        parent: QWidget | None = None,
        *,
        page: str = "appearance",
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._settings, self._change = theme, icons, settings, change
        self._folder, self._secrets_kept = folder, secrets_kept
        self._fields: dict[str, QWidget] = {}
        self.setWindowTitle("Settings")
        self.setMinimumSize(SIZE)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._dimmer = Dimmer(theme, self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        self.list = QListWidget()
        self.list.setObjectName("pages")
        self.list.setAccessibleName("Pages")
        self.list.setFixedWidth(RAIL_PX)
        self.list.setIconSize(QSize(ICON_PX, ICON_PX))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pages = QStackedWidget()
        middle.addWidget(self.list)
        middle.addWidget(self.pages, 1)
        outer.addLayout(middle, 1)
        self._build_pages()
        self.list.currentRowChanged.connect(self.pages.setCurrentIndex)
        self.list.setCurrentRow(next(row for row, item in enumerate(PAGES) if item[0] == page))
        close = PrimaryButton(theme, icons, "Close")
        close.clicked.connect(self.accept)
        restore = SecondaryButton(theme, icons, "Restore defaults")
        restore.clicked.connect(self._restore)
        self.restore = restore
        outer.addWidget(Footer(theme, [close], restore))
        theme.changed.connect(self._dress)
        self._dress()

    def _build_pages(self) -> None:
        builders = {
            "appearance": self._appearance,
            "receiver": self._receiver,
            "replay": self._replay,
            "privacy": self._privacy,
            "storage": self._storage,
            "about": self._about,
        }
        for key, title, icon in PAGES:
            item = QListWidgetItem(self._icons.icon(icon), title)
            item.setSizeHint(QSize(RAIL_PX - 12, 32))
            self.list.addItem(item)
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(24, 20, 24, 20)
            column.addWidget(builders[key]())
            column.addStretch(1)
            self.pages.addWidget(page)

    # -- pages --------------------------------------------------------------------------------------------------

    def _appearance(self) -> Section:
        section = Section(self._theme, "appearance", "Appearance", "")
        section.add("Theme", self._segments("theme", THEMES), hint="System follows the desktop's own choice.")
        section.add("Rows", self._segments("density", DENSITIES))
        self._add_number(section, "text_percent", "Text size", "%")
        section.add("Motion", self._box("reduce_motion"), hint=_help("reduce_motion"))
        section.add("Keyboard", self._box("single_keys"), hint=_help("single_keys"))
        return section

    def _receiver(self) -> Section:
        section = Section(self._theme, "receiver", "Receiver", "A change starts the receiver again.")
        self._add_number(section, "port", "Port")
        hosts = ComboBox(self._theme, self._icons, name="Listen on")
        current = self._settings.host
        for host, words in dict((*HOSTS, *(((current, current),) if current not in dict(HOSTS) else ()))).items():
            hosts.addItem(words, host)
        hosts.setCurrentIndex(hosts.findData(current))
        hosts.currentIndexChanged.connect(lambda: self._apply(host=str(hosts.currentData())))
        self._fields["host"] = hosts
        section.add("Listen on", hosts, hint="Other computers reach the receiver only when you say so here.")
        self._add_number(section, "max_body_bytes", "Largest body", "MB", unit=MIB)
        return section

    def _replay(self) -> Section:
        section = Section(self._theme, "replay", "Replay", "")
        self._add_number(section, "replay_timeout_s", "Time limit", "seconds")
        hosts = ", ".join(self._settings.confirmed_hosts)
        forget = SecondaryButton(self._theme, self._icons, "Ask again for every host")
        forget.setEnabled(bool(hosts))
        row = section.add("Hosts not asked about", forget, hint=hosts or "None. Every outside host asks once.")
        forget.clicked.connect(lambda: self._forget_hosts(row, forget))
        return section

    def _privacy(self) -> Section:
        section = Section(self._theme, "privacy", "Privacy", "")
        section.add("Recipients", self._box("mask_recipients"), hint=_help("mask_recipients"))
        section.add("Secrets", Label(self._theme, self._secrets_kept, wrap=True), stretch=0)
        return section

    def _storage(self) -> Section:
        section = Section(self._theme, "storage", "Storage", "Events, settings and the log lie in one folder.")
        show = SecondaryButton(self._theme, self._icons, "Show folder")
        show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder))))
        place = TextField(self._theme, str(self._folder), name="Folder", mono=True)
        place.setReadOnly(True)
        section.add("Folder", place, show, stretch=0)
        return section

    def _about(self) -> Section:
        text = "Receives webhooks on this computer, shows whether they are genuine and why, and replays them."
        section = Section(self._theme, "about", "Webhook Inspector", text)
        section.add("Version", Label(self._theme, __version__))
        section.add("Python", Label(self._theme, platform.python_version()))
        section.add(
            "Licence", Label(self._theme, "MIT; fonts under the SIL Open Font Licence; icons under ISC", wrap=True)
        )
        return section

    # -- fields -------------------------------------------------------------------------------------------------

    def _segments(self, name: str, choices: tuple[tuple[str, str], ...]) -> Segments:
        segments = Segments(self._theme, choices, name=_label(name))
        segments.set_current(str(getattr(self._settings, name)))
        segments.changed.connect(lambda key: self._apply(**{name: key}))
        self._fields[name] = segments
        return segments

    def _box(self, name: str) -> CheckBox:
        box = CheckBox(self._theme, self._icons, _label(name))
        box.setChecked(bool(getattr(self._settings, name)))
        box.toggled.connect(lambda on: self._apply(**{name: on}))
        self._fields[name] = box
        return box

    def _add_number(self, section: Section, name: str, words: str, *after: str, unit: int = 1) -> None:
        field = TextField(self._theme, f"{getattr(self._settings, name) / unit:g}", name=_label(name))
        field.setFixedWidth(96)
        row = section.add(words, field, *after, hint=_help(name))
        field.editingFinished.connect(lambda: self._apply_number(name, field, row, unit))
        self._fields[name] = field

    # -- applying -----------------------------------------------------------------------------------------------

    def _apply_number(self, name: str, field: TextField, row: Row, unit: int) -> None:
        reason = ""
        try:
            self._apply(**{name: round(float(field.text()) * unit)})
        except (ValueError, OverflowError):
            reason = "Enter a number."
        except UsageError as error:
            reason = str(error)
        field.set_invalid(bool(reason), reason)
        row.set_error(reason)

    def _apply(self, **changes: Any) -> None:
        before, self._settings = self._settings, self._change(**changes)
        if any(getattr(before, name) != getattr(self._settings, name) for name in ("port", "host", "max_body_bytes")):
            self.receiver_changed.emit()

    def _forget_hosts(self, row: Row, button: SecondaryButton) -> None:
        self._apply(confirmed_hosts=())
        row.set_hint("None. Every outside host asks once.")
        button.setEnabled(False)

    def _restore(self) -> None:
        defaults = Settings()
        for name, field in self._fields.items():
            value = getattr(defaults, name)
            if isinstance(field, Segments):
                field.set_current(value)
            elif isinstance(field, CheckBox):
                field.setChecked(value)
            elif isinstance(field, ComboBox):
                field.setCurrentIndex(field.findData(value))
            elif isinstance(field, TextField):
                field.setText(f"{value / (MIB if name == 'max_body_bytes' else 1):g}")
                field.editingFinished.emit()

    def _dress(self) -> None:
        tokens = self._theme.tokens
        self.list.setStyleSheet(
            f"QListWidget#pages {{ background: {css(tokens.window)}; border: 0; outline: 0; padding: 6px;"
            f" border-right: 1px solid {css(tokens.border)}; }}"
            f"QListWidget#pages::item {{ border-radius: 6px; padding-left: 8px; color: {css(tokens.text)}; }}"
            f"QListWidget#pages::item:selected {{ background: {css(tokens.selected)}; }}"
        )
        for row, (_key, _title, icon) in enumerate(PAGES):
            self.list.item(row).setIcon(self._icons.icon(icon))


def _metadata(name: str) -> Any:
    return next(item.metadata for item in fields(Settings) if item.name == name)


def _label(name: str) -> str:
    return str(_metadata(name)["label"])


def _help(name: str) -> str:
    return str(_metadata(name)["help"])
