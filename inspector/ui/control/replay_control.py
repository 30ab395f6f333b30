"""Replay from the window: one click where the target is known, a question where it is not or is somebody else's."""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from inspector.app import App
from inspector.directory import Resolved
from inspector.domain.attempt import Attempt, SeriesId
from inspector.domain.errors import InspectorError
from inspector.domain.event import Event, EventId
from inspector.domain.identity import Identity
from inspector.domain.series import NewSeries, SeriesPlan
from inspector.feed import Feed
from inspector.replay.new_ids import NewIds
from inspector.replay.plan import Captured
from inspector.replay.rewrite import Rewritten, rewritten, why_not
from inspector.ui.control.words import lower_first
from inspector.ui.dialogs.question import Question, ask
from inspector.ui.icons import Icons
from inspector.ui.notices import Notices
from inspector.ui.tasks import Tasks
from inspector.ui.theme import Theme
from inspector.ui.widgets.badges import duration

if TYPE_CHECKING:
    from inspector.replay.rehearsal import Try
    from inspector.ui.detail.attempt_source import SeriesSource
    from inspector.ui.replay.dialog import ReplayDialog
    from inspector.ui.replay.fast_clock_dialog import FastClockDialog
    from inspector.ui.replay.many_dialog import ManyDialog, Send
    from inspector.ui.replay.runs import RunOver, Runs
    from inspector.ui.replay.series_run import SeriesRun
    from inspector.ui.replay.target_field import TargetField
    from inspector.ui.replay.versus_dialog import VersusDialog
    from inspector.ui.replay.waiting import WaitingSeries
    from inspector.ui.status_bar import StatusBar

KEPT_TARGETS = 10
SLICE = 250  # rows read at once; the loop goes round in between
MOST_AT_ONE_CLICK = 20
"""More events than this are replayed from the dialog, which shows how far it is and can be stopped."""
WRITTEN_TOGETHER = 100
"""Attempts of one event may end in another order than they were written in, but not by more than this."""

SUGGESTED_TARGET = "http://localhost:5000/webhooks/rcs"


