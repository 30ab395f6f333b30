"""`inspector doctor`: why does nothing arrive? Asks the running program, or starts it for a moment."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from inspector.client_contexts import import_aiohttp
from inspector.commands.command import NOT_OK, OK, Command, data_dir, make_data_dir, print_error, print_json
from inspector.domain.errors import UsageError
from inspector.instance import ask_running

PATIENCE_S = 90.0
"""All checks together take less, even where nothing answers."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("endpoint", metavar="ENDPOINT", nargs="?", default="", help="name, number or path (the first)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Check, print, and tell by the exit code whether anything keeps webhooks away."""
    folder = data_dir(options)
    found = ask_running(folder, "doctor", PATIENCE_S, endpoint=options.endpoint)
    if found is None:
        print_error("inspector: the program is not running; it is started for these checks only.")
        found = asyncio.run(_alone(folder, options))
    if "problem" in found:
        raise UsageError(found["problem"], "", f"Choose one of {found['known']}.")
    text = found.pop("text")
    if options.json:
        print_json(found)
    else:
        sys.stdout.write(text)
    return NOT_OK if found["outcome"] == "bad" else OK


async def _alone(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    import_aiohttp()
    from inspector.app import AppOptions, open_app
    from inspector.doctor.asked import examine

    make_data_dir(folder)
    async with open_app(folder, AppOptions(host=options.host, port=options.port, apart=False)) as app:
        return await examine(app, options.endpoint)


COMMAND = Command(
    name="doctor",
    help="find out why nothing arrives",
    description=(
        "Checks the way a webhook takes, one step after the other and for real: the port, this computer, the network, "
        "the tunnel, the public name, its certificate, a round trip back to this program, the endpoint's path and "
        "rules, what was turned away, room on the disk and the clock. The exit code is 1 where something is wrong."
    ),
    examples='inspector doctor\ninspector doctor "RCS production"\ninspector doctor --json',
    declare=declare,
    run=run,
)
