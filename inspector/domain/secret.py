"""A secret in memory, which never shows itself in a log or a traceback."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Secret:
    """A signing secret with its name; `ending` tells one from another on screen without giving it away.

    `key` is that of its reference (SecretRef), "" for one that is kept nowhere.
    """

    value: str = field(repr=False)
    name: str = ""
    ending: str = ""
    key: str = field(default="", compare=False)
