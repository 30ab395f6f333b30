"""Where the program keeps a user's data when the user does not say."""

from __future__ import annotations

from pathlib import Path

import platformdirs

APP_NAME = "webhook-inspector"


def default_data_dir() -> Path:
    """Return the folder for events, settings and logs: the platform's own place for an application's data."""
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))
