"""Opens the settings of an endpoint, and does what they ask."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QWidget

from inspector.app import App
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.event import EventId, EventSummary
from inspector.domain.query import Query
from inspector.receiver.addressing import base_url
from inspector.ui.endpoints.scheme_desk import SchemeDesk
from inspector.ui.endpoints.settings_dialog import Edited, EndpointSettings
from inspector.ui.icons import Icons
from inspector.ui.notices import Notices
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme

RECENT = 20
"""Events offered for trying a scheme on."""


class EndpointDesk:
    """The endpoint dialog with everything it needs from the program.

    `selected` tells the event that is selected in the list: a scheme is tried on it first.
    """

    def __init__(
        self,
        app: App,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        notices: Notices,
        window: QWidget,
        selected: Callable[[], EventId | None] = lambda: None,
    ) -> None:
        self._app, self._theme, self._icons = app, theme, icons
        self._tasks, self._notices, self._window, self._selected = tasks, notices, window, selected
        self.schemes = SchemeDesk(app, theme, icons, tasks, notices)

    def open(self, endpoint_id: EndpointId, section: str = "signature") -> EndpointSettings | None:
        """Open an endpoint's settings and return them; None where there is no such endpoint."""
        resolved = self._app.directory.by_id(endpoint_id)
        if resolved is None:
            return None
        endpoint = resolved.endpoint
        settings, tunnel = self._app.settings.current, self._app.tunnels.state
        edited = Edited(
            endpoint=endpoint,
            values=self._app.directory.values_of(endpoint.id),
            taken_tokens=frozenset(item.token for item in self._app.directory.all() if item.id != endpoint.id),
            kept_in=self._app.secret_store.description,
            own=self.schemes.files.ids(),
            documents=resolved.documents,
            largest_body=settings.max_body_bytes,
            sender_header=tunnel.client_header if tunnel.wanted else "",
            local_url=self._app.receiver.state.url or base_url(settings.host, settings.port),
        )
        dialog = EndpointSettings(self._theme, self._icons, self._app.catalogue, edited, self._window, section=section)
        recent: list[EventSummary] = []
        dialog.saved.connect(
            lambda after, values: self._tasks.start(self._save(endpoint, after, values), "Save the endpoint")
        )
        known = self._watch(dialog, endpoint, recent)

        def open_scheme(id: str) -> None:
            self._tasks.start(self._open_scheme(id, dialog, recent, known), "Open the scheme")

        dialog.target_test_wanted.connect(lambda url: self._test_target(url, dialog))
        dialog.new_scheme_wanted.connect(lambda: open_scheme(""))
        dialog.scheme_wanted.connect(open_scheme)
        dialog.finished.connect(lambda _result: dialog.deleteLater())
        dialog.open()
        return dialog

    def _test_target(self, url: str, over: QWidget) -> None:
        from inspector.ui.forwarding.tester_desk import open_tester

        open_tester(self._app, self._theme, self._icons, self._tasks, url, over)

    async def _save(self, before: Endpoint, after: Endpoint, values: Mapping[str, str]) -> None:
        await self._app.directory.save(after, values)
        stopped = ""
        if before.forwards and before.forwards != after.forwards:
            from inspector.ui.forwarding.removed import stop_removed

            count = await stop_removed(self._app, before, after)
            stopped = f" {count:,} forwards of a removed rule stopped." if count else ""
        self._notices.tell(f"{after.name} saved. It applies from the next request.{stopped}", "check", "pass")

    async def _open_scheme(
        self, id: str, dialog: EndpointSettings, recent: list[EventSummary], known: asyncio.Task[None]
    ) -> None:
        await asyncio.wait([known])
        secrets = dialog.signature.secrets.drafts
        first = next((draft.value for draft in secrets if draft.value and draft.ref.until is None), "")
        await self.schemes.open(
            id, dialog, dialog.settings, dialog.scheme_changed, list(reversed(recent)), first, self._selected()
        )

    def _watch(self, dialog: EndpointSettings, endpoint: Endpoint, recent: list[EventSummary]) -> asyncio.Task[None]:
        """Keep the newest events at hand while the dialog is open: the settings are tried on the newest.

        The task that is returned ends when those are known that came before.
        """

        def take(summaries: Sequence[EventSummary]) -> None:
            new = [item for item in summaries if item.endpoint_id == endpoint.id and item.refusal is None]
            if new:
                recent.extend(new)
                recent.sort(key=lambda item: item.id)
                del recent[:-RECENT]
                dialog.show_newest(self._app.store.event(recent[-1].id))

        async def find() -> None:
            ids = await self._app.store.ids(Query(endpoint_id=endpoint.id))
            newest = [EventId(id) for id in ids[-RECENT:]]
            known = {item.id for item in recent}
            take([item for item in self._app.store.page(newest) if item.id not in known])

        unsubscribe = self._app.store.added.subscribe(take)
        task: asyncio.Task[None] = self._tasks.start(find(), "Find the newest event")

        def leave(_result: int) -> None:
            unsubscribe()
            task.cancel()

        dialog.finished.connect(leave)
        return task
