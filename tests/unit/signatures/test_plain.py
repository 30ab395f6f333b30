"""The quick way finds exactly what the step-by-step check finds, or leaves it to the check."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.providers.profile import Profile
from inspector.resources import resource_path
from inspector.signatures.check import Check
from inspector.signatures.engine import sign, verify
from inspector.signatures.place import Scope
from inspector.signatures.plain import quick_verdict

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = Secret("c3VwZXIgc2VjcmV0IHRleHQ=", "Current", "dA==")
PROFILES = list(load_catalogue([resource_path("providers")]))
PLAIN = {"rcs-events", "rcs-client", "github", "meta"}
NOT_PLAIN = {"google-rbm", "twilio", "sinch", "standard-webhooks", "stripe", "slack"}


def signed(profile: Profile, body: bytes = b'{"a": 1}') -> Request:
    bare = Request("POST", "/in/x", ((b"Content-Type", b"application/json"),), body, NOW)
    return sign(bare, profile.recipes[:1], SECRET, url="http://localhost/in/x", now=NOW)


@pytest.mark.parametrize("profile", [item for item in PROFILES if item.id in PLAIN], ids=lambda item: item.id)
@pytest.mark.parametrize("body", [b'{"a": 1}', b"", b"\x00\xff" * 700])
def test_the_quick_verdict_is_the_checks_verdict(profile: Profile, body: bytes) -> None:
    request, recipe = signed(profile, body), profile.recipes[0]
    checked = Check(recipe, Scope(request, Payload(request), ""), [SECRET], profile.id, NOW, None).run()
    assert checked.verdict is Verdict.VALID
    assert quick_verdict(request, recipe, SECRET, profile.id) == checked


@pytest.mark.parametrize("profile", [item for item in PROFILES if item.id in NOT_PLAIN], ids=lambda item: item.id)
def test_schemes_with_more_to_them_are_left_to_the_check(profile: Profile) -> None:
    request = signed(profile, b'{"message": {"data": "e30="}}')
    assert all(quick_verdict(request, recipe, SECRET, profile.id) is None for recipe in profile.recipes)


@pytest.mark.parametrize("profile", [item for item in PROFILES if item.id in PLAIN], ids=lambda item: item.id)
def test_whatever_does_not_fit_at_once_is_left_to_the_check(profile: Profile) -> None:
    request, recipe = signed(profile), profile.recipes[0]
    lines = request.headers
    name, value = lines[-1]
    flipped = value[:-1] + (b"0" if value[-1:] != b"0" else b"1")
    for broken in (
        replace(request, body=request.body + b" "),
        replace(request, headers=lines[:-1]),
        replace(request, headers=(*lines, (name, value))),
        replace(request, headers=(*lines[:-1], (name, flipped))),
        replace(request, headers=(*lines[:-1], (name, value[:-2]))),
        replace(request, headers=(*lines[:-1], (name, b"x" + value))),
        replace(request, headers=(*lines[:-1], (name, b""))),
    ):
        assert quick_verdict(broken, recipe, SECRET, profile.id) is None
    assert quick_verdict(request, recipe, Secret("another"), profile.id) is None
    assert quick_verdict(request, recipe, Secret(""), profile.id) is None


def test_an_older_secret_is_still_found_by_the_check() -> None:
    profile = next(item for item in PROFILES if item.id == "rcs-events")
    request = signed(profile)
    secrets = (Secret("newer"), SECRET)
    found = verify(request, Payload(request), profile.recipes, secrets, scheme="rcs-events", url="", now=NOW)
    assert found.verdict is Verdict.VALID
    assert found.secret_hint == SECRET.ending
