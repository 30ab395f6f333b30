"""What every test stands on: no keyring, no display, no leftovers."""

from __future__ import annotations

import functools
import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from inspector.providers import catalogue
from inspector.resources import resource_path

MEMORY = Path("/dev/shm")
ENOUGH_BYTES = 2 * 1024**3

# The same examples every time: a run is red because of what was changed, not of luck. `--hypothesis-profile=wide`
# looks further.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("wide", max_examples=1000, deadline=None)
settings.load_profile("steady")


def pytest_configure() -> None:
    """Keep tests away from the user's keyring, data folder and screen, and from work that is the same for all."""
    os.environ["INSPECTOR_SECRETS"] = "file"
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if can_hold_stores(MEMORY):
        tempfile.tempdir = str(MEMORY)
    read_bundled_providers_once()


def can_hold_stores(folder: Path) -> bool:
    """Tell whether tests can work in this folder of Linux, which is memory.

    Every commit waits for the disk, so that half of a test's time would be waiting. What a test can see is the same:
    a killed process loses nothing that it has written, on a disk or in memory.
    """
    if os.name != "posix" or not os.access(folder, os.W_OK):
        return False
    about = os.statvfs(folder)
    return about.f_bavail * about.f_frsize >= ENOUGH_BYTES and not about.f_flag & getattr(os, "ST_NOEXEC", 0)


def read_bundled_providers_once() -> None:
    """Read and understand each bundled provider once for all catalogues; what tests write is read each time."""
    bundled, read = resource_path("providers"), catalogue._read
    read_once = functools.cache(read)
    catalogue._read = lambda path, own: read_once(path, own) if path.parent == bundled else read(path, own)
    catalogue._profile_of = functools.cache(catalogue._profile_of)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give places for homes, one after the other; nothing is made there before a test makes it."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def own_home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the platform's data folders at a fresh place, in case something forgets to take a folder."""
    home = next(homes)
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
