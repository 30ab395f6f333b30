"""Runs asyncio inside Qt's event loop at asyncio's own speed: the one loop in which the receiver and the window live.

Why not qasync as it comes
    Stock qasync 0.28 makes a Qt timer for every callback. Each costs a Python call, a timer object, a virtual call back
    through Shiboken and three hand-overs of the interpreter lock: twice the price of a callback in asyncio. Cancelled
    timers stay in Qt until they expire (an hour for a keep-alive), timers are coarse (5 %: `sleep(4)` may wake 200 ms
    early), callbacks have no promised order, asynchronous generators are never closed, and an error that must end the
    program (SystemExit, KeyboardInterrupt) is printed and dropped.

How this one works
    It is qasync's loop with asyncio's own queues put back: a deque of ready handles and a heap of timers. Qt is told
    four things only, and each of them calls `_drain`:

        sockets     a selector whose notifiers are Qt's (see loop_sockets)
        wake        a single-shot timer of 0 ms: there are ready handles
        alarm       one precise timer, set for the earliest deadline, rounded up to the next millisecond
        nudge       a queued signal: another thread has added a handle

    A drain runs iterations as asyncio defines them: look at the sockets, move the timers that are due to the ready
    queue, run what is ready at that moment. What these callbacks schedule runs in the next iteration. It ends when
    nothing is left, and after BUDGET_S at the latest: then the wake timer is set and Qt gets its turn to paint and to
    read the mouse, and the drain goes on where it stopped.

What always holds
    - Handles run in the order in which they became ready; timers in the order of their deadlines, equal ones in the
      order in which they were set. No timer runs before its deadline by `time()`.
    - Callbacks never nest. A Qt loop started inside a coroutine (`dialog.exec()`) gets Qt's events only, and ours
      continue when it returns. One started in a plain slot is served as usual.
    - Nothing runs unless `run_forever` is on the stack, whoever else processes Qt's events.
    - While the loop is ASLEEP no handle is ready and the alarm is set for the earliest timer or before it. Whoever adds
      to the queues in that state wakes it; in every other state a drain is certain to come and nobody has to.
      That makes the hot path of `call_soon` one comparison, and Qt is called once for a burst of callbacks.
    - `call_soon_threadsafe` appends first and then looks at the state; the drain falls ASLEEP first and then looks at
      the queue. Whichever comes second sees the other, so no lock is needed and no wake-up is lost.
    - Whatever ends a drain with an exception ends Qt's loop too and is raised from `run_forever`, as in asyncio.

On Windows the sockets stay with qasync: its thread waits for completions and signals each batch to the Qt thread.
"""

from __future__ import annotations

import asyncio
import enum
import heapq
import itertools
import logging
import math
import selectors
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import TYPE_CHECKING, Any, TypeVarTuple, Unpack

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal

from inspector.ui.loop_sockets import best_selector

if TYPE_CHECKING:
    _QasyncLoop = asyncio.SelectorEventLoop

    class _Timer(asyncio.TimerHandle):
        _scheduled: bool
else:
    _Timer = asyncio.TimerHandle
    # PySide6 is imported by now, so qasync takes it and not another Qt binding that may be installed.
    from qasync import QEventLoop as _QasyncLoop

_Args = TypeVarTuple("_Args")

log = logging.getLogger("asyncio")

BUDGET_S = 0.004
"""How long callbacks may run on end before Qt gets a turn: a quarter of a frame at 60 Hz."""

WORKERS = 4
"""Threads of the default executor."""

_LONGEST_ALARM_MS = 24 * 3600 * 1000
_PURGE_ABOVE = 100
_WINDOWS = sys.platform == "win32"

_Native: Any
if sys.platform == "win32":
    _Native = asyncio.ProactorEventLoop
else:
    _Native = asyncio.SelectorEventLoop


