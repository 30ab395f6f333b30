"""The gallery's messages as rows of a database, without a receiver."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from inspector.domain.report import Kind, Report
from inspector.store.messages import advance_messages
from inspector.ui.gallery_messages import MOMENT_US, STORY, drafts
from tests.builders import an_endpoint
from tests.made_history import Made, store_events

__all__ = ["MOMENT_US", "STORY", "add", "report", "tell"]


def tell(connection: sqlite3.Connection, endpoint_id: int = 1) -> None:
    """Store the gallery's messages and bring the rows up to date."""
    made = []
    for draft in drafts(replace(an_endpoint(), provider="rcs-events")):
        verdict = draft.verification.verdict.value if draft.verification is not None else "valid"
        arrived_us = round(draft.request.received_at.timestamp() * 1e6)
        made.append(Made(draft.reports[0], arrived_us, draft.answer.status, verdict))
    add(connection, made, endpoint_id)


def add(connection: sqlite3.Connection, events: Sequence[Made], endpoint_id: int = 1) -> None:
    """Store events behind those that are there and bring the messages up to date."""
    connection.execute("BEGIN IMMEDIATE")
    first_id = connection.execute("SELECT ifnull(max(id), 0) + 1 FROM events").fetchone()[0]
    store_events(connection, events, endpoint_id, first_id)
    while advance_messages(connection):
        pass
    connection.execute("COMMIT")


def report(kind: Kind, message_id: str, recipient: str = "+14155550132", *, ago_s: float = 1.0, **others: str) -> Made:
    """Return an event that arrived some seconds before the story's moment."""
    return Made(Report(kind, kind.value, message_id, recipient, **others), MOMENT_US - round(ago_s * 1e6))
