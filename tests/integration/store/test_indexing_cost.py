"""Indexing costs what the new events cost, however many are stored already."""

from __future__ import annotations

import sqlite3

import pytest

from inspector.store.indexer import INDEX_MESSAGES, UNINDEX_MESSAGES
from inspector.store.schema import prepare


@pytest.mark.parametrize("statement", [INDEX_MESSAGES, UNINDEX_MESSAGES])
def test_no_statement_of_the_indexer_reads_a_whole_table(statement: str) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    prepare(connection)
    steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", (1, 32))]
    assert steps
    assert not [step for step in steps if step in ("SCAN events", "SCAN reports", "SCAN indexed_messages")]