class _State(enum.Enum):
    STOPPED = enum.auto()  # run_forever is not on the stack
    ASLEEP = enum.auto()  # nothing is ready, Qt waits for us
    WOKEN = enum.auto()  # a drain will come by the wake timer
    DRAINING = enum.auto()  # callbacks are running now
    BEHIND = enum.auto()  # the budget ran out; the wake timer continues
    LEAVING = enum.auto()  # Qt's loop has been told to end


_ASLEEP = _State.ASLEEP
_NO_DRAIN = (_State.DRAINING, _State.STOPPED, _State.LEAVING)


class _Nudge(QObject):
    """Carries a wake-up from any thread to the thread of the loop.

    Signals:
        given(): there is a handle in the queue.
    """

    given = Signal()


class AppLoop(_QasyncLoop):
    """asyncio's event loop, running inside `app`.

    `make_selector` is for tests that want the selector of another platform; it is not used on Windows.
    """

    if TYPE_CHECKING:  # what asyncio and qasync have inside and typeshed does not tell
        _csock: socket.socket
        _current_handle: asyncio.Handle | None
        _debug: bool
        _ready: deque[asyncio.Handle]
        _selector: selectors.BaseSelector
        _signal_handlers: dict[int, asyncio.Handle]
        _stopping: bool

        def _after_run_forever(self) -> None: ...
        def _before_run_forever(self) -> None: ...
        def _check_callback(self, callback: object, method: str) -> None: ...
        def _check_closed(self) -> None: ...
        def _check_thread(self) -> None: ...
        def _process_events(self, events: list[tuple[selectors.SelectorKey, int]]) -> None: ...

    def __init__(
        self,
        app: QCoreApplication,
        make_selector: Callable[[Callable[[], bool]], selectors.BaseSelector] = best_selector,
    ) -> None:
        self._app = app
        self._state = _State.STOPPED
        self._todo = 0  # handles left of the current iteration
        self._failure: BaseException | None = None
        self._nudged = False
        self._timers: list[tuple[float, int, _Timer]] = []  # a heap; the number keeps equal ones in order
        self._timer_numbers = itertools.count()
        self._cancelled_timers = 0
        self._alarm_at = math.inf
        self._wake_timer = QTimer(singleShot=True, interval=0)
        self._wake_timer.timeout.connect(self._drain)
        self._alarm = QTimer(singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._alarm.timeout.connect(self._on_alarm)
        self._nudge = _Nudge()
        self._nudge.given.connect(self._on_nudge, Qt.ConnectionType.QueuedConnection)
        super().__init__(app)  # type: ignore[arg-type]  # qasync's signature, not asyncio's
        if not _WINDOWS:
            self._use_selector(make_selector(self._on_sockets))
        self.set_default_executor(ThreadPoolExecutor(WORKERS, thread_name_prefix="asyncio"))

    def _use_selector(self, selector: selectors.BaseSelector) -> None:
        former, self._selector = self._selector, selector
        for key in list(former.get_map().values()):
            former.unregister(key.fileobj)
            selector.register(key.fileobj, key.events, key.data)
        former.close()

    if not TYPE_CHECKING:
        # asyncio's own, which qasync replaces by versions on top of its Qt timers.
        run_forever = _Native.run_forever
        run_until_complete = _Native.run_until_complete
        is_running = _Native.is_running
        call_later = _Native.call_later
        run_in_executor = _Native.run_in_executor
        set_default_executor = _Native.set_default_executor
        set_exception_handler = _Native.set_exception_handler
        default_exception_handler = _Native.default_exception_handler
        call_exception_handler = _Native.call_exception_handler
        get_debug = _Native.get_debug
        set_debug = _Native.set_debug
        if not _WINDOWS:
            _add_reader = _Native._add_reader
            _remove_reader = _Native._remove_reader
            _add_writer = _Native._add_writer
            _remove_writer = _Native._remove_writer

    # Scheduling. The closed loop, the wrong thread and the wrong callback are asyncio's checks.

    def call_soon(
        self, callback: Callable[[Unpack[_Args]], object], *args: *_Args, context: Context | None = None
    ) -> asyncio.Handle:
        """Run `callback(*args)` in the next iteration, after all that was scheduled before."""
        self._check_closed()
        if self._debug:
            self._check_thread()
            self._check_callback(callback, "call_soon")
        handle = asyncio.Handle(callback, args, self, context)
        if self._debug:
            _forget_this_frame(handle)
        self._ready.append(handle)
        if self._state is _ASLEEP:
            self._wake()
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[[Unpack[_Args]], object], *args: *_Args, context: Context | None = None
    ) -> asyncio.Handle:
        """Like `call_soon`, from any thread."""
        self._check_closed()
        if self._debug:
            self._check_callback(callback, "call_soon_threadsafe")
        handle = asyncio.Handle(callback, args, self, context)
        if self._debug:
            _forget_this_frame(handle)
        self._ready.append(handle)
        if self._state is _ASLEEP and not self._nudged:
            self._nudged = True
            self._nudge.given.emit()
        return handle

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[_Args]], object],
        *args: *_Args,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Run `callback(*args)` when `time()` has reached `when`."""
        if when is None:
            raise TypeError("when cannot be None")
        self._check_closed()
        if self._debug:
            self._check_thread()
            self._check_callback(callback, "call_at")
        timer = _Timer(when, callback, args, self, context)
        if self._debug:
            _forget_this_frame(timer)
        timer._scheduled = True
        heapq.heappush(self._timers, (when, next(self._timer_numbers), timer))
        if self._state is _ASLEEP:
            self._set_alarm()
        return timer

    def _add_callback(self, handle: asyncio.Handle) -> None:
        """Take a handle whose socket is ready or whose signal has come."""
        if not handle._cancelled:
            self._ready.append(handle)
            if self._state is _ASLEEP:
                self._wake()

    def _timer_handle_cancelled(self, handle: _Timer) -> None:
        if handle._scheduled:
            self._cancelled_timers += 1

    # Running

    def stop(self) -> None:
        """End `run_forever` after the current iteration, or after the next one if none is running."""
        self._stopping = True
        if self._state is _ASLEEP:
            self._wake()

    def _run_once(self) -> None:
        """Hand the thread to Qt until `stop` or `QApplication.quit`; asyncio's `run_forever` calls this in a loop."""
        self._before_run_forever()
        self._catch_signals()
        self._wake()
        try:
            self._app.exec()
        finally:
            self._state = _State.STOPPED
            self._wake_timer.stop()
            self._alarm.stop()
            self._alarm_at = math.inf
            self._stopping = True
            self._release_signals()
            self._after_run_forever()
        if self._failure is not None:
            failure, self._failure = self._failure, None
            try:
                raise failure
            finally:
                del failure

    def close(self) -> None:
        """Drop all that is pending and free sockets, timers and threads; the loop cannot run again."""
        super().close()
        self._timers.clear()
        self._wake_timer.stop()
        self._alarm.stop()

    # Signals

    def remove_signal_handler(self, sig: int) -> bool:
        """Remove a handler that `add_signal_handler` has set; True if there was one. Unix only."""
        removed = super().remove_signal_handler(sig)
        if self._state is not _State.STOPPED:
            self._catch_signals()  # asyncio switches this off with the last handler
        return removed

    def _catch_signals(self) -> None:
        """Let every signal wake the loop.

        Python runs a signal's handler between two of its own instructions, and while Qt sleeps there are none: Ctrl-C
        would wait for the next mouse move. With this the signal's number also arrives in asyncio's self-pipe, a socket
        like others. On Windows asyncio does so itself.
        """
        if not _WINDOWS and threading.current_thread() is threading.main_thread():
            signal.set_wakeup_fd(self._csock.fileno())

    def _release_signals(self) -> None:
        if not _WINDOWS and threading.current_thread() is threading.main_thread() and not self._signal_handlers:
            signal.set_wakeup_fd(-1)

    # Waking up

    def _wake(self) -> None:
        self._state = _State.WOKEN
        self._wake_timer.start()

    def _on_nudge(self) -> None:
        self._nudged = False
        self._drain()

    def _on_alarm(self) -> None:
        self._alarm_at = math.inf
        self._drain()

    def _on_sockets(self) -> bool:
        if self._state is _ASLEEP or self._state is _State.WOKEN:
            self._drain()
            return True
        return False

    def _set_alarm(self) -> None:
        """Set the alarm for the earliest timer, unless it rings before that anyhow."""
        if self._timers and (when := self._timers[0][0]) < self._alarm_at:
            self._alarm_at = when
            delay_ms = max(0.0, when - self.time()) * 1000
            self._alarm.start(math.ceil(min(delay_ms, _LONGEST_ALARM_MS)))

    # Draining

    def _drain(self) -> None:
        """Run iterations until nothing is left to do or the budget is spent."""
        if self._state in _NO_DRAIN:
            return
        self._state = _State.DRAINING
        try:
            finished = self._run_iterations(time.monotonic() + BUDGET_S)
        except BaseException as failure:
            self._failure = failure
            self._leave()
            return
        if self._stopping and not self._todo:
            self._leave()
        elif finished:
            self._set_alarm()
            self._state = _ASLEEP
            if self._ready:  # a thread was faster than the line above
                self._wake()
        else:
            self._state = _State.BEHIND
            self._wake_timer.start()

    def _leave(self) -> None:
        self._state = _State.LEAVING
        self._app.exit()

    def _run_iterations(self, end: float) -> bool:
        """Return whether all is done; False when `end` (monotonic seconds) came first.

        All is done when an iteration that has looked at the sockets finds nothing. To rest without that last look would
        leave muted notifiers muted.
        """
        ready = self._ready
        while True:
            if not self._todo:
                self._begin_iteration()
                if not self._todo:
                    return True
            while self._todo:
                self._todo -= 1
                handle = ready.popleft()
                if handle._cancelled:
                    continue
                if self._debug:
                    self._run_watched(handle)
                else:
                    handle._run()
                if time.monotonic() >= end:
                    return False
            if self._stopping:
                return True

    def _begin_iteration(self) -> None:
        """Fill the ready queue from the sockets and the timers."""
        if not _WINDOWS:
            events = self._selector.select(0)
            if events:
                self._process_events(events)
        if self._timers:
            self._move_due_timers()
        self._todo = len(self._ready)

    def _move_due_timers(self) -> None:
        timers = self._timers
        if len(timers) > _PURGE_ABOVE and self._cancelled_timers * 2 > len(timers):
            self._purge_timers()
        now = self.time()
        while timers and (timers[0][0] <= now or timers[0][2]._cancelled):
            timer = heapq.heappop(timers)[2]
            timer._scheduled = False
            if timer._cancelled:
                self._cancelled_timers -= 1
            else:
                self._ready.append(timer)

    def _purge_timers(self) -> None:
        """Forget cancelled timers once they are the greater part, as asyncio does; else they stay until their time."""
        for _, _, timer in self._timers:
            timer._scheduled = not timer._cancelled
        self._timers[:] = [entry for entry in self._timers if not entry[2]._cancelled]
        heapq.heapify(self._timers)
        self._cancelled_timers = 0

    def _run_watched(self, handle: asyncio.Handle) -> None:
        """Run a handle in debug mode: asyncio knows which one it is, and a slow one is logged."""
        self._current_handle = handle
        begin = self.time()
        try:
            handle._run()
        finally:
            self._current_handle = None
        duration = self.time() - begin
        if duration >= self.slow_callback_duration:
            log.warning("Executing %s took %.3f seconds", _describe(handle), duration)


def _forget_this_frame(handle: Any) -> None:
    """Let the traceback that debug mode keeps end with the caller of the loop."""
    if handle._source_traceback:
        del handle._source_traceback[-1]


def _describe(handle: Any) -> str:
    """Name the task rather than its inner step."""
    owner = getattr(handle._callback, "__self__", None)
    return repr(owner) if isinstance(owner, asyncio.Task) else str(handle)
