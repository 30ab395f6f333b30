"""How soon after its start the program answers, and how soon its window is seen."""

from __future__ import annotations

import socket
import time
from pathlib import Path

from tests.performance.figures import Row, Table, middle
from tests.performance.load import Order, message_of
from tests.performance.plan import Plan
from tests.performance.programs import PATIENCE_S, POLL_S, headless, start_headless, window


def start(plan: Plan) -> Table:
    """Start on a folder that has been used before, files warm in the cache."""
    answered, receiving, shown, painted = [], [], [], []
    used, seen = plan.folder / "start-headless", plan.folder / "start-window"
    port = free_port()
    with headless(used, port) as program:
        order = program.order()
    with window(seen, plan.screen) as program:
        program.ask("listed")
    for _ in range(plan.starts):
        answered.append(first_answer(used, port, order))
        with window(seen, plan.screen) as program:
            milestones = program.ask("listed")["milestones_s"]
            receiving.append(milestones["receiving"])
            shown.append(milestones["shown"])
            painted.append(milestones["painted"])
    rows = (
        Row("headless: first 200 s", {"median": middle(answered), "worst": max(answered)}, "≤ 0.5"),
        Row("window: receiving s", {"median": middle(receiving), "worst": max(receiving)}),
        Row("window: shown s", {"median": middle(shown), "worst": max(shown)}),
        Row("window: painted s", {"median": middle(painted), "worst": max(painted)}, "≤ 1"),
    )
    return Table("start", f"from the start of the process, warm, window on {plan.screen_name}", rows)


def first_answer(folder: Path, port: int, order: Order) -> float:
    """Start headless, send a signed event until it is answered 200, and return the seconds that took."""
    message = message_of(order, time.time_ns())
    begun = time.perf_counter()
    program = start_headless(folder, port)
    try:
        while not (line := status_line(port, message)):
            if program.process.poll() is not None or time.perf_counter() > begun + PATIENCE_S:
                raise RuntimeError("The program did not start")
            time.sleep(POLL_S)
        took = time.perf_counter() - begun
    finally:
        program.stop()
    if b" 200 " not in line:
        raise RuntimeError(f"The first event was answered {line!r}")
    return took


def status_line(port: int, message: bytes) -> bytes:
    """Send a request and return the first line of its answer, b"" while nobody listens."""
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as connection:
            connection.sendall(message)
            return connection.recv(4096).partition(b"\r\n")[0]
    except OSError:
        return b""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
