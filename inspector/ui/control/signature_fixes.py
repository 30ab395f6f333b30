"""Carries out what a diagnosis advises: each action changes one thing of the endpoint and says so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtWidgets import QWidget

from inspector.app import App
from inspector.document_store import DocumentStore
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.errors import ProviderError, UsageError
from inspector.domain.verification import Verdict
from inspector.providers.own_scheme import check, id_for, table_of
from inspector.providers.toml_text import write_toml
from inspector.replay.documents import fetch_document
from inspector.resources import resource_path
from inspector.signatures.diagnosis.case import Case
from inspector.signatures.diagnosis.cause import Action, Do
from inspector.signatures.diagnosis.changed_scheme import changed_table
from inspector.signatures.diagnosis.ground import Ground
from inspector.ui.control.signature_case import recipe_number
from inspector.ui.detail.paste_document import PasteDocumentDialog
from inspector.ui.dialogs.base import shown
from inspector.ui.dialogs.question import Question, ask
from inspector.ui.endpoints.scheme_files import SchemeFiles
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme

Fetch = Callable[[str, tuple[str, ...]], Awaitable[str]]


class SignatureFixes:
    """Applies actions. Every method returns what was done in one sentence, "" where the user changed their mind."""

    def __init__(self, app: App, documents: DocumentStore, theme: Theme, icons: Icons, window: QWidget) -> None:
        self._app, self._documents = app, documents
        self._theme, self._icons, self._window = theme, icons, window
        self._own = SchemeFiles(app.folder / "providers")
        self.fetch: Fetch = fetch_document

    async def apply(self, endpoint: Endpoint, case: Case, action: Action) -> str:
        """Carry out an action on an endpoint. Raises UsageError where that is not possible any more."""
        directory, id = self._app.directory, endpoint.id
        match action.do:
            case Do.ACCEPT_FORMER:
                until = datetime.now(UTC) + timedelta(seconds=action.seconds)
                await directory.accept_former(id, action.ref_key, until)
                return f"{endpoint.name} accepts both secrets until {until.astimezone():%H:%M} tomorrow."
            case Do.ADD_SECRET:
                await directory.add_secret(id, action.value, action.name)
                return f"{endpoint.name} accepts this secret too."
            case Do.REPLACE_SECRET:
                return await self._replace(id, action)
            case Do.SWITCH_PROVIDER:
                await directory.save(replace(endpoint, provider=action.provider))
                profile = self._app.catalogue.get(action.provider)
                return f"{endpoint.name} expects {profile.name if profile else action.provider} from now on."
            case Do.OWN_SCHEME:
                return await self._own_scheme(endpoint, case, action)
            case Do.SET_ADDRESS:
                await directory.save(_with_signing(endpoint, public_url=action.value))
                return f"{endpoint.name} takes {action.value} for its public address."
            case Do.SET_LIMIT:
                await directory.save(_with_signing(endpoint, tolerance_s=action.seconds))
                return f"{action.words.replace('Change limit to', 'The limit is now')}."
            case Do.ACCEPT_UNSIGNED:
                answers = replace(endpoint.answers, reject=endpoint.answers.reject - {Verdict.UNSIGNED})
                await directory.save(replace(endpoint, answers=answers))
                return f"{endpoint.name} accepts unsigned events from now on."
            case Do.GET_DOCUMENT:
                return await self._get_document(case, action.value)
            case Do.PASTE_DOCUMENT:
                return await self._paste_document(action.value)
        return ""

    async def _replace(self, id: EndpointId, action: Action) -> str:
        if not action.ref_key:
            await self._app.directory.add_secret(id, action.value, action.name)
            return "The secret was added in the form that fits."
        await self._app.directory.replace_secret(id, action.ref_key, action.value, keep_former_for_s=0)
        return "The stored secret was replaced by the one that fits."

    async def _own_scheme(self, endpoint: Endpoint, case: Case, action: Action) -> str:
        """Make a provider of the user's own that differs in just these keys, and choose it."""
        text = await asyncio.to_thread(self._text_of, case.provider)
        table = table_of(text)
        if table is None:
            raise UsageError(f"{case.provider}.toml cannot be read.")
        what = action.words.partition(" to ")[2] or "as received"
        name = f"{case.provider_name}, {what}"
        taken = frozenset(self._app.catalogue.ids) | self._own.ids()
        id = id_for(name, taken)
        made = write_toml(changed_table(table, recipe_number(case), action.changes, name))
        checked = check(id, made)
        if checked.profile is None:
            raise checked.error or ProviderError(f"{id}.toml cannot be understood.")
        await asyncio.to_thread(self._own.save, id, made)
        self._app.catalogue.reload(id)
        await self._app.directory.save(replace(endpoint, provider=id))
        return f"{endpoint.name} uses the new scheme “{name}”, kept as {id}.toml."

    def _text_of(self, provider: str) -> str:
        """Return the definition of a provider: the user's own, else the bundled one."""
        own = self._app.folder / "providers" / f"{provider}.toml"
        path: Path = own if own.is_file() else resource_path("providers") / f"{provider}.toml"
        try:
            return path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path.name} cannot be read.", f"{error}.") from error

    async def _get_document(self, case: Case, url: str) -> str:
        host = url.partition("://")[2].partition("/")[0]
        question = Question(
            self._theme,
            self._icons,
            f"Fetch the certificate from {host}?",
            f"{url} is asked once, over https. Nothing of this event is sent. The certificate is kept in the data "
            "folder for the next events.",
            "Fetch certificate",
            self._window,
        )
        if await ask(question) is None:
            return ""
        text = await self.fetch(url, Ground(case).recipe.fetch)
        await asyncio.to_thread(self._documents.put, url, text)
        return f"The certificate of {host} is at hand."

    async def _paste_document(self, url: str) -> str:
        dialog = PasteDocumentDialog(self._theme, self._icons, url, self._window)
        if not await shown(dialog):
            return ""
        await asyncio.to_thread(self._documents.put, url, dialog.text)
        return "The certificate is at hand."


def _with_signing(endpoint: Endpoint, **changes: object) -> Endpoint:
    return replace(endpoint, signing=replace(endpoint.signing, **changes))  # type: ignore[arg-type]  # two known fields
