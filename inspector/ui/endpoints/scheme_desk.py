"""Opens the dialog for a provider of the user's own, and does what it asks: save, rename, delete, import, export."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from inspector.app import App
from inspector.domain.errors import UsageError
from inspector.domain.event import EventId, EventSummary
from inspector.domain.secret import Secret
from inspector.domain.verification import Verification
from inspector.providers.profile import Profile
from inspector.ui.dialogs.question import Question, ask
from inspector.ui.endpoints.scheme_files import SchemeFiles, write_text
from inspector.ui.endpoints.trial import Settings, signed_text, verdict_on
from inspector.ui.icons import Icons
from inspector.ui.notices import Notices
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme

if TYPE_CHECKING:
    from inspector.ui.endpoints.scheme_dialog import SchemeDialog

FILTER = "Provider definitions (*.toml)"

Basis = Callable[[], Settings]
"""Gives the endpoint, facts and documents a scheme is tried with; its profile and secrets are not used."""

Changed = Callable[[frozenset[str], str | None], object]
"""Told the ids of all own schemes after one was changed, and the one to use from now on, None for no other."""


class SchemeDesk:
    """Everything a user does to schemes of their own; files are written in a thread."""

    def __init__(self, app: App, theme: Theme, icons: Icons, tasks: Tasks, notices: Notices) -> None:
        self._app, self._theme, self._icons, self._tasks, self._notices = app, theme, icons, tasks, notices
        self.files = SchemeFiles(app.folder / "providers")

    async def open(
        self,
        id: str,
        parent: QWidget,
        basis: Basis,
        changed: Changed,
        events: list[EventSummary],
        secret: str,
        chosen: EventId | None = None,
    ) -> None:
        """Open a scheme of the user's own over a window, "" for a new one; `events` are those to try it on."""
        # Few need it, and loading it would hold up the first opening of an endpoint's settings.
        from inspector.ui.endpoints.scheme_dialog import Opened, SchemeDialog

        own = await asyncio.to_thread(self.files.ids)
        text = await asyncio.to_thread(self.files.read, id) if id else ""
        opened = Opened(id, text, own, frozenset(self._app.catalogue.ids) - own, secret, events, chosen)
        dialog = SchemeDialog(self._theme, self._icons, opened, self._trial(basis), parent)
        dialog.saved.connect(
            lambda new, written, before: self._tasks.start(self._save(new, written, before, changed), "Save the scheme")
        )
        dialog.delete_requested.connect(
            lambda gone: self._tasks.start(self._delete(gone, dialog, changed), "Delete the scheme")
        )
        dialog.import_requested.connect(lambda: self._ask_import(dialog))
        dialog.export_requested.connect(lambda name, written: self._ask_export(dialog, name, written))
        dialog.finished.connect(lambda _result: dialog.deleteLater())
        dialog.open()

    def _trial(self, basis: Basis) -> Callable[[int, Profile, str], tuple[Verification | None, bytes | None]]:
        def trial(event_id: int, profile: Profile, secret: str) -> tuple[Verification | None, bytes | None]:
            event = self._app.store.event(EventId(event_id))
            if event is None:
                return None, None
            secrets = (Secret(secret),) if secret else ()
            settings = replace(basis(), profile=profile, secrets=secrets)
            local_url = self._app.receiver.state.url_by(event.request.header("Host"))
            return verdict_on(event, settings, local_url), signed_text(event, settings, local_url)

        return trial

    async def _save(self, id: str, text: str, before: str, changed: Changed) -> None:
        await asyncio.to_thread(self.files.save, id, text, before=before)
        self._app.catalogue.reload(id)
        if before and before != id:
            self._app.catalogue.reload(before)
            for endpoint in self._app.directory.all():
                if endpoint.provider == before:
                    await self._app.directory.save(replace(endpoint, provider=id))
        self._app.directory.refresh()
        changed(await asyncio.to_thread(self.files.ids), id)
        self._notices.tell(f"{id}.toml saved", "check", "pass")

    async def _delete(self, id: str, dialog: SchemeDialog, changed: Changed) -> None:
        users = [endpoint.name for endpoint in self._app.directory.all() if endpoint.provider == id]
        used = f"{', '.join(users)} will check nothing without it. " if users else ""
        question = Question(
            self._theme,
            self._icons,
            f"Delete the scheme {id}?",
            f"{used}This cannot be undone; export it first to keep a copy.",
            "Delete",
            dialog,
            danger=True,
        )
        if await ask(question) is None:
            return
        await asyncio.to_thread(self.files.delete, id)
        self._app.catalogue.reload(id)
        self._app.directory.refresh()
        dialog.reject()
        changed(await asyncio.to_thread(self.files.ids), None)

    # -- files from and to elsewhere ----------------------------------------------------------------------------

    def _ask_import(self, dialog: SchemeDialog) -> None:
        chooser = QFileDialog(dialog, "Import a provider definition", "", FILTER)
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(
            lambda path: self._tasks.start(self.import_into(dialog, Path(path)), "Import the scheme")
        )
        chooser.finished.connect(lambda _result: chooser.deleteLater())
        chooser.open()

    async def import_into(self, dialog: SchemeDialog, path: Path) -> None:
        """Show a file from elsewhere in the dialog; nothing is saved yet."""
        id, text = await asyncio.to_thread(self.files.import_from, path)
        dialog.load(id, text)

    def _ask_export(self, dialog: SchemeDialog, id: str, text: str) -> None:
        chooser = QFileDialog(dialog, "Export the provider definition", "", FILTER)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("toml")
        chooser.selectFile(f"{id}.toml")
        chooser.fileSelected.connect(
            lambda path: self._tasks.start(self.export_to(Path(path), text), "Export the scheme")
        )
        chooser.finished.connect(lambda _result: chooser.deleteLater())
        chooser.open()

    async def export_to(self, path: Path, text: str) -> None:
        """Write a definition to a file elsewhere."""
        try:
            await asyncio.to_thread(write_text, path, text)
        except OSError as error:
            raise UsageError(f"{path.name} was not written.", f"{error.strerror or error}.") from error
        self._notices.tell(f"Exported to {path.name}", "download", "pass")
