"""What the campaign dialog says and draws, worked out from a run's numbers."""

from __future__ import annotations

from inspector.domain.report import Kind
from inspector.simulator.campaign.estimate import Estimate
from inspector.simulator.campaign.player import Phase, Progress
from inspector.simulator.campaign.scenario import KIND_OF, Scenario
from inspector.simulator.campaign.tally import Tally
from inspector.ui.simulator.funnel_view import Bar

STEPS = (
    ("queued", "Queued", "accent"),
    ("sent", "Sent", "accent"),
    ("delivered", "Delivered", "accent"),
    ("read", "Read", "accent"),
    ("clicked", "Clicked", "accent"),
    ("replied", "Replied", "accent"),
    ("optout", "Opted out", "warn"),
    ("complained", "Reported spam", "warn"),
    ("expired", "Expired", "fail"),
    ("failed", "Failed", "fail"),
)

_LOOKS = {
    Phase.READY: ("info", "loader-circle"),
    Phase.RUNNING: ("info", "loader-circle"),
    Phase.FINISHING: ("info", "loader-circle"),
    Phase.PAUSED: ("warn", "pause"),
    Phase.DONE: ("info", "loader-circle"),  # the result is still to be compared
    Phase.STOPPED: ("warn", "square"),
}


def looks_of(phase: Phase) -> tuple[str, str]:
    """Return the tone and the icon of a phase."""
    return _LOOKS[phase]


def words_of(progress: Progress) -> tuple[str, str]:
    """Return how far a run is, as a title and a sentence."""
    failed = f", {progress.failed:,} not answered 2xx" if progress.failed else ""
    title = f"{progress.sent:,} of about {progress.expected:,} sent{failed}"
    if progress.phase is Phase.PAUSED:
        return f"Paused after {progress.sent:,}{failed}", "What is under way ends."
    if progress.phase is Phase.FINISHING:
        text = f"{progress.waiting:,} to be tried again." if progress.waiting else "Waiting for the last answers."
        return f"{progress.sent:,} sent{failed}", text
    if progress.phase in (Phase.DONE, Phase.STOPPED):
        return f"{progress.sent:,} sent{failed}", "Comparing with what was recognised."
    left = progress.left_s
    rest = f", about {left:.0f} s left" if left is not None and left < 120 else ""
    rest = f", about {left / 60:.0f} min left" if left is not None and left >= 120 else rest
    return title, f"{progress.rate:,.0f}/s{rest}. {campaign_time(progress.at_s)} of the campaign."


def campaign_time(seconds: float) -> str:
    """Return a time of the campaign: "12:30 min", "2:05 h"."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d} h"


def bars_of(scenario: Scenario, expected: Estimate, tally: Tally | None) -> tuple[Bar, ...]:
    """Return the funnel's bars; `tally` None is before the run."""
    if scenario.mix:
        found = [
            Bar(item.sample, expected.steps.get(f"mix:{number}", 0.0), None if tally is None else 0)
            for number, item in enumerate(scenario.mix)
        ]
        # Two samples may be of one kind: while it runs only all of them together can be told.
        return (Bar("Events", sum(bar.expected for bar in found), tally.events),) if tally is not None else tuple(found)
    bars = [
        Bar(name, expected.steps.get(step, 0.0), None if tally is None else _sent(tally, step), tone)
        for step, name, tone in STEPS
    ]
    noise = scenario.noise
    if noise.duplicates:
        bars.append(Bar("Duplicates", expected.duplicates, None if tally is None else tally.duplicates, "dup"))
    return tuple(bar for bar in bars if bar.expected > 0 or bar.sent)


def _sent(tally: Tally, step: str) -> int:
    kind: Kind = KIND_OF[step]
    return tally.kinds[kind.value]
