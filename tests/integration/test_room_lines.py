"""What `serve` prints about room: each state once, as text for a person and as JSON for a program."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from inspector.commands.printing import Paint
from inspector.commands.room_lines import RoomLines
from inspector.domain.errors import StoreError, StoreFull
from inspector.feed import Feed
from inspector.store.room import Room
from inspector.store.wire import NOTHING_HELD, Held
from tests.end_to_end.program import serving
from tests.end_to_end.test_serve import post
from tests.small_disk import a_small_disk, fill_disk

FULL = StoreFull("The disk is full.", "", "Free some space.")
LOW, PLENTY = Room(312_000_000, 10, 0), Room(80_000_000_000, 10, 0)


class Said:
    """A program that prints into a list."""

    def __init__(self, *, as_json: bool) -> None:
        self.lines: list[str] = []
        self.trouble: Feed[StoreError | None] = Feed()
        self.room: Feed[Room] = Feed()
        room = SimpleNamespace(changed=self.room)
        self.store = SimpleNamespace(trouble=self.trouble, room=room, held=Held(3, 9, 0, 5_000))
        app: Any = SimpleNamespace(store=self.store)
        self.printer = RoomLines(app, self.lines.append, Paint(colours=False), as_json=as_json)

    @property
    def values(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


def test_a_full_disk_is_one_line_until_there_is_room_again() -> None:
    said = Said(as_json=True)
    for news in (FULL, FULL, FULL, None, None, FULL):
        said.trouble.publish(news)
    assert [value["storage"] for value in said.values] == ["full", "ok", "full"]
    assert said.values[0]["title"] == "Disk full: new events are kept in memory only"
    assert said.values[0]["detail"].startswith("3 of 5,000 held")


def test_a_nearly_full_disk_is_one_line_with_its_figures() -> None:
    said = Said(as_json=True)
    for room in (PLENTY, LOW, LOW._replace(free_bytes=300_000_000), PLENTY, LOW):
        said.room.publish(room)
    assert [value["storage"] for value in said.values] == ["low", "low"]
    assert said.values[0]["free_bytes"] == 312_000_000
    assert "most_bytes" not in said.values[0]


def test_a_person_reads_a_sentence() -> None:
    said = Said(as_json=False)
    said.store.held = NOTHING_HELD
    said.room.publish(LOW)
    said.trouble.publish(StoreError("The database is locked.", "Another program holds it."))
    assert said.lines[0][8:].startswith(" Storage: Disk nearly full: 312 MB free. When it is full,")
    assert said.lines[1][8:] == " Storage: The database is locked. Another program holds it.\n"


def test_a_program_on_a_full_disk_answers_503_holds_and_goes_on_by_itself(tmp_path: Path) -> None:
    with a_small_disk(tmp_path / "disk", 8) as disk, serving(disk / "data") as program:
        ballast = fill_disk(disk)
        body = b'{"event":"message.sent","text":"' + b"x" * 100_000 + b'"}'
        while post(program.url, body, {}) != 503:
            pass
        while (line := program.any_line()).get("storage") != "full":
            pass
        assert line["detail"].startswith("1 of 5,000 held")
        ballast.unlink()
        seen = [program.any_line(), program.any_line()]
        while not any(line.get("storage") == "ok" for line in seen) or not any(
            line.get("answer") == 503 for line in seen
        ):
            seen.append(program.any_line())
