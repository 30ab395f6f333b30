"""Requests that vendors' own libraries signed (or accept), and the same tampered with: every verdict is theirs."""

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
from inspector.domain.verification import StepState, Verdict, Verification
from inspector.payload.body import Payload
from inspector.providers.catalogue import Catalogue, load_catalogue
from inspector.resources import resource_path
from inspector.signatures.engine import verify
from inspector.signatures.recipe import parse_recipe
from tests.builders import headers_of

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "sdk_requests.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue([resource_path("providers")])


def verdict_of(case: dict[str, Any], catalogue: Catalogue) -> Verification:
    parts = urlsplit(case["url"])
    now = datetime.fromtimestamp(case["at"], UTC)
    request = Request(
        method=case.get("method", "POST"),
        target=parts.path + (f"?{parts.query}" if parts.query else ""),
        headers=headers_of(map(tuple, case["headers"])),
        body=base64.b64decode(case["body"]),
        received_at=now,
    )
    profile = catalogue.get(case["provider"])
    recipes = (parse_recipe(case["recipe"], "x.toml: signing"),) if "recipe" in case else profile and profile.recipes
    assert recipes
    return verify(
        request,
        Payload(request),
        recipes,
        [Secret(text) for text in case["secrets"]],
        scheme=case["provider"],
        url=case["url"],
        now=now,
        facts=case.get("facts", {}),
        documents=case.get("documents", {}),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_vendors_request_gets_the_vendors_verdict(case: dict[str, Any], catalogue: Catalogue) -> None:
    found = verdict_of(case, catalogue)
    assert found.verdict is Verdict(case["expect"]), found
    assert found.steps
    if found.verdict is Verdict.INVALID:
        assert any(step.state is StepState.FAILED for step in found.steps)


def is_header_signed(case: dict[str, Any]) -> bool:
    """Whether the signature lies in a header, and nowhere else."""
    return case["expect"] == "valid" and case["provider"] not in ("wix", "kinde") and "jwt=" not in case["url"]


@pytest.mark.parametrize("case", list(filter(is_header_signed, CASES)), ids=lambda case: case["name"])
def test_a_vendors_request_without_its_signature_is_unsigned(case: dict[str, Any], catalogue: Catalogue) -> None:
    found = verdict_of(case | {"headers": [["Content-Type", "application/json"]]}, catalogue)
    assert found.verdict is Verdict.UNSIGNED
