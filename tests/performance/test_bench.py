"""The bench counts right, and it runs from end to end; how fast anything is, no test says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.performance.bench import main, parser, plan_of
from tests.performance.figures import Row, Table, as_json, middle, middle_ratio, percentile, ratio, shown, text_of
from tests.performance.load import Order, body_of, message_of, number_of

TINY = ["--quick", "--seconds", "0.2", "--rounds", "1", "--connections", "2", "--steady-seconds", "0.5"]


def test_the_median_leaves_out_what_was_not_measured() -> None:
    assert middle([5.0, None, 1.0, 3.0]) == 3.0
    assert middle([4.0, 1.0]) == 2.5
    assert middle([None]) is None


def test_a_ratio_needs_both_sides_and_a_reference_that_is_not_zero() -> None:
    assert ratio(3.0, 4.0) == 0.75
    assert ratio(None, 4.0) is None
    assert ratio(3.0, None) is None
    assert ratio(3.0, 0.0) is None


def test_ratios_are_taken_round_by_round_before_their_median() -> None:
    # The machine was busy in the second round: both are slow there, and the ratio stays what it is.
    assert middle_ratio([80.0, 8.0, 90.0], [100.0, 10.0, 100.0]) == 0.8


def test_percentiles_of_few_values_stay_inside() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 3.0
    assert percentile([1.0, 2.0], 1.0) == 2.0
    assert percentile([], 0.99) == 0.0


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (12345.6, "12,346"), (3.0, "3"), (0.123, "0.12"), (123.45, "123.5")]
)
def test_figures_are_as_long_as_they_tell_something(value: float | None, text: str) -> None:
    assert shown(value) == text


def test_a_table_lines_up_and_shows_each_target_beside_its_figure() -> None:
    table = Table("start", "warm", (Row("ours", {"s": 0.25}, "≤ 1"), Row("reference", {"s": 10.0, "x": None})), ("a",))
    assert text_of(table).splitlines() == [
        "start: warm",
        "                s  x  target",
        "  ours       0.25     ≤ 1",
        "  reference    10  –",
        "  a",
    ]
    assert as_json(table)["rows"][0] == {"what": "ours", "s": 0.25, "target": "≤ 1"}


def test_what_the_command_line_names_goes_before_quick() -> None:
    plan = plan_of(parser().parse_args(["--quick", "--seconds", "7", "--connections", "1,9"]), Path("folder"))
    assert (plan.seconds, plan.connections, plan.steady_seconds) == (7.0, (1, 9), 10.0)


def test_an_unknown_scenario_is_refused() -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--only", "throughput,nothing"])


def test_no_two_events_of_the_load_are_alike_and_each_can_be_told() -> None:
    bodies = [body_of(number) for number in range(1, 50)]
    assert [number_of(body) for body in bodies] == list(range(1, 50))
    seen = {(json.loads(body)["message_id"], json.loads(body)["event"]) for body in bodies}
    assert len(seen) == len(bodies)


def test_the_load_says_how_long_its_body_is() -> None:
    head, _, body = message_of(Order("http://127.0.0.1:1/in/x", "secret"), 7).partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")
    assert head.startswith(b"POST /in/x HTTP/1.1\r\n")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_bench_measures_every_program_and_prints_every_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = tmp_path / "figures.json"
    sizes = ["--events", "2000", "--starts", "1", "--kills", "1", "--json", str(found)]
    assert main([*TINY, *sizes, "--only", "start,throughput,steady,million,kill"]) == 0
    printed = capsys.readouterr().out
    tables = {table["name"]: table for table in json.loads(found.read_text("utf-8"))["tables"]}
    assert set(tables) == {"start", "throughput", "steady", "million", "kill"}
    for table in tables.values():
        assert all(row["what"] in printed for row in table["rows"])
    rates = {row["what"]: row["events/s"] for row in tables["throughput"]["rows"]}
    assert {"reference bare, 2 conn.", "reference commit, 2 conn.", "ours headless, 2 conn."} < set(rates)
    assert all(rates.values())
    steady = {row["what"]: row["value"] for row in tables["steady"]["rows"]}
    assert steady["on disk"] == steady["answered"] == 250
    kill = {row["what"]: row["value"] for row in tables["kill"]["rows"]}
    assert kill["events answered"] > 0
    assert kill["answered but missing"] == 0
