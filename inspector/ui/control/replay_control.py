"""Replay from the window: one click where the target is known, a question where it is not or is somebody else's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence

from PySide6.QtWidgets import QWidget

from inspector.app import App
from inspector.domain.attempt import Attempt
from inspector.domain.event import EventId
from inspector.ui.control.words import lower_first
from inspector.ui.dialogs.question import Question, TextQuestion, ask, ask_text
from inspector.ui.endpoints.endpoint_form import url_problem
from inspector.ui.icons import Icons
from inspector.ui.notices import Notices
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.badges import duration

KEPT_TARGETS = 10
SUGGESTED_TARGET = "http://localhost:5000/webhooks/rcs"


class ReplayControl:
    """Sends selected events to their endpoint's target, in the order they were received."""

    def __init__(
        self,
        app: App,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        notices: Notices,
        window: QWidget,
        show_replays: Callable[[EventId], None],
    ) -> None:
        self._app, self._theme, self._icons = app, theme, icons
        self._tasks, self._notices, self._window = tasks, notices, window
        self._show_replays = show_replays
        self._running: dict[EventId, asyncio.Task[None]] = {}

    def target_of(self, event_id: EventId) -> str:
        """Return where a click on Replay sends an event; "" where that is still to be asked."""
        summary = self._app.store.summary(event_id)
        if summary is None or summary.endpoint_id is None:
            return ""
        resolved = self._app.directory.by_id(summary.endpoint_id)
        return resolved.endpoint.target if resolved is not None else ""

    def replay(self, ids: Sequence[EventId]) -> None:
        """Replay to the known target, or ask for one first."""
        if ids:
            self._start(sorted(ids), self._replay(sorted(ids), ask_target=False))

    def replay_to(self, ids: Sequence[EventId]) -> None:
        """Ask for the target, then replay."""
        if ids:
            self._start(sorted(ids), self._replay(sorted(ids), ask_target=True))

    def cancel(self, event_id: EventId) -> None:
        """End a replay that still waits for its response."""
        task = self._running.get(event_id)
        if task is not None:
            task.cancel()
            self._notices.tell(f"Replay of #{event_id:,} stopped", "square")

    def _start(self, ids: Sequence[EventId], coroutine: Coroutine[object, object, None]) -> None:
        task = self._tasks.start(coroutine, "Replay")
        for event_id in ids:
            self._running[event_id] = task
        task.add_done_callback(lambda _: [self._running.pop(event_id, None) for event_id in ids])

    async def _replay(self, ids: Sequence[EventId], *, ask_target: bool) -> None:
        target = "" if ask_target else self.target_of(ids[0])
        if not target:
            target = await self._ask_target(ids)
        if not target or not await self._may_send(target):
            return
        answered, failed = 0, 0
        attempt: Attempt | None = None
        for event_id in ids:
            attempt = await self._app.replayer.replay(event_id, target)
            answered, failed = answered + attempt.ok, failed + (not attempt.ok)
        if len(ids) == 1 and attempt is not None:
            self._tell(attempt)
        elif failed:
            self._notices.tell(f"{answered:,} of {len(ids):,} events replayed; {failed:,} failed", "circle-x", "fail")
        else:
            self._notices.tell(f"{len(ids):,} events replayed", "circle-check", "pass")

    async def _ask_target(self, ids: Sequence[EventId]) -> str:
        history = self._app.settings.current.targets
        title = f"Replay #{ids[0]:,} to" if len(ids) == 1 else f"Replay {len(ids):,} events to"
        question = TextQuestion(
            self._theme,
            self._icons,
            title,
            "The address of your own handler. The event is sent there exactly as it was received.",
            "Replay",
            self._window,
            value=self.target_of(ids[0]) or (history[0] if history else SUGGESTED_TARGET),
            placeholder=SUGGESTED_TARGET,
            check=url_problem,
            history=history,
        )
        reply = await ask_text(question)
        if reply is None:
            return ""
        kept = (reply.text, *(target for target in history if target != reply.text))
        self._app.settings.change(targets=kept[:KEPT_TARGETS])
        return reply.text

    async def _may_send(self, target: str) -> bool:
        host = self._app.replayer.needs_consent(target)
        if host is None:
            return True
        question = Question(
            self._theme,
            self._icons,
            f"Replay to {host}?",
            f"This sends real data to {host}, outside this computer.",
            "Replay",
            self._window,
            tick="Do not ask again for this host",
        )
        reply = await ask(question)
        if reply is not None and reply.ticked:
            hosts = self._app.settings.current.confirmed_hosts
            self._app.settings.change(confirmed_hosts=(*hosts, host))
        return reply is not None

    def _tell(self, attempt: Attempt) -> None:
        event_id = attempt.event_id
        show = ("Show response", lambda: self._show_replays(event_id))
        if attempt.response is None:
            again = ("Try again", lambda: self.replay([event_id]))
            self._notices.tell(f"Replay failed: {lower_first(attempt.failure_title)}", "circle-x", "fail", again)
            return
        text = f"Replayed #{event_id:,}: {attempt.response.status} in {duration(attempt.total_ms)}"
        self._notices.tell(text, *(("circle-check", "pass") if attempt.ok else ("circle-x", "fail")), show)
