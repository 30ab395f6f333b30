"""The settings of the program; a change applies at once, so there is no OK."""

from __future__ import annotations

from dataclasses import fields
from typing import Protocol, cast, runtime_checkable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from inspector.app import App
from inspector.settings import Settings
from inspector.ui.dialogs.base import Footer
from inspector.ui.dialogs.scrim import Dimmer
from inspector.ui.endpoints.section_rail import SectionRail
from inspector.ui.icons import Icons
from inspector.ui.settings.pages import PAGES
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import PrimaryButton, SecondaryButton
from inspector.ui.widgets.labels import Label

SMALLEST = QSize(720, 520)
SIZE = QSize(820, 620)
RESTARTING = ("port", "host", "max_body_bytes")
"""Settings with which the receiver has to be started again."""


@runtime_checkable
class Restorable(Protocol):
    """A page that puts its settings back by itself."""

    def restore_defaults(self) -> None:
        """Put every setting of this page back to its default."""


class SettingsDialog(QDialog):
    """One page a subject, made when it is first shown.

    Signals:
        receiver_changed: port, host or largest body changed; the receiver has to be started again.
    """

    receiver_changed = Signal()

    def __init__(
        self, theme: Theme, icons: Icons, app: App, parent: QWidget | None = None, *, page: str = "general"
    ) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._app = theme, icons, app
        self._known = app.settings.current
        self._made: dict[int, QWidget] = {}
        self.setWindowTitle("Settings")
        self.setMinimumSize(SMALLEST)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._dimmer = Dimmer(theme, self)
        self._build()
        available = parent.size() if parent is not None else SIZE
        self.resize(SIZE.boundedTo(QSize(max(available.width() - 40, 720), max(available.height() - 40, 520))))
        unsubscribe = app.settings.changed.subscribe(self._on_settings)
        self.finished.connect(lambda _result: unsubscribe())
        self.destroyed.connect(lambda: unsubscribe())
        self.list.currentRowChanged.connect(self._show)
        self.go_to(page)

    def go_to(self, key: str) -> None:
        """Show a page; the first one where there is none of that name."""
        self.list.setCurrentRow(max(0, self.list.row_of(key)))

    def page(self, key: str) -> QWidget:
        """Return a page, which is made if it was not shown yet."""
        return self._page(self.list.row_of(key))

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        entries = [(entry.key, entry.title, entry.icon) for entry in PAGES]
        self.list = SectionRail(self._theme, self._icons, entries, "Pages")
        self.pages = QStackedWidget()
        for entry in PAGES:
            area = QScrollArea()
            area.setAccessibleName(entry.title)
            area.setWidgetResizable(True)
            area.viewport().setAutoFillBackground(False)
            self.pages.addWidget(area)
        middle.addWidget(self.list)
        middle.addWidget(self.pages, 1)
        outer.addLayout(middle, 1)
        close = PrimaryButton(self._theme, self._icons, "Close")
        close.clicked.connect(self.accept)
        self.restore = SecondaryButton(self._theme, self._icons, "Restore defaults")
        self.restore.clicked.connect(self._restore)
        footer = Footer(self._theme, [close], self.restore)
        note = Label(self._theme, "Changes apply at once", font="small", color="text2")
        cast("QHBoxLayout", footer.layout()).insertWidget(2, note)
        outer.addWidget(footer)

    def _page(self, row: int) -> QWidget:
        if row not in self._made:
            page = PAGES[row].make(self._theme, self._icons, self._app)
            holder = QWidget()
            column = QVBoxLayout(holder)
            column.setContentsMargins(24, 20, 24, 20)
            column.addWidget(page)
            area = cast("QScrollArea", self.pages.widget(row))
            area.setWidget(holder)
            holder.setAutoFillBackground(False)
            self._made[row] = page
        return self._made[row]

    def _show(self, row: int) -> None:
        page = self._page(row)
        self.pages.setCurrentIndex(row)
        self.restore.setVisible(isinstance(page, Restorable) or bool(_names(page)))

    def _restore(self) -> None:
        page = self._page(self.list.currentRow())
        if isinstance(page, Restorable):
            page.restore_defaults()
            return
        defaults = Settings()
        known = {item.name for item in fields(Settings)}
        self._app.settings.change(**{name: getattr(defaults, name) for name in _names(page) if name in known})

    def _on_settings(self, settings: Settings) -> None:
        before, self._known = self._known, settings
        if any(getattr(before, name) != getattr(settings, name) for name in RESTARTING):
            self.receiver_changed.emit()


def _names(page: QWidget) -> tuple[str, ...]:
    return tuple(getattr(page, "names", ()))
