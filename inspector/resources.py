"""Where the files that are not code lie: the same lookup from source and in the packaged app."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "resources"
"""The resources folder; the packaged app keeps it beside the `inspector` package, so this path holds there too."""


def resource_path(*parts: str) -> Path:
    """Return the path of a resource, for example `resource_path("icons", "copy.svg")`."""
    return ROOT.joinpath(*parts)
