"""The common shape of tunnels that are a helper program: start it, read its address, tell when it ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from inspector.tunnels.kind import Reporter
from inspector.tunnels.program import LastWords, ended, run_program
from inspector.tunnels.state import TunnelError

_TROUBLE = re.compile(
    r"\b(?:lost|unregistered|disconnected|reconnect\w*|retrying|timed? ?out|heartbeat)\b", re.IGNORECASE
)
"""What helpers say when they lose their carrier and try to come back by themselves."""

Reads = Callable[[str], str]
"""Takes a line of output and returns the public address in it, "" for none."""

Explains = Callable[[str], TunnelError | None]
"""Takes a line of output and returns the error it means, where trying again alone cannot help."""


def explains_nothing(_line: str) -> TunnelError | None:
    """Return None for every line."""
    return None


async def run_helper(
    title: str,
    argv: Sequence[str],
    tell: Reporter,
    reads: Reads,
    *,
    explains: Explains = explains_nothing,
    environment: Mapping[str, str] | None = None,
    note: str = "",
) -> None:
    """Run a helper until it ends; always raises TunnelError, since a tunnel that ends is lost."""
    last = LastWords()
    known = ""
    lasting: TunnelError | None = None

    def on_line(line: str) -> None:
        nonlocal known, lasting
        tell.log(line)
        last.add(line)
        lasting = explains(line) or lasting
        url = reads(line)
        if url and url != known:
            known, lasting = url, None
            tell.up(url, note=note)
        elif known and _TROUBLE.search(line):
            tell.suspect()

    code = await run_program(argv, on_line, environment)
    raise lasting or ended(title, code, last)


def no_program(title: str, names: Sequence[str], install: str) -> TunnelError:
    """Return the error for a helper that is not there."""
    return TunnelError(
        f"{title} was not found.",
        f"No program called {' or '.join(names)} is on the PATH.",
        f"Install it ({install}) or choose its path in the settings.",
        lasting=True,
    )
