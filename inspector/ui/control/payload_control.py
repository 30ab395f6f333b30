"""Payload and window: which value fed which column, and what a user picks a value as."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from inspector.app import App
from inspector.domain.endpoint import DuplicateKey, DuplicateRule, Endpoint, EndpointId
from inspector.domain.errors import UsageError
from inspector.domain.event import Event, EventId
from inspector.domain.request import Request
from inspector.payload.body import Payload
from inspector.providers.origins import fields_of, write_path
from inspector.providers.own_mapping import pick, start_profile
from inspector.providers.own_scheme import id_for
from inspector.providers.profile import Profile
from inspector.resources import resource_path
from inspector.ui.detail.payload_facts import ROLES, PayloadFacts, Pick
from inspector.ui.dialogs.question import TextQuestion, ask_text
from inspector.ui.endpoints.scheme_files import SchemeFiles
from inspector.ui.icons import Icons
from inspector.ui.notices import Notices
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme

AT_ONCE_BYTES = 32 * 1024
"""The columns of a larger body are looked up in a thread."""

MOST_BYTES = 2 * 1024 * 1024
"""The columns of still larger bodies are not marked."""

UNSIGNED = 'name = "Own"\nunsigned = true\n'
"""What a provider of the user's own begins with where the endpoint checks nothing."""

_ROLE_WORDS = dict(ROLES)


@dataclass(frozen=True, slots=True)
class _Before:
    """What a mapping replaced: the endpoint's provider, and the text of the user's own where it was extended."""

    provider: str
    own_id: str
    text: str | None


