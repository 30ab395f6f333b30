"""The reader of the command line: says what is wrong with it in a sentence, and where help is."""

from __future__ import annotations

import argparse
import re
from typing import NoReturn

from inspector.commands.command import UNUSABLE, print_error

_NUMBERS = {"int": "a whole number", "float": "a number"}


class Parser(argparse.ArgumentParser):
    """Tells an error in one line, without listing all that could have been typed."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end with the exit code for what cannot be used."""
        print_error(f"{self.prog}: {sentence(message)} `{self.prog} --help` tells more.")
        raise SystemExit(UNUSABLE)


def sentence(message: str) -> str:
    """Return what argparse says as a sentence in the words of this program."""
    for pattern, words in _SENTENCES:
        match = pattern.fullmatch(message)
        if match is not None:
            return words(match)
    return f"{message[:1].upper()}{message[1:].rstrip('.')}."


def _name(text: str) -> str:
    """Return an option by its name alone: `--retry` for `-r/--retry`."""
    return text.rpartition("/")[2]


def _no_command(match: re.Match[str]) -> str:
    return f"There is no command {match[1]!r}. Choose one of {_choices(match[2])}."


def _no_choice(match: re.Match[str]) -> str:
    return f"{_name(match[1])} cannot be {match[2]!r}. Choose one of {_choices(match[3])}."


def _choices(text: str) -> str:
    return ", ".join(word.strip(" '") for word in text.split(","))


def _no_value(match: re.Match[str]) -> str:
    name, kind, value = _name(match[1]), match[2], match[3]
    if kind in _NUMBERS:
        return f"{name} takes {_NUMBERS[kind]}, not {value!r}."
    return f"{name} cannot be {value!r}."


def _unknown(match: re.Match[str]) -> str:
    words = match[1].split(" ")
    return f"{words[0]} is not known here." if words[0].startswith("-") else f"{match[1]!r} is one word too many."


_SENTENCES = (
    (re.compile(r"argument COMMAND: invalid choice: '(.*)' \(choose from (.*)\)", re.DOTALL), _no_command),
    (re.compile(r"argument (.+?): invalid choice: '(.*)' \(choose from (.*)\)", re.DOTALL), _no_choice),
    (re.compile(r"argument (.+?): invalid (\w+) value: '(.*)'", re.DOTALL), _no_value),
    (re.compile(r"argument (.+?): expected (?:at least )?one argument"), lambda m: f"{_name(m[1])} needs a value."),
    (
        re.compile(r"argument (.+?): not allowed with argument (.+)"),
        lambda m: f"{_name(m[2])} and {_name(m[1])} cannot be used together.",
    ),
    (re.compile(r"argument (.+?): (.+)", re.DOTALL), lambda m: f"{_name(m[1])}: {m[2].rstrip('.')}."),
    (re.compile(r"the following arguments are required: (.+)"), lambda m: f"{m[1]} is missing."),
    (re.compile(r"unrecognized arguments: (.+)", re.DOTALL), _unknown),
)
"""What argparse says, and how it is said here."""
