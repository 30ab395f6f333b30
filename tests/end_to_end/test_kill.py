"""kill -9 under load: what was answered is there, and the next start is clean.

As a program (`python -m tests.end_to_end.test_kill --rounds 20`) it does more rounds and prints the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from dataclasses import dataclass
from pathlib import Path

from inspector.domain.event import EventSummary
from inspector.domain.query import Query
from inspector.store.beside import open_beside
from tests.end_to_end.program import Serving, serving
from tests.integration.receiver.wire import Wire, http

CONNECTIONS = 16


@dataclass(frozen=True)
class Round:
    """What one round saw: message ids that were answered, and how many were stored."""

    answered: frozenset[str]
    stored: frozenset[str]

    @property
    def lost(self) -> frozenset[str]:
        """Answered, but not there after the restart: must be empty."""
        return self.answered - self.stored


async def load_until_killed(program: Serving, prefix: str, seconds: float) -> frozenset[str]:
    """Post events over many connections, kill the program in the middle, and return which ids were answered."""
    answered: set[str] = set()

    async def post_one_after_the_other(number: int) -> None:
        wire = await Wire.to(program.port)
        try:
            for turn in range(1_000_000):
                message_id = f"{prefix}-{number}-{turn}"
                body = f'{{"event":"message.delivered","message_id":"{message_id}"}}'.encode()
                await wire.send(http(program.path, body))
                await wire.reply()
                answered.add(message_id)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            wire.writer.transport.abort()

    async def kill_later() -> None:
        await asyncio.sleep(seconds)
        program.process.kill()

    await asyncio.gather(kill_later(), *(post_one_after_the_other(number) for number in range(CONNECTIONS)))
    program.ended()
    return frozenset(answered)


def stored_messages(folder: Path) -> list[EventSummary]:
    """Return every stored row."""
    with open_beside(folder) as beside:
        return beside.page(beside.ids(Query()))


def a_round(folder: Path, number: int, seconds: float) -> Round:
    """Load, kill, start again, and see what is there."""
    with serving(folder) as program:
        answered = asyncio.run(load_until_killed(program, f"r{number}", seconds))
    with serving(folder) as program:
        stored = frozenset(row.message_id for row in stored_messages(folder))
        assert program.stop() == 0
        assert "damaged" not in program.errors
    return Round(answered, stored)


def test_no_answered_event_is_missing_after_kill_9(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    rng = random.Random(4)
    rounds = [a_round(folder, number, rng.uniform(0.3, 1.2)) for number in range(4)]
    assert all(len(item.answered) > 20 for item in rounds)
    assert [item.lost for item in rounds] == [frozenset()] * len(rounds)
    numbers = [row.id for row in stored_messages(folder)]
    assert numbers == sorted(set(numbers))
    assert not list(folder.glob("*damaged*"))


def main() -> None:
    """Do as many rounds as asked and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        done = [a_round(Path(folder) / "data", number, random.uniform(0.3, 1.5)) for number in range(rounds)]
    answered, lost = sum(len(item.answered) for item in done), sum(len(item.lost) for item in done)
    print(f"{rounds} rounds, {answered:,} answered, {lost} lost")


if __name__ == "__main__":
    main()
