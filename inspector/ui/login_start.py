"""Starts the program when the user signs in: one entry where the system looks for such, and none once it is off."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from inspector.domain.errors import UsageError
from inspector.paths import APP_NAME, default_data_dir

TITLE = "Webhook Inspector"
IN_TRAY = "--in-tray"
"""What the entry adds to the command line: the window stays in the tray where closing it goes there."""

RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED_KEY = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
MOST_RUN_CHARS = 260
"""Windows leaves longer commands out: https://learn.microsoft.com/windows/win32/setupapi/run-and-runonce-registry-keys"""

# https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html
_RESERVED = re.compile(r"[\s\"'\\><~|&;$*?#()`]")
_OFF_LINES = frozenset({"Hidden=true", "X-GNOME-Autostart-enabled=false"})


class LoginStart(ABC):
    """The entry of one data folder. Reading and writing are quick; all three raise OSError."""

    @abstractmethod
    def is_on(self) -> bool:
        """Whether the next sign-in starts this program, from where it lies now."""

    @abstractmethod
    def turn_on(self) -> None:
        """Write the entry, over one that is out of date. Raises UsageError where the system would not take it."""

    @abstractmethod
    def turn_off(self) -> None:
        """Take the entry away; fine where there is none."""


class DesktopEntry(LoginStart):
    """A .desktop file in the autostart folder of the desktops of Linux and BSD (XDG autostart)."""

    def __init__(self, file: Path, words: Sequence[str]) -> None:
        self._file = file
        self._exec = f"Exec={exec_text(words)}"

    def is_on(self) -> bool:
        try:
            lines = [line.strip() for line in self._file.read_text("utf-8", "replace").splitlines()]
        except FileNotFoundError:
            return False
        return self._exec in lines and _OFF_LINES.isdisjoint(lines)

    def turn_on(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        lines = ("[Desktop Entry]", "Type=Application", f"Name={TITLE}", self._exec, f"Icon={APP_NAME}")
        self._file.write_text("\n".join((*lines, "Terminal=false", "")), "utf-8")

    def turn_off(self) -> None:
        self._file.unlink(missing_ok=True)


class LaunchAgent(LoginStart):
    """A property list in ~/Library/LaunchAgents, which macOS reads at sign-in (man launchd.plist)."""

    def __init__(self, file: Path, words: Sequence[str]) -> None:
        self._file = file
        self._entry = {
            "Label": file.stem,
            "ProgramArguments": list(words),
            "RunAtLoad": True,
            "ProcessType": "Interactive",
            "LimitLoadToSessionType": "Aqua",
        }

    def is_on(self) -> bool:
        import plistlib

        try:
            found = plistlib.loads(self._file.read_bytes())
        except FileNotFoundError:
            return False
        except ValueError:  # somebody else's writing, which turn_on writes over
            return False
        return isinstance(found, dict) and {**found, **self._entry} == found and not found.get("Disabled")

    def turn_on(self) -> None:
        import plistlib

        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_bytes(plistlib.dumps(self._entry))

    def turn_off(self) -> None:
        self._file.unlink(missing_ok=True)


class Registry(Protocol):
    """The values under one user's keys of the registry of Windows."""

    def read(self, key: str, name: str) -> object:
        """Return a value, None where there is none."""

    def write(self, key: str, name: str, text: str) -> None:
        """Write a text."""

    def delete(self, key: str, name: str) -> None:
        """Delete a value; fine where there is none."""


class RunEntry(LoginStart):
    """A value of the Run key of Windows; what the Task Manager switched off counts as off."""

    def __init__(self, registry: Registry, name: str, words: Sequence[str]) -> None:
        self._registry = registry
        self._name = name
        self._command = subprocess.list2cmdline(words)

    def is_on(self) -> bool:
        approved = self._registry.read(APPROVED_KEY, self._name)
        switched_off = isinstance(approved, bytes) and bool(approved) and bool(approved[0] & 1)
        return self._registry.read(RUN_KEY, self._name) == self._command and not switched_off

    def turn_on(self) -> None:
        if len(self._command) > MOST_RUN_CHARS:
            what = f"Windows takes {MOST_RUN_CHARS} characters, and the program's path needs {len(self._command)}."
            raise UsageError("The start at login was not set up.", what, "Move the program to a shorter path.")
        self._registry.delete(APPROVED_KEY, self._name)
        self._registry.write(RUN_KEY, self._name, self._command)

    def turn_off(self) -> None:
        for key in (RUN_KEY, APPROVED_KEY):
            self._registry.delete(key, self._name)


def exec_text(words: Sequence[str]) -> str:
    """Return a command as the Exec line of a desktop entry, with quotes where the specification wants them."""
    quoted = (
        '"' + re.sub(r'(["`$\\])', r"\\\1", word) + '"' if not word or _RESERVED.search(word) else word
        for word in words
    )
    return " ".join(quoted).replace("%", "%%").replace("\\", "\\\\")


def program_words() -> tuple[str, ...] | None:
    """Return the command that starts this program again, None where none will do so after the next sign-in."""
    if getattr(sys, "frozen", False):
        # An AppImage runs from a mount that is gone by then; the variable names the file itself.
        program = Path(os.environ.get("APPIMAGE") or sys.executable)
        if "AppTranslocation" in program.parts:  # macOS runs a downloaded app from a random place until it is moved
            return None
        windowed = program.with_name(program.name.replace("-cli.exe", ".exe"))
        return (str(windowed if windowed.is_file() else program),)
    python = Path(sys.executable)
    silent = python.with_name("pythonw.exe")
    interpreter = str(silent if silent.is_file() else python)
    main = Path(__file__).resolve().parents[2] / "main.py"
    if main.is_file():
        return (interpreter, str(main))
    # As installed: the script beside the interpreter.
    script = next(
        (file for file in (python.with_name("inspector"), python.with_name("inspector.exe")) if file.is_file()), None
    )
    return (str(script),) if script is not None else None


def login_start(folder: Path) -> LoginStart | None:
    """Return what starts the program on a data folder at login, None where that cannot work."""
    words = program_words()
    if words is None:
        return None
    name = APP_NAME
    if folder != default_data_dir():
        # Each data folder has an entry of its own.
        words = (*words, "--data-dir", str(folder))
        name += f"-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:8]}"
    words = (*words, IN_TRAY)
    if sys.platform == "win32":
        from inspector.ui.windows_registry import UserRegistry

        return RunEntry(UserRegistry(), name, words)
    if sys.platform == "darwin":
        return LaunchAgent(Path.home() / "Library" / "LaunchAgents" / f"{name}.plist", words)
    configuration = os.environ.get("XDG_CONFIG_HOME") or ""
    base = Path(configuration) if os.path.isabs(configuration) else Path.home() / ".config"
    return DesktopEntry(base / "autostart" / f"{name}.desktop", words)
