"""Runs checks one after the other and tells how they go; what was found about the handler is kept between runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

from inspector.domain.errors import UsageError
from inspector.domain.report import Kind
from inspector.simulator.check.bench import Bench, Seams, TargetDown
from inspector.simulator.check.check import Check
from inspector.simulator.check.judge import ABOUT_ALL, got_words
from inspector.simulator.check.outcome import Exchange, Outcome, Ruling, Run, State
from inspector.simulator.check.provider import Identity, Provider


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run is at: a check begins, waits for `waits_s` seconds, or has its outcome."""

    check: Check
    waits_s: float = 0.0
    outcome: Outcome | None = None


class HandlerCheck:
    """One handler under test. Raises UsageError for an unusable address or a missing secret.

    Cancelling `run` stops it; what was told until then stands.
    """

    def __init__(self, url: str, identity: Identity, *, probe_url: str = "", seams: Seams | None = None) -> None:
        self.provider = Provider(identity, url, (seams or Seams()).rng)
        _ = self.provider.usual  # a secret of the wrong form is told before anything is sent
        self._bench = Bench(self.provider, probe_url, seams)

    async def run(self, checks: Sequence[Check], tell: Callable[[Progress], None] = lambda progress: None) -> Run:
        """Run checks in their order. A handler that is not there ends the run with its `problem`."""
        bench, outcomes, problem = self._bench, list[Outcome](), None
        started_at, started = bench.now(), perf_counter()
        for check in checks:
            tell(Progress(check))
            bench.tell_wait = lambda seconds, check=check: tell(Progress(check, waits_s=seconds))  # type: ignore[misc]
            try:
                outcome = await self._one(check)
            except TargetDown as down:
                problem = down.trouble
                break
            outcomes.append(outcome)
            tell(Progress(check, outcome=outcome))
        return Run(
            self.provider.target.url,
            self.provider.name,
            started_at,
            perf_counter() - started,
            tuple(outcomes),
            problem,
            bench.probe_url,
            self.provider.scrub(),
        )

    def run_of(self, outcomes: Sequence[Outcome], last: Run | None = None) -> Run:
        """Return outcomes of several runs as one; `last` lends its time and what ended it."""
        now = self._bench.now()
        seconds = sum(outcome.seconds for outcome in outcomes)
        started_at, problem = (last.started_at, last.problem) if last else (now, None)
        url, name = self.provider.target.url, self.provider.name
        scrub = self.provider.scrub()
        return Run(url, name, started_at, seconds, tuple(outcomes), problem, self._bench.probe_url, scrub)

    async def _one(self, check: Check) -> Outcome:
        self._bench.begin()
        started = perf_counter()
        try:
            ruling = await check.run(self._bench)
            if check.folded:
                ruling = _not_noted_again(ruling, self._bench.baseline)
        except UsageError as error:
            ruling = Ruling(State.SKIPPED, "Not applicable", " ".join(part for part in (error.what, error.why) if part))
        return outcome_of(check, self._bench, ruling, perf_counter() - started)


def outcome_of(check: Check, bench: Bench, ruling: Ruling, seconds: float) -> Outcome:
    """Return a finished check with its texts."""
    exchanges = bench.exchanges
    decisive = ruling.exchange or (exchanges[-1] if exchanges else None)
    told = decisive is not None and ruling.state is not State.SKIPPED and decisive in exchanges
    label = decisive.label if told and decisive else ""
    return Outcome(
        check.key,
        ruling if ruling.exchange in exchanges else _without_exchange(ruling),
        _event_title(bench.provider, decisive) if told and decisive else "–",
        label,
        check.expected if ruling.state is not State.SKIPPED else "–",
        got_words(decisive if told else None),
        exchanges,
        seconds,
    )


def _not_noted_again(ruling: Ruling, plain: Ruling | None) -> Ruling:
    """Return a folded check's ruling without a note that is about every answer of the handler."""
    if ruling.title not in ABOUT_ALL or plain is None or plain.title != ruling.title:
        return ruling
    return Ruling(State.PASSED, "Accepted", f"{ruling.text} So do plain events; see check 1.", ruling.exchange)


def _without_exchange(ruling: Ruling) -> Ruling:
    return Ruling(ruling.state, ruling.title, ruling.text, None, ruling.topic, ruling.cause)


def _event_title(provider: Provider, exchange: Exchange) -> str:
    """Return what a provider calls the event it sent, as its sample is titled where it can be told."""
    said = provider.reports_of(exchange.sent)
    for sample in provider.identity.samples:
        if any(report.kind is sample.kind for report in said) and sample.kind is not Kind.OTHER:
            return sample.title
    return provider.usual.title
