"""Every rule an endpoint can have survives the database."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from inspector.domain.access import AccessRule, RateLimit
from inspector.domain.answer import Answer, AnswerRule, AskHandler, Fault, KindAnswer, OnPurpose, Outage
from inspector.domain.endpoint import Endpoint, EndpointId, StorageRule
from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.forwarding import ForwardRule
from inspector.domain.identity import Identity
from inspector.store.endpoints import read_endpoints, restore_endpoint
from inspector.store.schema import prepare


def test_every_rule_of_an_endpoint_comes_back_as_it_was() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    rules = AnswerRule(
        by_kind=(KindAnswer(("message.failed",), Answer(500, fault=Fault.HALF)),),
        on_purpose=OnPurpose(12.5),
        script=(Answer(503), Answer(200, body=b"\xff", template=True)),
        ask=AskHandler("http://127.0.0.1:3000/hook", 2.5),
        by_hand_s=20.0,
        outage=Outage(now, now + timedelta(minutes=5), kinds=("status",)),
    )
    access = AccessRule(
        ("203.0.113.0/24",), True, ("127.0.0.1",), "X-Forwarded-For", RateLimit(5), RateLimit(10, 60.0), ("POST",),
        5_000_000, "me", SecretRef("k", "password", now), ("https://app.example",),
    )  # fmt: skip
    forward = ForwardRule(
        "f1", ("http://127.0.0.1:3000/a",), "dev", "type:failed", False, Identity.SIGNED, True, "rcs", 4.0
    )
    endpoint = Endpoint(
        EndpointId(3), "t", "Name", now, answers=rules, access=access, forwards=(forward,),
        storage=StorageRule(7, 1000, False, True), colour="blue", notes="Ask Kim",
    )  # fmt: skip
    connection = sqlite3.connect(":memory:", isolation_level=None)
    prepare(connection)
    restore_endpoint(connection, endpoint)
    assert read_endpoints(connection) == (endpoint,)
