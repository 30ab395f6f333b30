"""Opens the program's window with a probe in it, for the bench: words come in on stdin, JSON goes out on stdout.

`python -m tests.performance.window_host FOLDER STARTED_AT ROWS` first tells `url` and `secret`; then "reset" begins to
measure anew, "watch" does so with the gaps between turns of the loop and of Qt too, "report" tells what was measured,
"listed" answers once ROWS are in the painted list, and the end of stdin closes the window.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.client_contexts import import_aiohttp
from inspector.collector import hold_during_start

if TYPE_CHECKING:
    from inspector.app import App
    from inspector.ui.main_window import MainWindow


def say(value: dict[str, Any]) -> None:
    """Print one JSON object."""
    print(json.dumps(value), flush=True)


async def host(app: App, window: MainWindow, started_at: float, rows: int) -> None:
    """Do what stdin says until it ends."""
    from tests.performance.probe import Probe

    probe = Probe(window, started_at, rows)
    probe.mark("receiving", app.receiver.state.since.timestamp())
    endpoint = app.directory.by_id(app.directory.all()[0].id)
    assert endpoint is not None
    secret = endpoint.secrets[0].value if endpoint.secrets else ""
    say({"url": app.receiver.address_of(endpoint.endpoint), "secret": secret})
    while word := (await asyncio.to_thread(sys.stdin.readline)).strip():
        if word in ("reset", "watch"):
            probe.reset(gaps=word == "watch")
        elif word == "listed":
            await probe.listed.wait()
        say(probe.report())


def main(folder: Path, started_at: float, rows: int) -> int:
    """Run the window until stdin ends; everything begins in the order in which the program itself begins it."""
    hold_during_start()
    from inspector.log import start_logging
    from inspector.store.host import in_process

    start_logging(folder)
    writer = in_process()
    import_aiohttp()
    from inspector.app import SETTLE_S, AppOptions
    from inspector.ui.window_main import run_window

    options = AppOptions(port=0, started=writer, settle_s=SETTLE_S)
    return run_window(folder, options, ready=lambda app, window: host(app, window, started_at, rows))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
