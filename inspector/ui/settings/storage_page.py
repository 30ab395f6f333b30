"""The settings page of storage: where everything lies, how much it is, and how much it may be."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from inspector.domain.errors import InspectorError
from inspector.ui.settings.page import SettingsPage
from inspector.ui.tasks import Tasks
from inspector.ui.widgets.buttons import SecondaryButton
from inspector.ui.widgets.fields import TextField
from inspector.ui.widgets.labels import Label


class StoragePage(SettingsPage):
    """The size is read while the page is open."""

    def build(self) -> Iterator[None]:
        section = self.section("Storage", "Events, settings and the log lie in one folder.")
        show = SecondaryButton(self.theme, self.icons, "Show folder")
        show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.app.folder))))
        place = TextField(self.theme, str(self.app.folder), name="Folder", mono=True)
        place.setReadOnly(True)
        section.add("Folder", place, show, stretch=0)
        yield
        self.size_now = Label(self.theme, "…")
        section.add("Size now", self.size_now)
        self.add_number(section, "storage_gb", "At most", "GB")
        yield
        hint = "How long the events of one endpoint are kept is part of its own settings."
        section.add("", Label(self.theme, hint, font="small", color="text2", wrap=True), stretch=0)
        self._tasks = Tasks(self._say_trouble)
        self._reading = self._tasks.start(self._read_size(), "Reading the size")
        reading = self._reading
        self.destroyed.connect(lambda: reading.cancel())

    async def _read_size(self) -> None:
        self.size_now.setText(size_words(await self.app.store.stored_bytes()))

    def _say_trouble(self, error: InspectorError) -> None:
        self.size_now.setText(error.what)


def size_words(size: int) -> str:
    """Return a size on disk: `14.2 MB`, `1.35 GB`."""
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"
