"""What a command of the command line is, and what all of them have in common."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.commands.streams import takes_unicode
from inspector.domain.errors import InspectorError, UsageError
from inspector.paths import default_data_dir

_ANOTHER = "Choose a folder you may write to."

OK, NOT_OK, UNUSABLE = 0, 1, 2
"""Exit codes: done and well; done, but the outcome is not what one hopes for; not done."""


@dataclass(frozen=True, slots=True)
class Command:
    """One word after `inspector`. `declare` adds its arguments, `run` does it and returns the exit code."""

    name: str
    help: str
    description: str
    examples: str
    declare: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def declare_common(parser: argparse.ArgumentParser, *, top: bool = False) -> None:
    """Add the arguments every command takes.

    Below the top they have no default, so that one given before the command's name stays.
    """
    nothing = None if top else argparse.SUPPRESS
    group = parser.add_argument_group("everywhere")
    group.add_argument("--data-dir", metavar="DIR", type=Path, default=nothing, help="where events and settings lie")
    group.add_argument("--port", metavar="N", type=int, default=nothing, help="the receiver's port (8787)")
    group.add_argument("--host", metavar="HOST", default=nothing, help="the address to listen on (127.0.0.1)")


def data_dir(options: argparse.Namespace) -> Path:
    """Return the data folder that is meant. Raises UsageError where it cannot be one."""
    chosen: Path | None = options.data_dir
    folder = chosen.expanduser().absolute() if chosen else default_data_dir()
    try:
        is_other = folder.exists() and not folder.is_dir()
    except OSError as error:
        raise UsageError("The data folder cannot be used.", f"{folder}: {error.strerror}.", _ANOTHER) from error
    if is_other:
        raise UsageError("The data folder cannot be used.", f"{folder} is a file.", _ANOTHER)
    return folder


def make_data_dir(folder: Path) -> None:
    """Make the data folder where there is none. Raises UsageError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError("The data folder cannot be made.", f"{folder}: {error.strerror}.", _ANOTHER) from error


def declare_secret(parser: argparse.ArgumentParser) -> None:
    """Add the two ways to hand a secret in."""
    parser.add_argument(
        "--secret", metavar="TEXT", action="append", default=[], help="a signing secret; may be repeated"
    )
    parser.add_argument(
        "--secret-env", metavar="NAME", action="append", default=[], help="the variable that holds a signing secret"
    )


def secrets_of(options: argparse.Namespace) -> list[str]:
    """Return the secrets that were handed in. Raises UsageError, naming the variable, where one is not set."""
    found: list[str] = list(options.secret)
    for name in options.secret_env:
        value = os.environ.get(name)
        if not value:
            raise UsageError(f"The variable {name} holds no secret.", "", f"Set {name}, or use --secret.")
        found.append(value)
    return found


def print_json(value: Any) -> None:
    """Print a value as one line of JSON, at once."""
    text = json.dumps(value, ensure_ascii=not takes_unicode(), default=str)
    print(text.encode("utf-8", "replace").decode(), flush=True)


def in_words(error: InspectorError) -> str:
    """Return what happened, why and what to do as sentences on one line; titles of the window get their full stop."""
    parts = [part for part in (error.what, error.why, error.todo) if part]
    return " ".join(part if part.endswith((".", "?", "`")) else f"{part}." for part in parts)


def print_error(text: str) -> None:
    """Print a line to standard error."""
    print(text, file=sys.stderr, flush=True)
