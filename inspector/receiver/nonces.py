"""Paths that only this process can answer: how a round trip through a public address proves that it leads here."""

from __future__ import annotations

import secrets
from collections import OrderedDict

from inspector.receiver.addressing import PREFIX

START = f"{PREFIX}~"
"""No endpoint's token may hold a tilde, and proxies that forward only /in/ let it through."""

MOST = 64
"""So many are remembered; older ones were never asked for."""


class Nonces:
    """Makes paths with the answers they have, each for one request."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, str] = OrderedDict()

    def make(self) -> tuple[str, str]:
        """Return a path that was never used before, and the text of its answer."""
        path, answer = START + secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self._answers[path] = answer
        while len(self._answers) > MOST:
            self._answers.popitem(last=False)
        return path, answer

    def answer(self, target: str) -> str | None:
        """Return the answer to a request target, once; None where it is no path of ours."""
        if START not in target:
            return None
        place = target.index(START)
        return self._answers.pop(target[place:].partition("?")[0], None)
