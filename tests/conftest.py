"""What every test stands on: no keyring, no display, no leftovers."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# The same examples every time: a run is red because of what was changed, not of luck. `--hypothesis-profile=wide`
# looks further.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("wide", max_examples=1000, deadline=None)
settings.load_profile("steady")


def pytest_configure() -> None:
    """Keep tests away from the user's keyring, data folder and screen."""
    os.environ["INSPECTOR_SECRETS"] = "file"
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the platform's data folders at a fresh place, in case something forgets to take a folder."""
    home = tmp_path_factory.mktemp("home", numbered=True)
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
