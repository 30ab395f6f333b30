"""Any program of the user's that opens a tunnel and prints its address."""

from __future__ import annotations

import os
import re
import shlex

from inspector.settings import Settings
from inspector.tunnels.addresses import by_pattern, first_https
from inspector.tunnels.helper import Reads, no_program, run_helper
from inspector.tunnels.kind import Kind, Reporter, Setup
from inspector.tunnels.program import find_program
from inspector.tunnels.state import TunnelError

PORT = "{port}"


async def run(setup: Setup, tell: Reporter) -> None:
    """Start the command with the receiver's port in it."""
    try:
        argv = arguments(setup.settings.tunnel_command, setup.port)
        reads = reader(setup.settings.tunnel_pattern)
    except ValueError as error:
        raise TunnelError("The tunnel command cannot be used.", str(error), "Change it.", lasting=True) from None
    program = find_program(argv[:1])
    if not program:
        raise no_program(argv[0], argv[:1], "or give its whole path")
    await run_helper(os.path.basename(argv[0]), [program, *argv[1:]], tell, reads)


def arguments(command: str, port: int) -> list[str]:
    """Return the words of a command with the port filled in. Raises ValueError, as a sentence, for an unusable one.

    No shell reads it: quotes group words, and everything else means itself.
    """
    try:
        words = shlex.split(command, posix=os.name != "nt")
    except ValueError as error:
        raise ValueError(f"{str(error).rstrip('.')}.") from None
    if os.name == "nt":
        words = [word[1:-1] if len(word) > 1 and word[0] == word[-1] == '"' else word for word in words]
    if not words:
        raise ValueError("It is empty.")
    if not any(PORT in word for word in words):
        raise ValueError(f"It does not say where the port goes: write {PORT} there.")
    return [word.replace(PORT, str(port)) for word in words]


def reader(pattern: str) -> Reads:
    """Return what finds the address in a line. Raises ValueError, as a sentence, for a pattern that is none.

    Without a pattern only the first https address counts: later ones are likely links or requests.
    """
    if pattern:
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            raise ValueError(f"The address pattern is not a regular expression: {error}.") from None
        return lambda line: by_pattern(compiled, line)
    first = ""

    def reads(line: str) -> str:
        nonlocal first
        first = first or first_https(line)
        return first

    return reads


def _who(settings: Settings) -> str:
    try:
        name = os.path.basename(arguments(settings.tunnel_command, 0)[0])
    except ValueError:
        return "the service of your command"
    return f"the service that {name} uses"


def _missing(settings: Settings) -> str:
    try:
        arguments(settings.tunnel_command, 1)
        reader(settings.tunnel_pattern)
    except ValueError as error:
        return f"Own command: {error}"
    return ""


KIND = Kind(
    key="command",
    title="Own command",
    run=run,
    who=_who,
    consent="Requests to the public address pass through {who}, which may be able to read them.",
    missing=_missing,
)
