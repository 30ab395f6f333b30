"""Which columns of the message table fit."""

from __future__ import annotations

from inspector.ui.messages.columns import COLUMNS, fitting


def test_columns_leave_where_there_is_no_room() -> None:
    every = tuple(column.key for column in COLUMNS)
    assert fitting(746) == (every, "campaign")
    assert fitting(474)[0] == ("message", "lifecycle", "state")
    assert fitting(500)[1] == "message"
