"""How far the messages of every campaign got, as triggers keep it beside the messages."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

MOST = 200


class CampaignRow(NamedTuple):
    """Distinct messages of one campaign: all, and those that reached each stage or ended badly."""

    campaign: str
    messages: int
    sent: int
    delivered: int
    read: int
    clicked: int
    replied: int
    opted_out: int
    failed: int
    last_id: int


def read_campaigns(connection: sqlite3.Connection, from_us: int, endpoint_id: int | None = None) -> list[CampaignRow]:
    """Return the campaigns that had an event since a moment, the latest first, over an endpoint or all."""
    scope = "" if endpoint_id is None else f"AND c.endpoint_id = {int(endpoint_id)}"
    rows = connection.execute(
        f"""
        SELECT c.campaign, sum(c.messages), sum(c.sent), sum(c.delivered), sum(c.read), sum(c.clicked), sum(c.replied),
            sum(c.opted_out), sum(c.failed), max(c.last_id) AS last_id
        FROM campaigns c LEFT JOIN events e ON e.id = c.last_id
        WHERE c.messages > 0 AND ifnull(e.received_us >= ?, 1) {scope}
        GROUP BY c.campaign ORDER BY last_id DESC LIMIT {MOST}
        """,
        (from_us,),
    )
    return [CampaignRow(*row) for row in rows]
