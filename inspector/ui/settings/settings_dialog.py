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
from inspector.ui.settings.page_builder import PageBuilder
from inspector.ui.settings.pages import PAGES
from inspector.ui.tab_order import set_tab_chain, tab_stops
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
    """One page a subject, made when it is first shown, in the turns of the loop after that.

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
        self.setWindowTitle("Settings")
        self.setMinimumSize(SMALLEST)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._dimmer = Dimmer(theme, self)
        self._build()
        self._builder = PageBuilder(self, lambda row: PAGES[row].make(theme, icons, app), self._put)
        available = parent.size() if parent is not None else SIZE
        wanted = SIZE * max(1.0, theme.text_scale)
        self.resize(wanted.boundedTo(QSize(max(available.width() - 40, 720), max(available.height() - 40, 520))))
        unsubscribe = app.settings.changed.subscribe(self._on_settings)
        self.finished.connect(lambda _result: unsubscribe())
        self.destroyed.connect(lambda: unsubscribe())
        self.list.currentRowChanged.connect(self._show)
        self.go_to(page)

    def go_to(self, key: str) -> None:
        """Show a page; the first one where there is none of that name."""
        self.list.setCurrentRow(max(0, self.list.row_of(key)))

    def page(self, key: str) -> QWidget:
        """Return a page, which is made at once if it was not shown yet."""
        return self._builder.need(self.list.row_of(key))

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
        self._footer = footer = Footer(self._theme, [close], self.restore)
        note = Label(self._theme, "Changes apply at once", font="small", color="text2")
        cast("QHBoxLayout", footer.layout()).insertWidget(2, note)
        outer.addWidget(footer)

    def _put(self, row: int, page: QWidget) -> None:
        """Put a page that has just become whole into its place."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(24, 20, 24, 20)
        column.addWidget(page)
        area = cast("QScrollArea", self.pages.widget(row))
        area.setWidget(holder)
        holder.setAutoFillBackground(False)
        if row == self.list.currentRow():
            self._offer_restoring()

    def _show(self, row: int) -> None:
        self.pages.setCurrentIndex(row)
        self._builder.want(row)
        self._offer_restoring()

    def _offer_restoring(self) -> None:
        page = self._builder.whole(self.list.currentRow())
        self.restore.setVisible(page is not None and (isinstance(page, Restorable) or bool(_names(page))))
        if page is not None:
            set_tab_chain([self.list, *tab_stops(page), *tab_stops(self._footer)])

    def _restore(self) -> None:
        page = self._builder.need(self.list.currentRow())
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
