"""The table of an outage as CSV and JSON. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime

from inspector.domain.answer import Outage
from inspector.replay.outage import OutageTable
from inspector.store.revive import moment
from inspector.ui.outage.words import answer_words, fate_of

COLUMNS = ("event", "kind", "message_id", "try", "received_at", "status", "accepted", "wait_s", "documented_s", "fate")


def to_csv(table: OutageTable, waits_s: Sequence[float], now: datetime) -> str:
    """Return a line for every time an event came, with a head."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for struck in table.struck:
        fate = fate_of(struck, waits_s, now)[0].value
        for number, one in enumerate(struck.sightings):
            at = moment(one.received_us).isoformat()
            expected = "" if one.expected_s is None else f"{one.expected_s:g}"
            facts = (at, one.status, int(one.accepted), f"{one.wait_s:.3f}", expected, fate)
            writer.writerow((one.event_id, struck.kind, struck.message_id, number, *facts))
    return text.getvalue()


def to_json(name: str, outage: Outage, table: OutageTable, waits_s: Sequence[float], now: datetime) -> str:
    """Return the outage, its retries step by step, and its events."""
    found = {
        "endpoint": name,
        "since": outage.since.isoformat(),
        "until": outage.until.isoformat(),
        "kinds": list(outage.kinds),
        "answer": answer_words(outage.answer),
        "documented_s": list(waits_s),
        "retries": [
            {
                "number": step.number,
                "documented_s": step.documented_s,
                "events": step.events,
                "accepted": step.accepted,
                "median_s": step.median_s,
                "least_s": step.least_s,
                "most_s": step.most_s,
            }
            for step in table.steps
        ],
        "events": [
            {
                "event": struck.event_id,
                "kind": struck.kind,
                "message_id": struck.message_id,
                "fate": fate_of(struck, waits_s, now)[0].value,
                "back_after_s": struck.back_s,
                "came": [
                    {"event": one.event_id, "at": moment(one.received_us).isoformat(), "status": one.status}
                    for one in struck.sightings
                ],
            }
            for struck in table.struck
        ],
    }
    return json.dumps(found, indent=1)
