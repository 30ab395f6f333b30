"""Starting at login: what each system is told, that switching off leaves nothing, and a window that begins hidden."""

from __future__ import annotations

import plistlib
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from inspector import cli
from inspector.domain.errors import UsageError
from inspector.paths import default_data_dir
from inspector.ui.login_start import (
    APPROVED_KEY,
    IN_TRAY,
    RUN_KEY,
    DesktopEntry,
    LaunchAgent,
    LoginStart,
    RunEntry,
    exec_text,
    login_start,
    program_words,
)
from inspector.ui.tray import Tray
from tests.ui.desk import Desk

WORDS = ("/opt/app/webhook-inspector", IN_TRAY)


class FakeRegistry:
    """The registry of Windows as a dictionary."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], object] = {}

    def read(self, key: str, name: str) -> object:
        return self.values.get((key, name))

    def write(self, key: str, name: str, text: str) -> None:
        self.values[key, name] = text

    def delete(self, key: str, name: str) -> None:
        self.values.pop((key, name), None)


REGISTRY = FakeRegistry()
KINDS: dict[str, Callable[[Path, tuple[str, ...]], LoginStart]] = {
    "desktop": lambda folder, words: DesktopEntry(folder / "deep" / "autostart" / "a.desktop", words),
    "agent": lambda folder, words: LaunchAgent(folder / "deep" / "LaunchAgents" / "a.plist", words),
    "registry": lambda _folder, words: RunEntry(REGISTRY, "a", words),
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_is_written_seen_and_taken_away_whole(kind: str, tmp_path: Path) -> None:
    REGISTRY.values.clear()
    entry = KINDS[kind](tmp_path, WORDS)
    assert not entry.is_on()
    entry.turn_off()  # nothing is there, and nothing is wrong
    entry.turn_on()
    assert entry.is_on()
    assert not KINDS[kind](tmp_path, ("/elsewhere/webhook-inspector", IN_TRAY)).is_on()  # the program was moved
    entry.turn_off()
    assert not entry.is_on()
    assert not REGISTRY.values
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


def test_a_desktop_entry_is_one_the_desktop_starts(tmp_path: Path) -> None:
    file = tmp_path / "a.desktop"
    DesktopEntry(file, ("/usr/bin/python3", "/home/me/my tools/main.py", IN_TRAY)).turn_on()
    assert file.read_text("utf-8").splitlines() == [
        "[Desktop Entry]",
        "Type=Application",
        "Name=Webhook Inspector",
        'Exec=/usr/bin/python3 "/home/me/my tools/main.py" --in-tray',
        "Icon=webhook-inspector",
        "Terminal=false",
    ]


@pytest.mark.parametrize(
    ("word", "text"),
    [("plain", "plain"), ("a b", '"a b"'), ("50%", "50%%"), ("a$b", r'"a\\$b"'), ('a"b', r'"a\\"b"'), ("", '""'),
     ("a\\b", r'"a\\\\b"')],
)  # fmt: skip
def test_a_path_is_quoted_as_the_specification_of_desktop_entries_says(word: str, text: str) -> None:
    assert exec_text((word,)) == text


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_what_the_desktop_switched_off_is_off(tmp_path: Path, line: str) -> None:
    file = tmp_path / "a.desktop"
    entry = DesktopEntry(file, WORDS)
    entry.turn_on()
    file.write_text(f"{file.read_text('utf-8')}{line}\n", "utf-8")
    assert not entry.is_on()
    entry.turn_on()
    assert entry.is_on()


def test_an_agent_starts_the_program_once_in_a_session_with_windows(tmp_path: Path) -> None:
    file = tmp_path / "webhook-inspector.plist"
    agent = LaunchAgent(file, WORDS)
    agent.turn_on()
    told = plistlib.loads(file.read_bytes())
    assert told["ProgramArguments"] == list(WORDS)
    assert (told["Label"], told["RunAtLoad"], told["LimitLoadToSessionType"]) == ("webhook-inspector", True, "Aqua")
    file.write_bytes(b"no list")
    assert not agent.is_on()


def test_windows_is_told_in_its_own_quotes_and_its_task_manager_is_heard() -> None:
    registry = FakeRegistry()
    entry = RunEntry(registry, "inspector", (r"C:\Program Files\Inspector\inspector.exe", IN_TRAY))
    entry.turn_on()
    assert registry.values[RUN_KEY, "inspector"] == r'"C:\Program Files\Inspector\inspector.exe" --in-tray'
    registry.values[APPROVED_KEY, "inspector"] = b"\x03" + bytes(11)
    assert not entry.is_on()
    entry.turn_on()
    assert entry.is_on()


def test_windows_leaves_long_commands_out_so_they_are_refused() -> None:
    registry = FakeRegistry()
    with pytest.raises(UsageError, match="260"):
        RunEntry(registry, "inspector", ("C:\\" + "a" * 260, IN_TRAY)).turn_on()
    assert not registry.values


def test_the_source_tree_starts_by_its_main_file() -> None:
    words = program_words()
    assert words is not None
    assert Path(words[0]).name.startswith("python")
    assert Path(words[1]).name == "main.py"
    assert Path(words[1]).is_file()


def test_a_packaged_program_starts_itself_where_it_will_still_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    for name in ("inspector.exe", "inspector-cli.exe"):
        (tmp_path / name).touch()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "inspector-cli.exe"))
    assert program_words() == (str(tmp_path / "inspector.exe"),)  # the one without a console
    monkeypatch.setenv("APPIMAGE", "/home/me/Inspector.AppImage")
    assert program_words() == ("/home/me/Inspector.AppImage",)
    monkeypatch.delenv("APPIMAGE")
    monkeypatch.setattr(sys, "executable", "/private/var/AppTranslocation/1/d/Inspector.app/Contents/MacOS/inspector")
    assert program_words() is None
    assert login_start(tmp_path) is None


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the desktops of Linux and BSD")
def test_every_data_folder_has_an_entry_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    other = tmp_path / "other data"
    usual, own = login_start(default_data_dir()), login_start(other)
    assert usual is not None
    assert own is not None
    usual.turn_on()
    assert not own.is_on()
    own.turn_on()
    files = sorted((tmp_path / "config" / "autostart").iterdir())
    assert [file.name.startswith("webhook-inspector") for file in files] == [True, True]
    assert any(f'--data-dir "{other}" {IN_TRAY}' in file.read_text("utf-8") for file in files)


def test_the_command_line_knows_what_the_entry_says() -> None:
    assert cli._options([IN_TRAY]).in_tray
    assert not cli._options([]).in_tray
    assert list(cli._meant([IN_TRAY])) == []  # no command is loaded for it


@pytest.mark.asyncio
async def test_a_window_begins_in_the_tray_only_where_closing_goes_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([False, True, True])
    monkeypatch.setattr(Tray, "is_there", staticmethod(lambda: next(looks, True)))
    monkeypatch.setattr("inspector.ui.control.tray_control.LOOK_S", 0.0)
    assert not await desk.window.tray.begins()  # closing asks
    desk.app.settings.change(close_to_tray="yes")
    assert await desk.window.tray.begins()  # the tray came a little later
    assert desk.window.tray.tray is not None


@pytest.mark.asyncio
async def test_without_a_tray_the_window_is_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tray, "is_there", staticmethod(lambda: False))
    monkeypatch.setattr("inspector.ui.control.tray_control.LOOK_S", 0.0)
    desk.app.settings.change(close_to_tray="yes")
    assert not await desk.window.tray.begins()
