"""Sends signed events over real sockets as fast as they are answered, or at a steady rate, and times every answer.

Runs as a process of its own, so that it does not share an interpreter with the receiver:
`python load.py '{"url": …, "secret": …, "connections": 16, "seconds": 5, "rate": 0}'` prints one JSON object.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import hashlib
import hmac
import json
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

HEADER_END = b"\r\n\r\n"
KINDS = ("queued", "sent", "delivered", "read", "clicked", "failed")
MADE_BEFORE = 60_000
LAST_ANSWERS_S = 5.0


@dataclass(frozen=True)
class Order:
    """What to send.

    `rate` is events per second, 0 for as fast as answered; `events` ends the run after so many, 0 leaves it to
    `seconds`; `close` opens a connection per event; events are numbered from `first` and no two numbers look alike to
    the receiver; `log` names a file that is given the numbers of the events that were answered 2xx.
    """

    url: str
    secret: str = ""
    connections: int = 16
    seconds: float = 5.0
    rate: float = 0.0
    events: int = 0
    close: bool = False
    first: int = 1
    log: str = ""


@dataclass(frozen=True)
class Outcome:
    """What was answered: counts, answer times in ms, and the number the next run may begin with."""

    answered: int
    failed: int
    per_s: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    next: int


def body_of(number: int) -> bytes:
    """Return the payload of the nth event: about 440 bytes, never the same message and kind twice."""
    return json.dumps(
        {
            "event": f"message.{KINDS[number % len(KINDS)]}",
            "timestamp": "2024-12-20T14:23:45Z",
            "message_id": f"msg_{number // len(KINDS):08x}",
            "recipient": f"+1415555{number % 10_000:04d}",
            "channel": "rcs",
            "carrier": "verizon",
            "content": {"template": "cart_reminder_v4", "suggestions": ["Complete order", "STOP"]},
            "delivery": {"attempt": 1, "fallback_sms": False, "latency_ms": 1116, "error": None},
            "metadata": {"campaign_id": "cart_recovery_dec", "user_id": f"user_{number}", "cart_value": 84.5},
        }
    ).encode()


def number_of(body: bytes) -> int:
    """Return which event a payload is."""
    return int(json.loads(body)["metadata"]["user_id"].removeprefix("user_"))


def message_of(order: Order, number: int) -> bytes:
    """Return one whole HTTP request."""
    parts = urlsplit(order.url)
    body = body_of(number)
    lines = [
        f"POST {parts.path} HTTP/1.1",
        f"Host: {parts.netloc}",
        "User-Agent: rcs-webhooks/3.2",
        "Content-Type: application/json; charset=utf-8",
        f"Content-Length: {len(body)}",
        f"X-Webhook-Id: dlv_{number:08x}",
    ]
    if order.secret:
        lines.append(f"X-Webhook-Signature: {hmac.new(order.secret.encode(), body, hashlib.sha256).hexdigest()}")
    if order.close:
        lines.append("Connection: close")
    return "\r\n".join(lines).encode() + HEADER_END + body


class Sender(asyncio.Protocol):
    """One connection: sends a request, waits for its answer, times it, goes on."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.received = bytearray()
        self.begun = 0.0
        self.number = 0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.transport = cast("asyncio.Transport", transport)
        self.run.open += 1
        self.run.idle.append(self)
        self.run.feed()

    def send(self, number: int, message: bytes, begun: float) -> None:
        """Send one request; its answer is timed from `begun`."""
        assert self.transport is not None
        self.number, self.begun = number, begun
        self.transport.write(message)

    def data_received(self, data: bytes) -> None:
        """Take in an answer."""
        self.received += data
        end = self.received.find(HEADER_END)
        if end < 0:
            return
        head = bytes(self.received[:end]).lower()
        start = head.find(b"content-length:")
        length = int(head[start + 15 :].split(b"\r", 1)[0]) if start >= 0 else 0
        if len(self.received) < end + 4 + length:
            return
        del self.received[: end + 4 + length]
        number, self.number = self.number, 0
        self.run.took(number, time.perf_counter() - self.begun, ok=head.startswith(b"http/1.1 2"))
        if not self.run.order.close:
            self.run.idle.append(self)
            self.run.feed()

    def connection_lost(self, error: Exception | None) -> None:
        """Count an answer that never came; open the next connection where each event wants its own."""
        if self.number:
            self.run.failed += 1
        self.run.lost(self)


