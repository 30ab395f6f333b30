"""Does what a callout offers: switches an endpoint's provider, takes a token as a secret, confirms a subscription."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from inspector.app import App
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.event import Event, EventId
from inspector.replay.confirmation import Sends, confirm, confirmation_host
from inspector.ui.control.adviser import Adviser
from inspector.ui.detail.notes import Deed, DeedKind
from inspector.ui.detail.pane import DetailPane
from inspector.ui.dialogs.question import Question, ask
from inspector.ui.icons import Icons
from inspector.ui.notices import Notices
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme


class DeedControl:
    """Everything is read again from the stored event when it is done, whatever the callout showed."""

    def __init__(
        self,
        app: App,
        adviser: Adviser,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        notices: Notices,
        pane: DetailPane,
        window: QWidget,
    ) -> None:
        self._app, self._adviser, self._theme, self._icons = app, adviser, theme, icons
        self._tasks, self._notices, self._pane, self._window = tasks, notices, pane, window
        self.sender: Sends = app.replayer.sender

    def do(self, deed: Deed) -> None:
        """Do it."""
        event = self._app.store.event(deed.event_id)
        if event is None or event.summary.endpoint_id is None:
            return
        if deed.kind is DeedKind.SWITCH:
            self._tasks.start(self._switch(event, event.summary.endpoint_id, deed.provider), "Switch the provider")
        elif deed.kind is DeedKind.USE_SECRET:
            self._tasks.start(self._use_secret(event, event.summary.endpoint_id), "Use the secret")
        else:
            self._tasks.start(self._confirm(event), "Confirm the subscription")

    async def _switch(self, event: Event, endpoint_id: EndpointId, provider: str) -> None:
        endpoint, profile = self._endpoint(endpoint_id), self._app.catalogue.get(provider)
        if endpoint is None or profile is None:
            return
        before = endpoint.provider
        await self._app.directory.save(replace(endpoint, provider=provider))
        undo = ("Undo", lambda: self._tasks.start(self._switch_back(event, endpoint_id, before), "Switch back"))
        self._notices.tell(f"{endpoint.name} expects {profile.name} from now on", "circle-check", "pass", undo)
        self.show_again(event.id)

    async def _switch_back(self, event: Event, endpoint_id: EndpointId, provider: str) -> None:
        endpoint = self._endpoint(endpoint_id)
        if endpoint is not None:
            await self._app.directory.save(replace(endpoint, provider=provider))
            self.show_again(event.id)

    async def _use_secret(self, event: Event, endpoint_id: EndpointId) -> None:
        known = self._adviser.handshake_of(event)
        token = self._adviser.text_at(event, known.handshake.store) if known is not None else ""
        if known is None or not token:
            return
        await self._app.directory.add_secret(endpoint_id, token, f"From {known.profile.name}")
        what = known.handshake.store_words
        self._notices.tell(f"Events are checked with the {what} from now on", "circle-check", "pass")
        self.show_again(event.id)

    async def _confirm(self, event: Event) -> None:
        known = self._adviser.handshake_of(event)
        if known is None:
            return
        url = self._adviser.text_at(event, known.handshake.confirm)
        host = confirmation_host(url, known.handshake.confirm_from)
        question = Question(
            self._theme,
            self._icons,
            f"Confirm with {host}?",
            f"This opens an address on {host} once. {known.profile.name} then delivers to this endpoint.\n\n{url}",
            "Confirm subscription",
            self._window,
        )
        if await ask(question) is None:
            return
        outcome = await confirm(url, known.handshake.confirm_from, self.sender)
        icon, tone = ("circle-check", "pass") if outcome.done else ("circle-x", "fail")
        self._notices.tell(f"{outcome.words} {outcome.detail}".strip(), icon, tone)  # type: ignore[arg-type]

    def _endpoint(self, endpoint_id: EndpointId) -> Endpoint | None:
        resolved = self._app.directory.by_id(endpoint_id)
        return resolved.endpoint if resolved is not None else None

    def show_again(self, event_id: EventId) -> None:
        """Let the callouts follow what was done."""
        shown = self._pane.event_shown
        if shown is not None and shown.id == event_id:
            self._pane.show_event(self._app.store.event(event_id))
