"""The monitor as the program knows it: its figures when asked, its alerts by themselves.

What it works with is loaded a moment after the start, or when somebody asks before that: the window does not wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import StoreError
from inspector.domain.event import EventSummary
from inspector.feed import Feed

if TYPE_CHECKING:
    from inspector.directory import Directory
    from inspector.monitor.alerts import Alert, AlertId, AlertNews, Rule
    from inspector.monitor.board import Board, MeasuredAt, Span
    from inspector.monitor.engine import Engine
    from inspector.monitor.webhook import Sending
    from inspector.providers.catalogue import Catalogue
    from inspector.secret_store import SecretStore
    from inspector.store.figure_store import FigureStore


class Monitor:
    """Made by `open_app` as `app.monitor`. Everything happens on the event loop; nothing here blocks it.

    `news` tells openings, closings and changes of alerts; `rules_changed` that rules or the webhook are others now.
    """

    def __init__(
        self,
        figures: FigureStore,
        directory: Directory,
        catalogue: Catalogue,
        sending: Sending,
        secrets: SecretStore,
    ) -> None:
        """Make a monitor that sleeps until `start`; `sending` posts alerts, `secrets` keeps where to."""
        self.news: Feed[AlertNews] = Feed()
        self.rules_changed: Feed[None] = Feed()
        self._parts = (figures, directory, catalogue, sending, secrets)
        self._engine: Engine | None = None
        self._loaded = asyncio.Event()
        self._wanted = asyncio.Event()
        self._early: dict[str, tuple[bool, bool, int]] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self, settle_s: float = 0.0) -> None:
        """Begin to watch after so many seconds; comes back at once."""
        self._task = asyncio.create_task(self._run(settle_s), name="monitor")

    async def close(self) -> None:
        """Stop watching; what was there until now ends with it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._loaded.set()  # nobody waits for ever
        if self._engine is not None:
            await self._engine.close()

    # Figures

    async def board(self, scope: EndpointId | None, span: Span, measured_at: MeasuredAt) -> Board:
        """Return the figures of an endpoint, or of all together. Raises StoreError where they cannot be read."""
        return await (await self._ready()).board(scope, span, measured_at)

    async def metrics(self) -> str:
        """Return everything counted so far as text in the format of Prometheus. Raises StoreError."""
        return await (await self._ready()).metrics()

    # Alerts

    @property
    def open_alerts(self) -> tuple[Alert, ...]:
        """Every open alert, the newest first, muted ones too."""
        return () if self._engine is None else self._engine.open_alerts

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in force, in the order of RULES."""
        if self._engine is not None:
            return self._engine.rules
        from inspector.monitor.alerts import RULES

        return RULES

    async def history(self, scope: EndpointId | None = None, limit: int = 200) -> tuple[Alert, ...]:
        """Return open and closed alerts, the newest opening first."""
        return await (await self._ready()).history(scope, limit)

    async def mute(self, alert: AlertId, seconds: int = 3600) -> None:
        """Hide an open alert but for its entry; 0 seconds shows it again."""
        await (await self._ready()).mute(alert, seconds)

    async def change_rule(self, rule: Rule) -> None:
        """Put a rule in force from the next check on. Raises UsageError for a value outside its limits."""
        await (await self._ready()).change_rule(rule)

    async def reset_rules(self) -> None:
        """Go back to RULES."""
        await (await self._ready()).reset_rules()

    @property
    def webhook_url(self) -> str:
        """Where alerts are posted (JSON that Slack understands), "" for nowhere."""
        return "" if self._engine is None else self._engine.webhook_url

    @property
    def webhook_trouble(self) -> str:
        """Why the last post to the webhook failed, "" where it did not."""
        return "" if self._engine is None else self._engine.webhook_trouble

    async def set_webhook(self, url: str) -> None:
        """Post alerts there from now on, "" ends it.

        Raises UsageError for what is no http(s) address, InspectorError where it cannot be kept.
        """
        await (await self._ready()).set_webhook(url)

    async def send_test(self) -> str:
        """Post a test message to the webhook and return why it failed, "" where it arrived."""
        return await (await self._ready()).send_test()

    # What it is told

    def note_tunnel(self, up: bool | None) -> None:
        """Tell that the tunnel answers, does not, or (None) that none is used any more."""
        self._note("tunnel", up, is_fault=True)

    def note_receiver(self, listens: bool, *, is_fault: bool) -> None:
        """Tell whether the receiver listens; what the user wants so (a pause) is no fault and makes no alert."""
        self._note("receiver", listens, is_fault=is_fault)

    def note_events(self, events: Sequence[EventSummary]) -> None:
        """Tell that events were stored."""
        if self._engine is not None:
            self._engine.note_events(events)

    def note_change(self, _ids: object = None) -> None:
        """Tell that something was answered or sent, so that the next checks look at figures."""
        if self._engine is not None:
            self._engine.note_change()

    def _note(self, kind: str, up: bool | None, *, is_fault: bool) -> None:
        if self._engine is not None:
            self._engine.note(kind, up, is_fault=is_fault)
        elif up is None:
            self._early.pop(kind, None)
        else:
            self._early[kind] = (up, is_fault, time.time_ns() // 1000)

    # Running

    async def _run(self, settle_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wanted.wait(), settle_s)
        engine = await self._load()
        await engine.run()

    async def _load(self) -> Engine:
        # Loading takes longer than the loop may wait.
        module = await asyncio.to_thread(importlib.import_module, "inspector.monitor.engine")
        engine: Engine = module.Engine(*self._parts, self.news, self.rules_changed)
        for kind, (up, is_fault, since_us) in self._early.items():
            engine.note(kind, up, is_fault=is_fault, since_us=since_us)
        self._engine = engine
        await engine.try_to_begin()
        self._loaded.set()
        return engine

    async def _ready(self) -> Engine:
        self._wanted.set()
        await self._loaded.wait()
        if self._engine is None:
            raise StoreError("The figures cannot be read.", "The program is closing.")
        return self._engine
