"""The command line: which command is meant, and how its end is told. The window is the command without a name."""

from __future__ import annotations

import argparse
import errno
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence

from inspector import __version__
from inspector.client_contexts import import_aiohttp
from inspector.collector import hold_during_start
from inspector.commands.command import OK, UNUSABLE, Command, data_dir, declare_common, in_words, print_error
from inspector.commands.parser import Parser
from inspector.commands.streams import prepare_streams
from inspector.domain.errors import InspectorError

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
NOWHERE_TO_WRITE = (errno.ENOSPC, errno.EIO, errno.EDQUOT) if hasattr(errno, "EDQUOT") else (errno.ENOSPC, errno.EIO)
"""Why an output cannot be written, which is told in words."""


# A command is loaded when it is meant: all of them together take as long as the rest of a start.


def _serve() -> Command:
    from inspector.commands.serve import COMMAND

    return COMMAND


def _doctor() -> Command:
    from inspector.commands.doctor import COMMAND

    return COMMAND


def _check() -> Command:
    from inspector.commands.check import COMMAND

    return COMMAND


def _send() -> Command:
    from inspector.commands.send import COMMAND

    return COMMAND


def _simulate() -> Command:
    from inspector.commands.simulate import COMMAND

    return COMMAND


def _replay() -> Command:
    from inspector.commands.replay import COMMAND

    return COMMAND


def _verify() -> Command:
    from inspector.commands.verify import COMMAND

    return COMMAND


def _providers() -> Command:
    from inspector.commands.providers import COMMAND

    return COMMAND


def _endpoints() -> Command:
    from inspector.commands.endpoints import COMMAND

    return COMMAND


COMMANDS: dict[str, Callable[[], Command]] = {
    "serve": _serve,
    "doctor": _doctor,
    "check": _check,
    "send": _send,
    "simulate": _simulate,
    "replay": _replay,
    "verify": _verify,
    "providers": _providers,
    "endpoints": _endpoints,
}
"""What loads each command, in the order of the help."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return the exit code; errors a user can act on are told in words, without a traceback."""
    prepare_streams()
    try:
        options = _options(argv)
    except SystemExit as end:  # the parser has said what there is to say
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
        _forget_output()
        return OK
    except OSError as error:
        if error.errno not in NOWHERE_TO_WRITE:
            raise
        _forget_output()
        print_error(f"inspector: The output cannot be written. {error.strerror}.")
        return UNUSABLE


def _forget_output() -> None:
    """Keep the interpreter from complaining at its end about an output that is gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line. What is not known is told by the command it was meant for. Raises SystemExit."""
    parser = _parser(_meant(argv))
    options, rest = parser.parse_known_args(argv)
    if rest:
        asked = Parser(prog=f"{parser.prog} {options.chosen.name}") if options.chosen else parser
        asked.error(f"unrecognized arguments: {' '.join(rest)}")
    return options


def _meant(argv: Sequence[str] | None) -> Iterable[str]:
    """Return the commands a command line may mean: one, none where the window is meant, all where help is needed."""
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    declare_common(parser, top=True)
    _declare_window(parser)
    parser.add_argument("command", nargs="?")
    try:
        found, rest = parser.parse_known_args(argv)
    except argparse.ArgumentError:
        return COMMANDS
    if found.command is None:
        return COMMANDS if rest else ()
    return [found.command] if found.command in COMMANDS else COMMANDS


def _declare_window(parser: argparse.ArgumentParser) -> None:
    words = "begin in the tray where closing the window goes there (as the start at login does)"
    parser.add_argument("--in-tray", action="store_true", help=words)


def _parser(meant: Iterable[str]) -> Parser:
    as_written = argparse.RawDescriptionHelpFormatter
    parser = Parser(prog="inspector", description=DESCRIPTION, epilog=EXAMPLES, formatter_class=as_written)
    parser.add_argument("--version", action="version", version=f"Webhook Inspector {__version__}")
    parser.set_defaults(chosen=None)
    declare_common(parser, top=True)
    _declare_window(parser)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    for name in meant:
        command = COMMANDS[name]()
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
    from inspector.app import SETTLE_S, AppOptions
    from inspector.ui.window_main import run_window

    said = AppOptions(host=options.host, port=options.port, started=writer, settle_s=SETTLE_S)
    return run_window(folder, said, in_tray=options.in_tray)
