"""The working part of the monitor: makes boards when asked and checks the rules every ten seconds."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from inspector.directory import Directory
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.errors import InspectorError, StoreError
from inspector.domain.event import EventSummary
from inspector.feed import Feed
from inspector.monitor import webhook
from inspector.monitor.alert_book import AlertBook
from inspector.monitor.alerts import CHECK_EVERY_S, MUTE_S, Alert, AlertId, AlertNews, NewsKind, Rule, RuleId
from inspector.monitor.board import Board, MeasuredAt, Span
from inspector.monitor.boarding import SIDES, extent_of, make_board
from inspector.monitor.checking import Material, findings_of, read_check
from inspector.monitor.findings import of_downtime
from inspector.monitor.judging import MICRO, Finding, judge
from inspector.monitor.metrics import Scrape, metrics_text
from inspector.monitor.presence import Presence
from inspector.monitor.rulebook import WEBHOOK, WEBHOOK_SECRET, changes_of, check, rules_from
from inspector.monitor.silence import SilenceWatch
from inspector.monitor.terms import Terms
from inspector.providers.catalogue import Catalogue
from inspector.secret_store import SecretStore
from inspector.store.alert_rows import write_changes
from inspector.store.figure_reads import read_all_time, read_material
from inspector.store.figure_store import FigureStore
from inspector.store.spans import begin_spans, close_spans, note_spans

LAG_S = 0.5
"""A check at a whole ten seconds waits so long for what was received before to be stored and answered."""

HEARTBEAT_CHECKS = 2
"""So many checks lie between two heartbeats of the spans."""

_log = logging.getLogger(__name__)


def wall_clock_us() -> int:
    """Return the time in µs since the epoch."""
    return time.time_ns() // 1000


class Engine:
    """What a Monitor stands for, once it is loaded. Everything happens on the event loop; nothing here blocks it."""

    def __init__(
        self,
        figures: FigureStore,
        directory: Directory,
        catalogue: Catalogue,
        sending: webhook.Sending,
        secrets: SecretStore,
        news: Feed[AlertNews],
        rules_changed: Feed[None],
        now_us: Callable[[], int] = wall_clock_us,
    ) -> None:
        """Make an engine that stands still until `begin`; `now_us` is the clock, in µs since the epoch."""
        self.news = news
        self.rules_changed = rules_changed
        self._figures = figures
        self._directory = directory
        self._terms = Terms(catalogue)
        self._sending = sending
        self._secrets = secrets
        self._now_us = now_us
        self._presence = Presence()
        self._silence = SilenceWatch(figures)
        self._book = AlertBook(figures)
        self._rules: dict[RuleId, Rule] = rules_from({})
        self._webhook_url = ""
        self._webhook_trouble = ""
        self._judging = asyncio.Lock()
        self._quiet_from_us = 0  # from then on nothing is in any window
        self._checks = 0
        self._begun = asyncio.Event()
        self._others: set[asyncio.Task[None]] = set()
        self._is_closed = False

    # Figures

    async def board(self, scope: EndpointId | None, span: Span, measured_at: MeasuredAt) -> Board:
        """Return the figures of an endpoint, or of all together. Raises StoreError where they cannot be read."""
        now_us = self._now_us()
        endpoints = self._directory.all()
        limits = self._terms.limits(endpoints)
        providers = frozenset(item.provider for item in endpoints if scope is None or item.id == scope)

        def read(connection: sqlite3.Connection) -> Board:
            extent = extent_of(span, now_us)
            material = read_material(
                connection,
                limits,
                now_us,
                span.bar_s,
                extent.from_s,
                extent.until_s,
                extent.lead_s,
                scope,
                SIDES[measured_at],
            )
            seen = {place.provider for place in material.tally}
            return make_board(material, scope, span, measured_at, now_us, self._terms.of(seen | providers), providers)

        return await self._figures.read(read)

    async def metrics(self) -> str:
        """Return everything counted so far as text in the format of Prometheus. Raises StoreError."""
        now_us = self._now_us()
        endpoints = self._directory.all()
        limits = self._terms.limits(endpoints)
        tally = await self._figures.read(lambda connection: read_all_time(connection, limits, now_us))
        names = {int(item.id): item.name for item in endpoints}
        scrape = Scrape(tally, names, self._presence.states, self.open_alerts, tuple(self._rules))
        return await asyncio.to_thread(metrics_text, scrape)

    # Alerts

    @property
    def open_alerts(self) -> tuple[Alert, ...]:
        """Every open alert, the newest first, muted ones too."""
        return self._book.open

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in force, in the order of RULES."""
        return tuple(self._rules.values())

    async def history(self, scope: EndpointId | None = None, limit: int = 200) -> tuple[Alert, ...]:
        """Return open and closed alerts, the newest opening first."""
        return await self._book.history(scope, limit)

    async def mute(self, alert: AlertId, seconds: int = MUTE_S) -> None:
        """Hide an open alert but for its entry; 0 seconds shows it again."""
        async with self._judging:
            muted = await self._book.mute(alert, self._now_us() + seconds * MICRO if seconds else 0)
        if muted is not None:
            self.news.publish(AlertNews(NewsKind.CHANGED, muted))

    async def change_rule(self, rule: Rule) -> None:
        """Put a rule in force from the next check on. Raises UsageError for a value outside its limits."""
        check(rule)
        await self._figures.write(write_changes, rule.id.value, changes_of(rule))
        self._rules[rule.id] = rule
        self._silence.forget()
        self._quiet_from_us = max(self._quiet_from_us, self._now_us() + MICRO)
        self.rules_changed.publish(None)

    async def reset_rules(self) -> None:
        """Go back to RULES."""
        for rule in tuple(self._rules):
            await self._figures.write(write_changes, rule.value, {})
        self._rules = rules_from({})
        self._silence.forget()
        self.rules_changed.publish(None)

    @property
    def webhook_url(self) -> str:
        """Where alerts are posted (JSON that Slack understands), "" for nowhere."""
        return self._webhook_url

    @property
    def webhook_trouble(self) -> str:
        """Why the last post to the webhook failed, "" where it did not."""
        return self._webhook_trouble

    async def set_webhook(self, url: str) -> None:
        """Post alerts there from now on, "" ends it.

        Raises UsageError for what is no http(s) address, InspectorError where it cannot be kept.
        """
        checked = webhook.check_url(url)
        await self._keep_webhook(checked)
        self._webhook_url, self._webhook_trouble = checked, ""
        self.rules_changed.publish(None)

    async def send_test(self) -> str:
        """Post a test message to the webhook and return why it failed, "" where it arrived."""
        if not self._webhook_url:
            return "No address is set"
        await self._post(webhook.trial_message())
        return self._webhook_trouble

    # What it is told

    def note(self, kind: str, up: bool | None, *, is_fault: bool = True, since_us: int | None = None) -> None:
        """Tell that the receiver or the tunnel is there, is not, or (None) is not in use any more."""
        now_us = self._now_us() if since_us is None else since_us
        changed = self._presence.note(kind, up, now_us, is_fault=is_fault)
        if changed and self._begun.is_set() and not self._is_closed:
            self._start(self._write_presence(now_us))

    def note_events(self, events: Sequence[EventSummary]) -> None:
        """Tell that events were stored."""
        for event in events:
            if event.endpoint_id is not None and event.refusal is None:
                self._silence.heard(event.endpoint_id, event.received_us)
        self.note_change()

    def note_change(self, _ids: object = None) -> None:
        """Tell that something was stored or answered, so that the next checks look at figures."""
        longest_s = max(rule.window_s for rule in self._rules.values())
        self._quiet_from_us = self._now_us() + (longest_s + 2 * CHECK_EVERY_S) * MICRO

    # Running

    async def close(self) -> None:
        """Stop watching; what was there until now ends with it."""
        self._is_closed = True
        tasks = list(self._others)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._begun.is_set():
            with contextlib.suppress(InspectorError):
                await self._figures.write(close_spans, self._now_us())

    async def begin(self) -> None:
        """Read rules and open alerts, and begin the spans of this run; once is enough."""
        await self._book.load()
        changes = await self._book.changes()
        self._webhook_url = await self._kept_webhook(changes.pop(WEBHOOK, {}))
        self._rules = rules_from(changes)
        self.note_change()
        now_us = self._now_us()
        await self._figures.write(begin_spans, now_us)
        await self._figures.write(note_spans, self._presence.states, now_us, self._presence.since_us)
        self._begun.set()

    async def _keep_webhook(self, url: str) -> None:
        if url:
            await asyncio.to_thread(self._secrets.put, WEBHOOK_SECRET, url)
        else:
            await asyncio.to_thread(self._secrets.delete, WEBHOOK_SECRET)
        await self._figures.write(write_changes, WEBHOOK, {"kept": True} if url else {})

    async def _kept_webhook(self, kept: Mapping[str, Any]) -> str:
        """Return the address alerts are posted to; one that still lies beside the rules moves to the secret store."""
        if not kept:
            return ""  # a locked keyring would ask the user for its password, for nothing
        open_url = str(kept.get("url", ""))
        try:
            if open_url:
                await self._keep_webhook(open_url)
                return open_url
            return await asyncio.to_thread(self._secrets.get, WEBHOOK_SECRET) or ""
        except Exception as error:  # keyrings raise what they like, and alerts are watched without a post too
            self._webhook_trouble = "Its address is not in the secret store" if not open_url else ""
            _log.warning("The address of alerts cannot be kept or read: %s", error)
            return open_url

    async def check(self, at_us: int) -> None:
        """Check every rule for a moment that is a whole ten seconds. Raises StoreError where figures cannot be read."""
        rules = dict(self._rules)
        findings = list(of_downtime(rules[RuleId.ENDPOINT_DOWN], self._presence.faults, at_us))
        endpoints = self._directory.all()
        if at_us < self._quiet_from_us or self._book.open:
            findings += await self._look(rules, endpoints, at_us)
        findings += await self._silence.findings(
            rules[RuleId.SILENCE], endpoints, self._presence.up_since_us("receiver"), at_us
        )
        await self._forget_gone({item.id for item in endpoints}, at_us)
        await self._judge(rules, findings, at_us)
        self._checks += 1
        if self._checks % HEARTBEAT_CHECKS == 0:
            await self._figures.write(note_spans, self._presence.states, self._now_us())

    async def _look(self, rules: dict[RuleId, Rule], endpoints: Sequence[Endpoint], at_us: int) -> list[Finding]:
        limits = self._terms.limits(endpoints)
        known = {int(item.id) for item in endpoints}
        material: Material = await self._figures.read(lambda c: read_check(c, rules, limits, at_us))
        return [
            finding
            for finding in findings_of(rules, material, at_us)
            if finding.endpoint_id is None or finding.endpoint_id in known
        ]

    async def _forget_gone(self, endpoints: set[EndpointId], at_us: int) -> None:
        """End the alerts of endpoints that were deleted; their rows have gone with them."""
        async with self._judging:
            gone = self._book.forget(endpoints)
        for alert in gone:
            self.news.publish(AlertNews(NewsKind.CLOSED, replace(alert, closed_us=at_us)))

    async def _judge(self, rules: dict[RuleId, Rule], findings: Iterable[Finding], at_us: int) -> None:
        async with self._judging:
            news = await self._book.keep(judge(rules, self._book.open, findings, at_us))
        for item in news:
            self.news.publish(item)
            if item.kind is not NewsKind.CHANGED and not item.alert.is_muted(at_us):
                self._tell(item.alert)

    async def try_to_begin(self) -> None:
        """Begin, or leave it to the next check where nothing can be written."""
        try:
            await self.begin()
        except StoreError as error:
            _log.warning("Alerts begin later: %s", error)

    async def run(self) -> None:
        """Check at every whole ten seconds until cancelled."""
        while True:
            every_us = CHECK_EVERY_S * MICRO
            at_us = (self._now_us() // every_us + 1) * every_us
            await asyncio.sleep((at_us - self._now_us()) / MICRO + LAG_S)
            try:
                if not self._begun.is_set():
                    await self.begin()
                await self.check(at_us)
            except StoreError as error:
                _log.info("Alerts were not checked: %s", error)
            except Exception:
                _log.exception("A check of alerts failed")

    async def _write_presence(self, now_us: int) -> None:
        with contextlib.suppress(StoreError):  # the heartbeat tells it again
            await self._figures.write(note_spans, self._presence.states, now_us)
            faults = self._presence.faults
            back = [a for a in self._book.open if a.rule is RuleId.ENDPOINT_DOWN and a.subject not in faults]
            if back:
                async with self._judging:
                    news = await self._book.keep(judge(self._rules, back, (), now_us))
                for item in news:
                    self.news.publish(item)
                    self._tell(item.alert)

    def _tell(self, alert: Alert) -> None:
        if self._webhook_url:
            name = next((item.name for item in self._directory.all() if item.id == alert.endpoint_id), "")
            self._start(self._post(webhook.message_of(alert, name)))

    async def _post(self, body: bytes) -> None:
        self._webhook_trouble = await webhook.post(self._sending, self._webhook_url, body)
        self.rules_changed.publish(None)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._others.add(task)
        task.add_done_callback(self._others.discard)
