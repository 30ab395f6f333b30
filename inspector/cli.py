"""The command line: which command is meant, and how its end is told. The window is the command without a name."""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from collections.abc import Sequence

from inspector import __version__
from inspector.client_contexts import import_aiohttp
from inspector.collector import hold_during_start
from inspector.commands import check, doctor, endpoints, providers, replay, send, serve, simulate, verify
from inspector.commands.command import OK, UNUSABLE, Command, data_dir, declare_common, in_words, print_error
from inspector.domain.errors import InspectorError

COMMANDS: tuple[Command, ...] = (
    serve.COMMAND,
    doctor.COMMAND,
    check.COMMAND,
    send.COMMAND,
    simulate.COMMAND,
    replay.COMMAND,
    verify.COMMAND,
    providers.COMMAND,
    endpoints.COMMAND,
)

DESCRIPTION = """Receive webhooks on this computer, see why a signature failed, and replay them to your handler.

Without a command the window opens."""

EXAMPLES = """examples:
  inspector                                 open the window
  inspector serve                           receive without a window, one line an event
  inspector endpoints --show-secrets        the addresses to give to a provider, and the secrets
  inspector doctor                          why does nothing arrive?
  inspector send message.delivered          a signed test event to the running program
  inspector simulate normal-campaign        a campaign of thousands, and whether all were recognised
  inspector replay 12 --to localhost:5000   event #12 to your own handler
  inspector check --target localhost:5000   play the provider against your handler
  inspector verify captured.http            is this request really theirs?
  inspector providers                       whose signatures are known

`inspector COMMAND --help` tells more about each."""

INTERRUPTED = 130
SETTLE_S = 1.0
"""So long after its start the window is left alone by what can wait."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return the exit code; errors a user can act on are told in words, without a traceback."""
    try:
        options = _parser().parse_args(argv)
    except SystemExit as end:  # argparse has said what there is to say
        return end.code if isinstance(end.code, int) else UNUSABLE
    try:
        chosen: Command | None = options.chosen
        return chosen.run(options) if chosen else _window(options)
    except InspectorError as error:
        print_error(f"inspector: {in_words(error)}")
        return UNUSABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is wrong, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def _parser() -> argparse.ArgumentParser:
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="inspector", description=DESCRIPTION, epilog=EXAMPLES, formatter_class=as_written
    )
    parser.add_argument("--version", action="version", version=f"Webhook Inspector {__version__}")
    parser.set_defaults(chosen=None)
    declare_common(parser, top=True)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    for command in COMMANDS:
        examples = "\n".join(f"  {line}" for line in command.examples.splitlines())
        sub = commands.add_parser(
            command.name,
            help=command.help,
            description=textwrap.fill(command.description, 100),
            epilog=f"examples:\n{examples}",
            formatter_class=as_written,
        )
        sub.set_defaults(chosen=command)
        command.declare(sub)
        declare_common(sub)
    return parser


def _window(options: argparse.Namespace) -> int:
    """Open the window; the only place outside `inspector.ui` that leads to Qt, and only when it is needed."""
    hold_during_start()
    from inspector.log import start_logging
    from inspector.store.host import in_process

    folder = data_dir(options)
    start_logging(folder)
    writer = in_process()  # it gets ready while the window is loaded
    import_aiohttp()
    from inspector.app import AppOptions
    from inspector.ui.window_main import run_window

    return run_window(folder, AppOptions(host=options.host, port=options.port, started=writer, settle_s=SETTLE_S))
