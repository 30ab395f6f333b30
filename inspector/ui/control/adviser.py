"""What an event invites to do, worked out from its own bytes when it is looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from inspector.app import App
from inspector.directory import Resolved
from inspector.domain.errors import UsageError
from inspector.domain.event import Event, EventId
from inspector.domain.verification import Verdict
from inspector.payload.body import Payload
from inspector.providers.detection import Detector, suggestion
from inspector.providers.handshakes import Known
from inspector.receiver.addressing import signed_url
from inspector.replay.confirmation import confirmation_host
from inspector.signatures.place import Place, Scope
from inspector.ui.detail.notes import Note, is_handshake
from inspector.ui.detail.offers import confirm_note, secret_note, switch_after_handshake_note, switch_note
from inspector.ui.tasks import Tasks

MOST_BYTES = 1024 * 1024
"""Bodies above this many bytes are not tried with the secrets of others' schemes: each trial reads all of it."""


class Adviser:
    """Knows the providers by what tells them.

    Going through the whole catalogue takes about 0.1 s, so a thread does it when that is first needed; `come_back` is
    called with the event that had to wait.
    """

    def __init__(self, app: App, tasks: Tasks, come_back: Callable[[EventId], None]) -> None:
        self._app, self._tasks, self._come_back = app, tasks, come_back
        self._waiting: EventId | None = None
        self._forget()
        self._unsubscribe = app.directory.changed.subscribe(lambda _: self._forget())

    def close(self) -> None:
        """Stop listening."""
        self._unsubscribe()

    def _forget(self) -> None:
        self._detector = Detector(self._app.catalogue)

    def notes(self, event: Event) -> tuple[Note, ...]:
        """Return the callouts that offer to do something about an event."""
        resolved = self._resolved(event)
        if resolved is None:
            return ()
        if is_handshake(event.summary):
            return self._after_handshake(event, resolved)
        if event.summary.verdict in (Verdict.VALID, Verdict.STALE):
            return ()
        if not self._detector.loaded:
            self._load_for(event.id)
            return ()
        found = self._detector.candidates(
            event.request,
            Payload(event.request),
            resolved.secrets if len(event.request.body) <= MOST_BYTES else (),
            url=self._url(event, resolved),
            facts=resolved.facts,
            documents=resolved.documents,
        )
        offered = suggestion(found, resolved.profile, event.summary.verdict)
        return (switch_note(event, offered, resolved.profile),) if offered is not None else ()

    def _load_for(self, event_id: EventId) -> None:
        if self._waiting is None:
            self._tasks.start(self._load(), "Read the providers")
        self._waiting = event_id

    async def _load(self) -> None:
        try:
            await asyncio.to_thread(self._detector.load)
        finally:
            waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._come_back(waiting)

    def handshake_of(self, event: Event) -> Known | None:
        """Return the handshake a stored event is, None where it is none."""
        resolved = self._resolved(event)
        if resolved is None:
            return None
        return self._app.handshakes.find(resolved.profile, self._scope(event, resolved), resolved.secrets)

    def text_at(self, event: Event, place: Place | None) -> str:
        """Return what an event holds at a place, "" for nothing."""
        resolved = self._resolved(event)
        values = place.values(self._scope(event, resolved)) if place is not None and resolved is not None else []
        return values[0].decode("utf-8", "replace") if values else ""

    def _after_handshake(self, event: Event, resolved: Resolved) -> tuple[Note, ...]:
        known = self.handshake_of(event)
        if known is None:
            return ()
        notes = []
        sender, handshake = known.profile, known.handshake
        if handshake.confirm is not None:
            notes.append(confirm_note(event, sender, self._host(event, known)))
        if sender is not resolved.profile:
            notes.append(switch_after_handshake_note(event, sender, resolved.profile))
            return tuple(notes)
        token = self.text_at(event, handshake.store)
        if token and all(secret.value != token for secret in resolved.secrets):
            notes.append(secret_note(event, sender, handshake.store_words))
        return tuple(notes)

    def _host(self, event: Event, known: Known) -> str:
        try:
            return confirmation_host(self.text_at(event, known.handshake.confirm), known.handshake.confirm_from)
        except UsageError:
            return ""

    def _resolved(self, event: Event) -> Resolved | None:
        summary = event.summary
        if summary.endpoint_id is None or summary.refusal is not None:
            return None
        return self._app.directory.by_id(summary.endpoint_id)

    def _scope(self, event: Event, resolved: Resolved) -> Scope:
        return Scope(event.request, Payload(event.request), self._url(event, resolved), resolved.facts)

    def _url(self, event: Event, resolved: Resolved) -> partial[str]:
        local = self._app.receiver.state.url_by(event.request.header("Host"))
        return partial(signed_url, resolved.endpoint, event.request, local)
