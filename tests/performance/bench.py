"""Measures the program against bare aiohttp and against one commit per request, all in the same run.

`python3 dev.py bench` takes some minutes, `--quick` about one. No figure stands alone: the references run beside ours,
round after round, because machines differ and are busy. Targets are the product's own bars and are only printed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.performance.figures import Table, as_json, text_of
from tests.performance.kill import kill
from tests.performance.million import memory, million
from tests.performance.plan import Plan
from tests.performance.programs import display_of_our_own
from tests.performance.start import start
from tests.performance.steady import steady
from tests.performance.throughput import throughput

SCENARIOS: tuple[tuple[str, Callable[[Plan], Table]], ...] = (
    ("start", start),
    ("memory", memory),
    ("throughput", throughput),
    ("steady", steady),
    ("million", million),
    ("kill", kill),
)
ONLY_WHEN_NAMED = ("kill",)
LOOK_AROUND_S = 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for and print it as it comes."""
    options = parser().parse_args(arguments)
    tables: list[Table] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        plan = replace(plan_of(options, folder), display=stack.enter_context(display_of_our_own()))
        machine = machine_now()
        print(" · ".join(f"{name} {value}" for name, value in machine.items()), flush=True)
        for name, scenario in SCENARIOS:
            if name in (options.only or ()) or not (options.only or name in ONLY_WHEN_NAMED):
                tables.append(scenario(plan))
                print(f"\n{text_of(tables[-1])}", flush=True)
    if options.json:
        found = {"machine": machine, "tables": [as_json(table) for table in tables]}
        Path(options.json).write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the reader of the command line."""
    names = [name for name, _ in SCENARIOS]

    def some(text: str) -> list[str]:
        chosen = text.split(",")
        if unknown := set(chosen) - set(names):
            raise argparse.ArgumentTypeError(f"no such scenario: {', '.join(unknown)}; there are {', '.join(names)}")
        return chosen

    made = argparse.ArgumentParser(prog="dev.py bench", description=__doc__.partition("\n")[0] if __doc__ else "")
    made.add_argument("--quick", action="store_true", help="shorter and smaller: less exact")
    made.add_argument("--only", type=some, metavar="NAME[,NAME]", help=f"of {', '.join(names)} (kill only if named)")
    made.add_argument("--seconds", type=float, help="length of each run of the throughput")
    made.add_argument("--rounds", type=int, help="how often each run of the throughput is repeated")
    made.add_argument("--connections", type=numbers, metavar="N[,N]", help="of the throughput (1,16,64)")
    made.add_argument("--steady-seconds", type=float, help="length of the steady stream")
    made.add_argument("--events", type=int, help="events to open (1,000,000)")
    made.add_argument("--starts", type=int, help="how often the program is started for a median")
    made.add_argument("--kills", type=int, help="how often the program is killed (20)")
    made.add_argument("--filled", type=Path, metavar="FOLDER", help="keep filled stores here, and use those kept")
    made.add_argument("--json", metavar="FILE", help="write the figures there too")
    return made


def numbers(text: str) -> tuple[int, ...]:
    """Read "1,16,64"."""
    return tuple(int(part) for part in text.split(","))


def plan_of(options: argparse.Namespace, folder: Path) -> Plan:
    """Return what is to be measured; what the command line names goes before --quick."""
    plan = Plan(folder, filled=options.filled)
    if options.quick:
        plan = replace(plan, seconds=1.0, rounds=2, steady_seconds=10.0, million=100_000, stored=20_000)
        plan = replace(plan, received=5_000, starts=3, kills=3)
    given = {
        "connections": options.connections,
        "seconds": options.seconds,
        "rounds": options.rounds,
        "steady_seconds": options.steady_seconds,
        "million": options.events,
        "starts": options.starts,
        "kills": options.kills,
    }
    return replace(plan, **{name: value for name, value in given.items() if value is not None})


def machine_now() -> dict[str, Any]:
    """Return what the figures were measured on, and how busy it was before we began."""
    found: dict[str, Any] = {"system": platform.platform(), "Python": platform.python_version()}
    found["cores"] = os.cpu_count()
    before = busy_s()
    time.sleep(LOOK_AROUND_S)
    after = busy_s()
    if before is not None and after is not None:
        found["cores used by others"] = round((after - before) / LOOK_AROUND_S, 2)
    return found


def busy_s() -> float | None:
    """Return the processor time all programs have used together, where the system tells."""
    try:
        fields = Path("/proc/stat").read_text("utf-8").split("\n", 1)[0].split()[1:]
    except OSError:
        return None
    user, nice, system, _idle, _waiting, *rest = map(int, fields[:7])
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
