"""How to make others trust the authority: the table and how it is filled."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from inspector.receiver.trust import TRUST, distribution, usual_here

FILE = Path("/home/a user/it's/authority.pem")


@pytest.mark.parametrize("way", TRUST, ids=lambda way: way.key)
def test_every_way_has_words_and_fills_its_blanks(way) -> None:  # type: ignore[no-untyped-def]
    commands = way.commands_for(FILE, 8443, "linux")
    assert way.words.endswith(".")
    assert "{" not in commands.replace("{port}", "").replace("{file}", "") or commands == way.commands
    assert "{file}" not in commands
    assert "{port}" not in commands


def test_every_key_is_there_once() -> None:
    assert len({way.key for way in TRUST}) == len(TRUST)


def test_a_path_with_spaces_and_quotes_survives_the_shell() -> None:
    curl = next(way for way in TRUST if way.key == "curl")
    assert str(FILE) in shlex.split(curl.commands_for(FILE, 8443, "linux"))


def test_windows_gets_its_own_quotes_and_commands() -> None:
    certutil = next(way for way in TRUST if way.key == "windows")
    assert certutil.commands_for(FILE, 8443, "win32").endswith(f'"{FILE}"')
    node = next(way for way in TRUST if way.key == "node")
    file = Path(r"C:\Data\authority.pem")
    assert node.commands_for(file, 8443, "win32") == f"set NODE_EXTRA_CA_CERTS={file}"


@pytest.mark.parametrize(
    ("system", "release", "key"),
    [
        ("win32", "", "windows"),
        ("darwin", "", "macos"),
        ("linux", "ubuntu debian", "debian"),
        ("linux", "rocky rhel centos fedora", "fedora"),
        ("linux", "opensuse-leap suse opensuse", "suse"),
        ("linux", "manjaro arch", "arch"),
        ("linux", "alpine", "alpine"),
        ("linux", "", "debian"),
    ],
)
def test_the_way_of_this_system_is_shown_first(system: str, release: str, key: str) -> None:
    assert usual_here(system, release) == key
    assert key in {way.key for way in TRUST}


def test_the_distribution_is_read_as_systemd_writes_it(tmp_path: Path) -> None:
    release = tmp_path / "os-release"
    release.write_text('NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"\n')
    assert distribution(release) == "rocky rhel centos fedora"
    assert distribution(tmp_path / "missing") == ""