class PayloadControl:
    """Everything is read again from the stored event when a value was picked, whatever the tree showed.

    `come_back` is called with the event whose payload is to be marked anew.
    """

    def __init__(
        self,
        app: App,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        notices: Notices,
        window: QWidget,
        come_back: Callable[[EventId], None],
    ) -> None:
        self._app, self._theme, self._icons = app, theme, icons
        self._tasks, self._notices, self._window, self._come_back = tasks, notices, window, come_back
        self._own = SchemeFiles(app.folder / "providers")
        self._known: tuple[EventId, PayloadFacts] | None = None
        self._waiting: EventId | None = None
        self._unsubscribe = app.directory.changed.subscribe(lambda _: self._forget())

    def close(self) -> None:
        """Stop listening."""
        self._unsubscribe()

    # -- what fed the columns -----------------------------------------------------------------------------------

    def facts(self, event: Event, body: bytes) -> PayloadFacts:
        """Return what is known of an event's payload now; what takes longer is told by `come_back`."""
        if self._known is not None and self._known[0] == event.id:
            return self._known[1]
        profile = self._profile(event)
        if not event.body_kept or len(body) > MOST_BYTES:
            return PayloadFacts()
        payload = Payload(_plain(event.request, body))
        if len(body) <= AT_ONCE_BYTES:
            fields = fields_of(profile, payload)
            if fields:
                return self._keep(event.id, profile, fields)
        if self._waiting is None:
            self._tasks.start(self._look_up(event.id, profile, payload), "Mark the payload")
        self._waiting = event.id
        return PayloadFacts({}, _insides(profile))

    async def _look_up(self, event_id: EventId, profile: Profile | None, payload: Payload) -> None:
        """Ask every provider that tells what its payloads mean, the endpoint's own first."""
        try:
            fields = await asyncio.to_thread(lambda: fields_of(profile, payload, self._app.catalogue.readers))
        finally:
            waiting, self._waiting = self._waiting, None
        self._keep(event_id, profile, fields)
        if waiting is not None:
            self._come_back(waiting)

    def _keep(self, event_id: EventId, profile: Profile | None, fields: dict[str, str]) -> PayloadFacts:
        found = PayloadFacts(fields, _insides(profile))
        self._known = event_id, found
        return found

    def _forget(self) -> None:
        self._known = None

    def _profile(self, event: Event) -> Profile | None:
        resolved = self._app.directory.by_id(event.summary.endpoint_id) if event.summary.endpoint_id else None
        return resolved.profile if resolved is not None else self._app.catalogue.get(event.summary.provider)

    # -- picking ------------------------------------------------------------------------------------------------

    def do(self, wanted: Pick) -> None:
        """Use a value as its picker wants."""
        event = self._app.store.event(wanted.event_id)
        endpoint = self._endpoint(event.summary.endpoint_id) if event is not None else None
        if event is None or endpoint is None:
            return
        if wanted.role:
            self._tasks.start(self._map(event, endpoint, wanted), "Read this value as a column")
        else:
            self._tasks.start(self._use_as_key(event, endpoint, wanted), "Use as duplicate key")

    async def _use_as_key(self, event: Event, endpoint: Endpoint, wanted: Pick) -> None:
        before = endpoint.duplicates
        rule = replace(before, key=DuplicateKey.FIELD, place=wanted.place)
        await self._app.directory.save(replace(endpoint, duplicates=rule))

        def undo() -> None:
            self._tasks.start(self._restore_rule(endpoint.id, before), "Undo the duplicate key")

        name = wanted.place.partition(":")[2]
        self._notices.tell(
            f"Two events of {endpoint.name} are the same when {name} is the same", "layers-2", "dup", ("Undo", undo)
        )

    async def _restore_rule(self, endpoint_id: EndpointId, rule: DuplicateRule) -> None:
        endpoint = self._endpoint(endpoint_id)
        if endpoint is not None:
            await self._app.directory.save(replace(endpoint, duplicates=rule))
            self._notices.tell(f"{endpoint.name} tells duplicates as before", "undo-2")

    async def _map(self, event: Event, endpoint: Endpoint, wanted: Pick) -> None:
        own = await asyncio.to_thread(self._own.ids)
        if endpoint.provider in own:
            id, text = endpoint.provider, await asyncio.to_thread(self._own.read, endpoint.provider)
            before = _Before(endpoint.provider, id, text)
        else:
            name = await self._ask_name(endpoint)
            if not name:
                return
            id = id_for(name, frozenset(self._app.catalogue.ids) | own)
            text = start_profile(await asyncio.to_thread(self._bundled, endpoint.provider), name)
            before = _Before(endpoint.provider, id, None)
        payload = Payload(event.request)
        made = await asyncio.to_thread(lambda: pick(text, payload, wanted.path, wanted.role, kind=wanted.kind, id=id))
        await self._write(endpoint.id, id, made.text, id)

        def undo() -> None:
            self._tasks.start(self._take_back(endpoint.id, before), "Undo the mapping")

        what = _ROLE_WORDS.get(wanted.role, wanted.role)
        self._notices.tell(
            f"{what} is read from {wanted.path} from the next event on, as {id}.toml says",
            "pencil",
            "pass",
            ("Undo", undo),
        )
        self._come_back(event.id)

    async def _write(self, endpoint_id: EndpointId, id: str, text: str | None, provider: str) -> None:
        """Keep or remove a provider of the user's own, choose one for the endpoint, and have everybody read anew."""
        if text is None:
            await asyncio.to_thread(self._own.delete, id)
        else:
            await asyncio.to_thread(self._own.save, id, text)
        self._app.catalogue.reload(id)
        endpoint = self._endpoint(endpoint_id)
        if endpoint is not None and endpoint.provider != provider:
            await self._app.directory.save(replace(endpoint, provider=provider))
        self._app.directory.refresh()

    async def _take_back(self, endpoint_id: EndpointId, before: _Before) -> None:
        await self._write(endpoint_id, before.own_id, before.text, before.provider)
        self._notices.tell("The values are read as before", "undo-2")
        known = self._known
        if known is not None:
            self._come_back(known[0])

    async def _ask_name(self, endpoint: Endpoint) -> str:
        profile = self._app.catalogue.get(endpoint.provider)
        question = TextQuestion(
            self._theme,
            self._icons,
            "Name your own provider",
            "What you pick is kept in a definition of your own. It begins as a copy of what this endpoint uses, "
            "signatures and all, and can be changed in the endpoint's settings.",
            "Create",
            self._window,
            value=f"{profile.name if profile is not None else endpoint.name}, own fields",
            mono=False,
        )
        reply = await ask_text(question)
        return reply.text if reply is not None else ""

    def _bundled(self, provider: str) -> str:
        profile = self._app.catalogue.get(provider)
        if profile is None:
            return UNSIGNED
        path = resource_path("providers") / f"{profile.id}.toml"
        try:
            return path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path.name} cannot be read.", f"{error}.") from error

    def _endpoint(self, endpoint_id: EndpointId | None) -> Endpoint | None:
        resolved = self._app.directory.by_id(endpoint_id) if endpoint_id is not None else None
        return resolved.endpoint if resolved is not None else None

    # -- saving -------------------------------------------------------------------------------------------------

    def save(self, name: str, data: bytes) -> None:
        """Ask where to save something that came in; only the last part of its name is offered."""
        chooser = QFileDialog(self._window, "Save", "")
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.selectFile(safe_name(name))
        chooser.fileSelected.connect(lambda path: self._tasks.start(self.save_to(Path(path), data), "Save the file"))
        chooser.finished.connect(lambda _result: chooser.deleteLater())
        chooser.open()

    async def save_to(self, path: Path, data: bytes) -> None:
        """Write a file. Raises UsageError where that is not possible."""
        try:
            await asyncio.to_thread(path.write_bytes, data)
        except OSError as error:
            raise UsageError(
                f"{path.name} was not saved.", f"{error.strerror or error}.", "Choose another place."
            ) from error
        self._notices.tell(f"Saved as {path.name}", "download", "pass")


def _insides(profile: Profile | None) -> tuple[str, ...]:
    """Return the paths of the texts in which a profile looks for the real document."""
    sources = [source for rule in (profile.mapping if profile is not None else ()) for source in rule.insides]
    ways = [source.steps or ((source.name,) if source.name else ()) for source in sources]
    return tuple(dict.fromkeys(write_path(way) for way in ways if way))


def safe_name(name: str) -> str:
    """Return the last part of a file's name without what no file system takes: it came from outside."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*').strip(". ")
    return plain[:120] or "part"


def _plain(request: Request, body: bytes) -> Request:
    """Return a request with its body as unpacked."""
    if body is request.body:
        return request
    headers = tuple((name, value) for name, value in request.headers if name.lower() != b"content-encoding")
    return replace(request, headers=headers, body=body)
