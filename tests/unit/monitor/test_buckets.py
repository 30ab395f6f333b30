"""Durations are kept by edges that keep the order, and the database rounds as Python does."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.store.buckets import edge_of, edge_sql, percentile, percentiles

DURATIONS = st.integers(0, 10**11)


@given(DURATIONS)
def test_an_edge_is_at_most_five_per_cent_above(duration_us: int) -> None:
    edge = edge_of(duration_us)
    assert duration_us <= edge <= duration_us * 1.05
    assert edge_of(edge) == edge


@given(st.integers(1, 99), st.integers(0, 8), DURATIONS)
def test_a_threshold_of_two_digits_decides_alike_before_and_after_rounding(
    digits: int, power: int, duration_us: int
) -> None:
    threshold = digits * 10**power
    assert (edge_of(duration_us) > threshold) == (duration_us > threshold)


@given(st.lists(DURATIONS, min_size=1, max_size=50))
def test_sqlite_finds_the_same_edges(durations: list[int]) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (d INTEGER)")
    connection.executemany("INSERT INTO t VALUES (?)", [(duration,) for duration in durations])
    found = [row[0] for row in connection.execute(f"SELECT {edge_sql('d')} FROM t ORDER BY rowid")]
    assert found == [edge_of(duration) for duration in durations]


@given(st.lists(st.integers(1, 1000), min_size=1), st.sampled_from([0.5, 0.95, 0.99]))
def test_a_percentile_is_the_nearest_rank(values: list[int], share: float) -> None:
    counts = {value: values.count(value) for value in values}
    found = percentile(counts, share)
    assert found is not None
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


def test_no_durations_have_no_percentiles() -> None:
    assert percentiles({}, (0.5, 0.95)) == [None, None]


@pytest.mark.parametrize(
    ("duration_us", "edge"), [(0, 0), (200, 200), (201, 210), (5_000_000, 5_000_000), (5_000_001, 5_100_000)]
)
def test_edges_by_example(duration_us: int, edge: int) -> None:
    assert edge_of(duration_us) == edge
