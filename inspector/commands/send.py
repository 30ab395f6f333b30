"""`inspector send`: a signed test event to the running program, or to any address."""

from __future__ import annotations

import argparse
import asyncio
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from inspector.commands.command import NOT_OK, OK, Command, data_dir, declare_secret, secrets_of
from inspector.domain.errors import UsageError

if TYPE_CHECKING:
    from inspector.domain.attempt import Outgoing


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("sample", metavar="SAMPLE", nargs="?", help="which event; --list shows them (delivered)")
    parser.add_argument("--endpoint", metavar="NAME", help="the endpoint whose provider and secret to use (the first)")
    parser.add_argument("--to", metavar="URL", help="send there instead of to the running program")
    parser.add_argument("--list", action="store_true", help="list the events that can be sent")
    declare_secret(parser)


def run(options: argparse.Namespace) -> int:
    """Send one event and tell what came back."""
    from inspector.commands.opened import endpoint_or_default, sample_folders
    from inspector.domain.endpoint import DEFAULT_PROVIDER
    from inspector.domain.secret import Secret
    from inspector.simulator.prepare import prepared
    from inspector.simulator.samples import Values
    from inspector.simulator.test_event import find_sample, samples_for, usual_sample

    folder = data_dir(options)
    resolved = endpoint_or_default(folder, options.endpoint)
    samples = samples_for(sample_folders(folder), resolved.endpoint.provider or DEFAULT_PROVIDER)
    if options.list:
        for sample in samples:
            print(f"{sample.key:<24} {sample.title}")
        return OK
    sample = find_sample(samples, options.sample) if options.sample else usual_sample(samples)
    secrets = secrets_of(options)
    now = datetime.now(UTC)
    outgoing = prepared(
        sample,
        Values.fresh(random.SystemRandom(), now),
        resolved,
        options.to or running_address(folder, options) + resolved.endpoint.path,
        now,
        secret=Secret(secrets[0]) if secrets else None,
    )
    return _send(outgoing, sample.title)


def running_address(folder: Path, options: argparse.Namespace) -> str:
    """Return where the program receives, by what it says itself; --host and --port overrule that."""
    from inspector.instance import running_receiver
    from inspector.receiver.addressing import base_url

    running = running_receiver(folder)
    if options.port is not None:
        return base_url(options.host or (running.host if running else "127.0.0.1"), options.port)
    if running is None:
        raise UsageError("The program is not receiving.", f"{folder} names no port.", "Start it, or use --to URL.")
    return base_url(options.host, running.port) if options.host else running.url


def _send(outgoing: Outgoing, title: str) -> int:
    from inspector.commands.replay import print_result
    from inspector.replay.sender import Sender

    result = asyncio.run(Sender().send(outgoing, timeout_s=130.0))
    print(f"{title} to {outgoing.url}")
    print_result(result)
    return OK if result.response is not None and 200 <= result.response.status < 300 else NOT_OK


COMMAND = Command(
    name="send",
    help="send a signed test event",
    description=(
        "Makes up one of a provider's events, signs it with the endpoint's secret and sends it to the running "
        "program, or to --to URL. Exit code: 0 answered 2xx, 1 not, 2 nothing was sent."
    ),
    examples=(
        "inspector send\n"
        "inspector send message.failed --endpoint 'RCS staging'\n"
        "inspector send --list\n"
        "inspector send message.optout --to http://localhost:5000/webhooks"
    ),
    declare=declare,
    run=run,
)
