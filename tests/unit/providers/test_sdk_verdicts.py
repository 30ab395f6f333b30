"""The vendors' own libraries judged these requests, genuine ones and changed ones; our verdicts are the same.

`libraries` says in which languages a library agreed: its newest release of November 2026, run on this very request.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.signatures.engine import verify
from tests.builders import headers_of

CATALOGUE = load_catalogue([resource_path("providers")])
CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "sdk_verdicts.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[f"{case['provider']} {case['name']}" for case in CASES])
def test_our_verdict_is_the_librarys(case: dict[str, Any]) -> None:
    parts = urlsplit(case["url"])
    now = datetime.fromtimestamp(case["at"], UTC)
    request = Request(
        case["method"],
        parts.path + (f"?{parts.query}" if parts.query else ""),
        headers_of([(name, value) for name, value in case["headers"]]),
        base64.b64decode(case["body"]),
        now,
    )
    profile = CATALOGUE.get(case["provider"])
    assert profile is not None
    found = verify(
        request,
        Payload(request),
        profile.recipes,
        [Secret(case["secret"])],
        scheme=profile.id,
        url=case["url"],
        now=now,
        facts=case["facts"],
    )
    assert found.verdict.value == case["verdict"], found


def test_genuine_requests_of_many_vendors_are_among_them() -> None:
    assert len({case["provider"] for case in CASES if case["verdict"] == "valid"}) >= 45
