"""The far side of the writer: what runs in a process (or thread) of its own, from the first message to the last.

A process has an interpreter lock of its own. In the program's process the writer and the event loop fought over one,
and 16 connections got a third of the answers a second that they get now.

It reads what came, lets the Writer make one commit of it, and tells. When the socket ends without a word, the program
has died: what had come is written, the database closed, the process over.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from inspector.collector import hold_during_start, settle_after_start
from inspector.domain.errors import StoreBusy, StoreError
from inspector.store.checkpointer import Checkpointer
from inspector.store.endpoints import read_endpoints
from inspector.store.examiner import Examiner
from inspector.store.figures_follower import FiguresFollower
from inspector.store.indexer import Indexer
from inspector.store.lock import WRITER_LOCK_NAME, FolderLock
from inspector.store.opening import open_database
from inspector.store.repeats import Sightings
from inspector.store.schema import connect
from inspector.store.wire import (
    Answered,
    Arrival,
    Begin,
    End,
    Forget,
    Frames,
    Job,
    Keep,
    Piece,
    Ready,
    Refused,
    Remark,
    Reread,
    Retold,
    Terms,
    Verified,
    frame,
)
from inspector.store.writer import Writer

READ_BYTES = 1024 * 1024

PROBE_S = 1.0
"""After a failed commit the disk is tried this often."""

LAST_WRITER_S = 15.0
"""So long a new writer waits for the one before it, whose program died a moment ago, to finish."""


class Wire:
    """The far end of the socket, read and written by blocking calls."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._frames = Frames()
        self._sending = threading.Lock()

    def receive(self, timeout_s: float | None = None) -> list[Any] | None:
        """Wait for messages and return all that are complete; [] after `timeout_s`, None at the end of the stream."""
        self._end.settimeout(timeout_s)
        try:
            while True:
                data = self._end.recv(READ_BYTES)
                if not data:
                    return None
                messages = self._frames.feed(data)
                if messages:
                    return messages
        except TimeoutError:
            return []
        except OSError:
            return None

    def send(self, message: object) -> None:
        """Send a message; one that nobody waits for any more goes nowhere."""
        with contextlib.suppress(OSError), self._sending:
            self._end.settimeout(None)
            self._end.sendall(frame(message))

    def close(self) -> None:
        """Close this end."""
        self._end.close()


def write_for(wire: Wire, begun: Callable[[], None] = lambda: None) -> None:
    """Serve one program until it says End or its socket ends; `begun` is called when the database is open."""
    try:
        first = wire.receive()
        if not first:
            return
        begin: Begin = first[0]
        try:
            desk = _Desk(begin, wire)
        except StoreError as error:
            wire.send(Refused(error))
            return
        except Exception as error:
            wire.send(Refused(StoreError("The stored events cannot be opened.", f"{type(error).__name__}: {error}.")))
            raise
        begun()
        try:
            desk.work(first[1:])
        finally:
            desk.close()
    finally:
        wire.close()


class _Desk:
    """The open database with everything that writes to it."""

    def __init__(self, begin: Begin, wire: Wire) -> None:
        folder = Path(begin.folder)
        self._wire = wire
        self._pieces: list[bytes] = []
        self._lock = _lock(folder)
        try:
            opened = open_database(folder, synchronous=begin.synchronous)
            endpoints = read_endpoints(opened.connection)
            sightings = Sightings(opened.connection)
            self._examiner = Examiner([Path(provider) for provider in begin.provider_folders])
        except BaseException:
            self._lock.release()
            raise
        gate = threading.Lock()
        self._checkpointer = Checkpointer(connect(opened.path), gate)
        follower = connect(opened.path, synchronous="NORMAL")
        self._indexer = Indexer(follower, gate, sightings, self._examiner.stages, lambda: wire.send(Retold()))
        self._figures = FiguresFollower(
            lambda: connect(opened.path, synchronous="NORMAL"), gate, self._examiner.limit_s
        )
        self._writer = Writer(
            opened.connection, folder, gate, sightings, self._examiner, wire.send, self._wake_followers
        )
        self._indexer.wake()
        set_aside = None if opened.set_aside is None else str(opened.set_aside)
        wire.send(Ready(str(opened.path), set_aside, endpoints))

    def work(self, messages: list[Any]) -> None:
        """Do what comes in until there is no more."""
        probed = 0.0
        while self._take(messages):
            in_trouble = self._writer.in_trouble
            received = self._wire.receive(PROBE_S if in_trouble else None)
            if received is None:
                return
            # While events come without a pause too: what frees room is not in them.
            if in_trouble and time.monotonic() - probed >= PROBE_S:
                self._writer.probe()
                probed = time.monotonic()
            messages = received

    def close(self) -> None:
        """Close the database, the writing connection last: the last one to close cleans the log away."""
        self._writer.write_the_last()
        self._figures.stop()
        self._indexer.stop()
        self._checkpointer.stop()
        self._writer.close()
        self._lock.release()

    def _take(self, messages: Sequence[Any]) -> bool:
        """Work messages off, all events between other things in one commit; returns whether there will be more."""
        arrivals: list[Arrival] = []
        answers: list[Answered] = []
        has_news = False
        ends = False
        for message in messages:
            if isinstance(message, Keep):
                arrivals += map(self._whole, message.arrivals)
                answers += message.answers
                has_news = True
            elif isinstance(message, Piece):
                if message.first:
                    self._pieces.clear()
                self._pieces.append(message.data)
            elif isinstance(message, Terms | Verified):
                self._writer.refer(message)
            else:
                if has_news:
                    self._writer.keep(arrivals, answers)
                    arrivals, answers, has_news = [], [], False
                ends = self._other(message) or ends
        if has_news:
            self._writer.keep(arrivals, answers)
        return not ends

    def _other(self, message: Any) -> bool:
        if isinstance(message, Job):
            self._writer.do(message)
        elif isinstance(message, Reread):
            self._examiner.reread()
        elif isinstance(message, Forget):
            self._writer.refer(message)
        return isinstance(message, End)

    def _whole(self, arrival: Arrival) -> Arrival:
        if not arrival.pieces:
            return arrival
        body = b"".join(self._pieces)
        self._pieces.clear()
        return arrival._replace(body=body, pieces=0)

    def _wake_followers(self) -> None:
        self._checkpointer.wake()
        self._indexer.wake()
        self._figures.wake()


def _lock(folder: Path) -> FolderLock:
    """Take the writer's lock; the writer of a program that was killed holds it a moment longer than the program."""
    until = time.monotonic() + LAST_WRITER_S
    while True:
        try:
            return FolderLock(folder, WRITER_LOCK_NAME)
        except StoreBusy:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


class _Remarks(logging.Handler):
    """Sends log lines to the program, whose log it is."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(logging.INFO)
        self._wire = wire

    def emit(self, record: logging.LogRecord) -> None:
        """Send one line, with its traceback."""
        self._wire.send(Remark(record.name, record.levelno, self.format(record)))


def main() -> int:
    """Run as a process; the socket is descriptor `argv[-1]`, or comes in over standard input on Windows."""
    # Ctrl+C reaches every process of a terminal; the writer ends when the program does, after writing what came.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    hold_during_start()
    wire = Wire(_inherited())
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(_Remarks(wire))
    try:
        write_for(wire, begun=settle_after_start)
    except Exception:
        logging.exception("The writer failed")
        return 1
    return 0


def _inherited() -> socket.socket:
    if sys.platform == "win32":
        return socket.fromshare(bytes.fromhex(sys.stdin.readline()))
    return socket.socket(fileno=int(sys.argv[-1]))
