"""kill -9 in the middle of forwards and their retries: none is lost, and what may have been sent twice says so.

As a program (`python -m tests.end_to_end.test_kill_forwards --rounds 10`) it does more rounds and prints the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from inspector.domain.forwarding import ForwardRule
from inspector.domain.query import Query
from inspector.replay.trying import MAY_BE_SECOND
from inspector.store.beside import open_beside
from inspector.store.store import Store
from tests.builders import an_endpoint
from tests.end_to_end.program import Serving, serving
from tests.fakes import OK
from tests.integration.receiver.wire import Wire, http

CONNECTIONS = 4
PATIENCE_S = 30.0
MOST_ROUNDS = 8
DOWN = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"
SCHEDULE = "0, 0.1s, 0.1s, 0.2s, 0.5s, 1s, 1s, 1s"


class Handler:
    """A user's handler that takes its time and refuses some events at first; counts what it has seen."""

    def __init__(self, seed: int) -> None:
        self.seen: Counter[str] = Counter()
        self.taken: Counter[str] = Counter()
        self._chance = random.Random(seed)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(next(line[15:] for line in head.split(b"\r\n") if line.startswith(b"Content-Length:")))
            message_id = json.loads(await reader.readexactly(length))["message_id"]
            self.seen[message_id] += 1
            refused = self.seen[message_id] == 1 and self._chance.random() < 0.3
            self.taken[message_id] += not refused
            await asyncio.sleep(self._chance.uniform(0, 0.04))
            writer.write(DOWN if refused else OK)
            await writer.drain()
        writer.close()


@dataclass(frozen=True)
class Round:
    """What one round saw: answered and not forwarded; taken twice; taken twice without a mark; more than twice."""

    answered: int
    lost: frozenset[str]
    twice: frozenset[str]
    unmarked: frozenset[str]
    more: frozenset[str]
    under_way: int


async def prepare(folder: Path, url: str) -> None:
    """Make a folder whose one endpoint forwards everything."""
    store = await Store.open(folder)
    try:
        rule = ForwardRule("all", (url,), schedule=SCHEDULE, limit_s=5)
        await store.save_endpoint(replace(an_endpoint(0, provider=""), token="e2e", forwards=(rule,)))
    finally:
        await store.close()


async def load_until_killed(program: Serving, prefix: str, seconds: float) -> set[str]:
    """Post events, kill the program in the middle, and return which were answered."""
    answered: set[str] = set()

    async def post(number: int) -> None:
        wire = await Wire.to(program.port)
        try:
            for turn in range(100_000):
                message_id = f"{prefix}-{number}-{turn}"
                await wire.send(http("/in/e2e", f'{{"event":"a","message_id":"{message_id}"}}'.encode()))
                await wire.reply()
                answered.add(message_id)
                await asyncio.sleep(0.02)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            wire.writer.transport.abort()

    async def kill_later() -> None:
        await asyncio.sleep(seconds)
        program.process.kill()

    await asyncio.gather(kill_later(), *(post(number) for number in range(CONNECTIONS)))
    await asyncio.to_thread(program.ended)
    return answered


def looked_at(folder: Path, answered: set[str], handler: Handler) -> Round:
    """Compare what was answered with what came to the handler and what is kept."""
    marked: set[str] = set()
    with open_beside(folder) as beside:
        for row in beside.page(beside.ids(Query())):
            if any(MAY_BE_SECOND in attempt.note for attempt in beside.attempts(row.id)):
                marked.add(row.message_id)
    taken = {name: count for name, count in handler.taken.items() if name in answered}
    twice = frozenset(name for name, count in taken.items() if count > 1)
    more = frozenset(name for name, count in taken.items() if count > 2)
    return Round(len(answered), frozenset(answered - set(taken)), twice, twice - marked, more, len(marked))


def is_all_done(folder: Path) -> bool:
    """Tell whether every series is over."""
    with open_beside(folder) as beside:
        found = [series for event_id in beside.ids(Query()) for series in beside.series(event_id)]
    return bool(found) and not any(series.state.is_open for series in found)


async def a_round(folder: Path, seed: int) -> Round:
    """Load, kill, start again, wait until everything has been forwarded, and see what came to the handler."""
    handler = Handler(seed)
    server = await asyncio.start_server(handler.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        await prepare(folder, f"http://127.0.0.1:{port}/hook")
        with serving(folder) as program:
            answered = await load_until_killed(program, f"s{seed}", random.Random(seed).uniform(0.4, 1.2))
        with serving(folder) as program:
            for _ in range(int(PATIENCE_S * 10)):
                if await asyncio.to_thread(is_all_done, folder):
                    break
                await asyncio.sleep(0.1)
            assert await asyncio.to_thread(program.stop) == 0
    finally:
        server.close()
        await server.wait_closed()
    return looked_at(folder, answered, handler)


def test_no_forward_is_lost_after_kill_9_and_what_may_be_double_is_marked(tmp_path: Path) -> None:
    rounds: list[Round] = []
    # What the kill meets is chance: one round of them has to meet a forward on its way.
    while len(rounds) < 2 or not any(one.under_way for one in rounds):
        assert len(rounds) < MOST_ROUNDS
        seed = len(rounds) + 1
        one = asyncio.run(a_round(tmp_path / str(seed), seed))
        assert one.answered > 10
        assert one.lost == frozenset()
        assert one.unmarked == frozenset()
        assert one.more == frozenset()
        rounds.append(one)


def main() -> None:
    """Do as many rounds as asked and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    count = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        rounds = [asyncio.run(a_round(Path(folder) / str(seed), seed)) for seed in range(count)]
    print(
        f"{count} rounds, {sum(one.answered for one in rounds):,} answered, "
        f"{sum(len(one.lost) for one in rounds)} lost, {sum(len(one.twice) for one in rounds)} taken twice, "
        f"{sum(len(one.unmarked) for one in rounds)} of those unmarked, "
        f"{sum(len(one.more) for one in rounds)} taken more often, {sum(one.under_way for one in rounds)} marked"
    )


if __name__ == "__main__":
    main()
