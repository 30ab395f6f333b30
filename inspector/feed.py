"""Who wants to know: a list of callbacks for one kind of news."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Feed(Generic[T]):
    """News of one kind, told to every subscriber at once in the order they came.

    Everything happens on the thread that publishes. A subscriber that fails is logged; the others still hear.
    """

    def __init__(self) -> None:
        self._subscribers: list[Callable[[T], None]] = []

    def subscribe(self, callback: Callable[[T], None]) -> Callable[[], None]:
        """Call `callback` with every piece of news from now on; the returned function ends that (once is enough)."""
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return unsubscribe

    @property
    def heard(self) -> bool:
        """Whether anybody listens."""
        return bool(self._subscribers)

    def publish(self, news: T) -> None:
        """Tell every subscriber."""
        for callback in tuple(self._subscribers):
            try:
                callback(news)
            except Exception:
                _log.exception("A subscriber failed")