class ReplayControl:
    """Sends selected events to their endpoint's target, in the order they were received.

    `over` tells every replay that has ended, with how long it took.
    """

    def __init__(
        self,
        app: App,
        theme: Theme,
        icons: Icons,
        tasks: Tasks,
        notices: Notices,
        window: QWidget,
        show_replays: Callable[[EventId], None],
        bar: StatusBar,
    ) -> None:
        self._app, self._theme, self._icons = app, theme, icons
        self._tasks, self._notices, self._window = tasks, notices, window
        self._show_replays = show_replays
        self._running: dict[EventId, asyncio.Task[None]] = {}
        self._dialogs: dict[EventId, ReplayDialog] = {}
        self._sent_from_dialogs: dict[EventId, asyncio.Task[Any]] = {}
        self._attempts: dict[EventId, tuple[Attempt, ...]] = {}
        self.composing: Callable[[Event], object] = lambda _event: None
        self._unsubscribe = app.replayer.finished.subscribe(self._on_attempt)
        self._bar = bar
        self._runs: Runs | None = None
        self.over: Feed[RunOver] = Feed()
        self._waiting: WaitingSeries | None = None
        self.source: SeriesSource | None = None
        """What knows the series; set once the window is whole."""

    def start(self) -> None:
        """Tell of the series of the time before that wait to be tried again."""
        self._tasks.start(self._look_back(), "Read what waits to be tried again")

    async def _look_back(self) -> None:
        if await self._app.store.has_open_series():
            # In a thread, because it takes longer than the loop may wait.
            await asyncio.to_thread(importlib.import_module, "inspector.ui.replay.waiting")
            await self._follow_waiting().look_back()

    def _follow_waiting(self) -> WaitingSeries:
        """Return what knows the series that wait; the status bar tells of them from then on."""
        from inspector.ui.replay.waiting import WaitingSeries

        if self._waiting is None:
            self._waiting = WaitingSeries(self._app.store.series)
            self.runs.follow_waiting(self._waiting)
        return self._waiting

    def close(self) -> None:
        """Stop listening."""
        self._unsubscribe()
        if self._runs is not None:
            self._runs.close()

    def target_of(self, event_id: EventId) -> str:
        """Return where a click on Replay sends an event; "" where that is still to be asked."""
        summary = self._app.store.summary(event_id)
        if summary is None or summary.endpoint_id is None:
            return ""
        resolved = self._app.directory.by_id(summary.endpoint_id)
        return resolved.endpoint.target if resolved is not None else ""

    def replay(self, ids: Sequence[EventId]) -> None:
        """Replay to the known target, or have one chosen first."""
        if not ids:
            return
        if not self.target_of(sorted(ids)[0]) or len(ids) > MOST_AT_ONE_CLICK:
            self.replay_to(ids)
        else:
            self._start(sorted(ids), self._replay(sorted(ids)))

    def replay_to(self, ids: Sequence[EventId]) -> None:
        """Open the dialog of one event, or of many."""
        if len(ids) == 1:
            self.open_dialog(ids[0])
        elif ids:
            self.open_many(ids)

    def open_dialog(self, event_id: EventId) -> ReplayDialog | None:
        """Open the replay dialog of an event, or bring it to the front; None where the event cannot be sent again."""
        from inspector.ui.replay.dialog import ReplayDialog

        known = self._dialogs.get(event_id)
        if known is not None:
            known.raise_()
            known.activateWindow()
            return known
        try:
            event = self._app.replayer.event(event_id)
        except InspectorError as error:
            self._notices.error(error)
            return None
        assert self.source is not None  # the window is whole once somebody can ask for a dialog
        history, target = self._app.settings.current.targets, self._usual_target(event_id)
        dialog = ReplayDialog(
            self._theme, self._icons, self._tasks, self, self.source, event, history, self._window, target=target
        )
        self._offer_test(dialog, dialog.target)
        self._dialogs[event_id] = dialog
        dialog.request.retry.suggest(self._usual_schedule(event_id))
        dialog.finished.connect(lambda _result: self._on_dialog_closed(event_id))
        dialog.show()
        return dialog

    def open_many(self, ids: Sequence[EventId]) -> ManyDialog:
        """Open the dialog that replays many events as one run."""
        from inspector.ui.replay.many_dialog import ManyDialog

        history, target = self._app.settings.current.targets, self._usual_target(min(ids))
        dialog = ManyDialog(
            self._theme, self._icons, self._tasks, self, sorted(ids), history, self._window, target=target
        )
        self._offer_test(dialog, dialog.target)
        dialog.retry.suggest(self._usual_schedule(min(ids)))
        self.runs.follow(dialog)
        dialog.show()
        return dialog

    def open_versus(
        self, ids: Sequence[EventId], target: str = "", *, everything: Sequence[EventId] = ()
    ) -> VersusDialog:
        """Open the dialog that sends events to two targets and compares what they say.

        `everything` is offered in place of `ids`: all the list shows.
        """
        from inspector.ui.replay.versus_dialog import VersusDialog

        history, first = self._app.settings.current.targets, target or self._usual_target(min(ids))
        second = next((url for url in history if url != first), "")
        dialog = VersusDialog(
            self._theme,
            self._icons,
            self._tasks,
            self,
            sorted(ids),
            history,
            self._window,
            targets=(first, second),
            everything=sorted(everything),
        )
        self._offer_test(dialog, *dialog.targets)
        self.runs.follow(dialog)
        dialog.show()
        return dialog

    def compose_like(self, event: Event) -> object:
        """Open the composer with an event like this one."""
        return self.composing(event)

    def open_fast_clock(self, ids: Sequence[EventId], target: str = "", schedule: str = "") -> FastClockDialog:
        """Open the dialog that goes through a schedule on the fast clock."""
        from inspector.ui.replay.fast_clock_dialog import FastClockDialog

        history = self._app.settings.current.targets
        dialog = FastClockDialog(
            self._theme,
            self._icons,
            self._tasks,
            self,
            sorted(ids),
            history,
            self._window,
            target=target or self._usual_target(min(ids)),
            schedule=schedule or self._usual_schedule(min(ids)),
        )
        dialog.finished.connect(lambda _result: dialog.deleteLater())
        dialog.show()
        return dialog

    @property
    def runs(self) -> Runs:
        """What keeps long replays, and tells of them in the status bar; made with the first of them."""
        from inspector.ui.replay.runs import Runs

        if self._runs is None:
            self._runs = Runs(
                self._theme,
                self._icons,
                self._notices,
                self._bar,
                show_event=self._show_replays,
                stop_series=self._stop_series,
                over=self.over,
            )
        return self._runs

    @property
    def unfinished(self) -> tuple[int, int]:
        """How many long replays run, and how many replays wait to be tried again."""
        running = len(self._runs.busy) if self._runs is not None else 0
        return running, len(self._waiting.ids) if self._waiting is not None else 0

    def _stop_series(self, ids: Sequence[SeriesId]) -> None:
        self._tasks.start(self._app.courier.stop(ids), "Stop the series")

    @property
    def shown_in_dialogs(self) -> Iterable[EventId]:
        """The events whose replay dialogs are open."""
        return self._dialogs.keys()

    def refresh_dialogs(self, ids: Iterable[EventId]) -> None:
        """Have the dialogs of events show what they can read now."""
        for event_id in ids:
            if event_id in self._dialogs:
                self._dialogs[event_id].refresh()

    def _usual_target(self, event_id: EventId) -> str:
        history = self._app.settings.current.targets
        return self.target_of(event_id) or (history[0] if history else SUGGESTED_TARGET)

    def _usual_schedule(self, event_id: EventId) -> str:
        """Return the schedule of an event's provider where there is one of its name, "" for none."""
        from inspector.domain.schedules import SCHEDULES

        summary = self._app.store.summary(event_id)
        provider = summary.provider if summary is not None else ""
        return provider if any(schedule.id == provider for schedule in SCHEDULES) else ""

    def _offer_test(self, dialog: QWidget, *fields: TargetField) -> None:
        """Let the fields of a dialog test their targets."""
        from inspector.ui.forwarding.tester_desk import offer_test

        for field in fields:
            offer_test(field, self._app, self._theme, self._icons, self._tasks, dialog)

    def _on_dialog_closed(self, event_id: EventId) -> None:
        self._attempts.pop(event_id, None)
        dialog = self._dialogs.pop(event_id, None)
        if dialog is not None:
            dialog.deleteLater()

    # -- what the dialog asks for -------------------------------------------------------------------------------

    def resolved(self, event: Event) -> Resolved | None:
        """Return an event's endpoint with its secrets."""
        endpoint_id = event.summary.endpoint_id
        return self._app.directory.by_id(endpoint_id) if endpoint_id is not None else None

    def attempts(self, event: Event) -> Sequence[Attempt]:
        """Return an event's attempts, newest first; they are read once and then collected as they come."""
        if event.id not in self._attempts:
            self._attempts[event.id] = self._app.store.attempts(event.id)
        return self._attempts[event.id]

    def _on_attempt(self, attempt: Attempt) -> None:
        known = self._attempts.get(attempt.event_id)
        if known is not None and attempt.id not in {one.id for one in known[:WRITTEN_TOGETHER]}:
            newest = sorted((attempt, *known[:WRITTEN_TOGETHER]), key=lambda one: one.id, reverse=True)
            self._attempts[attempt.event_id] = (*newest, *known[WRITTEN_TOGETHER:])

    def label_of(self, event_id: EventId) -> str:
        """Return the type of an event."""
        summary = self._app.store.summary(event_id)
        return summary.label if summary is not None else ""

    def show_event(self, event_id: EventId) -> None:
        """Bring an event with its attempts into sight."""
        self._show_replays(event_id)

    def tell(self, text: str) -> None:
        """Say something in passing."""
        self._notices.tell(text, "info")

    async def send(self, event: Event, made: Rewritten, identity: Identity) -> Attempt | None:
        """Send what the dialog made, where the user agrees to the target, and remember that target."""
        url = made.outgoing.url
        if not await self._may_send(url, self._dialogs.get(event.id)):
            return None
        self._keep_target(url)
        await self._app.replayer.remember(event.summary.endpoint_id, url)
        task = asyncio.current_task()
        assert task is not None
        self._sent_from_dialogs[event.id] = task
        try:
            return await self._app.replayer.send(event.id, made.outgoing, identity=identity, note=made.note)
        finally:
            self._sent_from_dialogs.pop(event.id, None)

    async def trust(self, url: str, over: QWidget) -> bool:
        """Ask whether a target's certificate is to be trusted. Raises UsageError."""
        from inspector.ui.forwarding.tester_desk import ask_to_trust

        return await ask_to_trust(self._app, self._theme, self._icons, url, over)

    async def begin(self, event: Event, new: NewSeries) -> bool:
        """Begin a series, where the user agrees to the target, and remember that target."""
        if not await self._may_send(new.target, self._dialogs.get(event.id)):
            return False
        self._keep_target(new.target)
        await self._app.replayer.remember(event.summary.endpoint_id, new.target)
        self._follow_waiting()
        await self._app.courier.begin([new])
        return True

    async def captured(self, ids: Sequence[EventId]) -> list[Captured]:
        """Return when each event was received; those whose body was not kept are left out."""
        found: list[Captured] = []
        for start in range(0, len(ids), SLICE):
            rows = self._app.store.page(ids[start : start + SLICE])
            found += [Captured(row.id, row.received_us) for row in rows if row.refusal is None]
            await asyncio.sleep(0)
        return found

    async def agreed(self, url: str) -> bool:
        """Ask whether a target may be sent to, where that is to be asked, and keep the address."""
        if not await self._may_send(url):
            return False
        self._keep_target(url)
        return True

    async def tries_of(self, url: str, identity: Identity, limit_s: float) -> Try | None:
        """Return what makes real tries that are not kept; None where the user did not agree to the target."""
        from inspector.replay.real_tries import RealTries

        if not await self.agreed(url):
            return None
        replayer = self._app.replayer
        return RealTries(replayer.event, self._app.directory, replayer.sender, url, identity=identity, limit_s=limit_s)

    async def series_sender_of(self, url: str, plan: SeriesPlan, ids: NewIds) -> tuple[Send, SeriesRun] | None:
        """Return what begins a series for an event, and what follows them; None where the user did not agree."""
        from inspector.ui.replay.series_run import SeriesRun

        if not await self.agreed(url):
            return None
        courier, replayer = self._app.courier, self._app.replayer
        self._follow_waiting()
        run = SeriesRun(courier.begin, courier.stop, self._app.store.series.changed, replayer.finished)

        async def send(event_id: EventId) -> Attempt:
            return await run.send(self._new_series(replayer.event(event_id), url, plan, ids))

        return send, run

    def _new_series(self, event: Event, url: str, plan: SeriesPlan, ids: NewIds) -> NewSeries:
        """Return a series of an event. New ids are made here, so that those that events share stay shared."""
        if plan.identity is not Identity.NEW_IDS:
            return NewSeries(event.id, url, plan)
        resolved = self.resolved(event)
        made = rewritten(event.request, url, Identity.NEW_IDS, now=datetime.now(UTC), resolved=resolved, ids=ids)
        later = Identity.CAPTURED if why_not(resolved) else Identity.SIGNED
        return NewSeries(event.id, url, replace(plan, identity=later), made.outgoing)

    async def sender_of(self, url: str, identity: Identity, ids: NewIds) -> Send | None:
        """Return what sends an event to a target, None where the user did not agree to it."""
        if not await self.agreed(url):
            return None
        replayer = self._app.replayer

        async def send(event_id: EventId) -> Attempt:
            event = replayer.event(event_id)
            now, resolved = datetime.now(UTC), self.resolved(event)
            made = rewritten(event.request, url, identity, now=now, resolved=resolved, ids=ids)
            return await replayer.send(event_id, made.outgoing, identity=identity, note=made.note)

        return send

    def _keep_target(self, url: str) -> None:
        history = self._app.settings.current.targets
        kept = (url, *(target for target in history if target != url))
        self._app.settings.change(targets=kept[:KEPT_TARGETS])

    def cancel(self, event_id: EventId) -> None:
        """End a replay that still waits for its response."""
        task = self._running.get(event_id) or self._sent_from_dialogs.get(event_id)
        if task is not None:
            task.cancel()
            self._notices.tell(f"Replay of #{event_id:,} stopped", "square")

    def _start(self, ids: Sequence[EventId], coroutine: Coroutine[object, object, None]) -> None:
        task = self._tasks.start(coroutine, "Replay")
        for event_id in ids:
            self._running[event_id] = task
        task.add_done_callback(lambda _: [self._running.pop(event_id, None) for event_id in ids])

    async def _replay(self, ids: Sequence[EventId]) -> None:
        target = self.target_of(ids[0])
        if not target or not await self._may_send(target):
            return
        begun, answered, failed = time.monotonic(), 0, 0
        attempt: Attempt | None = None
        for event_id in ids:
            attempt = await self._app.replayer.replay(event_id, target)
            answered, failed = answered + attempt.ok, failed + (not attempt.ok)
        self._tell_over(ids, answered, time.monotonic() - begun)
        if len(ids) == 1 and attempt is not None:
            self._tell(attempt)
        elif failed:
            self._notices.tell(f"{answered:,} of {len(ids):,} events replayed; {failed:,} failed", "circle-x", "fail")
        else:
            self._notices.tell(f"{len(ids):,} events replayed", "circle-check", "pass")

    def _tell_over(self, ids: Sequence[EventId], answered: int, seconds: float) -> None:
        from inspector.ui.replay.run_dialog import Summary
        from inspector.ui.replay.runs import RunOver

        text = f"{answered:,} of {len(ids):,} event{'' if len(ids) == 1 else 's'} answered 2xx"
        icon, tone = ("circle-check", "pass") if answered == len(ids) else ("circle-x", "fail")
        summary = Summary(text, icon, tone)  # type: ignore[arg-type]  # one of the tones
        self.over.publish(RunOver(summary, seconds, lambda: self._show_replays(ids[-1])))

    async def _may_send(self, target: str, over: QWidget | None = None) -> bool:
        host = self._app.replayer.needs_consent(target)
        if host is None:
            return True
        question = Question(
            self._theme,
            self._icons,
            f"Replay to {host}?",
            f"This sends real data to {host}, outside this computer.",
            "Replay",
            over or self._window,
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
