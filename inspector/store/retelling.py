"""What index and messages tell of an event that changes or goes: work of the writer's, loaded where it is done.

The program itself only names the jobs that do it; what messages are read with would take a twentieth of its start.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inspector.store.messages import Expected


def unindex(connection: sqlite3.Connection, event_ids: Sequence[int]) -> None:
    """Take events out of the search index; see indexer.unindex."""
    from inspector.store import indexer

    indexer.unindex(connection, event_ids)


def forget_messages(connection: sqlite3.Connection, event_ids: Sequence[int]) -> None:
    """Take events out of the messages they tell of; see messages.forget_messages."""
    from inspector.store import messages

    messages.forget_messages(connection, event_ids)


def recall_messages(connection: sqlite3.Connection, event_ids: Sequence[int], expected: Expected) -> None:
    """Bring events into the messages they tell of again; see messages.recall_messages."""
    from inspector.store import messages

    messages.recall_messages(connection, event_ids, expected)