class Run:
    """One load run."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.idle: deque[Sender] = deque()
        self.open = 0
        self.times: list[float] = []
        self.answered: list[int] = []
        self.failed = 0
        self.sent = 0
        self.started = self.ends = 0.0
        self.last = False
        self.done = asyncio.Event()
        self.all_back = asyncio.Event()
        self._made: list[bytes] = []
        self._freed = asyncio.Event()
        self._opening: set[asyncio.Task[None]] = set()

    @property
    def is_over(self) -> bool:
        """Whether everything has been sent that was ordered."""
        return time.perf_counter() >= self.ends or 0 < self.order.events <= self.sent

    def feed(self) -> None:
        """Give every idle connection its next request, unless a rate says when."""
        if self.order.rate:
            self._freed.set()
            return
        while self.idle and not self.is_over:
            self.send_one(time.perf_counter())
        if self.is_over:
            self.done.set()

    def send_one(self, begun: float) -> None:
        """Send the next event over the connection that has waited longest."""
        place, number = self.sent, self.order.first + self.sent
        self.sent += 1
        message = self._made[place] if place < len(self._made) else message_of(self.order, number)
        self.idle.popleft().send(number, message, begun)

    def took(self, number: int, seconds: float, *, ok: bool) -> None:
        """Take note of an answer."""
        self.times.append(seconds)
        if ok:
            self.answered.append(number)
        else:
            self.failed += 1
        self._check_if_all_back()

    def lost(self, sender: Sender) -> None:
        """A connection ended; without any, the run does too."""
        self.open -= 1
        if sender in self.idle:
            self.idle.remove(sender)
        self._check_if_all_back()
        if self.order.close and not self.is_over:
            task = asyncio.get_running_loop().create_task(self.connect())
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)
        elif not self.open:
            self.done.set()
            self._freed.set()

    def _check_if_all_back(self) -> None:
        if self.last and (len(self.times) >= self.sent or not self.open):
            self.all_back.set()

    async def connect(self) -> None:
        """Open one connection."""
        parts = urlsplit(self.order.url)
        await asyncio.get_running_loop().create_connection(lambda: Sender(self), parts.hostname or "", parts.port or 80)

    async def __call__(self) -> Outcome:
        order = self.order
        count = order.events or int((order.rate or 15_000) * order.seconds)
        numbers = range(order.first, order.first + min(count, MADE_BEFORE))
        self._made = [message_of(order, number) for number in numbers]
        gc.freeze()
        self.started = time.perf_counter()
        self.ends = self.started + order.seconds
        for _ in range(order.connections):
            await self.connect()
        await (self._paced(count) if order.rate else self.done.wait())
        finished = time.perf_counter()
        self.last = True
        self._check_if_all_back()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.all_back.wait(), LAST_ANSWERS_S)
        return self._outcome(finished - self.started)

    async def _paced(self, count: int) -> None:
        """Send at the rate; an event that finds every connection taken is timed from when it was due."""
        for place in range(count):
            due = self.started + place / self.order.rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            begun = time.perf_counter()
            if not self.idle:
                self._freed.clear()
                await self._freed.wait()
            if not self.open:
                return
            self.send_one(begun)

    def _outcome(self, seconds: float) -> Outcome:
        times = sorted(self.times)

        def at(share: float) -> float:
            return round(times[min(len(times) - 1, int(len(times) * share))] * 1000, 3) if times else 0.0

        return Outcome(
            answered=len(self.answered),
            failed=self.failed,
            per_s=round(len(self.answered) / seconds, 1),
            p50_ms=at(0.50),
            p99_ms=at(0.99),
            max_ms=at(1.0),
            next=self.order.first + self.sent,
        )


def main(text: str) -> None:
    """Run what the JSON text asks for and print the outcome."""
    order = Order(**cast("dict[str, Any]", json.loads(text)))

    async def play() -> tuple[Run, Outcome]:
        run = Run(order)
        return run, await run()

    run, outcome = asyncio.run(play())
    if order.log:
        Path(order.log).write_text("\n".join(map(str, run.answered)), "utf-8")
    print(json.dumps(asdict(outcome)))


if __name__ == "__main__":
    main(sys.argv[1])
