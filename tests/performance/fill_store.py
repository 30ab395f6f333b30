"""Fills a data folder with very many realistic events, through the rows and the schema of the real store.

python -m tests.performance.fill_store FOLDER COUNT
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from inspector.domain.answer import INVALID_SIGNATURE, Answer
from inspector.domain.endpoint import Endpoint, EndpointId, new_token
from inspector.domain.event import DedupeKey, Draft, DuplicateLevel
from inspector.domain.report import Kind, Report
from inspector.domain.request import Headers, Request
from inspector.domain.verification import Covers, Step, StepState, Verdict, Verification
from inspector.store.departure import Departures
from inspector.store.endpoints import write_endpoint
from inspector.store.examiner import Examiner
from inspector.store.indexer import NO_GATE, index_some
from inspector.store.opening import open_database
from inspector.store.repeats import Sightings
from inspector.store.wire import Kept
from inspector.store.writer import Writer

BATCH = 2_000
ENDPOINTS = 3
KINDS = (Kind.SENT, Kind.DELIVERED, Kind.DELIVERED, Kind.READ, Kind.FAILED, Kind.INBOUND, Kind.CLICKED, Kind.OPTOUT)
CARRIERS = ("Verizon", "AT&T", "T-Mobile", "Vodafone", "")
CAMPAIGNS = ("spring", "summer", "welcome", "")
WORDS = ("order", "refund", "ship", "package", "coupon", "thanks", "stop", "hello", "tomorrow", "delivery")

_VALID = Verification(
    Verdict.VALID,
    "rcs-events",
    Covers.BODY,
    "Valid signature",
    "The signature fits the body and the secret.",
    (
        Step("Header", StepState.PASSED, "X-Webhook-Signature"),
        Step("Timestamp", StepState.PASSED, "2 s old", "300 s", "2 s"),
        Step("Signature", StepState.PASSED, "HMAC-SHA256", "3f" * 32, "3f" * 32),
    ),
    "9f3a",
    2.0,
)
_INVALID = replace(_VALID, verdict=Verdict.INVALID, title="Invalid signature", secret_hint="")


def fill(folder: Path, count: int, *, index: bool = True, seed: int = 1) -> None:
    """Put `count` events of about 500 bytes into a new store at `folder`, one second apart up to now.

    One in fifty is signed wrongly and answered 401, one in forty is a repeat. `index` makes them findable by words.
    """
    folder.mkdir(parents=True, exist_ok=True)
    connection = open_database(folder, synchronous="OFF").connection
    try:
        for number in range(ENDPOINTS):
            endpoint = Endpoint(EndpointId(0), new_token(), f"Shop {number + 1}", datetime.now(UTC), position=number)
            write_endpoint(connection, endpoint)
        sightings = Sightings(connection)
        writer = Writer(connection, folder, threading.Lock(), sightings, Examiner([]), _check, lambda: None)
        departures = Departures(writer.refer)
        for drafts in _batches(count, random.Random(seed)):
            if departures.is_full:
                departures.forget()
            writer.keep([departures.arrival_of(draft) for draft in drafts], [])
            connection.execute("UPDATE events SET answer_us = 300 + id % 5000 WHERE answer_us IS NULL")
            while sightings.is_long and sightings.flush_some(connection, NO_GATE):
                pass
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        while sightings.flush_some(connection, NO_GATE):
            pass
        if index:
            _index(connection)
    finally:
        connection.close()


def _check(told: object) -> None:
    if not isinstance(told, Kept):
        raise AssertionError(f"events were not stored: {told}")


def _index(connection: sqlite3.Connection) -> None:
    done = 0
    while index_some(connection):
        done += 1
        if done % 500 == 0:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _batches(count: int, rng: random.Random) -> Iterator[list[Draft]]:
    start = datetime.now(UTC) - timedelta(seconds=count)
    for first in range(0, count, BATCH):
        yield [_draft(number, start, rng) for number in range(first, min(first + BATCH, count))]


def _draft(number: int, start: datetime, rng: random.Random) -> Draft:
    kind = rng.choice(KINDS)
    message_id = f"msg_{rng.getrandbits(64):016x}"
    event_id = f"evt_{number - 1 if number % 40 == 39 else number}"
    recipient = f"+1415{rng.randrange(10_000_000):07d}"
    carrier, campaign = rng.choice(CARRIERS), rng.choice(CAMPAIGNS)
    received_at = start + timedelta(seconds=number)
    body = json.dumps(
        {
            "id": event_id,
            "event": kind.value,
            "message_id": message_id,
            "recipient": recipient,
            "timestamp": received_at.isoformat(),
            "text": " ".join(rng.choices(WORDS, k=20)),
            "metadata": {"user_id": f"user_{rng.randrange(1000)}", "campaign": campaign, "carrier": carrier},
            "agent": {"id": "agent_4711", "name": "Shop", "region": "eu-west-1"},
        }
    ).encode()
    headers: Headers = (
        (b"Host", b"127.0.0.1:8787"),
        (b"User-Agent", b"RCS-Webhooks/1.0"),
        (b"Content-Type", b"application/json"),
        (b"Content-Length", str(len(body)).encode()),
        (b"X-Webhook-Timestamp", str(int(received_at.timestamp())).encode()),
        (b"X-Webhook-Signature", b"sha256=" + rng.randbytes(32).hex().encode()),
        (b"X-Webhook-Id", event_id.encode()),
        (b"Accept", b"*/*"),
    )
    is_wrong = number % 50 == 7
    return Draft(
        request=Request("POST", "/in/abcdefghijklmnopqrst", headers, body, received_at, "203.0.113.24"),
        answer=INVALID_SIGNATURE if is_wrong else Answer(),
        endpoint_id=EndpointId(1 + number // 1000 % ENDPOINTS),
        provider="rcs-events",
        verification=_INVALID if is_wrong else _VALID,
        reports=(
            Report(kind, kind.value, message_id, recipient, received_at, event_id, carrier=carrier, campaign=campaign),
        ),
        key=DedupeKey(DuplicateLevel.EVENT_ID, hashlib.sha256(event_id.encode()).digest(), f"event id {event_id}"),
        window_s=72 * 3600,
        size=len(body),
    )


if __name__ == "__main__":
    began = time.perf_counter()
    fill(Path(sys.argv[1]), int(sys.argv[2]))
    print(f"{sys.argv[2]} events in {time.perf_counter() - began:.1f} s")
