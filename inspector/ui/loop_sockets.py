"""Tells Qt's event loop which sockets asyncio waits for, in two ways: one notifier for all of them, or one for each.

Both classes are ordinary `selectors` selectors to asyncio, but their `select()` never waits: Qt does the waiting.
When Qt sees something ready it calls `serve`, the loop's own function, which selects and runs what is due and returns
True. If the loop cannot serve just now (a callback of its own is still on the stack, it is behind, or it is stopped)
`serve` returns False and the notifier is muted until the next `select()`; without that Qt, which reports a ready
descriptor for as long as it is ready, would spin.
"""

from __future__ import annotations

import selectors
import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSocketNotifier

Serve = Callable[[], bool]
Ready = list[tuple[selectors.SelectorKey, int]]

_KINDS = (
    (selectors.EVENT_READ, QSocketNotifier.Type.Read),
    (selectors.EVENT_WRITE, QSocketNotifier.Type.Write),
)


class NotifierSelector(selectors._BaseSelectorImpl):
    """A QSocketNotifier for each direction of each socket: works wherever Qt does."""

    _fd_to_key: dict[int, selectors.SelectorKey]  # the base class's own

    def __init__(self, serve: Serve) -> None:
        super().__init__()
        self._serve = serve
        self._notifiers: dict[tuple[int, int], QSocketNotifier] = {}
        self._reported: dict[int, int] = {}
        self._muted: list[tuple[int, int]] = []

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Start watching a socket."""
        key = super().register(fileobj, events, data)
        self._watch(key.fd, events)
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """Stop watching a socket."""
        key = super().unregister(fileobj)
        self._watch(key.fd, 0)
        self._reported.pop(key.fd, None)
        return key

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """Watch other directions of a socket; a direction that stays keeps its notifier."""
        key = self.get_key(fileobj)._replace(events=events, data=data)
        self._fd_to_key[key.fd] = key
        self._watch(key.fd, events)
        return key

    def select(self, timeout: float | None = None) -> Ready:
        """Return what was reported since the last call; `timeout` is ignored."""
        if self._muted:
            for where in self._muted:
                if where in self._notifiers:
                    self._notifiers[where].setEnabled(True)
            self._muted.clear()
        if not self._reported:
            return []
        reported, self._reported = self._reported, {}
        keys = self.get_map()
        return [(keys[fd], events & keys[fd].events) for fd, events in reported.items()]

    def close(self) -> None:
        """Drop all notifiers."""
        for fd, _ in list(self._notifiers):
            self._watch(fd, 0)
        super().close()

    def _watch(self, fd: int, events: int) -> None:
        for event, kind in _KINDS:
            notifier = self._notifiers.get((fd, event))
            if events & event and notifier is None:
                self._notifiers[fd, event] = self._notifier(fd, event, kind)
            elif notifier is not None and not events & event:
                notifier.setEnabled(False)
                notifier.activated.disconnect()
                del self._notifiers[fd, event]

    def _notifier(self, fd: int, event: int, kind: QSocketNotifier.Type) -> QSocketNotifier:
        notifier = QSocketNotifier(fd, kind)
        # A function without parameters spares Qt making Python objects of the signal's arguments.
        notifier.activated.connect(lambda: self._on_activated(fd, event))
        return notifier

    def _on_activated(self, fd: int, event: int) -> None:
        before = self._reported.get(fd, 0)
        self._reported[fd] = before | event
        if not self._serve():
            self._reported[fd] = before
            self._notifiers[fd, event].setEnabled(False)
            self._muted.append((fd, event))


if sys.platform == "linux":

    class EpollSelector(selectors.EpollSelector):
        """asyncio's own epoll selector, and one QSocketNotifier on the epoll descriptor itself.

        An epoll descriptor is readable while any socket in it is ready, so Qt need not know the sockets one by one: a
        new connection costs a system call instead of a new Qt object, and one wake-up fetches all that is ready.
        """

        def __init__(self, serve: Serve) -> None:
            super().__init__()
            self._serve = serve
            self._muted = False
            self._notifier = QSocketNotifier(self.fileno(), QSocketNotifier.Type.Read)
            self._notifier.activated.connect(self._on_activated)

        def select(self, timeout: float | None = None) -> Ready:
            """Return what is ready now; `timeout` is ignored."""
            if self._muted:
                self._muted = False
                self._notifier.setEnabled(True)
            return super().select(0)

        def close(self) -> None:
            """Take the notifier away before its descriptor goes."""
            self._notifier.setEnabled(False)
            self._notifier.activated.disconnect()
            super().close()

        def _on_activated(self) -> None:
            if not self._serve():
                self._notifier.setEnabled(False)
                self._muted = True

    def best_selector(serve: Serve) -> selectors.BaseSelector:
        """Return the fastest selector of this platform."""
        return EpollSelector(serve)

else:

    def best_selector(serve: Serve) -> selectors.BaseSelector:
        """Return the fastest selector of this platform."""
        return NotifierSelector(serve)
