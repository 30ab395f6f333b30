"""One check: what it is called, what it sends and expects, why it matters, and what runs it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from inspector.simulator.check.bench import Bench
from inspector.simulator.check.outcome import Ruling
from inspector.simulator.check.provider import Provider

Runner = Callable[[Bench], Awaitable[Ruling]]


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the list.

    `key` names it for the command line and the reports; `sends` says for a provider what goes out, in a few words.
    `takes_s` is what it takes at least, because it waits. `topic` is the advice shown where the ruling names none.
    """

    key: str
    title: str
    sends: Callable[[Provider], str]
    expected: str
    why: str
    topic: str
    run: Runner
    folded: bool = True
    takes_s: float = 0.0


def says(text: str) -> Callable[[Provider], str]:
    """Return a `sends` that is the same for every provider."""
    return lambda _provider: text
