"""Kills the program under load again and again: what was answered must be there, and the next start must be clean."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import time
from pathlib import Path

from tests.performance.figures import Row, Table, middle
from tests.performance.load import number_of
from tests.performance.plan import Plan
from tests.performance.programs import headless, printed, read_outcome, start_load, until

CONNECTIONS = 16
AT_MOST_S = 1.0
"""The blow falls at a random moment, at most this long after the first events were printed."""
LONGER_THAN_THAT_S = 30


def kill(plan: Plan) -> Table:
    """Kill, start again, and look for every event that was answered."""
    folder, log = plan.folder / "kill", plan.folder / "answered"
    chance = random.Random(20)
    answered = missing = twice = unclean = 0
    starts: list[float | None] = []
    number, last_id = 1, 0
    for _ in range(plan.kills):
        begun = time.perf_counter()
        with headless(folder) as program:
            starts.append(time.perf_counter() - begun)
            program.go_on_at(number)
            order = program.order(connections=CONNECTIONS, seconds=LONGER_THAN_THAT_S, log=str(log))
            load = start_load(order)
            until(lambda: begun_to_print(folder), program.process)
            time.sleep(chance.uniform(0, AT_MOST_S))
            program.kill()
            number = read_outcome(load).next
        with headless(folder):
            ids, stored, sound = read_back(folder, last_id)
        promised = {int(line) for line in log.read_text("utf-8").split()}
        answered += len(promised)
        missing += len(promised - set(stored))
        twice += len(stored) - len(set(stored))
        unclean += not sound
        last_id = max(ids, default=last_id)
    rows = (
        Row("times killed", {"value": plan.kills}),
        Row("events answered", {"value": answered}),
        Row("answered but missing", {"value": missing}, "0"),
        Row("stored twice", {"value": twice}, "0"),
        Row("stores found damaged", {"value": unclean}, "0"),
        Row("next start, until it receives s", {"value": middle(starts)}),
    )
    return Table("kill", f"kill -9 under load, {CONNECTIONS} connections", rows)


def begun_to_print(folder: Path) -> str:
    """Return what `serve` has printed about events, "" while there is nothing."""
    return printed(folder).read_text("utf-8").partition("\n")[2]


def read_back(folder: Path, after_id: int) -> tuple[list[int], list[int], bool]:
    """Return the ids and the load's numbers of the events stored after an id, and whether the database is sound."""
    with contextlib.closing(sqlite3.connect(folder / "events.sqlite3")) as database:
        sound = database.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        rows = database.execute("SELECT event_id, body FROM payloads WHERE event_id > ?", (after_id,)).fetchall()
    sound = sound and not list(folder.glob("*damaged*"))
    return [row[0] for row in rows], [number_of(row[1]) for row in rows], sound
