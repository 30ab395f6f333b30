"""Many rows go in with few statements, all of them and in order."""

from __future__ import annotations

import sqlite3

import pytest

from inspector.store.bulk import CHUNKS, MOST_BYTES, BulkInsert


@pytest.mark.parametrize("count", [0, 1, 2, 15, 16, 17, 31, 33, 63, 64, 65, 200])
@pytest.mark.parametrize("size", [0, MOST_BYTES + 1])
def test_every_row_is_inserted_once_in_order(count: int, size: int) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b, c)")
    BulkInsert("t", ("b", "c"))(connection, [(number, str(number)) for number in range(count)], size=size)
    assert connection.execute("SELECT b, c FROM t ORDER BY a").fetchall() == [
        (number, str(number)) for number in range(count)
    ]
    connection.close()


def test_a_batch_of_up_to_sixteen_rows_is_one_statement() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (b)")
    told: list[str] = []
    connection.set_trace_callback(told.append)
    for count in range(1, 17):
        told.clear()
        BulkInsert("t", ("b",))(connection, [(number,) for number in range(count)])
        assert len([line for line in told if line.startswith("INSERT")]) == 1
    connection.close()


def test_large_values_go_one_at_a_time() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (b)")
    told: list[str] = []
    connection.set_trace_callback(told.append)
    BulkInsert("t", ("b",))(connection, [(1,), (2,), (3,)], size=MOST_BYTES + 1)
    assert len([line for line in told if line.startswith("INSERT")]) == 3
    assert max(CHUNKS) * 40 < 32_766  # SQLite's limit of values in one statement
    connection.close()
